//! The figures of the handbook's example, to the digit.
use domain::{
    campaign::{Campaign, CampaignId},
    statistics::{Attribution, CampaignSums, Figures, Hundredths, Scope, Sums, Window},
    store::Store,
    values::{Money, Period},
};

use crate::{
    example::{A, CAMPAIGNS, example, sign, window},
    fixtures,
    support::{Stored, change, reading, writing},
};

const JANUARY: (&str, &str) = ("2026-01-01", "2026-01-31");
const FEBRUARY: (&str, &str) = ("2026-02-01", "2026-02-28");
const MARCH: (&str, &str) = ("2026-03-01", "2026-03-31");
const APRIL: (&str, &str) = ("2026-04-01", "2026-04-30");

/// The table of the handbook: N, K, X, S, R, on service, cross-sell, K/N, CPL, CAC, average contract, R/S, ROI, budget use.
const ALL_TIME: [&str; 6] = [
    "C1 10 3 4 90000.00 183333.33 163333.33 20000.00 30.00 9000.00 30000.00 45833.33 2.04 103.70 90.00",
    "C2 5 1 1 45000.00 40000.00 40000.00 0.00 20.00 9000.00 45000.00 40000.00 0.89 -11.11 90.00",
    "C3 2 1 1 0.00(planned) 10000.00 10000.00 0.00 50.00 0.00 0.00 10000.00 — — —",
    "C4 0 0 0 30000.00 0.00 0.00 0.00 — — — — 0.00 -100.00 100.00",
    "none 0 0 0 0.00 0.00 0.00 0.00 — — — — — — —",
    "total 17 5 6 165000.00(planned) 233333.33 213333.33 20000.00 29.41 9705.88 33000.00 38888.89 1.41 41.41 91.67",
];

/// Sums in the order of the campaigns, the leads without any last.
pub(crate) async fn sums(store: &dyn Store, attribution: Attribution, window: Option<Window>) -> Vec<CampaignSums> {
    let mut sums = reading(store).await.sums(attribution, window.as_ref(), None).await.unwrap();
    sums.sort_by_key(|it| (it.campaign.is_none(), it.id()));
    sums
}

fn text(number: Option<Hundredths>) -> String {
    let Some(Hundredths(number)) = number else { return "—".into() };
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", number.abs() / 100, number.abs() % 100)
}

fn line(name: &str, it: &Figures) -> String {
    let money = |amount| text(Some(Hundredths(amount)));
    let planned = if it.planned.is_some() { "(planned)" } else { "" };
    let spend = money(it.spend) + planned;
    let counts = format!("{name} {} {} {} {spend}", it.leads, it.clients, it.contracts);
    let sums = [money(it.revenue), money(it.on_service), money(it.cross_sell)].join(" ");
    let ratios = [
        it.conversion,
        it.cost_per_lead,
        it.cost_per_client,
        it.average_contract,
        it.income_to_cost,
        it.roi,
        it.budget_use,
    ];
    [counts, sums, ratios.map(text).join(" ")].join(" ")
}

/// In June, long after everything in the example.
pub(crate) fn in_june(period: Option<Period>) -> Scope {
    Scope { period, today: fixtures::day("2026-06-01") }
}

fn table(sums: &[CampaignSums], scope: Scope) -> Vec<String> {
    let name = |campaign: Option<CampaignId>| {
        let number = campaign.map(|it| (1..=4).find(|n| fixtures::id::<CampaignId>(*n) == it).unwrap());
        number.map_or_else(|| "none".to_owned(), |it| format!("C{it}"))
    };
    let mut lines: Vec<String> = sums.iter().map(|it| line(&name(it.id()), &Figures::of(it, scope))).collect();
    lines.push(line("total", &Figures::total(sums, scope)));
    lines
}

/// Leads, clients, contracts, spend and revenue.
fn facts(CampaignSums { sums: it, .. }: &CampaignSums) -> (u64, u64, u64, i128, i128) {
    (it.leads, it.clients, it.contracts, it.spend / 100, it.revenue)
}

fn has_spend(it: &CampaignSums) -> bool {
    it.campaign.as_ref().is_some_and(|it| it.has_spend)
}

