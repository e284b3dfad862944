//! Names, choices and counts.
use std::collections::HashMap;

use async_trait::async_trait;
use diesel::prelude::*;
use domain::{
    lead::LeadStage,
    record::RecordKind,
    store::{self, Choice, Counts, Directory, Names},
};
use uuid::Uuid;

use crate::{
    database_error::DatabaseError,
    schema::{campaigns, clients, contracts, counters, leads, roles, services, users, views},
    values::DbId,
    work::SqliteWork,
};

/// The query for the names of some records of one kind.
macro_rules! names {
    ($conn:ident, $ids:ident, $table:ident, $name:ident) => {
        $table::table.filter($table::id.eq_any($ids)).select(($table::id, $table::$name)).load($conn)?
    };
}

fn names(conn: &mut SqliteConnection, kind: RecordKind, ids: Vec<DbId>) -> Result<Vec<(DbId, String)>, DatabaseError> {
    Ok(match kind {
        RecordKind::Campaign => names!(conn, ids, campaigns, name),
        RecordKind::Client => names!(conn, ids, clients, full_name),
        RecordKind::Contract => names!(conn, ids, contracts, name),
        RecordKind::Lead => names!(conn, ids, leads, full_name),
        RecordKind::Role => names!(conn, ids, roles, name),
        RecordKind::Service => names!(conn, ids, services, name),
        RecordKind::User => {
            let rows = users::table.filter(users::id.eq_any(ids));
            displayed(rows.select((users::id, users::full_name, users::username)).load(conn)?)
        }
        RecordKind::View => names!(conn, ids, views, name),
        RecordKind::Document | RecordKind::Note | RecordKind::SpendEntry => Vec::new(),
    })
}

/// The full name, or the username where there is none.
fn displayed(users: Vec<(DbId, String, String)>) -> Vec<(DbId, String)> {
    let name = |full: String, username| if full.is_empty() { username } else { full };
    users.into_iter().map(|(id, full, username)| (id, name(full, username))).collect()
}

fn choices(conn: &mut SqliteConnection, kind: RecordKind, limit: i64) -> Result<Vec<(DbId, String)>, DatabaseError> {
    Ok(match kind {
        RecordKind::Service => services::table
            .filter(services::archived.eq(false))
            .order((services::name_folded, services::id))
            .limit(limit)
            .select((services::id, services::name))
            .load(conn)?,
        RecordKind::Campaign => campaigns::table
            .filter(campaigns::archived.eq(false))
            .order((campaigns::name_folded, campaigns::id))
            .limit(limit)
            .select((campaigns::id, campaigns::name))
            .load(conn)?,
        RecordKind::Role => roles::table
            .order((roles::name_folded, roles::id))
            .limit(limit)
            .select((roles::id, roles::name))
            .load(conn)?,
        RecordKind::User => displayed(
            users::table
                .filter(users::active.eq(true))
                .order((users::display_folded, users::id))
                .limit(limit)
                .select((users::id, users::full_name, users::username))
                .load(conn)?,
        ),
        RecordKind::Contract => contracts::table
            .filter(contracts::client_id.is_null())
            .order(contracts::id.desc())
            .limit(limit)
            .select((contracts::id, contracts::name))
            .load(conn)?,
        RecordKind::Client
        | RecordKind::Document
        | RecordKind::Lead
        | RecordKind::Note
        | RecordKind::SpendEntry
        | RecordKind::View => Vec::new(),
    })
}

fn counts(conn: &mut SqliteConnection) -> Result<Counts, DatabaseError> {
    let rows: Vec<(String, i64)> = counters::table.load(conn)?;
    let values: HashMap<String, u64> = rows.into_iter().map(|(name, value)| (name, value.cast_unsigned())).collect();
    let value = |name: &str| values.get(name).copied().unwrap_or_default();
    let of_stage = |stage: LeadStage| (stage, value(&format!("leads.{}", stage.code())));
    Ok(Counts {
        services: value("services"),
        campaigns: value("campaigns"),
        leads: LeadStage::ALL.into_iter().map(of_stage).filter(|it| it.1 > 0).collect(),
        clients: value("clients"),
        contracts: value("contracts"),
    })
}

#[async_trait]
impl Directory for SqliteWork {
    async fn names(&mut self, kind: RecordKind, ids: &[Uuid]) -> store::Result<Names> {
        let ids = ids.iter().copied().map(DbId).collect();
        let rows = self.run(move |conn| names(conn, kind, ids)).await?;
        Ok(rows.into_iter().map(|(id, name)| (id.0, name)).collect())
    }

    async fn choices(&mut self, kind: RecordKind, limit: u16) -> store::Result<Vec<Choice>> {
        let rows = self.run(move |conn| choices(conn, kind, limit.into())).await?;
        Ok(rows.into_iter().map(|(id, name)| Choice { id: id.0, name }).collect())
    }

    async fn channels(&mut self, limit: u16) -> store::Result<Vec<String>> {
        self.run(move |conn| {
            let channels = campaigns::table.select(campaigns::channel).distinct().order(campaigns::channel);
            Ok(channels.limit(limit.into()).load(conn)?)
        })
        .await
    }

    async fn counts(&mut self) -> store::Result<Counts> {
        self.run(counts).await
    }
}
