//! What only a store in a file can get wrong; all else is in the conformance suite.
mod abandoned;
mod audit;
mod counters;
mod duplicates;
mod file;
mod migrations;
mod plans;
mod snapshots;
mod transactions;

use conformance::AsStore;
use diesel::{SqliteConnection, connection::Connection as _};
use domain::store::Store;
use tempfile::TempDir;

use crate::{SqliteStore, abandoned::look_through_views};

/// An empty store in a folder of its own, which goes when this goes.
pub(crate) struct Fresh {
    pub(crate) store: SqliteStore,
    folder: TempDir,
}

impl AsStore for Fresh {
    fn store(&self) -> &dyn Store {
        &self.store
    }
}

impl Fresh {
    /// A connection beside those of the store, without their pragmas.
    fn direct(&self) -> SqliteConnection {
        SqliteConnection::establish(self.folder.path().join("crm.sqlite").to_str().unwrap()).unwrap()
    }

    /// The same, which sees the tables as a reader of the store does.
    fn reading(&self) -> SqliteConnection {
        let mut conn = self.direct();
        look_through_views(&mut conn).unwrap();
        conn
    }
}

pub(crate) async fn fresh() -> Fresh {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("crm.sqlite")).await.unwrap();
    Fresh { store, folder }
}

conformance::store_suite!(crate::tests::fresh());
conformance::model_suite!(async { adapters_memory::MemoryStore::default() }, crate::tests::fresh());
