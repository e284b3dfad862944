//! Every ratio, from integer sums: rounded half to even, so that each store gives the same digits.
use super::{CampaignFacts, CampaignSums, Plan, Scope, Sums};

/// A number with two decimal places: 2.04 is `Hundredths(204)`, 30.00 % is `Hundredths(3000)`,
/// and an amount of money is its minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hundredths(pub i128);

/// The figures of one campaign or of all together. An undefined figure is `None`, shown as «—», never 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    pub leads: u64,
    /// Of these leads, those whose status is another than new.
    pub taken_up: u64,
    pub clients: u64,
    pub contracts: u64,
    /// Expenses, and the plans of campaigns without any.
    pub spend: i128,
    /// The part of the spend that is planned. None where no plan is in it.
    pub planned: Option<i128>,
    /// Plans without dates: in no sum, in no ratio.
    pub plan_without_dates: i128,
    /// Each of the campaigns was archived without any expense.
    pub archived_unspent: bool,
    /// None of the campaigns has begun: its income is still to come, and a return on investment would say nothing.
    pub not_begun: bool,
    /// Without the plans that are in no ratio.
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

/// The plans of campaigns, which are added to the sums of facts.
#[derive(Clone, Copy, Default)]
struct Plans {
    planned: Option<i128>,
    without_dates: i128,
    archived_unspent: bool,
    budget: i128,
    not_begun: bool,
}

impl Plans {
    fn of<'a>(campaigns: impl Iterator<Item = &'a CampaignFacts>, scope: Scope) -> Self {
        let mut all = Self::default();
        let (mut number, mut archived, mut not_begun) = (0, 0, 0);
        for campaign in campaigns {
            number += 1;
            not_begun += u32::from(!campaign.has_begun(scope.today));
            match Plan::of(campaign, scope) {
                Plan::WithoutDates(amount) => {
                    all.without_dates += amount;
                    continue;
                }
                Plan::Counted(amount) => all.planned = Some(all.planned.unwrap_or(0) + amount),
                Plan::Archived => archived += 1,
                Plan::Absent => {}
            }
            all.budget += campaign.budget;
        }
        let of_all = |some: u32| number > 0 && some == number;
        Self { archived_unspent: of_all(archived), not_begun: of_all(not_begun), ..all }
    }
}

impl Figures {
    pub fn of(row: &CampaignSums, scope: Scope) -> Self {
        Self::total([row], scope)
    }

    /// Of a stretch of time, which has no budget of its own, with the plans of its days.
    pub fn of_stretch(sums: &Sums, planned: Option<i128>) -> Self {
        Self::from_sums(sums, Plans { planned, ..Plans::default() })
    }

    /// The plans in all time that belong to no day. None where there are none.
    pub fn undated<'a>(rows: impl IntoIterator<Item = &'a CampaignSums>, scope: Scope) -> Option<Self> {
        let of_no_day = |it: &&CampaignFacts| it.dates.from().is_none() || it.dates.until().is_none();
        let campaigns = rows.into_iter().filter_map(|it| it.campaign.as_ref()).filter(of_no_day);
        let planned: i128 = campaigns.filter_map(|it| Plan::of(it, scope).counted()).sum();
        let plans = Plans { planned: Some(planned), budget: planned, ..Plans::default() };
        (planned != 0).then(|| Self::from_sums(&Sums::default(), plans))
    }

    /// The whole: its ratios are ratios of the sums, never means of ratios.
    pub fn total<'a>(rows: impl IntoIterator<Item = &'a CampaignSums, IntoIter: Clone>, scope: Scope) -> Self {
        let rows = rows.into_iter();
        let plans = Plans::of(rows.clone().filter_map(|it| it.campaign.as_ref()), scope);
        let sums: Sums = rows.map(|it| it.sums).sum();
        Self::from_sums(&sums, plans)
    }

    fn from_sums(sums: &Sums, plans: Plans) -> Self {
        let (leads, clients) = (i128::from(sums.leads), i128::from(sums.clients));
        let (taken_up, contracts) = (i128::from(sums.taken_up), i128::from(sums.contracts));
        let spend = sums.spend + plans.planned.unwrap_or(0);
        Self {
            leads: sums.leads,
            taken_up: sums.taken_up,
            clients: sums.clients,
            contracts: sums.contracts,
            spend,
            planned: plans.planned,
            plan_without_dates: plans.without_dates,
            archived_unspent: plans.archived_unspent,
            not_begun: plans.not_begun,
            budget: plans.budget,
            revenue: sums.revenue,
            on_service: sums.on_service,
            cross_sell: sums.revenue - sums.on_service,
            conversion: hundred_percent(clients, leads),
            income_to_cost: ratio(sums.revenue, spend),
            roi: hundred_percent(sums.revenue - spend, spend).filter(|_| !plans.not_begun),
            cost_per_lead: share(spend, leads),
            cost_per_client: share(spend, clients),
            average_contract: share(sums.revenue, contracts),
            budget_use: hundred_percent(spend, plans.budget),
            taken_up_share: hundred_percent(taken_up, leads),
            won_share: hundred_percent(clients, taken_up),
            contracts_per_client: ratio(contracts, clients),
            on_service_share: hundred_percent(sums.on_service, sums.revenue),
            cross_sell_share: hundred_percent(sums.revenue - sums.on_service, sums.revenue),
        }
    }
}

