//! Who may do what. [`Permission::default_for`] is the whole policy that a new installation starts with;
//! afterwards roles are records that administrators edit.
use std::collections::BTreeSet;

use crate::{record::RecordKind, user::UserId};

/// One thing that somebody may do: a resource and an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Permission {
    ViewUsers,
    CreateUsers,
    EditUsers,
    ViewRoles,
    CreateRoles,
    EditRoles,
    ViewAudit,
    ViewServices,
    CreateServices,
    EditServices,
    ExportServices,
    ViewCampaigns,
    CreateCampaigns,
    EditCampaigns,
    ExportCampaigns,
    ViewLeads,
    CreateLeads,
    EditLeads,
    ConvertLeads,
    ExportLeads,
    ViewClients,
    EditClients,
    ExportClients,
    ViewContracts,
    CreateContracts,
    EditContracts,
    ExportContracts,
    ViewStatistics,
    ExportStatistics,
}

/// The roles that a new installation has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DefaultRole {
    Administrator,
    Operator,
    Marketer,
    Manager,
}

impl DefaultRole {
    pub const ALL: [Self; 4] = [Self::Administrator, Self::Operator, Self::Marketer, Self::Manager];

    pub fn permissions(self) -> Permissions {
        Permission::ALL.into_iter().filter(|it| it.default_for(self)).collect()
    }
}

impl Permission {
    pub const ALL: [Self; 29] = [
        Self::ViewUsers,
        Self::CreateUsers,
        Self::EditUsers,
        Self::ViewRoles,
        Self::CreateRoles,
        Self::EditRoles,
        Self::ViewAudit,
        Self::ViewServices,
        Self::CreateServices,
        Self::EditServices,
        Self::ExportServices,
        Self::ViewCampaigns,
        Self::CreateCampaigns,
        Self::EditCampaigns,
        Self::ExportCampaigns,
        Self::ViewLeads,
        Self::CreateLeads,
        Self::EditLeads,
        Self::ConvertLeads,
        Self::ExportLeads,
        Self::ViewClients,
        Self::EditClients,
        Self::ExportClients,
        Self::ViewContracts,
        Self::CreateContracts,
        Self::EditContracts,
        Self::ExportContracts,
        Self::ViewStatistics,
        Self::ExportStatistics,
    ];

    /// Whether a default role has this permission. A new permission does not compile until it is decided here.
    pub const fn default_for(self, role: DefaultRole) -> bool {
        use DefaultRole::{Administrator, Manager, Marketer, Operator};
        match self {
            Self::ViewUsers
            | Self::CreateUsers
            | Self::EditUsers
            | Self::ViewRoles
            | Self::CreateRoles
            | Self::EditRoles
            | Self::ViewAudit => matches!(role, Administrator),
            Self::ViewServices
            | Self::CreateServices
            | Self::EditServices
            | Self::ViewCampaigns
            | Self::CreateCampaigns
            | Self::EditCampaigns
            | Self::ExportServices
            | Self::ExportCampaigns => matches!(role, Marketer),
            Self::ViewLeads => matches!(role, Operator | Manager),
            Self::CreateLeads | Self::EditLeads => matches!(role, Operator),
            Self::ConvertLeads
            | Self::ExportLeads
            | Self::ExportClients
            | Self::ExportContracts
            | Self::ViewClients
            | Self::EditClients
            | Self::ViewContracts
            | Self::CreateContracts
            | Self::EditContracts => matches!(role, Manager),
            Self::ExportStatistics => matches!(role, Marketer | Manager),
            Self::ViewStatistics => match role {
                Administrator | Operator | Marketer | Manager => true,
            },
        }
    }

    /// The permission to view records of this kind.
    pub const fn to_view(kind: RecordKind) -> Self {
        match kind {
            RecordKind::Campaign | RecordKind::SpendEntry => Self::ViewCampaigns,
            RecordKind::Client => Self::ViewClients,
            RecordKind::Contract | RecordKind::Document => Self::ViewContracts,
            RecordKind::Lead | RecordKind::Note => Self::ViewLeads,
            RecordKind::Role => Self::ViewRoles,
            RecordKind::Service => Self::ViewServices,
            RecordKind::User => Self::ViewUsers,
            // Users see a view with its list; on its own it appears in the audit log.
            RecordKind::View => Self::ViewAudit,
        }
    }

