//! The one door to the store. No permission named, no unit of work: the store is private to this file.
use std::{net::IpAddr, sync::Arc};

use chrono::{DateTime, Utc};
use domain::{
    access::{Actor, Forbidden, Permission},
    calendar::Calendar,
    clock::Clock,
    files::Files,
    passwords::PasswordHasher,
    preferences::Preferences,
    session::{BrowserSession, Device, TokenHash},
    store::{AuthenticatedUser, Mode, Store},
    user::UserId,
    values::Day,
};

use crate::{
    Error, RequiredAction, Result, Work,
    accounts::{effective_actor, is_on},
    concurrency_limit::ConcurrencyLimit,
    contention::retried,
    setup::Setup,
    throttle::Throttle,
    turns::{MOST_EXPORTS, MOST_EXPORTS_OF_USER, MOST_UPLOADS, Turns},
};

/// Settings of the whole organisation.
#[derive(Clone, Debug)]
pub struct Organisation {
    pub calendar: Calendar,
    /// The largest document accepted, in bytes.
    pub document_limit: u64,
    /// How many files of one user may wait for their contracts: see [`domain::document::UploadQuota`].
    pub waiting_uploads: u64,
}

/// The outbound ports of the application.
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
    throttle: Throttle,
    uploads: Arc<ConcurrencyLimit>,
    exports: Arc<ConcurrencyLimit>,
    turns: Arc<Turns>,
}

/// The application as one signed-in user may use it.
#[derive(Clone)]
pub struct Session {
    crm: Crm,
    actor: Actor,
    /// None for a command on the server's console.
    browser: Option<TokenHash>,
    required_action: Option<RequiredAction>,
    preferences: Preferences,
}

impl Crm {
    pub fn new(ports: Ports, organisation: Organisation) -> Self {
        Self {
            inner: Arc::new(Inner {
                turns: Turns::new(ports.store.readers()),
                ports,
                organisation,
                setup: Setup::default(),
                throttle: Throttle::default(),
                uploads: ConcurrencyLimit::new(MOST_UPLOADS, MOST_UPLOADS),
                exports: ConcurrencyLimit::new(MOST_EXPORTS, MOST_EXPORTS_OF_USER),
            }),
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
    pub(crate) fn session_here(&self, token: TokenHash, user: UserId, now: DateTime<Utc>) -> BrowserSession {
        BrowserSession { device: self.device.clone(), from: self.from, ..BrowserSession::new(token, user, now) }
    }

    /// The application as this user may use it. The caller answers for the actor: signing in does, from the
    /// store, and commands on the server's console do.
    pub fn session_of(&self, actor: Actor) -> Session {
        Session { crm: self.clone(), actor, browser: None, required_action: None, preferences: Preferences::default() }
    }

    /// As the user whom this browser is signed in as.
    pub(crate) fn session_in(&self, found: &AuthenticatedUser) -> Session {
        let ((actor, required_action), preferences) = (effective_actor(found), found.user.details.preferences);
        Session { browser: Some(found.session.token), required_action, preferences, ..self.session_of(actor) }
    }

    /// The address that the application is used from, where it is known.
    pub(crate) fn address(&self) -> Option<IpAddr> {
        self.from
    }

    pub(crate) fn throttle(&self) -> &Throttle {
        &self.inner.throttle
    }

    pub(crate) fn turns(&self) -> &Arc<Turns> {
        &self.inner.turns
    }

    pub(crate) fn uploads(&self) -> &Arc<ConcurrencyLimit> {
        &self.inner.uploads
    }

    pub(crate) fn exports(&self) -> &Arc<ConcurrencyLimit> {
        &self.inner.exports
    }

    pub fn organisation(&self) -> &Organisation {
        &self.inner.organisation
    }

    pub fn now(&self) -> DateTime<Utc> {
        // Stores keep microseconds: the value in memory is the value that will be read back.
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
        let mut work = self.begin(None, Mode::BulkLoad).await?;
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
        Ok(Work::new(self.inner.ports.store.begin(mode).await?, by, self.from, self.now()))
    }
}

impl Session {
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// None for a command on the server's console.
    pub(crate) fn browser(&self) -> Option<TokenHash> {
        self.browser
    }

    /// Whether it is the one that this browser has.
    pub fn is_this(&self, session: &BrowserSession) -> bool {
        self.browser == Some(session.token)
    }

    /// The action that the user has to complete before anything else.
    pub fn required_action(&self) -> Option<RequiredAction> {
        self.required_action
    }

    pub fn preferences(&self) -> Preferences {
        self.preferences
    }

    /// In which this user reads moments.
    pub fn calendar(&self) -> Calendar {
        self.preferences.time_zone.unwrap_or(self.organisation().calendar)
    }

    /// The user may have lost rights since the request began, because its body may have taken long. So the transaction that
    /// writes checks the permission again.
    pub(crate) async fn is_still_permitted(&self, permission: Option<Permission>, work: &mut Work) -> Result<()> {
        let Some(browser) = self.browser else { return Ok(()) };
        let now = work.now;
        let found = work.accounts().session(browser).await?.filter(|it| is_on(it, now));
        let (actor, _) = effective_actor(&found.ok_or(Error::SessionEnded)?);
        permission.map_or(Ok(()), |it| actor.authorize(it))?;
        // Rules look at more than one permission: those of this session have to be current.
        if actor.has_the_rights_of(&self.actor) { Ok(()) } else { Err(Error::Conflict) }
    }

    /// A new session of this user in the same browser.
    pub(crate) fn session_here(&self, token: TokenHash, user: UserId, now: DateTime<Utc>) -> BrowserSession {
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

    /// The day that it is where this user is.
    pub fn own_today(&self) -> Day {
        self.calendar().day(self.now())
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

    /// Reads data about this user only.
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
        self.write_permitted(Some(permission), work).await
    }

    /// Of work that needs no permission, because it is about nothing but this user.
    pub(crate) async fn write_own<T, W>(&self, work: impl Fn(Work) -> W) -> Result<T>
    where
        W: Future<Output = Result<T>>,
    {
        self.write_permitted(None, work).await
    }

    async fn write_permitted<T, W>(&self, permission: Option<Permission>, work: impl Fn(Work) -> W) -> Result<T>
    where
        W: Future<Output = Result<T>>,
    {
        let write = &work;
        let checked = |mut work: Work| async move {
            self.is_still_permitted(permission, &mut work).await?;
            write(work).await
        };
        let outcome = self.crm.write(Some(self.actor.id), checked).await;
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

    pub(crate) fn throttle(&self) -> &Throttle {
        self.crm.throttle()
    }

    pub(crate) fn crm(&self) -> &Crm {
        &self.crm
    }

    /// For work that several permissions allow: any one of them.
    pub(crate) fn authorize_any<const N: usize>(&self, permissions: [Permission; N]) -> Result<Permission, Forbidden> {
        permissions.into_iter().find(|it| self.actor.may(*it)).ok_or(Forbidden(permissions[0]))
    }
}
