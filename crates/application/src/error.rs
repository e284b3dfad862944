//! The errors of use cases. The user interface maps each to one response.
use chrono::TimeDelta;
use domain::{
    access::Forbidden,
    field::Field,
    files::FilesError,
    lead::LeadRuleViolation,
    passwords::HasherError,
    store::{StoreError, UniqueKey},
    values::Invalid,
};
use uuid::Uuid;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A rule of administration that a change would break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RuleViolation {
    #[error("only a superuser may change a superuser")]
    SuperuserOnly,
    #[error("nobody gives or takes away permissions that they do not hold, or renames a role that gives them")]
    BeyondOwnPermissions,
    #[error("the last active superuser has to stay")]
    LastSuperuser,
    #[error("nobody changes their own roles, nor what they were given themselves")]
    OwnRole,
    /// Where the current password is not asked for, an unlocked browser would be enough.
    #[error("one's own password and second factor are changed in one's own account")]
    OwnAccount,
    #[error("one of the user's roles asks for the second factor")]
    FactorRequired,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    #[error(transparent)]
    Refused(#[from] RuleViolation),
    #[error("not found")]
    NotFound,
    /// A value of the form is not acceptable; nothing was stored.
    #[error("invalid {0:?}: {1}")]
    Invalid(Field, Invalid),
    /// The user was signed out, or may no longer sign in, after the request began.
    #[error("the session has ended")]
    SessionEnded,
    /// Too many attempts failed; the next one is looked at after this time.
    #[error("too many attempts: the next one in {0}")]
    Throttled(TimeDelta),
    /// The form was made from an older version of the record.
    #[error("the record was changed meanwhile")]
    Conflict,
    /// The same form was sent before, with other values; the id is of the record that it made.
    #[error("this form was saved already")]
    AlreadySaved(Uuid),
    /// A client has this phone or this email already: a conversion would make a second client of one person.
    #[error("the person may be a client already")]
    KnownClient,
    #[error(transparent)]
    Lead(#[from] LeadRuleViolation),
    /// Another unit of work was in the way; nothing was stored. Work that writes is begun again before anybody is
    /// told, and is [`Error::Busy`] in the end.
    #[error("another unit of work was in the way")]
    Contended,
    /// Too many others do or want the same expensive work; the user may ask again after this time.
    #[error("too much of this work at once: again in {0}")]
    NoTurn(TimeDelta),
    /// Too much at once; trying again soon will do.
    #[error("busy")]
    Busy,
    /// The sender of a file stopped in the middle.
    #[error("the upload broke off")]
    Interrupted,
    #[error("unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Taken(UniqueKey::ServiceName | UniqueKey::CampaignName | UniqueKey::RoleName) => {
                Self::Invalid(Field::Name, Invalid::Taken)
            }
            StoreError::Taken(UniqueKey::Username) => Self::Invalid(Field::Username, Invalid::Taken),
            StoreError::Taken(UniqueKey::DocumentOfContract) => Self::Invalid(Field::Document, Invalid::UploadGone),
            // Use cases check the references of a record before they write: here somebody else was quicker.
            StoreError::Stale | StoreError::Dangling | StoreError::Taken(UniqueKey::LeadOfClient | UniqueKey::Id) => {
                Self::Conflict
            }
            StoreError::Contended => Self::Contended,
            StoreError::Unavailable(source) => Self::Unavailable(source),
        }
    }
}

impl From<FilesError> for Error {
    fn from(error: FilesError) -> Self {
        match error {
            FilesError::TooLarge { limit } => Self::Invalid(Field::Document, Invalid::FileTooLarge { max: limit }),
            FilesError::Interrupted => Self::Interrupted,
            FilesError::NoRoom => Self::Invalid(Field::Document, Invalid::DiskNearlyFull),
            FilesError::Missing => Self::NotFound,
            FilesError::Unavailable(source) => Self::Unavailable(source),
        }
    }
}

impl From<HasherError> for Error {
    fn from(error: HasherError) -> Self {
        match error {
            HasherError::Busy => Self::Busy,
            HasherError::Failed => Self::Unavailable(Box::new(error)),
        }
    }
}
