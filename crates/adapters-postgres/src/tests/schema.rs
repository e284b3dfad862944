//! The schema: who brings it up to date, and what it refuses.
use conformance::fixtures;
use domain::{
    duplicates::{Identity, MatchBy},
    store::{Mode, Repository, Store, StoreError},
    values::Email,
};
use postgres_cluster::{Locale, shared};

use super::{LIMITS, address, fresh};
use crate::{Address, ConnectError, OpenError, PostgresStore};

/// Every migration, up and down.
const SCRIPTS: [(&str, &str); 15] = [
    (
        include_str!("../../../../migrations/postgres/0001_first/up.sql"),
        include_str!("../../../../migrations/postgres/0001_first/down.sql"),
    ),
    (
        include_str!("../../../../migrations/postgres/0003_audit_trail/up.sql"),
        include_str!("../../../../migrations/postgres/0003_audit_trail/down.sql"),
    ),
    (
        include_str!("../../../../migrations/postgres/0004_devices/up.sql"),
        include_str!("../../../../migrations/postgres/0004_devices/down.sql"),
    ),
    (
        include_str!("../../../../migrations/postgres/0005_administration/up.sql"),
        include_str!("../../../../migrations/postgres/0005_administration/down.sql"),
    ),
    (
        include_str!("../../../../migrations/postgres/0006_audit_chains/up.sql"),
        include_str!("../../../../migrations/postgres/0006_audit_chains/down.sql"),
    ),
    (
        include_str!("../../../../migrations/postgres/0007_assignees/up.sql"),
        include_str!("../../../../migrations/postgres/0007_assignees/down.sql"),
    ),
    (
        include_str!("../../../../migrations/postgres/0008_orders/up.sql"),
        include_str!("../../../../migrations/postgres/0008_orders/down.sql"),
    ),
    (
        include_str!("../../../../migrations/postgres/0009_looks/up.sql"),
        include_str!("../../../../migrations/postgres/0009_looks/down.sql"),
    ),
    (
        include_str!("../../../../migrations/postgres/0010_next_steps/up.sql"),
        include_str!("../../../../migrations/postgres/0010_next_steps/down.sql"),
    ),
    (
        include_str!("../../../../migrations/postgres/0011_saved_views/up.sql"),
        include_str!("../../../../migrations/postgres/0011_saved_views/down.sql"),
    ),
    (
        include_str!("../../../../migrations/postgres/0013_statistics/up.sql"),
        include_str!("../../../../migrations/postgres/0013_statistics/down.sql"),
    ),
    (
        include_str!("../../../../migrations/postgres/0014_duplicates/up.sql"),
        include_str!("../../../../migrations/postgres/0014_duplicates/down.sql"),
    ),
    (
        include_str!("../../../../migrations/postgres/0015_person_keys/up.sql"),
        include_str!("../../../../migrations/postgres/0015_person_keys/down.sql"),
    ),
    (
        include_str!("../../../../migrations/postgres/0016_waiting_uploads/up.sql"),
        include_str!("../../../../migrations/postgres/0016_waiting_uploads/down.sql"),
    ),
    (
        include_str!("../../../../migrations/postgres/0017_client_notes/up.sql"),
        include_str!("../../../../migrations/postgres/0017_client_notes/down.sql"),
    ),
];

/// A database that no other test has, before anybody used it.
fn empty(name: &str) -> Address {
    shared().create_database(name, Locale::Utf8);
    address(&shared().url(name))
}

#[tokio::test(flavor = "multi_thread")]
async fn several_programs_that_start_at_once_make_one_schema() {
    let address = empty("several_starts");
    let starts = (0..6).map(|_| {
        let address = address.clone();
        tokio::spawn(async move { PostgresStore::open(&address, LIMITS).await.map(drop) })
    });
    for start in starts.collect::<Vec<_>>() {
        start.await.unwrap().unwrap();
    }
    let applied = shared().query("several_starts", "SELECT count(*) FROM __diesel_schema_migrations");
    assert_eq!(applied, SCRIPTS.len().to_string());
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let fresh = fresh().await;
    fresh.database.query("INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')");
    let refused = PostgresStore::open(&address(&fresh.database.url()), LIMITS).await;
    assert!(matches!(&refused, Err(OpenError::NewerSchema { version }) if version == "9999"), "{refused:?}");
}

#[tokio::test]
async fn a_start_that_finds_nothing_to_do_needs_no_right_to_change_the_schema() {
    let fresh = fresh().await;
    fresh.database.query(
        "CREATE ROLE clerk LOGIN PASSWORD 'clerk';
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO clerk",
    );
    let url = fresh.database.url();
    let (_, place) = url.split_once('@').unwrap();
    let clerk = address(&format!("postgres://clerk:clerk@{place}"));
    let store = PostgresStore::open(&clerk, LIMITS).await.unwrap();
    let mut work = store.begin(Mode::Write).await.unwrap();
    Repository::insert(&mut *work, &fixtures::service(1, "Ремонт")).await.unwrap();
    work.commit().await.unwrap();
    // Else the database could not be dropped together with its grants' owner by others.
    fresh.database.query("DROP OWNED BY clerk; DROP ROLE clerk");
}

#[tokio::test]
async fn another_encoding_is_refused() {
    shared().query("postgres", "CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'");
    let refused = PostgresStore::open(&address(&shared().url("latin")), LIMITS).await;
    assert!(matches!(&refused, Err(OpenError::Encoding(it)) if it == "LATIN1"), "{refused:?}");
}

#[tokio::test]
async fn a_missing_database_is_told() {
    let refused = PostgresStore::open(&address(&shared().url("nowhere")), LIMITS).await;
    assert!(matches!(&refused, Err(OpenError::NoConnection(ConnectError::Hosts(_)))), "{refused:?}");
}

