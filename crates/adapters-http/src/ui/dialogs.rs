//! The dialogs over any page of a signed-in user: the command palette and the shortcuts.
use maud::{Markup, html};

use super::{Icon, icon};
use crate::{page::Page, search::LONGEST};

/// The link to the global search: a palette with JavaScript, a form without.
pub(super) fn search_box(page: &Page) -> Markup {
    let t = page.t;
    html! {
        a.btn.search-button.needs-js href="/search" data-dialog="palette" {
            (icon(Icon::Search)) span.grow { (t.shortcuts.search) } (keys(page, &["Ctrl", "K"]))
        }
        form.no-js method="get" action="/search" role="search" aria-label=(t.shortcuts.search) {
            div.affix.affix--start {
                (icon(Icon::Search))
                input.input type="search" name="q" maxlength=(LONGEST) placeholder=(t.shortcuts.search) aria-label=(t.shortcuts.placeholder) autocomplete="off";
            }
        }
    }
}

/// Both are closed at first. Their content is loaded from their pages when they open.
pub(super) fn dialogs(page: &Page) -> Markup {
    let t = page.t;
    html! {
        dialog #palette .palette aria-label=(t.shortcuts.palette) {
            form method="get" action="/search" {
                div.palette__head {
                    (icon(Icon::Search))
                    input #palette-words .input type="text" name="q" maxlength=(LONGEST) placeholder=(t.shortcuts.placeholder) aria-label=(t.shortcuts.placeholder)
                        role="combobox" aria-autocomplete="list" aria-haspopup="listbox" aria-expanded="false" aria-controls="palette-found"
                        enterkeyhint="go" autocomplete="off" autocapitalize="off" spellcheck="false" autofocus
                        hx-get="/search" hx-trigger="input changed delay:150ms, opened" hx-target="#palette-found" hx-select="#found > *" hx-swap="innerHTML" hx-sync="this:replace";
                }
                div #palette-found .found.palette__found role="listbox" aria-label=(t.shortcuts.palette) {}
                p #palette-said .visually-hidden role="status" {}
                div.palette__foot aria-hidden="true" {
                    span { kbd.kbd { "↑" } " " kbd.kbd { "↓" } " " (t.shortcuts.move_keys) }
                    span { kbd.kbd { "Enter" } " " (t.shortcuts.open_key) }
                    span { kbd.kbd { "Esc" } " " (t.shortcuts.close_key) }
                }
            }
        }
        dialog #keys-dialog .palette.palette--wide aria-labelledby="keys-title" data-from="/keys" {
            div.palette__head {
                h2 #keys-title .grow { (t.shortcuts.keys) }
                button.btn.btn--ghost.btn--icon type="button" data-close aria-label=(t.shortcuts.close) { (icon(Icon::X)) }
            }
            div.palette__body data-into {}
        }
    }
}

/// Keys that are pressed together or in sequence, with the names of this keyboard.
pub(crate) fn keys(page: &Page, keys: &[&str]) -> Markup {
    html! {
        span.keys {
            @for key in keys { kbd.kbd { (if *key == "Ctrl" && page.visitor.apple { "⌘" } else { key }) } }
        }
    }
}
