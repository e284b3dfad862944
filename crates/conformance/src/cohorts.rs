//! What became of the leads of a month: told apart by when it came, and adding up whatever the records are.
use chrono::{DateTime, Days, TimeDelta, Utc};
use domain::{
    contract::SigningDay,
    statistics::{
        Attribution, Cell, CohortSums, Figures, Grouping, Scope, Sums, TimeBuckets, cohort_table, grouped, planned,
    },
    store::Store,
    values::{Channel, Money, OpenPeriod},
};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};

use crate::{
    example::{example, moscow},
    figures::sums,
    fixtures,
    support::{Stored, Work, reading, writing},
    time_series::{MONTHS, buckets, time_series, whole},
};

async fn cohorts(store: &dyn Store, buckets: &TimeBuckets) -> Vec<CohortSums> {
    reading(store).await.cohorts(buckets).await.unwrap()
}

fn cell(clients: u64, contracts: u64, revenue: i128) -> Cell {
    Cell { clients, contracts, revenue }
}

pub async fn the_clients_of_the_handbook_come_in_their_months(store: &dyn Store) {
    assert_eq!(cohorts(store, &buckets(&MONTHS)).await, []);
    example(store).await;
    let table = cohort_table(&cohorts(store, &buckets(&MONTHS)).await, 4, 4);
    let none = cell(0, 0, 0);
    let expected = [
        [cell(1, 1, 8_000_000), cell(1, 1, 4_000_000), cell(1, 1, 5_000_000), cell(0, 1, 2_000_000)],
        [cell(1, 1, 3_333_333), cell(1, 1, 1_000_000), none, none],
        [none; 4],
        [none; 4],
    ];
    assert_eq!(table, expected);
    assert_eq!(cohorts(store, &buckets(&[])).await, []);
    assert_eq!(cohorts(store, &buckets(&["2026-01-01"])).await, []);
}

