//! The one door to the store. No permission named, no unit of work: the store is private to this file.
use std::{net::IpAddr, sync::Arc};

use chrono::{DateTime, Utc};
use domain::{
    access::{Actor, Forbidden, Permission},
    audit::{Act, AuditEntry, FieldChange},
    calendar::Calendar,
    clock::Clock,
    field::Field,
    files::Files,
    page::{Page, PageRequest},
    passwords::PasswordHasher,
    record::Record,
    session::{Device, Session as SignedInBrowser, TokenHash},
    store::{Accounts, AuditLog, Directory, Mode, Names, Repository, Statistics, Store, UnitOfWork, Uploads},
    user::{User, UserId},
    values::{Day, Invalid},
};

use crate::{Error, Result, contention::retried, setup::Setup};

/// What is the same for everybody.
#[derive(Clone, Debug)]
pub struct Organisation {
    pub calendar: Calendar,
    /// The largest document accepted, in bytes.
    pub document_limit: u64,
}

/// What the application needs from outside.
pub struct Ports {
    pub store: Arc<dyn Store>,
    pub files: Arc<dyn Files>,
    pub passwords: Arc<dyn PasswordHasher>,
    pub clock: Arc<dyn Clock>,
}

/// The application: one per process, cheap to clone.
#[derive(Clone)]
pub struct Crm {
    inner: Arc<Inner>,
    from: Option<IpAddr>,
    device: Device,
}

struct Inner {
    ports: Ports,
    organisation: Organisation,
    setup: Setup,
}

/// The application as one signed-in user may use it.
#[derive(Clone)]
pub struct Session {
    crm: Crm,
    actor: Actor,
    /// None for a command on the server's console.
    browser: Option<TokenHash>,
}

/// An allowed piece of work: one transaction. Dropped without [`Work::commit`], it undoes everything.
pub struct Work {
    uow: Box<dyn UnitOfWork>,
    /// Nobody, where the system itself works.
    pub by: Option<UserId>,
    from: Option<IpAddr>,
    pub now: DateTime<Utc>,
}

impl Crm {
    pub fn new(ports: Ports, organisation: Organisation) -> Self {
        Self {
            inner: Arc::new(Inner { ports, organisation, setup: Setup::default() }),
            from: None,
            device: Device::default(),
        }
    }

    /// The same application, as somebody at this address uses it: the audit log keeps from where it was asked.
    #[must_use]
    pub fn asked_from(&self, address: IpAddr) -> Self {
        Self { from: Some(address), ..self.clone() }
    }

    /// The same application, as it is used from this device: a session keeps in which browser it was begun.
    #[must_use]
    pub fn asked_by(&self, device: Device) -> Self {
        Self { device, ..self.clone() }
    }

    /// A new session of this user in whatever asks.
    pub(crate) fn session_here(&self, token: TokenHash, user: UserId, now: DateTime<Utc>) -> SignedInBrowser {
        SignedInBrowser { device: self.device.clone(), from: self.from, ..SignedInBrowser::new(token, user, now) }
    }

    /// The application as this user may use it. Whoever makes the actor answers for it: signing in does, from the
    /// store, and commands on the server's console do.
    pub fn session_of(&self, actor: Actor) -> Session {
        Session { crm: self.clone(), actor, browser: None }
    }

    /// As the user whom this browser is signed in as.
    pub(crate) fn session_in(&self, browser: TokenHash, actor: Actor) -> Session {
        Session { browser: Some(browser), ..self.session_of(actor) }
    }

    pub fn organisation(&self) -> &Organisation {
        &self.inner.organisation
    }

