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

impl Crm {
    /// One round of upkeep. Returns how many files it removed.
    pub async fn upkeep(&self) -> Result<usize> {
        self.forget_old_sessions().await?;
        Ok(self.remove_waiting_files().await? + self.remove_unknown_files().await?)
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

    /// Files whose row was never written, because the program stopped in between.
    async fn remove_unknown_files(&self) -> Result<usize> {
        let old = self.files().older_than(self.now() - PATIENCE, usize::from(AT_ONCE)).await?;
        let unknown = self.as_system().await?.uploads().unknown(&old).await?;
        for id in &unknown {
            self.files().remove(*id).await?;
        }
        Ok(unknown.len())
    }
}
