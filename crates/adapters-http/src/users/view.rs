//! What the pages of users show.
use application::{Listed, UserForm, UserPage};
use domain::{access::Permission, field::Field, role::Role, user::User};
use maud::{Markup, html};

use crate::{
    form::Form,
    form_data::FormData,
    page::Page,
    roles::tabs,
    setup::passwords,
    ui::{
        Icon, Tone, action_button, badge, crumbs,
        field::{Kind, Spec, bar, field, hidden, summary},
        history, icon, link_button,
        list::{count, pager},
        primary_link, who,
    },
};

pub(super) fn list(page: &Page, listed: &Listed<User>) -> Markup {
    let (t, items) = (page.t, &listed.page);
    html! {
        div.page-head.page-head--list {
            h1 { (t.users) }
            @if page.may(Permission::CreateUsers) {
                div.page-head__actions { (primary_link("/users/new", Icon::UserPlus, t.new_user, "n")) }
            }
        }
        (tabs(page))
        (count(t, items, None))
        div #list {
            table.table.table--list {
                caption.visually-hidden { (t.users) }
                thead { tr {
                    th scope="col" { ((t.field)(Field::FullName)) }
                    th.col-3 scope="col" { (t.username) }
                    th.col-3 scope="col" { ((t.field)(Field::Roles)) }
                    th scope="col" { (t.access) }
                } }
                tbody { @for it in &items.items { (row(page, it, &role_names(page, it, |id| listed.names.get(&id).cloned()))) } }
            }
            (pager(t, "/users", items, &[], |it| it.id.0))
        }
    }
}

fn role_names(page: &Page, user: &User, name: impl Fn(uuid::Uuid) -> Option<String>) -> String {
    let mut names: Vec<String> = user.details.roles.iter().filter_map(|it| name(it.0)).collect();
    names.sort();
    if user.details.superuser {
        names.insert(0, page.t.superuser.to_owned());
    }
    if names.is_empty() { page.t.no_roles.to_owned() } else { names.join(", ") }
}

fn row(page: &Page, user: &User, roles: &str) -> Markup {
    html! {
        tr {
            td {
                a.row-link.row-link--who href={ "/users/" (user.id) } { (who(user.display_name())) }
                div.cell-sub { (roles) " · " (user.details.username) }
            }
            td.col-3.muted { (user.details.username) }
            td.col-3 { (roles) }
            td.tight { (access(page, user)) }
        }
    }
}

fn access(page: &Page, user: &User) -> Markup {
    let t = page.t;
    html! { @if user.active { (badge(Tone::Ok, t.access_open)) } @else { (badge(Tone::Plain, t.access_closed)) } }
}

pub(super) fn record(page: &Page, it: &UserPage, form: &Form) -> Markup {
    let (t, user) = (page.t, &it.user);
    let at = format!("/users/{}", user.id);
    let may_edit = page.may(Permission::EditUsers) && (!user.details.superuser || page.session.actor().superuser);
    let roles = role_names(page, user, |id| it.roles.iter().find(|it| it.id.0 == id).map(|it| it.name.to_string()));
    html! {
        (crumbs(t.path, &[("/users", t.users)]))
        div.page-head {
            div.cluster { h1 { (user.display_name()) } (access(page, user)) }
            @if may_edit {
                div.page-head__actions {
                    (link_button(&format!("{at}/password"), Icon::KeyRound, t.new_password))
                    (action_button(&format!("{at}/sessions/end"), Icon::LogOut, t.end_sessions, &[]))
                    @if user.active { (action_button(&format!("{at}/access"), Icon::Ban, t.close_access, &[("active", "0")])) }
                    @else { (action_button(&format!("{at}/access"), Icon::RotateCcw, t.open_access, &[("active", "1")])) }
                    (link_button(&format!("{at}/edit"), Icon::Pencil, t.edit))
                }
            }
        }
        (summary(t, form, ""))
        div.columns {
            section.stack { h2 { (t.history) } (history::timeline(page, &it.history, &[])) }
            aside.columns__aside.columns__aside--first aria-label=(t.facts) {
                section.card {
                    h2.visually-hidden { (t.facts) }
                    dl.props {
                        dt { (t.username) } dd { (user.details.username) }
                        dt { ((t.field)(Field::Email)) } dd { @match &user.details.email { Some(email) => (email), None => "—" } }
                        dt { ((t.field)(Field::Roles)) } dd { (roles) }
                    }
                    p.card__foot { a href={ (at) "/permissions" } { (t.what_user_may) } }
                }
                (history::origin(page, &user.stamp, &it.history))
            }
        }
    }
}

