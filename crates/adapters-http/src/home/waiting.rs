//! A section of the home page: the first records of a list, and the way to that very list.
use domain::{
    page::{Cursor, PageRequest},
    store::{Names, Repository, UnitOfWork},
};
use maud::{Markup, html};
use uuid::Uuid;

use crate::{
    error::Fault,
    form_data::FormData,
    lists::{Asked, ListPage, Trail, link},
    page::Page,
    ui::{Icon, icon},
};

/// A section is looked over at a glance.
const ROWS: u16 = 7;

pub(super) struct Waiting<R> {
    pub(super) of: Icon,
    pub(super) title: &'static str,
    /// What the list's address asks for. The section asks for the same, so that both show the same.
    pub(super) query: String,
    /// Where there is nothing: what that means, and what to do.
    pub(super) nothing: Markup,
    /// What stands under the name of each, and beside it.
    pub(super) below: fn(&Page, &R, &Names) -> Markup,
    pub(super) beside: fn(&Page, &R) -> Markup,
}

impl<R: ListPage> Waiting<R>
where
    dyn UnitOfWork: Repository<R>,
{
    pub(super) async fn show(&self, page: &Page) -> Result<Markup, Fault> {
        let asked = Asked::read::<R>(&FormData::from_query(self.query.as_bytes()));
        let parts = asked.parts::<R>(&page.session).map_err(|_| Fault::BadRequest)?;
        let listed = page.session.list::<R>(&parts, PageRequest::sized(Cursor::Start, ROWS)).await?;
        let (t, trail, items) = (page.t, Trail::of_list(&asked), &listed.page);
        Ok(html! {
            section.card.waiting {
                div.card__head {
                    h2.cluster {
                        (icon(self.of)) (self.title)
                        @if !items.items.is_empty() { span.count.num { ((t.total_number)(items.total)) } }
                    }
                    @if !items.items.is_empty() {
                        a.small href=(asked.with(&[])) { (t.home_page.all_of_them) span.visually-hidden { ": " (self.title) } }
                    }
                }
                @if items.items.is_empty() { p.muted { (self.nothing) } }
                @else { ul.lines {
                    @for it in &items.items {
                        li {
                            div.lines__main {
                                a.row-link href=(link(&trail, it)) { (it.title()) }
                                div.small.muted { ((self.below)(page, it, &listed.names)) }
                            }
                            div.lines__side.small { ((self.beside)(page, it)) }
                        }
                    }
                } }
            }
        })
    }
}

pub(super) fn name(names: &Names, id: Uuid) -> &str {
    names.get(&id).map(String::as_str).unwrap_or_default()
}
