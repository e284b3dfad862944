//! Signing in and out.
use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};

use crate::{
    Web,
    caller::Caller,
    cookies,
    error::Fault,
    form_data::FormData,
    page::{Answer, token},
    preferences::local_path,
    routes::{Route, Who, action, page},
    text::Notice,
    ui::{Icon, Tone, alert, icon},
    visitor::{Visitor, with_cookie},
};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        page("/sign-in", Who::Anyone, show),
        action("/sign-in", Who::Anyone, sign_in),
        action("/sign-out", Who::Anyone, sign_out),
    ]
}

async fn show(visitor: Visitor, RawQuery(query): RawQuery, headers: HeaderMap) -> Answer {
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
    Ok(visitor.gate(visitor.t.sign_in, &view(&visitor, &query, false)))
}

async fn sign_in(
    visitor: Visitor,
    State(web): State<Web>,
    Caller(crm): Caller,
    headers: HeaderMap,
    data: FormData,
) -> Answer {
    let before = token(&web, &headers);
    match crm.sign_in(data.get("username"), data.get("password"), before.as_ref()).await? {
        Some(token) => {
            let cookie =
                cookies::set(&web.installation, cookies::session_name(&web.installation), &token.cookie(), None);
            Ok(with_cookie(Redirect::to(local_path(data.get("next"))).into_response(), cookie))
        }
        None => Ok((StatusCode::UNPROCESSABLE_ENTITY, visitor.gate(visitor.t.sign_in, &view(&visitor, &data, true)))
            .into_response()),
    }
}

async fn sign_out(
    visitor: Visitor,
    State(web): State<Web>,
    Caller(crm): Caller,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    if let Some(token) = token(&web, &headers) {
        crm.sign_out(&token).await?;
    }
    let gone = cookies::remove(&web.installation, cookies::session_name(&web.installation));
    Ok(with_cookie(visitor.redirect("/sign-in", Notice::SignedOut), gone))
}

fn view(visitor: &Visitor, data: &FormData, wrong: bool) -> Markup {
    let t = visitor.t;
    html! {
        form.gate__card.stack method="post" action="/sign-in" data-once {
            h1 { (t.sign_in) }
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