/// The plans of all campaigns in a scope. None where no plan counts in it.
pub fn planned<'a>(rows: impl IntoIterator<Item = &'a CampaignSums>, scope: Scope) -> Option<i128> {
    Plans::of(rows.into_iter().filter_map(|it| it.campaign.as_ref()), scope).planned
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
    (count != 0).then(|| Hundredths(round_half_even(amount, count)))
}

/// `amount / divisor` to the nearest whole number, and halves to the even one. The divisor is not 0.
pub fn round_half_even(amount: i128, divisor: i128) -> i128 {
    let (quotient, rest) = (amount.div_euclid(divisor), amount.rem_euclid(divisor));
    let up = match (rest * 2).cmp(&divisor.abs()) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => quotient % 2 != 0,
        std::cmp::Ordering::Greater => true,
    };
    quotient + i128::from(up)
}

#[cfg(test)]
mod tests {
    use std::slice::from_ref;

    use super::*;
    use crate::{
        campaign::CampaignId,
        service::ServiceId,
        values::{Channel, Day, OpenPeriod, Period, parse_day},
    };

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

    fn day(text: &str) -> Day {
        parse_day(text).unwrap()
    }

    const fn in_june() -> Scope {
        Scope { period: None, today: Day::from_ymd_opt(2026, 6, 1).unwrap() }
    }

    fn advertised(budget: i128) -> CampaignFacts {
        CampaignFacts {
            id: CampaignId(uuid::Uuid::nil()),
            service: ServiceId(uuid::Uuid::nil()),
            channel: Channel::parse("Почта").unwrap(),
            dates: OpenPeriod::default(),
            archived: false,
            budget,
            has_spend: false,
        }
    }

    fn row(campaign: CampaignFacts, spend: i128) -> CampaignSums {
        let campaign = Some(CampaignFacts { has_spend: spend > 0, ..campaign });
        CampaignSums { campaign, sums: Sums { spend, ..Default::default() } }
    }

    #[test]
    fn nothing_is_undefined_not_zero() {
        let spent = Figures::of(&row(advertised(70), 100), in_june());
        assert_eq!((spent.conversion, spent.cost_per_lead, spent.cost_per_client), (None, None, None));
        assert_eq!((spent.taken_up_share, spent.won_share, spent.contracts_per_client), (None, None, None));
        assert_eq!(spent.roi, Some(Hundredths(-10_000)));
        assert_eq!(spent.income_to_cost, Some(Hundredths(0)));
        let sums = Sums { leads: 2, clients: 1, revenue: 5, ..Default::default() };
        let free = Figures::of(&CampaignSums { campaign: None, sums }, in_june());
        assert_eq!((free.roi, free.income_to_cost), (None, None));
        assert_eq!((free.cost_per_lead, free.cost_per_client), (Some(Hundredths(0)), Some(Hundredths(0))));
        assert_eq!((free.planned, free.archived_unspent), (None, false));
        let undated = |it: &CampaignSums| Figures::undated([it], in_june()).map(|it| (it.spend, it.planned));
        assert_eq!(undated(&row(advertised(70), 0)), Some((70, Some(70))));
        assert_eq!((undated(&row(advertised(70), 1)), undated(&CampaignSums::default())), (None, None));
    }

    #[test]
    fn a_plan_without_dates_is_in_no_sum_and_no_ratio_of_a_period() {
        let period = Period::new(day("2026-05-01"), day("2026-05-31")).ok();
        let rows = [row(advertised(200), 50), row(advertised(1_000), 0)];
        let all = Figures::total(&rows, Scope { period, ..in_june() });
        assert_eq!((all.spend, all.planned, all.plan_without_dates), (50, None, 1_000));
        assert_eq!((all.budget, all.budget_use), (200, Some(Hundredths(2_500))));
        let all = Figures::total(&rows, in_june());
        assert_eq!((all.spend, all.planned, all.plan_without_dates), (1_050, Some(1_000), 0));
    }

    #[test]
    fn campaigns_of_the_archive_without_expenses_are_marked_where_there_are_no_others() {
        let archived = row(CampaignFacts { archived: true, ..advertised(70) }, 0);
        let marked = |rows: &[CampaignSums]| Figures::total(rows, in_june()).archived_unspent;
        assert!(marked(from_ref(&archived)) && marked(&[archived.clone(), CampaignSums::default()]));
        assert!(!marked(&[archived, row(advertised(70), 5)]) && !marked(&[]));
        assert!(!marked(&[row(CampaignFacts { archived: true, ..advertised(70) }, 5)]));
    }

    #[test]
    fn a_campaign_that_has_not_begun_has_no_return_on_investment() {
        let dates = |from| OpenPeriod::new(Some(day(from)), None).unwrap();
        let roi = |rows: &[CampaignSums]| Figures::total(rows, in_june()).roi;
        let tomorrow = row(CampaignFacts { dates: dates("2026-06-02"), ..advertised(70) }, 5);
        let today = row(CampaignFacts { dates: dates("2026-06-01"), ..advertised(70) }, 5);
        assert_eq!((roi(from_ref(&tomorrow)), roi(&[tomorrow.clone(), CampaignSums::default()])), (None, None));
        assert_eq!(roi(from_ref(&today)), Some(Hundredths(-10_000)));
        assert_eq!(roi(&[tomorrow, today]), Some(Hundredths(-10_000)));
    }

    proptest::proptest! {
        #[test]
        fn rounding_is_never_off_by_more_than_half(amount in -1_000_000_000_i128..1_000_000_000, count in 1_i128..100_000) {
            let Hundredths(rounded) = share(amount, count).unwrap();
            proptest::prop_assert!((amount - rounded * count).abs() * 2 <= count);
        }
    }
}
