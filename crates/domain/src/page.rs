//! One page of a longer list, found by key, never by counting rows from the start.
use uuid::Uuid;

/// Where a page begins. Lists run from the newest record to the oldest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cursor {
    #[default]
    Start,
    /// The records right behind this one.
    After(Uuid),
    /// The records right in front of this one.
    Before(Uuid),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageRequest {
    pub cursor: Cursor,
    size: u16,
}

impl PageRequest {
    pub const DEFAULT_SIZE: u16 = 50;
    pub const MAX_SIZE: u16 = 1000;

    pub fn new(cursor: Cursor) -> Self {
        Self { cursor, size: Self::DEFAULT_SIZE }
    }

    /// From 1 to [`Self::MAX_SIZE`] records.
    pub fn sized(cursor: Cursor, size: u16) -> Self {
        Self { cursor, size: size.clamp(1, Self::MAX_SIZE) }
    }

    pub const fn size(self) -> u16 {
        self.size
    }
}

/// How many records there are: counted up to a limit, because counting a million on each view is slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Total {
    Exactly(u32),
    /// At least this many.
    OrMore(u32),
}

impl Total {
    /// Counting stops here.
    pub const LIMIT: u32 = 1000;

    /// From a count that stopped one above [`Self::LIMIT`].
    pub fn of(count: u32) -> Self {
        if count > Self::LIMIT { Self::OrMore(Self::LIMIT) } else { Self::Exactly(count) }
    }
}

/// Where in a list a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// How many of the list come before it.
    pub before: Total,
    /// Whether the list has the record itself. A record that its filter leaves out still has a position in its order.
    pub is_listed: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Whether anything newer and anything older than these matches.
    pub has_newer: bool,
    pub has_older: bool,
    pub total: Total,
}
