//! The histories of records.
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::{
    dsl::sql,
    pg::Pg,
    prelude::*,
    sql_types::{Bool, SmallInt},
    upsert::excluded,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
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
    database_error::{DatabaseError, both},
    paging::{self, List, Span},
    repository::PIECE,
    schema::{audit_heads, audit_log},
    work::PostgresWork,
};

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = audit_log, check_for_backend(Pg))]
struct AuditRow {
    id: Uuid,
    at: DateTime<Utc>,
    by_user: Option<Uuid>,
    from_address: Option<String>,
    act: String,
    kind: String,
    record_id: Uuid,
    version: i32,
    changes: String,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = audit_heads, check_for_backend(Pg))]
struct HeadRow {
    chain: i16,
    position: i64,
    hash: Vec<u8>,
}

impl From<&AuditEntry> for AuditRow {
    fn from(entry: &AuditEntry) -> Self {
        let Row { id, at, by, from, act, kind, record, version, changes } = Row::from(entry);
        Self { id, at, by_user: by, from_address: from, act, kind, record_id: record, version, changes }
    }
}

impl AuditRow {
    fn read(self) -> LoggedEntry {
        let Self { id, at, by_user, from_address, act, kind, record_id, version, changes } = self;
        Row { id, at, by: by_user, from: from_address, act, kind, record: record_id, version, changes }.read()
    }
}

/// How many chains there are: each server process appends to that of its number.
const CHAINS: i16 = 64;

/// The last seal of this server process's chain. From here to the end of the transaction nobody else can follow it.
async fn head(mut conn: &AsyncPgConnection) -> Result<ChainLink, DatabaseError> {
    let chain = sql::<SmallInt>(&format!("(pg_backend_pid() % {CHAINS})::smallint"));
    let start = (audit_heads::chain.eq(chain), audit_heads::position.eq(0), audit_heads::hash.eq(vec![0; 32]));
    let head = diesel::insert_into(audit_heads::table)
        .values(start)
        .on_conflict(audit_heads::chain)
        .do_update()
        // Nothing changes but whose it is: a mere look would let another one follow the same seal.
        .set(audit_heads::position.eq(audit_heads::position))
        .returning(HeadRow::as_returning())
        .get_result(&mut conn)
        .await?;
    head.read()
}

async fn append(conn: &AsyncPgConnection, head: ChainLink, entries: &[AuditEntry]) -> Result<ChainLink, DatabaseError> {
    let mut link = head;
    let sealed = entries.iter().map(|entry| {
        link = link.followed_by(entry);
        let place = (
            audit_log::chain.eq(link.chain),
            audit_log::position.eq(link.position),
            audit_log::hash.eq(link.hash.to_vec()),
        );
        (AuditRow::from(entry), place)
    });
    let rows: Vec<_> = sealed.collect();
    let (mut one, mut other) = (conn, conn);
    let inserted = async move {
        let mut rows = rows.into_iter();
        loop {
            let piece: Vec<_> = rows.by_ref().take(PIECE).collect();
            if piece.is_empty() {
                return Ok(());
            }
            diesel::insert_into(audit_log::table).values(piece).execute(&mut one).await?;
        }
    };
    let moved = async move {
        let head = (
            audit_heads::chain.eq(link.chain),
            audit_heads::position.eq(link.position),
            audit_heads::hash.eq(link.hash.to_vec()),
        );
        // Not by a mere update: of a table so small the server would read all rows to find the one, and so meet everybody
        // else who writes.
        diesel::insert_into(audit_heads::table)
            .values(head)
            .on_conflict(audit_heads::chain)
            .do_update()
            .set((
                audit_heads::position.eq(excluded(audit_heads::position)),
                audit_heads::hash.eq(excluded(audit_heads::hash)),
            ))
            .execute(&mut other)
            .await?;
        Ok::<_, DatabaseError>(())
    };
    both(inserted, moved).await?;
    Ok(link)
}

impl HeadRow {
    fn read(self) -> Result<ChainLink, DatabaseError> {
        let hash = self.hash.try_into().map_err(|_| StoreError::unavailable("a seal of the audit log is no hash"))?;
        Ok(ChainLink { chain: self.chain, position: self.position, hash })
    }
}

fn matching(filter: &AuditFilter) -> audit_log::BoxedQuery<'static, Pg> {
    let mut rows = audit_log::table.into_boxed();
    if let Some(by) = filter.by {
        rows = rows.filter(audit_log::by_user.eq(Uuid::from(by)));
    }
    if let Some(act) = filter.act {
        rows = rows.filter(audit_log::act.eq(act.code()));
    }
    if let Some(kind) = filter.kind {
        rows = rows.filter(audit_log::kind.eq(kind.code()));
    }
    if let Some(record) = filter.record {
        rows = rows.filter(audit_log::record_id.eq(record));
    }
    // Ids are in the order of time, and every index has them.
    if let Some(period) = filter.period {
        let [from, until] = [period.from, period.until].map(AuditId::first_at);
        rows = rows.filter(audit_log::id.ge(from)).filter(audit_log::id.lt(until));
    }
    rows
}

