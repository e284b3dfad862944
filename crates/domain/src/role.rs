//! A role: a named set of permissions.
use chrono::{DateTime, Utc};

use crate::{
    access::Permissions,
    field::Field,
    id::id,
    record::{Fields, Record, RecordKind, Stamp, record_accessors},
    user::UserId,
    values::RoleName,
};

id!(RoleId);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    pub id: RoleId,
    pub name: RoleName,
    pub permissions: Permissions,
    /// Users with this role sign in with a second factor.
    pub second_factor: bool,
    pub stamp: Stamp,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoleFilter;

impl Role {
    pub fn new(id: RoleId, name: RoleName, permissions: Permissions, by: Option<UserId>, now: DateTime<Utc>) -> Self {
        Self { id, name, permissions, second_factor: false, stamp: Stamp::new(by, now) }
    }
}

impl Record for Role {
    const KIND: RecordKind = RecordKind::Role;
    type Id = RoleId;
    type Filter = RoleFilter;
    record_accessors!(RoleId);

    fn fields(&self) -> Vec<(Field, String)> {
        Fields::default()
            .with(Field::Name, &self.name)
            .with(Field::Permissions, &self.permissions.codes())
            .with(Field::SecondFactor, &self.second_factor)
            .done()
    }
}
