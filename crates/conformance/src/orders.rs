//! Lists in every order that they can have, and narrowed to a period or an amount.
use std::cmp::Ordering;

use domain::{
    calendar::{Calendar, Moments},
    campaign::{Campaign, CampaignFilter},
    client::{Client, ClientFilter},
    contract::{Contract, ContractFilter},
    lead::{Lead, LeadFilter},
    order::{Direction, Order, SortBy},
    service::{Service, ServiceFilter},
    statistics::Window,
    store::Store,
    values::{CampaignName, Channel, ContractName, FullName, Money, OpenPeriod, ServiceName},
};
use uuid::Uuid;

use crate::{
    fixtures,
    paging::walk,
    support::{Stored, listed, save},
    world::World,
};

/// Twice the same name and amount, so that the ids decide, too; the case and «ё» do not.
const NAMES: [&str; 6] = ["Яна", "анна", "Елена", "Ёлка", "Анна", "Борис"];
const AMOUNTS: [&str; 6] = ["300", "10", "0", "10", "9999999999.99", "20.50"];
const DAYS: [&str; 6] = ["2026-03-01", "2026-01-20", "2026-01-20", "2025-12-31", "2026-02-01", "2026-01-21"];
const ENDS: [&str; 6] = ["2026-05-01", "2026-05-01", "2027-01-01", "2026-06-01", "2026-04-01", "2028-01-01"];
/// Two of the same day, and two without any.
const STEPS: [Option<&str>; 6] =
    [Some("2026-02-02"), None, Some("2026-01-05"), Some("2200-12-31"), None, Some("2026-02-02")];

/// Six worlds whose records have these names, amounts and days.
async fn worlds(store: &dyn Store) -> Vec<World> {
    let mut worlds = Vec::new();
    for (n, ((name, amount), day)) in (1..).zip(NAMES.iter().zip(AMOUNTS).zip(DAYS)) {
        let mut it = World::new(n);
        it.lead.details.full_name = FullName::parse(name).unwrap();
        it.client.details.full_name = FullName::parse(name).unwrap();
        it.lead.next_step = STEPS[usize::try_from(n).unwrap() - 1].map(|due| fixtures::step("Перезвонить", due));
        it.contract.details.name = ContractName::parse(name).unwrap();
        it.contract.details.amount = Money::from_decimal(amount).unwrap();
        it.contract.details.signed_on = domain::contract::SigningDay::stored(fixtures::day(day)).unwrap();
        it.contract.details.valid = fixtures::period("2025-01-01", ENDS[usize::try_from(n).unwrap() - 1]);
        // Names of services and campaigns are unique, so the worlds' numbers are in them.
        it.service.details.name = ServiceName::parse(&format!("{name} {n}")).unwrap();
        it.service.details.price = Money::from_decimal(amount).unwrap();
        it.campaign.details.name = CampaignName::parse(&format!("{name} {n}")).unwrap();
        it.campaign.details.budget = Money::from_decimal(amount).unwrap();
        it.save(store).await;
        worlds.push(it);
    }
    worlds
}

/// Walks each order in pages, to the end and back.
async fn walks_each<R: Stored, S: SortBy>(store: &dyn Store, records: Vec<&R>, filter: impl Fn(Order<S>) -> R::Filter) {
    let key = |it: &R| Into::<Uuid>::into(it.id());
    let mut ways = Vec::new();
    for by in S::ALL {
        for direction in [Direction::Ascending, Direction::Descending] {
            let filter = filter(Order { by: *by, direction });
            let mut expected = records.clone();
            expected.sort_by(|a, b| {
                let order: Ordering = (a.place(&filter), key(a)).cmp(&(b.place(&filter), key(b)));
                if direction == Direction::Ascending { order } else { order.reverse() }
            });
            let expected: Vec<Uuid> = expected.into_iter().map(key).collect();
            walk::<R>(store, &filter, &expected).await;
            ways.push(expected);
        }
    }
    // What is sorted by differs enough that no order passes for another.
    for (at, one) in ways.iter().enumerate() {
        assert!(ways[at + 1..].iter().all(|it| it != one), "two orders are the same: {ways:?}");
    }
}

