//! Use cases about users: who they are, which roles they have, whether they may sign in.
use domain::{
    access::{Permission, Permissions},
    audit::AuditAction,
    field::Field,
    page::{Page, PageRequest},
    passwords::Password,
    record::{Record, RecordKind},
    role::{Role, RoleId},
    user::{User, UserDetails, UserFilter, UserId},
};
use std::collections::BTreeSet;

use crate::{History, Result, RuleViolation, Session, Work};

/// A page of users, and every role for the list and its filter.
pub struct UserList {
    pub page: Page<User>,
    /// By name.
    pub roles: Vec<Role>,
}

/// One user with its related records.
pub struct UserPage {
    pub user: User,
    pub roles: Vec<Role>,
    pub history: History,
}

/// The choices of a user's form.
pub struct UserForm {
    pub roles: Vec<Role>,
}

impl Session {
    pub async fn users(&self, filter: &UserFilter, page: PageRequest) -> Result<UserList> {
        let mut work = self.read(Permission::ViewUsers).await?;
        Ok(UserList { page: work.list(filter, page).await?, roles: work.roles().await? })
    }

    pub async fn user(&self, id: UserId) -> Result<UserPage> {
        let mut work = self.read(Permission::ViewUsers).await?;
        let user: User = work.get(id).await?;
        let roles = work.roles().await?;
        let history = work.history(RecordKind::User, id.0, user.stamp()).await?;
        Ok(UserPage { user, roles, history })
    }

    pub async fn user_form(&self, user: Option<UserId>) -> Result<(Option<User>, UserForm)> {
        let permission = if user.is_some() { Permission::EditUsers } else { Permission::CreateUsers };
        let mut work = self.read(permission).await?;
        let user: Option<User> = match user {
            Some(id) => Some(work.get(id).await?),
            None => None,
        };
        Ok((user, UserForm { roles: work.roles().await? }))
    }

    /// A user without a password: a [link](Session::make_password_link) lets them choose one.
    pub async fn create_user(&self, id: UserId, details: UserDetails) -> Result<UserId> {
        let details = &details;
        self.write(Permission::CreateUsers, |mut work| async move {
            self.may_make(details)?;
            self.may_change_roles(&mut work, &BTreeSet::new(), &details.roles).await?;
            let user = User::new(id, details.clone(), None, work.by, work.now);
            work.insert_once(&user).await
        })
        .await
    }

    /// All but how the pages look to them, which is theirs alone.
    pub async fn edit_user(&self, id: UserId, version: i32, details: UserDetails) -> Result<()> {
        let details = &details;
        self.write(Permission::EditUsers, |mut work| async move {
            let before: User = work.get_version(id, version).await?;
            self.may_make(&before.details)?;
            self.may_make(details)?;
            self.may_change_roles(&mut work, &before.details.roles, &details.roles).await?;
            // Not for another one that gives as much, either: theirs may ask for a second factor.
            self.not_own(id == self.actor().id && before.details.roles != details.roles)?;
            let mut after = User { details: details.clone(), ..before.clone() };
            after.details.preferences.appearance = before.details.preferences.appearance;
            let same = before.details.roles == details.roles && before.details.superuser == details.superuser;
            let user = work.update(&before, if same { after } else { after.with_other_rights() }).await?;
            work.keep_a_superuser(&before, &user).await?;
            work.commit().await
        })
        .await
    }

    /// Lets a user sign in, or not; a deactivated user loses every session at once.
    pub async fn set_user_active(&self, id: UserId, active: bool) -> Result<()> {
        self.write(Permission::EditUsers, |mut work| async move {
            let before: User = work.get(id).await?;
            self.may_make(&before.details)?;
            self.not_own(!active && id == self.actor().id)?;
            let after = User { active, ..before.clone() };
            let user =
                work.update(&before, if active == before.active { after } else { after.with_other_rights() }).await?;
            work.keep_a_superuser(&before, &user).await?;
            if !active {
                work.accounts().remove_sessions_of(id, None).await?;
            }
            work.commit().await
        })
        .await
    }

    /// Signs a user out everywhere.
    pub async fn end_sessions_of(&self, id: UserId) -> Result<()> {
        self.write(Permission::EditUsers, |mut work| async move {
            let user: User = work.get(id).await?;
            self.may_make(&user.details)?;
            work.accounts().remove_sessions_of(id, None).await?;
            work.note_action(AuditAction::SessionsEnded, &user, Vec::new()).await?;
            work.commit().await
        })
        .await
    }

    /// A password set by somebody else; a temporary one lets its user in only to choose another. The user loses every
    /// session at once.
    pub async fn set_user_password(&self, id: UserId, password: &Password, temporary: bool) -> Result<()> {
        self.actor().authorize(Permission::EditUsers)?;
        let hash = &self.passwords().hash(password).await?;
        self.write(Permission::EditUsers, |mut work| async move {
            let before: User = work.get(id).await?;
            self.may_sign_in_as(&mut work, &before).await?;
            let mut user = before.clone();
            user.set_password(hash.clone(), work.now);
            user.password_is_temporary = temporary;
            work.update(&before, user).await?;
            work.accounts().remove_sessions_of(id, None).await?;
            work.commit().await
        })
        .await
    }

    /// The user who sets a password can sign in with it: that must not lead to power over users, roles and the audit log
    /// that they do not have, nor to a new password without the current one.
    pub(crate) async fn may_sign_in_as(&self, work: &mut Work, user: &User) -> Result<()> {
        self.not_oneself(user)?;
        self.may_make(&user.details)?;
        let mut theirs = user.grants.clone();
        for role in &user.details.roles {
            theirs.extend(work.get::<Role>(*role).await?.permissions.iter());
        }
        let power = theirs.iter().filter(|it| matches!(it.resource(), "users" | "roles" | "audit")).collect();
        if self.actor().holds(&power) { Ok(()) } else { Err(RuleViolation::BeyondOwnPermissions.into()) }
    }

    pub fn not_oneself(&self, user: &User) -> Result<(), RuleViolation> {
        if user.id == self.actor().id { Err(RuleViolation::OwnAccount) } else { Ok(()) }
    }

    /// Nobody makes or changes a superuser but a superuser.
    pub(crate) fn may_make(&self, details: &UserDetails) -> Result<(), RuleViolation> {
        if details.superuser && !self.actor().superuser { Err(RuleViolation::SuperuserOnly) } else { Ok(()) }
    }

    /// Roles are given and taken by users who may edit roles, and who may give every permission of these roles.
    async fn may_change_roles(
        &self,
        work: &mut Work,
        before: &BTreeSet<RoleId>,
        after: &BTreeSet<RoleId>,
    ) -> Result<()> {
        if before == after {
            return Ok(());
        }
        self.actor().authorize(Permission::EditRoles)?;
        let mut changed = Permissions::default();
        for role in before.symmetric_difference(after) {
            changed.extend(work.referred::<Role>(*role, Field::Roles).await?.permissions.iter());
        }
        if self.actor().may_give_all(&changed) { Ok(()) } else { Err(RuleViolation::BeyondOwnPermissions.into()) }
    }
}

impl Work {
    /// Refuses a change that took away the last superuser who can sign in.
    async fn keep_a_superuser(&mut self, before: &User, after: &User) -> Result<()> {
        let counts = |it: &User| it.active && it.details.superuser;
        if counts(before) && !counts(after) && self.accounts().active_superusers().await? == 0 {
            return Err(RuleViolation::LastSuperuser.into());
        }
        Ok(())
    }
}
