//! Services, campaigns and expenses.
use std::collections::HashMap;

use domain::{
    campaign::{Campaign, CampaignFilter, CampaignId},
    service::{Service, ServiceFilter},
    spend::{SpendEntry, SpendFilter},
    statistics::Window,
    store::UniqueKey,
    values::{fold, search_fold},
};

use super::{allows, searching, table};
use crate::{stored::Stored, tables::Tables};

impl Stored for Service {
    table!(services);

    fn matching(filter: &ServiceFilter, _: &Tables) -> impl Fn(&Self) -> bool + Send {
        let found = searching(&filter.search);
        let archived = filter.archived;
        move |it| it.archived == archived && found(&search_fold(it.details.name.as_str()))
    }

    fn unique(&self) -> Option<(UniqueKey, String)> {
        Some((UniqueKey::ServiceName, fold(self.details.name.as_str())))
    }
}

impl Stored for Campaign {
    table!(campaigns);

    fn matching(filter: &CampaignFilter, tables: &Tables) -> impl Fn(&Self) -> bool + Send {
        let found = searching(&filter.search);
        let CampaignFilter { archived, service, over_budget, unspent, .. } = *filter;
        let spend = if over_budget || unspent.is_some() { spend(tables, unspent.as_ref()) } else { HashMap::new() };
        let channel = filter.channel.clone();
        move |it| {
            it.archived == archived
                && allows(service.as_ref(), Some(&it.details.service))
                && allows(channel.as_ref(), Some(&it.details.channel))
                && (!over_budget || is_over_budget(it, spend.get(&it.id)))
                && unspent.is_none_or(|window| is_unspent(it, &window, spend.get(&it.id)))
                && found(&it.search_text())
        }
    }

    fn unique(&self) -> Option<(UniqueKey, String)> {
        Some((UniqueKey::CampaignName, fold(self.details.name.as_str())))
    }

    fn references_hold(&self, tables: &Tables) -> bool {
        tables.services.has(self.details.service)
    }
}

/// The total expenses of each campaign, and whether any is in the window.
fn spend(tables: &Tables, window: Option<&Window>) -> HashMap<CampaignId, (i128, bool)> {
    let mut sums: HashMap<CampaignId, (i128, bool)> = HashMap::new();
    for entry in tables.spend.iter().filter(|it| !it.cancelled) {
        let (sum, in_window) = sums.entry(entry.campaign).or_default();
        *sum += i128::from(entry.details.amount.minor());
        *in_window |= window.is_some_and(|it| it.days.contains(entry.details.spent_on.day()));
    }
    sums
}

fn is_over_budget(campaign: &Campaign, spend: Option<&(i128, bool)>) -> bool {
    let budget = i128::from(campaign.details.budget.minor());
    budget > 0 && spend.is_some_and(|it| it.0 > budget)
}

fn is_unspent(campaign: &Campaign, window: &Window, spend: Option<&(i128, bool)>) -> bool {
    let dates = campaign.details.dates;
    campaign.stamp.created_at < window.moments.from
        && dates.from().is_none_or(|it| it <= window.days.from())
        && dates.until().is_none_or(|it| it >= window.days.until())
        && spend.is_none_or(|it| !it.1)
}

impl Stored for SpendEntry {
    table!(spend);

    fn matching(filter: &SpendFilter, _: &Tables) -> impl Fn(&Self) -> bool + Send {
        let campaign = filter.campaign;
        move |it| allows(campaign.as_ref(), Some(&it.campaign))
    }

    fn references_hold(&self, tables: &Tables) -> bool {
        tables.campaigns.has(self.campaign)
    }
}
