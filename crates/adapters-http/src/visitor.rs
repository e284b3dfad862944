//! The settings of a request before sign-in: language, theme, a message to show once.
use axum::{
    extract::{FromRef, FromRequestParts},
    http::{HeaderMap, HeaderValue, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use domain::preferences::{Appearance, Density, Preferences, SingleKeys, Theme};
use maud::Markup;
use std::convert::Infallible;

use crate::{
    Web, cookies,
    text::{Language, Notice, Text},
    ui::frame,
};

/// The visitor of a page, signed in or not.
#[derive(Clone)]
pub(crate) struct Visitor {
    pub(crate) web: Web,
    pub(crate) t: &'static Text,
    /// Chosen by hand; otherwise the browser's own setting counts.
    pub(crate) theme: Option<&'static str>,
    /// Single-key shortcuts are switched off.
    pub(crate) no_keys: bool,
    /// Set if list rows should be lower than usual.
    pub(crate) density: Option<&'static str>,
    /// Whether the keyboard has ⌘ where others have Ctrl.
    pub(crate) apple: bool,
    pub(crate) notice: Option<Notice>,
    /// The page is the response to a form. Loading it again in another language would lose the form.
    pub(crate) sent: bool,
    /// After how many seconds the browser reloads the page, if it does so automatically.
    pub(crate) again: Option<i64>,
}

impl Visitor {
    pub(crate) fn of(web: &Web, headers: &HeaderMap) -> Self {
        let language =
            cookies::read(headers, "lang").and_then(Language::from_code).unwrap_or(web.installation.language);
        let theme = match cookies::read(headers, "theme") {
            Some("light") => Some("light"),
            Some("dark") => Some("dark"),
            _ => None,
        };
        let no_keys = cookies::read(headers, "keys") == Some("off");
        let notice = cookies::read(headers, "notice").and_then(Notice::from_code);
        let browser = headers.get(header::USER_AGENT).map(HeaderValue::as_bytes).unwrap_or_default();
        let apple = browser.windows(6).any(|it| it == b"Mac OS");
        Self {
            web: web.clone(),
            t: Text::of(language),
            theme,
            no_keys,
            density: None,
            apple,
            notice,
            sent: false,
            again: None,
        }
    }

    /// Applies the signed-in user's preferences on any device. Settings that the user never chose stay as in this
    /// browser.
    pub(crate) fn with_preferences(self, of: Preferences) -> Self {
        let Appearance { theme, density, single_keys } = of.appearance;
        Self {
            t: of.language.map_or(self.t, Text::of),
            theme: match theme {
                Some(Theme::System) => None,
                Some(theme @ (Theme::Light | Theme::Dark)) => Some(theme.code()),
                None => self.theme,
            },
            no_keys: single_keys.map_or(self.no_keys, |it| it == SingleKeys::Off),
            density: density.filter(|it| *it == Density::Compact).map(Density::code),
            ..self
        }
    }

    /// A page without the navigation: signing in, first start, errors.
    pub(crate) fn gate(&self, title: &str, content: &Markup) -> Response {
        let page = frame::gate(self, title, content);
        self.clear_notice(page.into_response())
    }

    /// Removes the message, so that it is shown only once.
    pub(crate) fn clear_notice(&self, mut response: Response) -> Response {
        if self.notice.is_some() {
            let gone = cookies::remove(&self.web.installation, "notice");
            response.headers_mut().append(header::SET_COOKIE, gone);
        }
        response
    }

    /// Redirects to another page, with a message to show there.
    pub(crate) fn redirect(&self, to: &str, notice: Notice) -> Response {
        let cookie = cookies::set(&self.web.installation, "notice", notice.code(), Some(60));
        with_cookie(Redirect::to(to).into_response(), cookie)
    }
}

pub(crate) fn with_cookie(mut response: Response, cookie: HeaderValue) -> Response {
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor
where
    Web: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&Web::from_ref(state), &parts.headers))
    }
}
