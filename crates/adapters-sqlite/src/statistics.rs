//! Sums for the figures. Each kind of fact is summed by campaign on its own; nothing is summed after a join
//! that would repeat it.
use std::collections::HashMap;

use async_trait::async_trait;
use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Binary, Bool, Nullable, Text},
};
use domain::{
    calendar::Moments,
    statistics::{CampaignSums, FlowSums, Lens, Window},
    store::{self, Statistics},
};

use crate::{fault::Fault, values::DbId, work::SqliteWork};

/// Every campaign, and one row for those who came without any. `IS` finds both in an index, as `=` does not.
const BUCKETS: &str = "
    WITH buckets AS (
        SELECT id, service_id, budget FROM campaigns
        UNION ALL
        SELECT NULL, NULL, 0
    )";

/// A window as the columns have it; without one, everything.
struct Bounds {
    from: i64,
    until: i64,
    first: String,
    last: String,
}

impl Bounds {
    fn of(window: Option<&Window>) -> Self {
        match window {
            Some(it) => Self {
                from: it.moments.from.timestamp_micros(),
                until: it.moments.until.timestamp_micros(),
                first: it.days.from().to_string(),
                last: it.days.until().to_string(),
            },
            None => Self { from: i64::MIN, until: i64::MAX, first: "0000-01-01".into(), last: "9999-12-31".into() },
        }
    }
}

/// The column by which a lens counts a client.
const fn counted_at(lens: Lens) -> &'static str {
    match lens {
        Lens::Cohort => "lead_created_at",
        Lens::Event => "converted_at",
    }
}

#[derive(QueryableByName)]
struct People {
    #[diesel(sql_type = Nullable<Binary>)]
    campaign: Option<DbId>,
    #[diesel(sql_type = BigInt)]
    budget: i64,
    #[diesel(sql_type = BigInt)]
    leads: i64,
    #[diesel(sql_type = BigInt)]
    clients: i64,
    #[diesel(sql_type = BigInt)]
    spend: i64,
    #[diesel(sql_type = Bool)]
    has_spend: bool,
}

/// Leads, clients and spend: one subquery each, so that none multiplies another.
fn people(conn: &mut SqliteConnection, lens: Lens, bounds: &Bounds) -> QueryResult<Vec<People>> {
    let counted_at = counted_at(lens);
    let query = format!(
        "{BUCKETS}
        SELECT b.id AS campaign, b.budget,
            (SELECT count(*) FROM leads
                WHERE campaign_id IS b.id AND created_at >= ?1 AND created_at < ?2 AND merged_into IS NULL) AS leads,
            (SELECT count(*) FROM clients
                WHERE acquired_by IS b.id AND {counted_at} >= ?1 AND {counted_at} < ?2) AS clients,
            (SELECT coalesce(sum(amount), 0) FROM spend_entries
                WHERE campaign_id = b.id AND cancelled = 0 AND spent_on BETWEEN ?3 AND ?4) AS spend,
            EXISTS (SELECT 1 FROM spend_entries WHERE campaign_id = b.id AND cancelled = 0) AS has_spend
        FROM buckets b"
    );
    sql_query(query)
        .bind::<BigInt, _>(bounds.from)
        .bind::<BigInt, _>(bounds.until)
        .bind::<Text, _>(&bounds.first)
        .bind::<Text, _>(&bounds.last)
        .load(conn)
}

#[derive(QueryableByName)]
struct Sales {
    #[diesel(sql_type = Nullable<Binary>)]
    campaign: Option<DbId>,
    #[diesel(sql_type = BigInt)]
    contracts: i64,
    #[diesel(sql_type = BigInt)]
    revenue: i64,
    #[diesel(sql_type = BigInt)]
    on_service: i64,
}

