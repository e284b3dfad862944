//! Sums for the figures. Each kind of fact is summed by campaign on its own; nothing is summed after a join
//! that would repeat it.
use std::collections::HashMap;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::{
    prelude::*,
    sql_query,
    sql_types::{Array, BigInt, Date, Nullable, Timestamptz, Uuid as Id},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{
    calendar::Moments,
    statistics::{CampaignSums, FlowSums, Lens, Window},
    store::{self, Statistics},
    values::Day,
};
use futures::future::try_join5;
use uuid::Uuid;

use crate::{fault::Fault, schema::campaigns, work::PostgresWork};

/// A window as the statements take it; without one, everything.
#[derive(Clone, Copy)]
struct Bounds {
    moments: Option<Moments>,
    days: Option<(Day, Day)>,
}

impl Bounds {
    fn of(window: Option<&Window>) -> Self {
        Self { moments: window.map(|it| it.moments), days: window.map(|it| (it.days.from(), it.days.until())) }
    }

    fn from(self) -> Option<DateTime<Utc>> {
        self.moments.map(|it| it.from)
    }

    fn until(self) -> Option<DateTime<Utc>> {
        self.moments.map(|it| it.until)
    }

    fn first(self) -> Option<Day> {
        self.days.map(|it| it.0)
    }

    fn last(self) -> Option<Day> {
        self.days.map(|it| it.1)
    }
}

/// Conditions on a moment and on a day. Without bounds they hold for all there is.
const MOMENT_WITHIN: &str = ">= coalesce($1, '-infinity') AND {column} < coalesce($2, 'infinity')";
const DAY_WITHIN: &str = "BETWEEN coalesce($1, '-infinity') AND coalesce($2, 'infinity')";

fn moment_within(column: &str) -> String {
    format!("{column} {}", MOMENT_WITHIN.replace("{column}", column))
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
    #[diesel(sql_type = Nullable<Id>)]
    campaign: Option<Uuid>,
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// What was merged into another lead counts no more.
const LEADS: &str = "(SELECT * FROM leads WHERE merged_into IS NULL) AS leads";

/// How many rows of a table name each campaign, counted by a moment.
async fn people(
    mut conn: &AsyncPgConnection,
    table: &str,
    campaign: &str,
    at: &str,
    bounds: Bounds,
) -> Result<HashMap<Option<Uuid>, u64>, Fault> {
    let within = moment_within(at);
    let query =
        format!("SELECT {campaign} AS campaign, count(*) AS number FROM {table} WHERE {within} GROUP BY {campaign}");
    let rows: Vec<People> = sql_query(query)
        .bind::<Nullable<Timestamptz>, _>(bounds.from())
        .bind::<Nullable<Timestamptz>, _>(bounds.until())
        .load(&mut conn)
        .await?;
    Ok(rows.into_iter().map(|it| (it.campaign, it.number.cast_unsigned())).collect())
}

#[derive(QueryableByName)]
struct Spend {
    #[diesel(sql_type = Id)]
    campaign: Uuid,
    #[diesel(sql_type = BigInt)]
    spend: i64,
}

/// The spend of the period, of each campaign that has ever spent anything.
async fn spend(mut conn: &AsyncPgConnection, bounds: Bounds) -> Result<HashMap<Uuid, i64>, Fault> {
    let query = format!(
        "SELECT campaign_id AS campaign,
            coalesce(sum(amount) FILTER (WHERE spent_on {DAY_WITHIN}), 0)::bigint AS spend
        FROM spend_entries WHERE NOT cancelled GROUP BY campaign_id"
    );
    let rows: Vec<Spend> = sql_query(query)
        .bind::<Nullable<Date>, _>(bounds.first())
        .bind::<Nullable<Date>, _>(bounds.last())
        .load(&mut conn)
        .await?;
    Ok(rows.into_iter().map(|it| (it.campaign, it.spend)).collect())
}

#[derive(QueryableByName)]
struct Sales {
    #[diesel(sql_type = Nullable<Id>)]
    campaign: Option<Uuid>,
    #[diesel(sql_type = BigInt)]
    contracts: i64,
    #[diesel(sql_type = BigInt)]
    revenue: i64,
    #[diesel(sql_type = BigInt)]
    on_service: i64,
}

/// The contracts of clients by the campaign that won them; a campaign without any has no row.
async fn sales(
    mut conn: &AsyncPgConnection,
    lens: Lens,
    bounds: Bounds,
) -> Result<HashMap<Option<Uuid>, Sales>, Fault> {
    let within = match lens {
        Lens::Cohort => moment_within("c.lead_created_at"),
        Lens::Event => format!("k.signed_on {DAY_WITHIN}"),
    };
    let query = sql_query(format!(
        "SELECT c.acquired_by AS campaign, count(*) AS contracts, sum(k.amount)::bigint AS revenue,
            coalesce(sum(k.amount) FILTER (WHERE k.service_id = b.service_id), 0)::bigint AS on_service
        FROM contracts k
        JOIN clients c ON c.id = k.client_id
        LEFT JOIN campaigns b ON b.id = c.acquired_by
        WHERE {within}
        GROUP BY c.acquired_by"
    ));
    let rows: Vec<Sales> = match lens {
        Lens::Cohort => {
            query
                .bind::<Nullable<Timestamptz>, _>(bounds.from())
                .bind::<Nullable<Timestamptz>, _>(bounds.until())
                .load(&mut conn)
                .await?
        }
        Lens::Event => {
            query
                .bind::<Nullable<Date>, _>(bounds.first())
                .bind::<Nullable<Date>, _>(bounds.last())
                .load(&mut conn)
                .await?
        }
    };
    Ok(rows.into_iter().map(|it| (it.campaign, it)).collect())
}

async fn budgets(mut conn: &AsyncPgConnection) -> Result<Vec<(Uuid, i64)>, Fault> {
    Ok(campaigns::table.select((campaigns::id, campaigns::budget)).load(&mut conn).await?)
}

pub(crate) async fn sums(
    conn: &AsyncPgConnection,
    lens: Lens,
    window: Option<&Window>,
) -> Result<Vec<CampaignSums>, Fault> {
    let bounds = Bounds::of(window);
    // None waits for the answer of another: they travel together.
    let (budgets, leads, clients, spend, sales) = try_join5(
        budgets(conn),
        people(conn, LEADS, "campaign_id", "created_at", bounds),
        people(conn, "clients", "acquired_by", counted_at(lens), bounds),
        spend(conn, bounds),
        sales(conn, lens, bounds),
    )
    .await?;
    // Every campaign, and one row for those who came without any.
    let buckets = budgets.into_iter().map(|(id, budget)| (Some(id), budget)).chain([(None, 0)]);
    let rows = buckets.map(|(campaign, budget)| {
        let (sold, paid) = (sales.get(&campaign), campaign.and_then(|it| spend.get(&it)));
        CampaignSums {
            campaign: campaign.map(Into::into),
            leads: leads.get(&campaign).copied().unwrap_or_default(),
            clients: clients.get(&campaign).copied().unwrap_or_default(),
            contracts: sold.map_or(0, |it| it.contracts.cast_unsigned()),
            spend: paid.copied().unwrap_or_default().into(),
            has_spend: paid.is_some(),
            budget: budget.into(),
            revenue: sold.map_or(0, |it| it.revenue.into()),
            on_service: sold.map_or(0, |it| it.on_service.into()),
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

/// All stretches at once.
pub(crate) async fn flow(
    mut conn: &AsyncPgConnection,
    lens: Lens,
    stretches: &[Moments],
) -> Result<Vec<FlowSums>, Fault> {
    let counted_at = counted_at(lens);
    let (since, until): (Vec<_>, Vec<_>) = stretches.iter().map(|it| (it.from, it.until)).unzip();
    let query = format!(
        "SELECT
            (SELECT count(*) FROM leads
                WHERE created_at >= s.since AND created_at < s.until AND merged_into IS NULL) AS leads,
            (SELECT count(*) FROM clients
                WHERE {counted_at} >= s.since AND {counted_at} < s.until) AS clients
        FROM unnest($1, $2) WITH ORDINALITY AS s (since, until, place)
        ORDER BY s.place"
    );
    let rows: Vec<Flow> = sql_query(query)
        .bind::<Array<Timestamptz>, _>(since)
        .bind::<Array<Timestamptz>, _>(until)
        .load(&mut conn)
        .await?;
    let sums = |it: Flow| FlowSums { leads: it.leads.cast_unsigned(), clients: it.clients.cast_unsigned() };
    Ok(rows.into_iter().map(sums).collect())
}

#[async_trait]
impl Statistics for PostgresWork {
    async fn sums(&mut self, lens: Lens, window: Option<&Window>) -> store::Result<Vec<CampaignSums>> {
        self.run(|conn| sums(conn, lens, window)).await
    }

    async fn flow(&mut self, lens: Lens, stretches: &[Moments]) -> store::Result<Vec<FlowSums>> {
        self.run(|conn| flow(conn, lens, stretches)).await
    }
}
