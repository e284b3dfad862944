//! The list that a record was opened from: the way back to it, and its neighbours there.
use application::Neighbours;
use domain::store::{Repository, UnitOfWork};
use maud::{Markup, html};
use uuid::Uuid;

use super::{Asked, ListPage};
use crate::{
    error::Fault,
    form_data::FormData,
    page::{Page, encode},
    record::Kept,
    ui::{Icon, crumbs, icon, list::url},
};

/// What the address of a record says of its list: the query of that list, which may be empty.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trail(String);

/// The same for the record's page to show.
pub(crate) struct Way {
    pub(crate) trail: Trail,
    /// The way back, and the links to the neighbours.
    pub(crate) around: Markup,
}

/// In the address of a record.
const FROM: &str = "from";
/// No list's query is longer.
const LONGEST: usize = 4000;

impl Trail {
    /// From the query of a record's address, or from the form on it.
    pub(crate) fn read(data: &FormData) -> Self {
        let query = data.get(FROM);
        Self(if query.len() > LONGEST { String::new() } else { query.to_owned() })
    }

    pub(crate) fn of_query(query: Option<&str>) -> Self {
        Self::read(&FormData::from_query(query.unwrap_or_default().as_bytes()))
    }

    pub(crate) fn of_list(asked: &Asked) -> Self {
        Self(asked.query())
    }

    /// The list that a search over everything is a part of.
    pub(crate) fn of_search(words: &str) -> Self {
        Self(url("", &[("q", words)]).trim_start_matches('?').to_owned())
    }

    /// An address that still knows the list.
    pub(crate) fn to(&self, path: &str) -> String {
        url(path, &[(FROM, &self.0)])
    }

    /// The same behind an address with a query of its own.
    pub(super) fn onto(&self, address: &str) -> String {
        if !self.is_known() {
            return address.to_owned();
        }
        let joint = if address.contains('?') { '&' } else { '?' };
        format!("{address}{joint}{FROM}={}", encode(&self.0))
    }

    /// The list itself.
    pub(super) fn asked<R: ListPage>(&self) -> Asked {
        Asked::read::<R>(&FormData::from_query(self.0.as_bytes()))
    }

    pub(crate) fn is_known(&self) -> bool {
        !self.0.is_empty()
    }

    /// For a form on the record's page.
    pub(crate) fn hidden(&self) -> Markup {
        html! { @if self.is_known() { input type="hidden" name=(FROM) value=(self.0); } }
    }

    /// The way back, and the records before and behind this one in the list.
    pub(crate) async fn way<R>(self, page: &Page, id: R::Id) -> Result<Way, Fault>
    where
        R: ListPage,
        dyn UnitOfWork: Repository<R>,
    {
        let asked = self.asked::<R>();
        let parts = asked.parts::<R>(&page.session).unwrap_or_default();
        let Neighbours { before, after, place, total } = page.session.neighbours::<R>(&parts, id).await?;
        let (t, back) = (page.t, asked.with(&[]));
        let link = |id: R::Id| self.to(&format!("{}/{}", R::LIST, Into::<Uuid>::into(id)));
        let around = html! {
            div.trail {
                (crumbs(t.path, &[(&back, if asked.is_narrowed() { t.lists.back } else { <R as Kept>::list_name(t) })]))
                nav.cluster aria-label=(t.lists.neighbours) {
                    @if let Some(place) = place { span.small.muted.num { ((t.lists.place)(place, total)) } }
                    @if let Some(id) = before { (step(&link(id), t.lists.previous, Icon::ChevronLeft, "k", "prev")) }
                    @if let Some(id) = after { (step(&link(id), t.lists.next, Icon::ChevronRight, "j", "next")) }
                }
            }
        };
        Ok(Way { around, trail: self })
    }
}

fn step(href: &str, words: &str, of: Icon, key: &str, rel: &str) -> Markup {
    html! { a.btn.btn--ghost.btn--icon href=(href) rel=(rel) data-key=(key) aria-label=(words) title=(words) { (icon(of)) } }
}

/// The address of a record in a list, with the list in it unless that is as it usually is.
pub(crate) fn link<R: ListPage>(trail: &Trail, record: &R) -> String {
    trail.to(&format!("{}/{}", R::LIST, Into::<Uuid>::into(record.id())))
}
