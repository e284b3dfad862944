//! A store whose n-th call fails, to find out what a use case leaves behind when it is cut off there.
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    audit::AuditEntry,
    calendar::Moments,
    campaign::Campaign,
    client::Client,
    contract::Contract,
    document::{Document, DocumentId},
    lead::Lead,
    note::Note,
    page::{Page, PageRequest},
    record::{Record, RecordKind},
    role::Role,
    service::Service,
    session::{Session, TokenHash},
    spend::SpendEntry,
    statistics::{CampaignSums, FlowSums, Lens, Window},
    store::{
        Accounts, AuditLog, Choice, Commit, Counts, Directory, Mode, Names, Repository, Result, SignedIn, Statistics,
        Store, StoreError, UnitOfWork, Uploads,
    },
    user::{User, UserId},
    values::Username,
};
use uuid::Uuid;

/// Counts down with each call; the call that finds it at one fails, and nothing fails at zero.
#[derive(Clone, Default)]
pub struct Fuse(Arc<AtomicUsize>);

impl Fuse {
    /// Makes the n-th call from now on fail, once.
    pub fn set(&self, n: usize) {
        self.0.store(n, Ordering::SeqCst);
    }

    /// Whether it has gone off, or never was set.
    pub fn is_out(&self) -> bool {
        self.0.load(Ordering::SeqCst) == 0
    }

    fn burn(&self) -> Result<()> {
        match self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |it| it.checked_sub(1)) {
            Ok(1) => Err(StoreError::unavailable("the fuse went off")),
            _ => Ok(()),
        }
    }
}

pub struct Failing<S> {
    pub inner: S,
    pub fuse: Fuse,
}

struct Work {
    inner: Box<dyn UnitOfWork>,
    fuse: Fuse,
}

#[async_trait]
impl<S: Store> Store for Failing<S> {
    async fn begin(&self, mode: Mode) -> Result<Box<dyn UnitOfWork>> {
        self.fuse.burn()?;
        Ok(Box::new(Work { inner: self.inner.begin(mode).await?, fuse: self.fuse.clone() }))
    }
}

#[async_trait]
impl Commit for Work {
    async fn commit(self: Box<Self>) -> Result<()> {
        self.fuse.burn()?;
        self.inner.commit().await
    }
}

/// Every port by delegation.
macro_rules! delegate {
    ($($port:ident { $($name:ident($($value:ident: $type:ty),*) -> $answer:ty;)* })*) => {
        $(#[async_trait]
        impl $port for Work {
            $(async fn $name(&mut self, $($value: $type),*) -> Result<$answer> {
                self.fuse.burn()?;
                self.inner.$name($($value),*).await
            })*
        })*
    };
}
delegate! {
    Directory {
        names(kind: RecordKind, ids: &[Uuid]) -> Names;
        choices(kind: RecordKind, limit: u16) -> Vec<Choice>;
        channels(limit: u16) -> Vec<String>;
        counts() -> Counts;
    }
    Accounts {
        user_named(username: &Username) -> Option<User>;
        session(token: TokenHash) -> Option<SignedIn>;
        insert_session(session: &Session) -> ();
        refresh_session(token: TokenHash, seen_at: DateTime<Utc>) -> ();
        remove_session(token: TokenHash) -> ();
        remove_sessions_of(user: UserId) -> ();
        remove_sessions_before(signed_in: DateTime<Utc>, seen: DateTime<Utc>) -> ();
        active_superusers() -> u32;
    }
    AuditLog {
        append(entry: &AuditEntry) -> ();
        history(kind: RecordKind, record: Uuid, limit: u16) -> Vec<AuditEntry>;
    }
    Statistics {
        sums(lens: Lens, window: Option<&'_ Window>) -> Vec<CampaignSums>;
        flow(lens: Lens, stretches: &[Moments]) -> Vec<FlowSums>;
    }
    Uploads {
        remove_waiting(id: DocumentId) -> ();
        unknown(ids: &[DocumentId]) -> Vec<DocumentId>;
    }
}

macro_rules! repositories {
    ($($record:ty),*) => {
        $(#[async_trait]
        impl Repository<$record> for Work {
            async fn get(&mut self, id: <$record as Record>::Id) -> Result<Option<$record>> {
                self.fuse.burn()?;
                self.inner.get(id).await
            }

            async fn list(
                &mut self,
                filter: &<$record as Record>::Filter,
                page: PageRequest,
            ) -> Result<Page<$record>> {
                self.fuse.burn()?;
                self.inner.list(filter, page).await
            }

            async fn insert(&mut self, record: &$record) -> Result<()> {
                self.fuse.burn()?;
                self.inner.insert(record).await
            }

            async fn update(&mut self, record: &$record) -> Result<()> {
                self.fuse.burn()?;
                self.inner.update(record).await
            }
        })*
    };
}
repositories!(Service, Campaign, SpendEntry, Lead, Note, Client, Contract, Document, User, Role);
