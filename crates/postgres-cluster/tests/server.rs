//! A server answers, fails and comes back the way that its tests rely on.
use std::{net::TcpStream, path::Path, thread, time::Duration};

use postgres_cluster::{Bouncer, Cluster, Locale, shared, try_query};

/// What every server can be asked.
const DATABASE: &str = "postgres";

/// Much longer than what does not wait takes.
const MOMENT: Duration = Duration::from_millis(500);

#[test]
fn a_query_answers_or_says_why_not() {
    let cluster = shared();
    assert_eq!(cluster.query(DATABASE, "SELECT 1, 'два' UNION SELECT 3, NULL ORDER BY 1"), "1|два\n3|");
    assert!(cluster.try_query(DATABASE, "SELECT nothing").unwrap_err().contains("\"nothing\" does not exist"));
    assert!(cluster.log().contains("\"nothing\" does not exist"), "{}", cluster.log());
}

#[test]
fn nobody_gets_in_with_a_wrong_password() {
    let (user, rest) = shared().url(DATABASE).split_once('@').map(|it| (it.0.to_owned(), it.1.to_owned())).unwrap();
    let refused = try_query(&format!("{user}0@{rest}"), "SELECT 1").unwrap_err();
    assert!(refused.contains("password authentication failed"), "{refused}");
}

#[test]
fn russian_sorts_by_bytes_in_one_locale_and_by_letters_in_the_other() {
    let cluster = shared();
    cluster.create_database("bytes", Locale::C);
    cluster.create_database("letters", Locale::Utf8);
    let sql = "SELECT string_agg(it, '' ORDER BY it) FROM unnest('{Ж,ё,е,Е}'::text[]) it";
    assert_eq!(cluster.query("bytes", sql), "ЕЖеё");
    assert_eq!(cluster.query("letters", sql), "еЕёЖ");
    assert_eq!(cluster.query("letters", "SELECT lower('ЁЖ'), length('ё')"), "ёж|1");
}

#[test]
fn a_copy_of_a_database_has_its_rows_and_its_locale() {
    let cluster = shared();
    cluster.create_database("template", Locale::Utf8);
    cluster.query("template", "CREATE TABLE it (id int); INSERT INTO it VALUES (7)");
    cluster.copy_database("template", "copy");
    cluster.query("template", "INSERT INTO it VALUES (8)");
    assert_eq!(cluster.query("copy", "SELECT id, 'ё' < 'Ж' FROM it"), "7|t");
    cluster.drop_database("copy");
    assert!(cluster.try_query("copy", "SELECT 1").unwrap_err().contains("does not exist"));
}

#[test]
fn a_setting_is_what_was_asked_for() {
    let cluster = Cluster::start_with(&[("max_connections", "17"), ("fsync", "on")]);
    let sql = "SELECT string_agg(current_setting(it), ' ') FROM unnest('{max_connections,fsync,jit}'::text[]) it";
    assert_eq!(cluster.query(DATABASE, sql), "17 on off");
}

#[test]
fn what_was_committed_is_there_after_every_kind_of_end() {
    let cluster = Cluster::start();
    cluster.query(DATABASE, "CREATE TABLE it (id int)");
    let insert = || cluster.query(DATABASE, "INSERT INTO it SELECT count(*) FROM it");
    let refuses = || TcpStream::connect(("127.0.0.1", cluster.port())).is_err();
    insert();
    cluster.restart_immediately();
    insert();
    cluster.stop_immediately();
    assert!(refuses());
    cluster.start_again();
    insert();
    cluster.kill();
    assert!(refuses());
    cluster.start_again();
    assert_eq!(cluster.query(DATABASE, "SELECT string_agg(id::text, ' ' ORDER BY id) FROM it"), "0 1 2");
}

#[test]
fn a_paused_server_answers_when_it_is_resumed() {
    let cluster = Cluster::start();
    cluster.pause();
    TcpStream::connect(("127.0.0.1", cluster.port())).unwrap();
    thread::scope(|scope| {
        let answer = scope.spawn(|| cluster.query(DATABASE, "SELECT 1"));
        thread::sleep(MOMENT);
        let waits = !answer.is_finished();
        cluster.resume();
        assert_eq!(answer.join().unwrap(), "1");
        assert!(waits);
    });
}

#[test]
fn a_killed_primary_is_replaced_by_its_standby() {
    let primary = Cluster::start();
    let standby = primary.standby();
    primary.replicate_synchronously();
    primary.query(DATABASE, "CREATE TABLE it (id int); INSERT INTO it VALUES (7)");
    assert!(standby.try_query(DATABASE, "INSERT INTO it VALUES (8)").unwrap_err().contains("read-only"));
    primary.kill();
    standby.promote();
    standby.query(DATABASE, "INSERT INTO it VALUES (8)");
    assert_eq!(standby.query(DATABASE, "SELECT string_agg(id::text, ' ' ORDER BY id) FROM it"), "7 8");
}

#[test]
fn a_commit_waits_for_a_paused_synchronous_standby() {
    let primary = Cluster::start();
    let standby = primary.standby();
    primary.replicate_synchronously();
    standby.pause();
    thread::scope(|scope| {
        let commit = scope.spawn(|| primary.query(DATABASE, "CREATE TABLE it ()"));
        thread::sleep(MOMENT);
        let waits = !commit.is_finished();
        standby.resume();
        commit.join().unwrap();
        assert!(waits);
    });
}

#[test]
fn a_bouncer_passes_queries_of_many_clients_through_four_connections() {
    let cluster = shared();
    let bouncer = Bouncer::start(cluster);
    let ask = || try_query(&bouncer.url(DATABASE), "SELECT pg_backend_pid() FROM pg_sleep(0.05)").unwrap();
    let mut connections: Vec<String> = thread::scope(|scope| {
        let asked: Vec<_> = (0..12).map(|_| scope.spawn(ask)).collect();
        asked.into_iter().map(|it| it.join().unwrap()).collect()
    });
    connections.sort();
    connections.dedup();
    assert!(connections.len() <= 4, "{connections:?}");
}

#[test]
fn a_server_with_tls_refuses_clients_without_it() {
    let cluster = Cluster::with_tls();
    let ask = |host: &str, mode: &str| {
        let url = cluster.url(DATABASE).replace("127.0.0.1", host);
        try_query(&format!("{url}?{mode}"), "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
    };
    let trusting = |file: &Path| format!("sslmode=verify-full&sslrootcert={}", file.display());
    assert!(ask("127.0.0.1", "sslmode=disable").unwrap_err().contains("no encryption"));
    assert_eq!(ask("127.0.0.1", "sslmode=require").unwrap(), "t");
    assert_eq!(ask("localhost", &trusting(cluster.ca_file())).unwrap(), "t");
    assert!(ask("127.0.0.1", &trusting(cluster.ca_file())).unwrap_err().contains("does not match host name"));
    assert!(ask("localhost", &trusting(cluster.other_ca_file())).unwrap_err().contains("certificate verify failed"));
}

#[test]
fn tls_is_no_obstacle_for_a_standby_or_a_bouncer() {
    let cluster = Cluster::with_tls();
    let standby = cluster.standby();
    assert!(standby.ca_file().exists());
    assert_eq!(try_query(&Bouncer::start(&standby).url(DATABASE), "SELECT pg_is_in_recovery()").unwrap(), "t");
}
