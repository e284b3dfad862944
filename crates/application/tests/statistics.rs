//! The example of the handbook, made day by day through the use cases, to the digit.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod support;

use application::{ConversionContract, Report, Session};
use conformance::fixtures::{day, moment, money, period};
use domain::{
    campaign::{CampaignDetails, CampaignId},
    client::ClientId,
    contract::{ContractDetails, SigningDay},
    lead::LeadId,
    service::{ServiceDetails, ServiceId},
    spend::{SpendDay, SpendDetails},
    statistics::{Figures, Hundredths, Lens},
    values::{CampaignName, OpenPeriod, Period, ServiceName},
};
use support::{
    Office, Person,
    details::{campaign, client, contract, lead, service, spend},
};

/// Name, service, budget.
const CAMPAIGNS: [(&str, usize, &str); 4] =
    [("C1", 0, "100000"), ("C2", 1, "50000"), ("C3", 0, "0"), ("C4", 1, "30000")];
/// Campaign, day, amount.
const SPEND: [(usize, &str, &str); 4] =
    [(0, "2026-01-15", "60000"), (0, "2026-02-10", "30000"), (1, "2026-01-20", "45000"), (3, "2026-02-01", "30000")];
/// Lead, service, signing day, amount.
const CONTRACTS: [(usize, usize, &str, &str); 6] = [
    (1, 0, "2026-01-25", "80000"),
    (2, 0, "2026-03-02", "50000"),
    (2, 1, "2026-04-10", "20000"),
    (7, 0, "2026-02-28", "33333.33"),
    (11, 1, "2026-02-05", "40000"),
    (16, 0, "2026-03-01", "10000"),
];

struct Example {
    office: Office,
    by: Session,
    services: [ServiceId; 2],
    campaigns: Vec<CampaignId>,
}

impl Example {
    async fn over(office: Office) -> Self {
        let by = office.director().await;
        let mut services = Vec::new();
        for name in ["A", "B"] {
            let details = ServiceDetails { name: ServiceName::parse(name).unwrap(), ..service() };
            services.push(by.create_service(office.id(), details).await.unwrap());
        }
        let services = [services[0], services[1]];
        let mut it = Self { office, by, services, campaigns: Vec::new() };
        for (name, of, budget) in CAMPAIGNS {
            let details = CampaignDetails {
                name: CampaignName::parse(name).unwrap(),
                budget: money(budget),
                dates: OpenPeriod::default(),
                ..campaign(it.services[of])
            };
            it.campaigns.push(it.by.create_campaign(it.office.id(), details).await.unwrap());
        }
        for (of, on, amount) in SPEND {
            let details = SpendDetails { spent_on: SpendDay::new(day(on)).unwrap(), amount: money(amount), ..spend() };
            it.by.add_spend(it.office.id(), it.campaigns[of], details).await.unwrap();
        }
        let mut leads = Vec::new();
        for n in 1..=17 {
            let (of, month) = match n {
                1..=6 => (0, 1),
                7..=10 => (0, 2),
                11..=15 => (1, 1),
                _ => (2, 2),
            };
            leads.push(it.lead(&format!("2026-{month:02}-{n:02}T09:00:00Z"), Some(it.campaigns[of])).await);
        }
        let mut clients: Vec<(usize, ClientId)> = Vec::new();
        for (of, service, on, amount) in CONTRACTS {
            let known = clients.iter().find(|it| it.0 == of).map(|it| it.1);
            let made = it.sign(leads[of - 1], known, service, on, amount).await;
            clients.push((of, made));
        }
        it
    }

    async fn lead(&self, at: &str, campaign: Option<CampaignId>) -> LeadId {
        self.office.clock.set(moment(at));
        self.by.create_lead(self.office.id(), lead(campaign), None).await.unwrap()
    }

    /// At noon in Moscow of the signing day: the first contract converts, a further one is added.
    async fn sign(
        &self,
        lead: LeadId,
        known: Option<ClientId>,
        service: usize,
        signed_on: &str,
        amount: &str,
    ) -> ClientId {
        self.office.clock.set(moment(&format!("{signed_on}T09:00:00Z")));
        let (scan, id) = (self.office.upload(Person::Gleb).await, self.office.id());
        let signed = SigningDay::new(day(signed_on), self.office.crm.today()).unwrap();
        let details = ContractDetails { signed_on: signed, amount: money(amount), ..contract(self.services[service]) };
        if let Some(client) = known {
            self.by.create_contract(id, details, scan, Some(client)).await.unwrap();
            return client;
        }
        let form = ConversionContract::New { id, details, document: scan };
        self.by.convert_lead(lead, 1, client(), form).await.unwrap()
    }

    async fn report(&self, lens: Lens, period: Option<Period>) -> Report {
        self.office.session(Person::Anna).await.statistics(lens, period).await.unwrap()
    }
}

