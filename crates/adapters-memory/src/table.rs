//! The records of one kind, by id.
use std::{cmp::Reverse, collections::BTreeMap, ops::Bound, sync::Arc};

use domain::{
    order::{Direction, SortKey},
    page::{Cursor, Page, PageRequest, Position, Total},
    store::{Result, StoreError, UniqueKey},
};
use uuid::Uuid;

use crate::{stored::Stored, tables::Tables};

/// A copy shares the rows with its original until one of the two is written.
#[derive(Clone)]
pub(crate) struct Table<R> {
    rows: Arc<BTreeMap<Uuid, Arc<R>>>,
    /// Who has which unique text.
    taken: Arc<BTreeMap<String, Uuid>>,
}

impl<R> Default for Table<R> {
    fn default() -> Self {
        Self { rows: Arc::default(), taken: Arc::default() }
    }
}

impl<R: Stored> Table<R> {
    pub(crate) fn get(&self, id: impl Into<Uuid>) -> Option<&R> {
        self.rows.get(&id.into()).map(Arc::as_ref)
    }

    pub(crate) fn has(&self, id: impl Into<Uuid>) -> bool {
        self.rows.contains_key(&id.into())
    }

    /// Nobody at all is fine; somebody must be there.
    pub(crate) fn has_any(&self, id: Option<impl Into<Uuid>>) -> bool {
        id.is_none_or(|id| self.has(id))
    }

    /// The newest last.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &R> {
        self.rows.values().map(Arc::as_ref)
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn with_unique(&self, text: &str) -> Option<&R> {
        self.get(*self.taken.get(text)?)
    }

    pub(crate) fn insert(&mut self, record: &R) -> Result<()> {
        if self.has(record.id()) {
            return Err(StoreError::Taken(UniqueKey::Id));
        }
        self.put(record)
    }

    pub(crate) fn update(&mut self, record: &R) -> Result<()> {
        let stored = self.get(record.id()).ok_or(StoreError::Stale)?;
        if stored.stamp().version != record.stamp().version - 1 {
            return Err(StoreError::Stale);
        }
        self.put(record)
    }

    /// Changes what no version tells of: nothing that is unique.
    pub(crate) fn amend(&mut self, id: impl Into<Uuid>, change: impl FnOnce(&mut R)) {
        if let Some(row) = Arc::make_mut(&mut self.rows).get_mut(&id.into()) {
            change(Arc::make_mut(row));
        }
    }

    fn put(&mut self, record: &R) -> Result<()> {
        let id: Uuid = record.id().into();
        let unique = record.unique();
        if let Some((rule, text)) = &unique
            && self.taken.get(text).is_some_and(|owner| *owner != id)
        {
            return Err(StoreError::Taken(*rule));
        }
        self.remove(id);
        if let Some((_, text)) = unique {
            Arc::make_mut(&mut self.taken).insert(text, id);
        }
        Arc::make_mut(&mut self.rows).insert(id, Arc::new(record.clone()));
        Ok(())
    }

    pub(crate) fn remove(&mut self, id: Uuid) {
        if let Some((_, text)) = Arc::make_mut(&mut self.rows).remove(&id).and_then(|it| it.unique()) {
            Arc::make_mut(&mut self.taken).remove(&text);
        }
    }

    pub(crate) fn list(&self, filter: &R::Filter, page: PageRequest, tables: &Tables) -> Page<R> {
        let matches = R::matching(filter, tables);
        let key = |it: &R| (it.place(filter), it.id().into());
        let hits = self.iter().filter(|it| matches(it));
        match R::direction(filter) {
            Direction::Descending => {
                let hits: BTreeMap<(SortKey, Uuid), &R> = hits.map(|it| (key(it), it)).collect();
                self::page(&hits, page, |id| self.get(id).map(key))
            }
            Direction::Ascending => {
                let hits: BTreeMap<Reverse<(SortKey, Uuid)>, &R> = hits.map(|it| (Reverse(key(it)), it)).collect();
                self::page(&hits, page, |id| self.get(id).map(|it| Reverse(key(it))))
            }
        }
    }

    pub(crate) fn position(&self, filter: &R::Filter, id: R::Id, tables: &Tables) -> Option<Position> {
        let (record, matches) = (self.get(id)?, R::matching(filter, tables));
        let key = |it: &R| (it.place(filter), it.id().into());
        let own: (SortKey, Uuid) = key(record);
        let is_before = |it: &&R| match R::direction(filter) {
            Direction::Descending => key(it) > own,
            Direction::Ascending => key(it) < own,
        };
        let before = self.iter().filter(|it| matches(it)).filter(is_before).count();
        let before = Total::of(u32::try_from(before).unwrap_or(u32::MAX));
        Some(Position { before, is_listed: matches(record) })
    }
}

/// A page of these, the greatest key first.
pub(crate) fn page<K: Ord, R: Clone>(
    hits: &BTreeMap<K, &R>,
    page: PageRequest,
    place: impl Fn(Uuid) -> Option<K>,
) -> Page<R> {
    let total = Total::of(u32::try_from(hits.len()).unwrap_or(u32::MAX));
    let size = usize::from(page.size());
    let nothing = Page { items: Vec::new(), has_newer: false, has_older: false, total };
    match page.cursor {
        Cursor::Start => {
            let (items, has_older) = first(size, hits.values().copied().rev());
            Page { items, has_older, ..nothing }
        }
        Cursor::After(id) => place(id).map_or(nothing, |key| {
            let (items, has_older) = first(size, hits.range(..key).map(|it| *it.1).rev());
            Page { items, has_newer: true, has_older, total }
        }),
        Cursor::Before(id) => place(id).map_or(nothing, |key| {
            let newer = hits.range((Bound::Excluded(key), Bound::Unbounded)).map(|it| *it.1);
            let (mut items, has_newer) = first(size, newer);
            items.reverse();
            Page { items, has_newer, has_older: true, total }
        }),
    }
}

/// So many records, and whether there are more.
fn first<'a, R: Clone + 'a>(size: usize, mut records: impl Iterator<Item = &'a R>) -> (Vec<R>, bool) {
    let items = records.by_ref().take(size).cloned().collect();
    (items, records.next().is_some())
}