    /// The permission to export a list of this kind, beside viewing it. None if it has no export.
    pub const fn to_export(kind: RecordKind) -> Option<Self> {
        match kind {
            RecordKind::Campaign => Some(Self::ExportCampaigns),
            RecordKind::Client => Some(Self::ExportClients),
            RecordKind::Contract => Some(Self::ExportContracts),
            RecordKind::Lead => Some(Self::ExportLeads),
            RecordKind::Service => Some(Self::ExportServices),
            RecordKind::Document
            | RecordKind::Note
            | RecordKind::Role
            | RecordKind::SpendEntry
            | RecordKind::User
            | RecordKind::View => None,
        }
    }

    /// The name under which a role stores it. Never changes once released.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ViewUsers => "users.view",
            Self::CreateUsers => "users.create",
            Self::EditUsers => "users.edit",
            Self::ViewRoles => "roles.view",
            Self::CreateRoles => "roles.create",
            Self::EditRoles => "roles.edit",
            Self::ViewAudit => "audit.view",
            Self::ViewServices => "services.view",
            Self::CreateServices => "services.create",
            Self::EditServices => "services.edit",
            Self::ExportServices => "services.export",
            Self::ViewCampaigns => "campaigns.view",
            Self::CreateCampaigns => "campaigns.create",
            Self::EditCampaigns => "campaigns.edit",
            Self::ExportCampaigns => "campaigns.export",
            Self::ViewLeads => "leads.view",
            Self::CreateLeads => "leads.create",
            Self::EditLeads => "leads.edit",
            Self::ConvertLeads => "leads.convert",
            Self::ExportLeads => "leads.export",
            Self::ViewClients => "clients.view",
            Self::EditClients => "clients.edit",
            Self::ExportClients => "clients.export",
            Self::ViewContracts => "contracts.view",
            Self::CreateContracts => "contracts.create",
            Self::EditContracts => "contracts.edit",
            Self::ExportContracts => "contracts.export",
            Self::ViewStatistics => "statistics.view",
            Self::ExportStatistics => "statistics.export",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }

    /// The subject of the permission: the part of its code before the point.
    pub fn resource(self) -> &'static str {
        self.code().split_once('.').map_or("", |(resource, _)| resource)
    }
}

/// A set of permissions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Permissions(BTreeSet<Permission>);

impl Permissions {
    pub fn all() -> Self {
        Permission::ALL.into_iter().collect()
    }

    pub fn contains(&self, permission: Permission) -> bool {
        self.0.contains(&permission)
    }

    pub fn is_superset(&self, other: &Self) -> bool {
        self.0.is_superset(&other.0)
    }

