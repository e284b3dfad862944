//! Lets users set their own password with a link that an administrator gave them.
use application::{Error, Session, Token};
use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use domain::{field::Field, user::User};
use maud::{Markup, html};

use crate::{
    Web,
    caller::Caller,
    cookies,
    form::Form,
    form_data::FormData,
    page::{self, PageResult},
    routes::{Access, Route, action, page},
    setup::{known_of, password, passwords},
    sign_in::remembered,
    text::Notice,
    ui::{Tone, alert, field::summary},
    visitor::{Visitor, with_cookie},
};

pub(crate) fn routes() -> Vec<Route> {
    vec![page(PAGE, Access::Anyone, show), action(PAGE, Access::Anyone, set)]
}

const PAGE: &str = "/new-password";
const QUERY: &str = "token";
/// Until the browser is closed: the link itself limits the time.
const COOKIE: &str = "link";

/// The path of a password link on this server.
pub(crate) fn path(token: &Token) -> String {
    format!("{PAGE}?{QUERY}={}", token.cookie())
}

/// The token in such a path.
pub(crate) fn token(address: &str) -> Option<Token> {
    let (_, query) = address.split_once('?')?;
    Token::parse(FormData::from_query(query.as_bytes()).get(QUERY))
}

/// Moves the token from the URL into a cookie, so that neither the browser's history nor a bystander sees it.
async fn show(visitor: Visitor, State(web): State<Web>, RawQuery(query): RawQuery, headers: HeaderMap) -> PageResult {
    let query = FormData::from_query(query.unwrap_or_default().as_bytes());
    if query.has(QUERY) {
        return Ok(match invited(&web, Some(query.get(QUERY))).await? {
            Some((token, _)) => with_cookie(Redirect::to(PAGE).into_response(), cookie(&web, &token.cookie(), None)),
            None => dead(&visitor),
        });
    }
    match invited(&web, opened(&web, &headers)).await? {
        Some((_, user)) => shown(&visitor, &headers, &Form::default(), &user).await,
        None => Ok(dead(&visitor)),
    }
}

fn cookie(web: &Web, token: &str, seconds: Option<u32>) -> HeaderValue {
    let name = cookies::secure_name(&web.installation, COOKIE);
    cookies::set_at(&web.installation, PAGE, &name, token, seconds)
}

/// The link that was opened last in this browser.
fn opened<'a>(web: &Web, headers: &'a HeaderMap) -> Option<&'a str> {
    cookies::read(headers, &cookies::secure_name(&web.installation, COOKIE))
}

async fn invited(web: &Web, token: Option<&str>) -> Result<Option<(Token, User)>, Error> {
    let Some(token) = token.and_then(Token::parse) else { return Ok(None) };
    Ok(web.crm.invited_by(&token).await?.map(|user| (token, user)))
}

async fn set(
    visitor: Visitor,
    State(web): State<Web>,
    Caller(crm): Caller,
    headers: HeaderMap,
    data: FormData,
) -> PageResult {
    let mut form = Form::of(data);
    let Some((token, user)) = invited(&web, opened(&web, &headers)).await? else { return Ok(dead(&visitor)) };
    // Another link was opened in the same browser after this form, so this password was meant for another user.
    if form.value(Field::Username) != user.details.username.as_str() {
        form = Form::default();
        form.refuse(Error::Conflict)?;
        return shown(&visitor, &headers, &form, &user).await;
    }
    let Some(password) = password(&mut form, &known_of(&user.details)) else {
        return shown(&visitor, &headers, &form, &user).await;
    };
    match crm.set_password_by_link(&token, &password).await {
        Ok(device) => {
            // The user who is signed in here stays signed in; it may be another one.
            let here = signed_in(&visitor, &headers).await?;
            let notice = if here.is_some() { Notice::PasswordSet } else { Notice::PasswordChosen };
            let answer = visitor.redirect("/sign-in", notice);
            Ok(remembered(&web, with_cookie(answer, cookie(&web, "", Some(0))), device.as_ref()))
        }
        Err(Error::NotFound) => Ok(dead(&visitor)),
        Err(error) => Err(error.into()),
    }
}

async fn shown(visitor: &Visitor, headers: &HeaderMap, form: &Form, user: &User) -> PageResult {
    let title = visitor.t.security.by_link;
    let another =
        signed_in(visitor, headers).await?.filter(|it| it.actor().id != user.id).map(|it| it.actor().name.clone());
    let page = visitor.gate(title, &view(visitor, form, user, another.as_deref()));
    Ok((form.status(), page).into_response())
}

async fn signed_in(visitor: &Visitor, headers: &HeaderMap) -> Result<Option<Session>, Error> {
    match page::token(&visitor.web, headers) {
        Some(token) => visitor.web.crm.session(&token).await,
        None => Ok(None),
    }
}

fn view(visitor: &Visitor, form: &Form, user: &User, another: Option<&str>) -> Markup {
    let t = visitor.t;
    html! {
        form.gate__card.stack method="post" action=(PAGE) data-once {
            h1 { (t.security.by_link) }
            @if form.is_conflict() { (alert(Tone::Warn, &html! { (t.security.another_link) })) } @else { (summary(t, form, "")) }
            @if let Some(name) = another { (alert(Tone::Warn, &html! { ((t.security.somebody_else_here)(name)) })) }
            p.muted { ((t.security.by_link_hint)(user.details.username.as_str())) }
            // Tells password managers to which user the password belongs.
            input type="hidden" name="username" autocomplete="username" value=(user.details.username);
            (passwords(t, form, t.password))
            button.btn.btn--primary.btn--wide { (t.save) }
        }
    }
}

fn dead(visitor: &Visitor) -> Response {
    let (title, sentence) = visitor.t.security.link_dead;
    let content = html! {
        div.gate__card.stack { h1 { (title) } p { (sentence) } p { a.btn href="/sign-in" { (visitor.t.sign_in_button) } } }
    };
    (StatusCode::NOT_FOUND, visitor.gate(title, &content)).into_response()
}
