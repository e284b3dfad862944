//! The example of the handbook, to the digit: each lens, each grouping, each month.
use crate::support::{Office, Person, details::spend, example::Example, first_page, is_forbidden};
use application::{Comparison, RowSubject, StatisticsReport, StatisticsRequest};
use conformance::fixtures::{day, moment, money, period};
use domain::{
    audit::{AuditAction, AuditFilter},
    campaign::CampaignDetails,
    statistics::{Attribution, BucketSize, Cell, Figures, Grouping, Hundredths},
    values::{CampaignName, OpenPeriod, Period},
};

async fn asked(it: &Example, question: StatisticsRequest) -> StatisticsReport {
    it.office.session(Person::Anna).await.statistics(question).await.unwrap()
}

async fn reported(it: &Example, attribution: Attribution, period: Option<Period>) -> StatisticsReport {
    asked(it, StatisticsRequest { attribution, period, ..Default::default() }).await
}

fn text(number: Option<Hundredths>) -> String {
    let Some(Hundredths(number)) = number else { return "—".into() };
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", number.abs() / 100, number.abs() % 100)
}

/// N K X S R on-service cross K/N CPL CAC average R/S ROI budget-use.
fn line(name: &str, it: &Figures) -> String {
    let money = |amount| text(Some(Hundredths(amount)));
    let planned = if it.planned.is_some() { "(план)" } else { "" };
    let mut cells = vec![name.to_owned(), it.leads.to_string(), it.clients.to_string(), it.contracts.to_string()];
    cells.push(money(it.spend) + planned);
    cells.extend([it.revenue, it.on_service, it.cross_sell].map(money));
    let ratios = [it.conversion, it.cost_per_lead, it.cost_per_client, it.average_contract];
    cells.extend(ratios.map(text));
    cells.extend([it.income_to_cost, it.roi, it.budget_use].map(text));
    cells.join(" ")
}

fn lines(report: &StatisticsReport) -> Vec<String> {
    let mut lines: Vec<String> = report.rows.iter().map(|it| line(&it.name, &it.figures)).collect();
    lines.sort();
    lines.push(line("total", &report.total));
    lines
}

const ALL_TIME: [&str; 5] = [
    "C1 10 3 4 90000.00 183333.33 163333.33 20000.00 30.00 9000.00 30000.00 45833.33 2.04 103.70 90.00",
    "C2 5 1 1 45000.00 40000.00 40000.00 0.00 20.00 9000.00 45000.00 40000.00 0.89 -11.11 90.00",
    "C3 2 1 1 0.00(план) 10000.00 10000.00 0.00 50.00 0.00 0.00 10000.00 — — —",
    "C4 0 0 0 30000.00 0.00 0.00 0.00 — — — — 0.00 -100.00 100.00",
    "total 17 5 6 165000.00(план) 233333.33 213333.33 20000.00 29.41 9705.88 33000.00 38888.89 1.41 41.41 91.67",
];

#[tokio::test]
async fn the_whole_table_comes_out_to_the_digit_through_both_lenses() {
    for office in Office::each().await {
        let it = Example::over(office).await;
        for attribution in Attribution::ALL {
            assert_eq!(lines(&reported(&it, attribution, None).await), ALL_TIME, "{attribution:?}");
            let year = period("2026-01-01", "2026-12-31");
            // A plan without dates is in no period, not even one of 0.
            let expected = ALL_TIME.map(|it| it.replace("(план)", ""));
            assert_eq!(lines(&reported(&it, attribution, Some(year)).await), expected, "{attribution:?}");
        }
    }
}

/// Leads, clients, contracts, spend, revenue of C1 to C4 and of all together.
type Month = [(u64, u64, u64, &'static str, &'static str); 5];

const COHORT: [Month; 4] = [
    [(6, 2, 3, "60000", "150000"), (5, 1, 1, "45000", "40000"), NONE, NONE, (11, 3, 4, "105000", "190000")],
    [(4, 1, 1, "30000", "33333.33"), NONE, (2, 1, 1, "0", "10000"), SPENT, (6, 2, 2, "60000", "43333.33")],
    [NONE; 5],
    [NONE; 5],
];
const EVENT: [Month; 4] = [
    [(6, 1, 1, "60000", "80000"), (5, 0, 0, "45000", "0"), NONE, NONE, (11, 1, 1, "105000", "80000")],
    [
        (4, 1, 1, "30000", "33333.33"),
        (0, 1, 1, "0", "40000"),
        (2, 0, 0, "0", "0"),
        SPENT,
        (6, 2, 2, "60000", "73333.33"),
    ],
    [(0, 1, 1, "0", "50000"), NONE, (0, 1, 1, "0", "10000"), NONE, (0, 2, 2, "0", "60000")],
    [(0, 0, 1, "0", "20000"), NONE, NONE, NONE, (0, 0, 1, "0", "20000")],
];
const NONE: (u64, u64, u64, &str, &str) = (0, 0, 0, "0", "0");
const SPENT: (u64, u64, u64, &str, &str) = (0, 0, 0, "30000", "0");
const MONTHS: [(&str, &str); 4] = [
    ("2026-01-01", "2026-01-31"),
    ("2026-02-01", "2026-02-28"),
    ("2026-03-01", "2026-03-31"),
    ("2026-04-01", "2026-04-30"),
];

