//! Language, theme and shortcuts, kept in the browser.
use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
};

use crate::{
    Web, cookies,
    form_data::FormData,
    routes::{Route, Who, action},
    text::Language,
    visitor::with_cookie,
};

pub(crate) fn routes() -> Vec<Route> {
    vec![action("/preferences", Who::Anyone, choose)]
}

const YEAR: u32 = 365 * 24 * 60 * 60;

async fn choose(State(web): State<Web>, headers: HeaderMap, data: FormData) -> Response {
    let mut response = Redirect::to(&back(headers.get(header::REFERER))).into_response();
    if let Some(language) = Language::from_code(data.get("lang")) {
        response = with_cookie(response, cookies::set(&web.installation, "lang", language.code(), Some(YEAR)));
    }
    if let Some(keys) = ["on", "off"].into_iter().find(|it| *it == data.get("keys")) {
        response = with_cookie(response, cookies::set(&web.installation, "keys", keys, Some(YEAR)));
    }
    if let Some(theme) = ["light", "dark"].into_iter().find(|it| *it == data.get("theme")) {
        // Scripts read and write this one: the switch in the page works at once.
        let cookie = format!("theme={theme}; Path=/; SameSite=Lax; Max-Age={YEAR}");
        response = with_cookie(response, HeaderValue::from_str(&cookie).unwrap_or(HeaderValue::from_static("")));
    }
    response
}

/// The page that the form was on: the path of the referrer, never its host.
pub(crate) fn back(referrer: Option<&HeaderValue>) -> String {
    let referrer = referrer.and_then(|it| it.to_str().ok()).unwrap_or_default();
    let path = referrer.split_once("://").and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]));
    local_path(path.unwrap_or("/")).to_owned()
}

/// The path if it leads to a page of ours, and the home page if it could lead anywhere else.
pub(crate) fn local_path(path: &str) -> &str {
    let safe = path.starts_with('/')
        && !path.starts_with("//")
        && !path.starts_with("/\\")
        && path.bytes().all(|it| it.is_ascii_graphic() && it != b'\\');
    if safe { path } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_ours_are_followed() {
        for path in ["/leads?q=a%20b&status=new", "/", "/statistics#total"] {
            assert_eq!(local_path(path), path);
        }
        for path in [
            "",
            "leads",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\r\nX: y",
            "/\t/e",
            "javascript:1",
            "/a\\b",
        ] {
            assert_eq!(local_path(path), "/", "{path:?}");
        }
    }
}