    pub fn iter(&self) -> impl Iterator<Item = Permission> {
        self.0.iter().copied()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The codes in order, parted by spaces: how stores and audit rows keep a set.
    pub fn codes(&self) -> String {
        self.iter().map(Permission::code).collect::<Vec<_>>().join(" ")
    }

    /// From [`Permissions::codes`]. A code that this version does not know grants nothing.
    pub fn from_codes(codes: &str) -> Self {
        codes.split_whitespace().filter_map(Permission::from_code).collect()
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<T: IntoIterator<Item = Permission>>(iter: T) -> Self {
        Self(iter.into_iter().collect())
    }
}

impl Extend<Permission> for Permissions {
    fn extend<T: IntoIterator<Item = Permission>>(&mut self, iter: T) {
        self.0.extend(iter);
    }
}

/// Somebody who is signed in, with everything they may do at this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    pub id: UserId,
    /// The full name, or the username where there is none.
    pub name: String,
    pub superuser: bool,
    permissions: Permissions,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not permitted: {}", .0.code())]
pub struct Forbidden(pub Permission);

impl Actor {
    /// A superuser may do everything, whatever the set says.
    pub fn new(id: UserId, name: String, superuser: bool, permissions: Permissions) -> Self {
        let permissions = if superuser { Permissions::all() } else { permissions };
        Self { id, name, superuser, permissions }
    }

    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(permission)
    }

    pub fn authorize(&self, permission: Permission) -> Result<(), Forbidden> {
        if self.may(permission) { Ok(()) } else { Err(Forbidden(permission)) }
    }

    /// Whether this is the same user with the same rights.
    pub fn has_the_rights_of(&self, other: &Self) -> bool {
        self.id == other.id && self.superuser == other.superuser && self.permissions == other.permissions
    }

    /// Whether the user holds all of these permissions.
    pub fn holds(&self, permissions: &Permissions) -> bool {
        self.permissions.is_superset(permissions)
    }

    /// Whether the user gives and takes any permission: an administrator of both users and roles.
    ///
    /// An administrator who could give only their own permissions could set up no colleague.
    pub fn may_give_any(&self) -> bool {
        self.may(Permission::EditUsers) && self.may(Permission::EditRoles)
    }

    /// Whether the user gives this permission to others, and takes it from them: any, or one that they hold.
    pub fn may_give(&self, permission: Permission) -> bool {
        self.may_give_any() || self.may(permission)
    }

    /// Whether the user gives and takes a role with these permissions.
    pub fn may_give_all(&self, permissions: &Permissions) -> bool {
        permissions.iter().all(|it| self.may_give(it))
    }

    /// Whether the user changes the one set of permissions to the other.
    pub fn may_change(&self, before: &Permissions, after: &Permissions) -> bool {
        before.0.symmetric_difference(&after.0).all(|it| self.may_give(*it))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of the handbook, printed from the code: neighbours with the same answer share a line.
    fn printed() -> String {
        let mut lines: Vec<(&str, Vec<&str>, [&str; 4])> = Vec::new();
        for permission in Permission::ALL {
            let (resource, action) = permission.code().split_once('.').unwrap();
            let cells = DefaultRole::ALL.map(|role| if permission.default_for(role) { "✓" } else { "" });
            match lines.last_mut() {
                Some((same, actions, answer)) if *same == resource && *answer == cells => actions.push(action),
                _ => lines.push((resource, vec![action], cells)),
            }
        }
        let mut table = String::from(
            "| resource | actions | Administrator | Operator | Marketer | Manager |\n|---|---|---|---|---|---|\n",
        );
        for (resource, actions, cells) in lines {
            table += &["| ", resource, " | ", &actions.join(", "), " | ", &cells.join(" | "), " |\n"].concat();
        }
        table.replace("|  |", "| |").replace("|  |", "| |")
    }

    #[test]
    fn every_role_against_every_permission() {
        let table = printed();
        assert!(
            include_str!("../../../docs/roles.md").contains(&table),
            "docs/roles.md does not have this table:\n{table}"
        );
    }

    #[test]
    fn codes_are_read_back() {
        assert_eq!(Permissions::from_codes(&Permissions::all().codes()), Permissions::all());
        assert_eq!(Permissions::from_codes("leads.view no.such"), Permissions::from_iter([Permission::ViewLeads]));
    }

    #[test]
    fn a_superuser_may_do_everything_and_others_what_they_hold() {
        let id = UserId(uuid::Uuid::nil());
        let root = Actor::new(id, "root".into(), true, Permissions::default());
        assert!(Permission::ALL.into_iter().all(|it| root.may(it)));
        let operator = Actor::new(id, "Анна".into(), false, DefaultRole::Operator.permissions());
        assert_eq!(operator.authorize(Permission::ConvertLeads), Err(Forbidden(Permission::ConvertLeads)));
        assert!(!operator.may_give_all(&DefaultRole::Manager.permissions()));
        assert!(operator.may_give_all(&Permissions::from_iter([Permission::ViewLeads])));
        let (own, more) = ([Permission::ViewLeads], [Permission::ViewLeads, Permission::ViewUsers]);
        let (own, more) = (Permissions::from_iter(own), Permissions::from_iter(more));
        assert!(operator.may_change(&own, &Permissions::default()) && operator.may_change(&more, &more));
        assert!(!operator.may_change(&own, &more) && !operator.may_change(&more, &own));
        assert!(root.may_change(&more, &Permissions::default()));
    }

    #[test]
    fn an_administrator_of_users_and_roles_gives_what_they_do_not_hold() {
        let with = |permissions: Permissions| Actor::new(UserId(uuid::Uuid::nil()), "Алла".into(), false, permissions);
        let administrator = with(DefaultRole::Administrator.permissions());
        for role in DefaultRole::ALL {
            assert!(administrator.may_give_all(&role.permissions()), "{role:?}");
        }
        assert!(administrator.may_change(&Permissions::all(), &Permissions::default()));
        assert!(!administrator.holds(&DefaultRole::Manager.permissions()), "giving is not holding");
        for half in [Permission::EditUsers, Permission::EditRoles] {
            let half = with([half, Permission::ViewLeads].into_iter().collect());
            assert!(half.may_give(Permission::ViewLeads) && !half.may_give(Permission::ConvertLeads));
        }
    }
}
