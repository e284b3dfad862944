//! Transactions that are abandoned, fail, or meet others.
use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
    time::{Duration, Instant},
};

use conformance::fixtures;
use domain::{
    service::{Service, ServiceFilter},
    store::{Mode, Repository, Store, StoreError, UnitOfWork},
};

use super::fresh;
use crate::SqliteStore;

fn services(work: &mut dyn UnitOfWork) -> &mut dyn Repository<Service> {
    work
}

async fn write(store: &SqliteStore, n: u32, name: &str) {
    let mut work = store.begin(Mode::Write).await.unwrap();
    services(&mut *work).insert(&fixtures::service(n, name)).await.unwrap();
    work.commit().await.unwrap();
}

async fn count(store: &SqliteStore) -> usize {
    let mut work = store.begin(Mode::Read).await.unwrap();
    let page = domain::page::PageRequest::new(domain::page::Cursor::Start);
    services(&mut *work).list(&ServiceFilter::default(), page).await.unwrap().items.len()
}

/// Lets a future begin what it does, and then drops it, as happens to a handler whose browser goes away.
async fn abandon<T>(future: impl Future<Output = T>) {
    let mut future = pin!(future);
    poll_fn(|context| {
        assert!(future.as_mut().poll(context).is_pending());
        Poll::Ready(())
    })
    .await;
}

#[tokio::test]
async fn a_dropped_unit_of_work_leaves_the_writer_usable_at_once() {
    let fresh = fresh().await;
    for n in 1..=20 {
        let started = Instant::now();
        let mut work = fresh.store.begin(Mode::Write).await.unwrap();
        services(&mut *work).insert(&fixtures::service(n, &format!("Услуга {n}"))).await.unwrap();
        drop(work);
        assert!(started.elapsed() < Duration::from_secs(2));
    }
    write(&fresh.store, 100, "Ремонт").await;
    assert_eq!(count(&fresh.store).await, 1);
}

#[tokio::test]
async fn a_write_abandoned_while_it_runs_leaves_no_trace() {
    let fresh = fresh().await;
    for n in 1..=20 {
        let mut work = fresh.store.begin(Mode::Write).await.unwrap();
        abandon(services(&mut *work).insert(&fixtures::service(n, &format!("Услуга {n}")))).await;
        // Nothing but its own end can follow: what was saved of the abandoned step is unknown.
        assert!(matches!(work.commit().await, Err(StoreError::Unavailable(_))));
    }
    write(&fresh.store, 100, "Ремонт").await;
    assert_eq!(count(&fresh.store).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_abandoned_commit_saves_everything_or_nothing() {
    let fresh = fresh().await;
    for n in 1..=20 {
        let mut work = fresh.store.begin(Mode::Write).await.unwrap();
        services(&mut *work).insert(&fixtures::service(2 * n, &format!("Услуга {n}"))).await.unwrap();
        services(&mut *work).insert(&fixtures::service(2 * n + 1, &format!("Вторая {n}"))).await.unwrap();
        abandon(work.commit()).await;
    }
    write(&fresh.store, 100, "Ремонт").await;
    let saved = count(&fresh.store).await;
    assert_eq!(saved % 2, 1, "half of a unit of work was saved: {saved}");
}

#[tokio::test]
async fn a_step_after_a_failure_is_refused() {
    let fresh = fresh().await;
    let mut work = fresh.store.begin(Mode::Write).await.unwrap();
    services(&mut *work).insert(&fixtures::service(1, "Ремонт")).await.unwrap();
    // The program would never write this: the table's own check refuses it.
    let mut broken = fixtures::document(1);
    broken.size = u64::MAX;
    assert!(matches!(Repository::insert(&mut *work, &broken).await, Err(StoreError::Unavailable(_))));
    let after = services(&mut *work).insert(&fixtures::service(2, "Уборка")).await;
    assert!(matches!(after, Err(StoreError::Unavailable(_))), "{after:?}");
    assert!(matches!(work.commit().await, Err(StoreError::Unavailable(_))));
    assert_eq!(count(&fresh.store).await, 0);
}

#[tokio::test]
async fn a_user_whose_role_is_missing_is_not_half_written() {
    let fresh = fresh().await;
    let mut anna = fixtures::anna();
    anna.details.roles.insert(fixtures::id(9));
    let mut work = fresh.store.begin(Mode::Write).await.unwrap();
    assert!(matches!(Repository::insert(&mut *work, &anna).await, Err(StoreError::Dangling)));
    anna.details.roles.clear();
    Repository::insert(&mut *work, &anna).await.unwrap();
    work.commit().await.unwrap();
}

#[tokio::test]
async fn more_readers_than_connections_take_turns() {
    let fresh = fresh().await;
    write(&fresh.store, 1, "Ремонт").await;
    let readers: Vec<_> = (0..50)
        .map(|_| {
            let store = fresh.store.clone();
            tokio::spawn(async move { count(&store).await })
        })
        .collect();
    for reader in readers {
        assert_eq!(reader.await.unwrap(), 1);
    }
}

#[tokio::test]
async fn a_writer_that_waits_too_long_is_told_so() {
    let fresh = fresh().await;
    let held = fresh.store.begin(Mode::Write).await.unwrap();
    tokio::time::pause();
    let refused = fresh.store.begin(Mode::Write).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))));
    drop(held);
}

#[tokio::test]
async fn a_reader_keeps_its_snapshot_while_a_writer_commits() {
    let fresh = fresh().await;
    write(&fresh.store, 1, "Ремонт").await;
    let mut reader = fresh.store.begin(Mode::Read).await.unwrap();
    assert_eq!(reader.counts().await.unwrap().services, 1);
    write(&fresh.store, 2, "Уборка").await;
    assert_eq!(reader.counts().await.unwrap().services, 1);
    assert!(services(&mut *reader).get(fixtures::id(2)).await.unwrap().is_none());
    reader.commit().await.unwrap();
    assert_eq!(count(&fresh.store).await, 2);
}
