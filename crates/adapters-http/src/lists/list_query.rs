//! The URL query of a list: search, filters, sort order, columns and page.
use std::collections::BTreeMap;

use application::{ListResult, Session};
use domain::{
    calendar::Calendar,
    order::Order,
    page::PageRequest,
    preferences::Language,
    store::{Repository, UnitOfWork},
    values::{Day, Invalid, Money, OpenPeriod, Period, parse_day},
};
use uuid::Uuid;

use super::{
    ListPage,
    filters::{FilterKind, ListFilter},
};
use crate::{
    error::WebError,
    form_data::FormData,
    page::Page,
    ui::list::{page_request, url},
};

/// Why a requested list shows nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ListQueryError {
    /// Each combination of filter values is a query of its own.
    TooMany,
    Days,
    Amounts,
}

/// The most combinations of one list.
const MOST_PARTS: usize = 60;

pub(crate) struct ListQuery {
    pub(crate) search: String,
    pub(crate) request: PageRequest,
    list: &'static str,
    narrows: &'static [ListFilter],
    values: BTreeMap<&'static str, Vec<String>>,
    /// The sort order as the URL has it; `None` is the default.
    order: Option<String>,
    /// Empty means the default columns.
    pub(super) columns: Vec<&'static str>,
}

/// One combination of filter values: at most one of each filter.
pub(crate) struct FilterCombination<'a> {
    pub(crate) asked: &'a ListQuery,
    pub(crate) calendar: Calendar,
    /// The user's day.
    pub(crate) today: Day,
    values: BTreeMap<&'static str, &'a str>,
}

/// Reads an amount from a URL. Users of both languages open the same URL, so the stricter language decides: it refuses
/// an amount that the other would read differently.
pub(super) fn amount(typed: &str) -> Result<Money, Invalid> {
    // Nothing is stored, so the sign of a currency beside it does not matter.
    let number = typed.trim_matches(|it: char| !it.is_ascii_digit() && it != '-');
    Money::parse(number, Language::Russian, "")
}

impl ListQuery {
    pub(crate) fn of_query<R: ListPage>(query: Option<String>) -> Self {
        Self::read::<R>(&FormData::from_query(query.unwrap_or_default().as_bytes()))
    }

    pub(crate) fn read<R: ListPage>(query: &FormData) -> Self {
        let mut values = BTreeMap::new();
        for narrow in R::FILTERS {
            for name in narrow.kind.names(narrow.name) {
                values.insert(name, narrow.kind.read(query, name));
            }
        }
        let order = Order::<R::Sort>::from_code(query.get("sort")).filter(|it| *it != Order::default());
        let known = |code: &&'static str| query.values("columns").any(|it| it == *code);
        let columns: Vec<_> = R::COLUMNS.iter().map(|it| it.code).filter(known).collect();
        let usual: Vec<_> = R::COLUMNS.iter().filter(|it| it.usual).map(|it| it.code).collect();
        Self {
            search: query.get("q").to_owned(),
            request: page_request(query),
            list: R::LIST,
            narrows: R::FILTERS,
            values,
            order: order.map(Order::code),
            columns: if columns == usual { Vec::new() } else { columns },
        }
    }

    /// All values of one filter.
    pub(crate) fn all(&self, name: &str) -> &[String] {
        self.values.get(name).map_or(&[], Vec::as_slice)
    }

    /// The record ids of one filter.
    pub(crate) fn ids(&self, name: &str) -> Vec<Uuid> {
        self.all(name).iter().filter_map(|it| it.parse().ok()).collect()
    }

    pub(crate) fn one(&self, name: &str) -> &str {
        self.all(name).first().map_or("", String::as_str)
    }

    /// Whether any filter other than a search is active.
    pub(crate) fn has_chosen(&self) -> bool {
        let tab = |name: &str| self.narrows.iter().any(|it| it.name == name && matches!(it.kind, FilterKind::Switch));
        self.values.iter().any(|(name, all)| !all.is_empty() && !tab(name))
    }

    pub(crate) fn is_narrowed(&self) -> bool {
        !self.search.trim().is_empty() || self.values.values().any(|it| !it.is_empty())
    }

    pub(crate) fn order<R: ListPage>(&self) -> Order<R::Sort> {
        self.order.as_deref().and_then(Order::from_code).unwrap_or_default()
    }

    /// The sort code of the URL; empty for the default order.
    pub(super) fn sort_code(&self) -> &str {
        self.order.as_deref().unwrap_or_default()
    }

    fn days(&self, [from, until]: [&str; 2]) -> Result<Option<Period>, Invalid> {
        let day = |name| Some(self.one(name)).filter(|it| !it.is_empty()).map(parse_day).transpose();
        Ok(OpenPeriod::new(day(from)?, day(until)?)?.closed())
    }

