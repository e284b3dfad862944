//! Every ratio, from integer sums: rounded half to even, so that each store gives the same digits.
use super::{CampaignSums, Sums};

/// A number with two decimal places: 2.04 is `Hundredths(204)`, 30.00 % is `Hundredths(3000)`,
/// and an amount of money is its minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hundredths(pub i128);

/// The figures of one campaign or of all together. What is undefined is `None`, shown as «—», never 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    pub leads: u64,
    /// Of these leads, those whose status is another than new.
    pub taken_up: u64,
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
    /// Taken up, per hundred leads.
    pub taken_up_share: Option<Hundredths>,
    /// Clients per hundred leads that were taken up. Over a hundred where a lens counts other people at each step.
    pub won_share: Option<Hundredths>,
    pub contracts_per_client: Option<Hundredths>,
    /// How much of the revenue is for the campaign's own service, and how much is not.
    pub on_service_share: Option<Hundredths>,
    pub cross_sell_share: Option<Hundredths>,
}

impl Figures {
    pub fn of(sums: &CampaignSums) -> Self {
        let budget = sums.campaign.as_ref().map_or(0, |it| it.budget);
        match sums.planned() {
            Some(planned) => Self::from_sums(&sums.sums, planned, true, budget),
            None => Self::from_sums(&sums.sums, sums.sums.spend, false, budget),
        }
    }

    /// Of a stretch of time, which has no budget of its own.
    pub fn of_stretch(sums: &Sums) -> Self {
        Self::from_sums(sums, sums.spend, false, 0)
    }

    /// What belongs to no day: the budgets of campaigns that have no expense at all. None where there are none.
    pub fn undated<'a>(rows: impl IntoIterator<Item = &'a CampaignSums>) -> Option<Self> {
        let planned: i128 = rows.into_iter().filter_map(CampaignSums::planned).sum();
        (planned != 0).then(|| Self::from_sums(&Sums::default(), planned, true, planned))
    }

    /// The whole: its ratios are ratios of the sums, never means of ratios.
    pub fn total<'a>(rows: impl IntoIterator<Item = &'a CampaignSums>) -> Self {
        let (mut sums, mut spend, mut planned, mut budget) = (Sums::default(), 0, false, 0);
        for row in rows {
            let figures = Self::of(row);
            spend += figures.spend;
            planned |= figures.planned;
            budget += figures.budget;
            sums += row.sums;
        }
        Self::from_sums(&sums, spend, planned, budget)
    }

    fn from_sums(sums: &Sums, spend: i128, planned: bool, budget: i128) -> Self {
        let (leads, clients) = (i128::from(sums.leads), i128::from(sums.clients));
        let (taken_up, contracts) = (i128::from(sums.taken_up), i128::from(sums.contracts));
        Self {
            leads: sums.leads,
            taken_up: sums.taken_up,
            clients: sums.clients,
            contracts: sums.contracts,
            spend,
            planned,
            budget,
            revenue: sums.revenue,
            on_service: sums.on_service,
            cross_sell: sums.revenue - sums.on_service,
            conversion: hundred_percent(clients, leads),
            income_to_cost: ratio(sums.revenue, spend),
            roi: hundred_percent(sums.revenue - spend, spend),
            cost_per_lead: share(spend, leads),
            cost_per_client: share(spend, clients),
            average_contract: share(sums.revenue, contracts),
            budget_use: hundred_percent(spend, budget),
            taken_up_share: hundred_percent(taken_up, leads),
            won_share: hundred_percent(clients, taken_up),
            contracts_per_client: ratio(contracts, clients),
            on_service_share: hundred_percent(sums.on_service, sums.revenue),
            cross_sell_share: hundred_percent(sums.revenue - sums.on_service, sums.revenue),
        }
    }
}

/// In per cent, to two places; undefined over nothing.
pub(super) fn hundred_percent(part: i128, whole: i128) -> Option<Hundredths> {
    ratio(part * 100, whole)
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
    use crate::{campaign::CampaignId, service::ServiceId, statistics::Advertised, values::Channel};

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
        let advertised = Advertised {
            id: CampaignId(uuid::Uuid::nil()),
            service: ServiceId(uuid::Uuid::nil()),
            channel: Channel::parse("Почта").unwrap(),
            budget: 70,
            has_spend: true,
        };
        let sums = Sums { spend: 100, ..Default::default() };
        let spent = Figures::of(&CampaignSums { campaign: Some(advertised.clone()), sums });
        assert_eq!((spent.conversion, spent.cost_per_lead, spent.cost_per_client), (None, None, None));
        assert_eq!((spent.taken_up_share, spent.won_share, spent.contracts_per_client), (None, None, None));
        assert_eq!(spent.roi, Some(Hundredths(-10_000)));
        assert_eq!(spent.income_to_cost, Some(Hundredths(0)));
        let sums = Sums { leads: 2, clients: 1, revenue: 5, ..Default::default() };
        let free = Figures::of(&CampaignSums { campaign: None, sums });
        assert_eq!((free.roi, free.income_to_cost), (None, None));
        assert_eq!((free.cost_per_lead, free.cost_per_client), (Some(Hundredths(0)), Some(Hundredths(0))));
        assert!(!free.planned);
        let unspent =
            CampaignSums { campaign: Some(Advertised { has_spend: false, ..advertised }), sums: Sums::default() };
        assert_eq!(Figures::undated([&unspent]).map(|it| (it.spend, it.planned)), Some((70, true)));
        assert_eq!(Figures::undated([&CampaignSums::default()]), None);
    }

    proptest::proptest! {
        #[test]
        fn rounding_is_never_off_by_more_than_half(amount in -1_000_000_000_i128..1_000_000_000, count in 1_i128..100_000) {
            let Hundredths(rounded) = share(amount, count).unwrap();
            proptest::prop_assert!((amount - rounded * count).abs() * 2 <= count);
        }
    }
}
