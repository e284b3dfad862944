//! The pages that a user can open and the records that a user can create. The navigation, the palette and the shortcuts
//! page share this table, so that all of them offer the same.
use domain::{
    access::Permission,
    values::{name_needles, search_fold},
};

use super::Icon;
use crate::{
    page::Page,
    text::{Language, Text},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    Sales,
    Marketing,
    Management,
    /// The user's own pages, in the menu below instead of the navigation.
    Own,
    /// An action.
    Action,
}

pub(crate) struct NavItem {
    pub(crate) href: &'static str,
    pub(crate) icon: Icon,
    pub(crate) words: fn(&Text) -> &'static str,
    /// The key that opens the page after G, by its Latin letter; empty for none.
    pub(crate) key: &'static str,
    pub(crate) needs: Option<Permission>,
    pub(crate) group: Group,
}

const fn place(
    group: Group,
    href: &'static str,
    icon: Icon,
    key: &'static str,
    needs: Option<Permission>,
    words: fn(&Text) -> &'static str,
) -> NavItem {
    NavItem { href, icon, words, key, needs, group }
}

use Group::{Action, Management, Marketing, Own, Sales};

const ALL: [NavItem; 21] = [
    place(Action, "/leads/new", Icon::Plus, "", Some(Permission::CreateLeads), |t| t.new_lead),
    place(Action, "/contracts/new", Icon::Plus, "", Some(Permission::CreateContracts), |t| t.new_contract),
    place(Action, "/campaigns/new", Icon::Plus, "", Some(Permission::CreateCampaigns), |t| t.new_campaign),
    place(Action, "/services/new", Icon::Plus, "", Some(Permission::CreateServices), |t| t.new_service),
    place(Action, "/users/new", Icon::UserPlus, "", Some(Permission::CreateUsers), |t| t.new_user),
    place(Action, "/roles/new", Icon::Plus, "", Some(Permission::CreateRoles), |t| t.new_role),
    place(Sales, "/", Icon::House, "h", None, |t| t.home),
    place(Sales, "/leads", Icon::Inbox, "l", Some(Permission::ViewLeads), |t| t.leads),
    place(Sales, "/clients", Icon::UserCheck, "c", Some(Permission::ViewClients), |t| t.clients),
    place(Sales, "/contracts", Icon::FileText, "d", Some(Permission::ViewContracts), |t| t.contracts),
    place(Sales, "/statistics", Icon::ChartColumn, "s", Some(Permission::ViewStatistics), |t| t.statistics),
    place(Marketing, "/services", Icon::BriefcaseBusiness, "u", Some(Permission::ViewServices), |t| t.services),
    place(Marketing, "/campaigns", Icon::Megaphone, "k", Some(Permission::ViewCampaigns), |t| t.campaigns),
    place(Management, "/users", Icon::ShieldCheck, "a", Some(Permission::ViewUsers), |t| t.users),
    place(Management, "/roles", Icon::ShieldCheck, "r", Some(Permission::ViewRoles), |t| t.roles_and_permissions),
    place(Management, "/audit", Icon::History, "j", Some(Permission::ViewAudit), |t| t.audit_log),
    place(Own, "/account", Icon::UserCheck, "", None, |t| t.account),
    place(Own, "/account/profile", Icon::Pencil, "", None, |t| t.edit_profile),
    place(Own, "/account/password", Icon::KeyRound, "", None, |t| t.change_password),
    place(Own, "/account/second-factor", Icon::ShieldCheck, "", None, |t| t.security.second_factor),
    place(Own, "/keys", Icon::Keyboard, "", None, |t| t.shortcuts.keys),
];

/// The items of a group that the user may open, in the order of the navigation.
pub(crate) fn of(page: &Page, group: Group) -> impl Iterator<Item = &'static NavItem> {
    ALL.iter().filter(move |it| it.group == group && it.needs.is_none_or(|it| page.may(it)))
}

/// The permitted items whose names match: each typed word begins a word of the name, in either language. Without words,
/// all items match.
pub(crate) fn named(page: &Page, groups: &[Group], typed: &str) -> Vec<&'static NavItem> {
    let needles = name_needles(typed);
    let all = groups.iter().flat_map(|it| of(page, *it));
    all.filter(|it| {
        let names = Language::ALL.map(|language| search_fold((it.words)(Text::of(language)))).join(" ");
        needles.iter().all(|needle| names.split_whitespace().any(|it| it.starts_with(needle.as_str())))
    })
    .collect()
}
