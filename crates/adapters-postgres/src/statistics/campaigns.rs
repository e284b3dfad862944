//! Sums by campaign. Each kind of fact is summed on its own; nothing is summed after a join that would repeat it.
use std::collections::HashMap;

use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Date, Nullable, Timestamptz, Uuid as Id},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{
    record::RecordKind,
    statistics::{AsOf, Attribution, CampaignFacts, CampaignSums, Sums, Window},
    values::{Channel, Day, Invalid, OpenPeriod},
};
use futures::future::try_join5;
use uuid::Uuid;

use super::{Bounds, DAY_WITHIN, counted_at, moment_within};
use crate::{database_error::DatabaseError, schema::campaigns};

/// Where people are, their campaign, and since when they are what they are; of leads alone it is known whether they are
/// new. What was merged into another lead counts no more.
const LEADS: [&str; 4] = ["leads WHERE merged_into IS NULL AND", "campaign_id", "created_at", "status <> 'new'"];
const CLIENTS: [&str; 4] = ["clients WHERE", "acquired_by", "converted_at", "false"];

#[derive(QueryableByName)]
struct People {
    #[diesel(sql_type = Nullable<Id>)]
    campaign: Option<Uuid>,
    #[diesel(sql_type = BigInt)]
    number: i64,
    #[diesel(sql_type = BigInt)]
    taken_up: i64,
}

/// How many rows of a table name each campaign, counted by a moment.
async fn people(
    mut conn: &AsyncPgConnection,
    [people, campaign, since, taken_up]: [&str; 4],
    at: &str,
    bounds: Bounds,
) -> Result<HashMap<Option<Uuid>, People>, DatabaseError> {
    let within = moment_within(at);
    let query = format!(
        "SELECT {campaign} AS campaign, count(*) AS number, count(*) FILTER (WHERE {taken_up}) AS taken_up
        FROM {people} {within} AND {since} < coalesce($3, 'infinity') GROUP BY {campaign}"
    );
    let rows: Vec<People> = sql_query(query)
        .bind::<Nullable<Timestamptz>, _>(bounds.from)
        .bind::<Nullable<Timestamptz>, _>(bounds.until)
        .bind::<Nullable<Timestamptz>, _>(bounds.converted_until())
        .load(&mut conn)
        .await?;
    Ok(rows.into_iter().map(|it| (it.campaign, it)).collect())
}

#[derive(QueryableByName)]
struct Spend {
    #[diesel(sql_type = Id)]
    campaign: Uuid,
    #[diesel(sql_type = BigInt)]
    spend: i64,
}

/// The spend of the period, of each campaign that has ever spent anything.
async fn spend(mut conn: &AsyncPgConnection, bounds: Bounds) -> Result<HashMap<Uuid, i64>, DatabaseError> {
    let query = format!(
        "SELECT campaign_id AS campaign,
            coalesce(sum(amount) FILTER (WHERE spent_on {DAY_WITHIN}), 0)::bigint AS spend
        FROM spend_entries WHERE NOT cancelled AND spent_on <= coalesce($3, 'infinity') GROUP BY campaign_id"
    );
    let rows: Vec<Spend> = sql_query(query)
        .bind::<Nullable<Date>, _>(bounds.first)
        .bind::<Nullable<Date>, _>(bounds.last)
        .bind::<Nullable<Date>, _>(bounds.dated_until())
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
    attribution: Attribution,
    bounds: Bounds,
) -> Result<HashMap<Option<Uuid>, Sales>, DatabaseError> {
    let within = match attribution {
        Attribution::ByLeadDate => {
            format!("{} AND k.signed_on <= coalesce($4, 'infinity')", moment_within("c.lead_created_at"))
        }
        Attribution::ByContractDate => format!("k.signed_on {DAY_WITHIN}"),
    };
    let query = sql_query(format!(
        "SELECT c.acquired_by AS campaign, count(*) AS contracts, sum(k.amount)::bigint AS revenue,
            coalesce(sum(k.amount) FILTER (WHERE k.service_id = b.service_id), 0)::bigint AS on_service
        FROM contracts k
        JOIN clients c ON c.id = k.client_id
        LEFT JOIN campaigns b ON b.id = c.acquired_by
        WHERE {within} AND c.converted_at < coalesce($3, 'infinity')
        GROUP BY c.acquired_by"
    ));
    let rows: Vec<Sales> = match attribution {
        Attribution::ByLeadDate => {
            query
                .bind::<Nullable<Timestamptz>, _>(bounds.from)
                .bind::<Nullable<Timestamptz>, _>(bounds.until)
                .bind::<Nullable<Timestamptz>, _>(bounds.converted_until())
                .bind::<Nullable<Date>, _>(bounds.dated_until())
                .load(&mut conn)
                .await?
        }
        Attribution::ByContractDate => {
            query
                .bind::<Nullable<Date>, _>(bounds.first)
                .bind::<Nullable<Date>, _>(bounds.last)
                .bind::<Nullable<Timestamptz>, _>(bounds.converted_until())
                .load(&mut conn)
                .await?
        }
    };
    Ok(rows.into_iter().map(|it| (it.campaign, it)).collect())
}

