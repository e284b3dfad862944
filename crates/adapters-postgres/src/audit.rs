//! The histories of records.
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::{pg::Pg, prelude::*};
use diesel_async::RunQueryDsl;
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
    repository::PIECE,
    schema::audit_log,
    work::PostgresWork,
};

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = audit_log, check_for_backend(Pg))]
struct AuditRow {
    id: Uuid,
    at: DateTime<Utc>,
    by_user: Option<Uuid>,
    kind: String,
    record_id: Uuid,
    version: i32,
    changes: String,
}

impl From<&AuditEntry> for AuditRow {
    fn from(entry: &AuditEntry) -> Self {
        Self {
            id: entry.id.into(),
            at: entry.at,
            by_user: entry.by.map(Into::into),
            kind: entry.kind.code().to_owned(),
            record_id: entry.record,
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
            id: self.id.into(),
            at: self.at,
            by: self.by_user.map(Into::into),
            kind,
            record: self.record_id,
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
impl AuditLog for PostgresWork {
    async fn append(&mut self, entry: &AuditEntry) -> store::Result<()> {
        let row = AuditRow::from(entry);
        self.run(|mut conn| async move {
            diesel::insert_into(audit_log::table).values(row).execute(&mut conn).await?;
            Ok(())
        })
        .await
    }

    async fn append_all(&mut self, entries: &[AuditEntry]) -> store::Result<()> {
        self.run(|mut conn| async move {
            for piece in entries.chunks(PIECE) {
                let rows: Vec<_> = piece.iter().map(AuditRow::from).collect();
                diesel::insert_into(audit_log::table).values(rows).execute(&mut conn).await?;
            }
            Ok(())
        })
        .await
    }

    async fn entries(&mut self, after: Option<Uuid>, limit: u16) -> store::Result<Vec<AuditEntry>> {
        let after = after.unwrap_or_default();
        self.run(|mut conn| async move {
            let rows = audit_log::table.filter(audit_log::id.gt(after)).order(audit_log::id).limit(limit.into());
            let rows = rows.select(AuditRow::as_select()).load(&mut conn).await?;
            rows.into_iter().map(AuditRow::read).collect()
        })
        .await
    }

    async fn history(&mut self, kind: RecordKind, record: Uuid, limit: u16) -> store::Result<Vec<AuditEntry>> {
        self.run(|mut conn| async move {
            let rows = audit_log::table
                .filter(audit_log::kind.eq(kind.code()))
                .filter(audit_log::record_id.eq(record))
                .order((audit_log::version.desc(), audit_log::id.desc()))
                .limit(limit.into())
                .select(AuditRow::as_select())
                .load(&mut conn)
                .await?;
            rows.into_iter().map(AuditRow::read).collect()
        })
        .await
    }
}
