//! A kind of record in memory: its filter, and its rules.
use domain::{record::Record, store::UniqueKey};

use crate::{table::Table, tables::Tables};

pub(crate) trait Stored: Record {
    /// Which records a list shows.
    fn matching(filter: &Self::Filter, tables: &Tables) -> impl Fn(&Self) -> bool + Send;

    fn table(tables: &Tables) -> &Table<Self>;

    fn table_mut(tables: &mut Tables) -> &mut Table<Self>;

    /// What no other record of this kind may have as well.
    fn unique(&self) -> Option<(UniqueKey, String)> {
        None
    }

    /// Whether the records that must be there before this one are there.
    fn references_hold(&self, _: &Tables) -> bool {
        true
    }

    /// The same for references that run in a circle: the commit is early enough.
    fn circular_references_hold(&self, _: &Tables) -> bool {
        true
    }
}
