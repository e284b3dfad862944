//! Ports to persistence. An adapter implements every trait here and passes the `conformance` suite.
use std::collections::{BTreeMap, HashMap};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    audit::{AuditEntry, AuditFilter},
    campaign::Campaign,
    chain::ChainLink,
    client::Client,
    contract::Contract,
    document::{Document, DocumentId, WaitingFiles},
    duplicates::{DuplicatePair, LeadPair, MatchBy},
    lead::{Lead, LeadId, LeadStage},
    logged::LoggedEntry,
    note::Note,
    page::{Page, PageRequest, Position},
    record::{Record, RecordKind},
    role::{Role, RoleId},
    service::Service,
    session::{BrowserSession, TokenHash},
    spend::SpendEntry,
    statistics::{AsOf, Attribution, CampaignSums, CohortSums, Sums, TimeBuckets, Window},
    user::{User, UserId},
    values::Username,
    view::View,
};

pub type Result<T> = std::result::Result<T, StoreError>;

/// A rule of uniqueness that a write would break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UniqueKey {
    /// A record with this id exists.
    Id,
    ServiceName,
    CampaignName,
    Username,
    RoleName,
    /// One lead makes one client.
    LeadOfClient,
    /// One file belongs to one contract.
    DocumentOfContract,
}

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("already taken: {0:?}")]
    Taken(UniqueKey),
    /// Somebody else changed the record first; or it is gone.
    #[error("the record was changed meanwhile")]
    Stale,
    /// The write names a record that does not exist.
    #[error("refers to a record that does not exist")]
    Dangling,
    /// Another unit of work was in the way: nothing was saved, and the same work begun again may succeed.
    /// Any step of a unit of work and its commit may answer it.
    #[error("another unit of work was in the way")]
    Contended,
    /// The store does not answer, is full, or has a value that this version cannot read.
    #[error("storage is unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl StoreError {
    pub fn unavailable(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unavailable(source.into())
    }
}

/// The isolation of a unit of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Only reads; a write is refused. Sees one moment, that of its first read, and waits for no writer.
    Read,
    /// Reads and writes. Everything that it reads stays true until it commits, or the commit fails with
    /// [`StoreError::Contended`] or [`StoreError::Stale`].
    Write,
    /// As `Write`, but waits until nobody else writes, and nobody does meanwhile: nothing is in its way.
    Exclusive,
    /// As `Exclusive`, for records in any order: references are only looked at by the commit. It may take its time.
    BulkLoad,
}

#[async_trait]
pub trait Store: Send + Sync + 'static {
    async fn begin(&self, mode: Mode) -> Result<Box<dyn UnitOfWork>>;

    /// How many units of work may read at the same moment, at least one. The next one waits for one of them.
    fn readers(&self) -> usize;
}

/// Every port over one transaction. After a step that failed it is only good for dropping. Dropped without [`Commit::commit`], it undoes everything.
pub trait UnitOfWork:
    Repository<Service>
    + Repository<Campaign>
    + Repository<SpendEntry>
    + Repository<Lead>
    + Repository<Note>
    + Repository<Client>
    + Repository<Contract>
    + Repository<Document>
    + Repository<User>
    + Repository<Role>
    + Repository<View>
    + Directory
    + Duplicates
    + Accounts
    + AuditLog
    + Statistics
    + Uploads
    + Commit
{
}

impl<T> UnitOfWork for T where
    T: Repository<Service>
        + Repository<Campaign>
        + Repository<SpendEntry>
        + Repository<Lead>
        + Repository<Note>
        + Repository<Client>
        + Repository<Contract>
        + Repository<Document>
        + Repository<User>
        + Repository<Role>
        + Repository<View>
        + Directory
        + Duplicates
        + Accounts
        + AuditLog
        + Statistics
        + Uploads
        + Commit
{
}

#[async_trait]
pub trait Commit: Send {
    async fn commit(self: Box<Self>) -> Result<()>;
}

/// One kind of record.
#[async_trait]
pub trait Repository<R: Record>: Send {
    async fn get(&mut self, id: R::Id) -> Result<Option<R>>;

    /// A page of the filtered records, newest first; spend entries latest day first.
    /// A cursor at a record that is not there gives an empty page.
    async fn list(&mut self, filter: &R::Filter, page: PageRequest) -> Result<Page<R>>;

    /// The position of this record in the filtered list. None without such a record.
    async fn position(&mut self, filter: &R::Filter, id: R::Id) -> Result<Option<Position>>;

    /// Fails with [`StoreError::Taken`] or [`StoreError::Dangling`].
    async fn insert(&mut self, record: &R) -> Result<()>;

    /// Inserts these one after the other, in less time. Which of them one that is refused leaves behind is unknown.
    async fn insert_all(&mut self, records: &[R]) -> Result<()>;

