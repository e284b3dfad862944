//! A form between the browser and a use case: its values, their errors, and conflicts.
use std::collections::BTreeSet;

use application::{Error, RuleViolation};
use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{field::Field, id::new_uuid, lead::LeadRuleViolation, values::Invalid};
use uuid::Uuid;

use crate::form_data::FormData;

#[derive(Clone, Debug, Default)]
pub(crate) struct Form {
    pub(crate) data: FormData,
    /// In the order of the form's fields; only the first problem of each field.
    problems: Vec<(Field, Invalid)>,
    /// The record as it is now, if the form shows something else. Either somebody changed it after this form was made,
    /// or the form holds an earlier value.
    pub(crate) saved: Option<FormData>,
    /// After a conflict: the values that the form showed at first, where they are known.
    pub(crate) before: Option<FormData>,
    /// The field that holds an earlier value of the record.
    pub(crate) restored: Option<RestoredValue>,
    /// The record that this same form already created, with other values.
    pub(crate) made_before: Option<Uuid>,
    /// How long to wait after too many failed attempts.
    pub(crate) wait: Option<TimeDelta>,
    /// A rule of administration that this change would break.
    pub(crate) refusal: Option<RuleViolation>,
    conflict: bool,
    /// Whether the form already contains the changes that others saved meanwhile.
    pub(crate) merged: bool,
}

/// An earlier value that was restored into a form.
#[derive(Clone, Debug)]
pub(crate) struct RestoredValue {
    pub(crate) field: Field,
    /// The value as people read it.
    pub(crate) words: String,
    /// When the value came into effect, as people read it.
    pub(crate) moment: String,
}

/// A form carries the id of the record that it will create, so sending it twice creates one record. The id is valid for
/// a day.
const KEY_AGE: TimeDelta = TimeDelta::hours(24);

/// The hidden field with the codes of the checkboxes that were ticked when the form was made.
pub(crate) const SHOWN: &str = "shown";

impl Form {
    /// A form with these values, either as first shown or as submitted.
    pub(crate) fn of(data: FormData) -> Self {
        Self { data, ..Self::default() }
    }

    pub(crate) fn value(&self, field: Field) -> &str {
        self.data.of(field)
    }

    /// Returns the value, or records the error under its field's name.
    pub(crate) fn check<T>(&mut self, field: Field, parsed: Result<T, Invalid>) -> Option<T> {
        parsed.map_err(|invalid| self.note(field, invalid)).ok()
    }

    /// Parses a field that may be left empty.
    #[expect(clippy::option_option, reason = "tells an invalid value from an empty field")]
    pub(crate) fn optional<T>(
        &mut self,
        field: Field,
        parse: impl FnOnce(&str) -> Result<T, Invalid>,
    ) -> Option<Option<T>> {
        if self.value(field).trim().is_empty() { Some(None) } else { self.parse(field, parse).map(Some) }
    }

    pub(crate) fn parse<T>(&mut self, field: Field, parse: impl FnOnce(&str) -> Result<T, Invalid>) -> Option<T> {
        let parsed = parse(self.data.of(field));
        self.check(field, parsed)
    }

    /// The id of a record chosen in a picker.
    pub(crate) fn choice<I: From<Uuid>>(&mut self, field: Field) -> Option<I> {
        self.parse(field, choice)
    }

    pub(crate) fn problem(&self, field: Field) -> Option<Invalid> {
        self.problems.iter().find(|it| it.0 == field).map(|it| it.1)
    }

    pub(crate) fn problems(&self) -> impl Iterator<Item = (Field, Invalid)> {
        self.problems.iter().copied()
    }

    pub(crate) fn is_refused(&self) -> bool {
        !self.problems.is_empty() || self.refusal.is_some()
    }

    pub(crate) fn is_conflict(&self) -> bool {
        self.conflict
    }

    fn note(&mut self, field: Field, invalid: Invalid) {
        if self.problem(field).is_none() {
            self.problems.push((field, invalid));
        }
    }

    /// Keeps an error that the form can show to its user. Any other error is returned and becomes an error page.
    pub(crate) fn refuse(&mut self, error: Error) -> Result<(), Error> {
        match error {
            Error::Invalid(field, invalid) => self.note(field, invalid),
            Error::AlreadySaved(id) => {
                self.made_before = Some(id);
                self.data.set("key", "");
            }
            Error::Conflict => self.conflict = true,
            Error::Refused(refusal) => self.refusal = Some(refusal),
            Error::Throttled(wait) => self.wait = Some(wait),
            Error::Lead(LeadRuleViolation::ContractTaken) => self.note(Field::Contract, Invalid::Taken),
            other => return Err(other),
        }
        Ok(())
    }

