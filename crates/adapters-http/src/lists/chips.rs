//! The chips above a list, each of which opens a filter.
use maud::{Markup, html};

use super::{
    Choices, ListPage, ListQuery,
    filters::{FilterKind, ListFilter},
};
use crate::{
    page::Page,
    ui::{Icon, filter::boxes, icon},
};

/// One chip for each filter that has choices.
pub(super) fn chips<R: ListPage>(page: &Page, asked: &ListQuery, offers: &[(&'static str, Choices)]) -> Markup {
    html! {
        @for narrow in R::FILTERS {
            @match &narrow.kind {
                FilterKind::Switch => {}
                FilterKind::Days(names) => (between(page, asked, narrow, *names, "date")),
                FilterKind::Amounts(names) => (between(page, asked, narrow, *names, "text")),
                FilterKind::Codes(_) | FilterKind::Ids | FilterKind::IdsOrNone | FilterKind::Texts => {
                    @if let Some((_, choices)) = offers.iter().find(|it| it.0 == narrow.name).filter(|it| !it.1.is_empty()) {
                        @let choices: Vec<_> = choices.iter().map(|it| (it.0.clone(), it.1.as_str())).collect();
                        (boxes(page.t, (narrow.words)(page.t), narrow.name, &choices, |it| asked.all(narrow.name).iter().any(|chosen| chosen == it)))
                    }
                }
            }
        }
    }
}

/// A range of values; each of its ends may be left open.
fn between(page: &Page, asked: &ListQuery, narrow: &ListFilter, names: [&'static str; 2], kind: &str) -> Markup {
    let (t, words) = (page.t, (narrow.words)(page.t));
    let values = names.map(|it| asked.one(it));
    let shown = values.map(|it| shown(page, it, kind));
    html! {
        details.menu name="filter" {
            summary.chip.chip--on[values.iter().any(|it| !it.is_empty())] {
                @match values {
                    ["", ""] => { (icon(Icon::Plus)) (words) }
                    [_, ""] => { (words) ": " b { (t.from_word) " " (shown[0]) } }
                    ["", _] => { (words) ": " b { (t.until_word) " " (shown[1]) } }
                    _ => { (words) ": " b { (shown[0]) " — " (shown[1]) } }
                }
            }
            div.menu__panel.menu__panel--form {
                @for ((name, value), label) in names.iter().zip(values).zip([t.lists.from, t.lists.until]) {
                    label.field {
                        span.field__label { (label) }
                        input.input type=(kind) name=(name) value=(value) maxlength="20" inputmode=[(kind == "text").then_some("decimal")] autocomplete="off";
                    }
                }
                div.menu__foot {
                    button.btn.btn--primary { (t.apply) }
                    @if values.iter().any(|it| !it.is_empty()) { a.btn.btn--ghost href=(asked.with(&names.map(|it| (it, &[][..])))) { (t.any) } }
                }
            }
        }
    }
}

/// The value formatted for users. An unreadable value stays as it was typed.
fn shown(page: &Page, value: &str, kind: &str) -> String {
    let words = match kind {
        "date" => domain::values::parse_day(value).ok().map(page.t.day),
        _ => super::list_query::amount(value).ok().map(|it| (page.t.amount)(i128::from(it.minor()))),
    };
    words.unwrap_or_else(|| value.to_owned())
}