#[tokio::test]
async fn each_month_counts_leads_of_it_through_one_lens_and_contracts_of_it_through_the_other() {
    for office in Office::each().await {
        let it = Example::over(office).await;
        for (attribution, expected) in [(Attribution::ByLeadDate, COHORT), (Attribution::ByContractDate, EVENT)] {
            for ((from, until), month) in MONTHS.into_iter().zip(expected) {
                let mut report = reported(&it, attribution, Some(period(from, until))).await;
                report.rows.sort_by(|a, b| a.name.cmp(&b.name));
                let all = report.rows.iter().map(|it| it.figures).chain([report.total]);
                let minor = |text| i128::from(money(text).minor());
                let found: Vec<_> = all.map(|it| (it.leads, it.clients, it.contracts, it.spend, it.revenue)).collect();
                let expected = month.map(|(n, k, x, s, r)| (n, k, x, minor(s), minor(r)));
                assert_eq!(found, expected, "{attribution:?} {from}");
            }
        }
    }
}

#[tokio::test]
async fn the_flow_by_month_adds_up_to_the_table() {
    for office in Office::each().await {
        let it = Example::over(office).await;
        for (attribution, clients) in
            [(Attribution::ByLeadDate, [3, 2, 0, 0]), (Attribution::ByContractDate, [1, 2, 2, 0])]
        {
            let time_series = reported(&it, attribution, Some(period("2026-01-01", "2026-12-31"))).await.time_series;
            let found: Vec<_> = time_series.iter().map(|it| (it.figures.leads, it.figures.clients)).collect();
            let expected: Vec<_> = [11, 6, 0, 0].into_iter().zip(clients).collect();
            assert_eq!((&found[..4], found.len()), (&expected[..], 12), "{attribution:?}");
            assert_eq!(time_series[1].days, period("2026-02-01", "2026-02-28"));
        }
        it.office.clock.set(moment("2026-12-31T12:00:00Z"));
        let time_series = reported(&it, Attribution::ByLeadDate, None).await.time_series;
        assert_eq!(time_series.len(), 12);
        assert_eq!(time_series.iter().map(|it| it.figures.leads).sum::<u64>(), 17);
    }
}

#[tokio::test]
async fn a_day_is_a_day_of_moscow() {
    for office in Office::each().await {
        let it = Example::over(office).await;
        it.lead("2026-06-30T20:59:59.999999Z", Some(it.campaigns[3])).await;
        it.lead("2026-06-30T21:00:00Z", Some(it.campaigns[3])).await;
        for attribution in Attribution::ALL {
            let leads = async |on: &str| reported(&it, attribution, Some(period(on, on))).await.total.leads;
            assert_eq!((leads("2026-06-30").await, leads("2026-07-01").await), (1, 1), "{attribution:?}");
        }
    }
}

#[tokio::test]
async fn leads_without_a_campaign_have_a_row_of_their_own() {
    for office in Office::each().await {
        let it = Example::over(office).await;
        let walk_in = it.lead("2026-05-04T09:00:00Z", None).await;
        it.lead("2026-05-05T09:00:00Z", None).await;
        it.sign(walk_in, None, 0, "2026-05-06", "1000").await;
        let report = reported(&it, Attribution::ByLeadDate, None).await;
        let none = report.rows.iter().find(|it| it.of == RowSubject::NoCampaign).unwrap().figures;
        let expected = "none 2 1 1 0.00 1000.00 0.00 1000.00 50.00 0.00 0.00 1000.00 — — —";
        assert_eq!(line("none", &none), expected);
        let sum = |of: fn(&Figures) -> i128| report.rows.iter().map(|it| of(&it.figures)).sum::<i128>();
        assert_eq!(sum(|it| it.leads.into()), i128::from(report.total.leads));
        assert_eq!(sum(|it| it.revenue), report.total.revenue);
        assert_eq!(report.total.leads, 19);
    }
}

