//! Campaigns put together. A group's figures come from the sums of its campaigns, so that groups add up to the whole.
use std::collections::BTreeMap;

use super::{CampaignSums, Figures, Scope};
use crate::{campaign::CampaignId, service::ServiceId, values::Channel};

/// The subjects of the table's rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Grouping {
    #[default]
    Campaign,
    Channel,
    /// The service that the campaign advertises, whatever its clients bought.
    Service,
    Month,
}

impl Grouping {
    pub const ALL: [Self; 4] = [Self::Campaign, Self::Channel, Self::Service, Self::Month];

    /// The name in URLs. Never changes once released.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Campaign => "campaign",
            Self::Channel => "channel",
            Self::Service => "service",
            Self::Month => "month",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }
}

/// What campaigns have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    Campaign(CampaignId),
    Channel(Channel),
    Service(ServiceId),
    /// Those who came without any campaign.
    NoCampaign,
}

/// The figures of each group, in the order of the groups. None of a grouping by time.
pub fn grouped(rows: &[CampaignSums], by: Grouping, scope: Scope) -> Vec<(Group, Figures)> {
    let mut groups: BTreeMap<Group, Vec<&CampaignSums>> = BTreeMap::new();
    for row in rows {
        let group = match (&row.campaign, by) {
            (_, Grouping::Month) => continue,
            (None, _) => Group::NoCampaign,
            (Some(it), Grouping::Campaign) => Group::Campaign(it.id),
            (Some(it), Grouping::Channel) => Group::Channel(it.channel.clone()),
            (Some(it), Grouping::Service) => Group::Service(it.service),
        };
        groups.entry(group).or_default().push(row);
    }
    groups.into_iter().map(|(group, rows)| (group, Figures::total(rows, scope))).collect()
}
