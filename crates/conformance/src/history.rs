//! The histories of records, and the files that wait.
use domain::{
    audit::{AuditAction, AuditEntry, AuditFilter, AuditId},
    calendar::Moments,
    chain::ChainLink,
    document::DocumentId,
    field::Field,
    page::{Cursor, PageRequest},
    record::{Record, RecordKind},
    store::{LogSize, Store, StoreError},
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
        from: Some("2001:db8::1".parse().unwrap()),
        changes: vec![field_change(Field::Price, Some("1"), None)],
        ..{ fixtures::audit(3, &changed, vec![]) }
    };
    append(store, &[&change, &creation]).await;
    let no_change = AuditEntry { act: AuditAction::SignedIn, ..fixtures::audit(4, &changed, vec![]) };
    append(store, &[&same_moment, &no_change]).await;

    let mut work = reading(store).await;
    let (kind, id) = (RecordKind::Service, service.id().into());
    let all = work.history(kind, id, i32::MAX, 10).await.unwrap();
    let [third, second, first] = [same_moment, change, creation].map(Ok);
    assert_eq!(all, [third.clone(), second.clone(), first.clone()]);
    assert_eq!(work.history(kind, id, i32::MAX, 2).await.unwrap(), [third, second.clone()]);
    assert_eq!(work.history(kind, id, 3, 10).await.unwrap(), [second, first]);
    assert_eq!(work.history(kind, id, 1, 10).await.unwrap(), []);
    assert_eq!(work.history(RecordKind::Lead, id, i32::MAX, 10).await.unwrap(), []);
    assert_eq!(work.history(kind, fixtures::id(999), i32::MAX, 10).await.unwrap(), []);
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
        let history = work.history(entry.kind, fixtures::id(1), i32::MAX, 10).await.unwrap();
        assert_eq!(history, [Ok(entry)]);
    }
}

/// Five entries a day apart: of two users, of two kinds, of several acts.
async fn logged(store: &dyn Store) -> Vec<AuditEntry> {
    let (anna, boris) = (fixtures::anna(), fixtures::user(2, "boris", ""));
    save(store, &anna).await;
    save(store, &boris).await;
    let service = fixtures::service(1, "Ремонт");
    let entry = |n: u32, by, kind, act| {
        let at = fixtures::moment(&format!("2026-03-0{n}T12:00:00.000999Z"));
        let id = AuditId(domain::id::new_uuid(at));
        AuditEntry { id, at, by, kind, act, ..fixtures::audit(n, &service, vec![]) }
    };
    let entries = vec![
        entry(1, Some(anna.id), RecordKind::Service, AuditAction::Created),
        entry(2, Some(boris.id), RecordKind::Service, AuditAction::Changed),
        entry(3, Some(anna.id), RecordKind::User, AuditAction::SignedIn),
        entry(4, None, RecordKind::User, AuditAction::SignInFailed),
        entry(5, Some(anna.id), RecordKind::User, AuditAction::SignedIn),
    ];
    append(store, &entries.iter().collect::<Vec<_>>()).await;
    entries
}

pub async fn the_log_is_narrowed_and_paged(store: &dyn Store) {
    let all = logged(store).await;
    let mut work = reading(store).await;
    let days = |from: &str, until: &str| {
        let [from, until] = [from, until].map(|it| fixtures::moment(&format!("2026-03-{it}Z")));
        Some(Moments { from, until })
    };
    let filter = AuditFilter::default;
    let filters = [
        (filter(), vec![4, 3, 2, 1, 0]),
        (AuditFilter { by: all[0].by, ..filter() }, vec![4, 2, 0]),
        (AuditFilter { act: Some(AuditAction::SignedIn), ..filter() }, vec![4, 2]),
        (AuditFilter { kind: Some(RecordKind::Service), ..filter() }, vec![1, 0]),
        (AuditFilter { record: Some(all[0].record), kind: Some(RecordKind::User), ..filter() }, vec![4, 3, 2]),
        (AuditFilter { record: Some(fixtures::id(999)), ..filter() }, vec![]),
        (AuditFilter { period: days("02T12:00:00", "04T12:00:00"), ..filter() }, vec![2, 1]),
        (AuditFilter { period: days("02T12:00:00.001", "04T12:00:00.001"), ..filter() }, vec![3, 2]),
        (AuditFilter { by: all[0].by, period: days("02T00:00:00", "09T00:00:00"), ..filter() }, vec![4, 2]),
    ];
    for (filter, expected) in filters {
        let expected: Vec<AuditEntry> = expected.into_iter().map(|it| all[it].clone()).collect();
        let page = work.log(&filter, PageRequest::sized(Cursor::Start, 10)).await.unwrap();
        let found: Vec<_> = page.items.into_iter().flatten().collect();
        assert_eq!(found, expected, "{filter:?}");
        for (at, entry) in expected.iter().enumerate() {
            let older = work.log(&filter, PageRequest::sized(Cursor::After(entry.id.0), 1)).await.unwrap();
            assert_eq!(older.items.into_iter().flatten().next().as_ref(), expected.get(at + 1));
            assert_eq!((older.has_newer, older.has_older), (true, at + 2 < expected.len()));
            let newer = work.log(&filter, PageRequest::sized(Cursor::Before(entry.id.0), 1)).await.unwrap();
            assert_eq!(newer.items.into_iter().flatten().next().as_ref(), at.checked_sub(1).map(|it| &expected[it]));
        }
    }
}

pub async fn every_entry_is_sealed_behind_the_one_before_it(store: &dyn Store) {
    let mut all = logged(store).await;
    let mut dropped = writing(store).await;
    dropped.append(&fixtures::audit(9, &fixtures::service(1, "Ремонт"), vec![])).await.unwrap();
    drop(dropped);
    let more: Vec<_> = (10..15).map(|n| fixtures::audit(n, &fixtures::service(1, "Ремонт"), vec![])).collect();
    let mut work = writing(store).await;
    work.append(&more[0]).await.unwrap();
    work.append_all(&more[1..4]).await.unwrap();
    work.append_all(&[]).await.unwrap();
    work.append(&more[4]).await.unwrap();
    work.commit().await.unwrap();
    all.extend(more);

    let mut work = reading(store).await;
    let mut found = Vec::new();
    let heads = work.heads().await.unwrap();
    let chains: Vec<i16> = heads.iter().map(|it| it.chain).collect();
    for head in heads {
        let mut link = ChainLink::start(head.chain);
        loop {
            let next = work.sealed(head.chain, link.position, 2).await.unwrap();
            if next.is_empty() {
                break;
            }
            for (made, logged) in next {
                let entry = logged.unwrap();
                assert_eq!(made, link.followed_by(&entry));
                link = made;
                found.push(entry);
            }
        }
        assert_eq!(link, head);
    }
    let size = work.size().await.unwrap();
    assert_eq!(size, LogSize { all: all.len() as u64, chains: size.chains, ..LogSize::default() });
    assert_eq!(chains, (0..size.chains).collect::<Vec<_>>(), "each has a head, be it empty or not");
    let ids = |entries: &[AuditEntry]| {
        let mut ids: Vec<_> = entries.iter().map(|it| it.id).collect();
        ids.sort_unstable();
        ids
    };
    assert_eq!(ids(&found), ids(&all));
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
