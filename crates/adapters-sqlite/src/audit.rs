//! The histories of records.
use async_trait::async_trait;
use diesel::{dsl::sql, prelude::*, sql_types::Bool, sqlite::Sqlite};
use domain::{
    audit::{Act, AuditEntry, AuditFilter, AuditId, FieldChange},
    field::Field,
    page::{Page, PageRequest},
    record::RecordKind,
    seal::Seal,
    store::{self, AuditLog, LogSize, StoreError},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    fault::{Fault, Unreadable},
    paging::{self, List, Span},
    schema::{audit_heads, audit_log},
    values::{DbId, Moment},
    work::SqliteWork,
};

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = audit_log, check_for_backend(Sqlite))]
struct AuditRow {
    id: DbId,
    at: Moment,
    by_user: Option<DbId>,
    from_address: Option<String>,
    act: String,
    kind: String,
    record_id: DbId,
    version: i32,
    changes: String,
}

#[derive(AsChangeset, Insertable, Queryable, Selectable)]
#[diesel(table_name = audit_heads, check_for_backend(Sqlite))]
struct HeadRow {
    chain: i16,
    position: i64,
    hash: Vec<u8>,
}

impl From<&AuditEntry> for AuditRow {
    fn from(entry: &AuditEntry) -> Self {
        Self {
            id: DbId::of(entry.id),
            at: Moment(entry.at),
            by_user: entry.by.map(DbId::of),
            from_address: entry.from.map(|it| it.to_string()),
            act: entry.act.code().to_owned(),
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
        let Some(act) = Act::from_code(&self.act) else {
            return Err(StoreError::unavailable("an unknown act in the audit log").into());
        };
        let from = self.from_address.map(|it| it.parse()).transpose().map_err(StoreError::unavailable)?;
        let changes = changes(&self.changes).map_err(|source| Fault::unreadable(kind, self.record_id, source))?;
        Ok(AuditEntry {
            id: self.id.to(),
            at: self.at.0,
            by: self.by_user.map(DbId::to),
            from,
            act,
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

/// There is one writer at a time, so there is one chain.
const CHAIN: i16 = 0;

fn append(conn: &mut SqliteConnection, entries: &[AuditEntry]) -> Result<(), Fault> {
    let head = audit_heads::table.find(CHAIN).select(HeadRow::as_select()).first(conn).optional()?;
    let mut seal = head.map_or(Ok(Seal::start(CHAIN)), HeadRow::read)?;
    for entry in entries {
        seal = seal.followed_by(entry);
        let place = (
            audit_log::chain.eq(seal.chain),
            audit_log::position.eq(seal.position),
            audit_log::hash.eq(seal.hash.to_vec()),
        );
        diesel::insert_into(audit_log::table).values((AuditRow::from(entry), place)).execute(conn)?;
    }
    let head = HeadRow { chain: seal.chain, position: seal.position, hash: seal.hash.to_vec() };
    diesel::replace_into(audit_heads::table).values(head).execute(conn)?;
    Ok(())
}

impl HeadRow {
    fn read(self) -> Result<Seal, Fault> {
        let hash = self.hash.try_into().map_err(|_| StoreError::unavailable("a seal of the audit log is no hash"))?;
        Ok(Seal { chain: self.chain, position: self.position, hash })
    }
}

fn matching(filter: &AuditFilter) -> audit_log::BoxedQuery<'static, Sqlite> {
    let mut rows = audit_log::table.into_boxed();
    if let Some(by) = filter.by {
        rows = rows.filter(audit_log::by_user.eq(DbId::of(by)));
    }
    if let Some(act) = filter.act {
        rows = rows.filter(audit_log::act.eq(act.code()));
    }
    if let Some(kind) = filter.kind {
        rows = rows.filter(audit_log::kind.eq(kind.code()));
    }
    if let Some(record) = filter.record {
        rows = rows.filter(audit_log::record_id.eq(DbId(record)));
    }
    // Ids are in the order of time, and every index has them.
    if let Some(period) = filter.period {
        let [from, until] = [period.from, period.until].map(|it| DbId(AuditId::first_at(it)));
        rows = rows.filter(audit_log::id.ge(from)).filter(audit_log::id.lt(until));
    }
    rows
}

impl List for AuditFilter {
    type Key = DbId;
    type Item = AuditEntry;

    fn place(&self, conn: &mut SqliteConnection, id: DbId) -> Result<Option<DbId>, Fault> {
        Ok(audit_log::table.find(id).select(audit_log::id).first(conn).optional()?)
    }

    fn rows(&self, conn: &mut SqliteConnection, span: Span<DbId>, limit: i64) -> Result<Vec<AuditEntry>, Fault> {
        let rows = match span {
            Span::All => matching(self).order(audit_log::id.desc()),
            Span::OlderThan(id) => matching(self).filter(audit_log::id.lt(id)).order(audit_log::id.desc()),
            Span::NewerThan(id) => matching(self).filter(audit_log::id.gt(id)).order(audit_log::id.asc()),
        };
        rows.limit(limit).select(AuditRow::as_select()).load(conn)?.into_iter().map(AuditRow::read).collect()
    }

    fn count(&self, conn: &mut SqliteConnection) -> Result<i64, Fault> {
        paging::counted(conn, matching(self).select(audit_log::id))
    }
}

#[async_trait]
impl AuditLog for SqliteWork {
    async fn append(&mut self, entry: &AuditEntry) -> store::Result<()> {
        self.append_all(std::slice::from_ref(entry)).await
    }

    async fn append_all(&mut self, entries: &[AuditEntry]) -> store::Result<()> {
        let entries = entries.to_vec();
        self.run(move |conn| append(conn, &entries)).await
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
                // As the index has it: its user's sign-ins are no part of a history.
                .filter(sql::<Bool>("act IN ('created', 'changed')"))
                .order((audit_log::version.desc(), audit_log::id.desc()))
                .limit(limit.into())
                .select(AuditRow::as_select())
                .load(conn)?;
            rows.into_iter().map(AuditRow::read).collect()
        })
        .await
    }

    async fn log(&mut self, filter: &AuditFilter, page: PageRequest) -> store::Result<Page<AuditEntry>> {
        let filter = filter.clone();
        self.run(move |conn| paging::page(conn, &filter, page)).await
    }

    async fn heads(&mut self) -> store::Result<Vec<Seal>> {
        self.run(|conn| {
            let heads = audit_heads::table.filter(audit_heads::chain.ge(0)).order(audit_heads::chain);
            heads.select(HeadRow::as_select()).load(conn)?.into_iter().map(HeadRow::read).collect()
        })
        .await
    }

    async fn sealed(&mut self, chain: i16, after: i64, limit: u16) -> store::Result<Vec<(Seal, AuditEntry)>> {
        self.run(move |conn| {
            let rows = audit_log::table
                .filter(audit_log::chain.eq(chain))
                .filter(audit_log::position.gt(after))
                .order(audit_log::position)
                .limit(limit.into())
                .select((
                    AuditRow::as_select(),
                    audit_log::position.assume_not_null(),
                    audit_log::hash.assume_not_null(),
                ))
                .load::<(AuditRow, i64, Vec<u8>)>(conn)?;
            let sealed =
                |(row, position, hash): (AuditRow, _, _)| Ok((HeadRow { chain, position, hash }.read()?, row.read()?));
            rows.into_iter().map(sealed).collect()
        })
        .await
    }

    async fn size(&mut self) -> store::Result<LogSize> {
        self.run(|conn| {
            let before = audit_heads::table.find(-1_i16).select(audit_heads::position);
            let before: i64 = before.first(conn).optional()?.unwrap_or_default();
            let unsealed = audit_log::table.filter(audit_log::chain.is_null()).count().get_result(conn)?;
            let all = audit_log::table.count().get_result(conn)?;
            let [all, unsealed, before_seals] =
                [all, unsealed, before].map(|it: i64| u64::try_from(it).unwrap_or_default());
            Ok(LogSize { all, unsealed, before_seals })
        })
        .await
    }
}
