//! Opening the database, and beginning units of work on it.
use std::{fmt, time::Duration};

use async_trait::async_trait;
use deadpool::managed::PoolError;
use domain::store::{self, Mode, Store, StoreError, UnitOfWork};

use crate::{
    address::Address,
    connection::{self, ConnectError, Connector, Pool},
    migrate::migrate,
    work::PostgresWork,
};

/// How many connections there may be, and how long to wait for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many connections this process opens at most.
    pub connections: usize,
    /// For one server to take a connection.
    pub connect: Duration,
    /// For a free connection.
    pub wait: Duration,
    /// For the answer to one statement.
    pub statement: Duration,
    /// Whether statements are prepared once and kept on the server. A pooler that lends another server connection to
    /// each transaction may not know them there.
    pub prepared: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("there is no connection to it")]
    NoConnection(#[from] ConnectError),
    #[error("its encoding is {0}, but has to be UTF8")]
    Encoding(String),
    /// A later version of the program has used the database; this one would not understand it.
    #[error("the schema is newer than this program knows: it has the migration {version}")]
    NewerSchema { version: String },
    #[error("the schema could not be brought up to date")]
    Migration(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// One database. Clones share its connections.
#[derive(Clone)]
pub struct PostgresStore {
    pub(crate) pool: Pool,
    statement: Duration,
}

impl PostgresStore {
    /// Connects, and brings the schema up to date. The database must be there.
    pub async fn open(address: &Address, limits: Limits) -> Result<Self, OpenError> {
        let connector = Connector::new(address, limits)?;
        migrate(&connector).await?;
        Ok(Self { pool: connection::pool(connector, limits)?, statement: limits.statement })
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("PostgresStore").field("connections", &self.pool.status()).finish_non_exhaustive()
    }
}

#[async_trait]
impl Store for PostgresStore {
    async fn begin(&self, mode: Mode) -> store::Result<Box<dyn UnitOfWork>> {
        let link = self.pool.get().await.map_err(|error| match error {
            PoolError::Backend(reason) => StoreError::unavailable(reason),
            other => StoreError::unavailable(other),
        })?;
        Ok(Box::new(PostgresWork::new(link, mode, self.statement)))
    }

    /// Writing units of work share these connections.
    fn readers(&self) -> usize {
        self.pool.status().max_size
    }
}
