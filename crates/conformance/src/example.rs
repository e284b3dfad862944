//! The example of the handbook: two services, four campaigns, seventeen leads, and what came of them.
use domain::{
    calendar::Calendar,
    client::Client,
    contract::{Contract, SigningDay},
    lead::{Lead, LeadId},
    service::ServiceId,
    statistics::Window,
    store::Store,
};

use crate::{
    fixtures,
    support::{Stored, Work, writing},
};

pub(crate) const A: u32 = 1;
pub(crate) const B: u32 = 2;

/// Of the campaigns: number, service, budget.
pub(crate) const CAMPAIGNS: [(u32, u32, &str); 4] = [(1, A, "100000"), (2, B, "50000"), (3, A, "0"), (4, B, "30000")];
/// Campaign, day, amount.
const SPEND: [(u32, &str, &str); 4] =
    [(1, "2026-01-15", "60000"), (1, "2026-02-10", "30000"), (2, "2026-01-20", "45000"), (4, "2026-02-01", "30000")];
/// Lead, service, signing day, amount.
const CONTRACTS: [(u32, u32, &str, &str); 6] = [
    (1, A, "2026-01-25", "80000"),
    (2, A, "2026-03-02", "50000"),
    (2, B, "2026-04-10", "20000"),
    (7, A, "2026-02-28", "33333.33"),
    (11, B, "2026-02-05", "40000"),
    (16, A, "2026-03-01", "10000"),
];

pub(crate) fn moscow() -> Calendar {
    Calendar::named("Europe/Moscow").unwrap()
}

pub(crate) fn window((from, until): (&str, &str)) -> Window {
    Window::new(fixtures::period(from, until), moscow())
}

fn campaign_of(lead: u32) -> u32 {
    match lead {
        ..=10 => 1,
        11..=15 => 2,
        _ => 3,
    }
}

/// At noon in Moscow.
fn lead(n: u32) -> Lead {
    let created = match n {
        1..=6 | 11..=15 => format!("2026-01-{:02}T09:00:00Z", n + 1),
        _ => format!("2026-02-{n:02}T09:00:00Z"),
    };
    fixtures::lead_at(n, fixtures::moment(&created), &format!("Лид {n}"), Some(fixtures::id(campaign_of(n))))
}

/// A contract of the example and its file, signed and still without a client.
pub(crate) async fn sign(work: &mut Work, n: u32, service: ServiceId, signed_on: &str, amount: &str) -> Contract {
    let mut scan = fixtures::document(n);
    let mut contract = fixtures::contract(n, &format!("Договор {n}"), service, &mut scan);
    contract.details.signed_on = SigningDay::stored(fixtures::day(signed_on)).unwrap();
    contract.details.amount = fixtures::money(amount);
    Stored::of(work).insert(&scan).await.unwrap();
    contract
}

/// Everything of the example; a client is converted on the signing day of the first contract.
pub(crate) async fn example(store: &dyn Store) {
    let mut work = writing(store).await;
    for (n, name) in [(A, "А"), (B, "Б")] {
        Stored::of(&mut work).insert(&fixtures::service(n, name)).await.unwrap();
    }
    for (n, service, budget) in CAMPAIGNS {
        let mut campaign = fixtures::campaign(n, &format!("C{n}"), fixtures::id(service));
        campaign.details.budget = fixtures::money(budget);
        Stored::of(&mut work).insert(&campaign).await.unwrap();
    }
    for (n, (campaign, day, amount)) in (1..).zip(SPEND) {
        Stored::of(&mut work).insert(&fixtures::spend(n, fixtures::id(campaign), day, amount)).await.unwrap();
    }
    let mut clients: Vec<Client> = Vec::new();
    for (n, (of, service, day, amount)) in (1..).zip(CONTRACTS) {
        let mut contract = sign(&mut work, n, fixtures::id(service), day, amount).await;
        let of: LeadId = lead(of).id;
        if let Some(client) = clients.iter().find(|it| it.lead == of) {
            contract.give_to(client.id).unwrap();
        } else {
            let mut signed = (1..=17).map(lead).find(|it| it.id == of).unwrap();
            let at = fixtures::moment(&format!("{day}T09:00:00Z"));
            let client = fixtures::client(n, at, &mut signed, &mut contract);
            Stored::of(&mut work).insert(&signed).await.unwrap();
            Stored::of(&mut work).insert(&client).await.unwrap();
            clients.push(client);
        }
        Stored::of(&mut work).insert(&contract).await.unwrap();
    }
    for lead in (1..=17).map(lead) {
        if !clients.iter().any(|it| it.lead == lead.id) {
            Stored::of(&mut work).insert(&lead).await.unwrap();
        }
    }
    work.commit().await.unwrap();
}