    /// Replaces the version before this one. Fails with [`StoreError::Stale`] unless the stored version is
    /// `record.stamp().version - 1`; with [`StoreError::Taken`] or [`StoreError::Dangling`] like an insert.
    async fn update(&mut self, record: &R) -> Result<()>;
}

/// Names by id, for lists and pickers.
pub type Names = HashMap<Uuid, String>;

/// A choice in a picker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub id: Uuid,
    pub name: String,
}

/// Exact numbers of records, known without counting.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Not archived.
    pub services: u64,
    /// Not archived.
    pub campaigns: u64,
    /// A stage without leads may be left out.
    pub leads: HashMap<LeadStage, u64>,
    pub clients: u64,
    pub contracts: u64,
}

/// What lists and forms need of other records: their names, and how many there are.
#[async_trait]
pub trait Directory: Send {
    /// The names of the records with these ids; ids that do not exist are left out.
    /// Kinds without a name of their own (notes, spend entries, documents) have none.
    async fn names(&mut self, kind: RecordKind, ids: &[Uuid]) -> Result<Names>;

    /// The choices of a picker, by name, at most `limit`: services and campaigns that are not archived,
    /// users who are active, every role, contracts without a client (newest first).
    /// Nothing for other kinds.
    async fn choices(&mut self, kind: RecordKind, limit: u16) -> Result<Vec<Choice>>;

    /// The channels that campaigns use already, in the order of their characters, at most `limit`.
    async fn channels(&mut self, limit: u16) -> Result<Vec<String>>;

    async fn counts(&mut self) -> Result<Counts>;
}

/// Leads that may be one person.
#[async_trait]
pub trait Duplicates: Send {
    /// The leads with these ids, in no order; ids that do not exist are left out.
    async fn leads(&mut self, ids: &[LeadId]) -> Result<Vec<Lead>>;

    /// The leads that have this [key](crate::duplicates::Marks::key), or whose client has it, also those that were merged into
    /// another one; the newest first, at most `limit`.
    async fn leads_with(&mut self, match_by: MatchBy, key: &str, limit: u16) -> Result<Vec<Lead>>;

    /// For every key that several leads in use have, the oldest two of them that nobody told apart; none where all were. In the
    /// order of the keys, behind that of the lead `after`, at most `limit`.
    async fn duplicate_pairs(
        &mut self,
        match_by: MatchBy,
        after: Option<LeadId>,
        limit: u16,
    ) -> Result<Vec<DuplicatePair>>;

    /// Remembers that these two are different people, or forgets it; whether that was news. Fails with
    /// [`StoreError::Dangling`] without the leads.
    async fn dismiss_duplicate(&mut self, pair: LeadPair, apart: bool) -> Result<bool>;

    /// The pairs that were told apart, in their order, behind this one, at most `limit`.
    async fn dismissed_duplicates(&mut self, after: Option<LeadPair>, limit: u16) -> Result<Vec<LeadPair>>;
}

/// What signing in needs of users and their sessions.
#[async_trait]
pub trait Accounts: Send {
    /// By username without regard to case.
    async fn user_named(&mut self, username: &Username) -> Result<Option<User>>;

    /// Whose link for setting a password this is.
    async fn user_invited_by(&mut self, link: TokenHash) -> Result<Option<User>>;
    /// Writes down when the user signed in, and with the code of which step, where there is a second factor.
    /// This is no change of the record: its version stays.
    async fn signed_in(&mut self, user: UserId, at: DateTime<Utc>, step: Option<i64>) -> Result<()>;

    /// A session with its user and the permissions of the user's roles and grants.
    async fn session(&mut self, token: TokenHash) -> Result<Option<AuthenticatedUser>>;
    /// Fails with [`StoreError::Dangling`] without its user, and with [`UniqueKey::Id`] when the token is taken.
    async fn insert_session(&mut self, session: &BrowserSession) -> Result<()>;
    /// As [`BrowserSession::use_at`] says.
    async fn refresh_session(&mut self, token: TokenHash, seen_at: DateTime<Utc>) -> Result<()>;
    async fn remove_session(&mut self, token: TokenHash) -> Result<()>;
    /// Removes the sessions of a user, except for the one with this hash.
    async fn remove_sessions_of(&mut self, user: UserId, except: Option<TokenHash>) -> Result<()>;
    /// Removes sessions that are no longer [live](Session::is_live). Sessions that are ahead of this
    /// moment count their time from it: the clock was set back.
    async fn remove_sessions_over(&mut self, now: DateTime<Utc>) -> Result<()>;

    /// The sessions that a user is signed in by, the one that was used last first, at most `limit`.
    async fn sessions_of(&mut self, user: UserId, limit: u16) -> Result<Vec<BrowserSession>>;

