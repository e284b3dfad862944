//! Services, campaigns and what was spent on them.
use domain::{
    campaign::{Campaign, CampaignFilter},
    service::{Service, ServiceFilter},
    spend::{SpendEntry, SpendFilter},
    store::Unique,
    values::{fold, search_fold},
};

use super::{allows, searching, table};
use crate::{kept::Kept, tables::Tables};

impl Kept for Service {
    table!(services);

    fn matching(filter: &ServiceFilter) -> impl Fn(&Self) -> bool + Send {
        let found = searching(&filter.search);
        let archived = filter.archived;
        move |it| it.archived == archived && found(&search_fold(it.details.name.as_str()))
    }

    fn unique(&self) -> Option<(Unique, String)> {
        Some((Unique::ServiceName, fold(self.details.name.as_str())))
    }
}

impl Kept for Campaign {
    table!(campaigns);

    fn matching(filter: &CampaignFilter) -> impl Fn(&Self) -> bool + Send {
        let found = searching(&filter.search);
        let CampaignFilter { archived, service, .. } = *filter;
        let channel = filter.channel.clone();
        move |it| {
            it.archived == archived
                && allows(service.as_ref(), Some(&it.details.service))
                && allows(channel.as_ref(), Some(&it.details.channel))
                && found(&it.search_text())
        }
    }

    fn unique(&self) -> Option<(Unique, String)> {
        Some((Unique::CampaignName, fold(self.details.name.as_str())))
    }

    fn references_hold(&self, tables: &Tables) -> bool {
        tables.services.has(self.details.service)
    }
}

impl Kept for SpendEntry {
    table!(spend);

    fn matching(filter: &SpendFilter) -> impl Fn(&Self) -> bool + Send {
        let campaign = filter.campaign;
        move |it| allows(campaign.as_ref(), Some(&it.campaign))
    }

    fn references_hold(&self, tables: &Tables) -> bool {
        tables.campaigns.has(self.campaign)
    }
}
