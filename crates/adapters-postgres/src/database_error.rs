//! The errors inside a unit of work, and their conversion to those of the ports.
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use domain::{
    record::RecordKind,
    store::{StoreError, UniqueKey},
};
use futures::future::join;
use uuid::Uuid;

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
#[error("the stored {} {} cannot be read", kind.code(), id)]
struct UnreadableRow {
    kind: RecordKind,
    id: Uuid,
    #[source]
    source: Unreadable,
}

impl DatabaseError {
    /// Whether the server only says that a statement before it failed.
    fn is_echo(&self) -> bool {
        matches!(self, Self::Database(DieselError::DatabaseError(_, info)) if ECHOES.contains(&info.message()))
    }

    pub(crate) fn unreadable(kind: RecordKind, id: Uuid, source: Unreadable) -> Self {
        Self::Store(StoreError::unavailable(UnreadableRow { kind, id, source }))
    }
}

/// Sends two statements together.
///
/// In a transaction the failure of either makes the server refuse the other, and both answers may have come before
/// the first is looked at. What is told is the reason, and not its echo.
pub(crate) async fn both<A, B>(
    one: impl Future<Output = Result<A, DatabaseError>>,
    other: impl Future<Output = Result<B, DatabaseError>>,
) -> Result<(A, B), DatabaseError> {
    match join(one, other).await {
        (Ok(one), Ok(other)) => Ok((one, other)),
        (Err(echo), Err(reason)) if echo.is_echo() => Err(reason),
        (Err(fault), _) | (_, Err(fault)) => Err(fault),
    }
}

fn of_database(error: DieselError) -> StoreError {
    let DieselError::DatabaseError(kind, info) = &error else { return StoreError::unavailable(error) };
    match kind {
        DatabaseErrorKind::ForeignKeyViolation => StoreError::Dangling,
        DatabaseErrorKind::SerializationFailure => StoreError::Contended,
        _ if IN_THE_WAY.contains(&info.message()) => StoreError::Contended,
        DatabaseErrorKind::UniqueViolation => match info.constraint_name().and_then(unique) {
            Some(rule) => StoreError::Taken(rule),
            None => StoreError::unavailable(error),
        },
        _ => StoreError::unavailable(error),
    }
}

/// In the languages of [`IN_THE_WAY`]. In a third one, the first failure that was looked at is told.
const ECHOES: [&str; 2] = [
    "current transaction is aborted, commands ignored until end of transaction block",
    "текущая транзакция прервана, команды до конца блока транзакции игнорируются",
];

/// Diesel tells a deadlock, and a turn that did not come, from other errors by their text alone, which servers say in the
/// language of their `lc_messages`. In a third language they are [`StoreError::Unavailable`]: told, though not tried again.
const IN_THE_WAY: [&str; 4] = [
    "deadlock detected",
    "обнаружена взаимоблокировка",
    "canceling statement due to lock timeout",
    "выполнение оператора отменено из-за тайм-аута блокировки",
];

fn unique(constraint: &str) -> Option<UniqueKey> {
    match constraint {
        "services_name_folded_key" => Some(UniqueKey::ServiceName),
        "campaigns_name_folded_key" => Some(UniqueKey::CampaignName),
        "users_username_folded_key" => Some(UniqueKey::Username),
        "roles_name_folded_key" => Some(UniqueKey::RoleName),
        "clients_lead_id_key" => Some(UniqueKey::LeadOfClient),
        "contracts_document_id_key" => Some(UniqueKey::DocumentOfContract),
        primary if primary.ends_with("_pkey") => Some(UniqueKey::Id),
        _ => None,
    }
}
