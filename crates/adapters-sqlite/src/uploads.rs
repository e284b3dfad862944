//! Files that wait for their contract.
use std::collections::HashSet;

use async_trait::async_trait;
use diesel::{dsl::exists, prelude::*};
use domain::{
    document::DocumentId,
    store::{Result, StoreError, Uploads},
};

use crate::{schema::documents, values::DbId, work::SqliteWork};

#[async_trait]
impl Uploads for SqliteWork {
    async fn remove_waiting(&mut self, id: DocumentId) -> Result<()> {
        self.run(move |conn| {
            let document = documents::table.find(DbId::of(id));
            let removed = diesel::delete(document.filter(documents::contract_id.is_null())).execute(conn)?;
            // One that is gone already is what was asked for; one that is still there belongs to a contract.
            if removed == 0 && diesel::select(exists(document)).get_result(conn)? {
                return Err(StoreError::Stale.into());
            }
            Ok(())
        })
        .await
    }

    async fn unknown(&mut self, ids: &[DocumentId]) -> Result<Vec<DocumentId>> {
        let ids = ids.to_vec();
        self.run(move |conn| {
            let asked = ids.iter().copied().map(DbId::of);
            let known: Vec<DbId> =
                documents::table.filter(documents::id.eq_any(asked)).select(documents::id).load(conn)?;
            let known: HashSet<DbId> = known.into_iter().collect();
            Ok(ids.into_iter().filter(|id| !known.contains(&DbId::of(*id))).collect())
        })
        .await
    }
}