/// The contracts of clients by the campaign that won them; a campaign without any has no row.
fn sales(conn: &mut SqliteConnection, lens: Lens, bounds: &Bounds) -> QueryResult<Vec<Sales>> {
    const SUMS: &str = "
        count(*) AS contracts, sum(k.amount) AS revenue,
        sum(CASE WHEN k.service_id = b.service_id THEN k.amount ELSE 0 END) AS on_service";
    match lens {
        // CROSS JOIN keeps this order: from the campaign over the clients of the period to their contracts.
        Lens::Cohort => sql_query(format!(
            "{BUCKETS}
            SELECT b.id AS campaign, {SUMS}
            FROM buckets b
            CROSS JOIN clients c ON c.acquired_by IS b.id AND c.lead_created_at >= ?1 AND c.lead_created_at < ?2
            CROSS JOIN contracts k ON k.client_id = c.id
            GROUP BY b.id"
        ))
        .bind::<BigInt, _>(bounds.from)
        .bind::<BigInt, _>(bounds.until)
        .load(conn),
        Lens::Event => sql_query(format!(
            "SELECT c.acquired_by AS campaign, {SUMS}
            FROM contracts k
            CROSS JOIN clients c ON c.id = k.client_id
            LEFT JOIN campaigns b ON b.id = c.acquired_by
            WHERE k.signed_on BETWEEN ?1 AND ?2
            GROUP BY c.acquired_by"
        ))
        .bind::<Text, _>(&bounds.first)
        .bind::<Text, _>(&bounds.last)
        .load(conn),
    }
}

pub(crate) fn sums(
    conn: &mut SqliteConnection,
    lens: Lens,
    window: Option<&Window>,
) -> Result<Vec<CampaignSums>, Fault> {
    let bounds = Bounds::of(window);
    let sales = sales(conn, lens, &bounds)?;
    let sales: HashMap<Option<DbId>, Sales> = sales.into_iter().map(|it| (it.campaign, it)).collect();
    let rows = people(conn, lens, &bounds)?.into_iter().map(|it| {
        let sales = sales.get(&it.campaign);
        CampaignSums {
            campaign: it.campaign.map(DbId::to),
            leads: it.leads.cast_unsigned(),
            clients: it.clients.cast_unsigned(),
            contracts: sales.map_or(0, |it| it.contracts.cast_unsigned()),
            spend: it.spend.into(),
            has_spend: it.has_spend,
            budget: it.budget.into(),
            revenue: sales.map_or(0, |it| it.revenue.into()),
            on_service: sales.map_or(0, |it| it.on_service.into()),
        }
    });
    Ok(rows.collect())
}

#[derive(QueryableByName)]
struct Flow {
    #[diesel(sql_type = BigInt)]
    leads: i64,
    #[diesel(sql_type = BigInt)]
    clients: i64,
}

/// All stretches at once: they go in as one JSON list of pairs.
pub(crate) fn flow(conn: &mut SqliteConnection, lens: Lens, stretches: &[Moments]) -> Result<Vec<FlowSums>, Fault> {
    let counted_at = counted_at(lens);
    let micros = |it: &Moments| [it.from.timestamp_micros(), it.until.timestamp_micros()];
    let pairs: serde_json::Value = stretches.iter().map(|it| serde_json::json!(micros(it))).collect();
    let query = format!(
        "WITH stretches AS MATERIALIZED (
            SELECT key AS place, value ->> 0 AS since, value ->> 1 AS until FROM json_each(?1)
        )
        SELECT
            (SELECT count(*) FROM leads
                WHERE created_at >= s.since AND created_at < s.until AND merged_into IS NULL) AS leads,
            (SELECT count(*) FROM clients
                WHERE {counted_at} >= s.since AND {counted_at} < s.until) AS clients
        FROM stretches s
        ORDER BY s.place"
    );
    let rows: Vec<Flow> = sql_query(query).bind::<Text, _>(pairs.to_string()).load(conn)?;
    Ok(rows
        .into_iter()
        .map(|it| FlowSums { leads: it.leads.cast_unsigned(), clients: it.clients.cast_unsigned() })
        .collect())
}

#[async_trait]
impl Statistics for SqliteWork {
    async fn sums(&mut self, lens: Lens, window: Option<&Window>) -> store::Result<Vec<CampaignSums>> {
        let window = window.copied();
        self.run(move |conn| sums(conn, lens, window.as_ref())).await
    }

    async fn flow(&mut self, lens: Lens, stretches: &[Moments]) -> store::Result<Vec<FlowSums>> {
        let stretches = stretches.to_vec();
        self.run(move |conn| flow(conn, lens, &stretches)).await
    }
}