/// A lead, converted by a contract of one rouble that bears any date.
async fn won(work: &mut Work, n: u32, created: DateTime<Utc>, converted: DateTime<Utc>, signed_on: &str) {
    let mut lead = fixtures::lead_at(n, created, "Иван", None);
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

pub async fn what_is_early_or_late_is_told_apart(store: &dyn Store) {
    let mut work = writing(store).await;
    Stored::of(&mut work).insert(&fixtures::service(1, "А")).await.unwrap();
    let midnight = |day| moscow().midnight(fixtures::day(day));
    let (february, march) = (midnight("2026-02-01"), midnight("2026-03-01"));
    let microsecond = TimeDelta::microseconds(1);
    won(&mut work, 1, february - microsecond, february - microsecond, "2025-12-31").await;
    won(&mut work, 2, february, march - microsecond, "2026-02-28").await;
    won(&mut work, 3, march - microsecond, march, "2026-03-01").await;
    // Created before and behind the course.
    won(&mut work, 4, midnight("2026-01-01") - microsecond, march, "2026-02-01").await;
    won(&mut work, 5, march, march, "2026-02-01").await;
    work.commit().await.unwrap();
    let mut found = cohorts(store, &buckets(&["2026-01-01", "2026-02-01", "2026-03-01"])).await;
    found.retain(|it| it.cell != Cell::default());
    let mut pieces: Vec<_> =
        found.iter().map(|it| (it.cohort, it.passed, it.cell.clients, it.cell.contracts)).collect();
    pieces.sort_unstable();
    // Clients and contracts of one cell may come in one piece or in two.
    let of = |cohort, passed| {
        let cells = found.iter().filter(|it| (it.cohort, it.passed) == (cohort, passed));
        cells.fold((0, 0), |all, it| (all.0 + it.cell.clients, all.1 + it.cell.contracts))
    };
    let all = [of(0, 0), of(0, 1), of(1, 2), of(1, 3)];
    assert_eq!(all, [(0, 1), (1, 0), (1, 1), (1, 1)], "{pieces:?}");
    assert_eq!(pieces.iter().map(|it| it.2 + it.3).sum::<u64>(), 6, "{pieces:?}");
}

/// Days since the year began: of the lead, of its conversion, of its contracts with their services and amounts.
#[derive(Clone, Debug)]
struct Story {
    created: u64,
    minute: i64,
    campaign: u32,
    taken_up: bool,
    converted: Option<u64>,
    contracts: Vec<(u64, u32, i64)>,
}

/// Three years of days.
const DAYS: u64 = 1000;
const CAMPAIGNS: u32 = 6;

fn stories() -> impl Strategy<Value = (Vec<Story>, Vec<(u32, u64, i64)>)> {
    let contracts = prop::collection::vec((0..DAYS, 1..4_u32, 0..9_000_000_i64), 1..4);
    let story = (0..DAYS, 0..1440_i64, 0..=CAMPAIGNS, any::<bool>(), prop::option::of(0..DAYS), contracts).prop_map(
        |(created, minute, campaign, taken_up, converted, contracts)| Story {
            created,
            minute,
            campaign,
            taken_up,
            converted,
            contracts,
        },
    );
    // The last two campaigns never spend anything.
    let spend = (1..CAMPAIGNS - 1, 0..DAYS, 1..9_000_000_i64);
    (prop::collection::vec(story, 1..40), prop::collection::vec(spend, 0..20))
}

fn day(since: u64) -> domain::values::Day {
    fixtures::day("2024-01-01") + Days::new(since)
}

async fn company(work: &mut Work) {
    for n in 1..4 {
        Stored::of(work).insert(&fixtures::service(n, &format!("Услуга {n}"))).await.unwrap();
    }
    for n in 1..=CAMPAIGNS {
        let mut campaign = fixtures::campaign(n, &format!("C{n}"), fixtures::id(n % 3 + 1));
        campaign.details.channel = Channel::parse(["Почта", "Радио"][n as usize % 2]).unwrap();
        // The plan of the last one has days, and that of the one before it has none.
        if n == CAMPAIGNS {
            campaign.details.dates = OpenPeriod::new(Some(day(100)), Some(day(799))).unwrap();
        }
        Stored::of(work).insert(&campaign).await.unwrap();
    }
}

async fn tell(work: &mut Work, n: u32, it: &Story) {
    let at = |since: u64| moscow().midnight(day(since)) + TimeDelta::minutes(it.minute);
    let campaign = (it.campaign > 0).then(|| fixtures::id(it.campaign));
    let mut lead = fixtures::lead_at(n, at(it.created), "Иван", campaign);
    let Some(converted) = it.converted else {
        if it.taken_up {
            lead.status = domain::lead::LeadStatus::InProgress;
        }
        return Stored::of(work).insert(&lead).await.unwrap();
    };
    let mut client = None;
    for (k, (signed, service, amount)) in (0..).zip(&it.contracts) {
        let number = n * 10 + k;
        let mut scan = fixtures::document(number);
        let mut contract = fixtures::contract(number, "Договор", fixtures::id(*service), &mut scan);
        contract.details.signed_on = SigningDay::stored(day(*signed)).unwrap();
        contract.details.amount = Money::from_minor(*amount).unwrap();
        Stored::of(work).insert(&scan).await.unwrap();
        if let Some(id) = &client {
            contract.give_to(*id).unwrap();
        } else {
            let made = fixtures::client(n, at(converted), &mut lead, &mut contract);
            client = Some(made.id);
            Stored::of(work).insert(&lead).await.unwrap();
            Stored::of(work).insert(&made).await.unwrap();
        }
        Stored::of(work).insert(&contract).await.unwrap();
    }
}

/// Records at random, more of them each time; every sum of a part is a part of the sum.
pub async fn rows_add_up_to_the_campaigns_and_to_the_whole(store: &dyn Store) {
    let mut work = writing(store).await;
    company(&mut work).await;
    work.commit().await.unwrap();
    let mut runner = TestRunner::deterministic();
    for round in 0..6 {
        let (stories, spend) = stories().new_tree(&mut runner).unwrap().current();
        let boundaries = prop::collection::vec(0..DAYS, 0..30).new_tree(&mut runner).unwrap().current();
        let mut work = writing(store).await;
        for (n, story) in (1..).zip(&stories) {
            tell(&mut work, round * 100 + n, story).await;
        }
        for (n, (campaign, on, amount)) in (1..).zip(&spend) {
            let mut entry = fixtures::spend(round * 100 + n, fixtures::id(*campaign), &day(*on).to_string(), "1");
            entry.details.amount = Money::from_minor(*amount).unwrap();
            Stored::of(&mut work).insert(&entry).await.unwrap();
        }
        work.commit().await.unwrap();
        let boundaries = boundaries.into_iter().chain([0, DAYS]).map(day).collect();
        add_up(store, &TimeBuckets::new(boundaries, moscow())).await;
    }
}

async fn add_up(store: &dyn Store, buckets: &TimeBuckets) {
    for attribution in Attribution::ALL {
        let stretches = time_series(store, attribution, buckets).await;
        assert_eq!(
            stretches.iter().copied().sum::<Sums>(),
            whole(store, attribution, None).await,
            "{attribution:?} {buckets:?}"
        );
        for (window, found) in buckets.windows().zip(&stretches) {
            assert_eq!(*found, whole(store, attribution, Some(window)).await, "{attribution:?} {window:?}");
        }
        let rows = sums(store, attribution, None).await;
        // The campaign with days is under way.
        let scope = Scope { period: None, today: day(500) };
        let total = Figures::total(&rows, scope);
        for by in [Grouping::Campaign, Grouping::Channel, Grouping::Service] {
            let groups = grouped(&rows, by, scope);
            let sum = |of: fn(&Figures) -> i128| groups.iter().map(|it| of(&it.1)).sum::<i128>();
            assert_eq!(sum(|it| it.leads.into()), total.leads.into(), "{by:?}");
            assert_eq!((sum(|it| it.spend), sum(|it| it.revenue)), (total.spend, total.revenue), "{by:?}");
            assert_eq!((sum(|it| it.budget), sum(|it| it.on_service)), (total.budget, total.on_service), "{by:?}");
        }
        let undated = Figures::undated(&rows, scope).map_or(0, |it| it.spend);
        let plans = buckets.windows().filter_map(|it| planned(&rows, Scope { period: Some(it.days), ..scope }));
        let dated: i128 = plans.sum();
        assert!(undated > 0 && dated > 0);
        let spent = stretches.into_iter().sum::<Sums>().spend;
        assert_eq!(spent + dated + undated, total.spend, "months and what belongs to none");
    }
    let of_cohorts = time_series(store, Attribution::ByLeadDate, buckets).await;
    let pieces = cohorts(store, buckets).await;
    for columns in [1, 3, 24] {
        let table = cohort_table(&pieces, buckets.len(), columns);
        for (row, Sums { clients, contracts, revenue, .. }) in table.iter().zip(&of_cohorts) {
            let sum: Cell = row.iter().copied().sum();
            assert_eq!(sum, cell(*clients, *contracts, *revenue), "{columns} {buckets:?}");
        }
    }
}