pub(super) fn form(page: &Page, form: &Form, user: Option<&User>, offers: &UserForm) -> Markup {
    let t = page.t;
    let (action, back) = match user {
        Some(it) => (format!("/users/{}/edit", it.id), format!("/users/{}", it.id)),
        None => ("/users".to_owned(), "/users".to_owned()),
    };
    let title = user.map_or(t.new_user, User::display_name);
    html! {
        (crumbs(t.path, &[("/users", t.users)]))
        div.page-head { h1 { (title) } }
        form.stack.form method="post" action=(action) data-once data-guard {
            (summary(t, form, "/users/{id}"))
            (hidden(form))
            (field(t, form, &Spec::new(Field::FullName, Kind::Line { max: 200 }).optional().focused()))
            div.grid {
                (field(t, form, &Spec::new(Field::Username, Kind::Line { max: 64 }).hint(t.username_hint)))
                (field(t, form, &Spec::new(Field::Email, Kind::Email).optional()))
            }
            (roles(page, form, offers))
            @if user.is_none() { (passwords(t, form)) }
            (bar(t, t.save, &back))
        }
    }
}

/// Roles to tick. Those that somebody may not give are not offered; those that the user has stay.
fn roles(page: &Page, form: &Form, offers: &UserForm) -> Markup {
    let (t, actor) = (page.t, page.session.actor());
    let problem = form.problem(Field::Roles).map(|it| (t.problem)(Field::Roles, it));
    let chosen = |id: &str| form.data.all(Field::Roles).any(|it| it == id);
    let may_give = |role: &Role| actor.may(Permission::EditRoles) && actor.may_grant(&role.permissions);
    let saved = form.saved.as_ref().map(|it| saved_roles(page, it, offers));
    let invalid = problem.as_ref().map(|_| "true");
    let described = problem.as_ref().map(|_| "roles-error");
    html! {
        fieldset #roles .section tabindex="-1" aria-invalid=[invalid] aria-describedby=[described] {
            legend { ((t.field)(Field::Roles)) }
            @for role in &offers.roles {
                @let id = role.id.to_string();
                @if may_give(role) {
                    label.check {
                        input type="checkbox" name="roles" value=(id) checked[chosen(&id)];
                        span { (role.name) " " span.muted.small { ((t.resources)(&role.permissions)) } }
                    }
                } @else if chosen(&id) {
                    input type="hidden" name="roles" value=(id);
                    p { (role.name) }
                }
            }
            @if actor.superuser {
                label.check {
                    input type="checkbox" name="superuser" value="1" checked[form.value(Field::Superuser) == "1"];
                    span { (t.superuser) " " span.muted.small { (t.superuser_hint) } }
                }
            } @else if !offers.roles.iter().any(may_give) {
                p.muted { (t.no_roles_to_give) }
            }
            @if let Some(problem) = problem {
                span #roles-error .field__error { (icon(Icon::TriangleAlert)) (problem) }
            }
            @if let Some(saved) = saved { span #roles-saved .field__saved { (t.saved_now) " " b { (saved) } } }
        }
    }
}

/// What is stored now, in words.
fn saved_roles(page: &Page, saved: &FormData, offers: &UserForm) -> String {
    let t = page.t;
    let held = |role: &&Role| saved.all(Field::Roles).any(|it| it == role.id.to_string());
    let mut names: Vec<&str> = offers.roles.iter().filter(held).map(|it| it.name.as_str()).collect();
    if saved.of(Field::Superuser) == "1" {
        names.insert(0, t.superuser);
    }
    if names.is_empty() { t.no_roles.to_owned() } else { names.join(", ") }
}

pub(super) fn password(page: &Page, form: &Form, user: &User) -> Markup {
    let t = page.t;
    let at = format!("/users/{}", user.id);
    html! {
        (crumbs(t.path, &[("/users", t.users), (&at, user.display_name())]))
        div.page-head { h1 { (t.new_password) } }
        form.stack.form method="post" action={ (at) "/password" } data-once {
            (summary(t, form, "/users/{id}"))
            p { ((t.password_for)(user.display_name())) }
            (passwords(t, form))
            (bar(t, t.save, &at))
        }
    }
}
