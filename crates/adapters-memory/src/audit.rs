//! The histories of records.
use std::sync::Arc;

use async_trait::async_trait;
use domain::{
    audit::AuditEntry,
    record::RecordKind,
    store::{AuditLog, Result},
};
use uuid::Uuid;

use crate::work::Work;

#[async_trait]
impl AuditLog for Work {
    async fn append(&mut self, entry: &AuditEntry) -> Result<()> {
        let by = entry.by;
        self.require(move |tables| tables.users.has_any(by))?;
        let histories = Arc::make_mut(&mut self.draft()?.histories);
        histories.entry((entry.kind, entry.record)).or_default().push(Arc::new(entry.clone()));
        Ok(())
    }

    async fn append_all(&mut self, entries: &[AuditEntry]) -> Result<()> {
        for entry in entries {
            self.append(entry).await?;
        }
        Ok(())
    }

    async fn entries(&mut self, after: Option<Uuid>, limit: u16) -> Result<Vec<AuditEntry>> {
        let all = self.tables().histories.values().flatten();
        let mut entries: Vec<_> = all.filter(|it| after.is_none_or(|after| Uuid::from(it.id) > after)).collect();
        entries.sort_by_key(|it| Uuid::from(it.id));
        Ok(entries.into_iter().take(limit.into()).map(|it| AuditEntry::clone(it)).collect())
    }

    async fn history(&mut self, kind: RecordKind, record: Uuid, limit: u16) -> Result<Vec<AuditEntry>> {
        let mut entries = self.tables().histories.get(&(kind, record)).cloned().unwrap_or_default();
        entries.sort_by_key(|it| std::cmp::Reverse((it.version, it.id)));
        Ok(entries.into_iter().take(limit.into()).map(Arc::unwrap_or_clone).collect())
    }
}