#[tokio::test]
async fn cancelled_spend_and_archived_records_are_counted_as_the_handbook_says() {
    for office in Office::each().await {
        let it = Example::over(office).await;
        let extra = it.by.add_spend(it.office.id(), it.campaigns[2], spend()).await.unwrap();
        assert_ne!(lines(&reported(&it, Attribution::ByLeadDate, None).await), ALL_TIME);
        it.by.cancel_spend(extra, true).await.unwrap();
        for campaign in &it.campaigns {
            it.by.archive_campaign(*campaign, true).await.unwrap();
        }
        it.by.archive_service(it.services[0], true).await.unwrap();
        let report = reported(&it, Attribution::ByLeadDate, None).await;
        // An archived campaign has no plan any more.
        assert_eq!(lines(&report), ALL_TIME.map(|it| it.replace("(план)", "")));
        let archived: Vec<_> =
            report.rows.iter().filter(|it| it.figures.archived_unspent).map(|it| it.name.as_str()).collect();
        assert_eq!((archived, report.total.archived_unspent), (vec!["C3"], false));
    }
}

#[tokio::test]
async fn the_page_of_a_campaign_says_what_the_table_says() {
    let it = Example::over(Office::new().await).await;
    let report = reported(&it, Attribution::ByLeadDate, None).await;
    for row in &report.rows {
        let RowSubject::Campaign(id) = row.of else { panic!("{:?}", row.of) };
        let page = it.by.campaign(id, application::CampaignPage::first_spend()).await.unwrap();
        assert_eq!(page.figures, Some(row.figures), "{}", row.name);
    }
    assert_eq!(report.rows.len(), 4);
}

async fn by(it: &Example, attribution: Attribution, by: Grouping) -> Vec<String> {
    let report = asked(it, StatisticsRequest { attribution, by, period: None }).await;
    let name = |of: &RowSubject| match of {
        RowSubject::Month(from, _) => from.format("%Y-%m").to_string(),
        other => format!("{other:?}"),
    };
    let named = |it: &application::ReportRow| if it.name.is_empty() { name(&it.of) } else { it.name.clone() };
    let mut lines: Vec<String> = report.rows.iter().map(|it| line(&named(it), &it.figures)).collect();
    lines.sort();
    lines
}

#[tokio::test]
async fn channels_and_services_are_made_of_their_campaigns() {
    for office in Office::each().await {
        let it = Example::over(office).await;
        for attribution in Attribution::ALL {
            let channels = [
                "Директ 10 3 4 120000.00 183333.33 163333.33 20000.00 30.00 12000.00 40000.00 45833.33 1.53 52.78 92.31",
                "Почта 7 2 2 45000.00(план) 50000.00 50000.00 0.00 28.57 6428.57 22500.00 25000.00 1.11 11.11 90.00",
            ];
            assert_eq!(by(&it, attribution, Grouping::Channel).await, channels, "{attribution:?}");
            let services = [
                "A 12 4 5 90000.00(план) 193333.33 173333.33 20000.00 33.33 7500.00 22500.00 38666.67 2.15 114.81 90.00",
                "B 5 1 1 75000.00 40000.00 40000.00 0.00 20.00 15000.00 75000.00 40000.00 0.53 -46.67 93.75",
            ];
            assert_eq!(by(&it, attribution, Grouping::Service).await, services, "{attribution:?}");
        }
    }
}

#[tokio::test]
async fn months_have_what_their_lens_puts_into_them() {
    for office in Office::each().await {
        let it = Example::over(office).await;
        it.office.clock.set(moment("2026-04-15T09:00:00Z"));
        let cohort = [
            "2026-01 11 3 4 105000.00 190000.00 170000.00 20000.00 27.27 9545.45 35000.00 47500.00 1.81 80.95 —",
            "2026-02 6 2 2 60000.00 43333.33 43333.33 0.00 33.33 10000.00 30000.00 21666.66 0.72 -27.78 —",
        ];
        assert_eq!(by(&it, Attribution::ByLeadDate, Grouping::Month).await, cohort);
        let event = [
            "2026-01 11 1 1 105000.00 80000.00 80000.00 0.00 9.09 9545.45 105000.00 80000.00 0.76 -23.81 —",
            "2026-02 6 2 2 60000.00 73333.33 73333.33 0.00 33.33 10000.00 30000.00 36666.66 1.22 22.22 —",
            "2026-03 0 2 2 0.00 60000.00 60000.00 0.00 — — 0.00 30000.00 — — —",
            "2026-04 0 0 1 0.00 20000.00 0.00 20000.00 — — — 20000.00 — — —",
        ];
        assert_eq!(by(&it, Attribution::ByContractDate, Grouping::Month).await, event);
    }
}

