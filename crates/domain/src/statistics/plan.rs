//! Plans: how much of its budget a campaign counts with while it has no expenses.
use super::CampaignFacts;
use crate::values::{Day, Period};

/// The days that figures are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope {
    /// None: all time.
    pub period: Option<Period>,
    /// A plan counts up to this day, because later days have cost nothing yet.
    pub today: Day,
}

/// The part of a campaign's budget in the figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// A part of the spend, in minor units.
    Counted(i128),
    /// The campaign lacks its first or its last day, so that no period has a part of this budget. It is in no sum.
    WithoutDates(i128),
    /// The campaign was archived before anybody entered an expense. It counts 0.
    Archived,
    /// The campaign has expenses, or none of its days is in the scope.
    Absent,
}

impl Plan {
    /// The only place that decides about plans.
    pub fn of(campaign: &CampaignFacts, Scope { period, today }: Scope) -> Self {
        if campaign.has_spend {
            return Self::Absent;
        }
        if campaign.archived {
            return Self::Archived;
        }
        match (campaign.dates.from(), campaign.dates.until(), period) {
            (Some(first), Some(last), _) => {
                let from = period.map_or(first, |it| it.from().max(first));
                let until = period.map_or(last, |it| it.until().min(last)).min(today);
                if until < from {
                    return Self::Absent;
                }
                let days_until = |day: Day| (day - first).num_days() + 1;
                let share = |days| first_days(campaign.budget, days, days_until(last));
                Self::Counted(share(days_until(until)) - share(days_until(from) - 1))
            }
            (_, _, Some(_)) => Self::WithoutDates(campaign.budget),
            (Some(first), None, None) if first > today => Self::Absent,
            (_, _, None) => Self::Counted(campaign.budget),
        }
    }

    pub const fn counted(self) -> Option<i128> {
        match self {
            Self::Counted(amount) => Some(amount),
            Self::WithoutDates(_) | Self::Archived | Self::Absent => None,
        }
    }
}

