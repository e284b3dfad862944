//! The filters of a list, and their values in its URL.
use std::collections::BTreeSet;

use uuid::Uuid;

use crate::{form_data::FormData, text::Text};

/// One way, by its name in the URL.
pub(crate) struct ListFilter {
    pub(crate) name: &'static str,
    pub(crate) words: fn(&Text) -> &'static str,
    pub(crate) kind: FilterKind,
}

pub(crate) enum FilterKind {
    /// To any of these codes, in their order; all of them are no filter.
    Codes(&'static [&'static str]),
    /// To any of several records.
    Ids,
    /// The same, those without any among them.
    IdsOrNone,
    /// To any of several texts.
    Texts,
    /// To a tab.
    Switch,
    /// To the days from one until another, each under a name of its own.
    Days([&'static str; 2]),
    /// To the amounts from one until another.
    Amounts([&'static str; 2]),
}

/// In a URL, for those without any.
pub(crate) const NONE: &str = "none";
/// No text here is longer.
const LONGEST: usize = 80;

impl FilterKind {
    /// The names of its values in the URL.
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

    /// Whether any of several values can be chosen, each of them a part of the list.
    pub(super) const fn is_several(&self) -> bool {
        matches!(self, Self::Codes(_) | Self::Ids | Self::IdsOrNone | Self::Texts)
    }
}
