//! One mapping from what can go wrong to what the browser is answered.
use application::Error;
use axum::{
    http::{Method, StatusCode, Uri, header},
    response::{IntoResponse, Redirect, Response},
};
use domain::lead::LeadRefusal;
use maud::html;

use crate::{
    text::Text,
    ui::{Icon, icon},
    visitor::Visitor,
};

/// What a handler could not turn into a page of its own.
pub(crate) enum Fault {
    Application(Error),
    /// The request is not one that our pages send.
    BadRequest,
    /// The body is larger than any form.
    TooLarge,
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Application(error)
    }
}

impl Fault {
    fn status(&self) -> StatusCode {
        match self {
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Application(error) => match error {
                Error::Forbidden(_) | Error::Refused(_) => StatusCode::FORBIDDEN,
                Error::NotFound => StatusCode::NOT_FOUND,
                Error::Invalid(..) => StatusCode::UNPROCESSABLE_ENTITY,
                Error::Conflict | Error::AlreadySaved(_) | Error::Lead(_) => StatusCode::CONFLICT,
                Error::Interrupted => StatusCode::BAD_REQUEST,
                Error::Busy | Error::Contended | Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            },
        }
    }

    /// A title and a sentence that says what to do.
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
                Error::Lead(LeadRefusal::AlreadyConverted(_)) => t.already_converted,
                Error::Lead(LeadRefusal::Lost) => t.lead_is_lost,
                Error::Lead(LeadRefusal::ContractTaken) => t.contract_taken,
                Error::Busy | Error::Contended => t.busy,
                Error::Unavailable(_) => t.unavailable,
            },
        }
    }

    /// The page in the visitor's language.
    pub(crate) fn answer(&self, visitor: &Visitor) -> Response {
        if let Self::Application(Error::Unavailable(source)) = self {
            tracing::error!(error = &**source as &dyn std::error::Error, "a request could not be served");
        }
        let (title, sentence) = self.words(visitor.t);
        let link = match self {
            Self::Application(Error::Lead(LeadRefusal::AlreadyConverted(client))) => {
                (format!("/clients/{client}"), visitor.t.open_client)
            }
            _ => ("/".to_owned(), visitor.t.to_home),
        };
        let content = html! {
            div.gate__card.stack {
                h1 { (title) }
                p { (sentence) }
                p { a.btn href=(link.0) { (link.1) } }
            }
        };
        let mut response = (self.status(), visitor.gate(title, &content)).into_response();
        if self.status() == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("5"));
        }
        response
    }
}

/// Remembers the fault until the middleware knows the visitor's language.
impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(std::sync::Arc::new(self));
        response
    }
}

/// Turns remembered faults into pages.
pub(crate) async fn pages(visitor: Visitor, request: axum::extract::Request, next: axum::middleware::Next) -> Response {
    let response = next.run(request).await;
    match response.extensions().get::<std::sync::Arc<Fault>>() {
        Some(fault) => std::sync::Arc::clone(fault).answer(&visitor),
        None => response,
    }
}

pub(crate) async fn no_such_page(visitor: Visitor) -> Response {
    Fault::from(Error::NotFound).answer(&visitor)
}

/// An address that only takes forms: whoever comes to look is led to the page that the form is on.
pub(crate) async fn only_forms(visitor: Visitor, method: Method, uri: Uri) -> Response {
    match uri.path().rsplit_once('/') {
        Some((page, _)) if method == Method::GET => {
            Redirect::to(if page.is_empty() { "/" } else { page }).into_response()
        }
        _ => (StatusCode::METHOD_NOT_ALLOWED, Fault::BadRequest.answer(&visitor)).into_response(),
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