/// The cost of the first days of a campaign. All its days cost the same, but the kopecks of the remainder go to the first
/// days, one to each. So the days add up to the budget.
fn first_days(budget: i128, days: i64, all: i64) -> i128 {
    let (days, all) = (i128::from(days), i128::from(all));
    budget / all * days + (budget % all).min(days)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        campaign::CampaignId,
        service::ServiceId,
        values::{Channel, OpenPeriod, parse_day},
    };
    use chrono::Days;
    use proptest::prelude::*;

    fn day(text: &str) -> Day {
        parse_day(text).unwrap()
    }

    /// An empty text is no day.
    fn campaign(from: &str, until: &str, budget: i128) -> CampaignFacts {
        let end = |text: &str| (!text.is_empty()).then(|| day(text));
        CampaignFacts {
            id: CampaignId(uuid::Uuid::nil()),
            service: ServiceId(uuid::Uuid::nil()),
            channel: Channel::parse("Почта").unwrap(),
            dates: OpenPeriod::new(end(from), end(until)).unwrap(),
            archived: false,
            budget,
            has_spend: false,
        }
    }

    fn in_period(it: &CampaignFacts, from: &str, until: &str, today: &str) -> Plan {
        let period = Some(Period::new(day(from), day(until)).unwrap());
        Plan::of(it, Scope { period, today: day(today) })
    }

    fn all_time(it: &CampaignFacts, today: &str) -> Plan {
        Plan::of(it, Scope { period: None, today: day(today) })
    }

    #[test]
    fn a_day_costs_its_share_and_the_first_days_a_kopeck_more() {
        let it = campaign("2026-01-01", "2026-01-03", 1_000);
        let days = ["2026-01-01", "2026-01-02", "2026-01-03"];
        let each = days.map(|on| in_period(&it, on, on, "2026-06-01"));
        assert_eq!(each, [334, 333, 333].map(Plan::Counted));
        assert_eq!(all_time(&it, "2026-06-01"), Plan::Counted(1_000));
        assert_eq!(all_time(&campaign("2026-01-01", "2026-01-01", 1), "2026-01-01"), Plan::Counted(1));
    }

    #[test]
    fn a_period_has_the_days_of_the_campaign_that_lie_in_it() {
        let it = campaign("2026-01-11", "2026-01-20", 1_000);
        for (from, until, expected) in [
            ("2026-01-13", "2026-01-15", Plan::Counted(300)),
            ("2026-01-01", "2026-01-12", Plan::Counted(200)),
            ("2026-01-20", "2026-02-20", Plan::Counted(100)),
            ("2025-01-01", "2026-12-31", Plan::Counted(1_000)),
            ("2026-01-01", "2026-01-10", Plan::Absent),
            ("2026-01-21", "2026-01-31", Plan::Absent),
        ] {
            assert_eq!(in_period(&it, from, until, "2026-06-01"), expected, "{from} {until}");
        }
    }

    #[test]
    fn days_after_today_have_cost_nothing_yet() {
        let it = campaign("2026-01-11", "2026-01-20", 1_000);
        assert_eq!(all_time(&it, "2026-01-14"), Plan::Counted(400));
        assert_eq!(in_period(&it, "2026-01-13", "2026-01-31", "2026-01-14"), Plan::Counted(200));
        assert_eq!(in_period(&it, "2026-01-15", "2026-01-31", "2026-01-14"), Plan::Absent);
        // It begins tomorrow.
        assert_eq!(all_time(&it, "2026-01-10"), Plan::Absent);
        assert_eq!(all_time(&it, "2026-01-11"), Plan::Counted(100));
    }

    #[test]
    fn without_both_days_a_plan_counts_in_all_time_alone() {
        for (from, until) in [("", ""), ("2026-01-11", ""), ("", "2026-01-20"), ("", "2026-12-31")] {
            let it = campaign(from, until, 1_000);
            assert_eq!(all_time(&it, "2026-01-14"), Plan::Counted(1_000), "{from} {until}");
            let apart = in_period(&it, "2026-01-01", "2026-01-31", "2026-01-14");
            assert_eq!(apart, Plan::WithoutDates(1_000), "{from} {until}");
        }
        assert_eq!(all_time(&campaign("2026-01-11", "", 1_000), "2026-01-10"), Plan::Absent);
    }

    #[test]
    fn an_expense_or_the_archive_ends_the_plan() {
        for (from, until) in [("", ""), ("2026-01-11", ""), ("2026-01-11", "2026-01-20")] {
            let archived = CampaignFacts { archived: true, ..campaign(from, until, 1_000) };
            let spent = CampaignFacts { has_spend: true, ..archived.clone() };
            for (it, expected) in [(archived, Plan::Archived), (spent, Plan::Absent)] {
                assert_eq!(all_time(&it, "2026-01-14"), expected);
                assert_eq!(in_period(&it, "2026-01-01", "2026-01-31", "2026-01-14"), expected);
            }
        }
    }

    fn amount(it: &CampaignFacts, period: Option<Period>, today: Day) -> i128 {
        Plan::of(it, Scope { period, today }).counted().unwrap_or(0)
    }

    proptest! {
        #[test]
        fn consecutive_periods_add_up(
            budget in 0..100_000_000_000_i128,
            (starts, length) in (0..300_u64, 1..400_u64),
            mut boundaries in prop::collection::vec(0..700_u64, 2..12),
            today in 0..700_u64,
        ) {
            let at = |days: u64| day("2026-01-01") + Days::new(days);
            let dates = OpenPeriod::new(Some(at(starts)), Some(at(starts + length - 1))).unwrap();
            let it = CampaignFacts { dates, ..campaign("", "", budget) };
            boundaries.sort_unstable();
            boundaries.dedup();
            let (first, behind) = (boundaries[0], boundaries[boundaries.len() - 1]);
            let period = |from: u64, behind: u64| Period::new(at(from), at(behind) - Days::new(1)).ok();
            for today in [at(today), at(700)] {
                let whole = period(first, behind).map_or(0, |part| amount(&it, Some(part), today));
                let parts: i128 = boundaries.windows(2).map(|part| amount(&it, period(part[0], part[1]), today)).sum();
                prop_assert_eq!(parts, whole);
                let of_all_days = amount(&it, period(0, 800), today);
                prop_assert_eq!(of_all_days, amount(&it, None, today));
            }
            prop_assert_eq!(amount(&it, None, at(700)), budget);
        }

        #[test]
        fn days_differ_by_a_kopeck_at_most(budget in 0..1_000_000_i128, length in 1..400_i64) {
            let days: Vec<i128> =
                (0..length).map(|it| first_days(budget, it + 1, length) - first_days(budget, it, length)).collect();
            prop_assert!(days.is_sorted_by(|a, b| a >= b));
            prop_assert!(days[0] - days[days.len() - 1] <= 1);
        }
    }
}
