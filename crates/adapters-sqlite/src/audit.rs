//! The histories of records.
use async_trait::async_trait;
use diesel::{prelude::*, sqlite::Sqlite};
use domain::{
    audit::{AuditEntry, FieldChange},
    field::Field,
    record::RecordKind,
    store::{self, AuditLog, StoreError},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    fault::{Fault, Unreadable},
    schema::audit_log,
    values::{DbId, Moment},
    work::SqliteWork,
};

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = audit_log, check_for_backend(Sqlite))]
struct AuditRow {
    id: DbId,
    at: Moment,
    by_user: Option<DbId>,
    kind: String,
    record_id: DbId,
    version: i32,
    changes: String,
}

impl From<&AuditEntry> for AuditRow {
    fn from(entry: &AuditEntry) -> Self {
        Self {
            id: DbId::of(entry.id),
            at: Moment(entry.at),
            by_user: entry.by.map(DbId::of),
            kind: entry.kind.code().to_owned(),
            record_id: DbId(entry.record),
            version: entry.version,
            changes: entry.changes.iter().map(written).collect::<Value>().to_string(),
        }
    }
}

impl AuditRow {
    fn read(self) -> Result<AuditEntry, Fault> {
        let Some(kind) = RecordKind::from_code(&self.kind) else {
            return Err(StoreError::unavailable("a history of an unknown kind of record").into());
        };
        let changes = changes(&self.changes).map_err(|source| Fault::unreadable(kind, self.record_id, source))?;
        Ok(AuditEntry {
            id: self.id.to(),
            at: self.at.0,
            by: self.by_user.map(DbId::to),
            kind,
            record: self.record_id.0,
            version: self.version,
            changes,
        })
    }
}

fn written(change: &FieldChange) -> Value {
    json!({ "field": change.field.code(), "before": change.before, "after": change.after })
}

fn changes(json: &str) -> Result<Vec<FieldChange>, Unreadable> {
    let Value::Array(changes) = serde_json::from_str(json)? else { return Err("a history without a list".into()) };
    changes.iter().map(change).collect()
}

fn change(json: &Value) -> Result<FieldChange, Unreadable> {
    let text = |name: &str| json[name].as_str().map(str::to_owned);
    let field = json["field"].as_str().and_then(Field::from_code).ok_or("a history of an unknown field")?;
    Ok(FieldChange { field, before: text("before"), after: text("after") })
}

#[async_trait]
impl AuditLog for SqliteWork {
    async fn append(&mut self, entry: &AuditEntry) -> store::Result<()> {
        let row = AuditRow::from(entry);
        self.run(move |conn| {
            diesel::insert_into(audit_log::table).values(row).execute(conn)?;
            Ok(())
        })
        .await
    }

    async fn append_all(&mut self, entries: &[AuditEntry]) -> store::Result<()> {
        let rows: Vec<_> = entries.iter().map(AuditRow::from).collect();
        self.run(move |conn| {
            for row in rows {
                diesel::insert_into(audit_log::table).values(row).execute(conn)?;
            }
            Ok(())
        })
        .await
    }

    async fn entries(&mut self, after: Option<Uuid>, limit: u16) -> store::Result<Vec<AuditEntry>> {
        let after = DbId(after.unwrap_or_default());
        self.run(move |conn| {
            let rows = audit_log::table.filter(audit_log::id.gt(after)).order(audit_log::id).limit(limit.into());
            rows.select(AuditRow::as_select()).load(conn)?.into_iter().map(AuditRow::read).collect()
        })
        .await
    }

    async fn history(&mut self, kind: RecordKind, record: Uuid, limit: u16) -> store::Result<Vec<AuditEntry>> {
        self.run(move |conn| {
            let rows = audit_log::table
                .filter(audit_log::kind.eq(kind.code()))
                .filter(audit_log::record_id.eq(DbId(record)))
                .order((audit_log::version.desc(), audit_log::id.desc()))
                .limit(limit.into())
                .select(AuditRow::as_select())
                .load(conn)?;
            rows.into_iter().map(AuditRow::read).collect()
        })
        .await
    }
}
