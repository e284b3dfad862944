//! The markup of the pages of the own account.
use application::OwnAccount;
use domain::{field::Field, session::BrowserSession, user::User};
use maud::{Markup, html};

use super::device;
use crate::{
    form::Form,
    page::Page,
    preferences,
    setup::passwords,
    ui::{
        Icon, Tone, alert, badge, crumbs,
        field::{ControlKind, Spec, bar, field, hidden, summary},
        history::{self, moment},
        link_button,
    },
    users::second_factor,
};

pub(super) fn account(page: &Page, it: &OwnAccount) -> Markup {
    let (t, user) = (page.t, &it.user);
    let mut roles: Vec<&str> = it.roles.iter().map(|it| it.name.as_str()).collect();
    if user.details.superuser {
        roles.insert(0, t.superuser);
    }
    html! {
        div.page-head {
            h1 { (t.account) }
            div.page-head__actions {
                (link_button("/account/password", Icon::KeyRound, t.change_password))
                (link_button("/account/profile", Icon::Pencil, t.edit_profile))
            }
        }
        div.columns {
            div.stack.stack--l {
                (sessions(page, &it.sessions))
                section.stack { h2 { (t.history) } (history::timeline(page, &it.history, &[])) }
            }
            aside.columns__aside.columns__aside--first aria-label=(t.facts) {
                section.card {
                    h2.visually-hidden { (t.facts) }
                    dl.props {
                        dt { ((t.field)(Field::FullName)) } dd { (user.display_name()) }
                        dt { (t.username) } dd { (user.details.username) }
                        dt { ((t.field)(Field::Email)) } dd { @match &user.details.email { Some(email) => (email), None => "—" } }
                        dt { ((t.field)(Field::Roles)) } dd { @if roles.is_empty() { (t.no_roles) } @else { (roles.join(", ")) } }
                        dt { ((t.field)(Field::Password)) } dd { (t.set_word) " " (moment(page, user.password_set_at)) }
                        dt { (t.security.second_factor) } dd { a href="/account/second-factor" { (second_factor(t, user)) } }
                    }
                }
            }
        }
    }
}

fn sessions(page: &Page, sessions: &[BrowserSession]) -> Markup {
    let t = page.t;
    html! {
        section.stack {
            div.cluster {
                h2.grow { (t.sessions) }
                @if sessions.len() > 1 {
                    form method="post" action="/account/sessions/end" { button.btn { (t.end_other_sessions) } }
                }
            }
            table.table {
                caption.visually-hidden { (t.sessions) }
                thead { tr {
                    th scope="col" { (t.device) }
                    th.col-2 scope="col" { (t.signed_in_word) }
                    th.col-2 scope="col" { (t.last_used) }
                    th scope="col" { span.visually-hidden { (t.actions) } }
                } }
                tbody { @for it in sessions { (session(page, it)) } }
            }
        }
    }
}

fn session(page: &Page, it: &BrowserSession) -> Markup {
    let t = page.t;
    let device = device::words(&it.device).unwrap_or_else(|| t.unknown_device.to_owned());
    html! {
        tr {
            td {
                div.cluster { b { (device) } @if page.session.is_this(it) { (badge(Tone::Ok, t.this_session)) } }
                div.muted.small { @if let Some(from) = it.from { (from) } }
                div.cell-sub { (t.last_used) ": " (moment(page, it.last_seen_at)) }
            }
            td.col-2.nowrap { (moment(page, it.signed_in_at)) }
            td.col-2.nowrap { (moment(page, it.last_seen_at)) }
            td.tight {
                @if !page.session.is_this(it) {
                    form method="post" action={ "/account/sessions/" (it.id().0) "/end" } {
                        button.btn aria-label={ (t.end_session) ": " (device) } { (t.end_session) }
                    }
                }
            }
        }
    }
}

pub(super) fn profile(page: &Page, form: &Form) -> Markup {
    let t = page.t;
    html! {
        (crumbs(t.path, &[("/account", t.account)]))
        div.page-head { h1 { (t.edit_profile) } }
        form.stack.form method="post" action="/account/profile" data-once data-guard {
            (summary(t, form, ""))
            (hidden(form))
            (field(t, form, &Spec::new(Field::FullName, ControlKind::Line { max: 200 }).optional().focused()))
            (field(t, form, &Spec::new(Field::Email, ControlKind::Email).optional()))
            (preferences::fields(page, form))
            (preferences::fields_of_looks(page, form))
            (bar(t, t.save, "/account"))
        }
    }
}

pub(super) fn password(page: &Page, form: &Form, user: &User) -> Markup {
    let t = page.t;
    html! {
        (crumbs(t.path, &[("/account", t.account)]))
        div.page-head { h1 { (t.change_password) } }
        form.stack.form method="post" action="/account/password" data-once {
            (summary(t, form, ""))
            @if page.session.required_action().is_some() { (alert(Tone::Info, &html! { (t.security.change_temporary) })) }
            p.muted { (t.change_password_hint) }
            // Tells password managers to which user the password belongs.
            input type="hidden" name="username" autocomplete="username" value=(user.details.username);
            (field(t, form, &Spec::new(Field::CurrentPassword, ControlKind::CurrentPassword).focused()))
            (passwords(t, form, t.new_password))
            (bar(t, t.save, back(page)))
        }
    }
}

/// Nowhere, if the user may not leave before it is done.
pub(super) fn back(page: &Page) -> &'static str {
    if page.session.required_action().is_some() { "" } else { "/account" }
}
