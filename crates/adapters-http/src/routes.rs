//! Every URL with its access in one list, so that tests can try each of them as each kind of user.
use application::{Expensive, RequiredAction};
use axum::{
    Router,
    extract::{FromRequestParts, Request, State},
    handler::Handler,
    http::{HeaderMap, HeaderName, Method, StatusCode, header, request::Parts},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Redirect, Response},
    routing::{MethodRouter, get, post},
};
use domain::access::{Forbidden, Permission};

use crate::{
    Web,
    error::WebError,
    form_body::{is_type, keep_what_was_sent},
    form_data::FormData,
    lists::searches,
    page::Page,
    permits::RequestPermits,
};

/// Who may use a route. The use case behind it checks its permission again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    Anyone,
    SignedIn,
    /// Also users who have to do this before anything else.
    SignedInFor(RequiredAction),
    May(Permission),
    /// Any one of these.
    MayAny(&'static [Permission]),
}

pub(crate) struct Route {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) access: Access,
    /// The expensive work that this route always does.
    pub(crate) work: Option<Expensive>,
    pub(crate) handler: MethodRouter<Web>,
}

impl Route {
    /// Each request waits for a turn to do this work.
    pub(crate) fn expensive(self, work: Expensive) -> Self {
        Self { work: Some(work), ..self }
    }
}

/// A page that is read with GET.
pub(crate) fn page<H: Handler<T, Web>, T: 'static>(path: &'static str, access: Access, handler: H) -> Route {
    Route { method: Method::GET, path, access, work: None, handler: get(handler) }
}

/// An action with POST.
pub(crate) fn action<H: Handler<T, Web>, T: 'static>(path: &'static str, access: Access, handler: H) -> Route {
    Route { method: Method::POST, path, access, work: None, handler: post(handler) }
}

/// Every route behind `authorize_request`.
pub(crate) fn router(web: &Web) -> Router<Web> {
    all().into_iter().fold(Router::new(), |router, it| {
        let authorization = from_fn_with_state((web.clone(), it.access, it.work), authorize_request);
        router.route(it.path, it.handler.route_layer(authorization))
    })
}

/// Admits the users that the table names. The body of other requests is not read, unless the store cannot identify the
/// user. Requests for expensive work wait here for a turn.
async fn authorize_request(
    State((web, access, work)): State<(Web, Access, Option<Expensive>)>,
    request: Request,
    next: Next,
) -> Response {
    if access == Access::Anyone {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let page = match Page::from_request_parts(&mut parts, &web).await {
        Ok(page) => page,
        Err(answer) => {
            // The store cannot identify the user. The form is read all the same, so that they can send it again.
            if answer.status() == StatusCode::SERVICE_UNAVAILABLE && parts.method == Method::POST {
                keep_what_was_sent(Request::from_parts(parts, body)).await;
            }
            return answer;
        }
    };
    if let Some(required_action) = page.session.required_action().filter(|it| access != Access::SignedInFor(*it)) {
        return first(required_action, &parts.headers, page.t.sign_in_again);
    }
    let refused = match access {
        Access::Anyone | Access::SignedIn | Access::SignedInFor(_) => None,
        Access::May(permission) => Some(permission).filter(|it| !page.may(*it)),
        Access::MayAny(permissions) => Some(permissions[0]).filter(|_| !permissions.iter().any(|it| page.may(*it))),
    };
    if let Some(permission) = refused {
        if let Err(error) = page.session.note_forbidden(Forbidden(permission)).await {
            tracing::warn!(%error, "a refusal could not be written down");
        }
        return WebError::from(application::Error::from(Forbidden(permission))).into_response();
    }
    if let Some(work) = work.or_else(|| work_of(&parts)) {
        let permits = parts.extensions.get_or_insert_default::<RequestPermits>().clone();
        if let Err(fault) = permits.turn(&page.session, work).await {
            return fault.into_response();
        }
    }
    parts.extensions.insert(page);
    next.run(Request::from_parts(parts, body)).await
}

/// The expensive work of a request whose route has none of its own.
fn work_of(parts: &Parts) -> Option<Expensive> {
    // On a GET the content type says nothing.
    let sends_files = parts.method == Method::POST;
    if sends_files && is_type(parts.headers.get(header::CONTENT_TYPE), "multipart/form-data") {
        return Some(Expensive::Upload);
    }
    let query = FormData::from_query(parts.uri.query().unwrap_or_default().as_bytes());
    searches(&query).then_some(Expensive::Search)
}

/// Redirects to the required action. A script that sends a file or fills a list would take that page for its response.
fn first(required_action: RequiredAction, headers: &HeaderMap, sentence: &'static str) -> Response {
    let place = place_of(required_action);
    if headers.contains_key("x-upload") {
        (StatusCode::UNAUTHORIZED, sentence).into_response()
    } else if headers.contains_key("hx-request") {
        ([(HeaderName::from_static("hx-redirect"), place)], "").into_response()
    } else {
        Redirect::to(place).into_response()
    }
}

/// The page of a required action.
const fn place_of(required_action: RequiredAction) -> &'static str {
    match required_action {
        RequiredAction::ChangePassword => "/account/password",
        RequiredAction::TurnOnSecondFactor => "/account/second-factor",
    }
}

pub(crate) fn all() -> Vec<Route> {
    [
        crate::health::routes(),
        crate::home::routes(),
        crate::search::routes(),
        crate::keys::routes(),
        crate::setup::routes(),
        crate::sign_in::routes(),
        crate::password_link::routes(),
        crate::preferences::routes(),
        crate::services::routes(),
        crate::campaigns::routes(),
        crate::leads::routes(),
        crate::clients::routes(),
        crate::contracts::routes(),
        crate::upload::routes(),
        crate::statistics::routes(),
        crate::account::routes(),
        crate::users::routes(),
        crate::roles::routes(),
        crate::audit::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn work(method: Method, uri: &str) -> Option<Expensive> {
        let request = Request::builder().method(method).uri(uri);
        let request = request.header(header::CONTENT_TYPE, "multipart/form-data; boundary=b").body(()).unwrap();
        work_of(&request.into_parts().0)
    }

    #[test]
    fn a_search_with_the_type_of_an_upload_counts_as_a_search() {
        assert_eq!(work(Method::GET, "/leads?q=anna"), Some(Expensive::Search));
        assert_eq!(work(Method::GET, "/leads"), None);
        assert_eq!(work(Method::POST, "/contracts"), Some(Expensive::Upload));
    }
}
