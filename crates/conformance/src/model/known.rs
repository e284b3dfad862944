//! What the numbers of an operation stand for.
use std::collections::HashMap;

use chrono::{DateTime, Days, TimeDelta, Utc};
use domain::{
    calendar::Calendar,
    record::RecordKind,
    values::{Day, Period},
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
