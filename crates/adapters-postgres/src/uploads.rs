//! Files that wait for their contract.
use std::collections::HashSet;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::{
    dsl::{count_star, exists, not, sql},
    prelude::*,
    sql_types::BigInt,
};
use diesel_async::RunQueryDsl;
use domain::{
    document::{DocumentId, WaitingFiles},
    session::TokenHash,
    store::{Result, StoreError, Uploads},
    user::UserId,
};
use uuid::Uuid;

use crate::{
    schema::{documents, sessions},
    work::PostgresWork,
};

#[async_trait]
impl Uploads for PostgresWork {
    async fn remove_waiting(&mut self, id: DocumentId) -> Result<()> {
        self.run(|mut conn| async move {
            let document = documents::table.find(Uuid::from(id));
            let removed = diesel::delete(document.filter(documents::contract_id.is_null())).execute(&mut conn).await?;
            // A missing row is fine. A row that is still there belongs to a contract.
            if removed == 0 && diesel::select(exists(document)).get_result::<bool>(&mut conn).await? {
                return Err(StoreError::Stale.into());
            }
            Ok(())
        })
        .await
    }

    async fn uploaded_by(&mut self, id: DocumentId, session: TokenHash) -> Result<()> {
        self.run(|mut conn| async move {
            let document = documents::table.find(Uuid::from(id));
            diesel::update(document).set(documents::session.eq(session.0.to_vec())).execute(&mut conn).await?;
            Ok(())
        })
        .await
    }

    async fn waiting(&mut self, user: Option<UserId>) -> Result<WaitingFiles> {
        self.run(|mut conn| async move {
            let mut rows = documents::table.filter(documents::contract_id.is_null()).into_boxed();
            if let Some(user) = user {
                rows = rows.filter(documents::created_by.eq(Uuid::from(user)));
            }
            let size = sql::<BigInt>("coalesce(sum(size), 0)::bigint");
            let (files, bytes): (i64, i64) = rows.select((count_star(), size)).first(&mut conn).await?;
            Ok(WaitingFiles { files: files.cast_unsigned(), bytes: bytes.cast_unsigned() })
        })
        .await
    }

    async fn abandoned(&mut self, before: DateTime<Utc>, limit: u16) -> Result<Vec<DocumentId>> {
        self.run(|mut conn| async move {
            let session = sessions::table.filter(sessions::token_hash.nullable().eq(documents::session));
            let is_over = documents::session.is_not_null().and(not(exists(session)));
            let waiting = documents::table.filter(documents::contract_id.is_null());
            let ids: Vec<Uuid> = waiting
                .filter(documents::created_at.lt(before).or(is_over))
                .order(documents::id)
                .limit(limit.into())
                .select(documents::id)
                .load(&mut conn)
                .await?;
            Ok(ids.into_iter().map(Into::into).collect())
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
