//! A section of the home page: the first records of a list, and a link to the whole list.
use domain::{
    page::{Cursor, PageRequest},
    store::{Names, Repository, UnitOfWork},
};
use maud::{Markup, html};
use uuid::Uuid;

use crate::{
    error::WebError,
    form_data::FormData,
    lists::{ListContext, ListPage, ListQuery, link},
    page::Page,
    ui::{Icon, icon},
};

/// Few enough rows to read a section at a glance.
const ROWS: u16 = 7;

pub(super) struct TaskList<R> {
    pub(super) of: Icon,
    pub(super) title: &'static str,
    /// The query of the list's URL. The section uses the same, so that both show the same.
    pub(super) query: String,
    /// The text of an empty section: its reason, and the next action.
    pub(super) nothing: Markup,
    /// The texts below and beside the name of each record.
    pub(super) below: fn(&Page, &R, &Names) -> Markup,
    pub(super) beside: fn(&Page, &R) -> Markup,
}

impl<R: ListPage> TaskList<R>
where
    dyn UnitOfWork: Repository<R>,
{
    pub(super) async fn show(&self, page: &Page) -> Result<Markup, WebError> {
        let asked = ListQuery::read::<R>(&FormData::from_query(self.query.as_bytes()));
        let parts = asked.parts::<R>(&page.session).map_err(|_| WebError::BadRequest)?;
        let listed = page.session.list::<R>(&parts, PageRequest::sized(Cursor::Start, ROWS)).await?;
        let (t, list_context, items) = (page.t, ListContext::of_list(&asked), &listed.page);
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
                                a.row-link href=(link(&list_context, it)) { (it.title()) }
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
