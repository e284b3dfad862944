//! The data that every page of a signed-in user has about its request.
use application::{Session, Token};
use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::{Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use domain::access::Permission;
use maud::Markup;
use uuid::Uuid;

use crate::{
    Web,
    caller::Caller,
    cookies,
    error::{WebError, retry_after},
    form::Form,
    text::{Notice, Text},
    ui::frame,
    visitor::Visitor,
};

/// The result of a handler: a response, or an error that becomes an error page.
pub(crate) type PageResult = Result<Response, WebError>;

#[derive(Clone)]
pub(crate) struct Page {
    pub(crate) visitor: Visitor,
    pub(crate) session: Session,
    pub(crate) t: &'static Text,
    /// The path of this page, for the navigation.
    pub(crate) path: String,
}

impl Page {
    pub(crate) fn may(&self, permission: Permission) -> bool {
        self.session.actor().may(permission)
    }

    pub(crate) fn currency(&self) -> &str {
        &self.visitor.web.installation.currency
    }

    pub(crate) fn show(&self, title: &str, content: &Markup) -> Response {
        let page = frame::shell(self, title, content);
        self.visitor.clear_notice(page.into_response())
    }

    /// A page with a form: 200 when the form is new, otherwise the status of its error (such as 422 or 409).
    pub(crate) fn show_form(&self, title: &str, form: &Form, content: &Markup) -> Response {
        let status = form.status();
        let title = if status == StatusCode::OK { title.to_owned() } else { format!("{}: {title}", self.t.error) };
        let answer = (status, self.show(&title, content)).into_response();
        match form.wait {
            Some(wait) => retry_after(answer, wait),
            None => answer,
        }
    }

    pub(crate) fn redirect(&self, to: &str, notice: Notice) -> Response {
        self.visitor.redirect(to, notice)
    }
}

/// The session's token as the browser sent it.
pub(crate) fn token(web: &Web, parts: &axum::http::HeaderMap) -> Option<Token> {
    cookies::read(parts, cookies::session_name(&web.installation)).and_then(Token::parse)
}

impl FromRequestParts<Web> for Page {
    type Rejection = Response;

    /// Behind `authorize_request` the page is known already.
    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Response> {
        if let Some(page) = parts.extensions.get::<Self>() {
            return Ok(page.clone());
        }
        let visitor = Visitor::of(web, &parts.headers);
        let Ok(Caller(crm)) = Caller::from_request_parts(parts, web).await;
        let found = match token(web, &parts.headers) {
            Some(token) => crm.session(&token).await.map_err(|it| WebError::from(it).into_response())?,
            None => None,
        };
        let Some(session) = found else { return Err(to_sign_in(&visitor, parts)) };
        let visitor = visitor.with_preferences(session.preferences());
        Ok(Self { t: visitor.t, visitor, session, path: parts.uri.path().to_owned() })
    }
}

/// The ids in a path. An invalid id is answered with 404, like an unknown one.
pub(crate) struct PathId<I>(pub(crate) I);

async fn ids(parts: &mut Parts, web: &Web) -> Vec<Uuid> {
    let params = RawPathParams::from_request_parts(parts, web).await;
    params.map(|it| it.iter().filter_map(|(_, id)| id.parse().ok()).collect()).unwrap_or_default()
}

impl FromRequestParts<Web> for PathId<Uuid> {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, WebError> {
        match ids(parts, web).await[..] {
            [id] => Ok(Self(id)),
            _ => Err(application::Error::NotFound.into()),
        }
    }
}

impl FromRequestParts<Web> for PathId<(Uuid, Uuid)> {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, WebError> {
        match ids(parts, web).await[..] {
            [id, part] => Ok(Self((id, part))),
            _ => Err(application::Error::NotFound.into()),
        }
    }
}

/// A page is opened after signing in. A submitted form is not repeated by itself.
fn to_sign_in(visitor: &Visitor, parts: &Parts) -> Response {
    if parts.headers.contains_key("x-upload") {
        return (StatusCode::UNAUTHORIZED, visitor.t.sign_in_again).into_response();
    }
    let wanted = parts.uri.path_and_query().map_or("/", |it| it.as_str());
    let here = wanted != "/";
    let query = if here { format!("?next={}", encode(wanted)) } else { String::new() };
    if parts.method != Method::GET {
        return visitor.redirect("/sign-in", Notice::SessionEnded);
    }
    let mut response = Redirect::to(&format!("/sign-in{query}")).into_response();
    if parts.headers.contains_key("hx-request") {
        // htmx would put the sign-in page into the list, so this makes it load the whole page instead.
        response = ([(header::HeaderName::from_static("hx-redirect"), "/sign-in")], "").into_response();
    }
    response
}

/// Percent-encodes a value for a query.
pub(crate) fn encode(value: &str) -> String {
    form_urlencoded::byte_serialize(value.as_bytes()).collect()
}
