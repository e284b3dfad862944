//! Sums for the figures: each kind of fact is summed on its own.
use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    campaign::CampaignId,
    client::Client,
    contract::Contract,
    lead::LeadStage,
    statistics::{AsOf, Attribution, CampaignFacts, CampaignSums, Cell, CohortSums, Sums, TimeBuckets, Window},
    store::{Result, Statistics},
    values::Day,
};

use crate::{tables::Tables, work::Work};

#[async_trait]
impl Statistics for Work {
    async fn sums(
        &mut self,
        attribution: Attribution,
        window: Option<&Window>,
        as_of: Option<AsOf>,
    ) -> Result<Vec<CampaignSums>> {
        let tables = self.tables();
        let mut sums: BTreeMap<Option<CampaignId>, Sums> = by_campaign(tables, attribution, window, as_of);
        let spent = tables.spend.iter().filter(|it| !it.cancelled && dated_by(as_of, it.details.spent_on.day()));
        let spending: BTreeSet<CampaignId> = spent.map(|it| it.campaign).collect();
        let advertised = tables.campaigns.iter().map(|it| CampaignFacts {
            id: it.id,
            service: it.details.service,
            channel: it.details.channel.clone(),
            dates: it.details.dates,
            archived: it.archived,
            budget: it.details.budget.minor().into(),
            has_spend: spending.contains(&it.id),
        });
        let campaigns = advertised.map(Some).chain([None]);
        let row = |campaign: Option<CampaignFacts>| CampaignSums {
            sums: sums.remove(&campaign.as_ref().map(|it| it.id)).unwrap_or_default(),
            campaign,
        };
        Ok(campaigns.map(row).collect())
    }

    async fn time_series(&mut self, attribution: Attribution, buckets: &TimeBuckets) -> Result<Vec<Sums>> {
        let tables = self.tables();
        let together = |window: Window| by_campaign(tables, attribution, Some(&window), None).into_values().sum();
        Ok(buckets.windows().map(together).collect())
    }

    async fn cohorts(&mut self, buckets: &TimeBuckets) -> Result<Vec<CohortSums>> {
        let tables = self.tables();
        let cohort = |client: &Client| {
            let created = counted_at(tables, Attribution::ByLeadDate, client);
            buckets.windows().position(|it| it.moments.contain(created))
        };
        let piece = |client: &Client, passed: usize, cell: Cell| {
            let number = |it: usize| u16::try_from(it).unwrap_or(u16::MAX);
            Some(CohortSums { cohort: number(cohort(client)?), passed: number(passed), cell })
        };
        let won = tables.clients.iter().filter_map(|it| {
            let passed = buckets.moments().iter().filter(|begun| **begun <= it.converted_at).count();
            piece(it, passed, Cell { clients: 1, ..Default::default() })
        });
        let sold = contracts(tables).filter_map(|(it, client)| {
            let passed = buckets.days().iter().filter(|begun| **begun <= it.details.signed_on.day()).count();
            let revenue = it.details.amount.minor().into();
            piece(client, passed, Cell { clients: 0, contracts: 1, revenue })
        });
        Ok(won.chain(sold).collect())
    }
}

/// The sums of those campaigns that have any.
fn by_campaign(
    tables: &Tables,
    attribution: Attribution,
    window: Option<&Window>,
    as_of: Option<AsOf>,
) -> BTreeMap<Option<CampaignId>, Sums> {
    let mut rows: BTreeMap<Option<CampaignId>, Sums> = BTreeMap::new();
    let by_then = |moment| as_of.is_none_or(|it| moment < it.until);
    let within = |moment| by_then(moment) && window.is_none_or(|it| it.moments.contain(moment));
    let converted = |it: &Client| by_then(it.converted_at) && by_then(counted_at(tables, attribution, it));
    for lead in tables.leads_in_use().filter(|it| within(it.stamp.created_at)) {
        let row = rows.entry(lead.details.campaign).or_default();
        row.leads += 1;
        row.taken_up += u64::from(lead.stage() != LeadStage::New);
    }
    for client in tables.clients.iter().filter(|it| converted(it) && within(counted_at(tables, attribution, it))) {
        rows.entry(client.acquired_by).or_default().clients += 1;
    }
    let signed = |it: &Contract| dated_by(as_of, it.details.signed_on.day());
    let sales = contracts(tables).filter(|(contract, client)| {
        signed(contract) && converted(client) && sells_within(tables, attribution, window, contract, client)
    });
    for (contract, client) in sales {
        let amount = i128::from(contract.details.amount.minor());
        let row = rows.entry(client.acquired_by).or_default();
        row.contracts += 1;
        row.revenue += amount;
        let advertised = client.acquired_by.and_then(|it| tables.campaigns.get(it)).map(|it| it.details.service);
        if advertised == Some(contract.details.service) {
            row.on_service += amount;
        }
    }
    let spent = |day| dated_by(as_of, day) && window.is_none_or(|it| it.days.contains(day));
    for entry in tables.spend.iter().filter(|it| !it.cancelled && spent(it.details.spent_on.day())) {
        rows.entry(Some(entry.campaign)).or_default().spend += i128::from(entry.details.amount.minor());
    }
    rows
}

fn dated_by(as_of: Option<AsOf>, day: Day) -> bool {
    as_of.is_none_or(|it| day <= it.day)
}

/// The moment by which a lens counts a client: that of the lead, or that of the conversion.
fn counted_at(tables: &Tables, attribution: Attribution, client: &Client) -> DateTime<Utc> {
    match attribution {
        Attribution::ByLeadDate => tables.leads.get(client.lead).map_or(client.converted_at, |it| it.stamp.created_at),
        Attribution::ByContractDate => client.converted_at,
    }
}

/// Every contract that has a client.
fn contracts(tables: &Tables) -> impl Iterator<Item = (&Contract, &Client)> {
    tables.contracts.iter().filter_map(|it| Some((it, tables.clients.get(it.client?)?)))
}

/// A cohort brings the contracts of its clients on whatever day; an event is the signing itself.
fn sells_within(
    tables: &Tables,
    attribution: Attribution,
    window: Option<&Window>,
    contract: &Contract,
    client: &Client,
) -> bool {
    window.is_none_or(|window| match attribution {
        Attribution::ByLeadDate => window.moments.contain(counted_at(tables, attribution, client)),
        Attribution::ByContractDate => window.days.contains(contract.details.signed_on.day()),
    })
}
