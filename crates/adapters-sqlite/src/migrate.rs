//! Brings the schema up to date, before anything else has the file open.
use std::{collections::BTreeSet, path::Path};

use diesel::{
    connection::SimpleConnection,
    dsl::sql,
    migration::{Migration, MigrationSource},
    prelude::*,
    sql_types::BigInt,
    sqlite::Sqlite,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::store::{OpenError, cannot_open};

pub(crate) const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");

const PRAGMAS: &str = "
    -- Two programs that start at once do this one after the other.
    PRAGMA busy_timeout = 5000;
    -- It stays with the file, and can only be set while nobody else has it open.
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    -- SQLite changes a table by making it anew, and references would stand in the way; they are checked at the end.
    PRAGMA foreign_keys = OFF;
";

pub(crate) fn migrate(path: &Path, url: &str) -> Result<(), OpenError> {
    let mut conn = SqliteConnection::establish(url).map_err(|source| cannot_open(path, source))?;
    conn.batch_execute(PRAGMAS).map_err(|source| cannot_open(path, source))?;
    // One transaction for all: a start that is cut short leaves the old schema, and not half of a new one.
    conn.immediate_transaction(|conn| {
        refuse_newer(conn)?;
        if !conn.run_pending_migrations(MIGRATIONS).map_err(OpenError::Migration)?.is_empty() {
            refuse_dangling(conn)?;
        }
        Ok(())
    })
}

pub(crate) fn refuse_newer(conn: &mut SqliteConnection) -> Result<(), OpenError> {
    let embedded = MigrationSource::<Sqlite>::migrations(&MIGRATIONS).map_err(OpenError::Migration)?;
    let known: BTreeSet<String> = embedded.iter().map(|it| it.name().version().to_string()).collect();
    let applied = conn.applied_migrations().map_err(OpenError::Migration)?;
    match applied.iter().map(ToString::to_string).find(|it| !known.contains(it)) {
        Some(version) => Err(OpenError::NewerSchema { version }),
        None => Ok(()),
    }
}

fn refuse_dangling(conn: &mut SqliteConnection) -> Result<(), OpenError> {
    let dangling: i64 =
        diesel::select(sql::<BigInt>("(SELECT count(*) FROM pragma_foreign_key_check)")).get_result(conn)?;
    if dangling == 0 { Ok(()) } else { Err(OpenError::Migration("a migration left references to nothing".into())) }
}

impl From<diesel::result::Error> for OpenError {
    fn from(source: diesel::result::Error) -> Self {
        Self::Migration(source.into())
    }
}
