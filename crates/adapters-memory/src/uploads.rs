//! Files that wait for their contract.
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    contract::Contract,
    document::{Document, DocumentId, WaitingFiles},
    session::TokenHash,
    store::{Result, StoreError, Uploads},
    user::UserId,
};

use crate::work::Work;

#[async_trait]
impl Uploads for Work {
    async fn remove_waiting(&mut self, id: DocumentId) -> Result<()> {
        let draft = self.draft()?;
        if draft.documents.get(id).is_some_and(|it| it.contract.is_some()) {
            return Err(StoreError::Stale);
        }
        draft.documents.remove(id.into());
        Arc::make_mut(&mut draft.uploads).remove(&id);
        // A contract may point at a file that does not point back.
        let orphaned = draft.contracts.with_unique(&id.to_string()).map(|it| it.id);
        if let Some(contract) = orphaned {
            self.check_at_commit::<Contract>(contract.into());
        }
        Ok(())
    }

    async fn uploaded_by(&mut self, id: DocumentId, session: TokenHash) -> Result<()> {
        let draft = self.draft()?;
        if draft.documents.has(id) {
            Arc::make_mut(&mut draft.uploads).insert(id, session);
        }
        Ok(())
    }

    async fn waiting(&mut self, user: Option<UserId>) -> Result<WaitingFiles> {
        let waiting = self.tables().waiting().filter(|it| user.is_none() || it.stamp.created_by == user);
        let each = waiting.map(|it| WaitingFiles { files: 1, bytes: it.size });
        Ok(each.fold(WaitingFiles::default(), WaitingFiles::plus))
    }

    async fn abandoned(&mut self, before: DateTime<Utc>, limit: u16) -> Result<Vec<DocumentId>> {
        let tables = self.tables();
        let is_over = |it: &Document| tables.uploads.get(&it.id).is_some_and(|it| !tables.sessions.contains_key(it));
        let abandoned = tables.waiting().filter(|it| it.stamp.created_at < before || is_over(it));
        Ok(abandoned.map(|it| it.id).take(limit.into()).collect())
    }

    async fn unknown(&mut self, ids: &[DocumentId]) -> Result<Vec<DocumentId>> {
        let known = &self.tables().documents;
        Ok(ids.iter().copied().filter(|id| !known.has(*id)).collect())
    }
}