pub async fn every_list_is_paged_in_each_of_its_orders(store: &dyn Store) {
    let worlds = worlds(store).await;
    let leads = worlds.iter().map(|it| &it.lead).collect();
    walks_each::<Lead, _>(store, leads, |order| LeadFilter { order, ..Default::default() }).await;
    let clients = worlds.iter().map(|it| &it.client).collect();
    walks_each::<Client, _>(store, clients, |order| ClientFilter { order, ..Default::default() }).await;
    let contracts = worlds.iter().map(|it| &it.contract).collect();
    walks_each::<Contract, _>(store, contracts, |order| ContractFilter { order, ..Default::default() }).await;
    let campaigns = worlds.iter().map(|it| &it.campaign).collect();
    walks_each::<Campaign, _>(store, campaigns, |order| CampaignFilter { order, ..Default::default() }).await;
    let services = worlds.iter().map(|it| &it.service).collect();
    walks_each::<Service, _>(store, services, |order| ServiceFilter { order, ..Default::default() }).await;
}

pub async fn names_are_listed_without_regard_to_case(store: &dyn Store) {
    let worlds = worlds(store).await;
    let by_name = Order::from_code("name").unwrap();
    let found = listed::<Contract>(store, &ContractFilter { order: by_name, ..Default::default() }).await;
    let id = |at: usize| worlds[at].contract.id.into();
    // анна, Анна, Борис, Елена, Ёлка, Яна.
    assert_eq!(found, [id(1), id(4), id(5), id(2), id(3), id(0)]);
}

pub async fn people_by_period_and_campaign(store: &dyn Store) {
    let worlds = worlds(store).await;
    let (second, fourth) = (&worlds[1], &worlds[3]);
    // From the moment of one up to, but without, that of another.
    let made = Moments { from: second.lead.stamp.created_at, until: fourth.lead.stamp.created_at };
    let found = listed::<Lead>(store, &LeadFilter { made: Some(made), ..Default::default() }).await;
    assert_eq!(found, [worlds[2].lead.id.into(), second.lead.id.into()]);
    let converted = Moments { from: second.client.converted_at, until: fourth.client.converted_at };
    let filter = ClientFilter { converted: Some(converted), ..Default::default() };
    assert_eq!(listed::<Client>(store, &filter).await, [worlds[2].client.id.into(), second.client.id.into()]);
    let campaign = second.client.acquired_by;
    assert!(campaign.is_some());
    let filter = ClientFilter { campaign, ..Default::default() };
    assert_eq!(listed::<Client>(store, &filter).await, [second.client.id.into()]);
}

pub async fn contracts_by_service_day_and_amount(store: &dyn Store) {
    let worlds = worlds(store).await;
    let id = |at: usize| Uuid::from(worlds[at].contract.id);
    let of = async |filter: ContractFilter| listed::<Contract>(store, &filter).await;
    let service = Some(worlds[2].service.id);
    assert_eq!(of(ContractFilter { service, ..Default::default() }).await, [id(2)]);
    let signed = Some(fixtures::period("2026-01-20", "2026-02-01"));
    assert_eq!(of(ContractFilter { signed, ..Default::default() }).await, [id(5), id(4), id(2), id(1)]);
    let (least, most) = (Money::from_decimal("10").ok(), Money::from_decimal("300").ok());
    assert_eq!(of(ContractFilter { least, ..Default::default() }).await, [id(5), id(4), id(3), id(1), id(0)]);
    assert_eq!(of(ContractFilter { most, ..Default::default() }).await, [id(5), id(3), id(2), id(1), id(0)]);
    let ends = Some(fixtures::period("2026-05-01", "2026-06-01"));
    assert_eq!(of(ContractFilter { ends, ..Default::default() }).await, [id(3), id(1), id(0)]);
    let order = Order::from_code("valid_until").unwrap();
    assert_eq!(of(ContractFilter { ends, order, least, ..Default::default() }).await, [id(0), id(1), id(3)]);
    let both = ContractFilter { least, most, signed, ..Default::default() };
    assert_eq!(of(both.clone()).await, [id(5), id(1)]);
    let order = Order::from_code("amount").unwrap();
    assert_eq!(of(ContractFilter { order, ..both }).await, [id(1), id(5)]);
}

