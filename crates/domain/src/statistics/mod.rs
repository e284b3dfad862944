//! The definitions of the figures. Stores deliver integer sums; every ratio is computed here, so that each store
//! gives the same digits.
mod buckets;
mod change;
mod cohorts;
mod figures;
mod grouping;
mod plan;

use std::{iter::Sum, ops::AddAssign};

pub use buckets::{BucketSize, TimeBuckets, bounded, ten_years};
pub use change::{Changes, Trend};
pub use cohorts::{Cell, CohortSums, cohort_table};
pub use figures::{Figures, Hundredths, planned, round_half_even};
pub use grouping::{Group, Grouping, grouped};
pub use plan::{Plan, Scope};

use chrono::{DateTime, Utc};

use crate::{
    calendar::{Calendar, Moments},
    campaign::CampaignId,
    service::ServiceId,
    values::{Channel, Day, OpenPeriod, Period},
};

/// Which facts a period picks. The two are never mixed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Attribution {
    /// Leads created in the period, whatever became of them later.
    #[default]
    ByLeadDate,
    /// Contracts signed and clients converted in the period, whatever the lead's date.
    ByContractDate,
}

impl Attribution {
    pub const ALL: [Self; 2] = [Self::ByLeadDate, Self::ByContractDate];

    /// The name in URLs. Never changes once released.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ByLeadDate => "cohort",
            Self::ByContractDate => "event",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }
}

/// A period of whole days, and the moments that they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub days: Period,
    pub moments: Moments,
}

impl Window {
    pub fn new(days: Period, calendar: Calendar) -> Self {
        Self { days, moments: calendar.moments(days) }
    }
}

/// The end of a day: later facts are left out, so that figures are those of that day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AsOf {
    pub day: Day,
    /// The first moment after that day.
    pub until: DateTime<Utc>,
}

impl AsOf {
    pub fn end_of(day: Day, calendar: Calendar) -> Self {
        let behind = day.succ_opt().unwrap_or(day);
        Self { day, until: calendar.midnight(behind) }
    }
}

/// Sums of facts; money in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    pub leads: u64,
    /// Of these leads, those whose status is another than new.
    pub taken_up: u64,
    /// Distinct clients, never contract rows.
    pub clients: u64,
    pub contracts: u64,
    /// Spend entries by their date.
    pub spend: i128,
    pub revenue: i128,
    /// The part of the revenue whose contract is for the campaign's own service.
    pub on_service: i128,
}

impl AddAssign for Sums {
    fn add_assign(&mut self, other: Self) {
        self.leads += other.leads;
        self.taken_up += other.taken_up;
        self.clients += other.clients;
        self.contracts += other.contracts;
        self.spend += other.spend;
        self.revenue += other.revenue;
        self.on_service += other.on_service;
    }
}

impl Sum for Sums {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::default(), |mut all, it| {
            all += it;
            all
        })
    }
}

/// The facts of a campaign that the figures need in every period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CampaignFacts {
    pub id: CampaignId,
    pub service: ServiceId,
    pub channel: Channel,
    /// When it runs, as far as that is known.
    pub dates: OpenPeriod,
    pub archived: bool,
    /// In minor units.
    pub budget: i128,
    /// Whether the campaign has a spend entry on any day at all, or on any up to the day that the sums are as of.
    pub has_spend: bool,
}

impl CampaignFacts {
    pub fn has_begun(&self, today: Day) -> bool {
        self.dates.from().is_none_or(|it| it <= today)
    }
}

/// The sums of one campaign.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CampaignSums {
    /// None: leads without a campaign.
    pub campaign: Option<CampaignFacts>,
    pub sums: Sums,
}

impl CampaignSums {
    pub fn id(&self) -> Option<CampaignId> {
        self.campaign.as_ref().map(|it| it.id)
    }
}