/// Id, service, channel, budget, first and last day, and whether it is archived, of each campaign.
type Campaign = (Uuid, Uuid, String, i64, Option<Day>, Option<Day>, bool);

async fn advertised(mut conn: &AsyncPgConnection) -> Result<Vec<Campaign>, DatabaseError> {
    let columns = (
        campaigns::id,
        campaigns::service_id,
        campaigns::channel,
        campaigns::budget,
        campaigns::starts_on,
        campaigns::ends_on,
        campaigns::archived,
    );
    Ok(campaigns::table.select(columns).load(&mut conn).await?)
}

pub(crate) async fn sums(
    conn: &AsyncPgConnection,
    attribution: Attribution,
    window: Option<&Window>,
    as_of: Option<AsOf>,
) -> Result<Vec<CampaignSums>, DatabaseError> {
    let bounds = Bounds::of(window, as_of);
    // None waits for the answer of another: they travel together.
    let (campaigns, leads, clients, spend, sales) = try_join5(
        advertised(conn),
        people(conn, LEADS, "created_at", bounds),
        people(conn, CLIENTS, counted_at(attribution), bounds),
        spend(conn, bounds),
        sales(conn, attribution, bounds),
    )
    .await?;
    let sums = |campaign: Option<Uuid>| {
        let (leads, clients) = (leads.get(&campaign), clients.get(&campaign));
        let (sold, paid) = (sales.get(&campaign), campaign.and_then(|it| spend.get(&it)));
        Sums {
            leads: leads.map_or(0, |it| it.number.cast_unsigned()),
            taken_up: leads.map_or(0, |it| it.taken_up.cast_unsigned()),
            clients: clients.map_or(0, |it| it.number.cast_unsigned()),
            contracts: sold.map_or(0, |it| it.contracts.cast_unsigned()),
            spend: paid.copied().unwrap_or_default().into(),
            revenue: sold.map_or(0, |it| it.revenue.into()),
            on_service: sold.map_or(0, |it| it.on_service.into()),
        }
    };
    let mut rows = vec![CampaignSums { campaign: None, sums: sums(None) }];
    for (id, service, channel, budget, starts_on, ends_on, archived) in campaigns {
        let unreadable = |it: Invalid| DatabaseError::unreadable(RecordKind::Campaign, id, it.into());
        let advertised = CampaignFacts {
            id: id.into(),
            service: service.into(),
            channel: Channel::parse(&channel).map_err(unreadable)?,
            dates: OpenPeriod::new(starts_on, ends_on).map_err(unreadable)?,
            archived,
            budget: budget.into(),
            has_spend: spend.contains_key(&id),
        };
        rows.push(CampaignSums { campaign: Some(advertised), sums: sums(Some(id)) });
    }
    Ok(rows)
}
