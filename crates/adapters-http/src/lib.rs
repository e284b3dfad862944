//! The staff's browser interface of the application: pages and forms that work without JavaScript.
mod account;
mod assets;
mod audit;
mod caller;
mod campaigns;
mod clients;
mod contracts;
mod cookies;
mod error;
mod export;
mod form;
mod form_body;
mod form_data;
mod guard;
mod health;
mod home;
mod keys;
mod leads;
mod lists;
mod multipart;
mod one_time_secret;
mod pace;
mod paced_body;
mod page;
mod password_link;
mod permits;
mod preferences;
mod record;
mod retry;
mod roles;
mod routes;
mod search;
mod services;
mod setup;
mod sign_in;
mod statistics;
mod text;
mod ui;
mod unknown_proxies;
mod upload;
mod users;
mod versions;
mod visitor;

use std::sync::Arc;

use application::{Crm, Expensive};
use axum::Router;
use ipnet::IpNet;

pub use caller::Peer;
pub use health::Stopping;
pub use pace::Pace;
pub use routes::Access;
pub use text::Language;

use unknown_proxies::UnknownProxies;

/// The settings of the installation that pages need.
#[derive(Clone, Debug)]
pub struct Installation {
    /// For users who have not chosen one.
    pub language: Language,
    /// ISO 4217 code of the organisation's currency, such as `RUB`.
    pub currency: String,
    /// Whether browsers reach the server over TLS: cookies are `Secure` then, and named `__Host-…`.
    pub secure: bool,
    /// The reverse proxies that are trusted to state where a request comes from.
    pub proxies: Vec<IpNet>,
}

/// The state that every handler can reach.
#[derive(Clone)]
pub(crate) struct Web {
    pub(crate) crm: Crm,
    pub(crate) installation: Arc<Installation>,
    pub(crate) stopping: Stopping,
    pub(crate) unknown_proxies: UnknownProxies,
}

/// The whole interface, ready to be served. The server says when it stops.
pub fn router(crm: Crm, installation: Installation, stopping: Stopping) -> Router {
    let unknown_proxies = UnknownProxies::default();
    let web = Web { crm, installation: Arc::new(installation), stopping, unknown_proxies };
    guard::around(
        routes::router(&web)
            .merge(assets::routes())
            .fallback(error::no_such_page)
            .method_not_allowed_fallback(error::only_forms),
        &web,
    )
    .with_state(web)
}

/// Every route except the static files, as method, path and access, for tests that walk through all of them.
pub fn route_table() -> Vec<(axum::http::Method, &'static str, Access)> {
    routes::all().into_iter().map(|it| (it.method, it.path, it.access)).collect()
}

/// Every route that is always expensive, whatever its parameters, as method, path and work.
pub fn expensive_routes() -> Vec<(axum::http::Method, &'static str, Expensive)> {
    routes::all().into_iter().filter_map(|it| Some((it.method, it.path, it.work?))).collect()
}

/// The permission that a route requires, in the words of the documentation's table.
pub fn described(access: Access) -> String {
    match access {
        Access::Anyone => "anyone".to_owned(),
        Access::SignedIn => "signed in".to_owned(),
        Access::SignedInFor(_) => "signed in, even with something to do first".to_owned(),
        Access::May(permission) => permission.code().to_owned(),
        Access::MayAny(permissions) => permissions.iter().map(|it| it.code()).collect::<Vec<_>>().join(" or "),
    }
}
