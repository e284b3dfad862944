//! Which database the program gets, and a look into it past the program.
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use adapters_postgres::{Limits, PostgresStore};
use adapters_sqlite::SqliteStore;
use diesel::{
    Connection, QueryableByName, RunQueryDsl, SqliteConnection, connection::SimpleConnection, sql_query,
    sql_types::Text,
};
use domain::store::Store;
use postgres_cluster::{Locale, shared, try_query};

/// For the test's own store. No test is about its patience.
const LIMITS: Limits = Limits {
    connections: 4,
    connect: Duration::from_secs(10),
    wait: Duration::from_secs(10),
    statement: Duration::from_secs(20),
    prepared: true,
};

/// Where the databases are that are no files, by the folder of the program that uses them.
static ADDRESSES: Mutex<BTreeMap<PathBuf, String>> = Mutex::new(BTreeMap::new());

/// The database of a program that runs in some folder.
pub enum Database {
    File(PathBuf),
    /// With its address.
    Server(String),
}

/// Lets the program in this folder use the database at this address, whatever the other tests run on.
pub fn keep_at(folder: &Path, url: &str) {
    ADDRESSES.lock().unwrap_or_else(PoisonError::into_inner).insert(folder.to_owned(), url.to_owned());
}

pub fn database(folder: &Path) -> Database {
    match address(folder) {
        Some(url) => Database::Server(url),
        None => Database::File(folder.join("data/voronka.sqlite")),
    }
}

/// What the program uses in this folder, opened beside it.
pub async fn store(folder: &Path) -> Arc<dyn Store> {
    match database(folder) {
        Database::File(path) => Arc::new(SqliteStore::open(&path).await.unwrap()),
        Database::Server(url) => Arc::new(PostgresStore::open(&url.parse().unwrap(), LIMITS).await.unwrap()),
    }
}

/// None for a file. A database on the server is made when a folder is named for the first time.
pub(super) fn address(folder: &Path) -> Option<String> {
    let mut addresses = ADDRESSES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(url) = addresses.get(folder) {
        return Some(url.clone());
    }
    if !on_a_server() {
        return None;
    }
    let name = format!("folder_{}", addresses.len() + 1);
    shared().create_database(&name, Locale::Utf8);
    let url = shared().url(&name);
    addresses.insert(folder.to_owned(), url.clone());
    Some(url)
}

/// What the tests that do not choose for themselves run on.
fn on_a_server() -> bool {
    // They are about the file: the program refuses to save or to restore a database server.
    if env!("CARGO_CRATE_NAME") == "backup" {
        return false;
    }
    let chosen = std::env::var_os("TEST_DATABASE").unwrap_or_default();
    match chosen.to_str() {
        Some("") => false,
        Some("postgres") => true,
        _ => panic!("TEST_DATABASE={}: there is only postgres", chosen.display()),
    }
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    it: String,
}

impl Database {
    /// The rows of a query with one column, a text called `it`. In it `hex(…)` is an id or a checksum as text.
    pub fn rows(&self, query: &str) -> Vec<String> {
        let rows = match self {
            Self::File(path) => {
                let rows = sql_query(query).load::<Row>(&mut open(path));
                rows.map(|it| it.into_iter().map(|it| it.it).collect()).map_err(|it| it.to_string())
            }
            Self::Server(url) => {
                let rows = try_query(url, &query.replace("hex(", "concat("));
                rows.map(|it| it.lines().map(str::to_owned).collect())
            }
        };
        rows.unwrap_or_else(|error| panic!("{query}: {error}"))
    }

    pub fn execute(&self, statement: &str) {
        match self {
            Self::File(path) => open(path).batch_execute(statement).unwrap(),
            Self::Server(url) => drop(try_query(url, statement).unwrap()),
        }
    }

    /// The transactions of the program that a server has open, each with what it was asked last.
    pub fn open_transactions(&self) -> Vec<String> {
        let open = "SELECT concat_ws(' ', pid, state, now() - xact_start, substr(query, 1, 100)) AS it \
                    FROM pg_stat_activity WHERE application_name = 'voronka' AND datname = current_database() \
                    AND xact_start IS NOT NULL";
        match self {
            Self::File(_) => Vec::new(),
            Self::Server(_) => self.rows(open),
        }
    }

    /// Waits until a server has noticed that a program was killed: it may still finish what that asked for last.
    pub fn settle(&self) {
        let begun = Instant::now();
        loop {
            let open = self.open_transactions();
            if open.is_empty() {
                return;
            }
            assert!(begun.elapsed() < Duration::from_secs(10), "a transaction stays open: {open:#?}");
            thread::sleep(Duration::from_millis(20));
        }
    }
}

fn open(path: &Path) -> SqliteConnection {
    SqliteConnection::establish(path.to_str().unwrap()).unwrap()
}
