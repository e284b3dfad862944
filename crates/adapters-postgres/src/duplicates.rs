//! Leads that may be one person.
use async_trait::async_trait;
use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Nullable, Text, Uuid as Id},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{
    duplicates::{LeadPair, Likeness, Lookalikes},
    lead::{Lead, LeadId},
    store::{Duplicates, Result, StoreError},
};
use uuid::Uuid;

use crate::{fault::Fault, leads, schema::leads_told_apart as told, work::PostgresWork};

/// The column that holds the key.
const fn column(likeness: Likeness) -> &'static str {
    match likeness {
        Likeness::Phone => "phone",
        Likeness::Email => "email_key",
        Likeness::Name => "name_key",
    }
}

/// The ids of the leads that have a key, or whose client has it. Each half is found by an index in its order.
fn with_key(likeness: Likeness) -> String {
    let key = column(likeness);
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
fn alike(likeness: Likeness) -> String {
    let key = column(likeness);
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
struct Found {
    #[diesel(sql_type = Id)]
    id: Uuid,
}

#[derive(QueryableByName)]
struct Key {
    #[diesel(sql_type = Nullable<Text>)]
    key: Option<String>,
}

#[derive(QueryableByName)]
struct Alike {
    #[diesel(sql_type = Id)]
    older: Uuid,
    #[diesel(sql_type = Id)]
    newer: Uuid,
    #[diesel(sql_type = BigInt)]
    number: i64,
}

fn pair((older, newer): (Uuid, Uuid)) -> std::result::Result<LeadPair, Fault> {
    LeadPair::of(older.into(), newer.into()).ok_or_else(|| StoreError::unavailable("a pair of one lead").into())
}

#[async_trait]
impl Duplicates for PostgresWork {
    async fn leads(&mut self, ids: &[LeadId]) -> Result<Vec<Lead>> {
        let ids = ids.iter().copied().map(Uuid::from).collect();
        self.run(|conn| leads::some(conn, ids)).await
    }

    async fn leads_with(&mut self, likeness: Likeness, key: &str, limit: u16) -> Result<Vec<Lead>> {
        self.run(|mut conn| async move {
            let query = sql_query(with_key(likeness)).bind::<Text, _>(key).bind::<BigInt, _>(i64::from(limit));
            let found: Vec<Found> = query.load(&mut conn).await?;
            let mut leads = leads::some(conn, found.into_iter().map(|it| it.id).collect()).await?;
            leads.sort_by_key(|it| std::cmp::Reverse(it.id));
            Ok(leads)
        })
        .await
    }

    async fn lookalikes(&mut self, likeness: Likeness, after: Option<LeadId>, limit: u16) -> Result<Vec<Lookalikes>> {
        self.run(|mut conn| async move {
            let from = match after {
                Some(id) => key_of(conn, likeness, id.into()).await?,
                None => Some(String::new()),
            };
            // Behind a lead that is not there, or has no key, nothing is.
            let Some(from) = from else { return Ok(Vec::new()) };
            let query = sql_query(alike(likeness)).bind::<Text, _>(from).bind::<BigInt, _>(i64::from(limit));
            let rows: Vec<Alike> = query.load(&mut conn).await?;
            rows.into_iter()
                .map(|it| Ok(Lookalikes { pair: pair((it.older, it.newer))?, number: it.number.cast_unsigned() }))
                .collect()
        })
        .await
    }

    async fn tell_apart(&mut self, pair: LeadPair, apart: bool) -> Result<bool> {
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

    async fn told_apart(&mut self, after: Option<LeadPair>, limit: u16) -> Result<Vec<LeadPair>> {
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
    likeness: Likeness,
    id: Uuid,
) -> std::result::Result<Option<String>, Fault> {
    let query = format!("SELECT {} AS key FROM leads WHERE id = $1", column(likeness));
    let key: Option<Key> = sql_query(query).bind::<Id, _>(id).get_result(&mut conn).await.optional()?;
    Ok(key.and_then(|it| it.key))
}