    pub(crate) fn status(&self) -> StatusCode {
        if self.conflict || self.made_before.is_some() {
            StatusCode::CONFLICT
        } else if self.wait.is_some() {
            StatusCode::TOO_MANY_REQUESTS
        } else if self.refusal.is_some() {
            StatusCode::FORBIDDEN
        } else if self.problem(Field::Document) == Some(Invalid::DiskNearlyFull) {
            StatusCode::SERVICE_UNAVAILABLE
        } else if self.is_refused() {
            StatusCode::UNPROCESSABLE_ENTITY
        } else {
            StatusCode::OK
        }
    }

    /// The id of the record that the form will create: the submitted one, or a new one if that is not a recent id of
    /// ours.
    pub(crate) fn key(&mut self, now: DateTime<Utc>) -> Uuid {
        let recent = |it: &Uuid| {
            let made = it.get_timestamp().and_then(|it| {
                let (seconds, _) = it.to_unix();
                DateTime::from_timestamp(i64::try_from(seconds).ok()?, 0)
            });
            made.is_some_and(|made| (now - made).abs() < KEY_AGE)
        };
        let sent = self.data.get("key").parse().ok().filter(|it: &Uuid| it.get_version_num() == 7).filter(recent);
        let key = sent.unwrap_or_else(|| new_uuid(now));
        self.data.set("key", key.to_string());
        key
    }

    /// The version of the record that the form was made from. Anything that is not a number counts as an old version.
    pub(crate) fn version(&self) -> i32 {
        self.data.get("version").parse().unwrap_or(0)
    }

    /// After a conflict, shows the stored values and takes their version, so that saving again is a deliberate choice.
    /// Values that equal `before` were not edited here, so they take the stored value.
    pub(crate) fn show_saved(&mut self, saved: FormData, version: i32, before: Option<FormData>) {
        if !self.conflict {
            return;
        }
        if let Some(before) = &before {
            let names: BTreeSet<&str> = before.names().chain(saved.names()).filter(|it| *it != "version").collect();
            for name in names {
                self.merged |= self.data.merge(name, before, &saved);
            }
        }
        (self.saved, self.before) = (Some(saved), before);
        self.data.set("version", version.to_string());
    }

    /// Fills checkboxes with the stored state. In a form that comes back after a conflict, it fills only the untouched
    /// ones: those boxes were submitted as the form had shown them. The others stay as submitted.
    ///
    /// The hidden field lists the boxes that were shown, as codes separated by spaces. It comes from the browser and
    /// cannot be trusted. It only affects the form that users see before they save again, never the saved values.
    pub(crate) fn fill<'a>(
        &mut self,
        name: impl Fn(&str) -> String,
        boxes: impl IntoIterator<Item = (&'a str, bool)>,
        version: i32,
    ) {
        if self.data.has(&name("version")) && !self.conflict {
            return;
        }
        // Without the hidden field every box counts as touched: no input is lost, and the form shows it beside the
        // stored state.
        let unknown = self.conflict && !self.data.has(&name(SHOWN));
        let shown = self.data.get(&name(SHOWN)).to_owned();
        let shown: BTreeSet<&str> = shown.split(' ').collect();
        let mut stored = Vec::new();
        for (code, ticked) in boxes {
            let name = name(code);
            let untouched = !unknown && self.data.has(&name) == shown.contains(code);
            if untouched && ticked {
                self.data.set(&name, "1");
            } else if untouched {
                self.data.remove(&name);
            }
            stored.extend(ticked.then_some(code));
        }
        self.data.set(&name("version"), version.to_string());
        self.data.set(&name(SHOWN), stored.join(" "));
        self.merged = self.conflict && !unknown;
    }
}

/// The id of a record chosen in a picker.
pub(crate) fn choice<I: From<Uuid>>(raw: &str) -> Result<I, Invalid> {
    match raw.trim() {
        "" => Err(Invalid::Empty),
        id => id.parse::<Uuid>().map(I::from).map_err(|_| Invalid::UnknownChoice),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_replaces_a_key_that_is_not_ours() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let key = |raw: &str| {
            let mut form = Form::default();
            form.data.set("key", raw);
            form.key(now)
        };
        let own = new_uuid(now);
        assert_eq!(key(&own.to_string()), own);
        for other in ["", "1", &Uuid::nil().to_string(), &new_uuid(now - TimeDelta::days(2)).to_string()] {
            assert_ne!(key(other).to_string(), other);
        }
    }
}
