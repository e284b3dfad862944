//! Use cases about roles and permissions: what each role may do, and why a user may do something.
use std::collections::BTreeSet;

use domain::{
    access::{Permission, Permissions},
    page::{Cursor, PageRequest},
    role::{Role, RoleFilter, RoleId},
    user::{User, UserId},
    values::RoleName,
};

use crate::{Result, RuleViolation, Session, Work};

/// The roles as their matrix shows them.
#[derive(Clone, Debug)]
pub struct RolesPage {
    /// By name, at most 200.
    pub roles: Vec<RoleInUse>,
    /// Those of the caller.
    pub own: BTreeSet<RoleId>,
}

#[derive(Clone, Debug)]
pub struct RoleInUse {
    pub role: Role,
    /// How many users who may sign in have it.
    pub people: u64,
}

/// The changes of a role in this version. Fields that are None stay.
#[derive(Clone, Debug)]
pub struct RoleChange {
    pub id: RoleId,
    pub version: i32,
    pub name: Option<RoleName>,
    pub permissions: Option<Permissions>,
    pub second_factor: Option<bool>,
}

/// The permissions of a user, and their origins.
#[derive(Clone, Debug)]
pub struct UserPermissions {
    pub user: User,
    /// Each permission, in the order of [`Permission::ALL`].
    pub origins: Vec<PermissionOrigin>,
}

/// Where a user has a permission from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PermissionOrigin {
    pub permission: Permission,
    pub superuser: bool,
    /// The names of the roles that give it.
    pub roles: Vec<RoleName>,
    /// Given to this user alone.
    pub granted: bool,
    /// Whether they have it at this moment: a user who may not sign in has no permissions.
    pub held: bool,
}

/// There are few roles: they are shown all together, up to this many.
const ROLES: u16 = 200;

impl Session {
    pub async fn roles(&self) -> Result<RolesPage> {
        let mut work = self.read(Permission::ViewRoles).await?;
        let people = work.accounts().active_users_by_role().await?;
        let roles = work.roles().await?.into_iter();
        let roles = roles.map(|role| RoleInUse { people: people.get(&role.id).copied().unwrap_or(0), role }).collect();
        let own = work.get::<User>(self.actor().id).await?.details.roles;
        Ok(RolesPage { roles, own })
    }

    pub async fn create_role(&self, id: RoleId, name: RoleName, permissions: Permissions) -> Result<RoleId> {
        let (name, permissions) = (&name, &permissions);
        self.write(Permission::CreateRoles, |work| async move {
            self.may_set(&Permissions::default(), permissions)?;
            let role = Role::new(id, name.clone(), permissions.clone(), work.by, work.now);
            work.insert_once(&role).await
        })
        .await
    }

    /// The role as its edit form shows it, and whether it is for this session to rename it.
    pub async fn role_to_edit(&self, id: RoleId) -> Result<(Role, Result<(), RuleViolation>)> {
        let mut work = self.read(Permission::EditRoles).await?;
        let (role, own) = (work.get(id).await?, work.get::<User>(self.actor().id).await?.details.roles);
        let renaming = self.may_rename(&role, &own);
        Ok((role, renaming))
    }

    /// Changes all of these roles, or none of them. Takes effect at the next request of a user who has one.
    pub async fn edit_roles(&self, changes: Vec<RoleChange>) -> Result<()> {
        let changes = &changes;
        self.write(Permission::EditRoles, |mut work| async move {
            let own = work.get::<User>(self.actor().id).await?.details.roles;
            for change in changes {
                let before: Role = work.get_version(change.id, change.version).await?;
                let mut after = before.clone();
                after.name = change.name.clone().unwrap_or(after.name);
                after.permissions = change.permissions.clone().unwrap_or(after.permissions);
                after.second_factor = change.second_factor.unwrap_or(after.second_factor);
                if after.name != before.name || after.second_factor != before.second_factor {
                    self.may_rename(&before, &own)?;
                }
                if after.permissions != before.permissions {
                    self.not_own(own.contains(&change.id))?;
                    self.may_set(&before.permissions, &after.permissions)?;
                }
                work.update(&before, after).await?;
            }
            work.commit().await
        })
        .await
    }

    pub async fn user_permissions(&self, id: UserId) -> Result<UserPermissions> {
        let mut work = self.read(Permission::ViewUsers).await?;
        let user: User = work.get(id).await?;
        let roles = work.roles_of(&user).await?;
        let origins = Permission::ALL.map(|it| PermissionOrigin::of(it, &user, &roles)).into();
        Ok(UserPermissions { user, origins })
    }

    /// The permissions that one user has beside those of the roles.
    pub async fn set_user_grants(&self, id: UserId, version: i32, permissions: Permissions) -> Result<()> {
        let permissions = &permissions;
        self.write(Permission::EditRoles, |mut work| async move {
            let before: User = work.get_version(id, version).await?;
            if before.grants == *permissions {
                return Ok(());
            }
            self.may_change_grants(&before)?;
            self.may_set(&before.grants, permissions)?;
            let after = User { grants: permissions.clone(), ..before.clone() };
            work.update(&before, after.with_other_rights()).await?;
            work.commit().await
        })
        .await
    }

    /// Whether this session may change the user's own grants.
    pub fn may_change_grants(&self, user: &User) -> Result<(), RuleViolation> {
        self.may_make(&user.details)?;
        self.not_own(user.id == self.actor().id)
    }

    /// Whether it is for this session, whose user has the roles `own`, to rename this role, or to ask for a second factor with
    /// it or no longer: roles are given by their names, so a user who renames one decides who will get what it
    /// gives.
    pub fn may_rename(&self, role: &Role, own: &BTreeSet<RoleId>) -> Result<(), RuleViolation> {
        self.not_own(own.contains(&role.id))?;
        self.may_set(&Permissions::default(), &role.permissions)
    }

    /// Nobody raises themselves or cuts themselves off, except for a superuser, who can do neither.
    pub(crate) fn not_own(&self, own: bool) -> Result<(), RuleViolation> {
        if own && !self.actor().superuser { Err(RuleViolation::OwnRole) } else { Ok(()) }
    }

    /// An administrator of users and roles grants and revokes any permission. Other users only what they hold themselves.
    fn may_set(&self, before: &Permissions, after: &Permissions) -> Result<(), RuleViolation> {
        if self.actor().may_change(before, after) { Ok(()) } else { Err(RuleViolation::BeyondOwnPermissions) }
    }
}

impl PermissionOrigin {
    fn of(permission: Permission, user: &User, roles: &[Role]) -> Self {
        let superuser = user.details.superuser;
        let giving = roles.iter().filter(|it| it.permissions.contains(permission));
        let roles: Vec<RoleName> = giving.map(|it| it.name.clone()).collect();
        let granted = user.grants.contains(permission);
        let held = user.active && (superuser || granted || !roles.is_empty());
        Self { permission, superuser, roles, granted, held }
    }
}

impl Work {
    pub(crate) async fn roles(&mut self) -> Result<Vec<Role>> {
        let mut roles = self.list::<Role>(&RoleFilter, PageRequest::sized(Cursor::Start, ROLES)).await?.items;
        roles.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(roles)
    }

    /// Those of one user, by name.
    pub(crate) async fn roles_of(&mut self, user: &User) -> Result<Vec<Role>> {
        let mut roles = self.roles().await?;
        roles.retain(|it| user.details.roles.contains(&it.id));
        Ok(roles)
    }
}
