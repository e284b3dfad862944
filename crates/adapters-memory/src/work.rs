//! One unit of work: a snapshot to read, or a draft that a commit puts in place.
use std::sync::Arc;

use async_trait::async_trait;
use domain::store::{Commit, Result, StoreError};
use tokio::sync::{OwnedMutexGuard, RwLock};
use uuid::Uuid;

use crate::{kept::Kept, tables::Tables};

/// A reference that may lead nowhere until the commit, because two new records refer to each other.
type Deferred = Box<dyn Fn(&Tables) -> bool + Send>;

pub(crate) struct Work {
    /// Shared with the store until the first write, which copies the pointers to the tables.
    tables: Arc<Tables>,
    writer: Option<Writer>,
}

struct Writer {
    committed: Arc<RwLock<Arc<Tables>>>,
    deferred: Vec<Deferred>,
    /// Other writers wait until this is dropped.
    _turn: OwnedMutexGuard<()>,
}

impl Work {
    pub(crate) fn reading(tables: Arc<Tables>) -> Self {
        Self { tables, writer: None }
    }

    pub(crate) fn writing(tables: Arc<Tables>, committed: Arc<RwLock<Arc<Tables>>>, turn: OwnedMutexGuard<()>) -> Self {
        Self { tables, writer: Some(Writer { committed, deferred: Vec::new(), _turn: turn }) }
    }

    pub(crate) fn tables(&self) -> &Tables {
        &self.tables
    }

    /// The draft, where this unit of work may write.
    pub(crate) fn draft(&mut self) -> Result<&mut Tables> {
        match self.writer {
            Some(_) => Ok(Arc::make_mut(&mut self.tables)),
            None => Err(StoreError::unavailable("this unit of work only reads")),
        }
    }

    /// Looks at the circular references of a record once more before the commit.
    pub(crate) fn check_at_commit<R: Kept>(&mut self, id: Uuid) {
        if let Some(writer) = &mut self.writer {
            writer.deferred.push(Box::new(move |tables| {
                R::table(tables).get(id).is_none_or(|record| record.circular_references_hold(tables))
            }));
        }
    }
}

#[async_trait]
impl Commit for Work {
    async fn commit(self: Box<Self>) -> Result<()> {
        let Self { tables, writer } = *self;
        let Some(writer) = writer else { return Ok(()) };
        if !writer.deferred.iter().all(|holds| holds(&tables)) {
            return Err(StoreError::Dangling);
        }
        *writer.committed.write().await = tables;
        Ok(())
    }
}