/// The filtered rows in a span.
fn within(filter: &AuditFilter, span: Span<Uuid>) -> audit_log::BoxedQuery<'static, Pg> {
    match span {
        Span::All => matching(filter),
        Span::OlderThan(id) => matching(filter).filter(audit_log::id.lt(id)),
        Span::NewerThan(id) => matching(filter).filter(audit_log::id.gt(id)),
    }
}

impl List for AuditFilter {
    type Key = Uuid;
    type Item = LoggedEntry;

    async fn place(&self, mut conn: &AsyncPgConnection, id: Uuid) -> Result<Option<Uuid>, DatabaseError> {
        Ok(audit_log::table.find(id).select(audit_log::id).first(&mut conn).await.optional()?)
    }

    async fn rows(
        &self,
        mut conn: &AsyncPgConnection,
        span: Span<Uuid>,
        limit: i64,
    ) -> Result<Vec<LoggedEntry>, DatabaseError> {
        let rows = match span {
            Span::NewerThan(_) => within(self, span).order(audit_log::id.asc()),
            _ => within(self, span).order(audit_log::id.desc()),
        };
        let rows = rows.limit(limit).select(AuditRow::as_select()).load(&mut conn).await?;
        Ok(rows.into_iter().map(AuditRow::read).collect())
    }

    async fn count(&self, conn: &AsyncPgConnection, span: Span<Uuid>) -> Result<i64, DatabaseError> {
        paging::counted(conn, within(self, span).select(audit_log::id)).await
    }

    async fn has(&self, mut conn: &AsyncPgConnection, id: Uuid) -> Result<bool, DatabaseError> {
        let found = matching(self)
            .filter(audit_log::id.eq(id))
            .select(audit_log::id)
            .first::<Uuid>(&mut conn)
            .await
            .optional()?;
        Ok(found.is_some())
    }
}

#[async_trait]
impl AuditLog for PostgresWork {
    async fn append(&mut self, entry: &AuditEntry) -> store::Result<()> {
        self.append_all(std::slice::from_ref(entry)).await
    }

    async fn append_all(&mut self, entries: &[AuditEntry]) -> store::Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        let head = match self.head {
            Some(head) => head,
            None => self.run(head).await?,
        };
        let sealed = self.run(|conn| append(conn, head, entries)).await?;
        self.head = Some(sealed);
        Ok(())
    }

    async fn entries(&mut self, after: Option<Uuid>, limit: u16) -> store::Result<Vec<AuditEntry>> {
        let after = after.unwrap_or_default();
        self.run(|mut conn| async move {
            let rows = audit_log::table.filter(audit_log::id.gt(after)).order(audit_log::id).limit(limit.into());
            let rows = rows.select(AuditRow::as_select()).load(&mut conn).await?;
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
        self.run(|mut conn| async move {
            let rows = audit_log::table
                .filter(audit_log::kind.eq(kind.code()))
                .filter(audit_log::record_id.eq(record))
                .filter(audit_log::version.lt(below))
                // As the index has it: its user's sign-ins are no part of a history.
                .filter(sql::<Bool>("act IN ('created', 'changed')"))
                .order((audit_log::version.desc(), audit_log::id.desc()))
                .limit(limit.into())
                .select(AuditRow::as_select())
                .load(&mut conn)
                .await?;
            Ok(rows.into_iter().map(AuditRow::read).collect())
        })
        .await
    }

    async fn log(&mut self, filter: &AuditFilter, page: PageRequest) -> store::Result<Page<LoggedEntry>> {
        let filter = filter.clone();
        self.run(|conn| async move { paging::page(conn, &filter, page).await }).await
    }

    async fn heads(&mut self) -> store::Result<Vec<ChainLink>> {
        self.run(|mut conn| async move {
            let heads = audit_heads::table.filter(audit_heads::chain.ge(0)).order(audit_heads::chain);
            let heads: Vec<HeadRow> = heads.select(HeadRow::as_select()).load(&mut conn).await?;
            heads.into_iter().map(HeadRow::read).collect()
        })
        .await
    }

    async fn sealed(&mut self, chain: i16, after: i64, limit: u16) -> store::Result<Vec<(ChainLink, LoggedEntry)>> {
        self.run(|mut conn| async move {
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
                .load::<(AuditRow, i64, Vec<u8>)>(&mut conn)
                .await?;
            let sealed =
                |(row, position, hash): (AuditRow, _, _)| Ok((HeadRow { chain, position, hash }.read()?, row.read()));
            rows.into_iter().map(sealed).collect()
        })
        .await
    }

    async fn size(&mut self) -> store::Result<LogSize> {
        self.take_time().await?;
        self.run(|mut conn| async move {
            let before = audit_heads::table.find(-1_i16).select(audit_heads::position);
            let before: i64 = before.first(&mut conn).await.optional()?.unwrap_or_default();
            let unsealed = audit_log::table.filter(audit_log::chain.is_null()).count().get_result(&mut conn).await?;
            let all = audit_log::table.count().get_result(&mut conn).await?;
            let [all, unsealed, before_seals] =
                [all, unsealed, before].map(|it: i64| u64::try_from(it).unwrap_or_default());
            Ok(LogSize { all, unsealed, before_seals, chains: CHAINS })
        })
        .await
    }
}
