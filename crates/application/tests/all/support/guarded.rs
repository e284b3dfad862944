//! A unit of work whose every step asks first whether it may be done.
use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    audit::{AuditEntry, AuditFilter},
    campaign::Campaign,
    chain::ChainLink,
    client::Client,
    contract::Contract,
    document::{Document, DocumentId, WaitingFiles},
    duplicates::{DuplicatePair, LeadPair, MatchBy},
    lead::{Lead, LeadId},
    logged::LoggedEntry,
    note::Note,
    page::{Page, PageRequest, Position},
    record::{Record, RecordKind},
    role::{Role, RoleId},
    service::Service,
    session::{BrowserSession, TokenHash},
    spend::SpendEntry,
    statistics::{AsOf, Attribution, CampaignSums, CohortSums, Sums, TimeBuckets, Window},
    store::{
        Accounts, AuditLog, AuthenticatedUser, Choice, Commit, Counts, Directory, Duplicates, LogSize, Mode, Names,
        Repository, Result, Statistics, Store, UnitOfWork, Uploads,
    },
    user::{User, UserId},
    values::Username,
    view::View,
};
use uuid::Uuid;

/// What is asked of a store or of a unit of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Begin(Mode),
    Read,
    Write,
    Commit,
}

/// Says of each step whether it is done, or fails.
pub type Guard = Arc<dyn Fn(Step) -> Result<()> + Send + Sync>;

struct Work {
    inner: Box<dyn UnitOfWork>,
    guard: Guard,
}

/// A unit of work of this store under this guard.
pub async fn begin(store: &dyn Store, mode: Mode, guard: Guard) -> Result<Box<dyn UnitOfWork>> {
    guard(Step::Begin(mode))?;
    Ok(Box::new(Work { inner: store.begin(mode).await?, guard }))
}

#[async_trait]
impl Commit for Work {
    async fn commit(self: Box<Self>) -> Result<()> {
        (self.guard)(Step::Commit)?;
        self.inner.commit().await
    }
}

/// Every port by delegation.
macro_rules! delegate {
    ($($port:ident { $($step:ident $name:ident($($value:ident: $type:ty),*) -> $answer:ty;)* })*) => {
        $(#[async_trait]
        impl $port for Work {
            $(async fn $name(&mut self, $($value: $type),*) -> Result<$answer> {
                (self.guard)(Step::$step)?;
                self.inner.$name($($value),*).await
            })*
        })*
    };
}
delegate! {
    Directory {
        Read names(kind: RecordKind, ids: &[Uuid]) -> Names;
        Read choices(kind: RecordKind, limit: u16) -> Vec<Choice>;
        Read channels(limit: u16) -> Vec<String>;
        Read counts() -> Counts;
    }
    Duplicates {
        Read leads(ids: &[LeadId]) -> Vec<Lead>;
        Read leads_with(match_by: MatchBy, key: &str, limit: u16) -> Vec<Lead>;
        Read duplicate_pairs(match_by: MatchBy, after: Option<LeadId>, limit: u16) -> Vec<DuplicatePair>;
        Write dismiss_duplicate(pair: LeadPair, apart: bool) -> bool;
        Read dismissed_duplicates(after: Option<LeadPair>, limit: u16) -> Vec<LeadPair>;
    }
    Accounts {
        Read user_named(username: &Username) -> Option<User>;
        Read user_invited_by(link: TokenHash) -> Option<User>;
        Write signed_in(user: UserId, at: DateTime<Utc>, step: Option<i64>) -> ();
        Read session(token: TokenHash) -> Option<AuthenticatedUser>;
        Write insert_session(session: &BrowserSession) -> ();
        Write refresh_session(token: TokenHash, seen_at: DateTime<Utc>) -> ();
        Write remove_session(token: TokenHash) -> ();
        Write remove_sessions_of(user: UserId, except: Option<TokenHash>) -> ();
        Write remove_sessions_over(now: DateTime<Utc>) -> ();
        Read sessions_of(user: UserId, limit: u16) -> Vec<BrowserSession>;
        Read sessions(after: Option<TokenHash>, limit: u16) -> Vec<BrowserSession>;
        Read active_superusers() -> u32;
        Read active_users_by_role() -> BTreeMap<RoleId, u64>;
    }
    AuditLog {
        Write append(entry: &AuditEntry) -> ();
        Write append_all(entries: &[AuditEntry]) -> ();
        Read entries(after: Option<Uuid>, limit: u16) -> Vec<AuditEntry>;
        Read history(kind: RecordKind, record: Uuid, below: i32, limit: u16) -> Vec<LoggedEntry>;
        Read log(filter: &AuditFilter, page: PageRequest) -> Page<LoggedEntry>;
        Read heads() -> Vec<ChainLink>;
        Read sealed(chain: i16, after: i64, limit: u16) -> Vec<(ChainLink, LoggedEntry)>;
        Read size() -> LogSize;
    }
    Statistics {
        Read sums(attribution: Attribution, window: Option<&'_ Window>, as_of: Option<AsOf>) -> Vec<CampaignSums>;
        Read time_series(attribution: Attribution, buckets: &TimeBuckets) -> Vec<Sums>;
        Read cohorts(buckets: &TimeBuckets) -> Vec<CohortSums>;
    }
    Uploads {
        Write remove_waiting(id: DocumentId) -> ();
        Write uploaded_by(id: DocumentId, session: TokenHash) -> ();
        Read waiting(user: Option<UserId>) -> WaitingFiles;
        Read abandoned(before: DateTime<Utc>, limit: u16) -> Vec<DocumentId>;
        Read unknown(ids: &[DocumentId]) -> Vec<DocumentId>;
    }
}

macro_rules! repositories {
    ($($record:ty),*) => {
        $(#[async_trait]
        impl Repository<$record> for Work {
            async fn get(&mut self, id: <$record as Record>::Id) -> Result<Option<$record>> {
                (self.guard)(Step::Read)?;
                self.inner.get(id).await
            }

            async fn list(
                &mut self,
                filter: &<$record as Record>::Filter,
                page: PageRequest,
            ) -> Result<Page<$record>> {
                (self.guard)(Step::Read)?;
                self.inner.list(filter, page).await
            }

            async fn position(
                &mut self,
                filter: &<$record as Record>::Filter,
                id: <$record as Record>::Id,
            ) -> Result<Option<Position>> {
                (self.guard)(Step::Read)?;
                Repository::<$record>::position(&mut *self.inner, filter, id).await
            }

            async fn insert(&mut self, record: &$record) -> Result<()> {
                (self.guard)(Step::Write)?;
                self.inner.insert(record).await
            }

            async fn insert_all(&mut self, records: &[$record]) -> Result<()> {
                (self.guard)(Step::Write)?;
                self.inner.insert_all(records).await
            }

            async fn update(&mut self, record: &$record) -> Result<()> {
                (self.guard)(Step::Write)?;
                self.inner.update(record).await
            }
        })*
    };
}
repositories!(Service, Campaign, SpendEntry, Lead, Note, Client, Contract, Document, User, Role, View);
