//! One unit of work: a snapshot to read, or a draft that a commit puts in place.
use std::sync::Arc;

use async_trait::async_trait;
use domain::store::{Commit, Result, StoreError};
use tokio::sync::{OwnedMutexGuard, RwLock};
use uuid::Uuid;

use crate::{stored::Stored, tables::Tables};

/// References that may lead nowhere until the commit.
type Deferred = Box<dyn Fn(&Tables) -> bool + Send>;

pub(crate) struct Work {
    /// Shared with the store until the first write, which copies the pointers to the tables.
    tables: Arc<Tables>,
    writer: Option<Writer>,
}

struct Writer {
    committed: Arc<RwLock<Arc<Tables>>>,
    /// Whether all references may lead nowhere until the commit, not only those between records that are new together.
    fills: bool,
    deferred: Vec<Deferred>,
    /// Other writers wait until this is dropped.
    _turn: OwnedMutexGuard<()>,
}

impl Work {
    pub(crate) fn reading(tables: Arc<Tables>) -> Self {
        Self { tables, writer: None }
    }

    pub(crate) fn writing(
        tables: Arc<Tables>,
        committed: Arc<RwLock<Arc<Tables>>>,
        turn: OwnedMutexGuard<()>,
        fills: bool,
    ) -> Self {
        Self { tables, writer: Some(Writer { committed, fills, deferred: Vec::new(), _turn: turn }) }
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

    /// Whether the references hold: now, or else at the commit where this unit of work fills the store.
    pub(crate) fn require(&mut self, holds: impl Fn(&Tables) -> bool + Send + 'static) -> Result<()> {
        match &self.writer {
            Some(writer) if writer.fills => self.require_at_commit(holds),
            _ if !holds(&self.tables) => return Err(StoreError::Dangling),
            _ => {}
        }
        Ok(())
    }

    /// Looks at the circular references of a record once more before the commit.
    pub(crate) fn check_at_commit<R: Stored>(&mut self, id: Uuid) {
        self.require_at_commit(move |tables| {
            R::table(tables).get(id).is_none_or(|record| record.circular_references_hold(tables))
        });
    }

    fn require_at_commit(&mut self, holds: impl Fn(&Tables) -> bool + Send + 'static) {
        if let Some(writer) = &mut self.writer {
            writer.deferred.push(Box::new(holds));
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