    pub fn now(&self) -> DateTime<Utc> {
        // Stores keep microseconds: what is in memory is what will be read back.
        let now = self.inner.ports.clock.now();
        DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now)
    }

    pub fn today(&self) -> Day {
        self.organisation().calendar.day(self.now())
    }

    pub(crate) fn setup(&self) -> &Setup {
        &self.inner.setup
    }

    pub(crate) fn files(&self) -> &dyn Files {
        &*self.inner.ports.files
    }

    pub(crate) fn passwords(&self) -> &dyn PasswordHasher {
        &*self.inner.ports.passwords
    }

    /// The system's own reading: signing in, first start, upkeep, commands on the server's console. Nobody's
    /// permission is asked, so nothing that acts for a user may come through here; [`Session`] cannot.
    pub(crate) async fn as_system(&self) -> Result<Work> {
        self.begin(None, Mode::Read).await
    }

    /// The system's own writing, under the rules of [`Session::write`] except for the permission.
    pub(crate) async fn write_as_system<T, W>(&self, work: impl Fn(Work) -> W) -> Result<T>
    where
        W: Future<Output = Result<T>>,
    {
        self.write(None, work).await
    }

    /// For filling an empty database, as the `demo` command does: nobody's permission is asked, but every
    /// record gets its audit row. Fails with [`Error::Conflict`] where there are records already.
    ///
    /// The one writing work that is not begun again: its files are stored while it lives, and nobody else writes then.
    pub async fn fill(&self) -> Result<Work> {
        let mut work = self.begin(None, Mode::Fill).await?;
        let counts = work.directory().counts().await?;
        let empty = counts.services + counts.campaigns + counts.clients + counts.contracts == 0
            && counts.leads.values().all(|it| *it == 0);
        if empty { Ok(work) } else { Err(Error::Conflict) }
    }

    async fn write<T, W>(&self, by: Option<UserId>, work: impl Fn(Work) -> W) -> Result<T>
    where
        W: Future<Output = Result<T>>,
    {
        let work = &work;
        retried(|mode| async move { work(self.begin(by, mode).await?).await }).await
    }

    async fn begin(&self, by: Option<UserId>, mode: Mode) -> Result<Work> {
        Ok(Work { uow: self.inner.ports.store.begin(mode).await?, by, from: self.from, now: self.now() })
    }
}

impl Session {
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Whether it is the one that this browser has.
    pub fn is_this(&self, session: &SignedInBrowser) -> bool {
        self.browser == Some(session.token)
    }

    /// Whether the user may still sign in, and the browser still is.
    pub(crate) async fn is_still_on(&self, work: &mut Work) -> Result<bool> {
        match self.browser {
            Some(browser) => Ok(work.accounts().session(browser).await?.is_some_and(|it| it.user.active)),
            None => Ok(true),
        }
    }

    /// A new session of this user in the same browser.
    pub(crate) fn session_here(&self, token: TokenHash, user: UserId, now: DateTime<Utc>) -> SignedInBrowser {
        self.crm.session_here(token, user, now)
    }

    pub fn organisation(&self) -> &Organisation {
        self.crm.organisation()
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.crm.now()
    }

    pub fn today(&self) -> Day {
        self.crm.today()
    }

    pub(crate) fn files(&self) -> &dyn Files {
        self.crm.files()
    }

    pub(crate) fn passwords(&self) -> &dyn PasswordHasher {
        self.crm.passwords()
    }

    pub(crate) async fn read(&self, permission: Permission) -> Result<Work> {
        self.actor.authorize(permission)?;
        self.crm.begin(Some(self.actor.id), Mode::Read).await
    }

    /// For what is about nobody but this user.
    pub(crate) async fn read_own(&self) -> Result<Work> {
        self.crm.begin(Some(self.actor.id), Mode::Read).await
    }

    /// Does the work in a unit of work of its own, and again in another one where somebody was in the way: at most
    /// three times in all, then it is [`Error::Busy`]. So the work may load, decide and save, and nothing besides:
    /// whatever it does outside of the store it might do three times.
    pub(crate) async fn write<T, W>(&self, permission: Permission, work: impl Fn(Work) -> W) -> Result<T>
    where
        W: Future<Output = Result<T>>,
    {
        self.actor.authorize(permission)?;
        let outcome = self.write_for_anyone(work).await;
        let noted = match &outcome {
            Err(Error::Refused(refused)) => self.note_refused(*refused).await,
            Err(Error::Forbidden(forbidden)) => self.note_forbidden(*forbidden).await,
            _ => Ok(()),
        };
        if let Err(error) = noted {
            tracing::warn!(%error, "a refusal could not be written down");
        }
        outcome
    }

    /// Of work that needs no permission, because it is about nothing but this user.
    pub(crate) async fn write_for_anyone<T, W>(&self, work: impl Fn(Work) -> W) -> Result<T>
    where
        W: Future<Output = Result<T>>,
    {
        self.crm.write(Some(self.actor.id), work).await
    }

    /// For work that several permissions allow: any one of them.
    pub(crate) fn authorize_any(&self, permissions: [Permission; 3]) -> Result<Permission, Forbidden> {
        permissions.into_iter().find(|it| self.actor.may(*it)).ok_or(Forbidden(permissions[0]))
    }
}

/// A page of records with the names of what they refer to.
#[derive(Clone, Debug)]
pub struct Listed<R> {
    pub page: Page<R>,
    pub names: Names,
}

