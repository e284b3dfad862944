//! Search: parts of texts, without regard to case or to the dots of ё.
use domain::{
    campaign::{Campaign, CampaignFilter},
    client::{Client, ClientFilter},
    contract::{Contract, ContractFilter},
    lead::{Lead, LeadFilter},
    record::Record,
    service::{Service, ServiceFilter},
    store::Store,
    values::{Channel, ContractName, FullName},
};
use uuid::Uuid;

use crate::{
    fixtures,
    support::{Ids, change, listed, save},
    world::World,
};

async fn leads(store: &dyn Store, search: &str) -> Ids {
    listed::<Lead>(store, &LeadFilter { search: search.into(), ..Default::default() }).await
}

async fn services(store: &dyn Store, search: &str) -> Ids {
    listed::<Service>(store, &ServiceFilter { search: search.into(), ..Default::default() }).await
}

async fn person(store: &dyn Store, n: u32, name: &str, phone: &str, email: &str) -> Uuid {
    let mut lead = fixtures::lead(n, name, None);
    lead.details.contact = fixtures::contact(phone, email);
    save(store, &lead).await;
    lead.id.into()
}

pub async fn a_lead_is_found_by_a_part_of_the_name(store: &dyn Store) {
    let petr = person(store, 1, "Соловьёва-Пётр Анна", "+7 900 555-01-42", "").await;
    let ivan = person(store, 2, "Иван Соловьев", "", "Ivan.S@Example.com").await;
    assert_eq!(leads(store, "ПЁТР").await, [petr]);
    assert_eq!(leads(store, "пЕтР аН").await, [petr]);
    assert_eq!(leads(store, "соловьЁв").await, [ivan, petr]);
    assert_eq!(leads(store, "СОЛОВЬЕВ").await, [ivan, petr]);
    assert_eq!(leads(store, "Соловьёв Иван").await, [ivan], "in any order");
    assert_eq!(leads(store, "Соловьёв Иван Анна").await, [], "and all of them");
    assert_eq!(leads(store, "  иван   соловьев ").await, [ivan]);
    assert_eq!(leads(store, "  ").await, [ivan, petr]);
}

pub async fn a_lead_is_found_by_a_number_as_people_dial_it(store: &dyn Store) {
    let anna = person(store, 1, "Анна", "+7 911 234-56-70", "").await;
    let juergen = person(store, 2, "Юрген", "+49 89 321234567", "").await;
    let oleg = person(store, 3, "Олег", "+7 495 189-11-23", "").await;
    assert_eq!(leads(store, "8 911").await, [oleg, anna], "the beginning, and a part");
    for search in
        ["8 911 234", "8911234", "8 (911) 234-56", "89112345670", "911.234.56.70", "911–234–56–70", "8 911 234 Анна"]
    {
        assert_eq!(leads(store, search).await, [anna], "{search}");
    }
    for search in ["8 10 49 89", "00 49 89 32", "+49 (89) 321"] {
        assert_eq!(leads(store, search).await, [juergen], "{search}");
    }
    for search in ["8 912 234", "8234", "8 11 234"] {
        assert_eq!(leads(store, search).await, [], "{search}");
    }
}

pub async fn an_email_is_found_with_both_letters_for_yo(store: &dyn Store) {
    let anna = person(store, 1, "Анна", "", "Info@королЁв.рф").await;
    for search in ["info@королёв.рф", "INFO@КОРОЛЕВ.РФ", "королев.рф", "королёв", "info@\u{200b}королев"]
    {
        assert_eq!(leads(store, search).await, [anna], "{search}");
    }
}

pub async fn a_lead_is_found_by_phone_and_email(store: &dyn Store) {
    let anna = person(store, 1, "Анна", "+7 900 555-01-42", "").await;
    let ivan = person(store, 2, "Иван", "", "Ivan.S@Example.com").await;
    let oleg = person(store, 3, "Олег", "+7 495 123-45-67", "oleg@example.com").await;
    assert_eq!(leads(store, "8 (900) 555-01-42").await, [anna]);
    assert_eq!(leads(store, "0142").await, [anna]);
    assert_eq!(leads(store, "+7 495").await, [oleg]);
    assert_eq!(leads(store, "123-45").await, [oleg]);
    assert_eq!(leads(store, "EXAMPLE.com").await, [oleg, ivan]);
    assert_eq!(leads(store, "ivan.s@").await, [ivan]);
    assert_eq!(leads(store, "999").await, []);
    assert_eq!(leads(store, "анна 555-01-42").await, [anna]);
    assert_eq!(leads(store, "олег 555-01-42").await, []);
}

