//! Sums by campaign. Each kind of fact is summed on its own; nothing is summed after a join that would repeat it.
use std::collections::HashMap;

use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Binary, Bool, Date, Nullable, Text},
};
use domain::{
    record::RecordKind,
    statistics::{AsOf, Attribution, CampaignFacts, CampaignSums, Sums, Window},
    values::{Channel, Day, Invalid, OpenPeriod},
};

use super::counted_at;
use crate::{database_error::DatabaseError, values::DbId};

/// Every campaign, and one row for leads without a campaign. `IS` finds both in an index, as `=` does not.
const BUCKETS: &str = "
    WITH buckets AS (
        SELECT id, service_id, channel, budget, starts_on, ends_on, archived FROM campaigns
        UNION ALL
        SELECT NULL, NULL, NULL, 0, NULL, NULL, 0
    )";

/// A window as the columns have it, cut at the end of the day that the sums are as of; without either, everything.
struct Bounds {
    from: i64,
    until: i64,
    first: String,
    last: String,
    as_of: Option<AsOf>,
}

impl Bounds {
    fn of(window: Option<&Window>, as_of: Option<AsOf>) -> Self {
        let mut bounds = match window {
            Some(it) => Self {
                from: it.moments.from.timestamp_micros(),
                until: it.moments.until.timestamp_micros(),
                first: it.days.from().to_string(),
                last: it.days.until().to_string(),
                as_of,
            },
            None => {
                Self { from: i64::MIN, until: i64::MAX, first: "0000-01-01".into(), last: "9999-12-31".into(), as_of }
            }
        };
        if let Some(it) = as_of {
            bounds.until = bounds.until.min(it.until.timestamp_micros());
            bounds.last = bounds.last.min(it.day.to_string());
        }
        bounds
    }

    /// A condition only where the sums are as of a day: no index has it, so that each client is looked at.
    fn converted(&self, column: &str) -> String {
        self.as_of.map(|it| format!("AND {column} < {}", it.until.timestamp_micros())).unwrap_or_default()
    }

    fn dated(&self, column: &str) -> String {
        self.as_of.map(|it| format!("AND {column} <= '{}'", it.day)).unwrap_or_default()
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
    #[diesel(sql_type = Nullable<Date>)]
    starts_on: Option<Day>,
    #[diesel(sql_type = Nullable<Date>)]
    ends_on: Option<Day>,
    #[diesel(sql_type = Bool)]
    archived: bool,
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
fn people(conn: &mut SqliteConnection, attribution: Attribution, bounds: &Bounds) -> QueryResult<Vec<People>> {
    let counted_at = counted_at(attribution);
    let (converted, dated) = (bounds.converted("converted_at"), bounds.dated("spent_on"));
    let query = format!(
        "{BUCKETS}
        SELECT b.id AS campaign, b.service_id AS service, b.channel, b.budget, b.starts_on, b.ends_on, b.archived,
            (SELECT count(*) FROM leads
                WHERE campaign_id IS b.id AND created_at >= ?1 AND created_at < ?2 AND merged_into IS NULL) AS leads,
            (SELECT count(*) FROM leads
                WHERE campaign_id IS b.id AND created_at >= ?1 AND created_at < ?2
                    AND status <> 'new' AND merged_into IS NULL) AS taken_up,
            (SELECT count(*) FROM clients
                WHERE acquired_by IS b.id AND {counted_at} >= ?1 AND {counted_at} < ?2 {converted}) AS clients,
            (SELECT coalesce(sum(amount), 0) FROM spend_entries
                WHERE campaign_id = b.id AND cancelled = 0 AND spent_on BETWEEN ?3 AND ?4) AS spend,
            EXISTS (SELECT 1 FROM spend_entries
                WHERE campaign_id = b.id AND cancelled = 0 {dated}) AS has_spend
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
fn sales(conn: &mut SqliteConnection, attribution: Attribution, bounds: &Bounds) -> QueryResult<Vec<Sales>> {
    const SUMS: &str = "
        count(*) AS contracts, sum(k.amount) AS revenue,
        sum(CASE WHEN k.service_id = b.service_id THEN k.amount ELSE 0 END) AS on_service";
    let (converted, signed) = (bounds.converted("c.converted_at"), bounds.dated("k.signed_on"));
    match attribution {
        // CROSS JOIN keeps this order: from the campaign over the clients of the period to their contracts.
        Attribution::ByLeadDate => sql_query(format!(
            "{BUCKETS}
            SELECT b.id AS campaign, {SUMS}
            FROM buckets b
            CROSS JOIN clients c ON c.acquired_by IS b.id AND c.lead_created_at >= ?1 AND c.lead_created_at < ?2 {converted}
            CROSS JOIN contracts k ON k.client_id = c.id {signed}
            GROUP BY b.id"
        ))
        .bind::<BigInt, _>(bounds.from)
        .bind::<BigInt, _>(bounds.until)
        .load(conn),
        Attribution::ByContractDate => sql_query(format!(
            "SELECT c.acquired_by AS campaign, {SUMS}
            FROM contracts k
            CROSS JOIN clients c ON c.id = k.client_id
            LEFT JOIN campaigns b ON b.id = c.acquired_by
            WHERE k.signed_on BETWEEN ?1 AND ?2 {converted}
            GROUP BY c.acquired_by"
        ))
        .bind::<Text, _>(&bounds.first)
        .bind::<Text, _>(&bounds.last)
        .load(conn),
    }
}

pub(crate) fn sums(
    conn: &mut SqliteConnection,
    attribution: Attribution,
    window: Option<&Window>,
    as_of: Option<AsOf>,
) -> Result<Vec<CampaignSums>, DatabaseError> {
    let bounds = Bounds::of(window, as_of);
    let sales = sales(conn, attribution, &bounds)?;
    let sales: HashMap<Option<DbId>, Sales> = sales.into_iter().map(|it| (it.campaign, it)).collect();
    people(conn, attribution, &bounds)?.into_iter().map(|it| row(&it, sales.get(&it.campaign))).collect()
}

fn row(it: &People, sales: Option<&Sales>) -> Result<CampaignSums, DatabaseError> {
    let campaign = match (it.campaign, it.service, &it.channel) {
        (Some(id), Some(service), Some(channel)) => {
            let unreadable = |it: Invalid| DatabaseError::unreadable(RecordKind::Campaign, id, it.into());
            Some(CampaignFacts {
                id: id.to(),
                service: service.to(),
                channel: Channel::parse(channel).map_err(unreadable)?,
                dates: OpenPeriod::new(it.starts_on, it.ends_on).map_err(unreadable)?,
                archived: it.archived,
                budget: it.budget.into(),
                has_spend: it.has_spend,
            })
        }
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
