//! What no two records may have in common.
use domain::{
    access::Permissions,
    contract::Contract,
    store::{Store, StoreError, UniqueKey},
    values::{CampaignName, RoleName, ServiceName, Username},
};

use crate::{
    fixtures,
    support::{Stored, change, insert, save, stored, update},
    world::World,
};

async fn is_taken<R: Stored>(store: &dyn Store, rule: UniqueKey, record: &R) {
    let answer = insert(store, record).await;
    assert!(matches!(answer, Err(StoreError::Taken(it)) if it == rule), "{rule:?}: {answer:?} of {record:?}");
}

/// `second` is a record that may be stored beside `first`, until `clash` is done to it.
async fn is_refused<R: Stored>(store: &dyn Store, rule: UniqueKey, first: &R, second: &R, clash: impl Fn(&mut R)) {
    let mut twin = second.clone();
    clash(&mut twin);
    is_taken(store, rule, &twin).await;
    assert_eq!(stored(store, second).await, None);
    save(store, second).await;
    let answer = update(store, &crate::support::next(second, &clash)).await;
    assert!(matches!(answer, Err(StoreError::Taken(it)) if it == rule), "{rule:?}: {answer:?}");
    assert_eq!(stored(store, second).await.as_ref(), Some(second));
    // Its record keeps it through a change of another field.
    change(store, first, |_| ()).await;
}

pub async fn an_id_is_taken_once(store: &dyn Store) {
    let it = World::new(1);
    it.save(store).await;
    let other = World::new(2);
    is_taken(store, UniqueKey::Id, &domain::role::Role { id: it.role.id, ..other.role }).await;
    is_taken(store, UniqueKey::Id, &domain::user::User { details: other.user.details, ..it.user.clone() }).await;
    is_taken(store, UniqueKey::Id, &domain::service::Service { id: it.service.id, ..other.service }).await;
    let mut campaign = it.campaign.clone();
    campaign.details.name = other.campaign.details.name;
    is_taken(store, UniqueKey::Id, &campaign).await;
    is_taken(store, UniqueKey::Id, &it.spend).await;
    is_taken(store, UniqueKey::Id, &it.lead).await;
    is_taken(store, UniqueKey::Id, &it.note).await;
    is_taken(store, UniqueKey::Id, &it.document).await;
    is_taken(store, UniqueKey::Id, &Contract { document: other.document.id, ..it.contract.clone() }).await;
    is_taken(store, UniqueKey::Id, &domain::client::Client { lead: other.lead.id, ..it.client.clone() }).await;
    assert_eq!(stored(store, &it.contract).await, Some(it.contract));
}

pub async fn names_are_unique_without_regard_to_case_in_russian_too(store: &dyn Store) {
    let services = (fixtures::service(1, "Ёлка"), fixtures::service(2, "Сосна"));
    save(store, &services.0).await;
    is_refused(store, UniqueKey::ServiceName, &services.0, &services.1, |it| {
        it.details.name = ServiceName::parse("ёЛКА").unwrap();
    })
    .await;

    let service = services.0.id;
    let campaigns = (fixtures::campaign(1, "Ёлка", service), fixtures::campaign(2, "Сосна", service));
    save(store, &campaigns.0).await;
    is_refused(store, UniqueKey::CampaignName, &campaigns.0, &campaigns.1, |it| {
        it.details.name = CampaignName::parse("ёЛКА").unwrap();
    })
    .await;

    let roles = (fixtures::role(1, "Ёлка", Permissions::default()), fixtures::role(2, "Сосна", Permissions::default()));
    save(store, &roles.0).await;
    is_refused(store, UniqueKey::RoleName, &roles.0, &roles.1, |it| it.name = RoleName::parse("ёЛКА").unwrap()).await;

    let users = (fixtures::user(1, "Ёлка", "Анна"), fixtures::user(2, "Сосна", "Анна"));
    save(store, &users.0).await;
    is_refused(store, UniqueKey::Username, &users.0, &users.1, |it| {
        it.details.username = Username::parse("ёЛКА").unwrap();
    })
    .await;
}

pub async fn names_that_differ_in_more_than_case_are_different(store: &dyn Store) {
    for (n, name) in (1..).zip(["Ёлка", "Елка", "Ёлка 1", "Ёлки"]) {
        save(store, &fixtures::service(n, name)).await;
    }
    // A name that was given up is free.
    let first = fixtures::service(1, "Ёлка");
    change(store, &first, |it| it.details.name = ServiceName::parse("Пихта").unwrap()).await;
    let heir = fixtures::service(9, "ёлка");
    save(store, &heir).await;
    assert_eq!(stored(store, &heir).await, Some(heir));
}

pub async fn one_lead_makes_one_client(store: &dyn Store) {
    let (first, second) = (World::new(1), World::new(2));
    first.save(store).await;
    // Everything of the second but the client.
    let mut lead = second.lead.clone();
    lead.status = domain::lead::LeadStatus::New;
    save(store, &second.role).await;
    save(store, &second.user).await;
    save(store, &second.service).await;
    save(store, &second.campaign).await;
    save(store, &lead).await;
    let contract = Contract { client: None, ..second.contract.clone() };
    save_together(store, &contract, &second.document).await;
    is_refused(store, UniqueKey::LeadOfClient, &first.client, &second.client, |it| it.lead = first.lead.id).await;
}

pub async fn one_file_belongs_to_one_contract(store: &dyn Store) {
    let service = fixtures::service(1, "Ремонт");
    save(store, &service).await;
    let (mut scan, mut spare) = (fixtures::document(1), fixtures::document(2));
    let first = fixtures::contract(1, "Первый", service.id, &mut scan);
    save_together(store, &first, &scan).await;
    // The second contract's file is there already, waiting.
    save(store, &spare).await;
    let second = fixtures::contract(2, "Второй", service.id, &mut spare);
    is_refused(store, UniqueKey::DocumentOfContract, &first, &second, |it| it.document = scan.id).await;
}

async fn save_together(store: &dyn Store, contract: &Contract, document: &domain::document::Document) {
    let mut work = crate::support::writing(store).await;
    Stored::of(&mut work).insert(contract).await.unwrap();
    Stored::of(&mut work).insert(document).await.unwrap();
    work.commit().await.unwrap();
}
