//! The list that a record was opened from: a link back to it, and the record's neighbours there.
use application::Neighbours;
use domain::{
    access::Permission,
    page::Total,
    store::{Repository, UnitOfWork},
};
use maud::{Markup, html};
use uuid::Uuid;

use super::{ListPage, ListQuery};
use crate::{
    error::WebError,
    form_data::FormData,
    page::{Page, encode},
    record::RecordPage,
    ui::{Icon, crumbs, icon, list::url},
};

/// The list in the URL of a record.
#[derive(Clone, Debug, Default)]
pub(crate) struct ListContext {
    /// The query of that list, which may be empty.
    query: String,
    /// The next record, where a change moved this record in the list.
    next: Option<Uuid>,
}

/// The list context with the links that the record's page shows.
pub(crate) struct ListNavigation {
    pub(crate) list_context: ListContext,
    /// The link back to the list, and the links to the neighbours.
    pub(crate) around: Markup,
}

/// Whether a query or a form causes a text search: its own, or that of the list which the record was opened from.
pub(crate) fn searches(data: &FormData) -> bool {
    let has_words = |query: &FormData| !query.get("q").trim().is_empty();
    has_words(data) || has_words(&FormData::from_query(data.get(FROM).as_bytes()))
}

/// The parameter in a record's URL.
pub(crate) const FROM: &str = "from";
const NEXT: &str = "next";
/// In bytes: more than every value of every filter of a list at once. The server accepts 32 KiB of headers.
const LONGEST: usize = 16_000;

impl ListContext {
    /// Reads it from the query of a record's URL, or from a form on its page. A context that is too long is dropped,
    /// and the record is still shown.
    pub(crate) fn read(data: &FormData) -> Self {
        Self::whole(data).unwrap_or_default()
    }

    /// For actions on the list itself, which without its query would be another list.
    pub(super) fn whole(data: &FormData) -> Result<Self, WebError> {
        let query = data.get(FROM);
        if query.len() > LONGEST {
            return Err(WebError::BadRequest);
        }
        Ok(Self { query: query.to_owned(), next: data.get(NEXT).parse().ok() })
    }

    pub(crate) fn of_query(query: Option<&str>) -> Self {
        Self::read(&FormData::from_query(query.unwrap_or_default().as_bytes()))
    }

    pub(crate) fn of_list(asked: &ListQuery) -> Self {
        Self { query: asked.query(), next: None }
    }

    /// The list that contains the results of a global search.
    pub(crate) fn of_search(words: &str) -> Self {
        Self { query: url("", &[("q", words)]).trim_start_matches('?').to_owned(), next: None }
    }

    /// A URL that keeps the list context.
    pub(crate) fn to(&self, path: &str) -> String {
        url(path, &[(FROM, &self.query)])
    }

    /// The URL of the record itself, after a change.
    pub(crate) fn back_to(&self, path: &str) -> String {
        let next = self.next.map(|it| it.to_string()).unwrap_or_default();
        url(path, &[(FROM, &self.query), (NEXT, &next)])
    }

    /// Before a change that may move the record in the list: keeps the next record. Otherwise a user who works through a
    /// list would go on from its end.
    pub(crate) async fn before_change<R>(mut self, page: &Page, id: R::Id) -> Result<Self, WebError>
    where
        R: ListPage,
        dyn UnitOfWork: Repository<R>,
    {
        if self.next.is_none() && self.is_known() && page.may(Permission::to_view(R::KIND)) {
            let parts = self.list_query::<R>().parts::<R>(&page.session).unwrap_or_default();
            self.next = page.session.following::<R>(&parts, id).await?.map(Into::into);
        }
        Ok(self)
    }

    /// The same for a URL that already has a query.
    pub(super) fn onto(&self, address: &str) -> String {
        if !self.is_known() {
            return address.to_owned();
        }
        let joint = if address.contains('?') { '&' } else { '?' };
        format!("{address}{joint}{FROM}={}", encode(&self.query))
    }

    /// The query of the list.
    pub(super) fn list_query<R: ListPage>(&self) -> ListQuery {
        ListQuery::read::<R>(&FormData::from_query(self.query.as_bytes()))
    }

    pub(crate) fn is_known(&self) -> bool {
        !self.query.is_empty()
    }

    /// The hidden fields for a form on the record's page.
    pub(crate) fn hidden(&self) -> Markup {
        html! {
            @if self.is_known() { input type="hidden" name=(FROM) value=(self.query); }
            @if let Some(next) = self.next { input type="hidden" name=(NEXT) value=(next); }
        }
    }

    /// The link back, and the previous and next record of the list.
    pub(crate) async fn way<R>(self, page: &Page, id: R::Id) -> Result<ListNavigation, WebError>
    where
        R: ListPage,
        dyn UnitOfWork: Repository<R>,
    {
        let asked = self.list_query::<R>();
        let parts = asked.parts::<R>(&page.session).unwrap_or_default();
        let Neighbours { before, after, place, total } = page.session.neighbours::<R>(&parts, id).await?;
        let after = self.next.map(R::Id::from).or(after);
        let (t, back) = (page.t, asked.with(&[]));
        let link = |id: R::Id| self.to(&format!("{}/{}", R::LIST, Into::<Uuid>::into(id)));
        let around = html! {
            div.list-nav {
                (crumbs(t.path, &[(&back, if asked.is_narrowed() { t.lists.back } else { <R as RecordPage>::list_name(t) })]))
                nav.cluster aria-label=(t.lists.neighbours) {
                    @if let Some(place @ Total::Exactly(_)) = place { span.small.muted.num { ((t.lists.place)(place, total)) } }
                    @if let Some(id) = before { (step(&link(id), t.lists.previous, Icon::ChevronLeft, "k", "prev")) }
                    @if let Some(id) = after { (step(&link(id), t.lists.next, Icon::ChevronRight, "j", "next")) }
                }
            }
        };
        Ok(ListNavigation { around, list_context: self })
    }
}

fn step(href: &str, words: &str, of: Icon, key: &str, rel: &str) -> Markup {
    html! { a.btn.btn--ghost.btn--icon href=(href) rel=(rel) data-key=(key) aria-label=(words) title=(words) { (icon(of)) } }
}

/// The URL of a record in a list. It contains the list's query, unless that is the default.
pub(crate) fn link<R: ListPage>(list_context: &ListContext, record: &R) -> String {
    list_context.to(&format!("{}/{}", R::LIST, Into::<Uuid>::into(record.id())))
}
