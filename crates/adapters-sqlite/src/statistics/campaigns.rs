//! Sums by campaign. Each kind of fact is summed on its own; nothing is summed after a join that would repeat it.
use std::collections::HashMap;

use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Binary, Bool, Nullable, Text},
};
use domain::{
    record::RecordKind,
    statistics::{Advertised, CampaignSums, Lens, Sums, Window},
    values::Channel,
};

use super::counted_at;
use crate::{fault::Fault, values::DbId};

/// Every campaign, and one row for those who came without any. `IS` finds both in an index, as `=` does not.
const BUCKETS: &str = "
    WITH buckets AS (
        SELECT id, service_id, channel, budget FROM campaigns
        UNION ALL
        SELECT NULL, NULL, NULL, 0
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

#[derive(QueryableByName)]
struct People {
    #[diesel(sql_type = Nullable<Binary>)]
    campaign: Option<DbId>,
    #[diesel(sql_type = Nullable<Binary>)]
    service: Option<DbId>,
    #[diesel(sql_type = Nullable<Text>)]
    channel: Option<String>,
    #[diesel(sql_type = BigInt)]
    budget: i64,
    #[diesel(sql_type = BigInt)]
    leads: i64,
    #[diesel(sql_type = BigInt)]
    taken_up: i64,
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
        SELECT b.id AS campaign, b.service_id AS service, b.channel, b.budget,
            (SELECT count(*) FROM leads
                WHERE campaign_id IS b.id AND created_at >= ?1 AND created_at < ?2 AND merged_into IS NULL) AS leads,
            (SELECT count(*) FROM leads
                WHERE campaign_id IS b.id AND created_at >= ?1 AND created_at < ?2
                    AND status <> 'new' AND merged_into IS NULL) AS taken_up,
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
    people(conn, lens, &bounds)?.into_iter().map(|it| row(&it, sales.get(&it.campaign))).collect()
}

fn row(it: &People, sales: Option<&Sales>) -> Result<CampaignSums, Fault> {
    let campaign = match (it.campaign, it.service, &it.channel) {
        (Some(id), Some(service), Some(channel)) => Some(Advertised {
            id: id.to(),
            service: service.to(),
            channel: Channel::parse(channel).map_err(|it| Fault::unreadable(RecordKind::Campaign, id, it.into()))?,
            budget: it.budget.into(),
            has_spend: it.has_spend,
        }),
        _ => None,
    };
    let sums = Sums {
        leads: it.leads.cast_unsigned(),
        taken_up: it.taken_up.cast_unsigned(),
        clients: it.clients.cast_unsigned(),
        contracts: sales.map_or(0, |it| it.contracts.cast_unsigned()),
        spend: it.spend.into(),
        revenue: sales.map_or(0, |it| it.revenue.into()),
        on_service: sales.map_or(0, |it| it.on_service.into()),
    };
    Ok(CampaignSums { campaign, sums })
}
