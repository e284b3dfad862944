//! The histories of records, and the files that wait.
use domain::{
    audit::AuditEntry,
    document::DocumentId,
    field::Field,
    record::{Record, RecordKind},
    store::{Store, StoreError},
};

use crate::{
    fixtures::{self, field_change},
    support::{next, reading, save, stored, writing},
    world::World,
};

async fn append(store: &dyn Store, entries: &[&AuditEntry]) {
    let mut work = writing(store).await;
    for entry in entries {
        work.append(entry).await.unwrap();
    }
    work.commit().await.unwrap();
}

pub async fn a_history_is_read_newest_first_with_every_field(store: &dyn Store) {
    let mut anna = fixtures::anna();
    save(store, &anna).await;
    let service = fixtures::service(1, "Ремонт");
    let creation = fixtures::audit(1, &service, vec![field_change(Field::Name, None, Some("Ремонт"))]);
    anna.stamp.version = 1;
    let mut changed = next(&service, |it| it.stamp.changed_by = Some(anna.id));
    changed.stamp.changed_at = fixtures::moment("2026-01-15T12:00:00.000001Z");
    let long = "Ёж'\"%\\\n😀".repeat(500);
    let every_field = Field::ALL.map(|field| field_change(field, Some(""), Some(&long))).to_vec();
    let change = fixtures::audit(2, &changed, every_field);
    let same_moment = AuditEntry {
        version: 3,
        changes: vec![field_change(Field::Price, Some("1"), None)],
        ..{ fixtures::audit(3, &changed, vec![]) }
    };
    append(store, &[&change, &creation]).await;
    append(store, &[&same_moment]).await;

    let mut work = reading(store).await;
    let (kind, id) = (RecordKind::Service, service.id().into());
    let all = work.history(kind, id, 10).await.unwrap();
    assert_eq!(all, [same_moment.clone(), change.clone(), creation]);
    assert_eq!(work.history(kind, id, 2).await.unwrap(), [same_moment, change]);
    assert_eq!(work.history(RecordKind::Lead, id, 10).await.unwrap(), []);
    assert_eq!(work.history(kind, fixtures::id(999), 10).await.unwrap(), []);
}

pub async fn every_kind_of_record_has_a_history_of_its_own(store: &dyn Store) {
    // The same id under every kind: only the two together say whose history it is.
    let entries: Vec<AuditEntry> = (1..)
        .zip(RecordKind::ALL)
        .map(|(n, kind)| AuditEntry { kind, ..fixtures::audit(n, &fixtures::service(1, "Ремонт"), vec![]) })
        .collect();
    append(store, &entries.iter().collect::<Vec<_>>()).await;
    let mut dropped = writing(store).await;
    dropped.append(&fixtures::audit(99, &fixtures::service(1, "Ремонт"), vec![])).await.unwrap();
    drop(dropped);
    let mut work = reading(store).await;
    for entry in entries {
        let history = work.history(entry.kind, fixtures::id(1), 10).await.unwrap();
        assert_eq!(history, [entry]);
    }
}

pub async fn a_waiting_file_is_forgotten_and_one_that_a_contract_took_is_not(store: &dyn Store) {
    let world = World::new(1);
    world.save(store).await;
    let waiting = fixtures::document(100);
    save(store, &waiting).await;
    let mut dropped = writing(store).await;
    dropped.remove_waiting(waiting.id).await.unwrap();
    drop(dropped);
    assert_eq!(stored(store, &waiting).await.as_ref(), Some(&waiting));
    let mut work = writing(store).await;
    work.remove_waiting(waiting.id).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!(stored(store, &waiting).await, None);
    // What is gone already is no error: two sweeps may meet.
    let mut work = writing(store).await;
    work.remove_waiting(waiting.id).await.unwrap();
    work.commit().await.unwrap();
    let mut work = writing(store).await;
    assert!(matches!(work.remove_waiting(world.document.id).await, Err(StoreError::Stale)));
    drop(work);
    assert_eq!(stored(store, &world.document).await, Some(world.document));
}

pub async fn files_without_a_row_are_unknown(store: &dyn Store) {
    let world = World::new(1);
    world.save(store).await;
    save(store, &fixtures::document(100)).await;
    let (stray, stranger): (DocumentId, DocumentId) = (fixtures::id(998), fixtures::id(999));
    let mut work = reading(store).await;
    let asked = [stray, world.document.id, stranger, fixtures::id(100)];
    let mut unknown = work.unknown(&asked).await.unwrap();
    unknown.sort();
    assert_eq!(unknown, [stray, stranger]);
    assert_eq!(work.unknown(&asked[1..2]).await.unwrap(), []);
    assert_eq!(work.unknown(&[]).await.unwrap(), []);
}
