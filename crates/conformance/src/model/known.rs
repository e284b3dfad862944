//! What the numbers of an operation stand for.
use std::collections::HashMap;

use chrono::{DateTime, Days, TimeDelta, Utc};
use domain::{
    calendar::Calendar,
    duplicates::{Identity, MatchBy},
    lead::Contact,
    record::RecordKind,
    values::{Day, FullName, Period},
};
use uuid::Uuid;

use super::ops::{At, Pick};
use crate::fixtures;

const NAMES: [&str; 7] = ["Ремонт", "РЕМОНТ", "Уборка", "Ёлка 100%", "ёлка 100%", "Елка_1", "a\\b"];
const USERNAMES: [&str; 6] = ["anna", "ANNA", "maxim", "Марина", "мАРИНА", "vera.p"];
const CHANNELS: [&str; 3] = ["Авито", "Директ", "Почта"];
const SEARCHES: [&str; 9] = ["ремонт", "ЕЛКА", "%", "_", "\\", "0", "lead", "дирек", "уборка 1"];

/// The records that were written so far, in the order of the writing.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    ids: HashMap<RecordKind, Vec<Uuid>>,
}

impl Known {
    pub(super) fn add(&mut self, kind: RecordKind, id: impl Into<Uuid>) {
        self.ids.entry(kind).or_default().push(id.into());
    }

    pub(super) fn pick<I: From<Uuid>>(&self, kind: RecordKind, at: Pick) -> Option<I> {
        let ids = self.ids.get(&kind)?;
        Some(ids[usize::from(at) % ids.len()].into())
    }

    /// The record chosen, or, where none is, one that does not exist.
    pub(super) fn pick_or_nobody<I: From<Uuid>>(&self, kind: RecordKind, at: Option<Pick>) -> I {
        at.and_then(|at| self.pick(kind, at)).unwrap_or_else(nobody)
    }
}

/// The id of a record that does not exist.
pub(super) fn nobody<I: From<Uuid>>() -> I {
    fixtures::id(999_999)
}

fn of<'a>(texts: &[&'a str], at: u8) -> &'a str {
    texts[usize::from(at) % texts.len()]
}

pub(super) fn name(at: u8) -> &'static str {
    of(&NAMES, at)
}

pub(super) fn username(at: u8) -> &'static str {
    of(&USERNAMES, at)
}

pub(super) fn channel(at: u8) -> &'static str {
    of(&CHANNELS, at)
}

pub(super) fn search(at: u8) -> &'static str {
    of(&SEARCHES, at)
}

/// A phone, an email, or both, that others may have as well.
pub(super) fn contact(at: u8) -> Contact {
    let phone = of(&["+7 900 555-01-42", "", "+7 900 555-01-43"], at);
    fixtures::contact(phone, of(&["client@EXAMPLE.com", "Lead1@example.com"], at / 3))
}

/// By what people are looked for who are like somebody.
pub(super) fn key(match_by: MatchBy, at: u8) -> String {
    let contact = contact(if match_by == MatchBy::Phone { at / 2 * 2 } else { at });
    let full_name = Some(FullName::parse(name(at)).unwrap());
    let identity = Identity { phone: contact.phone().cloned(), email: contact.email().cloned(), full_name };
    identity.key(match_by).unwrap_or_default()
}

pub(super) fn day(at: u8) -> Day {
    fixtures::day("2026-01-01") + Days::new(at.into())
}

/// The days between two, whichever is the first.
pub(super) fn period((a, b): (u8, u8)) -> Period {
    Period::new(day(a.min(b)), day(a.max(b))).unwrap()
}

pub(super) fn moscow() -> Calendar {
    Calendar::named("Europe/Moscow").unwrap()
}

/// At midnight in Moscow, a microsecond before or after, or at noon.
pub(super) fn moment((at, time): At) -> DateTime<Utc> {
    let microseconds = [0, -1, 1, 12 * 3_600_000_000][usize::from(time) % 4];
    moscow().midnight(day(at)) + TimeDelta::microseconds(microseconds)
}
