//! Money really spent on a campaign.
use chrono::{DateTime, Utc};

use crate::{
    campaign::CampaignId,
    field::Field,
    id::id,
    order::SortKey,
    record::{Fields, Record, RecordKind, Stamp, record_accessors},
    user::UserId,
    values::{self, Day, Invalid, Money, SpendNote},
};

id!(SpendId);

/// The values that users enter; the same fields create and edit an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpendDetails {
    pub spent_on: SpendDay,
    /// More than zero: [`Money::parse_positive`].
    pub amount: Money,
    pub note: SpendNote,
}

/// A day on which money can have been spent: not before 2000-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SpendDay(Day);

impl SpendDay {
    pub fn new(day: Day) -> Result<Self, Invalid> {
        values::within_days(day, values::MILLENNIUM, values::LAST).map(Self)
    }

    pub const fn day(self) -> Day {
        self.0
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpendEntry {
    pub id: SpendId,
    pub campaign: CampaignId,
    pub details: SpendDetails,
    /// Entered by mistake: stays in the list, counts in no sum.
    pub cancelled: bool,
    pub stamp: Stamp,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SpendFilter {
    pub campaign: Option<CampaignId>,
}

impl SpendEntry {
    pub fn new(
        id: SpendId,
        campaign: CampaignId,
        details: SpendDetails,
        by: Option<UserId>,
        now: DateTime<Utc>,
    ) -> Self {
        Self { id, campaign, details, cancelled: false, stamp: Stamp::new(by, now) }
    }
}

impl Record for SpendEntry {
    const KIND: RecordKind = RecordKind::SpendEntry;
    type Id = SpendId;
    type Filter = SpendFilter;
    record_accessors!(SpendId);

    /// The latest day first, whatever the filter leaves.
    fn place(&self, _: &SpendFilter) -> SortKey {
        SortKey::Day(self.details.spent_on.day())
    }

    fn fields(&self) -> Vec<(Field, String)> {
        Fields::default()
            .with(Field::Campaign, &self.campaign)
            .with(Field::SpentOn, &self.details.spent_on.day())
            .with(Field::Amount, &self.details.amount)
            .with_text(Field::Note, self.details.note.as_str())
            .with(Field::Cancelled, &self.cancelled)
            .done()
    }
}
