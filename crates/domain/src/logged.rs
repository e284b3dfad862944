//! The rows of the audit log: one format for all stores, and the error for an unreadable row.
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    audit::{AuditAction, AuditEntry, AuditId, FieldChange},
    field::Field,
    record::RecordKind,
    store::StoreError,
    user::UserId,
};

/// An entry as it is found in the log.
pub type LoggedEntry = Result<AuditEntry, Unreadable>;

/// A row that says nothing to this version: somebody damaged it, or a newer version wrote it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the entry {id} of the audit log cannot be read: {reason}")]
pub struct Unreadable {
    pub id: AuditId,
    pub at: DateTime<Utc>,
    pub by: Option<UserId>,
    pub record: Uuid,
    pub version: i32,
    /// Never with a value from the row: that may be personal.
    pub reason: &'static str,
}

/// When it was written, and its id, which tells entries of one moment apart: the order of a history.
pub fn written(logged: &LoggedEntry) -> (DateTime<Utc>, AuditId) {
    logged.as_ref().map_or_else(|it| (it.at, it.id), |it| (it.at, it.id))
}

/// An entry of which the rest makes no sense without this one.
pub fn readable(logged: LoggedEntry) -> Result<AuditEntry, StoreError> {
    logged.map_err(StoreError::unavailable)
}

/// The columns of an entry. Their texts never change once released.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub id: Uuid,
    pub at: DateTime<Utc>,
    pub by: Option<Uuid>,
    pub from: Option<String>,
    pub act: String,
    pub kind: String,
    pub record: Uuid,
    pub version: i32,
    /// `[{"field": code, "before": text or null, "after": text or null}, …]`
    pub changes: String,
}

impl From<&AuditEntry> for Row {
    fn from(entry: &AuditEntry) -> Self {
        Self {
            id: entry.id.into(),
            at: entry.at,
            by: entry.by.map(Into::into),
            from: entry.from.map(|it| it.to_string()),
            act: entry.act.code().to_owned(),
            kind: entry.kind.code().to_owned(),
            record: entry.record,
            version: entry.version,
            changes: entry.changes.iter().map(change_text).collect::<Value>().to_string(),
        }
    }
}

impl Row {
    pub fn read(self) -> LoggedEntry {
        let (id, by) = (self.id.into(), self.by.map(Into::into));
        let told = |reason| Unreadable { id, at: self.at, by, record: self.record, version: self.version, reason };
        Ok(AuditEntry {
            id,
            at: self.at,
            by,
            from: self.from.map(|it| it.parse()).transpose().map_err(|_| told("its address is none"))?,
            act: AuditAction::from_code(&self.act).ok_or_else(|| told("an unknown act"))?,
            kind: RecordKind::from_code(&self.kind).ok_or_else(|| told("an unknown kind of record"))?,
            record: self.record,
            version: self.version,
            changes: changes(&self.changes).map_err(told)?,
        })
    }
}

fn change_text(change: &FieldChange) -> Value {
    json!({ "field": change.field.code(), "before": change.before, "after": change.after })
}

fn changes(text: &str) -> Result<Vec<FieldChange>, &'static str> {
    match serde_json::from_str(text) {
        Ok(Value::Array(changes)) => changes.iter().map(change).collect(),
        _ => Err("its changes are no list"),
    }
}

fn change(json: &Value) -> Result<FieldChange, &'static str> {
    let text = |name: &str| json[name].as_str().map(str::to_owned);
    let field = json["field"].as_str().and_then(Field::from_code).ok_or("an unknown field")?;
    Ok(FieldChange { field, before: text("before"), after: text("after") })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> AuditEntry {
        AuditEntry {
            id: AuditId(Uuid::from_u128(1)),
            at: DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
            by: Some(UserId(Uuid::from_u128(3))),
            from: Some([192, 0, 2, 1].into()),
            act: AuditAction::Changed,
            kind: RecordKind::Lead,
            record: Uuid::from_u128(2),
            version: 2,
            changes: vec![FieldChange { field: Field::Name, before: Some("а\"б".into()), after: None }],
        }
    }

    #[test]
    fn what_was_written_is_read() {
        let row = Row::from(&entry());
        assert_eq!(row.changes, r#"[{"after":null,"before":"а\"б","field":"name"}]"#);
        assert_eq!(row.read(), Ok(entry()));
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_place() {
        let reason = |change: fn(&mut Row)| {
            let mut row = Row::from(&entry());
            change(&mut row);
            let told = row.read().unwrap_err();
            assert_eq!((told.id, told.by, told.version), (entry().id, entry().by, 2));
            told.reason
        };
        assert_eq!(reason(|it| it.from = Some("дом".into())), "its address is none");
        assert_eq!(reason(|it| it.act = "eaten".into()), "an unknown act");
        assert_eq!(reason(|it| it.kind = "ghost".into()), "an unknown kind of record");
        assert_eq!(reason(|it| it.changes = "[".into()), "its changes are no list");
        assert_eq!(reason(|it| it.changes = "{}".into()), "its changes are no list");
        assert_eq!(reason(|it| it.changes = r#"[{"field":"soul"}]"#.into()), "an unknown field");
    }
}
