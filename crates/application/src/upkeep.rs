//! What the program does for itself now and then: old sessions and files that no contract took.
use chrono::TimeDelta;
use domain::{
    document::{Document, DocumentFilter},
    page::{Cursor, PageRequest},
    store::{Mode, StoreError},
};

use crate::{Crm, Result, Work};

/// A file that waits this long for its contract is no longer expected to be used.
const PATIENCE: TimeDelta = TimeDelta::hours(24);
/// How many files one sweep looks at.
const AT_ONCE: u16 = 500;

impl Crm {
    /// One round of upkeep. Returns how many files it removed.
    pub async fn upkeep(&self) -> Result<usize> {
        self.forget_old_sessions().await?;
        Ok(self.remove_waiting_files().await? + self.remove_unknown_files().await?)
    }

    /// Uploads whose form was never sent. The row goes first: a crash after it leaves an unknown file.
    async fn remove_waiting_files(&self) -> Result<usize> {
        let mut work = self.as_system(Mode::Write).await?;
        let filter = DocumentFilter { waiting_since: Some(work.now - PATIENCE), ..Default::default() };
        let waiting = work.list::<Document>(&filter, PageRequest::sized(Cursor::Start, AT_ONCE)).await?.items;
        let mut removed = Vec::new();
        for document in waiting {
            match work.uploads().remove_waiting(document.id).await {
                Ok(()) => removed.push(document.id),
                Err(StoreError::Stale) => {}
                Err(error) => return Err(error.into()),
            }
        }
        work.commit().await?;
        for id in &removed {
            self.files().remove(*id).await?;
        }
        Ok(removed.len())
    }

    /// Files whose row was never written, because the program stopped in between.
    async fn remove_unknown_files(&self) -> Result<usize> {
        let old = self.files().older_than(self.now() - PATIENCE, usize::from(AT_ONCE)).await?;
        let unknown = self.as_system(Mode::Read).await?.uploads().unknown(&old).await?;
        for id in &unknown {
            self.files().remove(*id).await?;
        }
        Ok(unknown.len())
    }

    /// For filling an empty database, as the `demo` command does: nobody's permission is asked, but every
    /// record gets its audit row. Fails with [`crate::Error::Conflict`] where there are records already.
    pub async fn fill(&self) -> Result<Work> {
        let mut work = self.as_system(Mode::Write).await?;
        let counts = work.directory().counts().await?;
        let empty = counts.services + counts.campaigns + counts.clients + counts.contracts == 0
            && counts.leads.values().all(|it| *it == 0);
        if empty { Ok(work) } else { Err(crate::Error::Conflict) }
    }
}
