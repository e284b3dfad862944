//! A secret that was just made, for the page after the redirect: it is shown for some minutes, looked at anew or not, to the
//! session that made it, and then nobody can.
use axum::{http::HeaderMap, response::Response};

use crate::{Web, cookies, page::Page, visitor::with_cookie};

/// As long as somebody takes to write it down or hand it over.
const SECONDS: u32 = 10 * 60;
const NAME: &str = "shown_once";

/// Where pages have such secrets; what is under it gets the cookie, too.
pub(crate) const FACTOR: &str = "/account/second-factor";
pub(crate) const LINKS: &str = "/users";

/// Keeps the secret in the browser, for this page. It may have letters, digits, and what addresses are made of.
pub(crate) fn with_secret(page: &Page, answer: Response, place: &str, shown_at: &str, secret: &str) -> Response {
    match page.session.seal(shown_at, secret) {
        Some(sealed) => set(&page.visitor.web, answer, place, &sealed, SECONDS),
        None => answer,
    }
}

/// The secret that this session keeps for this page.
pub(crate) fn secret<'a>(page: &Page, headers: &'a HeaderMap, shown_at: &str) -> Option<&'a str> {
    let name = cookies::secure_name(&page.visitor.web.installation, NAME);
    cookies::all(headers, &name).find_map(|it| page.session.unseal(shown_at, it))
}

/// They have done their work, or their session ends.
pub(crate) fn without_secrets(web: &Web, answer: Response, places: &[&str]) -> Response {
    places.iter().fold(answer, |answer, place| set(web, answer, place, "", 0))
}

fn set(web: &Web, answer: Response, place: &str, value: &str, seconds: u32) -> Response {
    let name = cookies::secure_name(&web.installation, NAME);
    with_cookie(answer, cookies::set_at(&web.installation, place, &name, value, Some(seconds)))
}
