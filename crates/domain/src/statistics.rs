//! What the numbers mean. Stores deliver integer sums; every ratio is computed here, so that each store
//! gives the same digits.
use crate::{
    calendar::{Calendar, Moments},
    campaign::CampaignId,
    values::Period,
};

/// Which facts a period picks. The two are never mixed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lens {
    /// Leads created in the period, whatever became of them later.
    #[default]
    Cohort,
    /// Contracts signed and clients converted in the period, whoever the lead was.
    Event,
}

impl Lens {
    pub const ALL: [Self; 2] = [Self::Cohort, Self::Event];

    /// The name in URLs. Never changes once released.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Cohort => "cohort",
            Self::Event => "event",
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

/// The sums of one campaign; money in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CampaignSums {
    /// None: leads without a campaign.
    pub campaign: Option<CampaignId>,
    pub leads: u64,
    /// Distinct clients, never contract rows.
    pub clients: u64,
    pub contracts: u64,
    /// Spend entries dated in the period.
    pub spend: i128,
    /// Whether the campaign has a spend entry on any day at all.
    pub has_spend: bool,
    pub budget: i128,
    pub revenue: i128,
    /// The part of the revenue whose contract is for the campaign's own service.
    pub on_service: i128,
}

/// Leads and clients in one stretch of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FlowSums {
    pub leads: u64,
    pub clients: u64,
}

/// A number with two decimal places: 2.04 is `Hundredths(204)`, 30.00 % is `Hundredths(3000)`,
/// and an amount of money is its minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hundredths(pub i128);

/// The figures of one campaign or of all together. What is undefined is `None`, shown as «—», never 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    pub leads: u64,
    pub clients: u64,
    pub contracts: u64,
    pub spend: i128,
    /// The spend is, at least in part, a budget: a campaign without any entry counts with what was planned.
    pub planned: bool,
    pub budget: i128,
    pub revenue: i128,
    pub on_service: i128,
    pub cross_sell: i128,
    /// Clients per hundred leads.
    pub conversion: Option<Hundredths>,
    /// Income to cost: revenue / spend.
    pub income_to_cost: Option<Hundredths>,
    /// (revenue − spend) / spend, in per cent.
    pub roi: Option<Hundredths>,
    /// Cost per lead, in minor units.
    pub cost_per_lead: Option<Hundredths>,
    /// Cost to acquire a client, in minor units.
    pub cost_per_client: Option<Hundredths>,
    /// In minor units.
    pub average_contract: Option<Hundredths>,
    /// Spend per hundred of budget.
    pub budget_use: Option<Hundredths>,
}

impl Figures {
    pub fn of(sums: &CampaignSums) -> Self {
        let planned = !sums.has_spend && sums.campaign.is_some();
        let spend = if planned { sums.budget } else { sums.spend };
        Self::from_sums(sums, spend, planned)
    }

    /// The whole: its ratios are ratios of the sums, never means of ratios.
    pub fn total<'a>(rows: impl IntoIterator<Item = &'a CampaignSums>) -> Self {
        let (mut sums, mut spend, mut planned) = (CampaignSums::default(), 0, false);
        for row in rows {
            let figures = Self::of(row);
            spend += figures.spend;
            planned |= figures.planned;
            sums.leads += row.leads;
            sums.clients += row.clients;
            sums.contracts += row.contracts;
            sums.budget += row.budget;
            sums.revenue += row.revenue;
            sums.on_service += row.on_service;
        }
        Self::from_sums(&sums, spend, planned)
    }

    fn from_sums(sums: &CampaignSums, spend: i128, planned: bool) -> Self {
        let (leads, clients) = (i128::from(sums.leads), i128::from(sums.clients));
        let hundred_percent = |part, whole| ratio(part * 100, whole);
        Self {
            leads: sums.leads,
            clients: sums.clients,
            contracts: sums.contracts,
            spend,
            planned,
            budget: sums.budget,
            revenue: sums.revenue,
            on_service: sums.on_service,
            cross_sell: sums.revenue - sums.on_service,
            conversion: hundred_percent(clients, leads),
            income_to_cost: ratio(sums.revenue, spend),
            roi: hundred_percent(sums.revenue - spend, spend),
            cost_per_lead: share(spend, leads),
            cost_per_client: share(spend, clients),
            average_contract: share(sums.revenue, i128::from(sums.contracts)),
            budget_use: hundred_percent(spend, sums.budget),
        }
    }
}

/// `part / whole` to two places; undefined over nothing.
fn ratio(part: i128, whole: i128) -> Option<Hundredths> {
    share(part * 100, whole)
}

/// `amount / count`, rounded half to even; undefined over nothing.
fn share(amount: i128, count: i128) -> Option<Hundredths> {
    if count == 0 {
        return None;
    }
    let (quotient, rest) = (amount.div_euclid(count), amount.rem_euclid(count));
    let up = match (rest * 2).cmp(&count.abs()) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => quotient % 2 != 0,
        std::cmp::Ordering::Greater => true,
    };
    Some(Hundredths(quotient + i128::from(up)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_rounded_to_even() {
        let rounded = |a, b| share(a, b).map(|it| it.0);
        assert_eq!(rounded(5, 2), Some(2));
        assert_eq!(rounded(7, 2), Some(4));
        assert_eq!(rounded(-5, 2), Some(-2));
        assert_eq!(rounded(-7, 2), Some(-4));
        assert_eq!(rounded(-1, 3), Some(0));
        assert_eq!(rounded(-2, 3), Some(-1));
        assert_eq!(rounded(1, 0), None);
    }

    #[test]
    fn nothing_is_undefined_not_zero() {
        let campaign = Some(CampaignId(uuid::Uuid::nil()));
        let spent = Figures::of(&CampaignSums { campaign, spend: 100, has_spend: true, ..Default::default() });
        assert_eq!((spent.conversion, spent.cost_per_lead, spent.cost_per_client), (None, None, None));
        assert_eq!(spent.roi, Some(Hundredths(-10_000)));
        assert_eq!(spent.income_to_cost, Some(Hundredths(0)));
        let free = Figures::of(&CampaignSums { leads: 2, clients: 1, revenue: 5, ..Default::default() });
        assert_eq!((free.roi, free.income_to_cost), (None, None));
        assert_eq!((free.cost_per_lead, free.cost_per_client), (Some(Hundredths(0)), Some(Hundredths(0))));
        assert!(!free.planned);
    }

    proptest::proptest! {
        #[test]
        fn rounding_is_never_off_by_more_than_half(amount in -1_000_000_000_i128..1_000_000_000, count in 1_i128..100_000) {
            let Hundredths(rounded) = share(amount, count).unwrap();
            proptest::prop_assert!((amount - rounded * count).abs() * 2 <= count);
        }
    }
}
