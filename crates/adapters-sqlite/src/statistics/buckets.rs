//! Sums by stretch of time: each stretch is a range of an index, and all of them go in as one JSON list.
use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Text},
};
use domain::statistics::{Attribution, Cell, CohortSums, Sums, TimeBuckets};
use serde_json::json;

use super::counted_at;
use crate::database_error::DatabaseError;

const STRETCHES: &str = "
    WITH stretches AS MATERIALIZED (
        SELECT key AS place, value ->> 0 AS since, value ->> 1 AS until, value ->> 2 AS first, value ->> 3 AS last
        FROM json_each(?1)
    )";

/// The moments and the days of each stretch.
fn listed(buckets: &TimeBuckets) -> String {
    let stretch = |it: domain::statistics::Window| {
        let (since, until) = (it.moments.from.timestamp_micros(), it.moments.until.timestamp_micros());
        json!([since, until, it.days.from().to_string(), it.days.until().to_string()])
    };
    buckets.windows().map(stretch).collect::<serde_json::Value>().to_string()
}

#[derive(QueryableByName)]
struct People {
    #[diesel(sql_type = BigInt)]
    leads: i64,
    #[diesel(sql_type = BigInt)]
    taken_up: i64,
    #[diesel(sql_type = BigInt)]
    clients: i64,
    #[diesel(sql_type = BigInt)]
    spend: i64,
}

/// Leads, clients and spend: one subquery each, so that none multiplies another.
fn people(conn: &mut SqliteConnection, attribution: Attribution, stretches: &str) -> QueryResult<Vec<People>> {
    let counted_at = counted_at(attribution);
    sql_query(format!(
        "{STRETCHES}
        SELECT
            (SELECT count(*) FROM leads
                WHERE created_at >= s.since AND created_at < s.until AND merged_into IS NULL) AS leads,
            (SELECT count(*) FROM leads
                WHERE created_at >= s.since AND created_at < s.until
                    AND status <> 'new' AND merged_into IS NULL) AS taken_up,
            (SELECT count(*) FROM clients
                WHERE {counted_at} >= s.since AND {counted_at} < s.until) AS clients,
            (SELECT coalesce(sum(amount), 0) FROM spend_entries
                WHERE cancelled = 0 AND spent_on BETWEEN s.first AND s.last) AS spend
        FROM stretches s
        ORDER BY s.place"
    ))
    .bind::<Text, _>(stretches)
    .load(conn)
}

#[derive(QueryableByName)]
struct Sales {
    #[diesel(sql_type = BigInt)]
    place: i64,
    #[diesel(sql_type = BigInt)]
    contracts: i64,
    #[diesel(sql_type = BigInt)]
    revenue: i64,
    #[diesel(sql_type = BigInt)]
    on_service: i64,
}

/// The contracts of clients; a stretch without any has no row. CROSS JOIN keeps this order of tables.
fn sales(conn: &mut SqliteConnection, attribution: Attribution, stretches: &str) -> QueryResult<Vec<Sales>> {
    let facts = match attribution {
        Attribution::ByLeadDate => {
            "CROSS JOIN clients c ON c.lead_created_at >= s.since AND c.lead_created_at < s.until
            CROSS JOIN contracts k ON k.client_id = c.id"
        }
        Attribution::ByContractDate => {
            "CROSS JOIN contracts k ON k.signed_on BETWEEN s.first AND s.last
            CROSS JOIN clients c ON c.id = k.client_id"
        }
    };
    sql_query(format!(
        "{STRETCHES}
        SELECT s.place, count(*) AS contracts, sum(k.amount) AS revenue,
            sum(CASE WHEN k.service_id = b.service_id THEN k.amount ELSE 0 END) AS on_service
        FROM stretches s
        {facts}
        LEFT JOIN campaigns b ON b.id = c.acquired_by
        GROUP BY s.place"
    ))
    .bind::<Text, _>(stretches)
    .load(conn)
}

