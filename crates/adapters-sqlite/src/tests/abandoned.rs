//! Reads that nobody waits for any more, and what they leave behind.
use std::time::{Duration, Instant};

use conformance::fixtures;
use diesel::{prelude::*, sql_query, sql_types::Text};
use domain::store::{Mode, Repository, Store};
use tokio::time::{sleep, timeout};

use super::{Fresh, fresh};
use crate::{abandoned::LARGE, work::SqliteWork};

/// How long a reader may stay busy for nobody.
const SOON: Duration = Duration::from_millis(100);

async fn with_leads(number: u32) -> Fresh {
    let fresh = fresh().await;
    let mut work = fresh.store.begin(Mode::Write).await.unwrap();
    for n in 1..=number {
        Repository::insert(&mut *work, &fixtures::lead(n, "Иван", None)).await.unwrap();
    }
    work.commit().await.unwrap();
    fresh
}

async fn begin(fresh: &Fresh, mode: Mode) -> SqliteWork {
    let pool = if mode == Mode::Read { &fresh.store.readers } else { &fresh.store.writer };
    SqliteWork::new(pool.get().await.unwrap(), mode)
}

/// Looks at every combination of four leads.
fn slow(conn: &mut SqliteConnection) -> QueryResult<usize> {
    sql_query("SELECT count(*) FROM leads a CROSS JOIN leads b CROSS JOIN leads c CROSS JOIN leads d WHERE a.full_name <> d.full_name")
        .execute(conn)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_read_that_is_dropped_frees_its_reader_soon() {
    let fresh = with_leads(200).await;
    let readers = Store::readers(&fresh.store);
    let mut freed = Vec::new();
    for _ in 0..3 {
        let mut reading = Vec::new();
        for _ in 0..readers {
            let mut work = begin(&fresh, Mode::Read).await;
            reading.push(tokio::spawn(async move { work.run(|conn| Ok(slow(conn)?)).await }));
        }
        sleep(SOON).await;
        assert!(timeout(SOON, fresh.store.readers.get()).await.is_err(), "all of them should be busy");
        let dropped = Instant::now();
        reading.iter().for_each(tokio::task::JoinHandle::abort);
        let mut all = Vec::new();
        for _ in 0..readers {
            all.push(fresh.store.readers.get().await.unwrap());
        }
        freed.push(dropped.elapsed());
        drop(all);
        // The connections are as good as before.
        for _ in 0..readers * 2 {
            let mut work = begin(&fresh, Mode::Read).await;
            let count =
                work.run(|conn| Ok(crate::schema::leads::table.count().get_result::<i64>(conn)?)).await.unwrap();
            assert_eq!(count, 200);
        }
    }
    // The processors are busy with other tests; without an end these reads would take minutes.
    let (soonest, latest) = (freed.iter().min().unwrap(), freed.iter().max().unwrap());
    assert!(*soonest < SOON && *latest < SOON * 20, "{freed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_is_dropped_is_not_stopped_in_the_middle() {
    let fresh = with_leads(60).await;
    let mut work = begin(&fresh, Mode::Write).await;
    let (done, mut ended) = tokio::sync::mpsc::channel(1);
    let writing = tokio::spawn(async move {
        let task = move |conn: &mut SqliteConnection| {
            let answer = slow(conn);
            done.blocking_send(answer.is_ok()).unwrap();
            Ok(answer?)
        };
        work.run(task).await
    });
    sleep(Duration::from_millis(20)).await;
    writing.abort();
    assert!(ended.try_recv().is_err(), "it should still be under way");
    assert_eq!(ended.recv().await, Some(true));
}

#[tokio::test]
async fn every_table_that_has_many_rows_is_read_through_its_view() {
    #[derive(QueryableByName)]
    struct Name {
        #[diesel(sql_type = Text)]
        name: String,
    }
    /// They have a row for each person, service or campaign, or for each kind of record; none for what comes in every day.
    const SMALL: [&str; 11] = [
        "__diesel_schema_migrations",
        "audit_heads",
        "campaigns",
        "counters",
        "leads_told_apart",
        "roles",
        "services",
        "sessions",
        "user_roles",
        "users",
        "views",
    ];
    let fresh = fresh().await;
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
    let tables: Vec<Name> = sql_query(tables).load(&mut fresh.direct()).unwrap();
    assert!(tables.len() > LARGE.len());
    for Name { name } in tables {
        assert!(LARGE.contains(&&*name) != SMALL.contains(&&*name), "is {name} large or small?");
    }
    let mut work = begin(&fresh, Mode::Read).await;
    let views = "SELECT name FROM temp.sqlite_schema WHERE type = 'view' AND sql LIKE '%still_wanted%'";
    let views: Vec<Name> = work.run(move |conn| Ok(sql_query(views).load(conn)?)).await.unwrap();
    assert_eq!(views.into_iter().map(|it| it.name).collect::<Vec<_>>(), LARGE);
}
