//! Files that wait for their contract.
use async_trait::async_trait;
use domain::{
    contract::Contract,
    document::DocumentId,
    store::{Result, StoreError, Uploads},
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
        // A contract may point at a file that does not point back.
        let orphaned = draft.contracts.with_unique(&id.to_string()).map(|it| it.id);
        if let Some(contract) = orphaned {
            self.check_at_commit::<Contract>(contract.into());
        }
        Ok(())
    }

    async fn unknown(&mut self, ids: &[DocumentId]) -> Result<Vec<DocumentId>> {
        let known = &self.tables().documents;
        Ok(ids.iter().copied().filter(|id| !known.has(*id)).collect())
    }
}
