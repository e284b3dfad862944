//! A user: a member of the staff who can sign in. Never deleted: their name stays in the history.
use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    access::Permissions,
    calendar::Calendar,
    field::Field,
    id::id,
    passwords::PasswordHash,
    preferences::{Density, Language, Preferences, SingleKeys, Theme},
    record::{Fields, Record, RecordKind, Stamp, record_accessors},
    role::RoleId,
    second_factor::SecondFactor,
    session::TokenHash,
    values::{Email, Invalid, Username, search_fold},
};

id!(UserId);

/// The values that users enter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserDetails {
    pub username: Username,
    pub full_name: PersonName,
    pub email: Option<Email>,
    pub roles: BTreeSet<RoleId>,
    pub superuser: bool,
    pub preferences: Preferences,
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
    /// None before the user first chose one by a link.
    pub password: Option<PasswordHash>,
    /// When the password was set: history shows this, never the hash.
    pub password_set_at: DateTime<Utc>,
    /// Somebody else set it: it lets its user in only to choose another one.
    pub password_is_temporary: bool,
    pub password_link: Option<PasswordLink>,
    pub second_factor: Option<SecondFactor>,
    /// Signing in writes it down; that changes no version.
    pub last_sign_in_at: Option<DateTime<Utc>>,
    /// Permissions given to this one user, beside those of the roles.
    pub grants: Permissions,
    pub stamp: Stamp,
}

/// A link by which its user sets a password without knowing the one before: an invitation, or help for users who forgot it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordLink {
    /// The token itself is in the link alone, which its author sees for ten minutes.
    pub token: TokenHash,
    pub until: DateTime<Utc>,
}

impl PasswordLink {
    pub const VALID: TimeDelta = TimeDelta::hours(24);
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// A part of the full name, the username or the email.
    pub search: String,
    pub role: Option<RoleId>,
    /// Users who can sign in, or users who cannot.
    pub active: Option<bool>,
    pub last_sign_in: Option<LastSignIn>,
}

/// When somebody last signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastSignIn {
    Never,
    /// Once, but not since.
    Before(DateTime<Utc>),
    Since(DateTime<Utc>),
}

impl User {
    /// Without a password nobody can sign in as this user yet.
    pub fn new(
        id: UserId,
        details: UserDetails,
        password: Option<PasswordHash>,
        by: Option<UserId>,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            id,
            details,
            active: true,
            password,
            password_set_at: now,
            password_is_temporary: false,
            password_link: None,
            second_factor: None,
            last_sign_in_at: None,
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

    /// A password that the user chose. A link for that has done its work.
    pub fn set_password(&mut self, password: PasswordHash, now: DateTime<Utc>) {
        self.password = Some(password);
        self.password_set_at = now;
        self.password_is_temporary = false;
        self.password_link = None;
    }

    /// A link good for [`PasswordLink::VALID`]; one made before is no longer good.
    pub fn invite(&mut self, token: TokenHash, now: DateTime<Utc>) {
        self.password_link = Some(PasswordLink { token, until: now + PasswordLink::VALID });
    }

    /// The author of a link needed the rights that its user had at that time.
    #[must_use]
    pub fn with_other_rights(self) -> Self {
        Self { password_link: None, ..self }
    }

    /// Whether this link still lets the user set a password.
    pub fn is_invited_by(&self, token: TokenHash, now: DateTime<Utc>) -> bool {
        self.active && self.password_link.as_ref().is_some_and(|it| it.token == token && now < it.until)
    }

    /// The folded text that a search looks through: full name, username and email.
    pub fn search_text(&self) -> String {
        let it = &self.details;
        let email = it.email.as_ref().map(Email::as_str).unwrap_or_default();
        search_fold(&[it.full_name.as_str(), it.username.as_str(), email].join(" "))
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
        let password_set_at = self.password.as_ref().map(|_| self.password_set_at.to_rfc3339());
        let recovery_codes = self.second_factor.as_ref().map(|it| it.recovery.len());
        Fields::default()
            .with(Field::Username, &it.username)
            .with_text(Field::FullName, it.full_name.as_str())
            .with_some(Field::Email, it.email.as_ref())
            .with_some(Field::Language, it.preferences.language.map(Language::code))
            .with_some(Field::TimeZone, it.preferences.time_zone.map(Calendar::name))
            .with_some(Field::Theme, it.preferences.appearance.theme.map(Theme::code))
            .with_some(Field::Density, it.preferences.appearance.density.map(Density::code))
            .with_some(Field::SingleKeys, it.preferences.appearance.single_keys.map(SingleKeys::code))
            .with_text(Field::Roles, &roles.join(" "))
            .with_text(Field::Permissions, &self.grants.codes())
            .with(Field::Superuser, &it.superuser)
            .with(Field::Active, &self.active)
            .with_some(Field::Password, password_set_at)
            .with(Field::TemporaryPassword, &self.password_is_temporary)
            .with_some(Field::PasswordLink, self.password_link.as_ref().map(|it| it.until.to_rfc3339()))
            .with(Field::SecondFactor, &self.second_factor.is_some())
            .with_some(Field::RecoveryCodes, recovery_codes)
            .done()
    }

    /// New recovery codes, as many as there were.
    fn renewed(&self, before: &Self) -> Option<Field> {
        let (before, after) = (&before.second_factor.as_ref()?.recovery, &self.second_factor.as_ref()?.recovery);
        (before != after && before.len() == after.len()).then_some(Field::RecoveryCodes)
    }
}
