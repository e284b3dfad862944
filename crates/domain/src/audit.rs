//! The audit log: the history of every record, sign-ins and sign-outs, and refusals, each with user, time and address.
use std::{collections::BTreeMap, net::IpAddr};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    calendar::Moments,
    field::Field,
    id::{id, new_uuid},
    record::{Record, RecordKind},
    user::{User, UserId},
};

id!(AuditId);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    pub field: Field,
    pub before: Option<String>,
    pub after: Option<String>,
}

/// The action of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AuditAction {
    Created,
    Changed,
    SignedIn,
    /// The password was right, and the code of the second factor was asked for.
    CodeAsked,
    /// Why is told by its field: see [`SignInFailure`].
    SignInFailed,
    SignedOut,
    /// A list was taken away as a file: which, and how long it was, is the new value of [`Field::List`].
    Exported,
    /// Sessions were ended from another one.
    SessionsEnded,
    /// Two leads were said to be different people, though they look like one: both are the new value of [`Field::Lead`], or
    /// the old one where that was taken back.
    DismissedPairs,
    /// A user lacked a permission: it is the new value of the entry's field.
    Refused,
}

impl AuditAction {
    pub const ALL: [Self; 10] = [
        Self::Created,
        Self::Changed,
        Self::SignedIn,
        Self::CodeAsked,
        Self::SignInFailed,
        Self::SignedOut,
        Self::SessionsEnded,
        Self::Exported,
        Self::DismissedPairs,
        Self::Refused,
    ];

    /// The name in stored audit rows. Never changes once released.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Changed => "changed",
            Self::SignedIn => "signed_in",
            Self::CodeAsked => "code_asked",
            Self::SignInFailed => "sign_in_failed",
            Self::SignedOut => "signed_out",
            Self::SessionsEnded => "sessions_ended",
            Self::Exported => "exported",
            Self::DismissedPairs => "told_apart",
            Self::Refused => "refused",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }

    /// Whether a record became another one by it.
    pub const fn is_change(self) -> bool {
        matches!(self, Self::Created | Self::Changed)
    }
}

/// Why somebody was not let in, as the new value of [`Field::Reason`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInFailure {
    Password,
    /// The password was right, and the user may not sign in.
    AccessClosed,
    /// Of the second factor.
    Code,
    /// Asked for once more, of somebody who is signed in.
    CurrentPassword,
}

impl SignInFailure {
    pub const ALL: [Self; 4] = [Self::Password, Self::AccessClosed, Self::Code, Self::CurrentPassword];

    /// The name in stored audit rows. Never changes once released.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::AccessClosed => "access_closed",
            Self::Code => "code",
            Self::CurrentPassword => "current_password",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }
}

/// One change of one record, written in the transaction of the change itself; or something that a user did or tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    pub id: AuditId,
    pub at: DateTime<Utc>,
    /// Nobody, where the system itself did it.
    pub by: Option<UserId>,
    /// The address of the browser that asked for it; none on the server's console.
    pub from: Option<IpAddr>,
    pub act: AuditAction,
    /// An action without a changed record is about the user.
    pub kind: RecordKind,
    pub record: Uuid,
    /// The version that the record has after the change; 1 is its creation.
    pub version: i32,
    pub changes: Vec<FieldChange>,
}

/// The filter of the audit log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    pub by: Option<UserId>,
    pub act: Option<AuditAction>,
    pub kind: Option<RecordKind>,
    /// Asked together with its kind: only the two together say which one it is, and are found quickly.
    pub record: Option<Uuid>,
    /// To the millisecond.
    pub period: Option<Moments>,
}

impl AuditId {
    /// No entry that was made at this moment or later has a lower id. To the millisecond.
    pub fn first_at(moment: DateTime<Utc>) -> Uuid {
        let milliseconds = u128::try_from(moment.timestamp_millis()).unwrap_or(0);
        Uuid::from_u128(milliseconds << 80)
    }
}

impl AuditEntry {
    pub fn creation<R: Record>(after: &R, from: Option<IpAddr>) -> Self {
        Self::of(AuditAction::Created, &[], after, from)
    }

    pub fn change<R: Record>(before: &R, after: &R, from: Option<IpAddr>) -> Self {
        let mut entry = Self::of(AuditAction::Changed, &before.fields(), after, from);
        if let Some(field) = after.renewed(before) {
            let value = after.fields().into_iter().find(|it| it.0 == field).map(|it| it.1);
            entry.changes.push(FieldChange { field, before: value.clone(), after: value });
        }
        entry
    }

    fn of<R: Record>(act: AuditAction, before: &[(Field, String)], after: &R, from: Option<IpAddr>) -> Self {
        let stamp = after.stamp();
        Self {
            id: AuditId(new_uuid(stamp.changed_at)),
            at: stamp.changed_at,
            by: stamp.changed_by,
            from,
            act,
            kind: R::KIND,
            record: after.id().into(),
            version: stamp.version,
            changes: differences(before, &after.fields()),
        }
    }

    /// Something that this user did or tried.
    pub fn of_user(
        act: AuditAction,
        user: &User,
        by: Option<UserId>,
        from: Option<IpAddr>,
        now: DateTime<Utc>,
    ) -> Self {
        let (kind, version) = (RecordKind::User, user.stamp.version);
        let id = AuditId(new_uuid(now));
        Self { id, at: now, by, from, act, kind, record: user.id.into(), version, changes: Vec::new() }
    }
}

/// The fields of a record after these entries, from its creation on.
pub fn replayed<'a>(entries: impl IntoIterator<Item = &'a AuditEntry>) -> BTreeMap<Field, String> {
    let mut fields = BTreeMap::new();
    for change in entries.into_iter().filter(|it| it.act.is_change()).flat_map(|it| &it.changes) {
        match &change.after {
            Some(value) => fields.insert(change.field, value.clone()),
            None => fields.remove(&change.field),
        };
    }
    fields
}

/// The fields whose values differ, in the order of the newer list, the vanished ones last.
pub fn differences(before: &[(Field, String)], after: &[(Field, String)]) -> Vec<FieldChange> {
    let value = |list: &[(Field, String)], field| list.iter().find(|it| it.0 == field).map(|it| it.1.clone());
    let vanished = before.iter().filter(|it| value(after, it.0).is_none());
    after
        .iter()
        .chain(vanished)
        .map(|(field, _)| FieldChange { field: *field, before: value(before, *field), after: value(after, *field) })
        .filter(|it| it.before != it.after)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_name_what_came_went_and_changed() {
        let text = |it: &str| it.to_owned();
        let before = [(Field::Name, text("a")), (Field::Price, text("1")), (Field::Note, text("x"))];
        let after = [(Field::Name, text("a")), (Field::Price, text("2")), (Field::Channel, text("y"))];
        assert_eq!(
            differences(&before, &after),
            [
                FieldChange { field: Field::Price, before: Some(text("1")), after: Some(text("2")) },
                FieldChange { field: Field::Channel, before: None, after: Some(text("y")) },
                FieldChange { field: Field::Note, before: Some(text("x")), after: None },
            ]
        );
    }
}