pub(crate) fn time_series(
    conn: &mut SqliteConnection,
    attribution: Attribution,
    buckets: &TimeBuckets,
) -> Result<Vec<Sums>, DatabaseError> {
    let stretches = listed(buckets);
    let people = people(conn, attribution, &stretches)?.into_iter();
    let mut sums: Vec<Sums> = people
        .map(|it| Sums {
            leads: it.leads.cast_unsigned(),
            taken_up: it.taken_up.cast_unsigned(),
            clients: it.clients.cast_unsigned(),
            spend: it.spend.into(),
            ..Sums::default()
        })
        .collect();
    for sold in sales(conn, attribution, &stretches)? {
        if let Some(it) = usize::try_from(sold.place).ok().and_then(|place| sums.get_mut(place)) {
            it.contracts = sold.contracts.cast_unsigned();
            it.revenue = sold.revenue.into();
            it.on_service = sold.on_service.into();
        }
    }
    Ok(sums)
}

#[derive(QueryableByName)]
struct Piece {
    #[diesel(sql_type = BigInt)]
    cohort: i64,
    #[diesel(sql_type = BigInt)]
    passed: i64,
    #[diesel(sql_type = BigInt)]
    clients: i64,
    #[diesel(sql_type = BigInt)]
    contracts: i64,
    #[diesel(sql_type = BigInt)]
    revenue: i64,
}

pub(crate) fn cohorts(conn: &mut SqliteConnection, buckets: &TimeBuckets) -> Result<Vec<CohortSums>, DatabaseError> {
    let moments: Vec<String> = buckets.moments().iter().map(|it| it.timestamp_micros().to_string()).collect();
    let days: Vec<String> = buckets.days().iter().map(|it| format!("'{it}'")).collect();
    let won =
        format!("{} AS passed, count(*) AS clients, 0 AS contracts, 0 AS revenue", passed("c.converted_at", &moments));
    let sold = format!(
        "{} AS passed, 0 AS clients, count(*) AS contracts, sum(k.amount) AS revenue",
        passed("k.signed_on", &days)
    );
    let mut pieces: Vec<Piece> = Vec::new();
    for (sums, contracts) in [(won, ""), (sold, "CROSS JOIN contracts k ON k.client_id = c.id")] {
        let query = sql_query(format!(
            "{STRETCHES}
            SELECT s.place AS cohort, {sums}
            FROM stretches s
            CROSS JOIN clients c ON c.lead_created_at >= s.since AND c.lead_created_at < s.until
            {contracts}
            GROUP BY 1, 2"
        ));
        pieces.extend(query.bind::<Text, _>(listed(buckets)).load::<Piece>(conn)?);
    }
    let number = |it: i64| u16::try_from(it).unwrap_or(u16::MAX);
    let sums = |it: Piece| CohortSums {
        cohort: number(it.cohort),
        passed: number(it.passed),
        cell: Cell {
            clients: it.clients.cast_unsigned(),
            contracts: it.contracts.cast_unsigned(),
            revenue: it.revenue.into(),
        },
    };
    Ok(pieces.into_iter().map(sums).collect())
}

/// How many of these ascending literals a column has reached, found by halving: what `width_bucket` does elsewhere.
fn passed(column: &str, literals: &[String]) -> String {
    fn among(column: &str, literals: &[String], before: usize) -> String {
        let half = literals.len() / 2;
        match literals.get(half) {
            None => before.to_string(),
            Some(middle) => {
                let below = among(column, &literals[..half], before);
                let above = among(column, &literals[half + 1..], before + half + 1);
                format!("CASE WHEN {column} < {middle} THEN {below} ELSE {above} END")
            }
        }
    }
    among(column, literals, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_passed_is_found_by_halving() {
        assert_eq!(passed("x", &[]), "0");
        let literals = ["10", "20", "30"].map(str::to_owned);
        let halves =
            "CASE WHEN x < 20 THEN CASE WHEN x < 10 THEN 0 ELSE 1 END ELSE CASE WHEN x < 30 THEN 2 ELSE 3 END END";
        assert_eq!(passed("x", &literals), halves);
    }
}
