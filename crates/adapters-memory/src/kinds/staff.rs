//! Users, their roles, and the views that they save.
use domain::{
    role::{Role, RoleFilter},
    store::UniqueKey,
    user::{LastSignIn, User, UserFilter},
    values::fold,
    view::{View, ViewFilter},
};

use super::{searching, table};
use crate::{stored::Stored, tables::Tables};

impl Stored for User {
    table!(users);

    fn matching(filter: &UserFilter, _: &Tables) -> impl Fn(&Self) -> bool + Send {
        let (filter, found) = (filter.clone(), searching(&filter.search));
        move |it| {
            found(&it.search_text())
                && filter.role.is_none_or(|role| it.details.roles.contains(&role))
                && filter.active.is_none_or(|active| it.active == active)
                && match filter.last_sign_in {
                    None => true,
                    Some(LastSignIn::Never) => it.last_sign_in_at.is_none(),
                    Some(LastSignIn::Before(moment)) => it.last_sign_in_at.is_some_and(|it| it < moment),
                    Some(LastSignIn::Since(moment)) => it.last_sign_in_at.is_some_and(|it| it >= moment),
                }
        }
    }

    fn unique(&self) -> Option<(UniqueKey, String)> {
        Some((UniqueKey::Username, fold(self.details.username.as_str())))
    }

    fn references_hold(&self, tables: &Tables) -> bool {
        self.details.roles.iter().all(|role| tables.roles.has(*role))
    }
}

impl Stored for Role {
    table!(roles);

    fn matching(_: &RoleFilter, _: &Tables) -> impl Fn(&Self) -> bool + Send {
        |_| true
    }

    fn unique(&self) -> Option<(UniqueKey, String)> {
        Some((UniqueKey::RoleName, fold(self.name.as_str())))
    }
}

impl Stored for View {
    table!(views);

    fn matching(filter: &ViewFilter, _: &Tables) -> impl Fn(&Self) -> bool + Send {
        let ViewFilter { list, whose, removed } = *filter;
        move |it| {
            it.removed == removed && list.is_none_or(|list| it.list == list) && whose.is_none_or(|whose| it.is(whose))
        }
    }

    fn references_hold(&self, tables: &Tables) -> bool {
        tables.users.has(self.owner)
    }
}
