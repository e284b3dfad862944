//! A saved view: the filter, sort order and columns of a list, under a name.
use chrono::{DateTime, Utc};

use crate::{
    field::Field,
    id::id,
    record::{Fields, Record, RecordKind, Stamp, record_accessors},
    user::UserId,
    values::{ViewName, ViewQuery},
};

id!(ViewId);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    pub id: ViewId,
    /// The kind of records in the list.
    pub list: RecordKind,
    /// The owner, who alone may change it.
    pub owner: UserId,
    /// As the list's address has it.
    pub query: ViewQuery,
    pub details: ViewDetails,
    /// Nothing is ever deleted; nobody is shown it any more.
    pub removed: bool,
    pub stamp: Stamp,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewDetails {
    pub name: ViewName,
    /// With everybody who may view the list.
    pub shared: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ViewFilter {
    pub list: Option<RecordKind>,
    pub whose: Option<ViewScope>,
    pub removed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViewScope {
    Own(UserId),
    /// Shared views of other users.
    SharedWith(UserId),
}

impl View {
    pub fn new(
        id: ViewId,
        list: RecordKind,
        query: ViewQuery,
        details: ViewDetails,
        owner: UserId,
        now: DateTime<Utc>,
    ) -> Self {
        Self { id, list, owner, query, details, removed: false, stamp: Stamp::new(Some(owner), now) }
    }

    pub fn is(&self, whose: ViewScope) -> bool {
        match whose {
            ViewScope::Own(user) => self.owner == user,
            ViewScope::SharedWith(user) => self.details.shared && self.owner != user,
        }
    }
}

impl Record for View {
    const KIND: RecordKind = RecordKind::View;
    type Id = ViewId;
    type Filter = ViewFilter;
    record_accessors!(ViewId);

    /// Without its query, which never changes and may hold a person's name, and without the name of a private view: a reader
    /// of the audit log may not be allowed to view the list, or this view.
    fn fields(&self) -> Vec<(Field, String)> {
        Fields::default()
            .with_some(Field::Name, Some(&self.details.name).filter(|_| self.details.shared))
            .with(Field::List, self.list.code())
            .with(Field::Shared, &self.details.shared)
            .with(Field::Archived, &self.removed)
            .done()
    }
}
