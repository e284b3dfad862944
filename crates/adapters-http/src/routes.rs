//! Every URL in one list with who may enter it, so that tests can walk it as everybody.
use axum::{
    handler::Handler,
    http::Method,
    routing::{MethodRouter, get, post},
};
use domain::access::Permission;

use crate::Web;

/// Who gets past the door of a route. The use case behind it asks again: this column is for tests and readers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    Anyone,
    SignedIn,
    May(Permission),
    /// Any one of these.
    MayAny([Permission; 3]),
}

pub(crate) struct Route {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) who: Who,
    pub(crate) handler: MethodRouter<Web>,
}

/// A page to look at.
pub(crate) fn page<H: Handler<T, Web>, T: 'static>(path: &'static str, who: Who, handler: H) -> Route {
    Route { method: Method::GET, path, who, handler: get(handler) }
}

/// Something to do.
pub(crate) fn action<H: Handler<T, Web>, T: 'static>(path: &'static str, who: Who, handler: H) -> Route {
    Route { method: Method::POST, path, who, handler: post(handler) }
}

pub(crate) fn all() -> Vec<Route> {
    [
        crate::home::routes(),
        crate::setup::routes(),
        crate::sign_in::routes(),
        crate::preferences::routes(),
        crate::services::routes(),
        crate::campaigns::routes(),
        crate::leads::routes(),
        crate::clients::routes(),
        crate::contracts::routes(),
        crate::upload::routes(),
        crate::statistics::routes(),
        crate::users::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
