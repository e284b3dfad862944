//! The filters of a list, and their values in its URL.
use std::collections::BTreeSet;

use uuid::Uuid;

use crate::{form_data::FormData, text::Text};

/// One filter, by its name in the URL.
pub(crate) struct ListFilter {
    pub(crate) name: &'static str,
    pub(crate) words: fn(&Text) -> &'static str,
    pub(crate) kind: FilterKind,
}

pub(crate) enum FilterKind {
    /// Any of these codes, in this order; all of them together are no filter.
    Codes(&'static [&'static str]),
    /// Any of several records.
    Ids,
    /// The same, with a choice for records that have none.
    IdsOrNone,
    /// Any of several texts.
    Texts,
    /// A tab.
    Switch,
    /// A range of days, each end under a name of its own.
    Days([&'static str; 2]),
    /// A range of amounts.
    Amounts([&'static str; 2]),
}

/// The URL value for records that have none.
pub(crate) const NONE: &str = "none";
/// The longest text, in characters.
const LONGEST: usize = 80;

impl FilterKind {
    /// The names of the filter's parameters in the URL.
    pub(super) fn names(&self, name: &'static str) -> Vec<&'static str> {
        match self {
            Self::Days(names) | Self::Amounts(names) => names.to_vec(),
            _ => vec![name],
        }
    }

    /// The values under this name. A value that is not among the choices is ignored; days and amounts are kept as typed.
    pub(super) fn read(&self, query: &FormData, name: &'static str) -> Vec<String> {
        let sent: BTreeSet<&str> = query.values(name).map(str::trim).filter(|it| !it.is_empty()).collect();
        let ids = || sent.iter().filter_map(|it| it.parse::<Uuid>().ok()).map(|it| it.to_string());
        match self {
            Self::Codes(all) => {
                let chosen: Vec<String> =
                    all.iter().filter(|it| sent.contains(*it)).map(|it| (*it).to_owned()).collect();
                if chosen.len() == all.len() { Vec::new() } else { chosen }
            }
            Self::Ids => ids().collect(),
            Self::IdsOrNone => sent.get(NONE).map(|it| (*it).to_owned()).into_iter().chain(ids()).collect(),
            Self::Texts => sent.into_iter().filter(|it| it.chars().count() <= LONGEST).map(str::to_owned).collect(),
            Self::Switch => sent.get("1").map(|it| (*it).to_owned()).into_iter().collect(),
            Self::Days(_) | Self::Amounts(_) => {
                sent.first().map(|it| it.chars().take(LONGEST).collect()).into_iter().collect()
            }
        }
    }

    /// Whether several values can be chosen, each of them a part of the list.
    pub(super) const fn is_several(&self) -> bool {
        matches!(self, Self::Codes(_) | Self::Ids | Self::IdsOrNone | Self::Texts)
    }
}
