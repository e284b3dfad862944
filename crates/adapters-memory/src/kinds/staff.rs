//! Users and their roles.
use domain::{
    role::{Role, RoleFilter},
    store::Unique,
    user::{User, UserFilter},
    values::fold,
};

use super::table;
use crate::{kept::Kept, tables::Tables};

impl Kept for User {
    table!(users by id);

    fn matching(filter: &UserFilter) -> impl Fn(&Self) -> bool + Send {
        let only_active = filter.active;
        move |it| it.active || !only_active
    }

    fn unique(&self) -> Option<(Unique, String)> {
        Some((Unique::Username, fold(self.details.username.as_str())))
    }

    fn references_hold(&self, tables: &Tables) -> bool {
        self.details.roles.iter().all(|role| tables.roles.has(*role))
    }
}

impl Kept for Role {
    table!(roles by id);

    fn matching(_: &RoleFilter) -> impl Fn(&Self) -> bool + Send {
        |_| true
    }

    fn unique(&self) -> Option<(Unique, String)> {
        Some((Unique::RoleName, fold(self.name.as_str())))
    }
}
