//! Language, time zone and appearance, stored with the user. The browser also stores the ones that pages need before
//! anybody signs in.
use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
};

use domain::{
    calendar::Calendar,
    field::Field,
    preferences::{Appearance, Density, Preferences, SingleKeys, Theme},
};
use maud::{Markup, html};

use crate::{
    Installation, Web,
    caller::Caller,
    cookies,
    form::Form,
    form_data::FormData,
    page::{Page, PageResult, token},
    routes::{Access, Route, action},
    text::{Language, own_name},
    ui::field::{ControlKind, Spec, field},
    visitor::{Visitor, with_cookie},
};

pub(crate) fn routes() -> Vec<Route> {
    vec![action("/preferences", Access::Anyone, choose)]
}

pub(crate) const YEAR: u32 = 365 * 24 * 60 * 60;

async fn choose(State(web): State<Web>, Caller(crm): Caller, headers: HeaderMap, data: FormData) -> PageResult {
    let appearance = Appearance {
        theme: Theme::from_code(data.get("theme")),
        density: None,
        single_keys: SingleKeys::from_code(data.get("keys")),
    };
    let chosen = Preferences { language: Language::from_code(data.get("lang")), time_zone: None, appearance };
    // A signed-in user has it in every browser.
    if chosen != Preferences::default()
        && let Some(token) = token(&web, &headers)
        && let Some(session) = crm.session(&token).await?
    {
        session.choose_preferences(chosen).await?;
    }
    let response = Redirect::to(&back(headers.get(header::REFERER))).into_response();
    Ok(in_browser(response, &web.installation, chosen))
}

/// Keeps the choice in the browser, too: for its pages before a user signs in.
pub(crate) fn in_browser(mut response: Response, installation: &Installation, chosen: Preferences) -> Response {
    let Appearance { theme, single_keys, .. } = chosen.appearance;
    if let Some(language) = chosen.language {
        response = with_cookie(response, cookies::set(installation, "lang", language.code(), Some(YEAR)));
    }
    if let Some(keys) = single_keys {
        response = with_cookie(response, cookies::set(installation, "keys", keys.code(), Some(YEAR)));
    }
    if let Some(theme) = theme {
        // Scripts read and write this cookie, so that the theme switch works at once.
        let (code, age) = if theme == Theme::System { ("", 0) } else { (theme.code(), YEAR) };
        let cookie = format!("theme={code}; Path=/; SameSite=Lax; Max-Age={age}");
        response = with_cookie(response, HeaderValue::from_str(&cookie).unwrap_or(HeaderValue::from_static("")));
    }
    response
}

/// The fields for the user's language and time zone.
pub(crate) fn fields(page: &Page, form: &Form) -> Markup {
    let t = page.t;
    let languages = Language::ALL.map(|it| (it.code(), own_name(it)));
    let zones: Vec<String> = Calendar::names().map(str::to_owned).collect();
    let usual = (t.security.as_organisation)(page.session.organisation().calendar.name());
    let hint = format!("{} {usual}.", t.security.time_zone_hint);
    html! {
        div.grid {
            (field(t, form, &Spec::new(Field::Language, ControlKind::Choices { none: t.security.as_browser, choices: &languages }).optional()))
            (field(t, form, &Spec::new(Field::TimeZone, ControlKind::Suggested { max: 64, before: &zones }).optional().hint(&hint)))
        }
    }
}

/// The fields for the appearance of the pages.
pub(crate) fn fields_of_looks(page: &Page, form: &Form) -> Markup {
    let t = page.t;
    let themes: Vec<_> = Theme::ALL.iter().map(|it| (it.code(), t.shortcuts.of_theme(*it))).collect();
    let densities: Vec<_> = Density::ALL.iter().map(|it| (it.code(), t.shortcuts.of_density(*it))).collect();
    let keys: Vec<_> = SingleKeys::ALL.iter().map(|it| (it.code(), t.shortcuts.of_keys(*it))).collect();
    let choices = |field, choices| Spec::new(field, ControlKind::Choices { none: "", choices });
    html! {
        fieldset.section {
            legend { (t.shortcuts.appearance) }
            p.field__hint { (t.shortcuts.looks_hint) }
            div.grid {
                (field(t, form, &choices(Field::Theme, &themes)))
                (field(t, form, &choices(Field::Density, &densities)))
            }
            (field(t, form, &choices(Field::SingleKeys, &keys).hint(t.shortcuts.single_keys_hint)))
        }
    }
}

/// The values of the fields for language and time zone.
pub(crate) fn chosen(form: &mut Form) -> Option<Preferences> {
    let language = form.optional(Field::Language, Language::parse);
    let time_zone = form.optional(Field::TimeZone, Calendar::parse);
    Some(Preferences { language: language?, time_zone: time_zone?, appearance: Appearance::default() })
}

pub(crate) fn chosen_looks(form: &mut Form) -> Option<Appearance> {
    let theme = form.optional(Field::Theme, Theme::parse);
    let density = form.optional(Field::Density, Density::parse);
    let single_keys = form.optional(Field::SingleKeys, SingleKeys::parse);
    Some(Appearance { theme: theme?, density: density?, single_keys: single_keys? })
}

/// The form values of these preferences.
pub(crate) fn typed(data: FormData, it: Preferences) -> FormData {
    data.with(Field::Language, it.language.map_or("", Language::code))
        .with(Field::TimeZone, it.time_zone.map_or("", Calendar::name))
}

/// The form values of the appearance. Without a stored choice they show this browser's setting.
pub(crate) fn typed_looks(data: FormData, it: Appearance, here: &Visitor) -> FormData {
    let theme = it.theme.or_else(|| here.theme.and_then(Theme::from_code)).unwrap_or(Theme::System);
    let keys = it.single_keys.unwrap_or(if here.no_keys { SingleKeys::Off } else { SingleKeys::On });
    data.with(Field::Theme, theme.code())
        .with(Field::Density, it.density.unwrap_or(Density::Comfortable).code())
        .with(Field::SingleKeys, keys.code())
}

/// The page that the form was on: the path of the referrer, never its host.
pub(crate) fn back(referrer: Option<&HeaderValue>) -> String {
    let referrer = referrer.and_then(|it| it.to_str().ok()).unwrap_or_default();
    let path = referrer.split_once("://").and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]));
    local_path(path.unwrap_or("/")).to_owned()
}

/// The path if it leads to a page of ours. Otherwise the home page, because the path could lead to another site.
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
    fn only_local_paths_are_followed() {
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
