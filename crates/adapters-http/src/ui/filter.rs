//! Filter chips of a list, each of which opens a menu of links.
use maud::{Markup, html};

use super::{Icon, icon};
use crate::text::Text;

/// Checkboxes of a filter with several values. They belong to the form around the menu.
pub(crate) fn boxes(
    t: &Text,
    words: &str,
    name: &str,
    choices: &[(String, &str)],
    chosen: impl Fn(&str) -> bool,
) -> Markup {
    let ticked: Vec<&str> = choices.iter().filter(|it| chosen(&it.0)).map(|it| it.1).collect();
    html! {
        details.menu name="filter" {
            summary.chip.chip--on[!ticked.is_empty()] {
                @match ticked[..] {
                    [] => { (icon(Icon::Plus)) (words) }
                    [one] => { (words) ": " b { (one) } }
                    _ => { (words) ": " b { (ticked.len()) } span.visually-hidden { " (" (ticked.join(", ")) ")" } }
                }
            }
            div.menu__panel.menu__panel--long {
                @for (value, words) in choices {
                    label.menu__item { input type="checkbox" name=(name) value=(value) checked[chosen(value)]; span { (words) } }
                }
                div.menu__foot { button.btn.btn--primary { (t.apply) } }
            }
        }
    }
}

/// One value or all; `link` gives the URL for a choice.
pub(crate) fn menu(
    t: &Text,
    words: &str,
    chosen: &str,
    choices: &[(String, &str)],
    link: impl Fn(&str) -> String,
) -> Markup {
    let known = choices.iter().find(|it| it.0 == chosen).map_or(t.unknown, |it| it.1);
    html! {
        details.menu {
            summary.chip.chip--on[!chosen.is_empty()] {
                @if chosen.is_empty() { (icon(Icon::Plus)) (words) } @else { (words) ": " b { (known) } }
            }
            div.menu__panel.menu__panel--long {
                @if !chosen.is_empty() { a.menu__item href=(link("")) { (t.any) } }
                @for (value, words) in choices {
                    a.menu__item href=(link(value)) aria-current=[(value == chosen).then_some("true")] { (words) }
                }
            }
        }
    }
}
