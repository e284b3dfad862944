//! The history of one record, with the names of whoever and whatever it mentions.
use domain::{
    audit::{AuditEntry, FieldChange},
    field::Field,
    note::Note,
    record::{RecordKind, Stamp},
    store::Names,
};
use uuid::Uuid;

use crate::{Result, Work};

/// How many entries a record shows.
const ENTRIES: u16 = 200;

#[derive(Clone, Debug, Default)]
pub struct History {
    /// Newest first, at most 200.
    pub entries: Vec<AuditEntry>,
    pub names: Names,
}

impl Work {
    pub(crate) async fn history(&mut self, kind: RecordKind, id: Uuid, stamp: &Stamp) -> Result<History> {
        let entries = self.audit().history(kind, id, ENTRIES).await?;
        let mut names = self.names_in(&entries).await?;
        let authors = [stamp.created_by, stamp.changed_by].into_iter().flatten().map(Uuid::from).collect();
        names.extend(self.directory().names(RecordKind::User, &distinct(authors)).await?);
        Ok(History { entries, names })
    }

    /// The names of whoever did it, and of what the changes mention.
    pub(crate) async fn names_in(&mut self, entries: &[AuditEntry]) -> Result<Names> {
        let users = entries.iter().filter_map(|it| it.by).map(Uuid::from).collect();
        let mut names = self.directory().names(RecordKind::User, &distinct(users)).await?;
        let changes: Vec<&FieldChange> = entries.iter().flat_map(|it| &it.changes).collect();
        for kind in [
            RecordKind::Campaign,
            RecordKind::Client,
            RecordKind::Contract,
            RecordKind::Lead,
            RecordKind::Role,
            RecordKind::Service,
            RecordKind::User,
        ] {
            let ids = mentioned(kind, &changes);
            if !ids.is_empty() {
                names.extend(self.directory().names(kind, &ids).await?);
            }
        }
        Ok(names)
    }

    /// Adds the names of those who wrote the notes.
    pub(crate) async fn name_authors(&mut self, history: &mut History, notes: &[Note]) -> Result<()> {
        let authors = distinct(notes.iter().filter_map(|it| it.stamp.created_by).map(Uuid::from).collect());
        history.names.extend(self.directory().names(RecordKind::User, &authors).await?);
        Ok(())
    }
}

/// The kind of record whose ids a field holds.
fn kind_of(field: Field) -> Option<RecordKind> {
    match field {
        Field::Assignee => Some(RecordKind::User),
        Field::Campaign => Some(RecordKind::Campaign),
        Field::Client => Some(RecordKind::Client),
        Field::Contract => Some(RecordKind::Contract),
        Field::Lead => Some(RecordKind::Lead),
        Field::Roles => Some(RecordKind::Role),
        Field::Service => Some(RecordKind::Service),
        _ => None,
    }
}

fn mentioned(kind: RecordKind, changes: &[&FieldChange]) -> Vec<Uuid> {
    let values = changes.iter().filter(|it| kind_of(it.field) == Some(kind)).flat_map(|it| [&it.before, &it.after]);
    distinct(values.flatten().flat_map(|it| it.split(' ')).filter_map(|it| it.parse().ok()).collect())
}

pub(crate) fn distinct(mut ids: Vec<Uuid>) -> Vec<Uuid> {
    ids.sort_unstable();
    ids.dedup();
    ids
}
