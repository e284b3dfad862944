//! Figures over time: stretch by stretch, and all of them together.
use domain::{
    statistics::{Attribution, Figures, Sums, TimeBuckets, Window},
    store::Store,
};

use crate::{
    example::{example, moscow},
    figures::sums,
    fixtures,
    support::{reading, save},
};

/// The handbook's months, and the day behind them.
pub(crate) const MONTHS: [&str; 5] = ["2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01", "2026-05-01"];

pub(crate) fn buckets(boundaries: &[&str]) -> TimeBuckets {
    TimeBuckets::new(boundaries.iter().map(|it| fixtures::day(it)).collect(), moscow())
}

pub(crate) async fn time_series(store: &dyn Store, attribution: Attribution, buckets: &TimeBuckets) -> Vec<Sums> {
    reading(store).await.time_series(attribution, buckets).await.unwrap()
}

/// Of all campaigns together.
pub(crate) async fn whole(store: &dyn Store, attribution: Attribution, window: Option<Window>) -> Sums {
    sums(store, attribution, window).await.into_iter().map(|it| it.sums).sum()
}

pub async fn each_stretch_has_what_the_sums_of_it_say(store: &dyn Store) {
    example(store).await;
    save(store, &fixtures::lead(50, "Зашёл сам", None)).await;
    let halves = buckets(&["2026-01-01", "2026-01-16", "2026-02-01", "2026-02-10", "2026-02-11", "2026-05-01"]);
    for attribution in Attribution::ALL {
        let flow_of = time_series(store, attribution, &halves).await;
        for (window, found) in halves.windows().zip(&flow_of) {
            assert_eq!(*found, whole(store, attribution, Some(window)).await, "{attribution:?} {window:?}");
        }
        assert_eq!(flow_of.len(), 5);
        assert_eq!(flow_of.into_iter().sum::<Sums>(), whole(store, attribution, None).await, "{attribution:?}");
        assert_eq!(time_series(store, attribution, &buckets(&[])).await, []);
        assert_eq!(time_series(store, attribution, &buckets(&["2026-01-01"])).await, []);
    }
    let days = (0..400).map(|it| fixtures::day("2025-12-01") + chrono::Days::new(it)).collect();
    let daily = time_series(store, Attribution::ByContractDate, &TimeBuckets::new(days, moscow())).await;
    assert_eq!(
        (daily.len(), daily.into_iter().sum::<Sums>()),
        (399, whole(store, Attribution::ByContractDate, None).await)
    );
}

/// Leads, taken up, clients, contracts, spend, revenue, on service.
type Month = (u64, u64, u64, u64, i128, i128, i128);

pub async fn the_months_of_the_handbook_come_out_to_the_digit(store: &dyn Store) {
    example(store).await;
    let cohort: [Month; 4] = [
        (11, 3, 3, 4, 10_500_000, 19_000_000, 17_000_000),
        (6, 2, 2, 2, 6_000_000, 4_333_333, 4_333_333),
        (0, 0, 0, 0, 0, 0, 0),
        (0, 0, 0, 0, 0, 0, 0),
    ];
    let event: [Month; 4] = [
        (11, 3, 1, 1, 10_500_000, 8_000_000, 8_000_000),
        (6, 2, 2, 2, 6_000_000, 7_333_333, 7_333_333),
        (0, 0, 2, 2, 0, 6_000_000, 6_000_000),
        (0, 0, 0, 1, 0, 2_000_000, 0),
    ];
    for (attribution, expected) in [(Attribution::ByLeadDate, cohort), (Attribution::ByContractDate, event)] {
        let found = time_series(store, attribution, &buckets(&MONTHS)).await;
        let of = |it: &Sums| (it.leads, it.taken_up, it.clients, it.contracts, it.spend, it.revenue, it.on_service);
        assert_eq!(found.iter().map(of).collect::<Vec<_>>(), expected, "{attribution:?}");
        let january = Figures::of_stretch(&found[0], None);
        assert_eq!((january.spend, january.budget, january.planned, january.budget_use), (10_500_000, 0, None, None));
        let planned = Figures::of_stretch(&found[0], Some(500_000));
        assert_eq!((planned.spend, planned.planned), (11_000_000, Some(500_000)));
    }
}
