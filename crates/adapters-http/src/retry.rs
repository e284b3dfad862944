//! Repeats a request that could not be served, with all values of its form.
use std::{
    borrow::Cow,
    sync::{Arc, OnceLock},
};

use axum::{
    body::{Bytes, HttpBody},
    extract::Request,
    http::{HeaderValue, Method, Uri, header},
};
use maud::{Markup, html};

use crate::{
    preferences::{back, local_path},
    text::Text,
};

/// A larger form is not put into a page.
const MOST_FIELDS: usize = 200;
const MOST_BYTES: usize = 256 * 1024;
/// Parts of the names of fields that no page may show.
const SECRET: [&str; 4] = ["password", "code", "token", "secret"];

/// The body of a form, kept while its request is served.
#[derive(Clone, Default)]
pub(crate) struct SubmittedBody(Arc<OnceLock<Bytes>>);

impl SubmittedBody {
    pub(crate) fn keep(&self, body: &Bytes) {
        if body.len() <= MOST_BYTES {
            self.0.get_or_init(|| body.clone());
        }
    }

    /// `None` if a page may not show the form, or if it was not read: a file, or a body that is not a form.
    fn form(&self) -> Option<Vec<(Cow<'_, str>, Cow<'_, str>)>> {
        let body = self.0.get()?;
        let form: Vec<_> = form_urlencoded::parse(body).take(MOST_FIELDS + 1).collect();
        (form.len() <= MOST_FIELDS && !is_secret(body)).then_some(form)
    }
}

fn is_secret(form: &[u8]) -> bool {
    form_urlencoded::parse(form).any(|(name, _)| SECRET.iter().any(|it| name.contains(it)))
}

/// The parts of a request that an error page needs.
pub(crate) struct RequestSnapshot {
    method: Method,
    uri: Uri,
    referrer: Option<HeaderValue>,
    by_htmx: bool,
    sent: SubmittedBody,
}

impl RequestSnapshot {
    pub(crate) fn of(request: &mut Request) -> Self {
        let sent = SubmittedBody::default();
        // A button such as «sign out» sends no body, so no handler reads one.
        if request.body().is_end_stream() {
            sent.keep(&Bytes::new());
        }
        request.extensions_mut().insert(sent.clone());
        let headers = request.headers();
        Self {
            method: request.method().clone(),
            uri: request.uri().clone(),
            referrer: headers.get(header::REFERER).cloned(),
            by_htmx: headers.contains_key("hx-request"),
            sent,
        }
    }

    /// Whether a script reads the response. No form is ever sent to the upload path.
    pub(crate) fn by_script(&self) -> bool {
        self.by_htmx || self.uri.path() == "/uploads"
    }

    /// Whether the request was more than reading a page.
    pub(crate) fn sent_something(&self) -> bool {
        !matches!(self.method, Method::GET | Method::HEAD)
    }

    /// For the log: the URL without its query, which may hold personal data.
    pub(crate) fn request(&self) -> String {
        format!("{} {}", self.method, self.uri.path())
    }

    /// A link or a button for the same request. It is `uncertain` if the form may be saved already.
    pub(crate) fn again(&self, t: &Text, uncertain: bool) -> Markup {
        let here = without_secrets(self.uri.path_and_query().map_or("/", |it| it.as_str()));
        if !self.sent_something() {
            return html! { div.cluster {
                a.btn.btn--primary href=(here) { (t.retry) }
                a.btn.btn--ghost href="/" { (t.to_home) }
            } };
        }
        let Some(form) = self.sent.form() else { return self.back(t, uncertain) };
        html! {
            p { (t.sent_is_kept) @if uncertain { " " (t.saved_unknown) } }
            form method="post" action=(here) data-once {
                @for (name, value) in &form { input type="hidden" name=(name) value=(value); }
                button.btn.btn--primary { (t.retry) }
            }
        }
    }

    fn back(&self, t: &Text, uncertain: bool) -> Markup {
        let page = back(self.referrer.as_ref());
        html! {
            @if uncertain { p { (t.perhaps_saved) } }
            p { a.btn href=(without_secrets(&page)) { (if page == "/" { t.to_home } else { t.back_to_form }) } }
        }
    }
}

/// The path on this server, without a query that holds a secret.
fn without_secrets(address: &str) -> &str {
    match local_path(address).split_once('?') {
        Some((path, query)) if is_secret(query.as_bytes()) => path,
        _ => local_path(address),
    }
}
