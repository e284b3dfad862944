//! Rows of the audit log that somebody spoiled.
use conformance::fixtures;
use diesel::connection::SimpleConnection;
use domain::{
    audit::{AuditEntry, AuditFilter},
    page::{Cursor, PageRequest},
    record::RecordKind,
    store::{Mode, Store},
};

use super::{Fresh, fresh};

/// Three entries of one service, of which somebody spoils the second.
async fn spoiled(what: &str) -> (Fresh, [AuditEntry; 3]) {
    let fresh = fresh().await;
    let entries = [1, 2, 3].map(|n| AuditEntry {
        version: n,
        ..fixtures::audit(n.cast_unsigned(), &fixtures::service(1, "Ремонт"), vec![])
    });
    let mut work = fresh.store.begin(Mode::Write).await.unwrap();
    work.append_all(&entries).await.unwrap();
    work.commit().await.unwrap();
    let spoil = format!("DROP TRIGGER audit_log_is_never_changed; UPDATE audit_log SET {what} WHERE version = 2");
    fresh.direct().batch_execute(&spoil).unwrap();
    (fresh, entries)
}

#[tokio::test]
async fn a_row_that_cannot_be_read_stands_in_nobodys_way() {
    let every = [
        ("act = 'eaten'", 2),
        ("kind = 'ghost'", 2),
        ("from_address = 'home'", 3),
        ("changes = '{}'", 3),
        ("changes = '[{\"field\": \"soul\"}]'", 3),
    ];
    for (what, in_history) in every {
        let (fresh, [first, second, third]) = spoiled(what).await;
        let mut work = fresh.store.begin(Mode::Read).await.unwrap();
        let page = work.log(&AuditFilter::default(), PageRequest::new(Cursor::Start)).await.unwrap().items;
        assert_eq!((&page[0], &page[2]), (&Ok(third.clone()), &Ok(first.clone())), "{what}");
        let told = page[1].as_ref().unwrap_err();
        assert_eq!((told.id, told.at, told.record, told.version), (second.id, second.at, second.record, 2), "{what}");
        // What was no change of this kind of record is no part of its history.
        let history = work.history(RecordKind::Service, first.record, i32::MAX, 10).await.unwrap();
        assert_eq!(history.len(), in_history, "{what}");
        assert_eq!(history.iter().flatten().count(), 2, "{what}");
        let sealed = work.sealed(0, 0, 10).await.unwrap();
        let readable: Vec<_> = sealed.iter().map(|it| (it.0.position, it.1.is_ok())).collect();
        assert_eq!(readable, [(1, true), (2, false), (3, true)], "{what}");
        let refused = work.entries(None, 10).await.unwrap_err();
        let reason = std::error::Error::source(&refused).unwrap().to_string();
        assert!(reason.starts_with(&format!("the entry {} of the audit log cannot be read", second.id)), "{reason}");
    }
}

#[tokio::test]
async fn an_entry_is_sealed_wholly_or_not_at_all() {
    let (fresh, _) = spoiled("version = 2").await;
    let copy = |chain: &str, position: &str, hash: &str| {
        fresh.direct().batch_execute(&format!(
            "INSERT INTO audit_log (id, at, kind, record_id, version, changes, act, chain, position, hash)
             SELECT randomblob(16), at, kind, record_id, version, changes, act, {chain}, {position}, {hash}
             FROM audit_log WHERE version = 1"
        ))
    };
    for (chain, position, hash) in [
        ("NULL", "9", "hash"),
        ("0", "NULL", "hash"),
        ("0", "9", "NULL"),
        ("NULL", "NULL", "hash"),
        ("0", "NULL", "NULL"),
    ] {
        let refused = copy(chain, position, hash).unwrap_err();
        assert!(refused.to_string().contains("or none of them"), "{refused}");
    }
    copy("0", "9", "hash").unwrap();
    copy("NULL", "NULL", "NULL").unwrap();
}
