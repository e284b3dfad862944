//! The page of all keyboard shortcuts. A dialog over any page shows the same content.
use maud::{Markup, html};

use crate::{
    page::{Page, PageResult},
    routes::{Access, Route, page},
    ui::{
        dialogs::keys,
        places::{self, Group},
    },
};

pub(crate) fn routes() -> Vec<Route> {
    vec![page("/keys", Access::SignedIn, show)]
}

async fn show(page: Page) -> PageResult {
    let content = html! {
        div.page-head { h1 { (page.t.shortcuts.keys) } }
        div #keys .key-page { (table(&page)) }
    };
    Ok(page.show(page.t.shortcuts.keys, &content))
}

fn table(page: &Page) -> Markup {
    let (t, off) = (page.t, page.visitor.no_keys);
    let sections = [Group::Sales, Group::Marketing, Group::Management];
    let places: Vec<_> = sections.iter().flat_map(|it| places::of(page, *it)).filter(|it| !it.key.is_empty()).collect();
    html! {
        div.key-groups {
            @for group in &t.shortcuts.known_keys {
                section {
                    h2.found__title { (group.place) }
                    dl.key-list { @for (pressed, words) in group.keys { div { dt { (words) } dd { (keys(page, pressed)) } } } }
                }
            }
            section {
                h2.found__title { (t.shortcuts.go_keys) }
                dl.key-list {
                    @for it in places { div { dt { ((it.words)(t)) } dd { (keys(page, &["G", &it.key.to_uppercase()])) } } }
                }
            }
        }
        div.key-note {
            p.small.muted { (t.shortcuts.keys_layout) " " (if off { t.shortcuts.keys_are_off } else { t.shortcuts.keys_are_on }) }
            form method="post" action="/preferences" {
                button.btn name="keys" value=(if off { "on" } else { "off" }) { (if off { t.shortcuts.keys_on } else { t.shortcuts.keys_off }) }
            }
        }
    }
}
