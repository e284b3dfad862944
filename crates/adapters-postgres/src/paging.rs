//! One page of a list, by key: written once for every kind of record.
use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::BigInt,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::page::{Cursor, Page, PageRequest, Position, Total};
use uuid::Uuid;

use crate::database_error::DatabaseError;

/// The part of a list that a page is taken from, by the place of its cursor's record.
#[derive(Clone, Copy)]
pub(crate) enum Span<K> {
    /// From the newest on.
    All,
    OlderThan(K),
    /// From the oldest of them on.
    NewerThan(K),
}

/// The queries of one kind of record for its list.
pub(crate) trait List {
    type Key;
    type Item;

    /// Where in the list the record with this id is, if there is one.
    fn place(
        &self,
        conn: &AsyncPgConnection,
        id: Uuid,
    ) -> impl Future<Output = Result<Option<Self::Key>, DatabaseError>> + Send;

    /// The first records of the span, nearest to its cursor first.
    fn rows(
        &self,
        conn: &AsyncPgConnection,
        span: Span<Self::Key>,
        limit: i64,
    ) -> impl Future<Output = Result<Vec<Self::Item>, DatabaseError>> + Send;

    /// How many the filter leaves in the span, counted up to the limit.
    fn count(
        &self,
        conn: &AsyncPgConnection,
        span: Span<Self::Key>,
    ) -> impl Future<Output = Result<i64, DatabaseError>> + Send;

    /// Whether the filter leaves the record with this id.
    fn has(&self, conn: &AsyncPgConnection, id: Uuid) -> impl Future<Output = Result<bool, DatabaseError>> + Send;
}

pub(crate) async fn page<L: List>(
    conn: &AsyncPgConnection,
    list: &L,
    request: PageRequest,
) -> Result<Page<L::Item>, DatabaseError> {
    let span = match request.cursor {
        Cursor::Start => Some(Span::All),
        Cursor::After(id) => list.place(conn, id).await?.map(Span::OlderThan),
        Cursor::Before(id) => list.place(conn, id).await?.map(Span::NewerThan),
    };
    let Some(span) = span else {
        return Ok(Page { items: Vec::new(), has_newer: false, has_older: false, total: total(conn, list).await? });
    };
    let size = usize::from(request.size());
    // One more than asked for shows whether there is another page.
    let mut items = list.rows(conn, span, i64::from(request.size()) + 1).await?;
    let more = items.len() > size;
    items.truncate(size);
    let (has_newer, has_older) = match request.cursor {
        Cursor::Start => (false, more),
        Cursor::After(_) => (true, more),
        Cursor::Before(_) => {
            items.reverse();
            (more, true)
        }
    };
    let total = match u32::try_from(items.len()) {
        // All of them are here already: a search that finds little does not look through everything twice.
        Ok(count) if !has_newer && !has_older => Total::of(count),
        _ => total(conn, list).await?,
    };
    Ok(Page { items, has_newer, has_older, total })
}

async fn total<L: List>(conn: &AsyncPgConnection, list: &L) -> Result<Total, DatabaseError> {
    let count = list.count(conn, Span::All).await?;
    Ok(Total::of(u32::try_from(count).unwrap_or(u32::MAX)))
}

/// Where in the list the record with this id is, if there is one.
pub(crate) async fn position<L: List>(
    conn: &AsyncPgConnection,
    list: &L,
    id: Uuid,
) -> Result<Option<Position>, DatabaseError> {
    let Some(key) = list.place(conn, id).await? else { return Ok(None) };
    let before = list.count(conn, Span::NewerThan(key)).await?;
    let before = Total::of(u32::try_from(before).unwrap_or(u32::MAX));
    Ok(Some(Position { before, is_listed: list.has(conn, id).await? }))
}

/// How many rows a query has, counted up to one above [`Total::LIMIT`].
pub(crate) async fn counted<Q>(mut conn: &AsyncPgConnection, rows: Q) -> Result<i64, DatabaseError>
where
    Q: QueryFragment<Pg> + QueryId + Send,
{
    Ok(Counted(rows).get_result(&mut conn).await?)
}

#[derive(QueryId)]
struct Counted<Q>(Q);

impl<Q> Query for Counted<Q> {
    type SqlType = BigInt;
}

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Counted<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT count(*) FROM (");
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(&format!(" LIMIT {}) AS found", Total::LIMIT + 1));
        Ok(())
    }
}
