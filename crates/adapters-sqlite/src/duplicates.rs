//! Leads that may be one person.
use async_trait::async_trait;
use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Binary, Text},
};
use domain::{
    duplicates::{DuplicatePair, LeadPair, MatchBy},
    lead::{Lead, LeadId},
    store::{Duplicates, Result},
};

use crate::{
    database_error::DatabaseError,
    leads,
    schema::{leads as lead_rows, leads_told_apart as told},
    values::DbId,
    work::SqliteWork,
};

/// The column that holds the key.
const fn column(match_by: MatchBy) -> &'static str {
    match match_by {
        MatchBy::Phone => "phone",
        MatchBy::Email => "email_key",
        MatchBy::Name => "name_key",
    }
}

/// The ids of the leads that have a key, or whose client has it. Each half is found by an index in its order.
fn with_key(match_by: MatchBy) -> String {
    let key = column(match_by);
    format!(
        "SELECT id FROM (
            SELECT id FROM (
                SELECT id FROM leads WHERE {key} = ?1 ORDER BY id DESC LIMIT ?2
            ) AS own
            UNION
            SELECT id FROM (
                SELECT lead_id AS id FROM clients WHERE {key} = ?1 ORDER BY lead_id DESC LIMIT ?2
            ) AS of_clients
        ) AS found ORDER BY id DESC LIMIT ?2"
    )
}

/// Walks the keys in the order of their index, until there are enough of those that several leads have; where there are
/// few, to the end of the index. Only of such a key the pairs are looked at, the oldest first, until one was not told apart.
fn alike(match_by: MatchBy) -> String {
    let key = column(match_by);
    let pair = format!(
        "FROM leads a CROSS JOIN leads b ON b.{key} = l.{key} AND b.id > a.id AND b.merged_into IS NULL
        WHERE a.{key} = l.{key} AND a.merged_into IS NULL
            AND NOT EXISTS (SELECT 1 FROM leads_told_apart t WHERE t.older = a.id AND t.newer = b.id)"
    );
    let first = format!("{pair} ORDER BY a.id, b.id LIMIT 1");
    format!(
        "SELECT (SELECT a.id {first}) AS older, (SELECT b.id {first}) AS newer, count(*) AS number
        FROM leads l
        WHERE l.{key} > ?1 AND l.merged_into IS NULL
        GROUP BY l.{key} HAVING count(*) > 1 AND EXISTS (SELECT 1 {pair})
        ORDER BY l.{key} LIMIT ?2"
    )
}

#[derive(QueryableByName)]
struct IdRow {
    #[diesel(sql_type = Binary)]
    id: DbId,
}

#[derive(QueryableByName)]
struct PairRow {
    #[diesel(sql_type = Binary)]
    older: DbId,
    #[diesel(sql_type = Binary)]
    newer: DbId,
    #[diesel(sql_type = BigInt)]
    number: i64,
}

fn pair((older, newer): (DbId, DbId)) -> std::result::Result<LeadPair, DatabaseError> {
    LeadPair::of(older.to(), newer.to())
        .ok_or_else(|| domain::store::StoreError::unavailable("a pair of one lead").into())
}

pub(crate) fn leads_with(
    conn: &mut SqliteConnection,
    match_by: MatchBy,
    key: &str,
    limit: u16,
) -> std::result::Result<Vec<Lead>, DatabaseError> {
    let found: Vec<IdRow> =
        sql_query(with_key(match_by)).bind::<Text, _>(key).bind::<BigInt, _>(i64::from(limit)).load(conn)?;
    let mut leads = leads::some(conn, found.into_iter().map(|it| it.id).collect())?;
    leads.sort_by_key(|it| std::cmp::Reverse(it.id));
    Ok(leads)
}

pub(crate) fn duplicate_pairs(
    conn: &mut SqliteConnection,
    match_by: MatchBy,
    after: Option<DbId>,
    limit: u16,
) -> std::result::Result<Vec<DuplicatePair>, DatabaseError> {
    let from = match after {
        Some(id) => key_of(conn, match_by, id)?,
        None => Some(String::new()),
    };
    // Behind a lead that is not there, or has no key, nothing is.
    let Some(from) = from else { return Ok(Vec::new()) };
    let rows: Vec<PairRow> =
        sql_query(alike(match_by)).bind::<Text, _>(from).bind::<BigInt, _>(i64::from(limit)).load(conn)?;
    rows.into_iter()
        .map(|it| Ok(DuplicatePair { pair: pair((it.older, it.newer))?, number: it.number.cast_unsigned() }))
        .collect()
}

fn key_of(conn: &mut SqliteConnection, match_by: MatchBy, id: DbId) -> QueryResult<Option<String>> {
    let lead = lead_rows::table.find(id);
    let key = match match_by {
        MatchBy::Phone => lead.select(lead_rows::phone).first(conn).optional()?,
        MatchBy::Email => lead.select(lead_rows::email_key).first(conn).optional()?,
        MatchBy::Name => lead.select(lead_rows::name_key.nullable()).first(conn).optional()?,
    };
    Ok(key.flatten())
}

#[async_trait]
impl Duplicates for SqliteWork {
    async fn leads(&mut self, ids: &[LeadId]) -> Result<Vec<Lead>> {
        let ids = ids.iter().copied().map(DbId::of).collect();
        self.run(move |conn| leads::some(conn, ids)).await
    }

    async fn leads_with(&mut self, match_by: MatchBy, key: &str, limit: u16) -> Result<Vec<Lead>> {
        let key = key.to_owned();
        self.run(move |conn| leads_with(conn, match_by, &key, limit)).await
    }

    async fn duplicate_pairs(
        &mut self,
        match_by: MatchBy,
        after: Option<LeadId>,
        limit: u16,
    ) -> Result<Vec<DuplicatePair>> {
        let after = after.map(DbId::of);
        self.run(move |conn| duplicate_pairs(conn, match_by, after, limit)).await
    }

    async fn dismiss_duplicate(&mut self, pair: LeadPair, apart: bool) -> Result<bool> {
        let (older, newer) = (DbId::of(pair.older()), DbId::of(pair.newer()));
        self.run(move |conn| {
            let changed = if apart {
                let row = (told::older.eq(older), told::newer.eq(newer));
                diesel::insert_or_ignore_into(told::table).values(row).execute(conn)?
            } else {
                diesel::delete(told::table.find((older, newer))).execute(conn)?
            };
            Ok(changed > 0)
        })
        .await
    }

    async fn dismissed_duplicates(&mut self, after: Option<LeadPair>, limit: u16) -> Result<Vec<LeadPair>> {
        self.run(move |conn| {
            let mut rows = told::table.order((told::older, told::newer)).limit(limit.into()).into_boxed();
            if let Some(after) = after {
                let (older, newer) = (DbId::of(after.older()), DbId::of(after.newer()));
                rows = rows.filter(told::older.ge(older)).filter(told::older.gt(older).or(told::newer.gt(newer)));
            }
            rows.load::<(DbId, DbId)>(conn)?.into_iter().map(pair).collect()
        })
        .await
    }
}
