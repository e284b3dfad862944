//! Plans: campaigns without expenses, each with the part of its budget that a period has.
use domain::{
    campaign::Campaign,
    statistics::{Attribution, CampaignSums, Figures, Scope, planned},
    store::Store,
    values::{OpenPeriod, Period},
};

use crate::{
    example::window,
    figures::sums,
    fixtures,
    support::{Stored, change, save, writing},
    time_series::buckets,
};

/// The day on which the figures are looked at.
const TODAY: &str = "2026-03-15";

/// First day, last day, budget. An empty text is no day.
const CAMPAIGNS: [(&str, &str, &str); 7] = [
    ("", "", "1000"),
    ("2026-02-01", "", "2000"),
    ("", "2026-04-30", "3000"),
    // 90 days: 1.12 on each of the first ten, then 1.11.
    ("2026-01-01", "2026-03-31", "100"),
    ("2025-11-01", "2025-11-10", "50"),
    ("2026-03-16", "2026-04-14", "600"),
    ("2026-03-16", "", "700"),
];

/// What is expected of one campaign in one period: in kopecks, in the spend, and apart from it.
type Expected = (Option<i128>, i128);

const ABSENT: Expected = (None, 0);

const fn counted(kopecks: i128) -> Expected {
    (Some(kopecks), 0)
}

const fn apart(kopecks: i128) -> Expected {
    (None, kopecks)
}

fn campaign(n: u32) -> Campaign {
    let (from, until, budget) = CAMPAIGNS[n as usize - 1];
    let end = |text: &str| (!text.is_empty()).then(|| fixtures::day(text));
    let mut campaign = fixtures::campaign(n, &format!("C{n}"), fixtures::id(1));
    campaign.details.dates = OpenPeriod::new(end(from), end(until)).unwrap();
    campaign.details.budget = fixtures::money(budget);
    campaign
}

async fn company(store: &dyn Store) {
    let mut work = writing(store).await;
    Stored::of(&mut work).insert(&fixtures::service(1, "А")).await.unwrap();
    for n in (1..).take(CAMPAIGNS.len()) {
        Stored::of(&mut work).insert(&campaign(n)).await.unwrap();
    }
    work.commit().await.unwrap();
}

fn scope(period: Option<Period>) -> Scope {
    Scope { period, today: fixtures::day(TODAY) }
}

async fn rows(store: &dyn Store, attribution: Attribution, period: Option<Period>) -> Vec<CampaignSums> {
    sums(store, attribution, period.map(|it| window((&it.from().to_string(), &it.until().to_string())))).await
}

/// Of each campaign the planned part of the spend and the plan apart, of both lenses the same.
async fn plans(store: &dyn Store, period: Option<Period>) -> Vec<Expected> {
    let mut of_lenses = Vec::new();
    for attribution in Attribution::ALL {
        let rows = rows(store, attribution, period).await;
        let figures = rows.iter().filter(|it| it.campaign.is_some()).map(|it| Figures::of(it, scope(period)));
        let plans: Vec<Expected> = figures.map(|it| (it.planned, it.plan_without_dates)).collect();
        let total = Figures::total(&rows, scope(period));
        assert_eq!(total.planned.unwrap_or(0), plans.iter().filter_map(|it| it.0).sum::<i128>());
        assert_eq!(total.plan_without_dates, plans.iter().map(|it| it.1).sum::<i128>());
        of_lenses.push(plans);
    }
    assert_eq!(of_lenses[0], of_lenses[1]);
    of_lenses.remove(0)
}

pub async fn a_plan_counts_by_the_days_of_its_campaign(store: &dyn Store) {
    company(store).await;
    let without_dates = [apart(100_000), apart(200_000), apart(300_000)];
    let of_period = |[a, b, c]: [Expected; 3]| {
        let [one, two, three] = without_dates;
        vec![one, two, three, a, b, c, apart(70_000)]
    };
    let all_time =
        vec![counted(100_000), counted(200_000), counted(300_000), counted(8_224), counted(5_000), ABSENT, ABSENT];
    assert_eq!(plans(store, None).await, all_time);
    for (from, until, expected) in [
        // Inside, across either end, around, and outside of the fourth one's days.
        ("2026-01-11", "2026-01-20", [counted(1_110), ABSENT, ABSENT]),
        ("2025-12-01", "2026-01-10", [counted(1_120), ABSENT, ABSENT]),
        ("2026-03-14", "2026-04-30", [counted(222), ABSENT, ABSENT]),
        ("2025-01-01", "2026-12-31", [counted(8_224), counted(5_000), ABSENT]),
        ("2025-12-01", "2025-12-31", [ABSENT, ABSENT, ABSENT]),
        ("2025-11-10", "2025-11-10", [ABSENT, counted(500), ABSENT]),
        ("2026-03-16", "2026-03-31", [ABSENT, ABSENT, ABSENT]),
    ] {
        let found = plans(store, Some(fixtures::period(from, until))).await;
        assert_eq!(found, of_period(expected), "{from} {until}");
    }
    for n in [1, 2, 4, 6] {
        change(store, &campaign(n), |it| it.archived = true).await;
    }
    let expected = vec![ABSENT, ABSENT, counted(300_000), ABSENT, counted(5_000), ABSENT, ABSENT];
    assert_eq!(plans(store, None).await, expected);
    let rows = rows(store, Attribution::ByLeadDate, None).await;
    let archived: Vec<bool> = rows.iter().map(|it| Figures::of(it, scope(None)).archived_unspent).collect();
    assert_eq!(archived, [true, true, false, true, false, true, false, false]);
}

pub async fn the_first_rouble_ends_the_plan_of_every_period(store: &dyn Store) {
    company(store).await;
    let periods = [None, Some(fixtures::period("2026-01-01", "2026-03-31"))];
    let mut before = Vec::new();
    for period in periods {
        before.push(plans(store, period).await);
    }
    // On a day outside of the campaign's own days and of the period.
    let rouble = fixtures::spend(1, fixtures::id(4), "2024-05-05", "1");
    save(store, &rouble).await;
    for (period, mut expected) in periods.into_iter().zip(before.clone()) {
        expected[3] = ABSENT;
        assert_eq!(plans(store, period).await, expected);
    }
    let spent = Figures::of(&rows(store, Attribution::ByLeadDate, None).await[3], scope(None));
    assert_eq!((spent.spend, spent.planned), (100, None));
    // It was a mistake.
    change(store, &rouble, |it| it.cancelled = true).await;
    for (period, expected) in periods.into_iter().zip(before) {
        assert_eq!(plans(store, period).await, expected);
    }
}

pub async fn months_have_the_plans_of_their_days(store: &dyn Store) {
    company(store).await;
    save(store, &fixtures::spend(1, fixtures::id(5), "2026-01-15", "10")).await;
    let rows = rows(store, Attribution::ByLeadDate, None).await;
    let months = buckets(&["2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01", "2026-05-01"]);
    let of_days = |days| planned(&rows, scope(Some(days)));
    let of_months: Vec<Option<i128>> = months.windows().map(|it| of_days(it.days)).collect();
    // January has the ten days with a kopeck more, and March is half over. Nobody knows of April yet.
    assert_eq!(of_months, [Some(3_451), Some(3_108), Some(1_665), None]);
    let undated = Figures::undated(&rows, scope(None)).unwrap();
    assert_eq!((undated.spend, undated.planned), (600_000, Some(600_000)));
    let whole = Figures::total(&rows, scope(None));
    assert_eq!(whole.spend, 1_000 + 3_451 + 3_108 + 1_665 + 600_000);
}
