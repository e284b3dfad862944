//! The audit log on a server: damaged rows, simultaneous writers, and a slow count.
use std::time::{Duration, Instant};

use conformance::fixtures;
use domain::{
    audit::{AuditEntry, AuditFilter},
    page::{Cursor, PageRequest},
    record::RecordKind,
    store::{Mode, Store},
};

use super::{LIMITS, fresh, limited};
use crate::Limits;

fn entry(n: i32) -> AuditEntry {
    AuditEntry { version: n, ..fixtures::audit(n.cast_unsigned(), &fixtures::service(1, "Ремонт"), vec![]) }
}

#[tokio::test]
async fn a_row_that_cannot_be_read_stands_in_nobodys_way() {
    for what in ["act = 'eaten'", "kind = 'ghost'", "from_address = 'home'", "changes = '{}'", "changes = '['"] {
        let fresh = fresh().await;
        let entries = [1, 2, 3].map(entry);
        let mut work = fresh.store.begin(Mode::Write).await.unwrap();
        work.append_all(&entries).await.unwrap();
        work.commit().await.unwrap();
        fresh.database.query(&format!(
            "ALTER TABLE audit_log DISABLE TRIGGER ALL; ALTER TABLE audit_log DROP CONSTRAINT IF EXISTS audit_log_changes_check;
             UPDATE audit_log SET {what} WHERE version = 2"
        ));
        let mut work = fresh.store.begin(Mode::Read).await.unwrap();
        let page = work.log(&AuditFilter::default(), PageRequest::new(Cursor::Start)).await.unwrap().items;
        assert_eq!(page.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true], "{what}");
        assert_eq!(page[1].as_ref().unwrap_err().id, entries[1].id, "{what}");
        let history = work.history(RecordKind::Service, entries[0].record, i32::MAX, 10).await.unwrap();
        assert_eq!(history.iter().flatten().count(), 2, "{what}");
        let heads = work.heads().await.unwrap();
        let chain = heads.iter().find(|it| it.position > 0).unwrap().chain;
        let sealed = work.sealed(chain, 0, 10).await.unwrap();
        assert_eq!(sealed.iter().map(|it| it.1.is_ok()).collect::<Vec<_>>(), [true, false, true], "{what}");
    }
}

/// Of a table that small, the server would rather read all rows than look into an index: then each would have read
/// what the other changes.
#[tokio::test]
async fn the_first_two_who_write_are_in_nobodys_way() {
    let fresh = fresh().await;
    assert_eq!(fresh.database.query("SELECT count(*) FROM audit_heads WHERE chain >= 0"), "64");
    fresh.database.query("ANALYZE audit_heads");
    let (mut one, mut other) =
        (fresh.store.begin(Mode::Write).await.unwrap(), fresh.store.begin(Mode::Write).await.unwrap());
    one.append(&entry(1)).await.unwrap();
    other.append(&entry(2)).await.unwrap();
    one.append(&entry(3)).await.unwrap();
    one.commit().await.unwrap();
    other.commit().await.unwrap();
    let positions =
        fresh.database.query("SELECT max(position) || ' ' || sum(position) FROM audit_heads WHERE chain >= 0");
    assert_eq!(positions, "2 3", "each has its own chain");
}

#[tokio::test(flavor = "multi_thread")]
async fn counting_a_long_log_may_take_longer_than_any_page() {
    let limits = Limits { statement: Duration::from_secs(1), ..LIMITS };
    let fresh = limited(postgres_cluster::Locale::C, limits).await;
    let url = fresh.database.url();
    let hidden = std::thread::spawn(move || {
        let hide = "BEGIN; LOCK TABLE audit_log; SELECT pg_sleep(4); COMMIT";
        postgres_cluster::try_query(&url, hide).unwrap()
    });
    tokio::time::sleep(Duration::from_secs(1)).await;
    let (begun, mut work) = (Instant::now(), fresh.store.begin(Mode::Read).await.unwrap());
    assert_eq!(work.size().await.unwrap().all, 0);
    assert!(begun.elapsed() > Duration::from_secs(2), "{:?}", begun.elapsed());
    hidden.join().unwrap();
}
