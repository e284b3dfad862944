//! Servers that go away, come back, are not to be trusted, or are behind a pooler.
use std::time::{Duration, Instant};

use conformance::fixtures;
use domain::store::{Mode, Repository, Store, StoreError};
use postgres_cluster::{Bouncer, Cluster, Locale, shared};

use super::{LIMITS, address, fresh, limited};
use crate::{Address, Limits, OpenError, PostgresStore};

const QUICK: Limits = Limits {
    connections: 4,
    connect: Duration::from_secs(2),
    wait: Duration::from_secs(1),
    statement: Duration::from_secs(2),
    prepared: true,
};

async fn write(store: &PostgresStore, n: u32) -> domain::store::Result<()> {
    let mut work = store.begin(Mode::Write).await?;
    Repository::insert(&mut *work, &fixtures::service(n, &format!("Услуга {n}"))).await?;
    work.commit().await
}

async fn count(store: &PostgresStore) -> domain::store::Result<u64> {
    Ok(store.begin(Mode::Read).await?.counts().await?.services)
}

/// Tries until it works again; how long that took.
async fn recovered(store: &PostgresStore) -> Duration {
    let begun = Instant::now();
    while let Err(error) = count(store).await {
        assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
        assert!(begun.elapsed() < Duration::from_secs(20), "{error:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    begun.elapsed()
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_the_server_cut_are_replaced() {
    let fresh = fresh().await;
    write(&fresh.store, 1).await.unwrap();
    let mut open = fresh.store.begin(Mode::Write).await.unwrap();
    open.counts().await.unwrap();
    fresh.database.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE application_name = 'voronka' AND datname = current_database()",
    );
    assert!(matches!(open.counts().await, Err(StoreError::Unavailable(_))));
    assert!(matches!(open.commit().await, Err(StoreError::Unavailable(_))));
    assert!(recovered(&fresh.store).await < Duration::from_secs(1));
    write(&fresh.store, 2).await.unwrap();
    assert_eq!(count(&fresh.store).await.unwrap(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_too_long_for_a_connection_is_an_error() {
    let fresh = limited(Locale::C, Limits { connections: 2, ..QUICK }).await;
    let held = [fresh.store.begin(Mode::Read).await.unwrap(), fresh.store.begin(Mode::Write).await.unwrap()];
    let begun = Instant::now();
    let waiting = (0..20).map(|_| fresh.store.begin(Mode::Read));
    for refused in futures::future::join_all(waiting).await {
        assert!(matches!(refused, Err(StoreError::Unavailable(_))));
    }
    assert!((QUICK.wait..QUICK.wait * 2).contains(&begun.elapsed()), "{:?}", begun.elapsed());
    drop(held);
    assert_eq!(count(&fresh.store).await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_falls_silent_keeps_nobody_waiting() {
    let cluster = Cluster::start();
    cluster.create_database("crm", Locale::C);
    let store = PostgresStore::open(&address(&cluster.url("crm")), QUICK).await.unwrap();
    write(&store, 1).await.unwrap();
    cluster.pause();
    let begun = Instant::now();
    assert!(matches!(count(&store).await, Err(StoreError::Unavailable(_))));
    let most = QUICK.statement + Duration::from_secs(3);
    assert!(begun.elapsed() < most, "{:?}", begun.elapsed());
    let begun = Instant::now();
    assert!(matches!(write(&store, 2).await, Err(StoreError::Unavailable(_))));
    assert!(begun.elapsed() < most, "{:?}", begun.elapsed());
    cluster.resume();
    recovered(&store).await;
    assert_eq!(count(&store).await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standby_takes_over_with_all_that_was_answered() {
    let primary = Cluster::start();
    primary.create_database("crm", Locale::Utf8);
    let standby = primary.standby();
    primary.replicate_synchronously();
    let (one, two) = (primary.url("crm"), standby.port());
    let (first, _) = one.rsplit_once('/').unwrap();
    let both = format!("{first},127.0.0.1:{two}/crm?target_session_attrs=read-write");
    let store = PostgresStore::open(&address(&both), QUICK).await.unwrap();
    let mut answered = 0;
    for n in 1..=50 {
        write(&store, n).await.unwrap();
        answered += 1;
    }
    primary.kill();
    assert!(matches!(write(&store, 51).await, Err(StoreError::Unavailable(_))));
    standby.promote();
    println!("after the standby was promoted it took {:?}", recovered(&store).await);
    assert_eq!(count(&store).await.unwrap(), answered);
    write(&store, 52).await.unwrap();
    assert_eq!(standby.query("crm", "SELECT count(*) FROM services"), (answered + 1).to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_takes_connections_and_says_nothing_does_not_hide_the_next() {
    let (frozen, alive) = (Cluster::start(), Cluster::start());
    alive.create_database("crm", Locale::C);
    let (first, _) = frozen.url("crm").rsplit_once('/').map(|it| (it.0.to_owned(), it.1.to_owned())).unwrap();
    let password = |url: &str| url.split([':', '@']).nth(2).unwrap().to_owned();
    alive.query("postgres", &format!("ALTER ROLE voronka PASSWORD '{}'", password(&frozen.url("crm"))));
    let both = format!("{first},127.0.0.1:{}/crm", alive.port());
    frozen.pause();
    let begun = Instant::now();
    let store = PostgresStore::open(&address(&both), QUICK).await.unwrap();
    assert_eq!(count(&store).await.unwrap(), 0);
    assert!(begun.elapsed() < QUICK.connect * 3, "{:?}", begun.elapsed());
    frozen.resume();
}

/// A standby that is gone holds up every commit. The connections in it are still the pool's: no more are opened.
#[tokio::test(flavor = "multi_thread")]
async fn commits_that_hang_take_no_more_connections_than_there_may_be() {
    let primary = Cluster::start();
    primary.create_database("crm", Locale::C);
    let standby = primary.standby();
    primary.replicate_synchronously();
    let limits = Limits { connections: 3, statement: Duration::from_secs(1), ..QUICK };
    let store = PostgresStore::open(&address(&primary.url("crm")), limits).await.unwrap();
    write(&store, 1).await.unwrap();
    standby.pause();
    for n in 2..12 {
        assert!(matches!(write(&store, n).await, Err(StoreError::Unavailable(_))));
        let open = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'voronka'";
        let open: u32 = primary.query("postgres", open).parse().unwrap();
        assert!(open <= 3, "{open} connections");
    }
    standby.resume();
    let begun = Instant::now();
    while write(&store, 50).await.is_err() {
        assert!(begun.elapsed() < Duration::from_secs(20));
    }
    // Every commit whose answer did not come in time was either saved, or never begun.
    assert_eq!(count(&store).await.unwrap().to_string(), primary.query("crm", "SELECT count(*) FROM services"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_answers_is_checked() {
    let cluster = Cluster::with_tls();
    cluster.create_database("crm", Locale::C);
    let (by_number, port) = (cluster.url("crm"), cluster.port());
    let by_name = by_number.replace(&format!("127.0.0.1:{port}"), &format!("localhost:{port}"));
    let open = async |url: &str, ca: Option<&std::path::Path>| {
        let options = ca.map_or_else(String::new, |it| format!("?sslmode=verify-full&sslrootcert={}", it.display()));
        PostgresStore::open(&format!("{url}{options}").parse::<Address>().unwrap(), QUICK).await
    };
    let (own, other) = (cluster.ca_file(), cluster.other_ca_file());
    let store = open(&by_name, Some(own)).await.unwrap();
    write(&store, 1).await.unwrap();
    let encrypted = "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
                     WHERE application_name = 'voronka'";
    let admin = format!("{by_name}?sslmode=verify-full&sslrootcert={}", own.display());
    assert_eq!(postgres_cluster::try_query(&admin, encrypted).unwrap(), "t");
    for (url, ca, why) in [
        (&by_name, Some(other), "an authority that did not sign it"),
        (&by_number, Some(own), "a name that is not in the certificate"),
        (&by_name, None, "no encryption"),
    ] {
        assert!(matches!(open(url, ca).await, Err(OpenError::NoConnection(_))), "{why}");
    }
    let nothing = std::path::Path::new("/nowhere/ca.pem");
    assert!(matches!(open(&by_name, Some(nothing)).await, Err(OpenError::NoConnection(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_abandoned_statement_is_broken_off_over_tls_too() {
    let cluster = Cluster::with_tls();
    cluster.create_database("crm", Locale::C);
    let url = cluster.url("crm").replace("127.0.0.1", "localhost");
    let url = format!("{url}?sslmode=verify-full&sslrootcert={}", cluster.ca_file().display());
    let store = PostgresStore::open(&address(&url), LIMITS).await.unwrap();
    let mut first = store.begin(Mode::Write).await.unwrap();
    Repository::insert(&mut *first, &fixtures::service(1, "Ремонт")).await.unwrap();
    let mut second = store.begin(Mode::Write).await.unwrap();
    let same = fixtures::service(1, "Уборка");
    // It waits to know whether the first one keeps the id.
    let waited = tokio::time::timeout(Duration::from_millis(200), Repository::insert(&mut *second, &same)).await;
    assert!(waited.is_err(), "{waited:?}");
    drop(second);
    tokio::time::sleep(Duration::from_millis(150)).await;
    let open = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'voronka' AND xact_start IS NOT NULL";
    assert_eq!(postgres_cluster::try_query(&url, open).unwrap(), "1");
    first.commit().await.unwrap();
}

/// `PgBouncer` lends a server connection to each transaction, here four to everybody.
#[tokio::test(flavor = "multi_thread")]
async fn a_pooler_may_be_in_between() {
    shared().create_database("pooled", Locale::Utf8);
    let bouncer = Bouncer::start(shared());
    let limits = Limits { connections: 12, prepared: false, ..LIMITS };
    let store = PostgresStore::open(&address(&bouncer.url("pooled")), limits).await.unwrap();
    let writers = (0..12_u32).map(|writer| {
        let store = store.clone();
        tokio::spawn(async move {
            for n in 0..10 {
                loop {
                    match write(&store, 100 * (writer + 1) + n).await {
                        Ok(()) => break,
                        Err(StoreError::Contended) => {}
                        Err(error) => panic!("{error:?}"),
                    }
                }
                count(&store).await.unwrap();
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    assert_eq!(count(&store).await.unwrap(), 120);
    assert_eq!(shared().query("pooled", "SELECT count(*) FROM services"), "120");
}

mod pooled {
    use std::sync::OnceLock;

    use postgres_cluster::{Bouncer, shared};

    use super::super::{Fresh, LIMITS, address, fresh};
    use crate::{Limits, PostgresStore};

    /// A store whose every transaction goes through the pooler.
    async fn behind() -> Fresh {
        static BOUNCER: OnceLock<Bouncer> = OnceLock::new();
        let Fresh { database, .. } = fresh().await;
        let bouncer = BOUNCER.get_or_init(|| Bouncer::start(shared()));
        let url = database.url().replace(&format!(":{}/", shared().port()), &format!(":{}/", bouncer.port()));
        let limits = Limits { prepared: false, ..LIMITS };
        Fresh { store: PostgresStore::open(&address(&url), limits).await.unwrap(), database }
    }

    conformance::store_suite!(behind());
}
