//! Campaigns.
use diesel::{pg::Pg, prelude::*};
use diesel_async::RunQueryDsl;
use domain::{
    campaign::{Campaign, CampaignDetails, CampaignFilter},
    record::Stamp,
    values::{CampaignName, Channel, Day, Money, OpenPeriod, fold, name_needles, search_fold},
};
use uuid::Uuid;

use crate::{
    fault::Unreadable,
    repository::{Row, list_by_id, repository, row_access},
    schema::campaigns,
    search::strpos,
};

#[derive(AsChangeset, Insertable, Queryable, Selectable)]
#[diesel(table_name = campaigns, check_for_backend(Pg), treat_none_as_null = true)]
struct CampaignRow {
    id: Uuid,
    name: String,
    name_folded: String,
    search: String,
    service_id: Uuid,
    channel: String,
    budget: i64,
    starts_on: Option<Day>,
    ends_on: Option<Day>,
    archived: bool,
}

impl From<&Campaign> for CampaignRow {
    fn from(campaign: &Campaign) -> Self {
        let it = &campaign.details;
        Self {
            id: campaign.id.into(),
            name: it.name.to_string(),
            name_folded: fold(it.name.as_str()),
            search: search_fold(&format!("{} {}", it.name, it.channel)),
            service_id: it.service.into(),
            channel: it.channel.to_string(),
            budget: it.budget.minor(),
            starts_on: it.dates.from(),
            ends_on: it.dates.until(),
            archived: campaign.archived,
        }
    }
}

impl Row for CampaignRow {
    type Record = Campaign;

    fn id(&self) -> Uuid {
        self.id
    }

    fn read(self, stamp: Stamp) -> Result<Campaign, Unreadable> {
        let details = CampaignDetails {
            name: CampaignName::parse(&self.name)?,
            service: self.service_id.into(),
            channel: Channel::parse(&self.channel)?,
            budget: Money::from_minor(self.budget)?,
            dates: OpenPeriod::new(self.starts_on, self.ends_on)?,
        };
        Ok(Campaign { id: self.id.into(), details, archived: self.archived, stamp })
    }
}

fn matching(filter: &CampaignFilter) -> campaigns::BoxedQuery<'static, Pg> {
    let mut rows = campaigns::table.filter(campaigns::archived.eq(filter.archived)).into_boxed();
    if let Some(service) = filter.service {
        rows = rows.filter(campaigns::service_id.eq(Uuid::from(service)));
    }
    for needle in name_needles(&filter.search) {
        rows = rows.filter(strpos(campaigns::search, needle).gt(0));
    }
    rows
}

row_access!(Campaign, CampaignRow, campaigns);
list_by_id!(Campaign, CampaignFilter, CampaignRow, campaigns);
repository!(Campaign, CampaignFilter, CampaignRow, campaigns);
