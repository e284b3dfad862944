//! Keeps everything in memory: for tests, demos, and as the shortest example of a store.
mod accounts;
mod audit;
mod directory;
mod duplicates;
mod kinds;
mod repository;
mod statistics;
mod stored;
mod table;
mod tables;
mod uploads;
mod work;

use std::sync::Arc;

use async_trait::async_trait;
use domain::store::{Mode, Result, Store, UnitOfWork};
use tokio::sync::{Mutex, RwLock};

use crate::{tables::Tables, work::Work};

/// Forgets everything when its last clone is dropped; clones share what they keep.
#[derive(Clone, Default)]
pub struct MemoryStore {
    /// The committed tables. Locked only for as long as it takes to copy or replace one pointer.
    committed: Arc<RwLock<Arc<Tables>>>,
    /// Held by the one unit of work that may write.
    writer: Arc<Mutex<()>>,
}

#[async_trait]
impl Store for MemoryStore {
    async fn begin(&self, mode: Mode) -> Result<Box<dyn UnitOfWork>> {
        let work = match mode {
            Mode::Read => Work::reading(Arc::clone(&*self.committed.read().await)),
            Mode::Write | Mode::Exclusive | Mode::BulkLoad => {
                let turn = Arc::clone(&self.writer).lock_owned().await;
                let tables = Arc::clone(&*self.committed.read().await);
                Work::writing(tables, Arc::clone(&self.committed), turn, mode == Mode::BulkLoad)
            }
        };
        Ok(Box::new(work))
    }

    /// Nobody waits for a reader; but what is expensive is to take turns here, too.
    fn readers(&self) -> usize {
        4
    }
}

#[cfg(test)]
mod tests {
    conformance::store_suite!(async { crate::MemoryStore::default() });
}
