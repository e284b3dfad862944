//! A period as it stood at the end of a day: what came later is left out, so that periods of one age are compared.
use chrono::{DateTime, Days, TimeDelta, Utc};
use domain::{
    campaign::Campaign,
    contract::SigningDay,
    statistics::{AsOf, Attribution, CampaignSums, Changes, Figures, Hundredths, Scope, Sums, Window},
    store::Store,
    values::{Day, Money, OpenPeriod, Period},
};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};

use crate::{
    example::moscow,
    fixtures,
    support::{Stored, Work, reading, writing},
};

/// How long the periods are.
const LENGTH: u64 = 31;

/// A lead, with days since the period began.
#[derive(Clone, Debug)]
struct Story {
    created: u64,
    minute: i64,
    converted: u64,
    signed: Vec<(u64, u32, i64)>,
    campaign: u32,
}

/// Days since the period began, campaign, amount.
type Expense = (u64, u32, i64);

fn stories() -> impl Strategy<Value = Vec<Story>> {
    let signed = prop::collection::vec((0..90_u64, 1..3_u32, 0..9_000_000_i64), 1..4);
    let story = (0..LENGTH, 0..1440_i64, 0..90_u64, signed, 0..4_u32).prop_map(
        |(created, minute, converted, mut signed, campaign)| {
            // The first contract is signed when the lead becomes a client, at the latest.
            signed[0].0 = signed[0].0.min(converted);
            Story { created, minute, converted, signed, campaign }
        },
    );
    prop::collection::vec(story, 20..40)
}

/// The third campaign has none.
fn expenses() -> impl Strategy<Value = Vec<Expense>> {
    prop::collection::vec((0..LENGTH, 1..3_u32, 1..9_000_000_i64), 5..20)
}

/// Where a history happens: what is told of it has numbers from `first` on, and it is known up to `until`.
#[derive(Clone, Copy)]
struct Told {
    first: u32,
    begins: Day,
    until: Day,
}

impl Told {
    fn day(self, since: u64) -> Day {
        self.begins + Days::new(since)
    }

    fn knows(self, since: u64) -> bool {
        self.day(since) <= self.until
    }
}

async fn tell(work: &mut Work, told: Told, stories: &[Story], expenses: &[Expense]) {
    for n in 1..4 {
        let mut campaign = fixtures::campaign(told.first + n, &format!("C{}", told.first + n), fixtures::id(n % 2 + 1));
        campaign.details.dates = OpenPeriod::new(Some(told.day(3)), Some(told.day(25))).unwrap();
        campaign.details.budget = fixtures::money("12345.67");
        Stored::of(work).insert(&campaign).await.unwrap();
    }
    for (n, (on, campaign, amount)) in (told.first..).zip(expenses).filter(|it| told.knows(it.1.0)) {
        let on = told.day(*on).to_string();
        let mut entry = fixtures::spend(n, fixtures::id(told.first + campaign), &on, "1");
        entry.details.amount = Money::from_minor(*amount).unwrap();
        Stored::of(work).insert(&entry).await.unwrap();
    }
    for (n, story) in (told.first..).zip(stories).filter(|it| told.knows(it.1.created)) {
        lead(work, told, n, story).await;
    }
}

async fn lead(work: &mut Work, told: Told, n: u32, story: &Story) {
    let at = |since: u64| moscow().midnight(told.day(since)) + TimeDelta::minutes(story.minute);
    let campaign = (story.campaign > 0).then(|| fixtures::id(told.first + story.campaign));
    let mut lead = fixtures::lead_at(n, at(story.created), "Иван", campaign);
    if !told.knows(story.converted) {
        return Stored::of(work).insert(&lead).await.unwrap();
    }
    let mut client = None;
    for (k, (on, service, amount)) in (0..).zip(&story.signed).filter(|it| told.knows(it.1.0)) {
        let number = n * 10 + k;
        let mut scan = fixtures::document(number);
        let mut contract = fixtures::contract(number, "Договор", fixtures::id(*service), &mut scan);
        contract.details.signed_on = SigningDay::stored(told.day(*on)).unwrap();
        contract.details.amount = Money::from_minor(*amount).unwrap();
        Stored::of(work).insert(&scan).await.unwrap();
        if let Some(id) = &client {
            contract.give_to(*id).unwrap();
        } else {
            let made = fixtures::client(n, at(story.converted), &mut lead, &mut contract);
            client = Some(made.id);
            Stored::of(work).insert(&lead).await.unwrap();
            Stored::of(work).insert(&made).await.unwrap();
        }
        Stored::of(work).insert(&contract).await.unwrap();
    }
}

