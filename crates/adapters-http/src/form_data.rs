//! The values of a form or of a query, as typed.
use std::collections::{BTreeMap, BTreeSet};

use domain::{access::Permission, field::Field};

use crate::error::WebError;

/// The values of each name, in the order they were sent. Bytes that are not UTF-8 become U+FFFD, which no field
/// accepts.
#[derive(Clone, Debug, Default)]
pub(crate) struct FormData {
    values: BTreeMap<String, Vec<String>>,
}

/// No form of ours has more fields. The permission matrix has fields for each of 200 roles: its permissions, the second
/// factor, the version, and the codes of the boxes that were shown.
pub(crate) const MOST_FIELDS: usize = 200 * (Permission::ALL.len() + 3);

impl FormData {
    pub(crate) fn get(&self, name: &str) -> &str {
        self.values.get(name).and_then(|it| it.first()).map_or("", String::as_str)
    }

    pub(crate) fn of(&self, field: Field) -> &str {
        self.get(field.code())
    }

    pub(crate) fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        self.values.get(name).into_iter().flatten().map(String::as_str)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().flat_map(|(name, all)| all.iter().map(|it| (name.as_str(), it.as_str())))
    }

    pub(crate) fn set(&mut self, name: &str, value: impl Into<String>) {
        self.values.insert(name.to_owned(), vec![value.into()]);
    }

    pub(crate) fn add(&mut self, name: &str, value: impl Into<String>) {
        self.values.entry(name.to_owned()).or_default().push(value.into());
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }

    /// Whether both have the same values under this name. A missing value equals an empty one. Line endings are
    /// normalised, because browsers differ in them. Several values are compared without order.
    pub(crate) fn has_as(&self, name: &str, other: &Self) -> bool {
        let of = |data: &Self| {
            let all = data.values.get(name).into_iter().flatten().map(|it| it.replace("\r\n", "\n"));
            all.filter(|it| !it.is_empty()).collect::<BTreeSet<_>>()
        };
        of(self) == of(other)
    }

    /// Takes over the change of the values under this name from `before` to `saved`, unless the value was also changed
    /// here. Roles are merged one by one. Returns whether anything was taken over.
    pub(crate) fn merge(&mut self, name: &str, before: &Self, saved: &Self) -> bool {
        if before.has_as(name, saved) {
            return false;
        }
        let of = |data: &Self| data.values.get(name).cloned().unwrap_or_default();
        let (was, is, mut mine) = (of(before), of(saved), of(self));
        if name == Field::Roles.code() {
            mine.retain(|it| is.contains(it) || !was.contains(it));
            mine.extend(is.iter().filter(|it| !was.contains(it)).cloned());
            mine.sort_unstable();
            mine.dedup();
        } else if self.has_as(name, before) {
            mine = is;
        } else {
            return false;
        }
        if mine.is_empty() {
            self.values.remove(name)
        } else {
            self.values.insert(name.to_owned(), mine)
        };
        true
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.values.remove(name);
    }

    /// Builds the values of a form from a record.
    pub(crate) fn with(mut self, field: Field, value: impl Into<String>) -> Self {
        self.add(field.code(), value);
        self
    }

    /// The state that a button sets: `1` or `0`; anything else is an error.
    pub(crate) fn switch(&self, name: &str) -> Result<bool, WebError> {
        match self.get(name) {
            "1" => Ok(true),
            "0" => Ok(false),
            _ => Err(WebError::BadRequest),
        }
    }

    /// Refuses two values for one field, because neither can be preferred. Only roles and the records of a list may
    /// repeat.
    pub(crate) fn without_repetition(self) -> Result<Self, WebError> {
        let several = [Field::Roles.code(), "id"];
        let repeated = self.values.iter().any(|(name, all)| !several.contains(&name.as_str()) && all.len() > 1);
        if repeated { Err(WebError::BadRequest) } else { Ok(self) }
    }

    /// Reads at most [`MOST_FIELDS`] values.
    pub(crate) fn from_query(query: &[u8]) -> Self {
        let mut data = Self::default();
        for (name, value) in form_urlencoded::parse(query).take(MOST_FIELDS) {
            data.add(&name, value);
        }
        data
    }
}
