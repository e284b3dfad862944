//! What the program does for itself now and then: old sessions and files that no contract took.
use chrono::TimeDelta;
use domain::{
    document::{Document, DocumentFilter},
    page::{Cursor, PageRequest},
};

use crate::{Crm, Result};

/// A file that waits this long for its contract is no longer expected to be used.
const PATIENCE: TimeDelta = TimeDelta::hours(24);
/// How many files one sweep looks at.
const AT_ONCE: u16 = 500;

/// How many files one round of upkeep took away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Swept {
    /// Nobody sent the form that they were uploaded for.
    pub removed: usize,
    /// The store does not know them.
    pub put_aside: usize,
}

impl Crm {
    /// One round of upkeep.
    pub async fn upkeep(&self) -> Result<Swept> {
        self.forget_old_sessions().await?;
        Ok(Swept { removed: self.remove_waiting_files().await?, put_aside: self.put_unknown_files_aside().await? })
    }

    /// Uploads whose form was never sent. The row goes first: a crash after it leaves an unknown file.
    async fn remove_waiting_files(&self) -> Result<usize> {
        let waiting = self
            .write_as_system(|mut work| async move {
                let filter = DocumentFilter { waiting_since: Some(work.now - PATIENCE), ..Default::default() };
                let waiting = work.list::<Document>(&filter, PageRequest::sized(Cursor::Start, AT_ONCE)).await?.items;
                for document in &waiting {
                    work.uploads().remove_waiting(document.id).await?;
                }
                work.commit().await?;
                Ok(waiting)
            })
            .await?;
        for document in &waiting {
            self.files().remove(document.id).await?;
        }
        Ok(waiting.len())
    }

    /// Files whose row was never written, because the program stopped in between. But a store that comes from a backup
    /// cannot tell them from those of contracts that were made since: so they are not removed.
    async fn put_unknown_files_aside(&self) -> Result<usize> {
        let old = self.files().older_than(self.now() - PATIENCE, usize::from(AT_ONCE)).await?;
        let unknown = self.as_system().await?.uploads().unknown(&old).await?;
        for id in &unknown {
            self.files().put_aside(*id).await?;
        }
        Ok(unknown.len())
    }
}
