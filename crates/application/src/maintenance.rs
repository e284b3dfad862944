//! Maintenance: removes old sessions and files without a contract.
use crate::{Crm, Result};
use chrono::TimeDelta;

/// A file that waits this long for its contract is no longer expected to be used.
const PATIENCE: TimeDelta = TimeDelta::hours(24);
/// How many files one sweep looks at.
const AT_ONCE: u16 = 500;

/// How many files one round of upkeep took away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaintenanceReport {
    /// Nobody sent the form that they were uploaded for.
    pub removed: usize,
    /// The store does not know them.
    pub put_aside: usize,
}

impl Crm {
    /// Looks at the disk, and removes ended sessions and their uploads. Returns the number of uploads.
    ///
    /// An error of the disk is told after the rest is done: removing files may be what helps.
    pub async fn short_upkeep(&self) -> Result<usize> {
        let looked = self.look_at_disk().await;
        let removed = self.end_old_sessions().await?;
        looked.map(|()| removed)
    }

    /// One round of upkeep.
    pub async fn maintenance(&self) -> Result<MaintenanceReport> {
        Ok(MaintenanceReport {
            removed: self.end_old_sessions().await?,
            put_aside: self.put_unknown_files_aside().await?,
        })
    }

    /// Looks at the disk that documents are on: its adapter tells the log when it is nearly full, before anybody uploads.
    async fn look_at_disk(&self) -> Result<()> {
        self.files().has_room().await?;
        Ok(())
    }

    /// Removes sessions that are over, and then the uploads that nobody waits for any more. How many those are.
    pub async fn end_old_sessions(&self) -> Result<usize> {
        self.write_as_system(|mut work| async move {
            let now = work.now;
            work.accounts().remove_sessions_over(now).await?;
            work.commit().await
        })
        .await?;
        self.remove_abandoned_uploads().await
    }

    /// Removes uploads whose form nobody will send: their session has ended, or they have waited for a day. How many those are.
    ///
    /// The row goes first: a crash after it leaves an unknown file.
    pub(crate) async fn remove_abandoned_uploads(&self) -> Result<usize> {
        // Mostly there are none, and looking is in nobody's way.
        if self.as_system().await?.uploads().abandoned(self.now() - PATIENCE, 1).await?.is_empty() {
            return Ok(0);
        }
        let removed = self
            .write_as_system(|mut work| async move {
                let before = work.now - PATIENCE;
                let abandoned = work.uploads().abandoned(before, AT_ONCE).await?;
                for id in &abandoned {
                    work.uploads().remove_waiting(*id).await?;
                }
                work.commit().await?;
                Ok(abandoned)
            })
            .await?;
        for id in &removed {
            self.files().remove(*id).await?;
        }
        Ok(removed.len())
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