pub async fn a_changed_record_is_found_by_what_it_says_now(store: &dyn Store) {
    let lead = fixtures::lead(1, "Ольга Иванова", None);
    save(store, &lead).await;
    change(store, &lead, |it| {
        it.details.full_name = FullName::parse("Ольга Фёдорова").unwrap();
        it.details.contact = fixtures::contact("", "new@example.com");
    })
    .await;
    assert_eq!(leads(store, "иванова").await, []);
    assert_eq!(leads(store, "lead1@").await, []);
    assert_eq!(leads(store, "федорова").await, [lead.id.into()]);
    assert_eq!(leads(store, "NEW@").await, [lead.id.into()]);
}

pub async fn signs_of_a_query_language_are_ordinary_characters(store: &dyn Store) {
    let names = ["Скидка 50%", "a_b", r"c\d", "e'f", "50 рублей", "axb", "cd", "*", "x[a-z]", "q\"r"];
    for (n, name) in (1..).zip(names) {
        save(store, &fixtures::service(n, name)).await;
    }
    let alone = [("%", 1), ("_", 2), (r"\", 3), ("'", 4), ("*", 8), ("[a-z]", 9), ("\"", 10), ("A_B", 2), ("0%", 1)];
    for (search, n) in alone {
        assert_eq!(services(store, search).await, [fixtures::id(n)], "{search}");
    }
    for search in ["%%", "__", "a%b", r"\\", r"\%", "--", "?"] {
        assert_eq!(services(store, search).await, [], "{search}");
    }
}

pub async fn services_campaigns_and_contracts_are_found_by_name(store: &dyn Store) {
    let (first, second) = (World::new(1), World::new(2));
    first.save(store).await;
    second.save(store).await;
    assert_eq!(services(store, "УСЛУГА 2").await, [second.service.id.into()]);

    change(store, &first.campaign, |it| it.details.channel = Channel::parse("Наружная Ёмкость").unwrap()).await;
    let campaigns = |search: &str| CampaignFilter { search: search.into(), ..Default::default() };
    assert_eq!(listed::<Campaign>(store, &campaigns("кампания 2")).await, [second.campaign.id.into()]);
    assert_eq!(listed::<Campaign>(store, &campaigns("ёмк")).await, [first.campaign.id.into()]);
    assert_eq!(listed::<Campaign>(store, &campaigns("ДИРЕКТ")).await, [second.campaign.id.into()]);

    let contracts = |search: &str| ContractFilter { search: search.into(), ..Default::default() };
    change(store, &second.contract, |it| it.details.name = ContractName::parse("Счёт-фактура").unwrap()).await;
    assert_eq!(listed::<Contract>(store, &contracts("СЧЕТ")).await, [second.contract.id.into()]);
    assert_eq!(listed::<Contract>(store, &contracts("договор")).await, [first.contract.id.into()]);
    // Among names a number is written as it is: only people have phones.
    change(store, &first.contract, |it| it.details.name = ContractName::parse("Договор 2026-117").unwrap()).await;
    assert_eq!(listed::<Contract>(store, &contracts("2026-117")).await, [first.contract.id.into()]);
    assert_eq!(listed::<Contract>(store, &contracts("2026117")).await, []);
}

pub async fn a_client_is_found_by_name_phone_and_email(store: &dyn Store) {
    let (first, second) = (World::new(1), World::new(2));
    first.save(store).await;
    second.save(store).await;
    let changed = change(store, &first.client, |it| {
        it.details.full_name = FullName::parse("Семён Ёжиков").unwrap();
        it.details.contact = fixtures::contact("+7 900 555-01-42", "semyon@Example.com");
    })
    .await;
    for search in ["семен", "ЕЖИК", "555-01-42", "Semyon@EXAMPLE"] {
        let found = listed::<Client>(store, &ClientFilter { search: search.into(), ..Default::default() }).await;
        assert_eq!(found, [changed.id().into()], "{search}");
    }
    let both = listed::<Client>(store, &ClientFilter { search: "example.com".into(), ..Default::default() }).await;
    assert_eq!(both, [second.client.id.into(), first.client.id.into()]);
}
