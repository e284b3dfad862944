//! The histories of records.
use async_trait::async_trait;
use diesel::{dsl::sql, prelude::*, sql_types::Bool, sqlite::Sqlite};
use domain::{
    audit::{AuditEntry, AuditFilter, AuditId},
    chain::ChainLink,
    logged::{LoggedEntry, Row, readable},
    page::{Page, PageRequest},
    record::RecordKind,
    store::{self, AuditLog, LogSize, StoreError},
};
use uuid::Uuid;

use crate::{
    database_error::DatabaseError,
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
        let Row { id, at, by, from, act, kind, record, version, changes } = Row::from(entry);
        let (id, at, by_user, record_id) = (DbId(id), Moment(at), by.map(DbId), DbId(record));
        Self { id, at, by_user, from_address: from, act, kind, record_id, version, changes }
    }
}

impl AuditRow {
    fn read(self) -> LoggedEntry {
        let Self { id, at, by_user, from_address, act, kind, record_id, version, changes } = self;
        let (id, at, by, record) = (id.0, at.0, by_user.map(|it| it.0), record_id.0);
        Row { id, at, by, from: from_address, act, kind, record, version, changes }.read()
    }
}

/// There is one writer at a time, so there is one chain.
const CHAIN: i16 = 0;
const CHAINS: i16 = 1;

fn append(conn: &mut SqliteConnection, entries: &[AuditEntry]) -> Result<(), DatabaseError> {
    let head = audit_heads::table.find(CHAIN).select(HeadRow::as_select()).first(conn).optional()?;
    let mut link = head.map_or(Ok(ChainLink::start(CHAIN)), HeadRow::read)?;
    for entry in entries {
        link = link.followed_by(entry);
        let place = (
            audit_log::chain.eq(link.chain),
            audit_log::position.eq(link.position),
            audit_log::hash.eq(link.hash.to_vec()),
        );
        diesel::insert_into(audit_log::table).values((AuditRow::from(entry), place)).execute(conn)?;
    }
    let head = HeadRow { chain: link.chain, position: link.position, hash: link.hash.to_vec() };
    diesel::replace_into(audit_heads::table).values(head).execute(conn)?;
    Ok(())
}

impl HeadRow {
    fn read(self) -> Result<ChainLink, DatabaseError> {
        let hash = self.hash.try_into().map_err(|_| StoreError::unavailable("a seal of the audit log is no hash"))?;
        Ok(ChainLink { chain: self.chain, position: self.position, hash })
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

/// The filtered rows in a span.
fn within(filter: &AuditFilter, span: Span<DbId>) -> audit_log::BoxedQuery<'static, Sqlite> {
    match span {
        Span::All => matching(filter),
        Span::OlderThan(id) => matching(filter).filter(audit_log::id.lt(id)),
        Span::NewerThan(id) => matching(filter).filter(audit_log::id.gt(id)),
    }
}

impl List for AuditFilter {
    type Key = DbId;
    type Item = LoggedEntry;

    fn place(&self, conn: &mut SqliteConnection, id: DbId) -> Result<Option<DbId>, DatabaseError> {
        Ok(audit_log::table.find(id).select(audit_log::id).first(conn).optional()?)
    }

    fn rows(
        &self,
        conn: &mut SqliteConnection,
        span: Span<DbId>,
        limit: i64,
    ) -> Result<Vec<LoggedEntry>, DatabaseError> {
        let rows = match span {
            Span::NewerThan(_) => within(self, span).order(audit_log::id.asc()),
            _ => within(self, span).order(audit_log::id.desc()),
        };
        let rows = rows.limit(limit).select(AuditRow::as_select()).load(conn)?;
        Ok(rows.into_iter().map(AuditRow::read).collect())
    }

    fn count(&self, conn: &mut SqliteConnection, span: Span<DbId>) -> Result<i64, DatabaseError> {
        paging::counted(conn, within(self, span).select(audit_log::id))
    }

    fn has(&self, conn: &mut SqliteConnection, id: DbId) -> Result<bool, DatabaseError> {
        let found = matching(self).filter(audit_log::id.eq(id)).select(audit_log::id).first::<DbId>(conn).optional()?;
        Ok(found.is_some())
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
            let rows = rows.select(AuditRow::as_select()).load(conn)?;
            Ok(rows.into_iter().map(|it| readable(it.read())).collect::<store::Result<_>>()?)
        })
        .await
    }

    async fn history(
        &mut self,
        kind: RecordKind,
        record: Uuid,
        below: i32,
        limit: u16,
    ) -> store::Result<Vec<LoggedEntry>> {
        self.run(move |conn| {
            let rows = audit_log::table
                .filter(audit_log::kind.eq(kind.code()))
                .filter(audit_log::record_id.eq(DbId(record)))
                .filter(audit_log::version.lt(below))
                // As the index has it: its user's sign-ins are no part of a history.
                .filter(sql::<Bool>("act IN ('created', 'changed')"))
                .order((audit_log::version.desc(), audit_log::id.desc()))
                .limit(limit.into())
                .select(AuditRow::as_select())
                .load(conn)?;
            Ok(rows.into_iter().map(AuditRow::read).collect())
        })
        .await
    }

    async fn log(&mut self, filter: &AuditFilter, page: PageRequest) -> store::Result<Page<LoggedEntry>> {
        let filter = filter.clone();
        self.run(move |conn| paging::page(conn, &filter, page)).await
    }

    async fn heads(&mut self) -> store::Result<Vec<ChainLink>> {
        self.run(|conn| {
            let heads = audit_heads::table.filter(audit_heads::chain.ge(0)).order(audit_heads::chain);
            heads.select(HeadRow::as_select()).load(conn)?.into_iter().map(HeadRow::read).collect()
        })
        .await
    }

    async fn sealed(&mut self, chain: i16, after: i64, limit: u16) -> store::Result<Vec<(ChainLink, LoggedEntry)>> {
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
                |(row, position, hash): (AuditRow, _, _)| Ok((HeadRow { chain, position, hash }.read()?, row.read()));
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
            Ok(LogSize { all, unsealed, before_seals, chains: CHAINS })
        })
        .await
    }
}