    /// All sessions in the order of their hashes, after the one with this hash, at most `limit`.
    async fn sessions(&mut self, after: Option<TokenHash>, limit: u16) -> Result<Vec<BrowserSession>>;

    /// How many active superusers there are.
    async fn active_superusers(&mut self) -> Result<u32>;

    /// How many active users have each role; a role that none of them has is left out.
    async fn active_users_by_role(&mut self) -> Result<BTreeMap<RoleId, u64>>;
}

/// A session as each request needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthenticatedUser {
    pub session: BrowserSession,
    pub user: User,
    /// Of the user's roles and own grants together.
    pub permissions: crate::access::Permissions,
    /// One of the user's roles asks for a second factor.
    pub needs_second_factor: bool,
}

/// How many entries the audit log has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogSize {
    pub all: u64,
    /// Those without a seal, because they are older than seals are.
    pub unsealed: u64,
    /// How many there were when the first seal was made.
    pub before_seals: u64,
    /// How many chains the store writes, numbered from 0.
    pub chains: i16,
}

#[async_trait]
pub trait AuditLog: Send {
    /// Seals the entry behind the last one of a chain. Fails with [`StoreError::Dangling`] when nobody is the user it
    /// names.
    async fn append(&mut self, entry: &AuditEntry) -> Result<()>;

    /// Appends these one after the other, in less time.
    async fn append_all(&mut self, entries: &[AuditEntry]) -> Result<()>;

    /// The entries of all records in the order of their ids, after the one with this id, at most `limit`.
    /// Fails where one of them cannot be read.
    async fn entries(&mut self, after: Option<Uuid>, limit: u16) -> Result<Vec<AuditEntry>>;

    /// The changes of one record that made versions below this one, latest version first, at most `limit` entries.
    async fn history(&mut self, kind: RecordKind, record: Uuid, below: i32, limit: u16) -> Result<Vec<LoggedEntry>>;

    /// A page of the filtered entries, newest first.
    async fn log(&mut self, filter: &AuditFilter, page: PageRequest) -> Result<Page<LoggedEntry>>;

    /// The last seal of each chain, in the order of the chains. A chain without entries has its start.
    async fn heads(&mut self) -> Result<Vec<ChainLink>>;

    /// The entries of a chain in its order, behind this position, at most `limit`, each with its seal.
    async fn sealed(&mut self, chain: i16, after: i64, limit: u16) -> Result<Vec<(ChainLink, LoggedEntry)>>;

    /// Counts every entry, however long that takes.
    async fn size(&mut self) -> Result<LogSize>;
}

/// Integer sums for the figures of [`crate::statistics`].
#[async_trait]
pub trait Statistics: Send {
    /// One row for each campaign, archived ones too, and one for the leads without any, in no order.
    ///
    /// With `as_of`, only facts by the end of that day: leads created, clients converted, contracts signed by
    /// those clients, and expenses. `taken_up` is the current number, because no store keeps the status of a day.
    async fn sums(
        &mut self,
        attribution: Attribution,
        window: Option<&Window>,
        as_of: Option<AsOf>,
    ) -> Result<Vec<CampaignSums>>;

    /// The sums of each stretch of time, of all campaigns together, in the order of the stretches.
    async fn time_series(&mut self, attribution: Attribution, buckets: &TimeBuckets) -> Result<Vec<Sums>>;

    /// What clients whose leads were created in each stretch brought, by the stretch in which it came. In no order and
    /// perhaps in several pieces, which add up. Empty ones may be left out.
    async fn cohorts(&mut self, buckets: &TimeBuckets) -> Result<Vec<CohortSums>>;
}

/// Files that wait for their contract.
#[async_trait]
pub trait Uploads: Send {
    /// Forgets an uploaded file that no contract took. Fails with [`StoreError::Stale`] when one did;
    /// a file that is forgotten already is no error.
    async fn remove_waiting(&mut self, id: DocumentId) -> Result<()>;

    /// Remembers the session that uploaded this file.
    async fn uploaded_by(&mut self, id: DocumentId, session: TokenHash) -> Result<()>;

    /// How many files of this user wait for a contract; without a user, of everybody.
    async fn waiting(&mut self, user: Option<UserId>) -> Result<WaitingFiles>;

    /// Files that have waited since before this moment, and waiting files of sessions that are no longer stored; the oldest
    /// first, at most `limit`.
    async fn abandoned(&mut self, before: DateTime<Utc>, limit: u16) -> Result<Vec<DocumentId>>;

    /// Those of the ids that no row of this store knows.
    async fn unknown(&mut self, ids: &[DocumentId]) -> Result<Vec<DocumentId>>;
}