pub async fn an_empty_store_has_the_row_of_no_campaign(store: &dyn Store) {
    for attribution in Attribution::ALL {
        for window in [None, Some(window(JANUARY))] {
            assert_eq!(sums(store, attribution, window).await, [CampaignSums::default()]);
        }
    }
}

pub async fn the_example_of_the_handbook_comes_out_to_the_digit(store: &dyn Store) {
    example(store).await;
    for attribution in Attribution::ALL {
        assert_eq!(table(&sums(store, attribution, None).await, in_june(None)), ALL_TIME, "{attribution:?}");
        let year = window(("2026-01-01", "2026-12-31"));
        // A plan without dates is in no period, not even one of 0.
        let expected = ALL_TIME.map(|it| it.replace("(planned)", ""));
        let found = table(&sums(store, attribution, Some(year)).await, in_june(Some(year.days)));
        assert_eq!(found, expected, "{attribution:?}");
    }
}

pub async fn a_cohort_is_followed_whenever_its_contracts_were_signed(store: &dyn Store) {
    example(store).await;
    let january = sums(store, Attribution::ByLeadDate, Some(window(JANUARY))).await;
    let facts_of = |rows: &[CampaignSums]| rows.iter().map(facts).collect::<Vec<_>>();
    let nothing = (0, 0, 0, 0, 0);
    let expected = [(6, 2, 3, 60_000, 15_000_000), (5, 1, 1, 45_000, 4_000_000), nothing, nothing, nothing];
    assert_eq!(facts_of(&january), expected);
    assert_eq!(january[0].sums.on_service, 13_000_000);
    let february = sums(store, Attribution::ByLeadDate, Some(window(FEBRUARY))).await;
    let expected = [(4, 1, 1, 30_000, 3_333_333), nothing, (2, 1, 1, 0, 1_000_000), (0, 0, 0, 30_000, 0), nothing];
    assert_eq!(facts_of(&february), expected);
    let march = sums(store, Attribution::ByLeadDate, Some(window(MARCH))).await;
    assert_eq!(facts_of(&march), [nothing; 5]);
    // That there is spend at all does not depend on the period.
    assert_eq!(march.iter().map(has_spend).collect::<Vec<_>>(), [true, true, false, true, false]);
}

pub async fn an_event_counts_when_it_happened(store: &dyn Store) {
    example(store).await;
    let mut months = Vec::new();
    for month in [JANUARY, FEBRUARY, MARCH, APRIL] {
        months.push(sums(store, Attribution::ByContractDate, Some(window(month))).await);
    }
    let first: Vec<_> = months.iter().map(|it| facts(&it[0])).collect();
    let expected =
        [(6, 1, 1, 60_000, 8_000_000), (4, 1, 1, 30_000, 3_333_333), (0, 1, 1, 0, 5_000_000), (0, 0, 1, 0, 2_000_000)];
    assert_eq!(first, expected);
    assert_eq!(months.iter().map(|it| it[0].sums.on_service).collect::<Vec<_>>(), [8_000_000, 3_333_333, 5_000_000, 0]);
    let total = |it| Figures::total(it, in_june(None));
    let all: Vec<_> = months.iter().map(total).map(|it| (it.contracts, it.revenue)).collect();
    assert_eq!(all, [(1, 8_000_000), (2, 7_333_333), (2, 6_000_000), (1, 2_000_000)]);
}

pub async fn what_does_not_count_changes_no_figure(store: &dyn Store) {
    example(store).await;
    let mut work = writing(store).await;
    let free = sign(&mut work, 50, fixtures::id(A), "2026-01-15", "70000").await;
    Stored::of(&mut work).insert(&free).await.unwrap();
    for (n, campaign) in [(50, 1), (51, 3)] {
        let mut mistake = fixtures::spend(n, fixtures::id(campaign), "2026-01-15", "70000");
        mistake.cancelled = true;
        Stored::of(&mut work).insert(&mistake).await.unwrap();
    }
    work.commit().await.unwrap();
    let (n, service, budget) = CAMPAIGNS[1];
    let mut archived: Campaign = fixtures::campaign(n, "C2", fixtures::id(service));
    archived.details.budget = fixtures::money(budget);
    change(store, &archived, |it| it.archived = true).await;
    change(store, &fixtures::service(A, "А"), |it| it.archived = true).await;
    for attribution in Attribution::ALL {
        assert_eq!(table(&sums(store, attribution, None).await, in_june(None)), ALL_TIME, "{attribution:?}");
    }
    // The only entry is cancelled afterwards: the budget counts again.
    let last = fixtures::spend(4, fixtures::id(4), "2026-02-01", "30000");
    change(store, &last, |it| it.cancelled = true).await;
    let rows = sums(store, Attribution::ByLeadDate, None).await;
    assert_eq!((rows[3].sums.spend, has_spend(&rows[3])), (0, false));
    assert_eq!(Figures::of(&rows[3], in_june(None)).planned, Some(3_000_000));
}