#[tokio::test]
async fn every_migration_can_be_taken_back_and_run_again() {
    let fresh = fresh().await;
    for (_, down) in SCRIPTS.iter().rev() {
        fresh.database.query(down);
    }
    let left = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace \
                AND relname NOT LIKE '\\_\\_diesel%'";
    assert_eq!(fresh.database.query(left), "0");
    let functions = "SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace";
    assert_eq!(fresh.database.query(functions), "0");
    for (up, _) in SCRIPTS {
        fresh.database.query(up);
    }
}

/// Users of before the fifth migration are found by it as those are who were stored after it.
#[tokio::test]
async fn users_of_before_can_be_searched_for() {
    let fresh = fresh().await;
    let mut user = fixtures::user(1, "Anna.Ёлкина", "Анна ЁЛКИНА");
    user.details.email = Some(Email::parse("Anna@Example.COM").unwrap());
    let mut work = fresh.store.begin(Mode::Write).await.unwrap();
    Repository::insert(&mut *work, &user).await.unwrap();
    work.commit().await.unwrap();
    for (_, down) in SCRIPTS[3..].iter().rev() {
        fresh.database.query(down);
    }
    for (up, _) in &SCRIPTS[3..] {
        fresh.database.query(up);
    }
    assert_eq!(fresh.database.query("SELECT search FROM users"), user.search_text());
}

/// Leads of before duplicates were looked for are found as those are who were stored after it; so are those whom a program
/// of before stores.
#[tokio::test]
async fn leads_of_before_are_found_by_what_is_like_them() {
    let fresh = fresh().await;
    let mut lead = fixtures::lead(1, "Ёлкин  «Пётр» Ли", None);
    lead.details.contact = fixtures::contact("+7 900 555-01-42", "Ivan.S@Example.com");
    let mut work = fresh.store.begin(Mode::Write).await.unwrap();
    Repository::insert(&mut *work, &lead).await.unwrap();
    Repository::insert(&mut *work, &fixtures::lead(2, "Ли", None)).await.unwrap();
    work.commit().await.unwrap();
    let since = SCRIPTS.iter().position(|it| it.0.contains("leads_told_apart")).unwrap();
    let merged = "UPDATE leads SET merged_into = (SELECT min(id::text)::uuid FROM leads), merged_version = 2 WHERE full_name = 'Ли'";
    fresh.database.query(merged);
    let counted = "SELECT sum(value) FROM counters WHERE name = 'leads.new'";
    assert_eq!(fresh.database.query(counted), "1");
    for (_, down) in SCRIPTS[since..].iter().rev() {
        fresh.database.query(down);
    }
    assert_eq!(fresh.database.query(counted), "2", "what was merged counts again");
    for (up, _) in &SCRIPTS[since..] {
        fresh.database.query(up);
    }
    for match_by in MatchBy::ALL {
        let key = Identity::from(&lead).key(match_by).unwrap();
        let mut work = fresh.store.begin(Mode::Read).await.unwrap();
        assert_eq!(work.leads_with(match_by, &key, 10).await.unwrap(), [lead.clone()], "{match_by:?}");
    }
    // A program of before writes the text for search, and does not know of the keys.
    let keys = "SELECT email_key || ' ' || name_key FROM leads WHERE full_name = 'Ли'";
    fresh.database.query("UPDATE leads SET search = 'ли анна  anna@example.com' WHERE full_name = 'Ли'");
    assert_eq!(fresh.database.query(keys), "anna@example.com анна ли");
}

#[tokio::test]
async fn history_can_be_neither_changed_nor_removed() {
    let fresh = fresh().await;
    let mut work = fresh.store.begin(Mode::Write).await.unwrap();
    work.append(&fixtures::audit(1, &fixtures::service(1, "Ремонт"), Vec::new())).await.unwrap();
    work.commit().await.unwrap();
    for statement in ["UPDATE audit_log SET version = 2", "DELETE FROM audit_log", "TRUNCATE audit_log"] {
        let refused = fresh.database.try_query(statement).unwrap_err();
        assert!(refused.contains("the audit log is append-only"), "{statement}: {refused}");
    }
}

#[tokio::test]
async fn what_the_domain_refuses_is_unavailable_and_not_shown() {
    let fresh = fresh().await;
    let lead = fixtures::lead(1, "Иван Петров", None);
    let mut work = fresh.store.begin(Mode::Write).await.unwrap();
    Repository::insert(&mut *work, &lead).await.unwrap();
    work.commit().await.unwrap();
    fresh.database.query("UPDATE leads SET email = 'личный адрес'");
    let mut work = fresh.store.begin(Mode::Read).await.unwrap();
    let refused = Repository::<domain::lead::Lead>::get(&mut *work, lead.id).await;
    let Err(StoreError::Unavailable(source)) = refused else { panic!("{refused:?}") };
    assert_eq!(source.to_string(), format!("the stored lead {} cannot be read", lead.id));
    assert!(!format!("{source:?}").contains("личный"), "{source:?}");
}

#[tokio::test]
async fn what_the_database_refuses_is_not_shown() {
    let fresh = fresh().await;
    let mut work = fresh.store.begin(Mode::Write).await.unwrap();
    // The program would never write this: the table's own check refuses it.
    let mut broken = fixtures::document(1);
    broken.size = u64::MAX;
    let refused = Repository::insert(&mut *work, &broken).await;
    let Err(StoreError::Unavailable(source)) = refused else { panic!("{refused:?}") };
    let told = source.to_string();
    assert!(told.contains("documents_size_check") && !told.contains(broken.name.as_str()), "{told}");
}
