//! Sums by stretch of time. `width_bucket` says how many beginnings of a stretch a moment or a day has reached.
use diesel::{
    prelude::*,
    sql_query,
    sql_types::{Array, BigInt, Date, Integer, Timestamptz},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::statistics::{Attribution, Cell, CohortSums, Sums, TimeBuckets};
use futures::future::{try_join, try_join4};

use super::counted_at;
use crate::database_error::DatabaseError;

/// The sums over the rows of one bucket. Columns that a fact lacks are zero.
#[derive(QueryableByName)]
struct Piece {
    /// From 1 on: facts outside of all buckets are not selected.
    #[diesel(sql_type = Integer)]
    stretch: i32,
    #[diesel(sql_type = BigInt)]
    one: i64,
    #[diesel(sql_type = BigInt)]
    two: i64,
    #[diesel(sql_type = BigInt)]
    three: i64,
}

/// A fact by the stretch that its moment is in: three sums, and where they are from.
async fn by_moment(
    mut conn: &AsyncPgConnection,
    buckets: &TimeBuckets,
    at: &str,
    sums: [&str; 3],
    from: &str,
) -> Result<Vec<Piece>, DatabaseError> {
    let query = sql_query(by_stretch(at, sums, from));
    Ok(query.bind::<Array<Timestamptz>, _>(buckets.moments()).load(&mut conn).await?)
}

/// The same by day.
async fn by_day(
    mut conn: &AsyncPgConnection,
    buckets: &TimeBuckets,
    on: &str,
    sums: [&str; 3],
    from: &str,
) -> Result<Vec<Piece>, DatabaseError> {
    let query = sql_query(by_stretch(on, sums, from));
    Ok(query.bind::<Array<Date>, _>(buckets.days()).load(&mut conn).await?)
}

fn by_stretch(when: &str, [one, two, three]: [&str; 3], from: &str) -> String {
    format!(
        "SELECT width_bucket({when}, $1) AS stretch, {one} AS one, {two} AS two, {three} AS three
        FROM {from} {when} >= ($1)[1] AND {when} < ($1)[cardinality($1)]
        GROUP BY 1"
    )
}

const NOTHING: &str = "0::bigint";
const SALES: [&str; 3] = [
    "count(*)",
    "sum(k.amount)::bigint",
    "coalesce(sum(k.amount) FILTER (WHERE k.service_id = b.service_id), 0)::bigint",
];
const SOLD: &str =
    "contracts k JOIN clients c ON c.id = k.client_id LEFT JOIN campaigns b ON b.id = c.acquired_by WHERE";

async fn sales(
    conn: &AsyncPgConnection,
    attribution: Attribution,
    buckets: &TimeBuckets,
) -> Result<Vec<Piece>, DatabaseError> {
    match attribution {
        Attribution::ByLeadDate => by_moment(conn, buckets, "c.lead_created_at", SALES, SOLD).await,
        Attribution::ByContractDate => by_day(conn, buckets, "k.signed_on", SALES, SOLD).await,
    }
}

pub(crate) async fn time_series(
    conn: &AsyncPgConnection,
    attribution: Attribution,
    buckets: &TimeBuckets,
) -> Result<Vec<Sums>, DatabaseError> {
    let mut sums = vec![Sums::default(); buckets.len()];
    if sums.is_empty() {
        return Ok(sums);
    }
    let taken_up = ["count(*)", "count(*) FILTER (WHERE status <> 'new')", NOTHING];
    let amounts = ["sum(amount)::bigint", NOTHING, NOTHING];
    // None waits for the answer of another: they travel together.
    let (leads, clients, spend, sales) = try_join4(
        by_moment(conn, buckets, "created_at", taken_up, "leads WHERE merged_into IS NULL AND"),
        by_moment(conn, buckets, counted_at(attribution), ["count(*)", NOTHING, NOTHING], "clients WHERE"),
        by_day(conn, buckets, "spent_on", amounts, "spend_entries WHERE NOT cancelled AND"),
        sales(conn, attribution, buckets),
    )
    .await?;
    each(&mut sums, leads, |sums, it| (sums.leads, sums.taken_up) = (it.one.cast_unsigned(), it.two.cast_unsigned()));
    each(&mut sums, clients, |sums, it| sums.clients = it.one.cast_unsigned());
    each(&mut sums, spend, |sums, it| sums.spend = it.one.into());
    each(&mut sums, sales, |sums, it| {
        sums.contracts = it.one.cast_unsigned();
        (sums.revenue, sums.on_service) = (it.two.into(), it.three.into());
    });
    Ok(sums)
}

fn each(sums: &mut [Sums], pieces: Vec<Piece>, put: impl Fn(&mut Sums, Piece)) {
    for piece in pieces {
        let place = usize::try_from(piece.stretch - 1).ok();
        if let Some(sums) = place.and_then(|it| sums.get_mut(it)) {
            put(sums, piece);
        }
    }
}

#[derive(QueryableByName)]
struct CohortPiece {
    #[diesel(sql_type = Integer)]
    cohort: i32,
    #[diesel(sql_type = Integer)]
    passed: i32,
    #[diesel(sql_type = BigInt)]
    clients: i64,
    #[diesel(sql_type = BigInt)]
    contracts: i64,
    #[diesel(sql_type = BigInt)]
    revenue: i64,
}

pub(crate) async fn cohorts(conn: &AsyncPgConnection, buckets: &TimeBuckets) -> Result<Vec<CohortSums>, DatabaseError> {
    if buckets.is_empty() {
        return Ok(Vec::new());
    }
    let won = cohort_pieces(
        conn,
        buckets,
        "width_bucket(c.converted_at, $1) AS passed, count(*) AS clients, 0::bigint AS contracts, 0::bigint AS revenue
        FROM clients c",
    );
    let sold = cohort_pieces(
        conn,
        buckets,
        "width_bucket(k.signed_on, $2) AS passed,
            0::bigint AS clients, count(*) AS contracts, sum(k.amount)::bigint AS revenue
        FROM clients c JOIN contracts k ON k.client_id = c.id",
    );
    let (won, sold) = try_join(won, sold).await?;
    let number = |it: i32| u16::try_from(it).unwrap_or(u16::MAX);
    let sums = |it: CohortPiece| CohortSums {
        cohort: number(it.cohort - 1),
        passed: number(it.passed),
        cell: Cell {
            clients: it.clients.cast_unsigned(),
            contracts: it.contracts.cast_unsigned(),
            revenue: it.revenue.into(),
        },
    };
    Ok(won.into_iter().chain(sold).map(sums).collect())
}

async fn cohort_pieces(
    mut conn: &AsyncPgConnection,
    buckets: &TimeBuckets,
    sums: &str,
) -> Result<Vec<CohortPiece>, DatabaseError> {
    let query = format!(
        "SELECT width_bucket(c.lead_created_at, $1) AS cohort, {sums}
        WHERE c.lead_created_at >= ($1)[1] AND c.lead_created_at < ($1)[cardinality($1)]
        GROUP BY 1, 2"
    );
    let query =
        sql_query(query).bind::<Array<Timestamptz>, _>(buckets.moments()).bind::<Array<Date>, _>(buckets.days());
    Ok(query.load(&mut conn).await?)
}
