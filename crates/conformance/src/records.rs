//! Records come back as they were written, or not at all.
use domain::{
    document::DocumentType,
    lead::{LeadStatus, WorkStatus},
    page::{Cursor, Page, PageRequest},
    service::{Service, ServiceFilter},
    store::{Store, StoreError},
    values::LostReason,
};

use crate::{
    fixtures,
    support::{Stored, change, insert, list, listed, next, save, stored, update, writing},
    world::{World, for_every_kind},
};

async fn comes_back<R: Stored>(store: &dyn Store, record: &R) {
    assert_eq!(stored(store, record).await.as_ref(), Some(record));
    let page: Page<R> = list(store, &R::Filter::default(), PageRequest::new(Cursor::Start)).await;
    // A default list hides what is archived; what it shows is the same record.
    assert!(page.items.iter().all(|it| it == record), "{page:?}");
}

pub async fn a_record_of_every_kind_comes_back_with_every_field_at_its_limit(store: &dyn Store) {
    let world = World::extreme();
    world.save(store).await;
    for_every_kind!(world, comes_back(store));
}

pub async fn a_record_of_every_kind_comes_back_with_nothing_optional(store: &dyn Store) {
    let world = World::bare();
    world.save(store).await;
    for_every_kind!(world, comes_back(store));
}

/// Writes what one world has over the records of another, kind by kind.
pub async fn every_field_can_be_changed(store: &dyn Store) {
    let (bare, extreme) = (World::bare(), World::extreme());
    bare.save(store).await;
    macro_rules! fill {
        ($($kind:ident: $($field:ident),*;)*) => {
            $(
                let changed = change(store, &bare.$kind, |it| {
                    $(it.$field = extreme.$kind.$field.clone();)*
                    it.stamp.changed_by = Some(bare.user.id);
                }).await;
                assert_eq!(changed.stamp.version, 2);
                comes_back(store, &changed).await;
            )*
        };
    }
    fill! {
        role: name, permissions, second_factor;
        user: details, active, password, password_set_at, password_is_temporary, password_link, second_factor,
            last_sign_in_at, grants;
        service: details, archived;
        campaign: details, archived;
        spend: details, cancelled;
        lead: details, status, next_step, merged;
        note: text;
        contract: details;
        client: details;
        view: details, query, removed;
    }
    let emptied = change(store, &World::extreme().user, |it| {
        it.stamp = next(&bare.user, |_| ()).stamp;
        it.details = bare.user.details.clone();
        it.grants = bare.user.grants.clone();
        (it.password, it.password_link, it.second_factor, it.last_sign_in_at) = (None, None, None, None);
    })
    .await;
    comes_back(store, &emptied).await;
}

pub async fn every_status_of_a_lead_and_every_type_of_file_comes_back(store: &dyn Store) {
    let mut lead = fixtures::lead(1, "Иван", None);
    save(store, &lead).await;
    let lost = LostReason::parse(&"ё".repeat(200)).unwrap();
    for status in [WorkStatus::InProgress, WorkStatus::Lost(lost), WorkStatus::Qualified, WorkStatus::New] {
        lead = change(store, &lead, |it| it.set_status(status).unwrap()).await;
        assert_eq!(stored(store, &lead).await.as_ref(), Some(&lead));
    }
    assert_eq!(lead.status, LeadStatus::New);
    for (n, kind) in (1..).zip(DocumentType::ALL) {
        let mut document = fixtures::document(n);
        document.kind = kind;
        save(store, &document).await;
        assert_eq!(stored(store, &document).await, Some(document));
    }
}

pub async fn a_dropped_unit_of_work_leaves_no_trace(store: &dyn Store) {
    let kept = fixtures::service(1, "Ремонт");
    save(store, &kept).await;
    let mut work = writing(store).await;
    Stored::of(&mut work).insert(&fixtures::service(2, "Уборка")).await.unwrap();
    Stored::of(&mut work).update(&next(&kept, |it| it.archived = true)).await.unwrap();
    drop(work);
    assert_eq!(listed::<Service>(store, &ServiceFilter::default()).await, [kept.id.into()]);
    // The name is free again, and so is the version.
    save(store, &fixtures::service(3, "Уборка")).await;
    change(store, &kept, |it| it.archived = true).await;
}

pub async fn a_unit_of_work_reads_what_it_wrote(store: &dyn Store) {
    let service = fixtures::service(1, "Ремонт");
    let mut work = writing(store).await;
    Stored::of(&mut work).insert(&service).await.unwrap();
    assert_eq!(Stored::of(&mut work).get(service.id).await.unwrap().as_ref(), Some(&service));
    let changed = next(&service, |it| it.archived = true);
    Stored::of(&mut work).update(&changed).await.unwrap();
    assert_eq!(Stored::of(&mut work).get(service.id).await.unwrap(), Some(changed));
}

async fn refuses_stale_updates<R: Stored>(store: &dyn Store, record: &R) {
    let second = change(store, record, |_| ()).await;
    assert_eq!(second.stamp().version, 2);
    let skipped = next(&next(&second, |_| ()), |_| ());
    for stale in [record, &second, &skipped] {
        assert!(matches!(update(store, stale).await, Err(StoreError::Stale)), "{stale:?}");
    }
    assert_eq!(stored(store, record).await.as_ref(), Some(&second));
    let third = change(store, &second, |_| ()).await;
    assert_eq!(stored(store, record).await, Some(third));
}

pub async fn a_stale_update_is_refused_and_a_right_one_raises_the_version(store: &dyn Store) {
    let world = World::new(1);
    world.save(store).await;
    for_every_kind!(world, refuses_stale_updates(store));
}

async fn refuses_to_update<R: Stored>(store: &dyn Store, missing: &R) {
    assert!(matches!(update(store, &next(missing, |_| ())).await, Err(StoreError::Stale)), "{missing:?}");
    assert_eq!(stored(store, missing).await, None);
}

pub async fn an_update_of_a_missing_record_is_stale(store: &dyn Store) {
    for_every_kind!(World::new(1), refuses_to_update(store));
}

pub async fn a_refused_commit_leaves_no_trace(store: &dyn Store) {
    let world = World::new(1);
    save(store, &world.service).await;
    // The document is missing, which the commit finds at the latest.
    assert!(matches!(insert(store, &world.contract).await, Err(StoreError::Dangling)));
    assert_eq!(stored(store, &world.contract).await, None);
    assert_eq!(stored(store, &world.service).await.as_ref(), Some(&world.service));
}