fn text(number: Option<Hundredths>) -> String {
    let Some(Hundredths(number)) = number else { return "—".into() };
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", number.abs() / 100, number.abs() % 100)
}

/// N K X S R on-service cross K/N CPL CAC average R/S ROI budget-use.
fn line(name: &str, it: &Figures) -> String {
    let money = |amount| text(Some(Hundredths(amount)));
    let planned = if it.planned { "(план)" } else { "" };
    let mut cells = vec![name.to_owned(), it.leads.to_string(), it.clients.to_string(), it.contracts.to_string()];
    cells.push(money(it.spend) + planned);
    cells.extend([it.revenue, it.on_service, it.cross_sell].map(money));
    let ratios = [it.conversion, it.cost_per_lead, it.cost_per_client, it.average_contract];
    cells.extend(ratios.map(text));
    cells.extend([it.income_to_cost, it.roi, it.budget_use].map(text));
    cells.join(" ")
}

fn lines(report: &Report) -> Vec<String> {
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
        for lens in Lens::ALL {
            assert_eq!(lines(&it.report(lens, None).await), ALL_TIME, "{lens:?}");
            let year = period("2026-01-01", "2026-12-31");
            assert_eq!(lines(&it.report(lens, Some(year)).await), ALL_TIME, "{lens:?}");
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
        for (lens, expected) in [(Lens::Cohort, COHORT), (Lens::Event, EVENT)] {
            for ((from, until), month) in MONTHS.into_iter().zip(expected) {
                let mut report = it.report(lens, Some(period(from, until))).await;
                report.rows.sort_by(|a, b| a.name.cmp(&b.name));
                let all = report.rows.iter().map(|it| it.figures).chain([report.total]);
                let minor = |text| i128::from(money(text).minor());
                let found: Vec<_> = all.map(|it| (it.leads, it.clients, it.contracts, it.spend, it.revenue)).collect();
                let expected = month.map(|(n, k, x, s, r)| (n, k, x, minor(s), minor(r)));
                assert_eq!(found, expected, "{lens:?} {from}");
            }
        }
    }
}

#[tokio::test]
async fn the_flow_by_month_adds_up_to_the_table() {
    for office in Office::each().await {
        let it = Example::over(office).await;
        for (lens, clients) in [(Lens::Cohort, [3, 2, 0, 0]), (Lens::Event, [1, 2, 2, 0])] {
            let flow = it.report(lens, Some(period("2026-01-01", "2026-04-30"))).await.flow;
            let found: Vec<_> = flow.iter().map(|it| (it.sums.leads, it.sums.clients)).collect();
            let expected: Vec<_> = [11, 6, 0, 0].into_iter().zip(clients).collect();
            assert_eq!(found, expected, "{lens:?}");
            assert_eq!(flow[1].days, period("2026-02-01", "2026-02-28"));
        }
        it.office.clock.set(moment("2026-12-31T12:00:00Z"));
        let flow = it.report(Lens::Cohort, None).await.flow;
        assert_eq!(flow.len(), 12);
        assert_eq!(flow.iter().map(|it| it.sums.leads).sum::<u64>(), 17);
    }
}

#[tokio::test]
async fn a_day_is_a_day_of_moscow() {
    for office in Office::each().await {
        let it = Example::over(office).await;
        it.lead("2026-06-30T20:59:59.999999Z", Some(it.campaigns[3])).await;
        it.lead("2026-06-30T21:00:00Z", Some(it.campaigns[3])).await;
        for lens in Lens::ALL {
            let leads = async |on: &str| it.report(lens, Some(period(on, on))).await.total.leads;
            assert_eq!((leads("2026-06-30").await, leads("2026-07-01").await), (1, 1), "{lens:?}");
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
        let report = it.report(Lens::Cohort, None).await;
        let none = report.rows.iter().find(|it| it.campaign.is_none()).unwrap().figures;
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
        assert_ne!(lines(&it.report(Lens::Cohort, None).await), ALL_TIME);
        it.by.cancel_spend(extra, true).await.unwrap();
        for campaign in &it.campaigns {
            it.by.archive_campaign(*campaign, true).await.unwrap();
        }
        it.by.archive_service(it.services[0], true).await.unwrap();
        assert_eq!(lines(&it.report(Lens::Cohort, None).await), ALL_TIME);
    }
}

#[tokio::test]
async fn the_page_of_a_campaign_says_what_the_table_says() {
    let it = Example::over(Office::new().await).await;
    let report = it.report(Lens::Cohort, None).await;
    for row in &report.rows {
        let page = it.by.campaign(row.campaign.unwrap(), application::CampaignPage::first_spend()).await.unwrap();
        assert_eq!(page.figures, Some(row.figures), "{}", row.name);
    }
    assert_eq!(report.rows.len(), 4);
}
