//! A campaign: advertises one service through one channel.
use chrono::{DateTime, Utc};

use crate::{
    field::Field,
    id::id,
    order::{Direction, Order, SortKey, sort_by},
    record::{Fields, Record, RecordKind, Stamp, record_accessors},
    service::ServiceId,
    statistics::Window,
    user::UserId,
    values::{CampaignName, Channel, Money, OpenPeriod, search_fold},
};

id!(CampaignId);

/// The values that users enter; the same fields create and edit a campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CampaignDetails {
    pub name: CampaignName,
    pub service: ServiceId,
    pub channel: Channel,
    pub budget: Money,
    /// When it runs, as far as that is known.
    pub dates: OpenPeriod,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Campaign {
    pub id: CampaignId,
    pub details: CampaignDetails,
    /// Out of pickers and default lists; its numbers stay.
    pub archived: bool,
    pub stamp: Stamp,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CampaignFilter {
    /// A part of the name or the channel, without regard to case.
    pub search: String,
    /// Either the archived ones or the others, never both.
    pub archived: bool,
    pub service: Option<ServiceId>,
    pub channel: Option<Channel>,
    /// Only those on which more was spent than was planned.
    pub over_budget: bool,
    /// Only campaigns that ran through all of this period, as far as that is known, without expenses.
    pub unspent: Option<Window>,
    pub order: Order<CampaignSort>,
}

sort_by! {
    /// What campaigns can be listed by.
    CampaignSort { Created = "created", Name = "name", Budget = "budget" }
}

impl Campaign {
    /// The folded text that a search looks through.
    pub fn search_text(&self) -> String {
        search_fold(&format!("{} {}", self.details.name, self.details.channel))
    }

    pub fn new(id: CampaignId, details: CampaignDetails, by: Option<UserId>, now: DateTime<Utc>) -> Self {
        Self { id, details, archived: false, stamp: Stamp::new(by, now) }
    }
}

impl Record for Campaign {
    const KIND: RecordKind = RecordKind::Campaign;
    type Id = CampaignId;
    type Filter = CampaignFilter;
    record_accessors!(CampaignId);

    fn place(&self, filter: &CampaignFilter) -> SortKey {
        match filter.order.by {
            CampaignSort::Created => SortKey::Id,
            CampaignSort::Name => SortKey::Text(self.search_text()),
            CampaignSort::Budget => SortKey::Number(self.details.budget.minor()),
        }
    }

    fn direction(filter: &CampaignFilter) -> Direction {
        filter.order.direction
    }

    fn fields(&self) -> Vec<(Field, String)> {
        let it = &self.details;
        Fields::default()
            .with(Field::Name, &it.name)
            .with(Field::Service, &it.service)
            .with(Field::Channel, &it.channel)
            .with(Field::Budget, &it.budget)
            .with_some(Field::StartsOn, it.dates.from())
            .with_some(Field::EndsOn, it.dates.until())
            .with(Field::Archived, &self.archived)
            .done()
    }
}
