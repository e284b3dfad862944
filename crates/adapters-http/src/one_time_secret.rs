//! A secret that was just created, for the page after the redirect. Only the session that created it can see it, for
//! some minutes, also after a reload. After that nobody can.
use axum::{http::HeaderMap, response::Response};

use crate::{Web, cookies, page::Page, visitor::with_cookie};

/// Enough time to write the secret down or hand it over.
const SECONDS: u32 = 10 * 60;
const NAME: &str = "shown_once";

/// The paths of the pages that show such secrets. The paths below them get the cookie, too.
pub(crate) const FACTOR: &str = "/account/second-factor";
pub(crate) const LINKS: &str = "/users";

/// Stores the signed secret in a cookie for this page. It may contain letters, digits and URL characters.
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

/// Removes the secrets, because they have been used or the session ends.
pub(crate) fn without_secrets(web: &Web, answer: Response, places: &[&str]) -> Response {
    places.iter().fold(answer, |answer, place| set(web, answer, place, "", 0))
}

fn set(web: &Web, answer: Response, place: &str, value: &str, seconds: u32) -> Response {
    let name = cookies::secure_name(&web.installation, NAME);
    with_cookie(answer, cookies::set_at(&web.installation, place, &name, value, Some(seconds)))
}
