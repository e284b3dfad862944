//! The file itself: who may open it, and in which state.
use conformance::fixtures;
use diesel::{connection::SimpleConnection, dsl::sql, prelude::*, sql_types::BigInt, sqlite::Sqlite};
use diesel_migrations::MigrationHarness;
use domain::{
    page::{Cursor, PageRequest},
    service::Service,
    store::{Mode, Repository, Store, StoreError, UnitOfWork},
    user::{User, UserFilter},
    values::Email,
};

use super::{Fresh, fresh};
use crate::{OpenError, SqliteStore, migrate::MIGRATIONS, pool::Pool};

fn services(work: &mut dyn UnitOfWork) -> &mut dyn Repository<Service> {
    work
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let Fresh { store, folder } = fresh().await;
    drop(store);
    let path = folder.path().join("crm.sqlite");
    let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    conn.batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')").unwrap();
    let refused = SqliteStore::open(&path).await.err().unwrap();
    assert!(matches!(&refused, OpenError::NewerSchema { version } if version == "9999"), "{refused:?}");
}

#[tokio::test]
async fn a_file_opened_again_has_what_was_written() {
    let Fresh { store, folder } = fresh().await;
    let service = fixtures::service(1, "Ремонт");
    let mut work = store.begin(Mode::Write).await.unwrap();
    services(&mut *work).insert(&service).await.unwrap();
    work.commit().await.unwrap();
    drop(store);
    let store = SqliteStore::open(&folder.path().join("crm.sqlite")).await.unwrap();
    let mut work = store.begin(Mode::Read).await.unwrap();
    assert_eq!(services(&mut *work).get(service.id).await.unwrap(), Some(service));
}

#[tokio::test]
async fn several_programs_that_start_at_once_make_one_schema() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("crm.sqlite");
    let starts: Vec<_> = (0..4)
        .map(|_| {
            let path = path.clone();
            tokio::spawn(async move { SqliteStore::open(&path).await.map(drop) })
        })
        .collect();
    for start in starts {
        start.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_missing_folder_is_an_error_that_names_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let refused = SqliteStore::open(&folder.path().join("no").join("crm.sqlite")).await.err().unwrap();
    assert!(matches!(refused, OpenError::CannotOpen { .. }), "{refused:?}");
    assert!(refused.to_string().ends_with("crm.sqlite"));
}

#[tokio::test]
async fn a_file_of_another_kind_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("crm.sqlite");
    std::fs::write(&path, "not a database, but long enough to look like the head of one ".repeat(20)).unwrap();
    let before = std::fs::read(&path).unwrap();
    assert!(matches!(SqliteStore::open(&path).await, Err(OpenError::CannotOpen { .. })));
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_can_read_the_file_and_those_beside_it() {
    use std::os::unix::fs::PermissionsExt;
    let Fresh { store, folder } = fresh().await;
    drop(store.begin(Mode::Write).await.unwrap());
    let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(Result::unwrap).collect();
    assert!(!files.is_empty());
    for file in files {
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.file_name());
    }
}

#[tokio::test]
async fn every_migration_can_be_taken_back_and_run_again() {
    let fresh = fresh().await;
    let mut conn = fresh.direct();
    let undone = MigrationHarness::<Sqlite>::revert_all_migrations(&mut conn, MIGRATIONS).unwrap();
    assert!(!undone.is_empty());
    let left: i64 = diesel::select(sql::<BigInt>(
        "(SELECT count(*) FROM sqlite_schema WHERE name NOT LIKE '\\_\\_diesel%' ESCAPE '\\' AND name NOT LIKE 'sqlite%')",
    ))
    .get_result(&mut conn)
    .unwrap();
    assert_eq!(left, 0);
    conn.run_pending_migrations(MIGRATIONS).unwrap();
}

