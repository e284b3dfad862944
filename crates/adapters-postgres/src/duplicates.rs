//! Leads that may be one person.
use async_trait::async_trait;
use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Nullable, Text, Uuid as Id},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{
    duplicates::{DuplicatePair, LeadPair, MatchBy},
    lead::{Lead, LeadId},
    store::{Duplicates, Result, StoreError},
};
use uuid::Uuid;

use crate::{database_error::DatabaseError, leads, schema::leads_told_apart as told, work::PostgresWork};

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
                SELECT id FROM leads WHERE {key} = $1 ORDER BY id DESC LIMIT $2
            ) AS own
            UNION
            SELECT id FROM (
                SELECT lead_id AS id FROM clients WHERE {key} = $1 ORDER BY lead_id DESC LIMIT $2
            ) AS of_clients
        ) AS found ORDER BY id DESC LIMIT $2"
    )
}

/// Walks the keys in the order of their index, until there are enough of those that several leads have; where there are
/// few, to the end of the index. Only of such a key the pairs are looked at, the oldest first, until one was not told apart.
fn alike(match_by: MatchBy) -> String {
    let key = column(match_by);
    let pair = format!(
        "FROM leads a JOIN leads b ON b.{key} = l.{key} AND b.id > a.id AND b.merged_into IS NULL
        WHERE a.{key} = l.{key} AND a.merged_into IS NULL
            AND NOT EXISTS (SELECT 1 FROM leads_told_apart t WHERE t.older = a.id AND t.newer = b.id)"
    );
    let first = format!("{pair} ORDER BY a.id, b.id LIMIT 1");
    format!(
        "SELECT (SELECT a.id {first}) AS older, (SELECT b.id {first}) AS newer, count(*) AS number
        FROM leads l
        WHERE l.{key} > $1 AND l.merged_into IS NULL
        GROUP BY l.{key} HAVING count(*) > 1 AND EXISTS (SELECT 1 {pair})
        ORDER BY l.{key} LIMIT $2"
    )
}

#[derive(QueryableByName)]
struct IdRow {
    #[diesel(sql_type = Id)]
    id: Uuid,
}

#[derive(QueryableByName)]
struct Key {
    #[diesel(sql_type = Nullable<Text>)]
    key: Option<String>,
}

#[derive(QueryableByName)]
struct PairRow {
    #[diesel(sql_type = Id)]
    older: Uuid,
    #[diesel(sql_type = Id)]
    newer: Uuid,
    #[diesel(sql_type = BigInt)]
    number: i64,
}

fn pair((older, newer): (Uuid, Uuid)) -> std::result::Result<LeadPair, DatabaseError> {
    LeadPair::of(older.into(), newer.into()).ok_or_else(|| StoreError::unavailable("a pair of one lead").into())
}

#[async_trait]
impl Duplicates for PostgresWork {
    async fn leads(&mut self, ids: &[LeadId]) -> Result<Vec<Lead>> {
        let ids = ids.iter().copied().map(Uuid::from).collect();
        self.run(|conn| leads::some(conn, ids)).await
    }

    async fn leads_with(&mut self, match_by: MatchBy, key: &str, limit: u16) -> Result<Vec<Lead>> {
        self.run(|mut conn| async move {
            let query = sql_query(with_key(match_by)).bind::<Text, _>(key).bind::<BigInt, _>(i64::from(limit));
            let found: Vec<IdRow> = query.load(&mut conn).await?;
            let mut leads = leads::some(conn, found.into_iter().map(|it| it.id).collect()).await?;
            leads.sort_by_key(|it| std::cmp::Reverse(it.id));
            Ok(leads)
        })
        .await
    }

    async fn duplicate_pairs(
        &mut self,
        match_by: MatchBy,
        after: Option<LeadId>,
        limit: u16,
    ) -> Result<Vec<DuplicatePair>> {
        self.run(|mut conn| async move {
            let from = match after {
                Some(id) => key_of(conn, match_by, id.into()).await?,
                None => Some(String::new()),
            };
            // Behind a lead that is not there, or has no key, nothing is.
            let Some(from) = from else { return Ok(Vec::new()) };
            let query = sql_query(alike(match_by)).bind::<Text, _>(from).bind::<BigInt, _>(i64::from(limit));
            let rows: Vec<PairRow> = query.load(&mut conn).await?;
            rows.into_iter()
                .map(|it| Ok(DuplicatePair { pair: pair((it.older, it.newer))?, number: it.number.cast_unsigned() }))
                .collect()
        })
        .await
    }

    async fn dismiss_duplicate(&mut self, pair: LeadPair, apart: bool) -> Result<bool> {
        let (older, newer) = (Uuid::from(pair.older()), Uuid::from(pair.newer()));
        self.run(|mut conn| async move {
            let changed = if apart {
                let row = (told::older.eq(older), told::newer.eq(newer));
                diesel::insert_into(told::table).values(row).on_conflict_do_nothing().execute(&mut conn).await?
            } else {
                diesel::delete(told::table.find((older, newer))).execute(&mut conn).await?
            };
            Ok(changed > 0)
        })
        .await
    }

    async fn dismissed_duplicates(&mut self, after: Option<LeadPair>, limit: u16) -> Result<Vec<LeadPair>> {
        self.run(|mut conn| async move {
            let mut rows = told::table.order((told::older, told::newer)).limit(limit.into()).into_boxed();
            if let Some(after) = after {
                let (older, newer) = (Uuid::from(after.older()), Uuid::from(after.newer()));
                rows = rows.filter(told::older.ge(older)).filter(told::older.gt(older).or(told::newer.gt(newer)));
            }
            rows.load::<(Uuid, Uuid)>(&mut conn).await?.into_iter().map(pair).collect()
        })
        .await
    }
}

async fn key_of(
    mut conn: &AsyncPgConnection,
    match_by: MatchBy,
    id: Uuid,
) -> std::result::Result<Option<String>, DatabaseError> {
    let query = format!("SELECT {} AS key FROM leads WHERE id = $1", column(match_by));
    let key: Option<Key> = sql_query(query).bind::<Id, _>(id).get_result(&mut conn).await.optional()?;
    Ok(key.and_then(|it| it.key))
}
