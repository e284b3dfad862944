//! Setting one's own password by a link that an administrator gave.
use application::Token;
use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::user::User;
use maud::{Markup, html};

use crate::{
    Web,
    caller::Caller,
    form::Form,
    form_data::FormData,
    page::Answer,
    routes::{Route, Who, action, page},
    setup::{password, passwords},
    text::Notice,
    ui::field::summary,
    visitor::Visitor,
};

/// The token is in the query: paths are logged.
pub(crate) fn routes() -> Vec<Route> {
    vec![page("/new-password", Who::Anyone, show), action("/new-password", Who::Anyone, set)]
}

/// The address of a link, on this server.
pub(crate) fn path(token: &Token) -> String {
    format!("/new-password?token={}", token.cookie())
}

async fn show(visitor: Visitor, State(web): State<Web>, RawQuery(query): RawQuery) -> Answer {
    let form = Form::of(FormData::from_query(query.unwrap_or_default().as_bytes()));
    match invited(&web, &form).await? {
        Some((_, user)) => Ok(shown(&visitor, &form, &user)),
        None => Ok(dead(&visitor)),
    }
}

async fn invited(web: &Web, form: &Form) -> Result<Option<(Token, User)>, application::Error> {
    let Some(token) = Token::parse(form.data.get("token")) else { return Ok(None) };
    Ok(web.crm.invited_by(&token).await?.map(|user| (token, user)))
}

async fn set(visitor: Visitor, State(web): State<Web>, Caller(crm): Caller, data: FormData) -> Answer {
    let mut form = Form::of(data);
    let Some((token, user)) = invited(&web, &form).await? else { return Ok(dead(&visitor)) };
    let Some(password) = password(&mut form, Some(&user.details.username)) else {
        return Ok(shown(&visitor, &form, &user));
    };
    match crm.set_password_by_link(&token, &password).await {
        Ok(()) => Ok(visitor.redirect("/sign-in", Notice::PasswordChosen)),
        Err(application::Error::NotFound) => Ok(dead(&visitor)),
        Err(error) => Err(error.into()),
    }
}

fn shown(visitor: &Visitor, form: &Form, user: &User) -> Response {
    let title = visitor.t.security.by_link;
    (form.status(), visitor.gate(title, &view(visitor, form, user))).into_response()
}

fn view(visitor: &Visitor, form: &Form, user: &User) -> Markup {
    let t = visitor.t;
    html! {
        form.gate__card.stack method="post" action="/new-password" data-once {
            h1 { (t.security.by_link) }
            (summary(t, form, ""))
            p.muted { ((t.security.by_link_hint)(user.details.username.as_str())) }
            input type="hidden" name="token" value=(form.data.get("token"));
            // Password managers learn from it whose password this is.
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
