//! The connections: how many, and how each is set up.
use std::time::Duration;

use deadpool::Runtime;
use diesel::{ConnectionError, QueryResult, SqliteConnection, connection::SimpleConnection};
use diesel_async::{
    AsyncConnection,
    pooled_connection::{
        AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod,
        deadpool::{self as pooled, BuildError},
    },
    sync_connection_wrapper::SyncConnectionWrapper,
};

use crate::abandoned::look_through_views;

pub(crate) type Conn = SyncConnectionWrapper<SqliteConnection>;
pub(crate) type Object = pooled::Object<Conn>;
pub(crate) type Pool = pooled::Pool<Conn>;

/// Enough to keep a small server's processors busy; each costs its own page cache.
const READERS: usize = 4;
/// A unit of work that waits longer for a connection fails: the store does not answer.
const WAIT: Duration = Duration::from_secs(2);

/// Of every connection that the store works with.
const EVERY_CONNECTION: &str = "
    -- First of all, since the rest may already meet a lock: another program, such as a backup, has the file open.
    PRAGMA busy_timeout = 5000;
    -- References are not checked unless asked for, connection by connection.
    PRAGMA foreign_keys = ON;
    -- 2 MiB of pages: the operating system caches the file as well, and the whole program shall fit in 40 MiB.
    PRAGMA cache_size = -2000;
    -- Sorting a page of a list is small; a file for it would be slow and would leave personal data on the disk.
    PRAGMA temp_store = MEMORY;
    -- Read errors of a mapped file kill the process; those of a read call are answered.
    PRAGMA mmap_size = 0;
    -- Triggers and views of a tampered file may not call functions with side effects.
    PRAGMA trusted_schema = OFF;
";

const WRITER: &str = "
    -- Readers and the writer do not wait for each other.
    PRAGMA journal_mode = WAL;
    -- A write that was answered survives a power cut: the log is synced at each commit.
    PRAGMA synchronous = FULL;
    -- After an import the log shrinks again to 16 MiB.
    PRAGMA journal_size_limit = 16777216;
";

const READER: &str = "
    -- A write in a unit of work that was begun for reading is a mistake, and is refused.
    PRAGMA query_only = ON;
";

pub(crate) fn writer(url: &str) -> Result<Pool, BuildError> {
    pool(url, 1, |conn| conn.batch_execute(&[EVERY_CONNECTION, WRITER].concat()))
}

pub(crate) fn readers(url: &str) -> Result<Pool, BuildError> {
    pool(url, READERS, |conn| {
        conn.batch_execute(EVERY_CONNECTION)?;
        look_through_views(conn)?;
        conn.batch_execute(READER)
    })
}

fn pool(url: &str, size: usize, set_up: fn(&mut SqliteConnection) -> QueryResult<()>) -> Result<Pool, BuildError> {
    let mut config = ManagerConfig::<Conn>::default();
    // A file does not hang up: asking each connection whether it is still there would only cost time.
    config.recycling_method = RecyclingMethod::Fast;
    config.custom_setup = Box::new(move |url| {
        let url = url.to_owned();
        Box::pin(async move {
            let mut conn = Conn::establish(&url).await?;
            conn.spawn_blocking(set_up).await.map_err(ConnectionError::CouldntSetupConfiguration)?;
            Ok(conn)
        })
    });
    Pool::builder(AsyncDieselConnectionManager::new_with_config(url, config))
        .max_size(size)
        .wait_timeout(Some(WAIT))
        .runtime(Runtime::Tokio1)
        .build()
}

/// Closes a connection, and with it whatever transaction it has open, instead of giving it back.
pub(crate) fn discard(conn: Object) {
    drop(Object::take(conn));
}
