//! The errors inside a unit of work, and their conversion to those of the ports.
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use domain::{
    record::RecordKind,
    store::{StoreError, UniqueKey},
};

use crate::values::DbId;

/// Lets tasks use `?` on answers of the database as well as on their own refusals.
#[derive(Debug)]
pub(crate) enum DatabaseError {
    Database(DieselError),
    Store(StoreError),
}

impl From<DieselError> for DatabaseError {
    fn from(error: DieselError) -> Self {
        Self::Database(error)
    }
}

impl From<StoreError> for DatabaseError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<DatabaseError> for StoreError {
    fn from(fault: DatabaseError) -> Self {
        match fault {
            DatabaseError::Store(error) => error,
            DatabaseError::Database(error) => of_database(error),
        }
    }
}

/// Why the domain refuses a stored value. Its text gives the reason, never the value, which may be personal.
pub(crate) type Unreadable = Box<dyn std::error::Error + Send + Sync>;

#[derive(Debug, thiserror::Error)]
#[error("the stored {} {} cannot be read", kind.code(), id.0)]
struct UnreadableRow {
    kind: RecordKind,
    id: DbId,
    #[source]
    source: Unreadable,
}

impl DatabaseError {
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
fn unique(message: &str) -> Option<UniqueKey> {
    match message.strip_prefix("UNIQUE constraint failed: ")? {
        "services.name_folded" => Some(UniqueKey::ServiceName),
        "campaigns.name_folded" => Some(UniqueKey::CampaignName),
        "users.username_folded" => Some(UniqueKey::Username),
        "roles.name_folded" => Some(UniqueKey::RoleName),
        "clients.lead_id" => Some(UniqueKey::LeadOfClient),
        "contracts.document_id" => Some(UniqueKey::DocumentOfContract),
        "sessions.token_hash" => Some(UniqueKey::Id),
        column if column.rsplit('.').next() == Some("id") => Some(UniqueKey::Id),
        _ => None,
    }
}
