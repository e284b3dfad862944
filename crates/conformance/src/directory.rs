//! Names, choices, channels and counts.
use std::collections::HashMap;

use domain::{
    lead::{LeadStage, WorkStatus},
    record::RecordKind,
    store::{Choice, Counts, Names, Store},
    user::PersonName,
    values::Channel,
};
use uuid::Uuid;

use crate::{
    fixtures,
    support::{Stored, change, reading, save, writing},
    world::World,
};

pub async fn names_are_found_by_id(store: &dyn Store) {
    let (first, second) = (World::new(1), World::new(2));
    first.save(store).await;
    second.save(store).await;
    change(store, &second.user, |it| it.details.full_name = PersonName::default()).await;
    let named = |pairs: [(Uuid, &str); 2]| -> (Vec<Uuid>, Names) {
        (pairs.map(|it| it.0).to_vec(), pairs.map(|it| (it.0, it.1.to_owned())).into())
    };
    let mut work = reading(store).await;
    for (kind, (mut ids, expected)) in [
        (RecordKind::Campaign, named([(first.campaign.id.0, "Кампания 1"), (second.campaign.id.0, "Кампания 2")])),
        (RecordKind::Client, named([(first.client.id.0, "Иван 1"), (second.client.id.0, "Иван 2")])),
        (RecordKind::Contract, named([(first.contract.id.0, "Договор 1"), (second.contract.id.0, "Договор 2")])),
        (RecordKind::Lead, named([(first.lead.id.0, "Иван 1"), (second.lead.id.0, "Иван 2")])),
        (RecordKind::Role, named([(first.role.id.0, "Роль 1"), (second.role.id.0, "Роль 2")])),
        (RecordKind::Service, named([(first.service.id.0, "Услуга 1"), (second.service.id.0, "Услуга 2")])),
        // A user without a full name goes by the username.
        (RecordKind::User, named([(first.user.id.0, "Анна 1"), (second.user.id.0, "user2")])),
    ] {
        ids.extend([fixtures::id(999), ids[0]]);
        assert_eq!(work.names(kind, &ids).await.unwrap(), expected, "{kind:?}");
        assert_eq!(work.names(kind, &[]).await.unwrap(), Names::new(), "{kind:?}");
        assert_eq!(work.names(kind, &ids[1..2]).await.unwrap().len(), 1, "{kind:?}");
    }
    for (kind, id) in [
        (RecordKind::Note, first.note.id.0),
        (RecordKind::SpendEntry, first.spend.id.0),
        (RecordKind::Document, first.document.id.0),
    ] {
        assert_eq!(work.names(kind, &[id]).await.unwrap(), Names::new(), "{kind:?}");
    }
}

async fn choices(store: &dyn Store, kind: RecordKind, limit: u16) -> Vec<String> {
    reading(store).await.choices(kind, limit).await.unwrap().into_iter().map(|it| it.name).collect()
}

pub async fn a_picker_offers_what_can_be_picked_by_name(store: &dyn Store) {
    for (n, name) in (1..).zip(["Ремонт", "Доставка", "Уборка"]) {
        save(store, &fixtures::service(n, name)).await;
        save(store, &fixtures::campaign(n, name, fixtures::id(n))).await;
        save(store, &fixtures::role(n, name, domain::access::Permissions::default())).await;
    }
    for user in [fixtures::maxim(), fixtures::marina(), fixtures::anna()] {
        save(store, &user).await;
    }
    for kind in [RecordKind::Service, RecordKind::Campaign, RecordKind::Role] {
        assert_eq!(choices(store, kind, 10).await, ["Доставка", "Ремонт", "Уборка"], "{kind:?}");
        assert_eq!(choices(store, kind, 2).await, ["Доставка", "Ремонт"], "{kind:?}");
    }
    assert_eq!(choices(store, RecordKind::User, 10).await, ["Анна Орлова", "Максим Громов", "Марина Белова"]);
    change(store, &fixtures::service(2, "Доставка"), |it| it.archived = true).await;
    change(store, &fixtures::campaign(3, "Уборка", fixtures::id(3)), |it| it.archived = true).await;
    change(store, &fixtures::anna(), |it| it.active = false).await;
    assert_eq!(choices(store, RecordKind::Service, 10).await, ["Ремонт", "Уборка"]);
    assert_eq!(choices(store, RecordKind::Campaign, 10).await, ["Доставка", "Ремонт"]);
    assert_eq!(choices(store, RecordKind::User, 10).await, ["Максим Громов", "Марина Белова"]);
    let first = reading(store).await.choices(RecordKind::Service, 1).await.unwrap();
    assert_eq!(first, [Choice { id: fixtures::id(1), name: "Ремонт".into() }]);
}

