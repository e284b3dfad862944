//! The list of users, and its filters.
use application::UserList;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    access::Permission,
    field::Field,
    role::{Role, RoleId},
    user::{LastSignIn, User, UserFilter},
};
use maud::{Markup, html};
use uuid::Uuid;

use super::view::{access, last_sign_in, role_names};
use crate::{
    form_data::FormData,
    page::Page,
    roles::tabs,
    ui::{
        Icon,
        filter::menu,
        list::{count, empty, pager, search, url},
        primary_link, who,
    },
    unknown_proxies::advice,
};

/// The values of the URL. A value that is not among the choices is ignored.
pub(super) struct Filters {
    search: String,
    role: Option<RoleId>,
    access: &'static str,
    seen: &'static str,
}

const ACCESS: [&str; 2] = ["open", "closed"];
const SEEN: [&str; 3] = ["month", "earlier", "never"];
const MONTH: TimeDelta = TimeDelta::days(30);

impl Filters {
    pub(super) fn read(query: &FormData) -> Self {
        let one_of =
            |all: &[&'static str], name| all.iter().copied().find(|it| *it == query.get(name)).unwrap_or_default();
        Self {
            search: query.get("q").to_owned(),
            role: query.get("role").parse().ok().map(|it: Uuid| RoleId(it)),
            access: one_of(&ACCESS, "access"),
            seen: one_of(&SEEN, "seen"),
        }
    }

    pub(super) fn filter(&self, now: DateTime<Utc>) -> UserFilter {
        UserFilter {
            search: self.search.clone(),
            role: self.role,
            active: (!self.access.is_empty()).then_some(self.access == "open"),
            last_sign_in: match self.seen {
                "month" => Some(LastSignIn::Since(now - MONTH)),
                "earlier" => Some(LastSignIn::Before(now - MONTH)),
                "never" => Some(LastSignIn::Never),
                _ => None,
            },
        }
    }

    fn role(&self) -> String {
        self.role.map(|it| it.to_string()).unwrap_or_default()
    }

    /// The URL with one filter changed.
    fn with(&self, name: &str, value: &str) -> String {
        let role = self.role();
        let pairs = [("q", self.search.as_str()), ("role", &role), ("access", self.access), ("seen", self.seen)];
        url("/users", &pairs.map(|it| if it.0 == name { (it.0, value) } else { it }))
    }
}

pub(super) fn view(page: &Page, filters: &Filters, listed: &UserList) -> Markup {
    let (t, items, role) = (page.t, &listed.page, filters.role());
    let chosen = [("role", role.as_str()), ("access", filters.access), ("seen", filters.seen)];
    let keep = [("q", filters.search.as_str()), chosen[0], chosen[1], chosen[2]];
    html! {
        div.page-head.page-head--list {
            h1 { (t.users) }
            @if page.may(Permission::CreateUsers) {
                div.page-head__actions { (primary_link("/users/new", Icon::UserPlus, t.new_user, "n")) }
            }
        }
        (tabs(page))
        @if page.may(Permission::EditUsers) { (advice(page)) }
        (search("/users", &filters.search, t.security.search_users, &chosen, t))
        (menus(page, filters, &listed.roles))
        (count(t, items, None, &html! {}))
        div #list {
            @if items.items.is_empty() {
                (empty(Icon::ShieldCheck, t.security.nobody_found, t.security.nobody_found_hint, &html! { a.btn href="/users" { (t.reset) } }))
            } @else {
                table.table.table--list {
                    caption.visually-hidden { (t.users) }
                    thead { tr {
                        th scope="col" { ((t.field)(Field::FullName)) }
                        th.col-3 scope="col" { (t.username) }
                        th.col-3 scope="col" { ((t.field)(Field::Roles)) }
                        th.col-2 scope="col" { (t.security.last_sign_in) }
                        th scope="col" { (t.access) }
                    } }
                    tbody { @for it in &items.items { (row(page, it, &listed.roles)) } }
                }
                (pager(t, "/users", items, &keep, |it| it.id.0))
            }
        }
    }
}

fn menus(page: &Page, filters: &Filters, roles: &[Role]) -> Markup {
    let t = page.t;
    let of = |codes: &[&str], words: &[&'static str]| -> Vec<(String, &str)> {
        codes.iter().map(|it| (*it).to_owned()).zip(words.iter().copied()).collect()
    };
    let roles: Vec<(String, &str)> = roles.iter().map(|it| (it.id.to_string(), it.name.as_str())).collect();
    let access = of(&ACCESS, &[t.access_open, t.access_closed]);
    let seen = of(&SEEN, &[t.security.within_month, t.security.not_for_month, t.security.never_signed_in]);
    html! {
        div.filterbar {
            (menu(t, t.security.role, &filters.role(), &roles, |it| filters.with("role", it)))
            (menu(t, t.access, filters.access, &access, |it| filters.with("access", it)))
            (menu(t, t.security.last_sign_in, filters.seen, &seen, |it| filters.with("seen", it)))
            @if filters.role.is_some() || !filters.access.is_empty() || !filters.seen.is_empty() {
                a.btn.btn--ghost href=(url("/users", &[("q", &filters.search)])) { (t.reset) }
            }
        }
    }
}

fn row(page: &Page, user: &User, roles: &[Role]) -> Markup {
    let roles = role_names(page.t, user, roles);
    html! {
        tr {
            td {
                a.row-link.row-link--who href={ "/users/" (user.id) } { (who(user.display_name())) }
                div.cell-sub { (roles) " · " (user.details.username) }
            }
            td.col-3.muted { (user.details.username) }
            td.col-3 { (roles) }
            td.col-2.nowrap.muted { (last_sign_in(page, user)) }
            td.tight { (access(page.t, user)) }
        }
    }
}
