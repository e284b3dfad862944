//! Transactions that are abandoned, fail, or meet others.
use std::{
    future::{poll_fn, ready},
    pin::pin,
    task::Poll,
    time::{Duration, Instant},
};

use conformance::fixtures;
use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use domain::{
    page::{Cursor, PageRequest},
    record::Record,
    service::{Service, ServiceFilter},
    store::{Mode, Repository, Store, StoreError, UnitOfWork},
};

use super::{Fresh, LIMITS, fresh, limited};
use crate::{
    Limits, PostgresStore,
    database_error::{DatabaseError, both},
    work::PostgresWork,
};

/// What no transaction may outlive its unit of work by.
const SOON: Duration = Duration::from_millis(100);

fn services(work: &mut dyn UnitOfWork) -> &mut dyn Repository<Service> {
    work
}

async fn write(store: &PostgresStore, n: u32, name: &str) {
    let mut work = store.begin(Mode::Write).await.unwrap();
    services(&mut *work).insert(&fixtures::service(n, name)).await.unwrap();
    work.commit().await.unwrap();
}

async fn count(store: &PostgresStore) -> usize {
    let mut work = store.begin(Mode::Read).await.unwrap();
    services(&mut *work).list(&ServiceFilter::default(), PageRequest::new(Cursor::Start)).await.unwrap().items.len()
}

fn renamed(service: &Service, name: &str) -> Service {
    let mut service = service.clone();
    service.details.name = domain::values::ServiceName::parse(name).unwrap();
    let now = service.stamp.changed_at;
    service.stamp_mut().touch(None, now);
    service
}

/// Lets a future begin what it does, and then drops it, as happens to a handler whose browser goes away. On a busy
/// machine the answer may be there already: then nothing was abandoned.
async fn abandon<T>(future: impl Future<Output = T>) -> bool {
    let mut future = pin!(future);
    poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_pending())).await
}

impl Fresh {
    /// The transactions of the store that the server has open, however it sees them.
    fn open_transactions(&self) -> String {
        self.database.query(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'voronka' \
             AND datname = current_database() AND (xact_start IS NOT NULL OR state <> 'idle')",
        )
    }

