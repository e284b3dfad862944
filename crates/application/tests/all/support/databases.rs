//! The stores that tests run over. The variable `TEST_DATABASE=postgres` puts a real server in the place of the others.
use std::{path::PathBuf, sync::Arc, time::Duration};

use adapters_memory::MemoryStore;
use adapters_postgres::{Limits, PostgresStore};
use adapters_sqlite::SqliteStore;
use async_trait::async_trait;
use domain::store::{Mode, Result, Store, UnitOfWork};
use postgres_cluster::{Fresh, Locale};
use tempfile::TempDir;
use tokio::task::spawn_blocking;

use super::tables::{self, Look, Rows};

/// Whether this run is over `PostgreSQL`.
fn on_a_server() -> bool {
    #[expect(clippy::disallowed_methods, reason = "it chooses what is tested, and is no setting of the program")]
    match std::env::var("TEST_DATABASE").as_deref() {
        Ok("postgres") => true,
        Ok(other) => panic!("TEST_DATABASE={other}: there is only postgres"),
        Err(_) => false,
    }
}

/// The quickest.
pub async fn usual() -> Arc<dyn Store> {
    if on_a_server() { postgres().await } else { Arc::new(MemoryStore::default()) }
}

/// One that keeps what it is given.
pub async fn kept(folder: &TempDir) -> Arc<dyn Store> {
    if on_a_server() { postgres().await } else { sqlite(folder).await }
}

/// The same, and access to everything in it, as a thief of the database would have.
pub async fn stolen(folder: &TempDir) -> (Arc<dyn Store>, Box<dyn Fn() -> Vec<u8> + Send>) {
    if on_a_server() {
        let (store, look) = seen_server().await;
        return (store, Box::new(move || look().into_values().flatten().collect::<String>().into_bytes()));
    }
    let path = folder.path().to_owned();
    let files = move || super::files_below(&path).into_iter().flat_map(|it| std::fs::read(it).unwrap()).collect();
    (sqlite(folder).await, Box::new(files))
}

async fn sqlite(folder: &TempDir) -> Arc<dyn Store> {
    Arc::new(SqliteStore::open(&file(folder)).await.unwrap())
}

fn file(folder: &TempDir) -> PathBuf {
    folder.path().join("voronka.db")
}

/// Each store that this run is over, with a folder of its own, and a look into its tables. In memory there are none.
pub async fn each() -> Vec<(Arc<dyn Store>, TempDir, Look)> {
    let folder = super::folder();
    if on_a_server() {
        let (store, look) = seen_server().await;
        return vec![(store, folder, look)];
    }
    let look = tables::of_file(file(&folder));
    let memory: Look = Box::new(Rows::new);
    vec![(Arc::new(MemoryStore::default()), super::folder(), memory), (sqlite(&folder).await, folder, look)]
}

const LIMITS: Limits = Limits {
    connections: 8,
    connect: Duration::from_secs(10),
    wait: Duration::from_secs(10),
    statement: Duration::from_secs(20),
    prepared: true,
};

/// A store with the database that it is in, which goes with it.
struct Postgres {
    store: PostgresStore,
    _database: Arc<Fresh>,
}

#[async_trait]
impl Store for Postgres {
    async fn begin(&self, mode: Mode) -> Result<Box<dyn UnitOfWork>> {
        self.store.begin(mode).await
    }

    fn readers(&self) -> usize {
        self.store.readers()
    }
}

async fn postgres() -> Arc<dyn Store> {
    seen_server().await.0
}

async fn seen_server() -> (Arc<dyn Store>, Look) {
    let database = Arc::new(fresh().await);
    let store = Postgres { store: open(&database.url()).await, _database: Arc::clone(&database) };
    (Arc::new(store), tables::of_server(database))
}

async fn fresh() -> Fresh {
    spawn_blocking(|| Fresh::new(Locale::Utf8, migrate)).await.unwrap()
}

async fn open(url: &str) -> PostgresStore {
    PostgresStore::open(&url.parse().unwrap(), LIMITS).await.unwrap()
}

fn migrate(url: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    drop(runtime.block_on(open(url)));
}
