//! Figures over time: stretch by stretch, and all of them together.
use domain::{
    statistics::{Course, Figures, Lens, Sums, Window},
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

pub(crate) fn course(cuts: &[&str]) -> Course {
    Course::new(cuts.iter().map(|it| fixtures::day(it)).collect(), moscow())
}

pub(crate) async fn flow(store: &dyn Store, lens: Lens, course: &Course) -> Vec<Sums> {
    reading(store).await.flow(lens, course).await.unwrap()
}

/// Of all campaigns together.
pub(crate) async fn whole(store: &dyn Store, lens: Lens, window: Option<Window>) -> Sums {
    sums(store, lens, window).await.into_iter().map(|it| it.sums).sum()
}

pub async fn each_stretch_has_what_the_sums_of_it_say(store: &dyn Store) {
    example(store).await;
    save(store, &fixtures::lead(50, "Зашёл сам", None)).await;
    let halves = course(&["2026-01-01", "2026-01-16", "2026-02-01", "2026-02-10", "2026-02-11", "2026-05-01"]);
    for lens in Lens::ALL {
        let flow_of = flow(store, lens, &halves).await;
        for (window, found) in halves.windows().zip(&flow_of) {
            assert_eq!(*found, whole(store, lens, Some(window)).await, "{lens:?} {window:?}");
        }
        assert_eq!(flow_of.len(), 5);
        assert_eq!(flow_of.into_iter().sum::<Sums>(), whole(store, lens, None).await, "{lens:?}");
        assert_eq!(flow(store, lens, &course(&[])).await, []);
        assert_eq!(flow(store, lens, &course(&["2026-01-01"])).await, []);
    }
    let days = (0..400).map(|it| fixtures::day("2025-12-01") + chrono::Days::new(it)).collect();
    let daily = flow(store, Lens::Event, &Course::new(days, moscow())).await;
    assert_eq!((daily.len(), daily.into_iter().sum::<Sums>()), (399, whole(store, Lens::Event, None).await));
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
    for (lens, expected) in [(Lens::Cohort, cohort), (Lens::Event, event)] {
        let found = flow(store, lens, &course(&MONTHS)).await;
        let of = |it: &Sums| (it.leads, it.taken_up, it.clients, it.contracts, it.spend, it.revenue, it.on_service);
        assert_eq!(found.iter().map(of).collect::<Vec<_>>(), expected, "{lens:?}");
        let january = Figures::of_stretch(&found[0], None);
        assert_eq!((january.spend, january.budget, january.planned, january.budget_use), (10_500_000, 0, None, None));
        let planned = Figures::of_stretch(&found[0], Some(500_000));
        assert_eq!((planned.spend, planned.planned), (11_000_000, Some(500_000)));
    }
}