pub async fn leads_without_a_campaign_make_the_rows_add_up(store: &dyn Store) {
    example(store).await;
    let at = fixtures::moment("2026-01-20T09:00:00Z");
    let mut work = writing(store).await;
    let (mut walk_in, idle) =
        (fixtures::lead_at(50, at, "Зашёл сам", None), fixtures::lead_at(51, at, "Не решил", None));
    let mut contract = sign(&mut work, 50, fixtures::id(A), "2026-02-01", "1000").await;
    let signed = fixtures::moment("2026-02-01T09:00:00Z");
    let client = fixtures::client(50, signed, &mut walk_in, &mut contract);
    for lead in [&walk_in, &idle] {
        Stored::of(&mut work).insert(lead).await.unwrap();
    }
    Stored::of(&mut work).insert(&contract).await.unwrap();
    Stored::of(&mut work).insert(&client).await.unwrap();
    work.commit().await.unwrap();

    let rows = sums(store, Attribution::ByLeadDate, None).await;
    let none = Sums { leads: 2, taken_up: 1, clients: 1, contracts: 1, revenue: 100_000, ..Default::default() };
    assert_eq!((&rows[4].campaign, rows[4].sums), (&None, none));
    let whole = Figures::total(&rows, in_june(None));
    assert_eq!((whole.leads, whole.clients, whole.contracts, whole.revenue), (19, 6, 7, 23_433_333));
    let january = sums(store, Attribution::ByLeadDate, Some(window(JANUARY))).await;
    assert_eq!(january[4].sums, none);
    let january = sums(store, Attribution::ByContractDate, Some(window(JANUARY))).await;
    assert_eq!(january[4].sums, Sums { leads: 2, taken_up: 1, ..Default::default() });
    let february = sums(store, Attribution::ByContractDate, Some(window(FEBRUARY))).await;
    assert_eq!(february[4].sums, Sums { leads: 0, taken_up: 0, ..none });
}

pub async fn amounts_at_their_limit_add_up(store: &dyn Store) {
    let mut work = writing(store).await;
    Stored::of(&mut work).insert(&fixtures::service(1, "А")).await.unwrap();
    let mut campaign = fixtures::campaign(1, "C1", fixtures::id(1));
    campaign.details.budget = Money::MAX;
    Stored::of(&mut work).insert(&campaign).await.unwrap();
    for n in 1..=3 {
        let mut entry = fixtures::spend(n, campaign.id, "2026-01-15", "1");
        entry.details.amount = Money::MAX;
        Stored::of(&mut work).insert(&entry).await.unwrap();
        let mut lead = fixtures::lead(n, "Иван", Some(campaign.id));
        let mut contract = sign(&mut work, n, fixtures::id(1), "2026-01-15", "1").await;
        contract.details.amount = Money::MAX;
        let client = fixtures::client(n, fixtures::moment_of(n), &mut lead, &mut contract);
        Stored::of(&mut work).insert(&lead).await.unwrap();
        Stored::of(&mut work).insert(&contract).await.unwrap();
        Stored::of(&mut work).insert(&client).await.unwrap();
    }
    work.commit().await.unwrap();
    let max = i128::from(Money::MAX.minor());
    let row = &sums(store, Attribution::ByContractDate, Some(window(JANUARY))).await[0];
    let budget = row.campaign.as_ref().unwrap().budget;
    let whole = (row.sums.spend, budget, row.sums.revenue, row.sums.on_service);
    assert_eq!(whole, (max * 3, max, max * 3, max * 3));
}
