//! Opening the file, and beginning units of work on it.
use std::{
    fs::OpenOptions,
    io,
    path::{Path, PathBuf},
};

use async_trait::async_trait;
use domain::store::{self, Mode, Store, StoreError, UnitOfWork};

use crate::{
    migrate::migrate,
    pool::{self, Pool},
    work::SqliteWork,
};

#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("cannot open {}", path.display())]
    CannotOpen {
        path: PathBuf,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A later version of the program has used the file; this one would not understand it.
    #[error("the schema is newer than this program knows: it has the migration {version}")]
    NewerSchema { version: String },
    #[error("the schema could not be brought up to date")]
    Migration(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// One file. Clones share its connections.
#[derive(Clone)]
pub struct SqliteStore {
    /// `SQLite` has one writer at a time. With one connection for it, writers wait here in turn,
    /// and none of them ever finds the file locked.
    pub(crate) writer: Pool,
    pub(crate) readers: Pool,
}

impl SqliteStore {
    /// Opens the file, makes it when it is missing, and brings its schema up to date.
    /// The folder must be there.
    pub async fn open(path: &Path) -> Result<Self, OpenError> {
        let (name, given) = (url(path)?, path.to_owned());
        let migrated = tokio::task::spawn_blocking(move || {
            create(&given).map_err(|source| cannot_open(&given, source))?;
            migrate(&given, &url(&given)?)
        });
        migrated.await.map_err(|source| OpenError::Migration(source.into()))??;
        Ok(Self {
            writer: pool::writer(&name).map_err(|source| cannot_open(path, source))?,
            readers: pool::readers(&name).map_err(|source| cannot_open(path, source))?,
        })
    }
}

/// The absolute path, which `SQLite` cannot mistake for one of its special names such as `:memory:`.
pub(crate) fn url(path: &Path) -> Result<String, OpenError> {
    let absolute = std::path::absolute(path).map_err(|source| cannot_open(path, source))?;
    match absolute.to_str() {
        Some(name) => Ok(name.to_owned()),
        None => Err(cannot_open(path, io::Error::new(io::ErrorKind::InvalidFilename, "not in UTF-8"))),
    }
}

/// Makes the file before `SQLite` would, for its owner alone: it holds personal data.
/// `SQLite` gives the files beside it, the write-ahead log and its index, the same permissions.
fn create(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

pub(crate) fn cannot_open(path: &Path, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> OpenError {
    OpenError::CannotOpen { path: path.to_owned(), source: source.into() }
}

#[async_trait]
impl Store for SqliteStore {
    async fn begin(&self, mode: Mode) -> store::Result<Box<dyn UnitOfWork>> {
        let pool = match mode {
            Mode::Read => &self.readers,
            Mode::Write | Mode::Exclusive | Mode::BulkLoad => &self.writer,
        };
        let conn = pool.get().await.map_err(StoreError::unavailable)?;
        Ok(Box::new(SqliteWork::new(conn, mode)))
    }

    fn readers(&self) -> usize {
        self.readers.status().max_size
    }
}
