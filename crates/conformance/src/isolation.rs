//! What units of work see of each other.
use domain::{
    lead::{Lead, LeadStatus},
    service::Service,
    store::{Mode, Result, Store, StoreError},
    values::Money,
};

use crate::{
    fixtures,
    support::{Stored, change, next, reading, retried, save, stored, writing},
};

const WRITERS: usize = 20;

pub async fn a_reader_keeps_to_its_moment(store: &dyn Store) {
    let old = fixtures::service(1, "Ремонт");
    save(store, &old).await;
    let mut early = reading(store).await;
    assert_eq!(Stored::of(&mut early).get(old.id).await.unwrap().as_ref(), Some(&old));
    let new = change(store, &old, |it| it.archived = true).await;
    save(store, &fixtures::service(2, "Уборка")).await;
    let mut late = reading(store).await;
    assert_eq!(Stored::of(&mut late).get(old.id).await.unwrap(), Some(new));
    assert_eq!(late.counts().await.unwrap().services, 1);
    assert_eq!(Stored::of(&mut early).get(old.id).await.unwrap(), Some(old));
    assert_eq!(early.counts().await.unwrap().services, 1);
    assert_eq!(Service::of(&mut early).get(fixtures::id(2)).await.unwrap(), None);
}

pub async fn a_reader_waits_for_no_writer_and_sees_nothing_uncommitted(store: &dyn Store) {
    let mut old = fixtures::service(1, "Ремонт");
    save(store, &old).await;
    for mode in [Mode::Write, Mode::Exclusive, Mode::BulkLoad] {
        let mut writer = store.begin(mode).await.unwrap();
        let new = next(&old, |it| it.archived = !it.archived);
        Stored::of(&mut writer).update(&new).await.unwrap();
        assert_eq!(stored(store, &old).await.as_ref(), Some(&old));
        writer.commit().await.unwrap();
        assert_eq!(stored(store, &old).await.as_ref(), Some(&new));
        old = new;
    }
}

/// One kopeck more, read and written in one unit of work or in two.
async fn raise(store: &dyn Store, id: domain::service::ServiceId, read_apart: bool) -> Result<()> {
    let mut work = store.begin(if read_apart { Mode::Read } else { Mode::Write }).await?;
    let service: Service = Stored::of(&mut work).get(id).await?.ok_or(StoreError::Stale)?;
    if read_apart {
        drop(work);
        // Others get their turn between the reading and the writing.
        tokio::task::yield_now().await;
        work = store.begin(Mode::Write).await?;
    }
    let raised = next(&service, |it| it.details.price = Money::from_minor(it.details.price.minor() + 1).unwrap());
    Stored::of(&mut work).update(&raised).await?;
    work.commit().await
}

pub async fn writers_at_the_same_time_lose_no_update(store: &dyn Store) {
    let mut service = fixtures::service(1, "Ремонт");
    service.details.price = Money::ZERO;
    save(store, &service).await;
    let writers = (0..WRITERS).map(|writer| async move {
        // Each stale read means that another writer got through, so there are no more of them than writers.
        for _ in 0..=WRITERS {
            match retried(|| raise(store, fixtures::id(1), writer % 2 == 0)).await {
                Ok(()) => return,
                Err(StoreError::Stale) => {}
                Err(error) => panic!("{error:?}"),
            }
        }
        panic!("never got through");
    });
    futures::future::join_all(writers).await;
    let raised = stored(store, &service).await.unwrap();
    assert_eq!(raised.details.price.minor(), 20);
    assert_eq!(raised.stamp.version, 21);
}

pub async fn an_exclusive_writer_waits_for_its_turn_and_has_no_conflict(store: &dyn Store) {
    let mut service = fixtures::service(1, "Ремонт");
    service.details.price = Money::ZERO;
    save(store, &service).await;
    let writers = (0..WRITERS).map(|writer| async move {
        let mode = if writer % 2 == 0 { Mode::Exclusive } else { Mode::Write };
        let raised = async || {
            let mut work = store.begin(mode).await?;
            let service: Service = Stored::of(&mut work).get(fixtures::id(1)).await?.ok_or(StoreError::Stale)?;
            // Every other writer that can write now does so.
            tokio::task::yield_now().await;
            let dearer = service.details.price.minor() + 1;
            let raised = next(&service, |it| it.details.price = Money::from_minor(dearer).unwrap());
            Stored::of(&mut work).update(&raised).await?;
            work.commit().await
        };
        match mode {
            Mode::Exclusive => raised().await.unwrap(),
            _ => retried(raised).await.unwrap(),
        }
    });
    futures::future::join_all(writers).await;
    assert_eq!(stored(store, &service).await.unwrap().details.price.minor(), 20);
}

/// By a contract of its own.
async fn convert(store: &dyn Store, lead: &Lead, n: u32) -> Result<()> {
    let (mut lead, mut scan) = (lead.clone(), fixtures::document(n));
    let mut contract = fixtures::contract(n, "Договор", fixtures::id(50), &mut scan);
    let client = fixtures::client(n, fixtures::moment_of(n), &mut lead, &mut contract);
    let mut work = store.begin(Mode::Write).await?;
    Stored::of(&mut work).insert(&scan).await?;
    Stored::of(&mut work).insert(&contract).await?;
    Stored::of(&mut work).insert(&client).await?;
    Stored::of(&mut work).update(&next(&lead, |_| ())).await?;
    work.commit().await
}

pub async fn two_conversions_at_the_same_moment_make_one_client(store: &dyn Store) {
    let world = crate::world::World::new(1);
    let lead = &Lead { status: LeadStatus::Qualified, ..world.lead.clone() };
    for record in [&world.service, &fixtures::service(50, "Уборка")] {
        save(store, record).await;
    }
    save(store, &world.role).await;
    save(store, &world.user).await;
    save(store, &world.campaign).await;
    save(store, lead).await;
    let attempts = (60..64).map(|n| retried(move || convert(store, lead, n)));
    let answers: Vec<Result<()>> = futures::future::join_all(attempts).await;
    assert_eq!(answers.iter().filter(|it| it.is_ok()).count(), 1, "{answers:?}");
    let told = |it: &Result<()>| matches!(it, Ok(()) | Err(StoreError::Taken(_) | StoreError::Stale));
    assert!(answers.iter().all(told), "{answers:?}");
    let counts = writing(store).await.counts().await.unwrap();
    assert_eq!((counts.clients, counts.contracts), (1, 1));
}