#[tokio::test]
async fn rows_of_every_grouping_add_up_to_the_total() {
    for office in Office::each().await {
        let it = Example::over(office).await;
        it.lead("2026-02-04T09:00:00Z", None).await;
        // Two campaigns that never spent anything: the plan of one belongs to no month, that of the other to its days.
        let idle = crate::support::details::campaign(it.services[0]);
        it.by.create_campaign(it.office.id(), idle.clone()).await.unwrap();
        let dates = OpenPeriod::new(Some(day("2026-01-20")), Some(day("2027-06-30"))).unwrap();
        let idle = CampaignDetails { name: CampaignName::parse("Осень").unwrap(), dates, ..idle };
        it.by.create_campaign(it.office.id(), idle).await.unwrap();
        it.office.clock.set(moment("2027-06-01T09:00:00Z"));
        for attribution in Attribution::ALL {
            for period in [None, Some(period("2026-01-15", "2026-03-31")), Some(period("2016-01-02", "2026-01-01"))] {
                for by in Grouping::ALL {
                    let report = asked(&it, StatisticsRequest { attribution, period, by }).await;
                    let sum = |of: fn(&Figures) -> i128| report.rows.iter().map(|it| of(&it.figures)).sum::<i128>();
                    let total = report.total;
                    assert_eq!(sum(|it| it.leads.into()), total.leads.into(), "{attribution:?} {by:?} {period:?}");
                    assert_eq!(sum(|it| it.taken_up.into()), total.taken_up.into(), "{attribution:?} {by:?}");
                    assert_eq!(sum(|it| it.clients.into()), total.clients.into(), "{attribution:?} {by:?}");
                    assert_eq!(sum(|it| it.contracts.into()), total.contracts.into(), "{attribution:?} {by:?}");
                    assert_eq!(sum(|it| it.spend), total.spend, "{attribution:?} {by:?} {period:?}");
                    assert_eq!(sum(|it| it.revenue), total.revenue, "{attribution:?} {by:?}");
                    assert_eq!(sum(|it| it.on_service), total.on_service, "{attribution:?} {by:?}");
                    let nowhere = report.rows.iter().any(|it| it.of == RowSubject::Undated);
                    assert_eq!(nowhere, by == Grouping::Month && period.is_none(), "{attribution:?} {by:?}");
                    assert_eq!(total.plan_without_dates > 0, period.is_some(), "{attribution:?} {by:?}");
                    let bars = report.largest.iter().map(|it| it.figures).chain(report.others.map(|it| it.figures));
                    assert_eq!(bars.map(|it| it.revenue).sum::<i128>(), total.revenue);
                    if period.is_some() {
                        let time_series = report.time_series.iter().map(|it| it.figures);
                        let sum = |of: fn(&Figures) -> i128| time_series.clone().map(|it| of(&it)).sum::<i128>();
                        assert_eq!(sum(|it| it.leads.into()), total.leads.into(), "{attribution:?} {period:?}");
                        assert_eq!(sum(|it| it.spend), total.spend, "{attribution:?} {period:?}");
                        assert_eq!(sum(|it| it.planned.unwrap_or(0)), total.planned.unwrap_or(0));
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn a_period_is_compared_with_the_days_right_before_it() {
    for office in Office::each().await {
        let it = Example::over(office).await;
        let report = reported(&it, Attribution::ByLeadDate, Some(period("2026-02-01", "2026-02-28"))).await;
        let Comparison { period: before, as_of, changes } = report.comparison.unwrap();
        assert_eq!((before, as_of), (period("2026-01-04", "2026-01-31"), Some(day("2026-02-01"))));
        let all = [changes.leads, changes.clients, changes.conversion, changes.revenue, changes.spend, changes.roi];
        // It is the first of March: on the first of February none of the leads before had become a client.
        assert_eq!(all.map(text), ["-25.00", "—", "33.33", "—", "-42.86", "72.22"]);
        assert_eq!(report.step, BucketSize::Day);
        // Half a year later all of them have.
        it.office.clock.set(moment("2026-09-01T09:00:00Z"));
        let report = reported(&it, Attribution::ByLeadDate, Some(period("2026-02-01", "2026-02-28"))).await;
        let Comparison { as_of, changes, .. } = report.comparison.unwrap();
        let all = [changes.leads, changes.clients, changes.conversion, changes.revenue, changes.spend, changes.roi];
        assert_eq!(as_of, Some(day("2026-08-04")));
        assert_eq!(all.map(text), ["-25.00", "100.00", "20.83", "8.33", "-42.86", "34.12"]);
        // Of leads that are still to come there is nothing to compare.
        let future = Some(period("2026-09-02", "2026-09-30"));
        assert!(reported(&it, Attribution::ByLeadDate, future).await.comparison.is_none());
        assert!(reported(&it, Attribution::ByContractDate, future).await.comparison.is_none());
        // Of a period that is not over, as many days of the one before.
        it.office.clock.set(moment("2026-02-14T09:00:00Z"));
        let running = Some(period("2026-02-01", "2026-02-28"));
        let Comparison { period: before, as_of, .. } =
            reported(&it, Attribution::ByContractDate, running).await.comparison.unwrap();
        assert_eq!((before, as_of), (period("2026-01-04", "2026-01-17"), None));
        it.office.clock.set(moment("2026-09-01T09:00:00Z"));
        // Nothing was before: there is nothing to compare with.
        let report = reported(&it, Attribution::ByContractDate, Some(period("2026-01-01", "2026-03-31"))).await;
        let Comparison { period: before, as_of, changes } = report.comparison.unwrap();
        assert_eq!((before, as_of, report.step), (period("2025-10-03", "2025-12-31"), None, BucketSize::Week));
        let all = [changes.leads, changes.clients, changes.conversion, changes.revenue, changes.spend, changes.roi];
        assert_eq!(all.map(text), ["—"; 6]);
        assert!(reported(&it, Attribution::ByContractDate, None).await.comparison.is_none());
    }
}

#[tokio::test]
async fn cohorts_add_up_to_the_statistics_of_their_months() {
    for office in Office::each().await {
        let it = Example::over(office).await;
        it.office.clock.set(moment("2026-04-15T09:00:00Z"));
        let anna = it.office.session(Person::Anna).await;
        let cohorts = anna.cohorts(12).await.unwrap();
        assert_eq!(cohorts.period, period("2025-05-01", "2026-04-15"));
        let cell = |clients, contracts, amount| Cell { clients, contracts, revenue: money(amount).minor().into() };
        let january = &cohorts.rows[0];
        let expected = [cell(1, 1, "80000"), cell(1, 1, "40000"), cell(1, 1, "50000"), cell(0, 1, "20000")];
        assert_eq!((january.month, january.leads, january.begun), (period("2026-01-01", "2026-01-01").from(), 11, 4));
        assert_eq!(january.cells[..4], expected);
        assert_eq!(january.sum, cell(3, 4, "190000"));
        assert_eq!(cohorts.rows[1].cells[..2], [cell(1, 1, "33333.33"), cell(1, 1, "10000")]);
        for months in [1, 3, 12, 36, 1000] {
            let cohorts = anna.cohorts(months).await.unwrap();
            let expected = [(1, 0), (3, 3)].into_iter().find(|it| it.0 == months).map_or(4, |it| it.1);
            assert_eq!(cohorts.rows.len(), expected, "{months}");
            let whole = reported(&it, Attribution::ByLeadDate, Some(cohorts.period)).await.total;
            let sum = cohorts.total.sum;
            assert_eq!((sum.clients, sum.contracts, sum.revenue), (whole.clients, whole.contracts, whole.revenue));
            assert_eq!(cohorts.total.leads, whole.leads, "{months}");
        }
    }
}

#[tokio::test]
async fn exports_of_statistics_are_in_the_log() {
    for office in Office::each().await {
        let it = Example::over(office).await;
        it.office.clock.set(moment("2026-04-15T09:00:00Z"));
        let marina = it.office.session(Person::Marina).await;
        let question = StatisticsRequest { by: Grouping::Channel, ..Default::default() };
        assert_eq!(marina.export_statistics(question).await.unwrap().rows.len(), 2);
        assert_eq!(marina.export_cohorts(24).await.unwrap().rows.len(), 4);
        let filter = AuditFilter { act: Some(AuditAction::Exported), ..Default::default() };
        let log = it.office.director().await.audit_log(&filter, first_page()).await.unwrap().page;
        let mut told: Vec<_> = log.items.into_iter().map(|it| it.unwrap().changes[0].after.clone().unwrap()).collect();
        told.sort();
        assert_eq!(told, ["cohorts 4", "statistics 2"]);
        for person in [Person::Anna, Person::Alla, Person::Nina] {
            let session = it.office.session(person).await;
            assert!(is_forbidden(&session.export_statistics(question).await), "{person:?}");
            assert!(is_forbidden(&session.export_cohorts(12).await), "{person:?}");
        }
    }
}
