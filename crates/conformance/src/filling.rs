//! A store that is filled from another one: everything can be read in pieces, and written in any order.
use domain::{
    record::Record,
    store::{Mode, Store, StoreError, UniqueKey},
};

use crate::{
    fixtures,
    support::{Stored, Work, insert, listed, reading, save, stored, writing},
    world::{World, for_every_kind},
};

async fn filling(store: &dyn Store) -> Work {
    store.begin(Mode::BulkLoad).await.unwrap()
}

pub async fn many_are_inserted_as_one_after_the_other(store: &dyn Store) {
    let leads: Vec<_> = (1..=120).map(|n| fixtures::lead(n, &format!("Иван {n}"), None)).collect();
    let mut work = writing(store).await;
    Stored::of(&mut work).insert_all(&leads).await.unwrap();
    domain::store::Repository::<domain::lead::Lead>::insert_all(&mut *work, &[]).await.unwrap();
    assert_eq!(work.counts().await.unwrap().leads.values().sum::<u64>(), 120);
    work.commit().await.unwrap();
    for lead in leads.iter().step_by(17) {
        assert_eq!(stored(store, lead).await.as_ref(), Some(lead));
    }
    let again = [fixtures::lead(200, "Новый", None), leads[7].clone()];
    let mut work = writing(store).await;
    let taken = Stored::of(&mut work).insert_all(&again).await;
    assert!(matches!(taken, Err(StoreError::Taken(UniqueKey::Id))), "{taken:?}");
    drop(work);
    assert_eq!(stored(store, &again[0]).await, None);
    assert_eq!(reading(store).await.counts().await.unwrap().leads.values().sum::<u64>(), 120);
}

async fn fill_in<R: Stored>(work: &mut Work, record: &R) {
    R::of(work).insert_all(std::slice::from_ref(record)).await.unwrap();
}

/// Everything that refers to something is there before it.
pub async fn a_store_is_filled_in_any_order(store: &dyn Store) {
    let mut it = World::new(1);
    let mut later = fixtures::user(60, "later", "");
    later.stamp.created_by = Some(later.id);
    it.role.stamp.created_by = Some(it.user.id);
    it.user.stamp.changed_by = Some(later.id);
    let session = fixtures::session(1, it.user.id, fixtures::moment_of(1));
    let mut entry = fixtures::audit(1, &it.lead, Vec::new());
    entry.by = Some(later.id);
    let mut work = filling(store).await;
    work.append_all(std::slice::from_ref(&entry)).await.unwrap();
    work.insert_session(&session).await.unwrap();
    fill_in(&mut work, &it.view).await;
    fill_in(&mut work, &it.note).await;
    fill_in(&mut work, &it.client).await;
    fill_in(&mut work, &it.contract).await;
    fill_in(&mut work, &it.document).await;
    fill_in(&mut work, &it.lead).await;
    fill_in(&mut work, &it.spend).await;
    fill_in(&mut work, &it.campaign).await;
    fill_in(&mut work, &it.service).await;
    fill_in(&mut work, &it.user).await;
    fill_in(&mut work, &it.role).await;
    fill_in(&mut work, &later).await;
    work.commit().await.unwrap();
    for_every_kind!(it, is_there(store));
    assert_eq!(stored(store, &later).await.as_ref(), Some(&later));
    let mut work = reading(store).await;
    assert_eq!(work.entries(None, 10).await.unwrap(), [entry]);
    assert_eq!(work.sessions(None, 10).await.unwrap(), [session]);
}

async fn is_there<R: Stored>(store: &dyn Store, record: &R) {
    assert_eq!(stored(store, record).await.as_ref(), Some(record));
}

pub async fn what_is_filled_in_must_hold_together(store: &dyn Store) {
    let nobody = fixtures::id(999_999);
    let mut work = filling(store).await;
    fill_in(&mut work, &fixtures::campaign(1, "Осень", fixtures::id(1))).await;
    assert!(matches!(work.commit().await, Err(StoreError::Dangling)));
    let mut work = filling(store).await;
    let mut lead = fixtures::lead(1, "Иван", None);
    lead.stamp_mut().created_by = Some(nobody);
    fill_in(&mut work, &lead).await;
    assert!(matches!(work.commit().await, Err(StoreError::Dangling)));
    let mut work = filling(store).await;
    let mut entry = fixtures::audit(1, &lead, Vec::new());
    entry.by = Some(nobody);
    work.append_all(&[entry]).await.unwrap();
    assert!(matches!(work.commit().await, Err(StoreError::Dangling)));
    assert_eq!(listed::<domain::lead::Lead>(store, &domain::lead::LeadFilter::default()).await, []);
    // The next unit of work looks at once again.
    let campaign = fixtures::campaign(1, "Осень", fixtures::id(1));
    assert!(matches!(insert(store, &campaign).await, Err(StoreError::Dangling)));
}

pub async fn all_entries_of_the_audit_log_are_read_in_pieces(store: &dyn Store) {
    let service = fixtures::service(1, "Ремонт");
    let entries: Vec<_> = (1..=25).map(|n| fixtures::audit(n, &service, Vec::new())).collect();
    let mut work = writing(store).await;
    let mixed: Vec<_> = entries.iter().rev().cloned().collect();
    work.append_all(&mixed).await.unwrap();
    work.commit().await.unwrap();
    let (mut work, mut all) = (reading(store).await, Vec::new());
    loop {
        let piece = work.entries(all.last().map(|it: &domain::audit::AuditEntry| it.id.into()), 10).await.unwrap();
        if piece.is_empty() {
            break;
        }
        assert!(piece.len() <= 10);
        all.extend(piece);
    }
    assert_eq!(all, entries);
}

pub async fn all_sessions_are_read_in_pieces(store: &dyn Store) {
    let anna = fixtures::anna();
    save(store, &anna).await;
    let mut sessions: Vec<_> = (1..=7).map(|n| fixtures::session(n, anna.id, fixtures::moment_of(n))).collect();
    let mut work = writing(store).await;
    for session in &sessions {
        work.insert_session(session).await.unwrap();
    }
    work.commit().await.unwrap();
    let (mut work, mut all) = (reading(store).await, Vec::new());
    loop {
        let piece = work.sessions(all.last().map(|it: &domain::session::BrowserSession| it.token), 3).await.unwrap();
        if piece.is_empty() {
            break;
        }
        assert!(piece.len() <= 3);
        all.extend(piece);
    }
    sessions.sort_by_key(|it| it.token);
    assert_eq!(all, sessions);
}
