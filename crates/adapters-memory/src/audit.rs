//! The histories of records.
use std::sync::Arc;

use async_trait::async_trait;
use domain::{
    audit::AuditEntry,
    record::RecordKind,
    store::{AuditLog, Result, StoreError},
};
use uuid::Uuid;

use crate::work::Work;

#[async_trait]
impl AuditLog for Work {
    async fn append(&mut self, entry: &AuditEntry) -> Result<()> {
        if !self.tables().users.has_any(entry.by) {
            return Err(StoreError::Dangling);
        }
        let histories = Arc::make_mut(&mut self.draft()?.histories);
        histories.entry((entry.kind, entry.record)).or_default().push(Arc::new(entry.clone()));
        Ok(())
    }

    async fn history(&mut self, kind: RecordKind, record: Uuid, limit: u16) -> Result<Vec<AuditEntry>> {
        let mut entries = self.tables().histories.get(&(kind, record)).cloned().unwrap_or_default();
        entries.sort_by_key(|it| std::cmp::Reverse((it.version, it.id)));
        Ok(entries.into_iter().take(limit.into()).map(Arc::unwrap_or_clone).collect())
    }
}
