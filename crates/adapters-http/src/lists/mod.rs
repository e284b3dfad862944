//! The lists of records: search, filters, sort order and columns, all of it in the URL.
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
    /// The first column is always shown, and links to the record.
    const COLUMNS: &'static [Column<Self>];

    /// The bulk actions, for users who may edit the records.
    const ACTIONS: &'static [BulkAction] = &[];

    /// The filter for one part of a list.
    fn part(pick: &FilterCombination<'_>) -> Self::Filter;
}

/// A column that a list can show.
pub(crate) struct Column<R: Record> {
    /// The column's name in URLs.
    pub(crate) code: &'static str,
    pub(crate) words: fn(&Text) -> &'static str,
    /// At which screen widths the column is hidden, and how its cells are aligned.
    pub(crate) class: &'static str,
    /// The sort code that the first click on the column's header requests, if the list can be sorted by it.
    pub(crate) sort: Option<&'static str>,
    /// Whether the column is shown by default.
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
