//! What can go wrong inside a unit of work, and what the ports call it.
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use domain::{
    record::RecordKind,
    store::{StoreError, Unique},
};
use futures::future::join;
use uuid::Uuid;

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
            Fault::Database(error) => word(&error).unwrap_or_else(|| StoreError::unavailable(error)),
        }
    }
}

/// Why a stored value is none of the domain's. Its text says what is wrong, never the value: that may be personal.
pub(crate) type Unreadable = Box<dyn std::error::Error + Send + Sync>;

#[derive(Debug, thiserror::Error)]
#[error("the stored {} {} cannot be read", kind.code(), id)]
struct UnreadableRow {
    kind: RecordKind,
    id: Uuid,
    #[source]
    source: Unreadable,
}

impl Fault {
    fn has_a_word(&self) -> bool {
        match self {
            Self::Database(error) => word(error).is_some(),
            Self::Store(_) => true,
        }
    }

    pub(crate) fn unreadable(kind: RecordKind, id: Uuid, source: Unreadable) -> Self {
        Self::Store(StoreError::unavailable(UnreadableRow { kind, id, source }))
    }
}

/// Sends two statements together.
///
/// In a transaction the failure of either makes the server refuse the other, and both answers may have come before
/// the first is looked at. What is told is the reason, which is what the ports have a word for, and not its echo.
pub(crate) async fn both<A, B>(
    one: impl Future<Output = Result<A, Fault>>,
    other: impl Future<Output = Result<B, Fault>>,
) -> Result<(A, B), Fault> {
    match join(one, other).await {
        (Ok(one), Ok(other)) => Ok((one, other)),
        (Err(echo), Err(reason)) if !echo.has_a_word() && reason.has_a_word() => Err(reason),
        (Err(fault), _) | (_, Err(fault)) => Err(fault),
    }
}

/// What the ports call it, where they have a word for it.
fn word(error: &DieselError) -> Option<StoreError> {
    let DieselError::DatabaseError(kind, info) = error else { return None };
    match kind {
        DatabaseErrorKind::ForeignKeyViolation => Some(StoreError::Dangling),
        DatabaseErrorKind::SerializationFailure => Some(StoreError::Contended),
        _ if IN_THE_WAY.contains(&info.message()) => Some(StoreError::Contended),
        DatabaseErrorKind::UniqueViolation => info.constraint_name().and_then(unique).map(StoreError::Taken),
        _ => None,
    }
}

/// Diesel tells a deadlock, and a turn that did not come, from other errors by their text alone, which servers say in the
/// language of their `lc_messages`. In a third language they are [`StoreError::Unavailable`]: told, though not tried again.
const IN_THE_WAY: [&str; 4] = [
    "deadlock detected",
    "обнаружена взаимоблокировка",
    "canceling statement due to lock timeout",
    "выполнение оператора отменено из-за тайм-аута блокировки",
];

fn unique(constraint: &str) -> Option<Unique> {
    match constraint {
        "services_name_folded_key" => Some(Unique::ServiceName),
        "campaigns_name_folded_key" => Some(Unique::CampaignName),
        "users_username_folded_key" => Some(Unique::Username),
        "roles_name_folded_key" => Some(Unique::RoleName),
        "clients_lead_id_key" => Some(Unique::LeadOfClient),
        "contracts_document_id_key" => Some(Unique::DocumentOfContract),
        primary if primary.ends_with("_pkey") => Some(Unique::Id),
        _ => None,
    }
}
