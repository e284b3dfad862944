//! Sums for the figures: each kind of fact is summed by campaign on its own.
use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    calendar::Moments,
    campaign::CampaignId,
    client::Client,
    contract::Contract,
    statistics::{CampaignSums, FlowSums, Lens, Window},
    store::{Result, Statistics},
};

use crate::{directory::count, tables::Tables, work::Work};

#[async_trait]
impl Statistics for Work {
    async fn sums(&mut self, lens: Lens, window: Option<&Window>) -> Result<Vec<CampaignSums>> {
        let tables = self.tables();
        let mut rows: BTreeMap<Option<CampaignId>, CampaignSums> = BTreeMap::new();
        rows.insert(None, CampaignSums::default());
        for it in tables.campaigns.iter() {
            let budget = it.details.budget.minor().into();
            rows.insert(Some(it.id), CampaignSums { campaign: Some(it.id), budget, ..Default::default() });
        }
        let within = |moment| window.is_none_or(|it| it.moments.contain(moment));
        for lead in tables.leads_in_use().filter(|it| within(it.stamp.created_at)) {
            rows.entry(lead.details.campaign).or_default().leads += 1;
        }
        for client in tables.clients.iter().filter(|it| within(counted_at(tables, lens, it))) {
            rows.entry(client.acquired_by).or_default().clients += 1;
        }
        for (contract, client) in contracts(tables).filter(|it| sells_within(tables, lens, window, it.0, it.1)) {
            let amount = i128::from(contract.details.amount.minor());
            let row = rows.entry(client.acquired_by).or_default();
            row.contracts += 1;
            row.revenue += amount;
            let advertised = client.acquired_by.and_then(|it| tables.campaigns.get(it)).map(|it| it.details.service);
            if advertised == Some(contract.details.service) {
                row.on_service += amount;
            }
        }
        for entry in tables.spend.iter().filter(|it| !it.cancelled) {
            let row = rows.entry(Some(entry.campaign)).or_default();
            row.has_spend = true;
            if window.is_none_or(|it| it.days.contains(entry.details.spent_on.day())) {
                row.spend += i128::from(entry.details.amount.minor());
            }
        }
        Ok(rows.into_values().collect())
    }

    async fn flow(&mut self, lens: Lens, stretches: &[Moments]) -> Result<Vec<FlowSums>> {
        let tables = self.tables();
        Ok(stretches
            .iter()
            .map(|stretch| FlowSums {
                leads: count(tables.leads_in_use().filter(|it| stretch.contain(it.stamp.created_at)).count()),
                clients: count(
                    tables.clients.iter().filter(|it| stretch.contain(counted_at(tables, lens, it))).count(),
                ),
            })
            .collect())
    }
}

/// The moment by which a lens counts a client: that of the lead, or that of the conversion.
fn counted_at(tables: &Tables, lens: Lens, client: &Client) -> DateTime<Utc> {
    match lens {
        Lens::Cohort => tables.leads.get(client.lead).map_or(client.converted_at, |it| it.stamp.created_at),
        Lens::Event => client.converted_at,
    }
}

/// Every contract that has a client.
fn contracts(tables: &Tables) -> impl Iterator<Item = (&Contract, &Client)> {
    tables.contracts.iter().filter_map(|it| Some((it, tables.clients.get(it.client?)?)))
}

/// A cohort brings the contracts of its clients on whatever day; an event is the signing itself.
fn sells_within(tables: &Tables, lens: Lens, window: Option<&Window>, contract: &Contract, client: &Client) -> bool {
    window.is_none_or(|window| match lens {
        Lens::Cohort => window.moments.contain(counted_at(tables, lens, client)),
        Lens::Event => window.days.contains(contract.details.signed_on.day()),
    })
}
