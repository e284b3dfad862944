//! Reads cookies, and writes them with the right attributes.
use axum::http::{HeaderMap, HeaderValue, header};

use crate::Installation;

pub(crate) fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    all(headers, name).next()
}

/// All cookies of this name: a browser sends one for each path that matches.
pub(crate) fn all<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|it| it.to_str().ok())
        .flat_map(|it| it.split(';'))
        .filter_map(move |it| it.trim().strip_prefix(name)?.strip_prefix('='))
}

/// The name of a cookie that is limited to some pages. With `__Secure-`, browsers accept and send it over TLS only.
pub(crate) fn secure_name(installation: &Installation, name: &str) -> String {
    if installation.secure { format!("__Secure-{name}") } else { name.to_owned() }
}

/// The session cookie's name. Behind TLS, browsers protect a `__Host-` name against other hosts.
pub(crate) fn session_name(installation: &Installation) -> &'static str {
    if installation.secure { "__Host-sid" } else { "sid" }
}

/// `Set-Cookie` for a value that scripts cannot read. Without `max_age` the cookie ends with the browser session.
pub(crate) fn set(installation: &Installation, name: &str, value: &str, max_age: Option<u32>) -> HeaderValue {
    set_at(installation, "/", name, value, max_age)
}

/// The same for one page alone, and the pages under it.
pub(crate) fn set_at(
    installation: &Installation,
    path: &str,
    name: &str,
    value: &str,
    max_age: Option<u32>,
) -> HeaderValue {
    let secure = if installation.secure { "; Secure" } else { "" };
    let age = max_age.map(|it| format!("; Max-Age={it}")).unwrap_or_default();
    let cookie = format!("{name}={value}; Path={path}; HttpOnly; SameSite=Lax{secure}{age}");
    // Our names and values consist of letters, digits and URL characters, so this cannot fail.
    HeaderValue::from_str(&cookie).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// `Set-Cookie` that removes the cookie.
pub(crate) fn remove(installation: &Installation, name: &str) -> HeaderValue {
    set(installation, name, "", Some(0))
}
