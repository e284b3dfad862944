//! Users turn their own second factor on and off, and create new recovery codes.
use application::{NewSecret, OwnAccount, RecoveryCodes};
use axum::{
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
};
use domain::{field::Field, user::User};
use maud::{Markup, html};
use qrcodegen::{QrCode, QrCodeEcc};

use super::view::back;
use crate::{
    error::WebError,
    form::Form,
    form_data::FormData,
    one_time_secret::{FACTOR, secret, with_secret},
    page::{Page, PageResult},
    text::Notice,
    ui::{
        Icon, Tone, alert, crumbs,
        field::{ControlKind, Spec, bar, field, summary},
        icon, link_button,
    },
};

const PAGE: &str = FACTOR;
const CODES: &str = "/account/second-factor/codes";
const OFF: &str = "/account/second-factor/off";

/// The second factor, or how to turn it on.
pub(super) async fn show(page: Page, headers: HeaderMap) -> PageResult {
    // After a reload the page shows the same secret, because the app has stored it by now.
    let secret = secret(&page, &headers, PAGE).and_then(NewSecret::parse);
    show_with(page, Form::default(), secret).await
}

async fn show_with(page: Page, form: Form, secret: Option<NewSecret>) -> PageResult {
    let OwnAccount { user, roles, .. } = page.session.own_account().await?;
    let title = page.t.security.second_factor;
    if user.second_factor.is_some() {
        let required = roles.iter().any(|it| it.second_factor);
        return Ok(page.show_form(title, &form, &settings(&page, &form, &user, required)));
    }
    let secret = match secret {
        Some(secret) => secret,
        None => NewSecret::random()?,
    };
    let answer = page.show_form(title, &form, &set_up(&page, &form, &secret, &user));
    Ok(with_secret(&page, answer, FACTOR, PAGE, &secret.base32()))
}

pub(super) async fn turn_on(page: Page, data: FormData) -> PageResult {
    let mut form = Form::of(data);
    let secret = NewSecret::parse(form.data.get("secret")).ok_or(WebError::BadRequest)?;
    match page.session.turn_on_second_factor(form.value(Field::CurrentPassword), &secret, form.value(Field::Code)).await
    {
        Ok(codes) => Ok(to_codes(&page, &codes)),
        Err(error) => {
            form.refuse(error)?;
            show_with(page, form, Some(secret)).await
        }
    }
}

pub(super) async fn renew_codes(page: Page, data: FormData) -> PageResult {
    let mut form = Form::of(data);
    match page.session.renew_recovery_codes(form.value(Field::CurrentPassword)).await {
        Ok(codes) => Ok(to_codes(&page, &codes)),
        Err(error) => {
            form.refuse(error)?;
            show_with(page, form, None).await
        }
    }
}

fn to_codes(page: &Page, codes: &RecoveryCodes) -> Response {
    let all = codes.iter().collect::<Vec<_>>().join(".");
    // The codes replace the key in the cookie, because the key is now in use.
    with_secret(page, Redirect::to(CODES).into_response(), FACTOR, CODES, &all)
}

/// Shows the codes until one of them is used or newer ones are made.
pub(super) async fn show_codes(page: Page, headers: HeaderMap) -> PageResult {
    let codes = RecoveryCodes::read(secret(&page, &headers, CODES).unwrap_or_default().split('.'));
    if codes.are_of(&page.session.own_user().await?) {
        Ok(page.show(page.t.security.recovery_codes, &shown_codes(&page, &codes)))
    } else {
        Ok(Redirect::to(PAGE).into_response())
    }
}

pub(super) async fn show_off(page: Page) -> PageResult {
    let OwnAccount { user, roles, .. } = page.session.own_account().await?;
    if user.second_factor.is_none() || roles.iter().any(|it| it.second_factor) {
        return Ok(Redirect::to(PAGE).into_response());
    }
    Ok(show_off_with(&page, &Form::default()))
}

fn show_off_with(page: &Page, form: &Form) -> Response {
    page.show_form(page.t.security.turn_off, form, &off(page, form))
}

pub(super) async fn turn_off(page: Page, data: FormData) -> PageResult {
    let mut form = Form::of(data);
    match page.session.turn_off_second_factor(form.value(Field::CurrentPassword)).await {
        Ok(()) => Ok(page.redirect("/account", Notice::SecondFactorOff)),
        Err(error) => {
            form.refuse(error)?;
            Ok(show_off_with(&page, &form))
        }
    }
}

fn head(page: &Page, title: &str) -> Markup {
    html! {
        (crumbs(page.t.path, &[("/account", page.t.account)]))
        div.page-head { h1 { (title) } }
    }
}

