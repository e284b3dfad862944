//! Lists: search, tabs, the table's frame, keyset pagination, and the text for an empty list.
use domain::page::{Cursor, Page as Items, PageRequest, Total};
use maud::{Markup, html};
use uuid::Uuid;

use super::{Icon, icon};
use crate::{form_data::FormData, page::encode, text::Text};

/// The page that a URL requests. An invalid cursor requests the first page.
pub(crate) fn page_request(query: &FormData) -> PageRequest {
    let id = |name: &str| query.get(name).parse::<Uuid>().ok();
    PageRequest::new(match (id("after"), id("before")) {
        (Some(id), _) => Cursor::After(id),
        (None, Some(id)) => Cursor::Before(id),
        (None, None) => Cursor::Start,
    })
}

/// A list's URL with the given parameters, without the empty ones.
pub(crate) fn url(path: &str, parameters: &[(&str, &str)]) -> String {
    let pairs: Vec<_> =
        parameters.iter().filter(|it| !it.1.is_empty()).map(|it| format!("{}={}", it.0, encode(it.1))).collect();
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
}

/// Tabs that filter the list. Each is a link that keeps the other filters.
pub(crate) fn tabs(label: &str, entries: &[(String, &str, Option<u64>, bool)], t: &Text) -> Markup {
    html! {
        nav #tabs .tabs aria-label=(label) {
            @for (href, words, count, current) in entries {
                a href=(href) aria-current=[current.then_some("page")] {
                    (words)
                    @if let Some(count) = count { " " span.num { ((t.number)(i128::from(*count))) } }
                }
            }
        }
    }
}

/// The search box. It searches while the user types with htmx, and works with Enter without it.
pub(crate) fn search(path: &str, value: &str, placeholder: &str, keep: &[(&str, &str)], t: &Text) -> Markup {
    search_with(path, value, placeholder, keep, None, t)
}

/// The same with the other filters of the list, and whether any of them is active.
pub(crate) fn search_with(
    path: &str,
    value: &str,
    placeholder: &str,
    keep: &[(&str, &str)],
    chips: Option<(&Markup, bool)>,
    t: &Text,
) -> Markup {
    let narrowed = !value.is_empty() || chips.is_some_and(|it| it.1);
    html! {
        search {
            form #filters .filterbar method="get" action=(path) hx-get=(path) hx-target="#list" hx-select="#list" hx-swap="outerHTML"
                hx-select-oob="#count:innerHTML,#with-all:innerHTML,#tabs:innerHTML,#views:innerHTML,#chips:innerHTML,#reset:innerHTML" hx-push-url="true" hx-sync="this:replace"
                hx-trigger="submit, input changed delay:250ms from:#q" {
                @for (name, value) in keep { @if !value.is_empty() { input type="hidden" name=(name) value=(value); } }
                div.affix.affix--start.filterbar__search {
                    (icon(Icon::Search))
                    input #q .input type="search" name="q" value=(value) maxlength="200" placeholder=(placeholder)
                        aria-label=(placeholder) data-key="/" autocomplete="off";
                    span.affix__end { kbd.kbd aria-hidden="true" { "/" } }
                }
                button.btn { (t.find) }
                div #chips .filterbar__chips { @if let Some((chips, _)) = chips { (chips) } }
                span #reset { @if narrowed { a.btn.btn--ghost href=(url(path, keep)) { (t.reset) } } }
            }
        }
    }
}

/// How many were found, always there so that it is read out.
/// The exact number replaces the capped one, where it is known. The actions for all records stand beside it.
pub(crate) fn count<T>(t: &Text, items: &Items<T>, known: Option<u64>, with_all: &Markup) -> Markup {
    let words = match items.total {
        _ if known.is_some() => (t.found)(known.unwrap_or(0), false),
        Total::Exactly(n) => (t.found)(u64::from(n), false),
        Total::OrMore(n) => (t.found)(u64::from(n), true),
    };
    let some = !items.items.is_empty();
    html! {
        div.cluster.small.muted.meta { span #count role="status" { (words) } span #with-all .push { @if some { (with_all) } } }
    }
}

/// The links to the newer and the older page.
pub(crate) fn pager<T>(
    t: &Text,
    path: &str,
    items: &Items<T>,
    keep: &[(&str, &str)],
    id: impl Fn(&T) -> Uuid,
) -> Markup {
    let with = |name: &str, at: Option<&T>| {
        let id = at.map(|it| id(it).to_string()).unwrap_or_default();
        let mut all = keep.to_vec();
        all.push((name, &id));
        url(path, &all)
    };
    html! {
        @if items.has_newer || items.has_older {
            nav.pager aria-label=(t.pages) {
                @if items.has_newer {
                    a href=(with("before", items.items.first())) rel="prev" data-key="k" { (t.newer) }
                    a href=(url(path, keep)) { (t.first_page) }
                }
                @if items.has_older { a href=(with("after", items.items.last())) rel="next" data-key="j" { (t.older) } }
            }
        }
    }
}

/// An empty list: its reason, and the next action.
pub(crate) fn empty(of: Icon, title: &str, hint: &str, next: &Markup) -> Markup {
    html! { div.empty { (icon(of)) h2 { (title) } p { (hint) } (next) } }
}