impl Work {
    pub async fn get<R>(&mut self, id: R::Id) -> Result<R>
    where
        R: Record,
        dyn UnitOfWork: Repository<R>,
    {
        self.find(id).await?.ok_or(Error::NotFound)
    }

    pub(crate) async fn find<R>(&mut self, id: R::Id) -> Result<Option<R>>
    where
        R: Record,
        dyn UnitOfWork: Repository<R>,
    {
        Ok(Repository::<R>::get(&mut *self.uow, id).await?)
    }

    /// Whether the same person has saved this very record before; [`Error::AlreadySaved`] otherwise.
    pub(crate) async fn saved_before<R>(&mut self, record: &R) -> Result<()>
    where
        R: Record,
        dyn UnitOfWork: Repository<R>,
    {
        let by = record.stamp().created_by;
        let first: Option<R> = self.find(record.id()).await?;
        match first {
            Some(first) if first.stamp().created_by == by && first.fields() == record.fields() => Ok(()),
            _ => Err(Error::AlreadySaved(record.id().into())),
        }
    }

    /// The record, if it still is the version that the user's form was made from.
    pub(crate) async fn get_version<R>(&mut self, id: R::Id, version: i32) -> Result<R>
    where
        R: Record,
        dyn UnitOfWork: Repository<R>,
    {
        let record: R = self.get(id).await?;
        if record.stamp().version == version { Ok(record) } else { Err(Error::Conflict) }
    }

    /// The record that a form's field refers to.
    pub(crate) async fn referred<R>(&mut self, id: R::Id, field: Field) -> Result<R>
    where
        R: Record,
        dyn UnitOfWork: Repository<R>,
    {
        self.find(id).await?.ok_or(Error::Invalid(field, Invalid::UnknownChoice))
    }

    pub(crate) async fn list<R>(&mut self, filter: &R::Filter, page: PageRequest) -> Result<Page<R>>
    where
        R: Record,
        dyn UnitOfWork: Repository<R>,
    {
        Ok(Repository::<R>::list(&mut *self.uow, filter, page).await?)
    }

    /// Stores a new record and its audit row.
    pub async fn insert<R>(&mut self, record: &R) -> Result<()>
    where
        R: Record,
        dyn UnitOfWork: Repository<R>,
    {
        Repository::<R>::insert(&mut *self.uow, record).await?;
        Ok(self.uow.append(&AuditEntry::creation(record, self.from)).await?)
    }

    /// Inserts and commits a record whose id came with its form. The same form sent again is the first answer again;
    /// sent again with other values, it is [`Error::AlreadySaved`]: nothing typed is silently dropped.
    pub(crate) async fn insert_once<R>(mut self, record: &R) -> Result<R::Id>
    where
        R: Record,
        dyn UnitOfWork: Repository<R>,
    {
        if self.find::<R>(record.id()).await?.is_some() {
            self.saved_before(record).await?;
        } else {
            self.insert(record).await?;
            self.commit().await?;
        }
        Ok(record.id())
    }

    /// Stores a changed record and its audit row; nothing where nothing differs.
    pub async fn update<R>(&mut self, before: &R, mut after: R) -> Result<R>
    where
        R: Record,
        dyn UnitOfWork: Repository<R>,
    {
        if *before == after {
            return Ok(after);
        }
        after.stamp_mut().touch(self.by, self.now);
        Repository::<R>::update(&mut *self.uow, &after).await?;
        self.uow.append(&AuditEntry::change(before, &after, self.from)).await?;
        Ok(after)
    }

    /// Writes down what this user did or tried.
    pub(crate) async fn note_act(&mut self, act: Act, user: &User, changes: Vec<FieldChange>) -> Result<()> {
        let entry = AuditEntry { changes, ..AuditEntry::of_user(act, user, self.by, self.from, self.now) };
        Ok(self.uow.append(&entry).await?)
    }

    pub(crate) fn directory(&mut self) -> &mut dyn Directory {
        &mut *self.uow
    }

    pub(crate) fn accounts(&mut self) -> &mut dyn Accounts {
        &mut *self.uow
    }

    pub(crate) fn statistics(&mut self) -> &mut dyn Statistics {
        &mut *self.uow
    }

    pub(crate) fn uploads(&mut self) -> &mut dyn Uploads {
        &mut *self.uow
    }

    pub(crate) fn audit(&mut self) -> &mut dyn AuditLog {
        &mut *self.uow
    }

    pub async fn commit(self) -> Result<()> {
        Ok(self.uow.commit().await?)
    }
}
