//! What a list can be narrowed to: chips that open a menu of links.
use maud::{Markup, html};

use super::{Icon, icon};
use crate::text::Text;

/// One of these, or any of them; `link` is the address with that chosen.
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
