//! The markup of the pages of users.
use application::{RuleViolation, UserForm, UserPage};
use domain::{access::Permission, field::Field, role::Role, user::User};
use maud::{Markup, html};

use crate::{
    form::Form,
    form_data::FormData,
    page::Page,
    preferences,
    setup::passwords,
    text::Text,
    ui::{
        Icon, Tone, action_button, alert, badge, crumbs,
        field::{ControlKind, Spec, bar, field, hidden, summary},
        history, icon, link_button,
    },
};

/// The names of a user's roles, or a text for none.
pub(super) fn role_names(t: &Text, user: &User, roles: &[Role]) -> String {
    let mut names: Vec<&str> =
        roles.iter().filter(|it| user.details.roles.contains(&it.id)).map(|it| it.name.as_str()).collect();
    if user.details.superuser {
        names.insert(0, t.superuser);
    }
    if names.is_empty() { t.no_roles.to_owned() } else { names.join(", ") }
}

pub(crate) fn access(t: &Text, user: &User) -> Markup {
    html! { @if user.active { (badge(Tone::Ok, t.access_open)) } @else { (badge(Tone::Plain, t.access_closed)) } }
}

pub(super) fn last_sign_in(page: &Page, user: &User) -> Markup {
    html! { @match user.last_sign_in_at { Some(at) => (history::moment(page, at)), None => (page.t.security.never) } }
}

pub(super) fn record(page: &Page, it: &UserPage, form: &Form) -> Markup {
    let (t, user) = (page.t, &it.user);
    let at = format!("/users/{}", user.id);
    let may_edit = page.may(Permission::EditUsers) && (!user.details.superuser || page.session.actor().superuser);
    html! {
        (crumbs(t.path, &[("/users", t.users)]))
        div.page-head {
            div.cluster { h1 { (user.display_name()) } (access(t, user)) }
            @if may_edit {
                div.page-head__actions {
                    @if user.active {
                        @if page.session.not_oneself(user).is_ok() { (action_button(&format!("{at}/access"), Icon::Ban, t.close_access, &[("active", "0")])) }
                    } @else { (action_button(&format!("{at}/access"), Icon::RotateCcw, t.open_access, &[("active", "1")])) }
                    (link_button(&format!("{at}/edit"), Icon::Pencil, t.edit))
                }
            }
        }
        (summary(t, form, ""))
        @if may_edit && user.active && user.password.is_none() { (alert(Tone::Info, &html! { (t.security.no_password_hint) })) }
        div.columns {
            div.stack.stack--l {
                (sign_in(page, user, &at, may_edit))
                section.stack { h2 { (t.history) } (history::timeline(page, &it.history, &[])) }
            }
            aside.columns__aside.columns__aside--first aria-label=(t.facts) {
                section.card {
                    h2.visually-hidden { (t.facts) }
                    dl.props {
                        dt { (t.username) } dd { (user.details.username) }
                        dt { ((t.field)(Field::Email)) } dd { @match &user.details.email { Some(email) => (email), None => "—" } }
                        dt { ((t.field)(Field::Roles)) } dd { (role_names(t, user, &it.roles)) }
                    }
                    p.card__foot { a href={ (at) "/permissions" } { (t.what_user_may) } }
                }
                (history::origin(page, &user.stamp, &it.history))
            }
        }
    }
}

/// How the user signs in, and an administrator's actions.
fn sign_in(page: &Page, user: &User, at: &str, may_edit: bool) -> Markup {
    let (t, now) = (page.t, page.session.now());
    let link = user.password_link.as_ref().filter(|it| now < it.until);
    let may_sign_in_as = may_edit && page.session.not_oneself(user).is_ok();
    html! {
        section.card.stack {
            h2 { (t.security.sign_in) }
            dl.props.props--wide {
                dt { ((t.field)(Field::Password)) }
                dd {
                    @if user.password.is_none() { (t.security.no_password) } @else {
                        (t.set_word) " " (history::moment(page, user.password_set_at))
                        @if user.password_is_temporary { " " (badge(Tone::Warn, t.security.temporary)) }
                    }
                    @if let Some(link) = link {
                        div.small.muted {
                            (t.security.link_until) " " (history::moment(page, link.until)) "."
                            @if may_sign_in_as { " " (t.security.replaces_link) }
                        }
                    }
                }
                dt { (t.security.second_factor) }
                dd { (second_factor(t, user)) }
                dt { (t.security.last_sign_in) }
                dd { (last_sign_in(page, user)) }
            }
            @if may_sign_in_as {
                div.cluster {
                    @if user.active {
                        @let words = if user.password.is_none() { t.security.invite } else { t.security.make_link };
                        (action_button(&format!("{at}/link"), Icon::UserPlus, words, &[]))
                    }
                    (link_button(&format!("{at}/password"), Icon::KeyRound, t.new_password))
                    @if user.second_factor.is_some() {
                        (link_button(&format!("{at}/second-factor/reset"), Icon::RotateCcw, t.security.reset_factor))
                    }
                    (action_button(&format!("{at}/sessions/end"), Icon::LogOut, t.end_sessions, &[]))
                }
            } @else if may_edit {
                p.small { a href="/account" { (t.security.own_account.1) } }
            }
        }
    }
}

