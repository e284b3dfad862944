//! Brings the schema up to date, before anything else uses it.
use std::collections::BTreeSet;

use diesel::{
    connection::SimpleConnection,
    dsl::sql,
    migration::{Migration, MigrationSource},
    pg::Pg,
    prelude::*,
    sql_query,
    sql_types::{Bool, Text},
};
use diesel_async::{AsyncPgConnection, async_connection_wrapper::AsyncConnectionWrapper};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use tokio::task::spawn_blocking;

use crate::{connection::Connector, store::OpenError};

pub(crate) const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// Diesel's migrations know no `await`. This lets them use a connection that does.
type Conn = AsyncConnectionWrapper<AsyncPgConnection>;

/// A server that hangs does not hang the program's start.
const LIMITS: &str = "SET LOCAL statement_timeout = '10min'; SET LOCAL lock_timeout = '60s'";

/// Several programs that start at once do this one after the other. The lock ends with the transaction, so that it
/// also holds behind a pooler; its number is "Voronka" in ASCII.
const ALONE: &str = "SELECT pg_advisory_xact_lock(24329385283578721)";

pub(crate) async fn migrate(connector: &Connector) -> Result<(), OpenError> {
    let link = connector.connect().await?;
    let migrated = spawn_blocking(move || {
        let mut conn = Conn::from(link.conn);
        // One transaction for all: a start that is cut short leaves the old schema, and not half of a new one. It also
        // keeps a pooler from answering each question by another connection.
        conn.transaction(|conn| {
            conn.batch_execute(LIMITS)?;
            refuse_encoding(conn)?;
            // Most starts find nothing to do. They take no lock, and may have no right to change the schema.
            if is_current(conn)? {
                return Ok(());
            }
            conn.batch_execute(ALONE)?;
            // The program that had the lock before may have been a newer one.
            is_current(conn)?;
            conn.run_pending_migrations(MIGRATIONS).map(drop).map_err(OpenError::Migration)
        })
    });
    migrated.await.map_err(|error| OpenError::Migration(error.into()))?
}

/// Lengths are counted in characters, and folding is done by the program: both need texts as they are.
fn refuse_encoding(conn: &mut Conn) -> Result<(), OpenError> {
    let encoding: String = diesel::select(sql::<Text>("current_setting('server_encoding')")).get_result(conn)?;
    if encoding == "UTF8" { Ok(()) } else { Err(OpenError::Encoding(encoding)) }
}

#[derive(QueryableByName)]
struct Applied {
    #[diesel(sql_type = Text)]
    version: String,
}

/// Whether every migration of this program was run. Refuses a schema that has others.
fn is_current(conn: &mut Conn) -> Result<bool, OpenError> {
    let begun = sql::<Bool>("to_regclass('__diesel_schema_migrations') IS NOT NULL");
    if !diesel::select(begun).get_result::<bool>(conn)? {
        return Ok(false);
    }
    let embedded = MigrationSource::<Pg>::migrations(&MIGRATIONS).map_err(OpenError::Migration)?;
    let known: BTreeSet<String> = embedded.iter().map(|it| it.name().version().to_string()).collect();
    let applied: Vec<Applied> = sql_query("SELECT version FROM __diesel_schema_migrations").load(conn)?;
    match applied.iter().find(|it| !known.contains(&it.version)) {
        Some(newer) => Err(OpenError::NewerSchema { version: newer.version.clone() }),
        None => Ok(applied.len() == known.len()),
    }
}

impl From<diesel::result::Error> for OpenError {
    fn from(source: diesel::result::Error) -> Self {
        Self::Migration(source.into())
    }
}
