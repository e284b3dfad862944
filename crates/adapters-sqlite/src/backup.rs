//! Snapshots for backups: the database at one moment, as a file of its own that nobody else has open.
//!
//! A snapshot is never opened as a store: that would change its schema and its journal, and a backup is kept as it was.
use std::path::{Path, PathBuf};

use diesel::{
    connection::SimpleConnection,
    dsl::sql,
    prelude::*,
    sql_query,
    sql_types::{BigInt, Nullable, Text},
};
use diesel_migrations::MigrationHarness;
use domain::document::{Checksum, DocumentId};

use crate::{
    OpenError,
    migrate::refuse_newer,
    schema::documents,
    store::{cannot_open, url},
    values::DbId,
};

/// How many rows are read at once.
const PAGE: i64 = 1000;

const PRAGMAS: &str = "
    PRAGMA busy_timeout = 5000;
    -- As for a store: read errors are answered, and a tampered file cannot call functions.
    PRAGMA mmap_size = 0;
    PRAGMA trusted_schema = OFF;
    PRAGMA foreign_keys = ON;
";

type Cause = Box<dyn std::error::Error + Send + Sync>;

#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error("the database is damaged: {0}")]
    Damaged(String),
    #[error("the database cannot be read or copied")]
    Unreadable(#[source] Cause),
}

impl From<diesel::result::Error> for SnapshotError {
    fn from(source: diesel::result::Error) -> Self {
        Self::Unreadable(source.into())
    }
}

/// The row of a document's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownFile {
    pub id: DocumentId,
    /// In bytes.
    pub size: u64,
    pub checksum: Checksum,
    /// Whether no contract has taken it: then it may be swept at any moment.
    pub waiting: bool,
}

#[derive(Clone, Debug)]
pub struct Snapshot {
    path: PathBuf,
    migrations: Vec<String>,
}

impl Snapshot {
    /// Makes the snapshot of a database that others may be writing to: nobody waits for it. Neither may the new file be
    /// there yet, nor the database be missing.
    pub async fn take(database: &Path, path: &Path) -> Result<Self, SnapshotError> {
        let (database, copy) = (database.to_owned(), path.to_owned());
        blocking(move || {
            let copy = url(&copy)?;
            // One statement reads a snapshot; concurrent writes go to the log of the database.
            sql_query("VACUUM INTO ?").bind::<Text, _>(copy).execute(&mut connect(&database)?)?;
            Ok(())
        })
        .await?;
        Self::open(path).await
    }

    /// Looks through the whole file first: it is neither damaged nor of a newer version.
    pub async fn open(path: &Path) -> Result<Self, SnapshotError> {
        let path = path.to_owned();
        blocking(move || {
            let mut conn = connect(&path)?;
            conn.batch_execute("PRAGMA query_only = ON")?;
            refuse_damaged(&mut conn)?;
            refuse_newer(&mut conn)?;
            let migrations = conn.applied_migrations().map_err(SnapshotError::Unreadable)?;
            let mut migrations: Vec<String> = migrations.iter().map(ToString::to_string).collect();
            migrations.sort_unstable();
            Ok(Self { path, migrations })
        })
        .await
    }

    /// The steps of the schema that it has, the first one first.
    pub fn migrations(&self) -> &[String] {
        &self.migrations
    }

    /// The next files in the order of their ids, and none at the end. Reads those columns alone, so that the schema
    /// may be an older one.
    pub async fn files(&self, after: Option<DocumentId>) -> Result<Vec<KnownFile>, SnapshotError> {
        let path = self.path.clone();
        blocking(move || {
            let mut rows = documents::table.into_boxed();
            if let Some(after) = after {
                rows = rows.filter(documents::id.gt(DbId::of(after)));
            }
            let columns = (documents::id, documents::size, documents::checksum, documents::contract_id.is_null());
            rows.order(documents::id.asc())
                .limit(PAGE)
                .select(columns)
                .load::<(DbId, i64, Vec<u8>, bool)>(&mut connect(&path)?)?
                .into_iter()
                .map(known)
                .collect()
        })
        .await
    }

    /// How many bytes all files have together.
    pub async fn size_of_files(&self) -> Result<u64, SnapshotError> {
        let path = self.path.clone();
        blocking(move || {
            let sum = sql::<BigInt>("(SELECT coalesce(sum(size), 0) FROM documents)");
            let sum: i64 = diesel::select(sum).get_result(&mut connect(&path)?)?;
            Ok(sum.cast_unsigned())
        })
        .await
    }

    /// Removes the rows of files without a contract, as the maintenance does.
    pub async fn forget(&self, waiting: Vec<DocumentId>) -> Result<(), SnapshotError> {
        let path = self.path.clone();
        blocking(move || {
            let rows = documents::table.filter(documents::id.eq_any(waiting.into_iter().map(DbId::of)));
            diesel::delete(rows.filter(documents::contract_id.is_null())).execute(&mut connect(&path)?)?;
            Ok(())
        })
        .await
    }
}

fn connect(path: &Path) -> Result<SqliteConnection, SnapshotError> {
    let mut conn = SqliteConnection::establish(&url(path)?).map_err(|source| cannot_open(path, source))?;
    conn.batch_execute(PRAGMAS)?;
    Ok(conn)
}

fn refuse_damaged(conn: &mut SqliteConnection) -> Result<(), SnapshotError> {
    let found = sql::<Text>("(SELECT integrity_check FROM pragma_integrity_check LIMIT 1)");
    let found: String = diesel::select(found).get_result(conn)?;
    if found != "ok" {
        return Err(SnapshotError::Damaged(found));
    }
    let dangling = sql::<Nullable<Text>>("(SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1)");
    let dangling: Option<String> = diesel::select(dangling).get_result(conn)?;
    match dangling {
        Some(table) => Err(SnapshotError::Damaged(format!("the table {table} has references to nothing"))),
        None => Ok(()),
    }
}

fn known((id, size, checksum, waiting): (DbId, i64, Vec<u8>, bool)) -> Result<KnownFile, SnapshotError> {
    let damaged = |_| SnapshotError::Damaged(format!("the row of the document {} has no SHA-256", id.0));
    let checksum = Checksum(checksum.try_into().map_err(damaged)?);
    Ok(KnownFile { id: id.to(), size: size.cast_unsigned(), checksum, waiting })
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SnapshotError> + Send + 'static,
) -> Result<T, SnapshotError> {
    tokio::task::spawn_blocking(work).await.map_err(|source| SnapshotError::Unreadable(source.into()))?
}
