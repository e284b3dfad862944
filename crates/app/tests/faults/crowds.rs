//! More requests at once than there are connections, and all of them stuck.
use std::{
    collections::BTreeMap,
    sync::{
        Barrier,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, ScopedJoinHandle},
    time::{Duration, Instant},
};

use crate::{
    ledger::Ledger,
    load::Load,
    site::{DATABASE, Site},
    worker::look_at,
};

const REQUESTS: usize = 40;
/// To wait for a connection and for a statement, as the settings say, and a little.
const MOST: Duration = Duration::from_secs(1 + 2 + 2);
/// A load balancer that asks does not wait longer.
const READINESS: Duration = Duration::from_secs(4);

#[test]
fn with_every_connection_stuck_each_request_ends_soon_and_the_process_is_alive() {
    let site = Site::open_with(&[("VORONKA_DATABASE_CONNECTIONS", "2")]);
    let load = Load::on(&site);
    let mut ledger = Ledger::default();
    // In one of them are the records that are asked for, in the other who asks.
    for table in ["leads", "sessions"] {
        let (answers, slowest) = while_locked(&site, table, || asked_at_once(&site));
        let page = site.time_until_a_page();
        println!(
            "{table} locked: answers by status {answers:?}, the slowest after {slowest:.2?}, a page {page:.2?} later"
        );
        assert!(answers.contains_key(&503), "nothing was stuck");
        ledger.add(load.works());
    }
    ledger.check(&site);
    site.database().settle();
}

/// Does it while nobody else can read the table.
fn while_locked<T>(site: &Site, table: &str, work: impl FnOnce() -> T) -> T {
    let lock = format!("BEGIN; LOCK TABLE {table}; SELECT pg_sleep(20)");
    let locked = format!(
        "SELECT count(*) FROM pg_locks WHERE relation = '{table}'::regclass AND granted AND mode = 'AccessExclusiveLock'"
    );
    let unlock = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'BEGIN; LOCK%'";
    thread::scope(|scope| {
        let locking = scope.spawn(|| site.cluster.try_query(DATABASE, &lock));
        while site.cluster.query(DATABASE, &locked) != "1" {
            thread::sleep(Duration::from_millis(20));
        }
        let done = work();
        site.cluster.query(DATABASE, unlock);
        assert!(locking.join().unwrap().is_err(), "the lock was held to the end");
        done
    })
}

/// All of them at the same moment, pages and forms; what they were answered, and the longest that one took.
fn asked_at_once(site: &Site) -> (BTreeMap<u16, usize>, Duration) {
    let (ready, over) = (Barrier::new(REQUESTS), AtomicBool::new(false));
    let answered = thread::scope(|scope| {
        let asking: Vec<_> = (0..REQUESTS)
            .map(|number| {
                let (mut browser, ready) = (site.browser(), &ready);
                let name = format!("Толпа {number}");
                scope.spawn(move || {
                    ready.wait();
                    let begun = Instant::now();
                    let answer = match number % 2 {
                        0 => browser.get("/leads"),
                        _ => browser.post("/leads", &[("full_name", name.as_str()), ("phone", "+79005550142")]),
                    };
                    let (answer, took) = (answer.unwrap(), begun.elapsed());
                    look_at("/leads", &answer);
                    assert!(took < MOST, "{} after {took:?}", answer.status);
                    (answer.status, took)
                })
            })
            .collect();
        let watching = scope.spawn(|| watch(site, &over));
        let answered: Vec<_> = asking.into_iter().map(ScopedJoinHandle::join).collect();
        over.store(true, Ordering::Relaxed);
        watching.join().unwrap();
        answered.into_iter().map(Result::unwrap).collect::<Vec<_>>()
    });
    let mut statuses = BTreeMap::new();
    for (status, _) in &answered {
        *statuses.entry(*status).or_default() += 1;
    }
    (statuses, answered.iter().map(|it| it.1).max().unwrap())
}

/// Asks what machines ask.
fn watch(site: &Site, over: &AtomicBool) {
    thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                let begun = Instant::now();
                assert_eq!(site.server.get("/healthz"), (200, "ok".to_owned()));
                assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
                thread::sleep(Duration::from_millis(50));
            }
        });
        while !over.load(Ordering::Relaxed) {
            let begun = Instant::now();
            let (status, _) = site.server.get("/readyz");
            assert!(matches!(status, 200 | 503) && begun.elapsed() < READINESS, "{status} {:?}", begun.elapsed());
            thread::sleep(Duration::from_millis(50));
        }
    });
}