/// Users of before the fifth migration are found by it as those are who were stored after it.
#[tokio::test]
async fn users_of_before_can_be_searched_for() {
    let fresh = fresh().await;
    let mut users = [fixtures::user(1, "Anna.Ёлкина", "Анна ЁЛКИНА"), fixtures::user(2, "maxim", "")];
    users[0].details.email = Some(Email::parse("Anna@Example.COM").unwrap());
    let mut work = fresh.store.begin(Mode::Write).await.unwrap();
    for user in &users {
        Repository::insert(&mut *work, user).await.unwrap();
    }
    work.commit().await.unwrap();
    let mut conn = fresh.direct();
    for _ in 5..=7 {
        MigrationHarness::<Sqlite>::revert_last_migration(&mut conn, MIGRATIONS).unwrap();
    }
    conn.run_pending_migrations(MIGRATIONS).unwrap();
    for user in &users {
        for search in [user.search_text(), user.details.username.as_str().to_owned()] {
            let filter = UserFilter { search, ..Default::default() };
            let mut work = fresh.store.begin(Mode::Read).await.unwrap();
            let found: Vec<User> =
                Repository::list(&mut *work, &filter, PageRequest::sized(Cursor::Start, 10)).await.unwrap().items;
            assert_eq!(found.iter().map(|it| it.id).collect::<Vec<_>>(), [user.id]);
        }
    }
}

async fn pragma(pool: &Pool, name: &'static str) -> Vec<i64> {
    // All at once, so that each is another connection.
    let mut conns = Vec::new();
    for _ in 0..pool.status().max_size {
        conns.push(pool.get().await.unwrap());
    }
    let mut values = Vec::new();
    for mut conn in conns {
        let value = conn.spawn_blocking(move |conn| {
            diesel::select(sql::<BigInt>(&format!("(SELECT * FROM pragma_{name})"))).get_result(conn)
        });
        values.push(value.await.unwrap());
    }
    values
}

#[tokio::test]
async fn every_connection_is_set_up() {
    let Fresh { store, folder: _folder } = fresh().await;
    assert_eq!(pragma(&store.writer, "foreign_keys").await, [1]);
    assert_eq!(pragma(&store.readers, "foreign_keys").await, [1; 4]);
    assert_eq!(pragma(&store.writer, "synchronous").await, [2]);
    assert_eq!(pragma(&store.readers, "query_only").await, [1; 4]);
    assert_eq!(pragma(&store.writer, "trusted_schema").await, [0]);
    assert_eq!(pragma(&store.readers, "trusted_schema").await, [0; 4]);
}

#[tokio::test]
async fn a_unit_of_work_for_reading_cannot_write() {
    let Fresh { store, folder: _folder } = fresh().await;
    let mut work = store.begin(Mode::Read).await.unwrap();
    let refused = services(&mut *work).insert(&fixtures::service(1, "Ремонт")).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
}

#[tokio::test]
async fn history_can_be_neither_changed_nor_removed() {
    let fresh = fresh().await;
    let mut work = fresh.store.begin(Mode::Write).await.unwrap();
    work.append(&fixtures::audit(1, &fixtures::service(1, "Ремонт"), Vec::new())).await.unwrap();
    work.commit().await.unwrap();
    let mut conn = fresh.direct();
    for statement in ["UPDATE audit_log SET version = 2", "DELETE FROM audit_log"] {
        let refused = conn.batch_execute(statement).unwrap_err();
        assert_eq!(refused.to_string(), "the audit log is append-only", "{statement}");
    }
}

#[tokio::test]
async fn what_the_domain_refuses_is_unavailable_and_not_shown() {
    let fresh = fresh().await;
    let lead = fixtures::lead(1, "Иван Петров", None);
    let mut work = fresh.store.begin(Mode::Write).await.unwrap();
    Repository::insert(&mut *work, &lead).await.unwrap();
    work.commit().await.unwrap();
    fresh.direct().batch_execute("UPDATE leads SET email = 'личный адрес'").unwrap();
    let mut work = fresh.store.begin(Mode::Read).await.unwrap();
    let refused = Repository::<domain::lead::Lead>::get(&mut *work, lead.id).await;
    let Err(StoreError::Unavailable(source)) = refused else { panic!("{refused:?}") };
    assert_eq!(source.to_string(), format!("the stored lead {} cannot be read", lead.id));
    assert!(!format!("{source:?}").contains("личный"), "{source:?}");
}
