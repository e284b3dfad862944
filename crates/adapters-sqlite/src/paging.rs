//! One page of a list, by key: written once for every kind of record.
use diesel::{
    prelude::*,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::BigInt,
    sqlite::Sqlite,
};
use domain::page::{Cursor, Page, PageRequest, Position, Total};

use crate::{database_error::DatabaseError, values::DbId};

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
    fn place(&self, conn: &mut SqliteConnection, id: DbId) -> Result<Option<Self::Key>, DatabaseError>;

    /// The first records of the span, nearest to its cursor first.
    fn rows(
        &self,
        conn: &mut SqliteConnection,
        span: Span<Self::Key>,
        limit: i64,
    ) -> Result<Vec<Self::Item>, DatabaseError>;

    /// How many the filter leaves in the span, counted up to the limit.
    fn count(&self, conn: &mut SqliteConnection, span: Span<Self::Key>) -> Result<i64, DatabaseError>;

    /// Whether the filter leaves the record with this id.
    fn has(&self, conn: &mut SqliteConnection, id: DbId) -> Result<bool, DatabaseError>;
}

pub(crate) fn page<L: List>(
    conn: &mut SqliteConnection,
    list: &L,
    request: PageRequest,
) -> Result<Page<L::Item>, DatabaseError> {
    let span = match request.cursor {
        Cursor::Start => Some(Span::All),
        Cursor::After(id) => list.place(conn, DbId(id))?.map(Span::OlderThan),
        Cursor::Before(id) => list.place(conn, DbId(id))?.map(Span::NewerThan),
    };
    let Some(span) = span else {
        return Ok(Page { items: Vec::new(), has_newer: false, has_older: false, total: total(conn, list)? });
    };
    let size = usize::from(request.size());
    // One more than asked for shows whether there is another page.
    let mut items = list.rows(conn, span, i64::from(request.size()) + 1)?;
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
        _ => total(conn, list)?,
    };
    Ok(Page { items, has_newer, has_older, total })
}

fn total<L: List>(conn: &mut SqliteConnection, list: &L) -> Result<Total, DatabaseError> {
    let count = list.count(conn, Span::All)?;
    Ok(Total::of(u32::try_from(count).unwrap_or(u32::MAX)))
}

/// Where in the list the record with this id is, if there is one.
pub(crate) fn position<L: List>(
    conn: &mut SqliteConnection,
    list: &L,
    id: DbId,
) -> Result<Option<Position>, DatabaseError> {
    let Some(key) = list.place(conn, id)? else { return Ok(None) };
    let before = list.count(conn, Span::NewerThan(key))?;
    let before = Total::of(u32::try_from(before).unwrap_or(u32::MAX));
    Ok(Some(Position { before, is_listed: list.has(conn, id)? }))
}

/// How many ids a query has, counted up to one above [`Total::LIMIT`].
pub(crate) fn counted<Q>(conn: &mut SqliteConnection, rows: Q) -> Result<i64, DatabaseError>
where
    Counted<Q>: diesel::query_dsl::LoadQuery<'static, SqliteConnection, i64>,
{
    Ok(Counted(rows).get_result(conn)?)
}

#[derive(QueryId)]
pub(crate) struct Counted<Q>(Q);

impl<Q> Query for Counted<Q> {
    type SqlType = BigInt;
}

impl<Q> RunQueryDsl<SqliteConnection> for Counted<Q> {}

impl<Q: QueryFragment<Sqlite>> QueryFragment<Sqlite> for Counted<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        // Not of the rows: what is not asked for would not have to be in the index, and another one would be taken.
        out.push_sql("SELECT count(id) FROM (");
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(&format!(" LIMIT {})", Total::LIMIT + 1));
        Ok(())
    }
}
