//! The edges of a period: whole days in the organisation's time zone, to the microsecond.
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    contract::SigningDay,
    statistics::{Attribution, Sums, TimeBuckets},
    store::Store,
};

use crate::{
    example::{moscow, window},
    figures::sums,
    fixtures,
    support::{Stored, Work, reading, writing},
};

const JANUARY: (&str, &str) = ("2026-01-01", "2026-01-31");

/// The first moment of January in Moscow, and the first of February.
fn edges() -> (DateTime<Utc>, DateTime<Utc>) {
    (fixtures::moment("2025-12-31T21:00:00Z"), fixtures::moment("2026-01-31T21:00:00Z"))
}

/// The last moment outside and the first inside, the last inside and the first outside.
fn around() -> [DateTime<Utc>; 4] {
    let (from, until) = edges();
    let microsecond = TimeDelta::microseconds(1);
    [from - microsecond, from, until - microsecond, until]
}

async fn campaign(work: &mut Work) {
    Stored::of(work).insert(&fixtures::service(1, "А")).await.unwrap();
    Stored::of(work).insert(&fixtures::campaign(1, "C1", fixtures::id(1))).await.unwrap();
}

/// A lead created at one moment and converted at another by a contract of one rouble.
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

async fn january(store: &dyn Store, attribution: Attribution) -> Sums {
    sums(store, attribution, Some(window(JANUARY))).await[0].sums
}

/// From the first of these days to the last, which does not belong to it any more.
async fn time_series(store: &dyn Store, attribution: Attribution, boundaries: &[&str]) -> Vec<Sums> {
    let buckets = TimeBuckets::new(boundaries.iter().map(|it| fixtures::day(it)).collect(), moscow());
    reading(store).await.time_series(attribution, &buckets).await.unwrap()
}

pub async fn a_lead_belongs_to_the_day_that_it_is_in_moscow(store: &dyn Store) {
    let mut work = writing(store).await;
    campaign(&mut work).await;
    for (n, created) in (1..).zip(around()) {
        let lead = fixtures::lead_at(n, created, "Иван", Some(fixtures::id(1)));
        Stored::of(&mut work).insert(&lead).await.unwrap();
    }
    work.commit().await.unwrap();
    for attribution in Attribution::ALL {
        assert_eq!(january(store, attribution).await.leads, 2, "{attribution:?}");
        let days = ["2025-12-31", "2026-01-01", "2026-01-31", "2026-02-01", "2026-02-02"];
        let leads: Vec<u64> = time_series(store, attribution, &days).await.iter().map(|it| it.leads).collect();
        assert_eq!(leads, [1, 1, 1, 1], "{attribution:?}");
        assert_eq!(
            time_series(store, attribution, &[days[1], days[3]]).await,
            [Sums { leads: 2, ..Default::default() }]
        );
    }
}

pub async fn a_client_of_a_cohort_belongs_to_the_moment_of_the_lead(store: &dyn Store) {
    let mut work = writing(store).await;
    campaign(&mut work).await;
    let much_later = fixtures::moment("2026-06-01T09:00:00Z");
    for (n, created) in (1..).zip(around()) {
        convert(&mut work, n, created, much_later, "2026-06-01").await;
    }
    work.commit().await.unwrap();
    let cohort = january(store, Attribution::ByLeadDate).await;
    assert_eq!((cohort.leads, cohort.clients, cohort.contracts, cohort.revenue), (2, 2, 2, 200));
    let event = january(store, Attribution::ByContractDate).await;
    assert_eq!((event.leads, event.clients, event.contracts, event.revenue), (2, 0, 0, 0));
}

pub async fn a_conversion_belongs_to_its_own_moment(store: &dyn Store) {
    let mut work = writing(store).await;
    campaign(&mut work).await;
    let long_before = fixtures::moment("2025-06-01T09:00:00Z");
    for (n, converted) in (1..).zip(around()) {
        // Signed in another year: the contract and the conversion are two events.
        convert(&mut work, n, long_before, converted, "2025-06-01").await;
    }
    work.commit().await.unwrap();
    let event = january(store, Attribution::ByContractDate).await;
    assert_eq!((event.leads, event.clients, event.contracts), (0, 2, 0));
    let cohort = january(store, Attribution::ByLeadDate).await;
    assert_eq!((cohort.leads, cohort.clients, cohort.contracts), (0, 0, 0));
    let month = ["2026-01-01", "2026-02-01"];
    assert_eq!(
        time_series(store, Attribution::ByContractDate, &month).await,
        [Sums { clients: 2, ..Default::default() }]
    );
    assert_eq!(time_series(store, Attribution::ByLeadDate, &month).await, [Sums::default()]);
}

pub async fn the_first_and_the_last_day_of_a_period_belong_to_it(store: &dyn Store) {
    let mut work = writing(store).await;
    campaign(&mut work).await;
    let long_before = fixtures::moment("2025-06-01T09:00:00Z");
    for (n, day) in (1..).zip(["2025-12-31", "2026-01-01", "2026-01-31", "2026-02-01"]) {
        convert(&mut work, n, long_before, long_before, day).await;
        let entry = fixtures::spend(n, fixtures::id(1), day, "10");
        Stored::of(&mut work).insert(&entry).await.unwrap();
    }
    work.commit().await.unwrap();
    let event = january(store, Attribution::ByContractDate).await;
    assert_eq!((event.clients, event.contracts, event.revenue, event.spend), (0, 2, 200, 2000));
    let cohort = january(store, Attribution::ByLeadDate).await;
    assert_eq!((cohort.contracts, cohort.revenue, cohort.spend), (0, 0, 2000));
    let day = sums(store, Attribution::ByContractDate, Some(window(("2026-02-01", "2026-02-01")))).await[0].sums;
    assert_eq!((day.contracts, day.revenue, day.spend), (1, 100, 1000));
}