    fn amounts(&self, [from, until]: [&str; 2]) -> Result<[Option<Money>; 2], Invalid> {
        let money = |name| Some(self.one(name)).filter(|it| !it.is_empty()).map(amount).transpose();
        Ok([money(from)?, money(until)?])
    }

    fn check(&self) -> Result<(), ListQueryError> {
        for narrow in self.narrows {
            match narrow.kind {
                FilterKind::Days(names) => self.days(names).map(|_| ()).map_err(|_| ListQueryError::Days)?,
                FilterKind::Amounts(names) => self.amounts(names).map(|_| ()).map_err(|_| ListQueryError::Amounts)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// The parts of the list: each combination of filter values.
    pub(crate) fn parts<R: ListPage>(&self, session: &Session) -> Result<Vec<R::Filter>, ListQueryError> {
        self.check()?;
        let (calendar, today) = (session.organisation().calendar, session.own_today());
        let several: Vec<&ListFilter> = self.narrows.iter().filter(|it| it.kind.is_several()).collect();
        let mut number = 1_usize;
        for narrow in &several {
            number = number.saturating_mul(self.all(narrow.name).len().max(1));
        }
        if number > MOST_PARTS {
            return Err(ListQueryError::TooMany);
        }
        let mut combinations = vec![BTreeMap::new()];
        for narrow in several {
            let chosen = self.all(narrow.name);
            if chosen.is_empty() {
                continue;
            }
            combinations = combinations
                .iter()
                .flat_map(|values: &BTreeMap<&'static str, &str>| {
                    chosen.iter().map(move |value| {
                        let mut values = values.clone();
                        values.insert(narrow.name, value.as_str());
                        values
                    })
                })
                .collect();
        }
        Ok(combinations
            .into_iter()
            .map(|values| R::part(&FilterCombination { asked: self, calendar, today, values }))
            .collect())
    }

    /// The page of the list, and the error of its query: then it is empty.
    pub(crate) async fn listed<R>(&self, page: &Page) -> Result<(ListResult<R>, Option<ListQueryError>), WebError>
    where
        R: ListPage,
        dyn UnitOfWork: Repository<R>,
    {
        let parts = self.parts::<R>(&page.session);
        let wrong = parts.as_ref().err().copied();
        Ok((page.session.list::<R>(&parts.unwrap_or_default(), self.request).await?, wrong))
    }

    /// All parameters except the page, as a URL has them.
    pub(crate) fn pairs(&self) -> Vec<(&'static str, String)> {
        let names = self.narrows.iter().flat_map(|it| it.kind.names(it.name));
        let values = names.flat_map(|name| self.all(name).iter().map(move |it| (name, it.clone())));
        let order = self.order.clone().map(|it| ("sort", it));
        let columns = self.columns.iter().map(|it| ("columns", (*it).to_owned()));
        [("q", self.search.clone())].into_iter().chain(values).chain(order).chain(columns).collect()
    }

    /// The list's URL with other values for some of the names. An empty value removes the name.
    pub(crate) fn with(&self, changes: &[(&'static str, &[&str])]) -> String {
        let of_names = |it: &(&'static str, String)| changes.iter().all(|change| change.0 != it.0);
        let mut pairs: Vec<_> = self.pairs().into_iter().filter(of_names).collect();
        pairs.extend(changes.iter().flat_map(|(name, all)| all.iter().map(|it| (*name, (*it).to_owned()))));
        let order = |name: &str| self.pairs_order().iter().position(|it| *it == name);
        pairs.sort_by_key(|it| order(it.0));
        url(self.list, &borrowed(&pairs))
    }

    /// The parameter names in the order of a URL.
    fn pairs_order(&self) -> Vec<&'static str> {
        let names = self.narrows.iter().flat_map(|it| it.kind.names(it.name));
        ["q"].into_iter().chain(names).chain(["sort", "columns"]).collect()
    }

    /// The query after the list's path; empty for the default list.
    pub(crate) fn query(&self) -> String {
        let url = self.with(&[]);
        url.split_once('?').map(|it| it.1.to_owned()).unwrap_or_default()
    }
}

pub(crate) fn borrowed<'a>(pairs: &'a [(&'static str, String)]) -> Vec<(&'static str, &'a str)> {
    pairs.iter().map(|it| (it.0, it.1.as_str())).collect()
}

impl FilterCombination<'_> {
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.values.get(name).copied()
    }

    pub(crate) fn id<I: From<Uuid>>(&self, name: &str) -> Option<I> {
        self.text(name)?.parse::<Uuid>().ok().map(I::from)
    }

    pub(crate) fn is_on(&self, name: &str) -> bool {
        !self.asked.all(name).is_empty()
    }

    /// The period of days that were checked already.
    pub(crate) fn days(&self, names: [&str; 2]) -> Option<Period> {
        self.asked.days(names).ok().flatten()
    }

    pub(crate) fn amounts(&self, names: [&str; 2]) -> [Option<Money>; 2] {
        self.asked.amounts(names).unwrap_or_default()
    }
}
