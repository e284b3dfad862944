//! What can go wrong inside a unit of work, and what the ports call it.
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use domain::{
    record::RecordKind,
    store::{StoreError, Unique},
};

use crate::values::DbId;

/// Lets tasks use `?` on answers of the database as well as on their own refusals.
#[derive(Debug)]
pub(crate) enum Fault {
    Database(DieselError),
    Store(StoreError),
}

impl From<DieselError> for Fault {
    fn from(error: DieselError) -> Self {
        Self::Database(error)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Store(error) => error,
            Fault::Database(error) => of_database(error),
        }
    }
}

/// Why a stored value is none of the domain's. Its text says what is wrong, never the value: that may be personal.
pub(crate) type Unreadable = Box<dyn std::error::Error + Send + Sync>;

#[derive(Debug, thiserror::Error)]
#[error("the stored {} {} cannot be read", kind.code(), id.0)]
struct UnreadableRow {
    kind: RecordKind,
    id: DbId,
    #[source]
    source: Unreadable,
}

impl Fault {
    pub(crate) fn unreadable(kind: RecordKind, id: DbId, source: Unreadable) -> Self {
        Self::Store(StoreError::unavailable(UnreadableRow { kind, id, source }))
    }
}

fn of_database(error: DieselError) -> StoreError {
    match &error {
        DieselError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _) => StoreError::Dangling,
        DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, info) => {
            unique(info.message()).map_or_else(|| StoreError::unavailable(error), StoreError::Taken)
        }
        _ => StoreError::unavailable(error),
    }
}

/// `SQLite` names the columns, not the constraint.
fn unique(message: &str) -> Option<Unique> {
    match message.strip_prefix("UNIQUE constraint failed: ")? {
        "services.name_folded" => Some(Unique::ServiceName),
        "campaigns.name_folded" => Some(Unique::CampaignName),
        "users.username_folded" => Some(Unique::Username),
        "roles.name_folded" => Some(Unique::RoleName),
        "clients.lead_id" => Some(Unique::LeadOfClient),
        "contracts.document_id" => Some(Unique::DocumentOfContract),
        "sessions.token_hash" => Some(Unique::Id),
        column if column.rsplit('.').next() == Some("id") => Some(Unique::Id),
        _ => None,
    }
}
