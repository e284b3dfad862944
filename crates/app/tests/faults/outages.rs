//! The database server goes away, comes back, cuts everybody off, or is replaced by its standby.
use std::{
    thread::sleep,
    time::{Duration, Instant},
};

use crate::{
    ledger::Ledger,
    load::Load,
    site::{DATABASE, Site, alone, empty_database},
};

const CUT: &str = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'voronka'";

/// Else it would have shown nothing.
fn enough(ledger: &Ledger) {
    assert!(ledger.answers.contains_key(&503) && ledger.converted() > 5 && ledger.edited() > 10);
}

#[test]
fn a_server_that_restarts_in_the_middle_of_everything_loses_nothing_that_was_answered() {
    let site = Site::open();
    let load = Load::on(&site);
    let mut ledger = load.during(|| {
        for round in 1..=3 {
            sleep(Duration::from_secs(1));
            let begun = Instant::now();
            site.cluster.restart_immediately();
            let restarted = begun.elapsed();
            let page = site.time_until_a_page();
            println!("restart {round}: the server was back after {restarted:.2?}, the first page {page:.2?} later");
        }
        sleep(Duration::from_secs(1));
    });
    ledger.add(load.works());
    ledger.check(&site);
    enough(&ledger);
}

/// As when its machine hangs: old and new connections wait for answers that do not come.
#[test]
fn a_server_that_falls_silent_keeps_nobody_waiting_for_long() {
    let site = Site::open();
    let load = Load::on(&site);
    let mut ledger = load.during(|| {
        sleep(Duration::from_secs(1));
        site.cluster.pause();
        sleep(Duration::from_secs(5));
        assert_eq!((site.server.get("/healthz").0, site.server.get("/readyz").0), (200, 503));
        site.cluster.resume();
        println!("after the server spoke again the first page took {:.2?}", site.time_until_a_page());
        sleep(Duration::from_secs(1));
    });
    ledger.add(load.works());
    ledger.check(&site);
    enough(&ledger);
}

#[test]
fn connections_that_are_cut_again_and_again_are_replaced() {
    let site = Site::open();
    let load = Load::on(&site);
    let mut ledger = load.during(|| {
        let (begun, mut cut) = (Instant::now(), 0);
        while begun.elapsed() < Duration::from_secs(5) {
            sleep(Duration::from_millis(200));
            cut += site.cluster.query(DATABASE, CUT).parse::<usize>().unwrap();
        }
        println!("{cut} connections were cut, the first page {:.2?} after the last", site.time_until_a_page());
        assert!(cut > 20);
    });
    ledger.add(load.works());
    ledger.check(&site);
    enough(&ledger);
}

#[test]
fn a_standby_takes_over_with_all_that_was_answered() {
    let (alone, primary) = (alone(), empty_database());
    let standby = primary.standby();
    primary.replicate_synchronously();
    let both = format!(",127.0.0.1:{}/{DATABASE}?target_session_attrs=read-write", standby.port());
    let both = primary.url(DATABASE).replace(&format!("/{DATABASE}"), &both);
    let site = Site::at(alone, primary, &both, &[]);
    let load = Load::on(&site);
    let mut ledger = load.during(|| {
        sleep(Duration::from_secs(2));
        let begun = Instant::now();
        site.cluster.kill();
        sleep(Duration::from_millis(500));
        let killed = begun.elapsed();
        standby.promote();
        let promoted = begun.elapsed();
        site.time_until_a_page();
        println!(
            "the outage took {:.2?}: the standby was told after {killed:.2?} and was ready after {promoted:.2?}",
            begun.elapsed()
        );
        sleep(Duration::from_secs(2));
    });
    ledger.add(load.works());
    ledger.check(&site);
    enough(&ledger);
}
