//! Language, theme and shortcuts, kept in the browser; the language with its user, too.
use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Redirect},
};

use domain::{calendar::Calendar, field::Field, preferences::Preferences};
use maud::{Markup, html};

use crate::{
    Web,
    caller::Caller,
    cookies,
    form::Form,
    form_data::FormData,
    page::{Answer, Page, token},
    routes::{Route, Who, action},
    text::{Language, own_name},
    ui::field::{Kind, Spec, field},
    visitor::with_cookie,
};

pub(crate) fn routes() -> Vec<Route> {
    vec![action("/preferences", Who::Anyone, choose)]
}

pub(crate) const YEAR: u32 = 365 * 24 * 60 * 60;

async fn choose(State(web): State<Web>, Caller(crm): Caller, headers: HeaderMap, data: FormData) -> Answer {
    let mut response = Redirect::to(&back(headers.get(header::REFERER))).into_response();
    if let Some(language) = Language::from_code(data.get("lang")) {
        response = with_cookie(response, cookies::set(&web.installation, "lang", language.code(), Some(YEAR)));
        // Whoever is signed in has it in every browser.
        if let Some(token) = token(&web, &headers)
            && let Some(session) = crm.session(&token).await?
        {
            session.choose_language(language).await?;
        }
    }
    if let Some(keys) = ["on", "off"].into_iter().find(|it| *it == data.get("keys")) {
        response = with_cookie(response, cookies::set(&web.installation, "keys", keys, Some(YEAR)));
    }
    if let Some(theme) = ["light", "dark"].into_iter().find(|it| *it == data.get("theme")) {
        // Scripts read and write this one: the switch in the page works at once.
        let cookie = format!("theme={theme}; Path=/; SameSite=Lax; Max-Age={YEAR}");
        response = with_cookie(response, HeaderValue::from_str(&cookie).unwrap_or(HeaderValue::from_static("")));
    }
    Ok(response)
}

/// The fields in which somebody's language and time zone are chosen.
pub(crate) fn fields(page: &Page, form: &Form) -> Markup {
    let t = page.t;
    let languages = Language::ALL.map(|it| (it.code(), own_name(it)));
    let zones: Vec<String> = Calendar::names().map(str::to_owned).collect();
    let usual = (t.security.as_organisation)(page.session.organisation().calendar.name());
    let hint = format!("{} {usual}.", t.security.time_zone_hint);
    html! {
        div.grid {
            (field(t, form, &Spec::new(Field::Language, Kind::Choices { none: t.security.as_browser, choices: &languages }).optional()))
            (field(t, form, &Spec::new(Field::TimeZone, Kind::Suggested { max: 64, before: &zones }).optional().hint(&hint)))
        }
    }
}

/// What was chosen in these fields.
pub(crate) fn chosen(form: &mut Form) -> Option<Preferences> {
    let language = form.optional(Field::Language, Language::parse);
    let time_zone = form.optional(Field::TimeZone, Calendar::parse);
    Some(Preferences { language: language?, time_zone: time_zone? })
}

/// As these fields show it.
pub(crate) fn typed(data: FormData, it: Preferences) -> FormData {
    data.with(Field::Language, it.language.map_or("", Language::code))
        .with(Field::TimeZone, it.time_zone.map_or("", Calendar::name))
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
