//! A user: somebody of the staff who can sign in. Never deleted: their name stays on what they did.
use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::{
    access::Permissions,
    field::Field,
    id::id,
    passwords::PasswordHash,
    record::{Fields, Record, RecordKind, Stamp, record_accessors},
    role::RoleId,
    values::{Email, Invalid, Username},
};

id!(UserId);

/// What people type in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserDetails {
    pub username: Username,
    pub full_name: PersonName,
    pub email: Option<Email>,
    pub roles: BTreeSet<RoleId>,
    pub superuser: bool,
}

/// The full name of a user: 0–200 characters, as it may be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonName(Option<crate::values::FullName>);

impl PersonName {
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        match crate::values::FullName::parse(raw) {
            Ok(name) => Ok(Self(Some(name))),
            Err(Invalid::Empty) => Ok(Self(None)),
            Err(invalid) => Err(invalid),
        }
    }

    pub fn as_str(&self) -> &str {
        self.0.as_ref().map_or("", crate::values::FullName::as_str)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    pub details: UserDetails,
    pub active: bool,
    pub password: PasswordHash,
    /// When the password was set: history shows this, never the hash.
    pub password_set_at: DateTime<Utc>,
    /// Permissions given to this one user, beside those of the roles.
    pub grants: Permissions,
    pub stamp: Stamp,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// Only users who can sign in.
    pub active: bool,
}

impl User {
    pub fn new(
        id: UserId,
        details: UserDetails,
        password: PasswordHash,
        by: Option<UserId>,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            id,
            details,
            active: true,
            password,
            password_set_at: now,
            grants: Permissions::default(),
            stamp: Stamp::new(by, now),
        }
    }

    /// The full name, or the username where there is none.
    pub fn display_name(&self) -> &str {
        match self.details.full_name.as_str() {
            "" => self.details.username.as_str(),
            name => name,
        }
    }

    pub fn set_password(&mut self, password: PasswordHash, now: DateTime<Utc>) {
        self.password = password;
        self.password_set_at = now;
    }
}

impl Record for User {
    const KIND: RecordKind = RecordKind::User;
    type Id = UserId;
    type Filter = UserFilter;
    record_accessors!(UserId);

    fn fields(&self) -> Vec<(Field, String)> {
        let it = &self.details;
        let roles: Vec<String> = it.roles.iter().map(ToString::to_string).collect();
        Fields::default()
            .with(Field::Username, &it.username)
            .with_text(Field::FullName, it.full_name.as_str())
            .with_some(Field::Email, it.email.as_ref())
            .with_text(Field::Roles, &roles.join(" "))
            .with_text(Field::Permissions, &self.grants.codes())
            .with(Field::Superuser, &it.superuser)
            .with(Field::Active, &self.active)
            .with(Field::Password, &self.password_set_at.to_rfc3339())
            .done()
    }
}
