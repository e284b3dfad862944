//! What only a store on a server can get wrong; all else is in the conformance suite, here on two locales.
mod addresses;
mod audit;
mod connections;
mod refusals;
mod schema;
mod transactions;

use std::time::Duration;

use conformance::AsStore;
use domain::store::Store;
use postgres_cluster::{Fresh as Database, Locale};

use crate::{Address, Limits, PostgresStore};

/// An empty store in a database of its own, which goes when this goes.
pub(crate) struct Fresh {
    pub(crate) store: PostgresStore,
    pub(crate) database: Database,
}

impl AsStore for Fresh {
    fn store(&self) -> &dyn Store {
        &self.store
    }
}

pub(crate) const LIMITS: Limits = Limits {
    connections: 8,
    connect: Duration::from_secs(10),
    wait: Duration::from_secs(10),
    statement: Duration::from_secs(20),
    prepared: true,
};

pub(crate) fn address(url: &str) -> Address {
    url.parse().unwrap()
}

fn migrate(url: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(PostgresStore::open(&address(url), LIMITS)).unwrap();
}

pub(crate) async fn limited(locale: Locale, limits: Limits) -> Fresh {
    let database = tokio::task::spawn_blocking(move || Database::new(locale, migrate)).await.unwrap();
    let store = PostgresStore::open(&address(&database.url()), limits).await.unwrap();
    Fresh { store, database }
}

pub(crate) async fn fresh() -> Fresh {
    limited(Locale::Utf8, LIMITS).await
}

mod bytewise {
    conformance::store_suite!(super::limited(postgres_cluster::Locale::C, super::LIMITS));
    conformance::model_suite!(
        async { adapters_memory::MemoryStore::default() },
        super::limited(postgres_cluster::Locale::C, super::LIMITS),
        12
    );
}

mod russian {
    conformance::store_suite!(super::fresh());
    conformance::model_suite!(async { adapters_memory::MemoryStore::default() }, super::fresh());
}
