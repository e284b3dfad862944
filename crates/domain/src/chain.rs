//! Hash chains show that a row of the audit log was changed or removed: the hash of each entry includes the hash before it.
//!
//! There are several chains, so that simultaneous writers need not wait for each other. A user who can write to the
//! database can recompute all hashes: only the last ones, noted elsewhere, would show it.
use sha2::{Digest, Sha256};

use crate::audit::AuditEntry;

/// The place of an entry in its chain, with the SHA-256 of everything up to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainLink {
    pub chain: i16,
    /// 1 for the first entry of a chain.
    pub position: i64,
    pub hash: [u8; 32],
}

impl ChainLink {
    /// The link before the first entry of a chain.
    pub const fn start(chain: i16) -> Self {
        Self { chain, position: 0, hash: [0; 32] }
    }

    /// The seal of the entry that comes next in this chain.
    #[must_use]
    pub fn followed_by(&self, entry: &AuditEntry) -> Self {
        let position = self.position + 1;
        let mut digest = Sha256::new();
        digest.update(self.hash);
        digest.update(self.chain.to_be_bytes());
        digest.update(position.to_be_bytes());
        for part in parts(entry) {
            // Each with its length, or with the sign of having none: no two entries are written alike.
            let length = part.as_ref().map_or(u64::MAX, |it| it.len() as u64);
            digest.update(length.to_be_bytes());
            digest.update(part.unwrap_or_default());
        }
        Self { chain: self.chain, position, hash: digest.finalize().into() }
    }
}

/// Everything that an entry says, in a form that never changes once released.
fn parts(entry: &AuditEntry) -> Vec<Option<Vec<u8>>> {
    let bytes = |it: &[u8]| Some(it.to_vec());
    let text = |it: &str| Some(it.as_bytes().to_vec());
    let mut parts = vec![
        bytes(entry.id.0.as_bytes()),
        bytes(&entry.at.timestamp_micros().to_be_bytes()),
        entry.by.map(|it| it.0.as_bytes().to_vec()),
        entry.from.map(|it| it.to_string().into_bytes()),
        text(entry.act.code()),
        text(entry.kind.code()),
        bytes(entry.record.as_bytes()),
        bytes(&entry.version.to_be_bytes()),
    ];
    for change in &entry.changes {
        parts.push(text(change.field.code()));
        parts.push(change.before.as_deref().and_then(text));
        parts.push(change.after.as_deref().and_then(text));
    }
    parts
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};
    use uuid::Uuid;

    use super::*;
    use crate::{
        audit::{AuditAction, AuditId, FieldChange},
        field::Field,
        record::RecordKind,
        user::UserId,
    };

    fn entry() -> AuditEntry {
        AuditEntry {
            id: AuditId(Uuid::from_u128(1)),
            at: DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
            by: None,
            from: None,
            act: AuditAction::Changed,
            kind: RecordKind::Lead,
            record: Uuid::from_u128(2),
            version: 2,
            changes: vec![FieldChange { field: Field::Name, before: Some("аб".into()), after: Some("в".into()) }],
        }
    }

    #[test]
    fn whatever_is_changed_in_an_entry_changes_its_seal() {
        let changed = |change: fn(&mut AuditEntry)| {
            let mut entry = entry();
            change(&mut entry);
            entry
        };
        let others = [
            changed(|it| it.id = AuditId(Uuid::from_u128(3))),
            changed(|it| it.at += TimeDelta::microseconds(1)),
            changed(|it| it.by = Some(UserId(Uuid::nil()))),
            changed(|it| it.from = Some([127, 0, 0, 1].into())),
            changed(|it| it.act = AuditAction::Created),
            changed(|it| it.kind = RecordKind::Client),
            changed(|it| it.record = Uuid::nil()),
            changed(|it| it.version = 3),
            changed(|it| it.changes[0].field = Field::Text),
            changed(|it| it.changes[0].before = None),
            changed(|it| it.changes[0].after = Some(String::new())),
            changed(|it| it.changes[0].after = None),
            // The same characters, parted elsewhere.
            changed(|it| {
                it.changes[0].before = Some("а".into());
                it.changes[0].after = Some("бв".into());
            }),
            changed(|it| it.changes.clear()),
        ];
        let start = ChainLink::start(0);
        let mut seals: Vec<_> = others.iter().map(|it| start.followed_by(it).hash).collect();
        seals.push(start.followed_by(&entry()).hash);
        seals.push(ChainLink::start(1).followed_by(&entry()).hash);
        seals.push(start.followed_by(&entry()).followed_by(&entry()).hash);
        let all = seals.len();
        seals.sort_unstable();
        seals.dedup();
        assert_eq!(seals.len(), all);
    }

    #[test]
    fn the_form_that_is_sealed_stays_as_it_is() {
        let seal = ChainLink::start(7).followed_by(&entry());
        assert_eq!((seal.chain, seal.position), (7, 1));
        let hash = seal.hash.iter().fold(String::new(), |text, it| format!("{text}{it:02x}"));
        assert_eq!(hash, "4dce98d2c4607636d4908e6c4a340c79a9e60da7afe488de05c2b1256b07bd55");
    }
}
