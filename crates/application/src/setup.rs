//! First start: the roles, and the first superuser by a code that only the server's console shows.
use std::sync::Mutex;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    access::DefaultRole,
    field::Field,
    page::{Cursor, PageRequest},
    passwords::Password,
    role::{Role, RoleFilter, RoleId},
    user::{User, UserDetails, UserId},
    values::{Invalid, RoleName},
};

use crate::{Crm, Error, Result, accounts::Token};

/// The code of the first-run page, while there is one.
#[derive(Default)]
pub(crate) struct Setup(Mutex<Option<(String, DateTime<Utc>)>>);

/// How long a code is good for.
const VALID: TimeDelta = TimeDelta::hours(1);

impl Setup {
    fn set(&self, code: Option<(String, DateTime<Utc>)>) {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = code;
    }

    fn accepts(&self, typed: &str, now: DateTime<Utc>) -> bool {
        let code = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        code.as_ref().is_some_and(|(code, made)| *code == typed.trim() && now - *made < VALID)
    }
}

impl Crm {
    /// Makes the default roles, under these names, where there is no role at all.
    pub async fn make_default_roles(&self, name: impl Fn(DefaultRole) -> RoleName + Send) -> Result<()> {
        let roles = &DefaultRole::ALL.map(|role| (name(role), role.permissions()));
        self.write_as_system(|mut work| async move {
            let any = work.list::<Role>(&RoleFilter, PageRequest::sized(Cursor::Start, 1)).await?;
            if !any.items.is_empty() {
                return Ok(());
            }
            for (name, permissions) in roles.clone() {
                work.insert(&Role::new(RoleId::new(work.now), name, permissions, None, work.now)).await?;
            }
            work.commit().await
        })
        .await
    }

    /// Whether there is no superuser yet who could sign in.
    pub async fn needs_setup(&self) -> Result<bool> {
        Ok(self.as_system().await?.accounts().active_superusers().await? == 0)
    }

    /// Opens the first-run page, if it is needed, with the code: 128 random bits, valid for an hour.
    pub async fn open_setup(&self) -> Result<Option<String>> {
        if !self.needs_setup().await? {
            return Ok(None);
        }
        let code = Token::random()?.cookie()[..32].to_owned();
        self.setup().set(Some((code.clone(), self.now())));
        Ok(Some(code))
    }

    /// The first superuser, from the first-run page: only with the code, and only while there is none.
    pub async fn create_first_superuser(
        &self,
        code: &str,
        details: UserDetails,
        password: &Password,
    ) -> Result<UserId> {
        if !self.setup().accepts(code, self.now()) {
            return Err(Error::Invalid(Field::SetupCode, Invalid::WrongCode));
        }
        if !self.needs_setup().await? {
            return Err(Error::NotFound);
        }
        let id = self.create_superuser_if(details, password, true).await?;
        self.setup().set(None);
        Ok(id)
    }

    /// A superuser made on the server's console.
    pub async fn create_superuser(&self, details: UserDetails, password: &Password) -> Result<UserId> {
        self.create_superuser_if(details, password, false).await
    }

    async fn create_superuser_if(&self, details: UserDetails, password: &Password, only_first: bool) -> Result<UserId> {
        let hash = &self.passwords().hash(password).await?;
        let details = &UserDetails { superuser: true, ..details };
        self.write_as_system(|mut work| async move {
            if only_first && work.accounts().active_superusers().await? > 0 {
                return Err(Error::NotFound);
            }
            let user = User::new(UserId::new(work.now), details.clone(), Some(hash.clone()), None, work.now);
            work.insert(&user).await?;
            work.commit().await?;
            Ok(user.id)
        })
        .await
    }
}
