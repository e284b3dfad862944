//! A secret that was just made: the page after the redirect shows it for some minutes, looked at anew or not, and then nobody can.
use axum::{http::HeaderMap, response::Response};

use crate::{Web, cookies, visitor::with_cookie};

/// As long as somebody takes to write it down or hand it over.
const SECONDS: u32 = 10 * 60;
const NAME: &str = "shown_once";

/// Gives the secret to this page and to no other. It may have letters, digits, and what addresses are made of.
pub(crate) fn with_secret(web: &Web, answer: Response, page: &str, secret: &str) -> Response {
    with_cookie(answer, cookies::set_at(&web.installation, page, NAME, secret, Some(SECONDS)))
}

/// What this page was given. Whoever shows it makes sure that it is still what it was.
pub(crate) fn secret(headers: &HeaderMap) -> Option<&str> {
    cookies::read(headers, NAME)
}

/// The page is done with it.
pub(crate) fn without_secret(web: &Web, answer: Response, page: &str) -> Response {
    with_cookie(answer, cookies::set_at(&web.installation, page, NAME, "", Some(0)))
}
