//! Signing in and out.
use application::{Browser, Error, KnownDevice, SignIn, StartedSession};
use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use domain::field::Field;
use maud::{Markup, html};

use crate::{
    Web,
    caller::Caller,
    cookies,
    error::{WebError, retry_after},
    form::Form,
    form_data::FormData,
    one_time_secret::{FACTOR, LINKS, without_secrets},
    page::{PageResult, encode, token},
    preferences::{YEAR, local_path},
    routes::{Access, Route, action, page},
    text::Notice,
    ui::{
        Icon, Tone, alert,
        field::{ControlKind, Spec, field, summary},
        icon,
    },
    visitor::{Visitor, with_cookie},
};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        page("/sign-in", Access::Anyone, show),
        action("/sign-in", Access::Anyone, sign_in),
        page("/sign-in/code", Access::Anyone, show_code),
        action("/sign-in/code", Access::Anyone, confirm),
        action("/sign-out", Access::Anyone, sign_out),
    ]
}

async fn show(visitor: Visitor, RawQuery(query): RawQuery, headers: HeaderMap) -> PageResult {
    let web = &visitor.web;
    let query = FormData::from_query(query.unwrap_or_default().as_bytes());
    if let Some(token) = token(web, &headers)
        && web.crm.session(&token).await?.is_some()
    {
        return Ok(Redirect::to(local_path(query.get("next"))).into_response());
    }
    if web.crm.needs_setup().await? {
        return Ok(Redirect::to("/setup").into_response());
    }
    Ok(visitor.gate(visitor.t.sign_in, &view(&visitor, &Form::of(query), false)))
}

async fn sign_in(
    visitor: Visitor,
    State(web): State<Web>,
    Caller(crm): Caller,
    headers: HeaderMap,
    data: FormData,
) -> PageResult {
    let session = token(&web, &headers);
    let before = Browser { session: session.as_ref(), device: device(&headers) };
    let mut form = Form::of(data);
    let next = local_path(form.data.get("next"));
    let answer = crm.sign_in(form.data.get("username"), form.data.get("password"), before).await;
    match answer {
        Ok(SignIn::In(entry)) => Ok(entered(&web, Redirect::to(next).into_response(), &entry)),
        Ok(SignIn::CodeWanted(token)) => {
            let to = Redirect::to(&format!("/sign-in/code?next={}", encode(next)));
            let name = cookies::session_name(&web.installation);
            Ok(with_cookie(to.into_response(), cookies::set(&web.installation, name, &token.cookie(), None)))
        }
        Ok(SignIn::Refused) => {
            let page = visitor.gate(visitor.t.sign_in, &view(&visitor, &form, true));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => {
            form.refuse(error)?;
            Ok(told_to_wait(&form, visitor.gate(visitor.t.sign_in, &view(&visitor, &form, false))))
        }
    }
}

/// The cookie of a known device.
fn device(headers: &HeaderMap) -> &str {
    cookies::read(headers, DEVICE).unwrap_or_default()
}

const DEVICE: &str = "device";

/// The response for a browser that has just signed in.
pub(crate) fn entered(web: &Web, response: Response, entry: &StartedSession) -> Response {
    let name = cookies::session_name(&web.installation);
    let response = with_cookie(response, cookies::set(&web.installation, name, &entry.token.cookie(), None));
    let response = remembered(web, response, entry.device.as_ref());
    match entry.language {
        Some(it) => with_cookie(response, cookies::set(&web.installation, "lang", it.code(), Some(YEAR))),
        None => response,
    }
}

/// The response that stores the known device in the browser.
pub(crate) fn remembered(web: &Web, response: Response, device: Option<&KnownDevice>) -> Response {
    match device {
        Some(it) => with_cookie(response, cookies::set(&web.installation, DEVICE, &it.cookie(), Some(YEAR))),
        None => response,
    }
}

fn told_to_wait(form: &Form, page: Response) -> Response {
    let answer = (form.status(), page).into_response();
    match form.wait {
        Some(wait) => retry_after(answer, wait),
        None => answer,
    }
}

async fn show_code(visitor: Visitor, RawQuery(query): RawQuery, headers: HeaderMap) -> PageResult {
    let form = Form::of(FormData::from_query(query.unwrap_or_default().as_bytes()));
    match token(&visitor.web, &headers) {
        Some(token) if visitor.web.crm.awaits_code(&token).await? => Ok(code_page(&visitor, &form)),
        _ => Ok(Redirect::to("/sign-in").into_response()),
    }
}

async fn confirm(
    visitor: Visitor,
    State(web): State<Web>,
    Caller(crm): Caller,
    headers: HeaderMap,
    data: FormData,
) -> PageResult {
    let waiting = token(&web, &headers).ok_or(Error::SessionEnded)?;
    let mut form = Form::of(data);
    match crm.confirm_sign_in(&waiting, form.value(Field::Code), device(&headers)).await {
        Ok(entry) => {
            let next = local_path(form.data.get("next"));
            Ok(entered(&web, Redirect::to(next).into_response(), &entry))
        }
        Err(error) => {
            form.refuse(error)?;
            Ok(told_to_wait(&form, code_page(&visitor, &form)))
        }
    }
}

async fn sign_out(
    visitor: Visitor,
    State(web): State<Web>,
    Caller(crm): Caller,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    if let Some(token) = token(&web, &headers) {
        crm.sign_out(&token).await?;
    }
    let gone = cookies::remove(&web.installation, cookies::session_name(&web.installation));
    let answer = with_cookie(visitor.redirect("/sign-in", Notice::SignedOut), gone);
    Ok(without_secrets(&web, answer, &[FACTOR, LINKS]))
}

fn view(visitor: &Visitor, form: &Form, wrong: bool) -> Markup {
    let (t, data) = (visitor.t, &form.data);
    html! {
        form.gate__card.stack method="post" action="/sign-in" data-once {
            h1 { (t.sign_in) }
            (summary(t, form, ""))
            @if wrong { div role="alert" { (alert(Tone::Bad, &html! { (t.wrong_password) })) } }
            input type="hidden" name="next" value=(local_path(data.get("next")));
            div.field {
                label.field__label for="username" { (t.username) }
                input #username .input name="username" value=(data.get("username")) maxlength="200" autocomplete="username"
                    autocapitalize="none" spellcheck="false" required autofocus;
            }
            div.field {
                label.field__label for="password" { (t.password) }
                div.affix {
                    input #password .input name="password" type="password" maxlength="1000" autocomplete="current-password" required;
                    span.affix__end { button.mini type="button" data-reveal="password" aria-label=(t.show_password) aria-pressed="false" { (icon(Icon::Eye)) } }
                }
            }
            button.btn.btn--primary.btn--wide { (t.sign_in_button) }
            p.small.muted { (t.forgot_password) }
        }
    }
}

fn code_page(visitor: &Visitor, form: &Form) -> Response {
    let t = visitor.t;
    let content = html! {
        div.gate__card.stack {
            form.stack method="post" action="/sign-in/code" data-once {
                h1 { (t.security.code_title) }
                (summary(t, form, ""))
                input type="hidden" name="next" value=(local_path(form.data.get("next")));
                (field(t, form, &Spec::new(Field::Code, ControlKind::OneTimeCode).hint(t.security.code_hint).focused()))
                button.btn.btn--primary.btn--wide { (t.security.code_button) }
            }
            p.small { a href="/sign-in" { (t.security.start_again) } }
        }
    };
    visitor.gate(t.security.code_title, &content)
}
