//! Maps each error to the response of the browser.
use application::Error;
use axum::{
    http::{Method, StatusCode, Uri, header},
    response::{IntoResponse, Redirect, Response},
};
use chrono::TimeDelta;
use domain::{lead::LeadRuleViolation, values::Invalid};
use maud::{Markup, html};

use crate::{
    permits::RequestPermits,
    retry::RequestSnapshot,
    text::{Notice, Text},
    ui::{Icon, icon},
    visitor::Visitor,
};

/// An error that the handler could not turn into a page of its own.
pub(crate) enum WebError {
    Application(Error),
    /// Our own pages never send such a request.
    BadRequest,
    /// The body is larger than any form.
    TooLarge,
}

impl From<Error> for WebError {
    fn from(error: Error) -> Self {
        Self::Application(error)
    }
}

impl WebError {
    fn status(&self) -> StatusCode {
        match self {
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Application(error) => match error {
                Error::Forbidden(_) | Error::Refused(_) => StatusCode::FORBIDDEN,
                Error::NotFound => StatusCode::NOT_FOUND,
                Error::Invalid(_, Invalid::FileTooLarge { .. }) => StatusCode::PAYLOAD_TOO_LARGE,
                Error::Invalid(_, Invalid::DiskNearlyFull) => StatusCode::SERVICE_UNAVAILABLE,
                Error::Invalid(..) => StatusCode::UNPROCESSABLE_ENTITY,
                Error::Conflict | Error::AlreadySaved(_) | Error::KnownClient | Error::Lead(_) => StatusCode::CONFLICT,
                Error::Interrupted => StatusCode::BAD_REQUEST,
                Error::SessionEnded => StatusCode::UNAUTHORIZED,
                Error::Throttled(_) => StatusCode::TOO_MANY_REQUESTS,
                Error::NoTurn(_) | Error::Busy | Error::Contended | Error::Unavailable(_) => {
                    StatusCode::SERVICE_UNAVAILABLE
                }
            },
        }
    }

    /// A title and a sentence with the remedy.
    fn words(&self, t: &Text) -> (&'static str, &'static str) {
        match self {
            Self::BadRequest => t.bad_request,
            Self::TooLarge => t.too_large,
            Self::Application(error) => match error {
                Error::Forbidden(_) => t.forbidden,
                Error::Refused(refusal) => t.refusal(*refusal),
                Error::NotFound => t.not_found,
                Error::Invalid(..) | Error::Interrupted => t.bad_request,
                Error::Conflict | Error::AlreadySaved(_) => t.conflict,
                Error::KnownClient => t.refusals.known_client,
                Error::Lead(LeadRuleViolation::AlreadyConverted(_)) => t.refusals.already_converted,
                Error::Lead(LeadRuleViolation::Lost) => t.refusals.lead_is_lost,
                Error::Lead(LeadRuleViolation::ContractTaken) => t.refusals.contract_taken,
                Error::Lead(LeadRuleViolation::Merged(_)) => t.refusals.merged,
                Error::Lead(LeadRuleViolation::BothConverted) => t.refusals.both_converted,
                Error::Lead(LeadRuleViolation::ConvertedStays) => t.refusals.converted_stays,
                Error::Lead(LeadRuleViolation::TooManyMerged) => t.refusals.too_many_merged,
                Error::SessionEnded => (t.sign_in, t.sign_in_again),
                Error::Throttled(_) => t.security.too_many,
                Error::NoTurn(_) => t.no_turn,
                Error::Busy | Error::Contended => t.busy,
                Error::Unavailable(_) => t.unavailable,
            },
        }
    }

    /// The text for a script, which shows it unchanged.
    fn told(&self, t: &Text) -> String {
        match self {
            Self::Application(Error::Invalid(field, invalid)) => (t.problem)(*field, *invalid),
            Self::Application(Error::Interrupted) => t.upload_failed.to_owned(),
            Self::Application(Error::SessionEnded) => t.sign_in_again.to_owned(),
            _ => {
                let (title, sentence) = self.words(t);
                format!("{title}. {sentence}")
            }
        }
    }

    /// The link or button that helps the user to continue.
    fn way_on(&self, t: &Text, asked: &RequestSnapshot) -> Markup {
        match self {
            Self::Application(Error::Lead(LeadRuleViolation::AlreadyConverted(client))) => {
                html! { p { a.btn href={ "/clients/" (client) } { (t.refusals.open_client) } } }
            }
            Self::Application(Error::Lead(LeadRuleViolation::Merged(lead))) => {
                html! { p { a.btn href={ "/leads/" (lead) } { (t.refusals.open_lead) } } }
            }
            Self::Application(Error::Unavailable(_)) => asked.again(t, true),
            _ if self.status() == StatusCode::SERVICE_UNAVAILABLE => asked.again(t, false),
            _ => to_home(t),
        }
    }

