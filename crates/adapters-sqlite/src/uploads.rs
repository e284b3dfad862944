//! Files that wait for their contract.
use std::collections::HashSet;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::{
    dsl::{count_star, exists, not, sql},
    prelude::*,
    sql_types::BigInt,
};
use domain::{
    document::{DocumentId, WaitingFiles},
    session::TokenHash,
    store::{Result, StoreError, Uploads},
    user::UserId,
};

use crate::{
    database_error::DatabaseError,
    schema::{documents, sessions},
    values::{DbId, Moment},
    work::SqliteWork,
};

pub(crate) fn waiting(
    conn: &mut SqliteConnection,
    user: Option<UserId>,
) -> std::result::Result<WaitingFiles, DatabaseError> {
    let mut rows = documents::table.filter(documents::contract_id.is_null()).into_boxed();
    if let Some(user) = user {
        rows = rows.filter(documents::created_by.eq(DbId::of(user)));
    }
    let (files, bytes): (i64, i64) =
        rows.select((count_star(), sql::<BigInt>("coalesce(sum(size), 0)"))).first(conn)?;
    Ok(WaitingFiles { files: files.cast_unsigned(), bytes: bytes.cast_unsigned() })
}

pub(crate) fn abandoned(
    conn: &mut SqliteConnection,
    before: DateTime<Utc>,
    limit: u16,
) -> std::result::Result<Vec<DocumentId>, DatabaseError> {
    let session = sessions::table.filter(sessions::token_hash.nullable().eq(documents::session));
    let is_over = documents::session.is_not_null().and(not(exists(session)));
    let waiting = documents::table.filter(documents::contract_id.is_null());
    let ids: Vec<DbId> = waiting
        .filter(documents::created_at.lt(Moment(before)).or(is_over))
        .order(documents::id)
        .limit(limit.into())
        .select(documents::id)
        .load(conn)?;
    Ok(ids.into_iter().map(DbId::to).collect())
}

#[async_trait]
impl Uploads for SqliteWork {
    async fn remove_waiting(&mut self, id: DocumentId) -> Result<()> {
        self.run(move |conn| {
            let document = documents::table.find(DbId::of(id));
            let removed = diesel::delete(document.filter(documents::contract_id.is_null())).execute(conn)?;
            // A missing row is fine. A row that is still there belongs to a contract.
            if removed == 0 && diesel::select(exists(document)).get_result(conn)? {
                return Err(StoreError::Stale.into());
            }
            Ok(())
        })
        .await
    }

    async fn uploaded_by(&mut self, id: DocumentId, session: TokenHash) -> Result<()> {
        self.run(move |conn| {
            let document = documents::table.find(DbId::of(id));
            diesel::update(document).set(documents::session.eq(session.0.to_vec())).execute(conn)?;
            Ok(())
        })
        .await
    }

    async fn waiting(&mut self, user: Option<UserId>) -> Result<WaitingFiles> {
        self.run(move |conn| waiting(conn, user)).await
    }

    async fn abandoned(&mut self, before: DateTime<Utc>, limit: u16) -> Result<Vec<DocumentId>> {
        self.run(move |conn| abandoned(conn, before, limit)).await
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