pub async fn a_picker_offers_contracts_without_a_client_newest_first(store: &dyn Store) {
    let world = World::new(1);
    world.save(store).await;
    let mut work = writing(store).await;
    for (n, name) in [(100, "Бета"), (101, "Альфа"), (102, "Гамма")] {
        let mut scan = fixtures::document(n);
        let free = fixtures::contract(n, name, world.service.id, &mut scan);
        Stored::of(&mut work).insert(&free).await.unwrap();
        Stored::of(&mut work).insert(&scan).await.unwrap();
    }
    work.commit().await.unwrap();
    assert_eq!(choices(store, RecordKind::Contract, 10).await, ["Гамма", "Альфа", "Бета"]);
    assert_eq!(choices(store, RecordKind::Contract, 2).await, ["Гамма", "Альфа"]);
    for kind in [RecordKind::Client, RecordKind::Lead, RecordKind::Note, RecordKind::Document, RecordKind::SpendEntry] {
        assert_eq!(choices(store, kind, 10).await, Vec::<String>::new(), "{kind:?}");
    }
}

pub async fn channels_are_offered_once_each_in_order(store: &dyn Store) {
    save(store, &fixtures::service(1, "Ремонт")).await;
    for (n, channel) in (1..).zip(["Радио", "Ведомости", "Радио", "Афиша"]) {
        let mut campaign = fixtures::campaign(n, &format!("Кампания {n}"), fixtures::id(1));
        campaign.details.channel = Channel::parse(channel).unwrap();
        campaign.archived = n == 4;
        save(store, &campaign).await;
    }
    let mut work = reading(store).await;
    assert_eq!(work.channels(10).await.unwrap(), ["Афиша", "Ведомости", "Радио"]);
    assert_eq!(work.channels(2).await.unwrap(), ["Афиша", "Ведомости"]);
}

/// A stage without any lead may be left out.
async fn counts(store: &dyn Store) -> Counts {
    let mut counts = reading(store).await.counts().await.unwrap();
    counts.leads.retain(|_, leads| *leads > 0);
    counts
}

pub async fn counts_follow_every_change(store: &dyn Store) {
    assert_eq!(counts(store).await, Counts::default());
    let (first, second) = (World::new(1), World::new(2));
    first.save(store).await;
    second.save(store).await;
    let mut lead = fixtures::lead(100, "Иван", None);
    save(store, &lead).await;
    let mut expected = Counts {
        services: 2,
        campaigns: 2,
        leads: HashMap::from([(LeadStage::Converted, 2), (LeadStage::New, 1)]),
        clients: 2,
        contracts: 2,
    };
    assert_eq!(counts(store).await, expected);

    lead = change(store, &lead, |it| it.set_status(WorkStatus::InProgress).unwrap()).await;
    expected.leads = HashMap::from([(LeadStage::Converted, 2), (LeadStage::InProgress, 1)]);
    assert_eq!(counts(store).await, expected);
    change(store, &lead, |it| it.details.campaign = Some(first.campaign.id)).await;
    let archived = change(store, &first.service, |it| it.archived = true).await;
    change(store, &first.campaign, |it| it.archived = true).await;
    (expected.services, expected.campaigns) = (1, 1);
    assert_eq!(counts(store).await, expected);

    change(store, &archived, |it| it.archived = false).await;
    let mut dropped = writing(store).await;
    Stored::of(&mut dropped).insert(&fixtures::lead(101, "Пётр", None)).await.unwrap();
    drop(dropped);
    let mut archived_at_once = fixtures::service(101, "Пробная");
    archived_at_once.archived = true;
    save(store, &archived_at_once).await;
    expected.services = 2;
    assert_eq!(counts(store).await, expected);
}