    /// After how many seconds the page reloads itself. A form is never sent again by itself.
    fn comes_back(&self, asked: &RequestSnapshot) -> Option<i64> {
        match self {
            Self::Application(Error::NoTurn(wait)) if !asked.sent_something() => Some(seconds(*wait)),
            _ => None,
        }
    }

    fn page(&self, visitor: &Visitor, way_on: &Markup) -> Response {
        let (title, sentence) = self.words(visitor.t);
        let by_itself = visitor.again.map(|_| visitor.t.comes_back);
        visitor.gate(
            title,
            &html! { div.gate__card.stack {
                h1 { (title) }
                p { (sentence) @if let Some(it) = by_itself { " " (it) } }
                (way_on)
            } },
        )
    }

    /// A page in the visitor's language, or plain text for a script.
    fn answer(&self, visitor: &Visitor, asked: &RequestSnapshot) -> Response {
        if let Self::Application(Error::Unavailable(source)) = self {
            let (error, request) = (&**source as &dyn std::error::Error, asked.request());
            tracing::error!(error, request, "a request could not be served");
        }
        if matches!(self, Self::Application(Error::SessionEnded)) && !asked.by_script() {
            return visitor.redirect("/sign-in", Notice::SessionEnded);
        }
        let answer = if asked.by_script() {
            self.told(visitor.t).into_response()
        } else {
            let again = self.comes_back(asked);
            let visitor = Visitor { sent: asked.sent_something(), again, ..visitor.clone() };
            self.page(&visitor, &self.way_on(visitor.t, asked))
        };
        let mut response = (self.status(), answer).into_response();
        if self.status() == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("5"));
        }
        if let Self::Application(Error::Throttled(wait) | Error::NoTurn(wait)) = self {
            response = retry_after(response, *wait);
        }
        response
    }
}

/// Tells scripts when to try again; people read it in the page.
pub(crate) fn retry_after(mut response: Response, wait: TimeDelta) -> Response {
    response.headers_mut().insert(header::RETRY_AFTER, seconds(wait).into());
    response
}

/// Whole seconds, rounded up, so that the wait is over after them.
pub(crate) fn seconds(wait: TimeDelta) -> i64 {
    (wait + TimeDelta::seconds(1) - TimeDelta::nanoseconds(1)).num_seconds()
}

/// Stores the error in the response until the middleware knows the visitor's language.
impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(std::sync::Arc::new(self));
        response
    }
}

/// Turns stored errors into responses.
pub(crate) async fn answers(
    visitor: Visitor,
    mut request: axum::extract::Request,
    next: axum::middleware::Next,
) -> Response {
    let (asked, permits) = (RequestSnapshot::of(&mut request), RequestPermits::default());
    request.extensions_mut().insert(permits.clone());
    let response = next.run(request).await;
    let answer = match response.extensions().get::<std::sync::Arc<WebError>>() {
        Some(fault) => fault.answer(&visitor, &asked),
        None => response,
    };
    drop(permits);
    answer
}

fn to_home(t: &Text) -> Markup {
    html! { p { a.btn href="/" { (t.to_home) } } }
}

pub(crate) async fn no_such_page() -> WebError {
    Error::NotFound.into()
}

/// An address that only takes forms: a GET is redirected to the page with the form.
pub(crate) async fn only_forms(visitor: Visitor, method: Method, uri: Uri) -> Response {
    match uri.path().rsplit_once('/') {
        Some((page, _)) if method == Method::GET => {
            Redirect::to(if page.is_empty() { "/" } else { page }).into_response()
        }
        _ => {
            let page = WebError::BadRequest.page(&visitor, &to_home(visitor.t));
            (StatusCode::METHOD_NOT_ALLOWED, page).into_response()
        }
    }
}

pub(crate) fn cross_site(visitor: &Visitor) -> Response {
    let (title, sentence) = visitor.t.cross_site;
    let content = html! {
        div.gate__card.stack { h1 { (icon(Icon::Ban)) (title) } p { (sentence) } p { a.btn href="/" { (visitor.t.to_home) } } }
    };
    (StatusCode::FORBIDDEN, visitor.gate(title, &content)).into_response()
}

pub(crate) fn plain_not_found() -> Response {
    (StatusCode::NOT_FOUND, "not found").into_response()
}

pub(crate) fn plain_fault() -> Response {
    (StatusCode::INTERNAL_SERVER_ERROR, "internal error").into_response()
}
