//! Cookies: reading the ones that matter, writing them with the right attributes.
use axum::http::{HeaderMap, HeaderValue, header};

use crate::Installation;

/// The value of the first cookie with this name.
pub(crate) fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    all(headers, name).next()
}

/// Each page may have one of its own with the same name.
pub(crate) fn all<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|it| it.to_str().ok())
        .flat_map(|it| it.split(';'))
        .filter_map(move |it| it.trim().strip_prefix(name)?.strip_prefix('='))
}

/// Of a cookie for some pages alone. Behind TLS the browser takes such a name over TLS only.
pub(crate) fn secure_name(installation: &Installation, name: &str) -> String {
    if installation.secure { format!("__Secure-{name}") } else { name.to_owned() }
}

/// The session cookie's name. Behind TLS the browser itself guards a `__Host-` name against other hosts.
pub(crate) fn session_name(installation: &Installation) -> &'static str {
    if installation.secure { "__Host-sid" } else { "sid" }
}

/// `Set-Cookie` for a value that scripts do not see. Without an age it ends with the browser.
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
    // Names and values here are ours: letters, digits and what addresses are made of.
    HeaderValue::from_str(&cookie).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// `Set-Cookie` that removes it.
pub(crate) fn remove(installation: &Installation, name: &str) -> HeaderValue {
    set(installation, name, "", Some(0))
}