    async fn assert_none_is_open_soon(&self) {
        tokio::time::sleep(SOON).await;
        assert_eq!(self.open_transactions(), "0");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_unit_of_work_leaves_no_open_transaction() {
    let fresh = fresh().await;
    for mode in [Mode::Read, Mode::Write] {
        let mut work = fresh.store.begin(mode).await.unwrap();
        work.counts().await.unwrap();
        assert_eq!(fresh.open_transactions(), "1");
        drop(work);
        fresh.assert_none_is_open_soon().await;
    }
    let mut work = fresh.store.begin(Mode::Write).await.unwrap();
    services(&mut *work).insert(&fixtures::service(1, "Ремонт")).await.unwrap();
    drop(work);
    fresh.assert_none_is_open_soon().await;
    write(&fresh.store, 1, "Ремонт").await;
    assert_eq!(count(&fresh.store).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_abandoned_statement_is_broken_off() {
    let fresh = fresh().await;
    write(&fresh.store, 1, "Ремонт").await;
    let mut first = fresh.store.begin(Mode::Write).await.unwrap();
    let old = services(&mut *first).get(fixtures::id(1)).await.unwrap().unwrap();
    services(&mut *first).update(&renamed(&old, "Первый")).await.unwrap();
    for _ in 0..5 {
        let mut second = fresh.store.begin(Mode::Write).await.unwrap();
        {
            // It waits for the first one's lock, for as long as that takes.
            let waiting = services(&mut *second);
            let changed = renamed(&old, "Второй");
            let asked = tokio::time::timeout(Duration::from_millis(200), waiting.update(&changed)).await;
            assert!(asked.is_err(), "{asked:?}");
        }
        drop(second);
        tokio::time::sleep(SOON).await;
        assert_eq!(fresh.open_transactions(), "1", "only the first one is still open");
        // One that asks nothing for long is ended.
        first.counts().await.unwrap();
    }
    first.commit().await.unwrap();
    // Nobody else's statement was broken off with it, and the connections are good.
    for _ in 0..20 {
        assert_eq!(count(&fresh.store).await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_read_that_is_dropped_frees_its_connection_soon() {
    let fresh = limited(postgres_cluster::Locale::Utf8, Limits { connections: 1, ..LIMITS }).await;
    let mut quickest = SOON * 100;
    for _ in 0..3 {
        let mut work = PostgresWork::new(fresh.store.pool.get().await.unwrap(), Mode::Read, LIMITS.statement);
        let reading = tokio::spawn(async move {
            work.run(|mut conn| async move { Ok(conn.batch_execute("SELECT pg_sleep(60)").await?) }).await
        });
        tokio::time::sleep(SOON).await;
        reading.abort();
        let dropped = Instant::now();
        // The one connection that there may be, made anew.
        drop(fresh.store.pool.get().await.unwrap());
        quickest = quickest.min(dropped.elapsed());
        assert_eq!(count(&fresh.store).await, 0);
        fresh.assert_none_is_open_soon().await;
    }
    // A busy machine may make one of them wait.
    assert!(quickest < SOON, "{quickest:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_abandoned_while_it_runs_leaves_no_trace() {
    let (fresh, mut abandoned) = (fresh().await, 0);
    for n in 1..=20 {
        let mut work = fresh.store.begin(Mode::Write).await.unwrap();
        if abandon(services(&mut *work).insert(&fixtures::service(n, &format!("Услуга {n}")))).await {
            // Nothing but its own end can follow: what was saved of the abandoned step is unknown.
            assert!(matches!(work.commit().await, Err(StoreError::Unavailable(_))));
            abandoned += 1;
        }
    }
    assert!(abandoned > 0);
    fresh.assert_none_is_open_soon().await;
    write(&fresh.store, 100, "Ремонт").await;
    assert_eq!(count(&fresh.store).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_abandoned_commit_saves_everything_or_nothing() {
    let (fresh, mut abandoned) = (fresh().await, 0);
    for n in 1..=20 {
        let mut work = fresh.store.begin(Mode::Write).await.unwrap();
        services(&mut *work).insert(&fixtures::service(2 * n, &format!("Услуга {n}"))).await.unwrap();
        services(&mut *work).insert(&fixtures::service(2 * n + 1, &format!("Вторая {n}"))).await.unwrap();
        abandoned += u32::from(abandon(work.commit()).await);
    }
    assert!(abandoned > 0);
    fresh.assert_none_is_open_soon().await;
    write(&fresh.store, 100, "Ремонт").await;
    let saved = count(&fresh.store).await;
    assert_eq!(saved % 2, 1, "half of a unit of work was saved: {saved}");
}

#[tokio::test]
async fn a_step_after_a_failure_is_refused() {
    let fresh = fresh().await;
    write(&fresh.store, 1, "Ремонт").await;
    let mut work = fresh.store.begin(Mode::Write).await.unwrap();
    let taken = services(&mut *work).insert(&fixtures::service(2, "РЕМОНТ")).await;
    assert!(matches!(taken, Err(StoreError::Taken(_))), "{taken:?}");
    let after = services(&mut *work).insert(&fixtures::service(3, "Уборка")).await;
    assert!(matches!(after, Err(StoreError::Unavailable(_))), "{after:?}");
    assert!(matches!(work.commit().await, Err(StoreError::Unavailable(_))));
    assert_eq!(count(&fresh.store).await, 1);
}

#[tokio::test]
async fn a_unit_of_work_for_reading_cannot_write() {
    let fresh = fresh().await;
    let mut work = fresh.store.begin(Mode::Read).await.unwrap();
    let refused = services(&mut *work).insert(&fixtures::service(1, "Ремонт")).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    drop(work);
    assert_eq!(count(&fresh.store).await, 0);
}

#[tokio::test]
async fn two_that_could_not_have_happened_one_after_the_other_are_one() {
    let fresh = fresh().await;
    write(&fresh.store, 1, "Ремонт").await;
    write(&fresh.store, 2, "Уборка").await;
    // Each reads what the other changes. No lock is in the way, yet after both neither had read the truth.
    let (mut one, mut other) =
        (fresh.store.begin(Mode::Write).await.unwrap(), fresh.store.begin(Mode::Write).await.unwrap());
    for work in [&mut one, &mut other] {
        assert_eq!(
            services(&mut **work)
                .list(&ServiceFilter::default(), PageRequest::new(Cursor::Start))
                .await
                .unwrap()
                .items
                .len(),
            2
        );
    }
    let change = async |work: &mut Box<dyn UnitOfWork>, n| {
        let old = services(&mut **work).get(fixtures::id(n)).await?.unwrap();
        let mut changed = renamed(&old, "Другая");
        changed.archived = true;
        changed.details.name = old.details.name.clone();
        services(&mut **work).update(&changed).await
    };
    let first = match change(&mut one, 1).await {
        Ok(()) => one.commit().await,
        refused => refused,
    };
    let second = match change(&mut other, 2).await {
        Ok(()) => other.commit().await,
        refused => refused,
    };
    assert!(first.is_ok(), "{first:?}");
    assert!(matches!(second, Err(StoreError::Contended)), "{second:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_that_wait_for_each_other_one_is_told_to_begin_again() {
    let fresh = fresh().await;
    for (n, name) in [(1, "Ремонт"), (2, "Уборка")] {
        write(&fresh.store, n, name).await;
    }
    let swap = async |first: u32, second: u32| {
        let mut work = fresh.store.begin(Mode::Write).await?;
        for n in [first, second] {
            let old = services(&mut *work).get(fixtures::id(n)).await?.unwrap();
            services(&mut *work).update(&renamed(&old, &format!("Услуга {n} после {first}"))).await?;
            // Until both have their first lock.
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        work.commit().await
    };
    let begun = Instant::now();
    let (one, other) = tokio::join!(swap(1, 2), swap(2, 1));
    assert!(begun.elapsed() < Duration::from_secs(8));
    let refused: Vec<_> = [one, other].into_iter().filter_map(Result::err).collect();
    assert!(!refused.is_empty() && refused.iter().all(|it| matches!(it, StoreError::Contended)), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_that_stalls_keeps_nobody_from_their_turn_for_long() {
    let fresh = fresh().await;
    write(&fresh.store, 1, "Ремонт").await;
    let mut stalled = fresh.store.begin(Mode::Write).await.unwrap();
    stalled.counts().await.unwrap();
    let begun = Instant::now();
    let mut alone = fresh.store.begin(Mode::Exclusive).await.unwrap();
    alone.counts().await.unwrap();
    alone.commit().await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    assert!(stalled.commit().await.is_err(), "the server has ended it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_that_does_not_come_is_told_as_somebody_in_the_way() {
    let fresh = limited(postgres_cluster::Locale::C, Limits { statement: Duration::from_secs(1), ..LIMITS }).await;
    let mut long = fresh.store.begin(Mode::BulkLoad).await.unwrap();
    long.counts().await.unwrap();
    for mode in [Mode::Write, Mode::Exclusive, Mode::BulkLoad] {
        let begun = Instant::now();
        let told = fresh.store.begin(mode).await.unwrap().counts().await;
        assert!(matches!(told, Err(StoreError::Contended)), "{mode:?}: {told:?}");
        assert!(begun.elapsed() < Duration::from_secs(5), "{mode:?}: {:?}", begun.elapsed());
    }
    long.commit().await.unwrap();
    // One that gave up waiting is in nobody's way.
    write(&fresh.store, 1, "Ремонт").await;
}

#[tokio::test]
async fn a_statement_that_takes_too_long_is_ended() {
    let fresh = limited(postgres_cluster::Locale::C, Limits { statement: Duration::from_secs(1), ..LIMITS }).await;
    write(&fresh.store, 1, "Ремонт").await;
    let mut first = fresh.store.begin(Mode::Write).await.unwrap();
    let old = services(&mut *first).get(fixtures::id(1)).await.unwrap().unwrap();
    services(&mut *first).update(&renamed(&old, "Первый")).await.unwrap();
    let mut second = fresh.store.begin(Mode::Write).await.unwrap();
    let begun = Instant::now();
    let ended = services(&mut *second).update(&renamed(&old, "Второй")).await;
    assert!(matches!(ended, Err(StoreError::Unavailable(_))), "{ended:?}");
    assert!((Duration::from_millis(900)..Duration::from_secs(3)).contains(&begun.elapsed()), "{:?}", begun.elapsed());
    first.commit().await.unwrap();
}

/// Each write also changes the counters that all writes share: they must not stand in each other's way for that.
#[tokio::test(flavor = "multi_thread")]
async fn new_records_at_the_same_time_hardly_ever_meet() {
    let fresh = fresh().await;
    let writers = (0..8_u32).map(|writer| {
        let store = fresh.store.clone();
        tokio::spawn(async move {
            let mut contended = 0;
            for n in 0..25 {
                let lead = fixtures::lead(1000 * (writer + 1) + n, "Иван", None);
                loop {
                    let mut work = store.begin(Mode::Write).await.unwrap();
                    let written = match Repository::insert(&mut *work, &lead).await {
                        Ok(()) => work.commit().await,
                        refused => refused,
                    };
                    match written {
                        Ok(()) => break,
                        Err(StoreError::Contended) => contended += 1,
                        Err(error) => panic!("{error:?}"),
                    }
                }
            }
            contended
        })
    });
    let mut contended = 0;
    for writer in writers.collect::<Vec<_>>() {
        contended += writer.await.unwrap();
    }
    println!("200 new leads by 8 writers: begun again {contended} times");
    assert!(contended < 40, "{contended}");
    let counts = fresh.store.begin(Mode::Read).await.unwrap().counts().await.unwrap();
    assert_eq!(counts.leads.values().sum::<u64>(), 200);
    assert_eq!(fresh.database.query("SELECT count(*) FROM leads"), "200");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_statements_sent_together_the_one_that_failed_first_is_told() {
    let fresh = fresh().await;
    let conn = AsyncPgConnection::establish(&fresh.database.url()).await.unwrap();
    for reason_comes_last in [false, true] {
        (&conn).batch_execute("BEGIN").await.unwrap();
        let in_the_way = "DO $$ BEGIN RAISE EXCEPTION 'in the way' USING ERRCODE = 'serialization_failure'; END $$";
        let reason = DatabaseError::from((&conn).batch_execute(in_the_way).await.unwrap_err());
        let echo = DatabaseError::from((&conn).batch_execute("SELECT 1").await.unwrap_err());
        (&conn).batch_execute("ROLLBACK").await.unwrap();
        assert!(
            matches!(&echo, DatabaseError::Database(error) if error.to_string().contains("transaction is aborted")),
            "{echo:?}"
        );

        let [one, other] = if reason_comes_last { [echo, reason] } else { [reason, echo] };
        let told = both(ready(Err::<(), _>(one)), ready(Err::<(), _>(other))).await.unwrap_err();
        assert!(matches!(told, DatabaseError::Database(_)), "else the transaction would count as whole: {told:?}");
        assert!(matches!(told.into(), StoreError::Contended));
    }
}