async fn as_of(store: &dyn Store, period: Period, day: Option<Day>) -> Vec<CampaignSums> {
    let end = day.map(|it| AsOf::end_of(it, moscow()));
    let mut rows =
        reading(store).await.sums(Attribution::ByLeadDate, Some(&Window::new(period, moscow())), end).await.unwrap();
    rows.sort_by_key(|it| (it.campaign.is_none(), it.id()));
    rows
}

fn days(from: Day, length: u64) -> Period {
    Period::new(from, from + Days::new(length - 1)).unwrap()
}

/// Of leads nobody knows what their status was.
fn without_status(it: Sums) -> Sums {
    Sums { taken_up: 0, ..it }
}

/// The history of a period, and the same once more right behind it, as far as it has come.
pub async fn the_same_history_days_later_is_no_change(store: &dyn Store) {
    let mut work = writing(store).await;
    for n in 1..3 {
        Stored::of(&mut work).insert(&fixtures::service(n, &format!("Услуга {n}"))).await.unwrap();
    }
    work.commit().await.unwrap();
    let mut runner = TestRunner::deterministic();
    let mut compared = 0;
    // How many days of the second history have passed.
    for (round, passed) in (1..).zip([0, 12, 30, 45, 120]) {
        let stories = stories().new_tree(&mut runner).unwrap().current();
        let expenses = expenses().new_tree(&mut runner).unwrap().current();
        let begins = fixtures::day("2020-01-01") + Days::new(u64::from(round) * 300);
        let again = begins + Days::new(LENGTH);
        let today = again + Days::new(passed);
        let mut work = writing(store).await;
        tell(&mut work, Told { first: round * 200, begins, until: Day::MAX }, &stories, &expenses).await;
        tell(&mut work, Told { first: round * 200 + 100, begins: again, until: today }, &stories, &expenses).await;
        work.commit().await.unwrap();

        let then = today - Days::new(LENGTH);
        let before = as_of(store, days(begins, LENGTH), Some(then)).await;
        let now = as_of(store, days(again, LENGTH), None).await;
        let sum = |rows: &[CampaignSums]| without_status(rows.iter().map(|it| it.sums).sum());
        assert_eq!(sum(&before), sum(&now), "{passed} days");
        let total = |rows, from, today| Figures::total(rows, Scope { period: Some(days(from, LENGTH)), today });
        let (before, now) = (total(&before, begins, then), total(&now, again, today));
        assert_eq!(before.planned, now.planned, "{passed} days");
        let it = Changes::between(&before, &now);
        let all = [it.leads, it.clients, it.revenue, it.spend, it.conversion, it.roi];
        assert!(all.iter().all(|it| it.is_none_or(|it| it == Hundredths(0))), "{passed} days: {it:?}");
        compared += all.iter().flatten().count();
    }
    assert!(compared > 15, "{compared}");
}

fn campaign() -> Campaign {
    let mut campaign = fixtures::campaign(1, "C1", fixtures::id(1));
    campaign.details.dates =
        OpenPeriod::new(Some(fixtures::day("2026-10-01")), Some(fixtures::day("2026-12-31"))).unwrap();
    campaign.details.budget = fixtures::money("92");
    campaign
}

async fn convert(work: &mut Work, n: u32, created: DateTime<Utc>, converted: DateTime<Utc>, signed_on: &str) {
    let mut lead = fixtures::lead_at(n, created, "Иван", Some(fixtures::id(1)));
    let mut scan = fixtures::document(n);
    let mut contract = fixtures::contract(n, "Договор", fixtures::id(1), &mut scan);
    contract.details.signed_on = SigningDay::stored(fixtures::day(signed_on)).unwrap();
    contract.details.amount = fixtures::money("1");
    let client = fixtures::client(n, converted, &mut lead, &mut contract);
    Stored::of(work).insert(&lead).await.unwrap();
    Stored::of(work).insert(&scan).await.unwrap();
    Stored::of(work).insert(&contract).await.unwrap();
    Stored::of(work).insert(&client).await.unwrap();
}

