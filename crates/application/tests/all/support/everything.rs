//! All that a store keeps, each record with its history: to be compared, and to be checked as a whole.
use std::collections::BTreeMap;

use domain::{
    audit::AuditEntry,
    campaign::{Campaign, CampaignFilter},
    client::Client,
    contract::Contract,
    document::Document,
    field::Field,
    lead::{Lead, LeadFilter},
    note::Note,
    record::{Record, RecordKind, Stamp},
    role::Role,
    service::{Service, ServiceFilter},
    spend::SpendEntry,
    store::{Mode, Repository, Store, UnitOfWork},
    user::User,
    view::{View, ViewFilter},
};
use uuid::Uuid;

use super::first_page;

/// A kind of record with all the filters that together list every record of it.
pub trait Kind: Record {
    fn of(work: &mut dyn UnitOfWork) -> &mut dyn Repository<Self>;

    fn filters() -> Vec<Self::Filter> {
        vec![Self::Filter::default()]
    }
}

macro_rules! kinds {
    ($($record:ty $(=> $filters:expr)?),* $(,)?) => {
        $(impl Kind for $record {
            fn of(work: &mut dyn UnitOfWork) -> &mut dyn Repository<Self> {
                work
            }
            $(fn filters() -> Vec<Self::Filter> {
                $filters
            })?
        })*

        /// Every record in the store.
        pub async fn everything(store: &dyn Store) -> Vec<Kept> {
            let mut work = store.begin(Mode::Read).await.unwrap();
            let mut all = Vec::new();
            $(all.extend(kept::<$record>(&mut *work).await);)*
            all
        }
    };
}
kinds!(
    Service => [false, true].map(|archived| ServiceFilter { archived, ..Default::default() }).into(),
    Campaign => [false, true].map(|archived| CampaignFilter { archived, ..Default::default() }).into(),
    SpendEntry,
    Lead => [false, true].map(|merged| LeadFilter { merged, ..Default::default() }).into(),
    Note,
    Client,
    Contract,
    Document,
    User,
    Role,
    View => [false, true].map(|removed| ViewFilter { removed, ..Default::default() }).into(),
);

#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    pub kind: RecordKind,
    pub id: Uuid,
    pub stamp: Stamp,
    pub fields: Vec<(Field, String)>,
    /// The whole record in words.
    pub text: String,
    /// Oldest first.
    pub history: Vec<AuditEntry>,
}

async fn kept<R: Kind>(work: &mut dyn UnitOfWork) -> Vec<Kept> {
    let mut records = Vec::new();
    for filter in R::filters() {
        let page = R::of(work).list(&filter, first_page()).await.unwrap();
        assert!(!page.has_older, "more records than a test looks at");
        records.extend(page.items);
    }
    let mut all = Vec::new();
    for it in records {
        let id = it.id().into();
        let found = work.history(R::KIND, id, i32::MAX, 1000).await.unwrap();
        let mut history: Vec<_> = found.into_iter().map(Result::unwrap).collect();
        history.sort_by_key(|it| it.version);
        let (stamp, fields, text) = (*it.stamp(), it.fields(), format!("{it:?}"));
        all.push(Kept { kind: R::KIND, id, stamp, fields, text, history });
    }
    all.sort_by_key(|it| it.id);
    all
}

/// How many records there are of each kind.
pub fn numbers(all: &[Kept]) -> BTreeMap<RecordKind, usize> {
    let mut numbers = BTreeMap::new();
    for it in all {
        *numbers.entry(it.kind).or_default() += 1;
    }
    numbers
}

/// Each version of a record has exactly one row of history, and the rows lead from nothing to what the record is now.
pub fn assert_histories_are_whole(all: &[Kept]) {
    for it in all {
        let versions: Vec<i32> = it.history.iter().map(|it| it.version).collect();
        let expected: Vec<i32> = (1..=it.stamp.version).collect();
        assert_eq!(versions, expected, "{it:?}");
        let mut fields: BTreeMap<Field, String> = BTreeMap::new();
        for entry in &it.history {
            assert!(!entry.changes.is_empty(), "a row without a change: {it:?}");
            for change in &entry.changes {
                assert_eq!(fields.get(&change.field), change.before.as_ref(), "{it:?}");
                assert_ne!(change.before, change.after, "{it:?}");
                match &change.after {
                    Some(after) => fields.insert(change.field, after.clone()),
                    None => fields.remove(&change.field),
                };
            }
        }
        assert_eq!(fields, it.fields.iter().cloned().collect(), "{it:?}");
        let (first, last) = (&it.history[0], &it.history[it.history.len() - 1]);
        assert_eq!((first.at, first.by), (it.stamp.created_at, it.stamp.created_by), "{it:?}");
        assert_eq!((last.at, last.by), (it.stamp.changed_at, it.stamp.changed_by), "{it:?}");
    }
}
