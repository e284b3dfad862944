//! The lists of records: searched, narrowed, ordered, with columns to choose, all of it in the URL.
mod archiving;
mod bulk;
mod bulk_view;
mod chips;
mod filters;
mod list_context;
mod list_query;
pub(crate) mod saved;
mod view;

use domain::{
    access::Permission,
    order::SortBy,
    record::Record,
    store::{Choice, Names},
};
use maud::Markup;

use crate::{export::CsvExport, page::Page, text::Text};

pub(crate) use archiving::ARCHIVING;
pub(crate) use bulk::{BulkAction, BulkPage, ask, change, done, ticked, undo};
pub(crate) use filters::{FilterKind, ListFilter, NONE};
pub(crate) use list_context::{FROM, ListContext, ListNavigation, link, searches};
pub(crate) use list_query::{FilterCombination, ListQuery, ListQueryError};
pub(crate) use view::{ListFrame, show};

/// A kind of record with a list of its own.
pub(crate) trait ListPage: CsvExport {
    type Sort: SortBy;
    /// In the order in which the page offers them.
    const FILTERS: &'static [ListFilter];
    /// The first is always shown, and leads to the record.
    const COLUMNS: &'static [Column<Self>];

    /// The bulk actions, for users who may edit the records.
    const ACTIONS: &'static [BulkAction] = &[];

    /// One part of a list.
    fn part(pick: &FilterCombination<'_>) -> Self::Filter;
}

/// A column that a list can show.
pub(crate) struct Column<R: Record> {
    /// In URLs.
    pub(crate) code: &'static str,
    pub(crate) words: fn(&Text) -> &'static str,
    /// When the screen is too narrow for it, and how its cells are set.
    pub(crate) class: &'static str,
    /// The list can be ordered by it: the code of that order as the first press asks for it.
    pub(crate) sort: Option<&'static str>,
    /// It is shown unless somebody chose others.
    pub(crate) usual: bool,
    /// Only for users with this permission.
    pub(crate) needs: Option<Permission>,
    pub(crate) cell: fn(&Page, &R, &Names) -> Markup,
}

/// The choices of a chip: the values in the URL with their words.
pub(crate) type Choices = Vec<(String, String)>;

pub(crate) fn choices(of: &[Choice]) -> Choices {
    of.iter().map(|it| (it.id.to_string(), it.name.clone())).collect()
}
