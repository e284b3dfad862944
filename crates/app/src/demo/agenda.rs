//! What will happen, in the order of its moments.
use std::{
    cmp::{Ordering, Reverse},
    collections::BinaryHeap,
};

use chrono::{DateTime, Utc};

pub(super) struct Agenda<T> {
    heap: BinaryHeap<Reverse<Entry<T>>>,
    added: u64,
}

struct Entry<T> {
    at: DateTime<Utc>,
    /// Of two at the same moment, the one that was added first comes first.
    number: u64,
    what: T,
}

impl<T> Agenda<T> {
    pub(super) fn new() -> Self {
        Self { heap: BinaryHeap::new(), added: 0 }
    }

    pub(super) fn add(&mut self, at: DateTime<Utc>, what: T) {
        self.added += 1;
        self.heap.push(Reverse(Entry { at, number: self.added, what }));
    }

    /// The earliest, if it is before that moment.
    pub(super) fn next_before(&mut self, moment: DateTime<Utc>) -> Option<(DateTime<Utc>, T)> {
        self.heap.peek().filter(|it| it.0.at < moment)?;
        self.heap.pop().map(|it| (it.0.at, it.0.what))
    }
}

impl<T> Entry<T> {
    fn key(&self) -> (DateTime<Utc>, u64) {
        (self.at, self.number)
    }
}

impl<T> Ord for Entry<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl<T> PartialOrd for Entry<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> PartialEq for Entry<T> {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl<T> Eq for Entry<T> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_earlier_comes_first() {
        let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
        let mut agenda = Agenda::new();
        for (seconds, what) in [(3, "c"), (1, "a"), (9, "z"), (1, "b")] {
            agenda.add(at(seconds), what);
        }
        let order: Vec<&str> = std::iter::from_fn(|| agenda.next_before(at(9)).map(|it| it.1)).collect();
        assert_eq!(order, ["a", "b", "c"]);
    }
}