fn set_up(page: &Page, form: &Form, secret: &NewSecret, user: &User) -> Markup {
    let t = page.t;
    html! {
        (head(page, t.security.second_factor))
        form.stack.form method="post" action=(PAGE) data-once {
            (summary(t, form, ""))
            @if page.session.required_action().is_some() { (alert(Tone::Info, &html! { (t.security.factor_required) })) }
            p.muted { (t.security.second_factor_hint) }
            input type="hidden" name="secret" value=(secret.base32());
            ol.steps {
                li { (t.security.first_step) }
                li {
                    (t.security.second_step)
                    div.qr { (qr(&secret.address(user), t.security.qr)) }
                    p { (t.security.key) ": " code { (in_fours(&secret.base32())) } }
                }
                li {
                    (t.security.third_step)
                    (field(t, form, &Spec::new(Field::Code, ControlKind::OneTimeCode).focused()))
                }
                li {
                    (t.security.last_step)
                    (field(t, form, &Spec::new(Field::CurrentPassword, ControlKind::CurrentPassword)))
                }
            }
            (bar(t, t.security.turn_on, back(page)))
        }
    }
}

/// A factor that a role requires cannot be turned off.
fn settings(page: &Page, form: &Form, user: &User, required: bool) -> Markup {
    let t = page.t;
    html! {
        (head(page, t.security.second_factor))
        div.stack.stack--l.form {
            div.stack {
                div.cluster {
                    p.grow { (crate::users::second_factor(t, user)) }
                    @if !required { (link_button(OFF, Icon::Ban, t.security.turn_off)) }
                }
                p.muted { (t.security.second_factor_hint) }
                @if required { p.muted { (t.security.factor_stays.1) } }
            }
            form.stack method="post" action=(CODES) data-once {
                h2 { (t.security.new_codes) }
                (summary(t, form, ""))
                p.muted { (t.security.new_codes_hint) }
                (field(t, form, &Spec::new(Field::CurrentPassword, ControlKind::CurrentPassword)))
                (bar(t, t.security.make_codes, "/account"))
            }
        }
    }
}

fn off(page: &Page, form: &Form) -> Markup {
    let t = page.t;
    html! {
        (crumbs(t.path, &[("/account", t.account), (PAGE, t.security.second_factor)]))
        div.page-head { h1 { (t.security.turn_off) } }
        form.stack.form method="post" action=(OFF) data-once {
            (summary(t, form, ""))
            p.muted { (t.security.turn_off_hint) }
            (field(t, form, &Spec::new(Field::CurrentPassword, ControlKind::CurrentPassword).focused()))
            div.formbar {
                button.btn.btn--danger { (t.security.turn_off) }
                a.btn.btn--ghost href=(PAGE) { (t.cancel) }
            }
        }
    }
}

fn shown_codes(page: &Page, codes: &RecoveryCodes) -> Markup {
    let t = page.t;
    let all = codes.iter().collect::<Vec<_>>().join("\n");
    html! {
        (head(page, t.security.recovery_codes))
        section.card.stack.form {
            p { (t.security.codes_hint) }
            ul.codes { @for it in codes.iter() { li { code { (it) } } } }
            div.cluster {
                button.btn type="button" data-copy=(all) data-done=(t.security.copied) { (icon(Icon::Copy)) (t.security.copy) }
                a.btn.btn--primary href="/account" { (t.security.codes_saved) }
            }
        }
    }
}

/// Groups of four, as people read a long key aloud.
fn in_fours(key: &str) -> String {
    let letters: Vec<char> = key.chars().collect();
    letters.chunks(4).map(|it| it.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// Black on white in every theme and with a quiet zone, because cameras need both.
fn qr(text: &str, label: &str) -> Markup {
    let Ok(code) = QrCode::encode_text(text, QrCodeEcc::Medium) else { return html! {} };
    let (size, margin) = (code.size(), 4);
    let dark = (0..size).flat_map(|y| (0..size).map(move |x| (x, y))).filter(|(x, y)| code.get_module(*x, *y));
    let squares: Vec<String> = dark.map(|(x, y)| format!("M{} {}h1v1h-1z", x + margin, y + margin)).collect();
    let view = format!("0 0 {0} {0}", size + 2 * margin);
    html! {
        svg role="img" aria-label=(label) viewBox=(view) shape-rendering="crispEdges" {
            rect width="100%" height="100%" fill="#fff" {}
            path d=(squares.concat()) fill="#000" {}
        }
    }
}
