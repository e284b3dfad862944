//! Short ways to write and read one record, each in a unit of work of its own.
use domain::{
    campaign::Campaign,
    client::Client,
    contract::Contract,
    document::Document,
    lead::Lead,
    note::Note,
    page::{Cursor, Page, PageRequest},
    record::Record,
    role::Role,
    service::Service,
    spend::SpendEntry,
    store::{Mode, Repository, Result, Store, StoreError, UnitOfWork},
    user::User,
    view::View,
};
use uuid::Uuid;

pub(crate) type Work = Box<dyn UnitOfWork>;

/// A kind of record whose repository can be had from a unit of work, so that cases can be generic.
pub(crate) trait Stored: Record {
    fn of(work: &mut Work) -> &mut dyn Repository<Self>;
}

macro_rules! kept {
    ($($record:ty),*) => {
        $(impl Stored for $record {
            fn of(work: &mut Work) -> &mut dyn Repository<Self> {
                &mut **work
            }
        })*
    };
}
kept!(Service, Campaign, SpendEntry, Lead, Note, Client, Contract, Document, User, Role, View);

pub(crate) async fn reading(store: &dyn Store) -> Work {
    store.begin(Mode::Read).await.unwrap()
}

pub(crate) async fn writing(store: &dyn Store) -> Work {
    store.begin(Mode::Write).await.unwrap()
}

/// How often a case begins work again that others were in the way of, before it fails.
const TRIES: usize = 200;

/// Does the same work until nobody is in its way any more.
pub(crate) async fn retried<T, W>(work: impl Fn() -> W) -> Result<T>
where
    W: Future<Output = Result<T>>,
{
    for _ in 0..TRIES {
        match work().await {
            Err(StoreError::Contended) => tokio::task::yield_now().await,
            answer => return answer,
        }
    }
    panic!("another unit of work was in the way {TRIES} times")
}

/// The next version of a record, changed by its last author.
pub(crate) fn next<R: Record>(record: &R, change: impl FnOnce(&mut R)) -> R {
    let mut record = record.clone();
    change(&mut record);
    let Some(later) = record.stamp().changed_at.checked_add_signed(chrono::TimeDelta::seconds(1)) else {
        unreachable!("no fixture is near the end of time")
    };
    let by = record.stamp().changed_by;
    record.stamp_mut().touch(by, later);
    record
}

pub(crate) async fn insert<R: Stored>(store: &dyn Store, record: &R) -> Result<()> {
    let mut work = writing(store).await;
    R::of(&mut work).insert(record).await?;
    work.commit().await
}

pub(crate) async fn update<R: Stored>(store: &dyn Store, record: &R) -> Result<()> {
    let mut work = writing(store).await;
    R::of(&mut work).update(record).await?;
    work.commit().await
}

pub(crate) async fn save<R: Stored>(store: &dyn Store, record: &R) {
    insert(store, record).await.unwrap();
}

/// Changes a stored record and gives its new version.
pub(crate) async fn change<R: Stored>(store: &dyn Store, record: &R, change: impl FnOnce(&mut R)) -> R {
    let changed = next(record, change);
    update(store, &changed).await.unwrap();
    changed
}

/// What the store has under the id of this record.
pub(crate) async fn stored<R: Stored>(store: &dyn Store, record: &R) -> Option<R> {
    R::of(&mut reading(store).await).get(record.id()).await.unwrap()
}

pub(crate) async fn list<R: Stored>(store: &dyn Store, filter: &R::Filter, page: PageRequest) -> Page<R> {
    R::of(&mut reading(store).await).list(filter, page).await.unwrap()
}

/// Ids in the order of a list, for comparing with an array of what is expected.
#[derive(Debug)]
pub(crate) struct Ids(Vec<Uuid>);

impl<const N: usize> PartialEq<[Uuid; N]> for Ids {
    fn eq(&self, expected: &[Uuid; N]) -> bool {
        self.0 == expected
    }
}

/// The ids of the first page of what a filter leaves.
pub(crate) async fn listed<R: Stored>(store: &dyn Store, filter: &R::Filter) -> Ids {
    Ids(list::<R>(store, filter, PageRequest::new(Cursor::Start)).await.items.iter().map(|it| it.id().into()).collect())
}