/// Whether the user has a second factor, and how many recovery codes are left.
pub(crate) fn second_factor(t: &Text, user: &User) -> Markup {
    html! {
        @match &user.second_factor {
            Some(it) => { (badge(Tone::Ok, t.security.on)) " " span.small.muted { ((t.security.codes_left)(it.recovery.len())) } }
            None => (t.security.off),
        }
    }
}

/// A link to hand over, shown for ten minutes after it was made.
pub(super) fn link(page: &Page, user: &User, link: &str) -> Markup {
    let (t, at) = (page.t, format!("/users/{}", user.id));
    html! {
        (crumbs(t.path, &[("/users", t.users), (&at, user.display_name())]))
        div.page-head { h1 { ((t.security.link_for)(user.display_name())) } }
        section.card.stack.form {
            p { (t.security.link_hint) }
            div.copy {
                input.input.num readonly value=(link) aria-label=(t.security.make_link);
                button.btn type="button" data-copy=(link) data-done=(t.security.copied) { (icon(Icon::Copy)) (t.security.copy) }
            }
            p { a.btn href=(at) { (t.security.done) } }
        }
    }
}

pub(super) fn reset(page: &Page, user: &User) -> Markup {
    let (t, at) = (page.t, format!("/users/{}", user.id));
    html! {
        (crumbs(t.path, &[("/users", t.users), (&at, user.display_name())]))
        div.page-head { h1 { (t.security.reset_factor) } }
        form.card.stack.form method="post" action={ (at) "/second-factor/reset" } data-once {
            p { ((t.security.reset_factor_question)(user.display_name())) }
            div.formbar {
                button.btn.btn--danger { (t.security.reset_factor) }
                a.btn.btn--ghost href=(at) { (t.cancel) }
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
            (field(t, form, &Spec::new(Field::FullName, ControlKind::Line { max: 200 }).optional().focused()))
            div.grid {
                (field(t, form, &Spec::new(Field::Username, ControlKind::Line { max: 64 }).hint(t.username_hint)))
                (field(t, form, &Spec::new(Field::Email, ControlKind::Email).optional()))
            }
            (preferences::fields(page, form))
            (roles(page, form, user, offers))
            (bar(t, t.save, &back))
        }
    }
}

/// Checkboxes for roles. Roles that the current user may not give are shown in their stored state and cannot be
/// changed.
fn roles(page: &Page, form: &Form, user: Option<&User>, offers: &UserForm) -> Markup {
    let (t, actor) = (page.t, page.session.actor());
    let problem = form.problem(Field::Roles).map(|it| (t.problem)(Field::Roles, it));
    let chosen = |id: &str| form.data.values(Field::Roles.code()).any(|it| it == id);
    let held = |role: &Role| user.is_some_and(|it| it.details.roles.contains(&role.id));
    // Only superusers change their own roles.
    let open = actor.superuser || user.is_none_or(|it| it.id != actor.id);
    let may_give = |role: &Role| open && actor.may(Permission::EditRoles) && actor.may_give_all(&role.permissions);
    let differs =
        |it: &&FormData| [Field::Roles, Field::Superuser].iter().any(|field| !form.data.has_as(field.code(), it));
    let saved = form.saved.as_ref().filter(differs).map(|it| saved_roles(page, it, offers));
    let invalid = problem.as_ref().map(|_| "true");
    let described = problem.as_ref().map(|_| "roles-error");
    html! {
        fieldset #roles .section tabindex="-1" aria-invalid=[invalid] aria-describedby=[described] {
            legend { ((t.field)(Field::Roles)) }
            @for role in &offers.roles {
                @let (id, open) = (role.id.to_string(), may_give(role));
                label.check {
                    @if open {
                        input type="checkbox" name="roles" value=(id) checked[chosen(&id)];
                    } @else {
                        input type="checkbox" disabled checked[held(role)];
                        // Browsers do not send a disabled box.
                        @if held(role) { input type="hidden" name="roles" value=(id); }
                    }
                    span.muted[!open] { (role.name) " " span.muted.small { ((t.resources)(&role.permissions)) } }
                }
            }
            @if actor.superuser {
                label.check {
                    input type="checkbox" name="superuser" value="1" checked[form.value(Field::Superuser) == "1"];
                    span { (t.superuser) " " span.muted.small { (t.superuser_hint) } }
                }
            } @else if !open {
                p.small.muted { (t.refusal(RuleViolation::OwnRole).1) }
            } @else if !offers.roles.iter().all(may_give) {
                p.small.muted { (t.locked_roles) }
            }
            @if let Some(problem) = problem {
                span #roles-error .field__error { (icon(Icon::TriangleAlert)) (problem) }
            }
            @if let Some(saved) = saved { span #roles-saved .field__saved { (t.saved_now) " " b { (saved) } } }
        }
    }
}

/// The stored value, in words.
fn saved_roles(page: &Page, saved: &FormData, offers: &UserForm) -> String {
    let t = page.t;
    let held = |role: &&Role| saved.values(Field::Roles.code()).any(|it| it == role.id.to_string());
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
            (passwords(t, form, t.new_password))
            label.check {
                input type="checkbox" name=(Field::TemporaryPassword.code()) value="1" checked[form.value(Field::TemporaryPassword) == "1"];
                span { (t.security.forced_change) " " span.muted.small { (t.security.forced_change_hint) } }
            }
            (bar(t, t.save, &at))
        }
    }
}