/// Leads, clients, contracts, expenses, and the plan.
async fn october(store: &dyn Store, day: &str) -> (u64, u64, u64, i128, Option<i128>) {
    let (period, today) = (fixtures::period("2026-10-01", "2026-10-31"), fixtures::day(day));
    let rows = as_of(store, period, Some(today)).await;
    let it = Figures::total(&rows, Scope { period: Some(period), today });
    (it.leads, it.clients, it.contracts, it.spend - it.planned.unwrap_or(0), it.planned)
}

pub async fn what_came_later_than_the_same_age_is_not_counted(store: &dyn Store) {
    let mut work = writing(store).await;
    Stored::of(&mut work).insert(&fixtures::service(1, "А")).await.unwrap();
    Stored::of(&mut work).insert(&campaign()).await.unwrap();
    let at = |day: &str| fixtures::moment(&format!("{day}T09:00:00Z"));
    convert(&mut work, 1, at("2026-10-05"), at("2026-10-20"), "2026-10-20").await;
    // Converted before the contract's date, and the other way round.
    convert(&mut work, 2, at("2026-10-06"), at("2026-11-10"), "2026-11-12").await;
    convert(&mut work, 3, at("2026-10-07"), at("2026-11-12"), "2026-11-10").await;
    convert(&mut work, 4, at("2026-10-30"), at("2027-02-01"), "2027-02-01").await;
    Stored::of(&mut work).insert(&fixtures::spend(1, fixtures::id(1), "2026-11-20", "5")).await.unwrap();
    Stored::of(&mut work).insert(&fixtures::spend(2, fixtures::id(1), "2026-10-15", "7")).await.unwrap();
    work.commit().await.unwrap();
    for (day, expected) in [
        ("2026-09-30", (0, 0, 0, 0, None)),
        ("2026-10-05", (1, 0, 0, 0, Some(500))),
        // Nothing is spent yet, so that the plan of fourteen days counts; the day after it does no more.
        ("2026-10-14", (3, 0, 0, 0, Some(1_400))),
        ("2026-10-15", (3, 0, 0, 700, None)),
        ("2026-10-20", (3, 1, 1, 700, None)),
        ("2026-10-31", (4, 1, 1, 700, None)),
        ("2026-11-09", (4, 1, 1, 700, None)),
        ("2026-11-10", (4, 2, 1, 700, None)),
        ("2026-11-11", (4, 2, 1, 700, None)),
        ("2026-11-12", (4, 3, 3, 700, None)),
        ("2027-01-31", (4, 3, 3, 700, None)),
        ("2027-02-01", (4, 4, 4, 700, None)),
    ] {
        assert_eq!(october(store, day).await, expected, "{day}");
    }
}

pub async fn the_last_moment_of_a_day_is_counted_and_the_next_one_is_not(store: &dyn Store) {
    let mut work = writing(store).await;
    Stored::of(&mut work).insert(&fixtures::service(1, "А")).await.unwrap();
    Stored::of(&mut work).insert(&campaign()).await.unwrap();
    // Midnight in Moscow.
    let behind = fixtures::moment("2026-10-20T21:00:00Z");
    let last = behind - TimeDelta::microseconds(1);
    let early = fixtures::moment("2026-10-02T09:00:00Z");
    for (n, created, converted) in [(1, early, last), (2, early, behind), (3, last, last), (4, behind, behind)] {
        convert(&mut work, n, created, converted, "2026-10-20").await;
    }
    work.commit().await.unwrap();
    let counts = |it: (u64, u64, u64, i128, Option<i128>)| (it.0, it.1, it.2);
    assert_eq!(counts(october(store, "2026-10-20").await), (3, 2, 2));
    assert_eq!(counts(october(store, "2026-10-21").await), (4, 4, 4));
}
