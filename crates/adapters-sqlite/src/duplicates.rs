//! Leads that may be one person.
use async_trait::async_trait;
use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Binary, Text},
};
use domain::{
    duplicates::{LeadPair, Likeness, Lookalikes},
    lead::{Lead, LeadId},
    store::{Duplicates, Result},
};

use crate::{
    fault::Fault,
    leads,
    schema::{leads as lead_rows, leads_told_apart as told},
    values::DbId,
    work::SqliteWork,
};

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
fn alike(likeness: Likeness) -> String {
    let key = column(likeness);
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
struct Found {
    #[diesel(sql_type = Binary)]
    id: DbId,
}

#[derive(QueryableByName)]
struct Alike {
    #[diesel(sql_type = Binary)]
    older: DbId,
    #[diesel(sql_type = Binary)]
    newer: DbId,
    #[diesel(sql_type = BigInt)]
    number: i64,
}

fn pair((older, newer): (DbId, DbId)) -> std::result::Result<LeadPair, Fault> {
    LeadPair::of(older.to(), newer.to())
        .ok_or_else(|| domain::store::StoreError::unavailable("a pair of one lead").into())
}

pub(crate) fn leads_with(
    conn: &mut SqliteConnection,
    likeness: Likeness,
    key: &str,
    limit: u16,
) -> std::result::Result<Vec<Lead>, Fault> {
    let found: Vec<Found> =
        sql_query(with_key(likeness)).bind::<Text, _>(key).bind::<BigInt, _>(i64::from(limit)).load(conn)?;
    let mut leads = leads::some(conn, found.into_iter().map(|it| it.id).collect())?;
    leads.sort_by_key(|it| std::cmp::Reverse(it.id));
    Ok(leads)
}

pub(crate) fn lookalikes(
    conn: &mut SqliteConnection,
    likeness: Likeness,
    after: Option<DbId>,
    limit: u16,
) -> std::result::Result<Vec<Lookalikes>, Fault> {
    let from = match after {
        Some(id) => key_of(conn, likeness, id)?,
        None => Some(String::new()),
    };
    // Behind a lead that is not there, or has no key, nothing is.
    let Some(from) = from else { return Ok(Vec::new()) };
    let rows: Vec<Alike> =
        sql_query(alike(likeness)).bind::<Text, _>(from).bind::<BigInt, _>(i64::from(limit)).load(conn)?;
    rows.into_iter()
        .map(|it| Ok(Lookalikes { pair: pair((it.older, it.newer))?, number: it.number.cast_unsigned() }))
        .collect()
}

fn key_of(conn: &mut SqliteConnection, likeness: Likeness, id: DbId) -> QueryResult<Option<String>> {
    let lead = lead_rows::table.find(id);
    let key = match likeness {
        Likeness::Phone => lead.select(lead_rows::phone).first(conn).optional()?,
        Likeness::Email => lead.select(lead_rows::email_key).first(conn).optional()?,
        Likeness::Name => lead.select(lead_rows::name_key.nullable()).first(conn).optional()?,
    };
    Ok(key.flatten())
}

#[async_trait]
impl Duplicates for SqliteWork {
    async fn leads(&mut self, ids: &[LeadId]) -> Result<Vec<Lead>> {
        let ids = ids.iter().copied().map(DbId::of).collect();
        self.run(move |conn| leads::some(conn, ids)).await
    }

    async fn leads_with(&mut self, likeness: Likeness, key: &str, limit: u16) -> Result<Vec<Lead>> {
        let key = key.to_owned();
        self.run(move |conn| leads_with(conn, likeness, &key, limit)).await
    }

    async fn lookalikes(&mut self, likeness: Likeness, after: Option<LeadId>, limit: u16) -> Result<Vec<Lookalikes>> {
        let after = after.map(DbId::of);
        self.run(move |conn| lookalikes(conn, likeness, after, limit)).await
    }

    async fn tell_apart(&mut self, pair: LeadPair, apart: bool) -> Result<bool> {
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

    async fn told_apart(&mut self, after: Option<LeadPair>, limit: u16) -> Result<Vec<LeadPair>> {
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