pub async fn campaigns_by_channel_and_service(store: &dyn Store) {
    let service = fixtures::service(1, "Ремонт");
    save(store, &service).await;
    for (n, channel) in (1..).zip(["Радио", "радио", "Радио и газета", "Радио"]) {
        let mut it = fixtures::campaign(n, &format!("Осень {n}"), service.id);
        it.details.channel = Channel::parse(channel).unwrap();
        it.archived = n == 4;
        save(store, &it).await;
    }
    let channel = Channel::parse("Радио").ok();
    let filter = CampaignFilter { channel, service: Some(service.id), ..Default::default() };
    assert_eq!(listed::<Campaign>(store, &filter).await, [fixtures::id(1)]);
    let archived = CampaignFilter { archived: true, ..filter };
    assert_eq!(listed::<Campaign>(store, &archived).await, [fixtures::id(4)]);
}

/// Budget, when it runs, and when how much was spent.
type Case = (&'static str, Option<&'static str>, Option<&'static str>, &'static [(&'static str, &'static str)]);

pub async fn campaigns_over_their_budget_and_those_without_spend(store: &dyn Store) {
    let service = fixtures::service(1, "Ремонт");
    save(store, &service).await;
    let cases: [Case; 8] = [
        ("100", None, None, &[("2026-01-20", "100")]),
        ("100", None, None, &[("2026-01-20", "60"), ("2026-02-15", "40.01")]),
        ("0", None, None, &[("2026-02-14", "5")]),
        ("100", None, None, &[]),
        ("100", Some("2026-02-02"), None, &[]),
        ("100", Some("2026-02-01"), Some("2026-02-13"), &[]),
        ("100", Some("2026-02-01"), Some("2026-02-14"), &[("2026-01-31", "300"), ("2026-02-15", "1")]),
        ("100", None, None, &[("2026-02-01", "101")]),
    ];
    let mut entry = 100;
    for (n, (budget, from, until, spent)) in (1..).zip(cases) {
        let mut it = fixtures::campaign(n, &format!("Осень {n}"), service.id);
        it.details.budget = Money::from_decimal(budget).unwrap();
        it.details.dates = OpenPeriod::new(from.map(fixtures::day), until.map(fixtures::day)).unwrap();
        save(store, &it).await;
        for (day, amount) in spent {
            entry += 1;
            save(store, &fixtures::spend(entry, it.id, day, amount)).await;
        }
    }
    // What was entered by mistake counts nowhere.
    let mut mistake = fixtures::spend(100, fixtures::id(4), "2026-02-10", "1000");
    mistake.cancelled = true;
    save(store, &mistake).await;
    let found = async |filter: CampaignFilter| listed::<Campaign>(store, &filter).await;
    let id = fixtures::id::<Uuid>;
    let over = CampaignFilter { over_budget: true, ..Default::default() };
    assert_eq!(found(over.clone()).await, [id(8), id(7), id(2)]);
    let moscow = Calendar::named("Europe/Moscow").unwrap();
    let window = |from, until| Some(Window::new(fixtures::period(from, until), moscow));
    let unspent = window("2026-02-01", "2026-02-14");
    assert_eq!(found(CampaignFilter { unspent, ..Default::default() }).await, [id(7), id(4), id(2), id(1)]);
    assert_eq!(found(CampaignFilter { unspent, ..over }).await, [id(7), id(2)]);
    // Nothing is expected yet of records that are newer than the window.
    let unspent = window("2026-01-10", "2026-01-11");
    assert_eq!(found(CampaignFilter { unspent, ..Default::default() }).await, []);
}
