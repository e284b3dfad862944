//! Turning one's own second factor on and off, and new recovery codes.
use application::{NewSecret, RecoveryCodes};
use domain::{field::Field, user::User};
use maud::{Markup, html};
use qrcodegen::{QrCode, QrCodeEcc};

use crate::{
    error::Fault,
    form::Form,
    form_data::FormData,
    page::{Answer, Page},
    text::Notice,
    ui::{
        Icon, Tone, alert, crumbs,
        field::{Kind, Spec, bar, field, summary},
        icon,
    },
};

pub(super) async fn show(page: Page) -> Answer {
    show_with(page, Form::default()).await
}

/// Either what there is, or how to turn it on.
async fn show_with(page: Page, form: Form) -> Answer {
    let user = page.session.own_user().await?;
    let content = if user.second_factor.is_some() {
        settings(&page, &form, &user)
    } else {
        // A form that came back has the secret that the app has by now.
        let secret = match NewSecret::parse(form.data.get("secret")) {
            Some(secret) => secret,
            None => NewSecret::random()?,
        };
        set_up(&page, &form, &secret, &user)
    };
    Ok(page.show_form(page.t.security.second_factor, &form, &content))
}

pub(super) async fn turn_on(page: Page, data: FormData) -> Answer {
    let mut form = Form::of(data);
    let secret = NewSecret::parse(form.data.get("secret")).ok_or(Fault::BadRequest)?;
    match page.session.turn_on_second_factor(form.value(Field::CurrentPassword), &secret, form.value(Field::Code)).await
    {
        Ok(codes) => Ok(page.show(page.t.security.recovery_codes, &shown_codes(&page, &codes))),
        Err(error) => {
            form.refuse(error)?;
            show_with(page, form).await
        }
    }
}

pub(super) async fn renew_codes(page: Page, data: FormData) -> Answer {
    let mut form = Form::of(data);
    match page.session.renew_recovery_codes(form.value(Field::CurrentPassword)).await {
        Ok(codes) => Ok(page.show(page.t.security.recovery_codes, &shown_codes(&page, &codes))),
        Err(error) => {
            form.refuse(error)?;
            show_with(page, form).await
        }
    }
}

pub(super) async fn turn_off(page: Page, data: FormData) -> Answer {
    let mut form = Form::of(data);
    match page.session.turn_off_second_factor(form.value(Field::CurrentPassword)).await {
        Ok(()) => Ok(page.redirect("/account", Notice::SecondFactorOff)),
        Err(error) => {
            form.refuse(error)?;
            show_with(page, form).await
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
        form.stack.form method="post" action="/account/second-factor" data-once {
            (summary(t, form, ""))
            @if page.session.duty().is_some() { (alert(Tone::Info, &html! { (t.security.factor_required) })) }
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
                    (field(t, form, &Spec::new(Field::Code, Kind::OneTimeCode).focused()))
                }
                li {
                    (t.security.last_step)
                    (field(t, form, &Spec::new(Field::CurrentPassword, Kind::CurrentPassword)))
                }
            }
            (bar(t, t.security.turn_on, "/account"))
        }
    }
}

fn settings(page: &Page, form: &Form, user: &User) -> Markup {
    let t = page.t;
    html! {
        (head(page, t.security.second_factor))
        form.stack.form method="post" action="/account/second-factor/codes" {
            (summary(t, form, ""))
            p { (crate::users::second_factor(t, user)) }
            p.muted { (t.security.second_factor_hint) }
            (field(t, form, &Spec::new(Field::CurrentPassword, Kind::CurrentPassword)))
            div.formbar {
                button.btn.btn--primary { (icon(Icon::RotateCcw)) (t.security.new_codes) }
                button.btn.btn--danger formaction="/account/second-factor/off" { (t.security.turn_off) }
                a.btn.btn--ghost href="/account" { (t.cancel) }
            }
        }
    }
}

/// They are in this answer and nowhere else.
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

/// As people read a long key out.
fn in_fours(key: &str) -> String {
    let letters: Vec<char> = key.chars().collect();
    letters.chunks(4).map(|it| it.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// Black on white in every theme, because cameras want that, with the quiet zone around it.
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
