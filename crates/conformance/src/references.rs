//! A record never names one that does not exist: the write refuses it, or at the latest the commit.
use domain::{
    lead::LeadStatus,
    store::{Store, StoreError},
    user::UserId,
};

use crate::{
    fixtures,
    support::{Stored, insert, next, stored, update, writing},
    world::{World, for_every_kind},
};

/// A number that no fixture has.
const NOBODY: u32 = 999_999;

/// `fresh` could be stored, and `old` is stored, until a reference of theirs leads nowhere.
async fn must_lead_somewhere<R: Stored>(store: &dyn Store, fresh: &R, old: &R, cut: impl Fn(&mut R)) {
    let mut dangling = fresh.clone();
    cut(&mut dangling);
    let answer = insert(store, &dangling).await;
    assert!(matches!(answer, Err(StoreError::Dangling)), "{answer:?} of {dangling:?}");
    assert_eq!(stored(store, fresh).await, None);
    let dangling = next(old, cut);
    let answer = update(store, &dangling).await;
    assert!(matches!(answer, Err(StoreError::Dangling)), "{answer:?} of {dangling:?}");
    assert_eq!(stored(store, old).await.as_ref(), Some(old));
}

pub async fn a_reference_to_a_missing_record_is_refused(store: &dyn Store) {
    let it = World::new(1);
    it.save(store).await;
    let campaign = fixtures::campaign(50, "Новая", it.service.id);
    must_lead_somewhere(store, &campaign, &it.campaign, |it| it.details.service = fixtures::id(NOBODY)).await;
    let spend = fixtures::spend(50, it.campaign.id, "2026-01-15", "1");
    must_lead_somewhere(store, &spend, &it.spend, |it| it.campaign = fixtures::id(NOBODY)).await;
    let lead = fixtures::lead(50, "Пётр", None);
    must_lead_somewhere(store, &lead, &it.lead, |it| it.details.campaign = Some(fixtures::id(NOBODY))).await;
    must_lead_somewhere(store, &lead, &it.lead, |it| it.details.assignee = Some(fixtures::id(NOBODY))).await;
    let note = fixtures::note(50, it.lead.id, "Заметка");
    must_lead_somewhere(store, &note, &it.note, |it| it.lead = fixtures::id(NOBODY)).await;
    let user = fixtures::user(50, "maxim", "Максим");
    must_lead_somewhere(store, &user, &it.user, |it| {
        it.details.roles.insert(fixtures::id(NOBODY));
    })
    .await;
}

pub async fn a_reference_in_a_circle_is_checked_by_the_commit_at_the_latest(store: &dyn Store) {
    let it = World::new(1);
    it.save(store).await;
    let lead = fixtures::lead(50, "Пётр", None);
    must_lead_somewhere(store, &lead, &it.lead, |it| it.status = LeadStatus::Converted(fixtures::id(NOBODY))).await;
    let mut document = fixtures::document(50);
    crate::support::save(store, &document).await;
    let contract = fixtures::contract(50, "Новый", it.service.id, &mut document);
    must_lead_somewhere(store, &contract, &it.contract, |it| it.document = fixtures::id(NOBODY)).await;
    must_lead_somewhere(store, &contract, &it.contract, |it| it.client = Some(fixtures::id(NOBODY))).await;
    must_lead_somewhere(store, &contract, &it.contract, |it| it.details.service = fixtures::id(NOBODY)).await;
    must_lead_somewhere(store, &fixtures::document(51), &it.document, |it| it.contract = Some(fixtures::id(NOBODY)))
        .await;
    crate::support::save(store, &lead).await;
    let mut client = it.client.clone();
    (client.id, client.lead) = (fixtures::id(50), lead.id);
    must_lead_somewhere(store, &client, &it.client, |it| it.first_contract = fixtures::id(NOBODY)).await;
    must_lead_somewhere(store, &client, &it.client, |it| it.lead = fixtures::id(NOBODY)).await;
    must_lead_somewhere(store, &client, &it.client, |it| it.acquired_by = Some(fixtures::id(NOBODY))).await;
}

/// Records that refer to each other may be written in any order, as long as one commit has them all.
pub async fn a_circle_of_references_may_be_written_in_any_order(store: &dyn Store) {
    let it = World::new(1);
    let mut work = writing(store).await;
    Stored::of(&mut work).insert(&it.role).await.unwrap();
    Stored::of(&mut work).insert(&it.user).await.unwrap();
    Stored::of(&mut work).insert(&it.service).await.unwrap();
    Stored::of(&mut work).insert(&it.campaign).await.unwrap();
    Stored::of(&mut work).insert(&it.client).await.unwrap();
    Stored::of(&mut work).insert(&it.contract).await.unwrap();
    Stored::of(&mut work).insert(&it.document).await.unwrap();
    Stored::of(&mut work).insert(&it.lead).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!(stored(store, &it.client).await, Some(it.client));
}

async fn knows_its_authors<R: Stored>(store: &dyn Store, record: &R) {
    let nobody = Some(fixtures::id::<UserId>(NOBODY));
    let answer = update(store, &next(record, |it| it.stamp_mut().changed_by = nobody)).await;
    assert!(matches!(answer, Err(StoreError::Dangling)), "{answer:?} of {record:?}");
    assert_eq!(stored(store, record).await.as_ref(), Some(record));
}

pub async fn the_author_of_a_change_is_a_user(store: &dyn Store) {
    let it = World::new(1);
    it.save(store).await;
    for_every_kind!(it, knows_its_authors(store));
    let mut service = fixtures::service(50, "Новая");
    service.stamp.created_by = Some(fixtures::id(NOBODY));
    assert!(matches!(insert(store, &service).await, Err(StoreError::Dangling)));
}

pub async fn a_session_is_of_a_user(store: &dyn Store) {
    let mut work = writing(store).await;
    let session = fixtures::session(1, fixtures::id(NOBODY), fixtures::moment_of(1));
    let answer = match work.insert_session(&session).await {
        Ok(()) => work.commit().await,
        refused => refused,
    };
    assert!(matches!(answer, Err(StoreError::Dangling)), "{answer:?}");
}
