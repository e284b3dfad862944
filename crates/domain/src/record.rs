//! Records: each has an id, a version, and a history.
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    field::Field,
    order::{Direction, SortKey},
    user::UserId,
};

/// Who made a record and who changed it last, and how often it was changed.
///
/// No author stands for the system itself: first start, commands on the server's console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// 1 for a new record, one more with every change.
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub created_by: Option<UserId>,
    pub changed_at: DateTime<Utc>,
    pub changed_by: Option<UserId>,
}

impl Stamp {
    pub fn new(by: Option<UserId>, now: DateTime<Utc>) -> Self {
        Self { version: 1, created_at: now, created_by: by, changed_at: now, changed_by: by }
    }

    pub fn touch(&mut self, by: Option<UserId>, now: DateTime<Utc>) {
        self.version += 1;
        self.changed_at = now;
        self.changed_by = by;
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RecordKind {
    Campaign,
    Client,
    Contract,
    Document,
    Lead,
    Note,
    Role,
    Service,
    SpendEntry,
    User,
    View,
}

impl RecordKind {
    pub const ALL: [Self; 11] = [
        Self::Campaign,
        Self::Client,
        Self::Contract,
        Self::Document,
        Self::Lead,
        Self::Note,
        Self::Role,
        Self::Service,
        Self::SpendEntry,
        Self::User,
        Self::View,
    ];

    /// The name in stored audit rows. Never changes once released.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Campaign => "campaign",
            Self::Client => "client",
            Self::Contract => "contract",
            Self::Document => "document",
            Self::Lead => "lead",
            Self::Note => "note",
            Self::Role => "role",
            Self::Service => "service",
            Self::SpendEntry => "spend",
            Self::User => "user",
            Self::View => "view",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }
}

/// A record that a store keeps and the audit log follows.
pub trait Record: Clone + std::fmt::Debug + PartialEq + Send + Sync + 'static {
    const KIND: RecordKind;
    type Id: Copy + Into<Uuid> + From<Uuid> + Send + Sync;
    /// The filter and the order of a list. The default has the records in use, the newest first.
    type Filter: Clone + std::fmt::Debug + Default + Send + Sync;

    fn id(&self) -> Self::Id;
    fn stamp(&self) -> &Stamp;
    fn stamp_mut(&mut self) -> &mut Stamp;

    /// Where the list in this filter's order has it, but for its id.
    fn place(&self, _: &Self::Filter) -> SortKey {
        SortKey::Id
    }

    /// Which way the list in this filter's order runs. The default has the newest first.
    fn direction(_: &Self::Filter) -> Direction {
        Direction::Descending
    }

    /// Every field that users set, as text, for the audit log: enough to rebuild the record.
    /// Secrets are never among them. A field without a value is left out.
    fn fields(&self) -> Vec<(Field, String)>;

    /// The field with a new secret whose shown value stays the same: the history has it too.
    fn renewed(&self, before: &Self) -> Option<Field> {
        let _ = before;
        None
    }
}

/// Writes [`Record`]'s three accessors for a struct with `id` and `stamp`.
macro_rules! record_accessors {
    ($id:ty) => {
        fn id(&self) -> $id {
            self.id
        }

        fn stamp(&self) -> &$crate::record::Stamp {
            &self.stamp
        }

        fn stamp_mut(&mut self) -> &mut $crate::record::Stamp {
            &mut self.stamp
        }
    };
}
pub(crate) use record_accessors;

/// Collects a record's fields, leaving out those without a value.
#[derive(Default)]
pub(crate) struct Fields(Vec<(Field, String)>);

impl Fields {
    pub(crate) fn with(mut self, field: Field, value: &(impl ToString + ?Sized)) -> Self {
        self.0.push((field, value.to_string()));
        self
    }

    pub(crate) fn with_some(self, field: Field, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.with(field, &value),
            None => self,
        }
    }

    pub(crate) fn with_text(self, field: Field, value: &str) -> Self {
        if value.is_empty() { self } else { self.with(field, value) }
    }

    pub(crate) fn done(self) -> Vec<(Field, String)> {
        self.0
    }
}
