//! The history of every record: who changed which field from what to what, and when.
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    field::Field,
    id::{id, new_uuid},
    record::{Record, RecordKind},
    user::UserId,
};

id!(AuditId);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    pub field: Field,
    pub before: Option<String>,
    pub after: Option<String>,
}

/// One change of one record. Written in the transaction of the change itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    pub id: AuditId,
    pub at: DateTime<Utc>,
    /// Nobody, where the system itself did it.
    pub by: Option<UserId>,
    pub kind: RecordKind,
    pub record: Uuid,
    /// The version that the record has after the change; 1 is its creation.
    pub version: i32,
    pub changes: Vec<FieldChange>,
}

impl AuditEntry {
    pub fn creation<R: Record>(after: &R) -> Self {
        Self::of(&[], after)
    }

    pub fn change<R: Record>(before: &R, after: &R) -> Self {
        Self::of(&before.fields(), after)
    }

    fn of<R: Record>(before: &[(Field, String)], after: &R) -> Self {
        let stamp = after.stamp();
        Self {
            id: AuditId(new_uuid(stamp.changed_at)),
            at: stamp.changed_at,
            by: stamp.changed_by,
            kind: R::KIND,
            record: after.id().into(),
            version: stamp.version,
            changes: differences(before, &after.fields()),
        }
    }
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
