//! Files that wait for their contract.
use std::collections::HashSet;

use async_trait::async_trait;
use diesel::{dsl::exists, prelude::*};
use diesel_async::RunQueryDsl;
use domain::{
    document::DocumentId,
    store::{Result, StoreError, Uploads},
};
use uuid::Uuid;

use crate::{schema::documents, work::PostgresWork};

#[async_trait]
impl Uploads for PostgresWork {
    async fn remove_waiting(&mut self, id: DocumentId) -> Result<()> {
        self.run(|mut conn| async move {
            let document = documents::table.find(Uuid::from(id));
            let removed = diesel::delete(document.filter(documents::contract_id.is_null())).execute(&mut conn).await?;
            // One that is gone already is what was asked for; one that is still there belongs to a contract.
            if removed == 0 && diesel::select(exists(document)).get_result::<bool>(&mut conn).await? {
                return Err(StoreError::Stale.into());
            }
            Ok(())
        })
        .await
    }

    async fn unknown(&mut self, ids: &[DocumentId]) -> Result<Vec<DocumentId>> {
        let ids = ids.to_vec();
        self.run(|mut conn| async move {
            let asked: Vec<Uuid> = ids.iter().copied().map(Into::into).collect();
            let known: Vec<Uuid> =
                documents::table.filter(documents::id.eq_any(asked)).select(documents::id).load(&mut conn).await?;
            let known: HashSet<Uuid> = known.into_iter().collect();
            Ok(ids.into_iter().filter(|id| !known.contains(&Uuid::from(*id))).collect())
        })
        .await
    }
}
