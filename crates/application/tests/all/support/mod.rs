//! A company to test with. Анна is the operator, Максим the manager, Марина the marketer, Алла the administrator,
//! Глеб the director and superuser; Нина has no role at all, and Денис, a manager, may not sign in any more.
pub mod contended;
pub mod databases;
pub mod details;
pub mod everything;
pub mod example;
pub mod failing;
pub mod guarded;
pub mod tables;
pub mod tried;

use std::{
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use adapters_files::{DocumentFiles, Reserve};
use adapters_passwords::Bcrypt;
use application::{Browser, Crm, Error, Organisation, Ports, Session, SignIn, Token};
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use conformance::fixtures::{self, moment};
use domain::{
    access::{Actor, DefaultRole, Permissions},
    calendar::Calendar,
    campaign::CampaignId,
    client::ClientId,
    clock::Clock,
    contract::ContractId,
    document::DocumentId,
    files::ByteStream,
    id::new_uuid,
    lead::{LeadDetails, LeadId},
    page::{Cursor, PageRequest},
    passwords::{Password, PasswordHasher},
    role::{Role, RoleFilter, RoleId},
    service::ServiceId,
    store::{Mode, Repository, Store},
    user::{User, UserId},
    values::{FullName, RoleName, Username},
};
use futures::{StreamExt, stream};
use tempfile::TempDir;
use uuid::Uuid;

pub const PASSWORD: &str = "четыре слона в лодке";
/// The largest document that the company accepts.
pub const LIMIT: usize = 1024 * 1024;
/// How many files of one person may wait for their contracts, where a test is about that.
pub const WAITING: u64 = 20;

/// A clock that stands still until a test moves it.
pub struct SetClock(Mutex<DateTime<Utc>>);

impl Clock for SetClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

impl SetClock {
    pub fn set(&self, at: DateTime<Utc>) {
        *self.0.lock().unwrap() = at;
    }

    pub fn advance(&self, by: TimeDelta) {
        *self.0.lock().unwrap() += by;
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Person {
    Anna,
    Maxim,
    Marina,
    Alla,
    Gleb,
    Nina,
    Denis,
}

impl Person {
    pub const ALL: [Self; 7] = [Self::Anna, Self::Maxim, Self::Marina, Self::Alla, Self::Gleb, Self::Nina, Self::Denis];
    /// Everybody who may sign in.
    pub const ACTIVE: [Self; 6] = [Self::Anna, Self::Maxim, Self::Marina, Self::Alla, Self::Gleb, Self::Nina];

    pub const fn role(self) -> Option<DefaultRole> {
        match self {
            Self::Anna => Some(DefaultRole::Operator),
            Self::Maxim | Self::Denis => Some(DefaultRole::Manager),
            Self::Marina => Some(DefaultRole::Marketer),
            Self::Alla => Some(DefaultRole::Administrator),
            Self::Gleb | Self::Nina => None,
        }
    }

    pub const fn username(self) -> &'static str {
        match self {
            Self::Anna => "anna",
            Self::Maxim => "maxim",
            Self::Marina => "marina",
            Self::Alla => "alla",
            Self::Gleb => "gleb",
            Self::Nina => "nina",
            Self::Denis => "denis",
        }
    }

    /// What the policy of a new installation lets this person do.
    pub fn permissions(self) -> Permissions {
        if self == Self::Gleb {
            return Permissions::all();
        }
        self.role().map(DefaultRole::permissions).unwrap_or_default()
    }
}

pub struct Office {
    pub crm: Crm,
    pub store: Arc<dyn Store>,
    pub files: DocumentFiles,
    pub clock: Arc<SetClock>,
    pub folder: TempDir,
}

pub fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// A number that no other record of this process has in its name.
pub fn next() -> u32 {
    static LAST: AtomicU32 = AtomicU32::new(0);
    LAST.fetch_add(1, Ordering::Relaxed)
}

impl Office {
    /// Over the store that is the quickest here.
    pub async fn new() -> Self {
        Self::empty(databases::usual().await, folder()).await.staffed().await
    }

    /// Over a store that is not memory alone, and so really meets what happens at the same moment.
    pub async fn kept() -> Self {
        let folder = folder();
        Self::empty(databases::kept(&folder).await, folder).await.staffed().await
    }

    /// The same company over each store.
    pub async fn each() -> Vec<Self> {
        Self::each_seen().await.into_iter().map(|it| it.0).collect()
    }

    /// The same, each with a look into its tables.
    pub async fn each_seen() -> Vec<(Self, tables::Look)> {
        let mut offices = Vec::new();
        for (store, folder, look) in databases::each().await {
            offices.push((Self::empty(store, folder).await.staffed().await, look));
        }
        offices
    }

    /// With the default roles, and nobody in it.
    pub async fn empty(store: Arc<dyn Store>, folder: TempDir) -> Self {
        Self::empty_in("Europe/Moscow", store, folder).await
    }

    /// In a time zone of its own.
    pub async fn empty_in(zone: &str, store: Arc<dyn Store>, folder: TempDir) -> Self {
        let clock = Arc::new(SetClock(Mutex::new(moment("2026-01-12T09:00:00Z"))));
        let files = DocumentFiles::in_folder(&folder.path().join("documents")).unwrap();
        let ports = Ports {
            store: Arc::clone(&store),
            files: Arc::new(files.clone()),
            passwords: Arc::new(Bcrypt::new(4, 4)),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
        };
        let calendar = Calendar::named(zone).unwrap();
        let crm = Crm::new(ports, Organisation { calendar, document_limit: LIMIT as u64, waiting_uploads: 1000 });
        crm.make_default_roles(|role| RoleName::parse(&format!("{role:?}")).unwrap()).await.unwrap();
        Self { crm, store, files, clock, folder }
    }

    /// The same company, whose documents are on a disk without room.
    pub fn with_full_disk(&self) -> Crm {
        self.again(self.files.clone().with_reserve(Reserve::Bytes(u64::MAX)), self.crm.organisation().clone())
    }

    /// The same company, with the usual quota of waiting uploads.
    pub fn with_quota(&self) -> Crm {
        self.again(self.files.clone(), Organisation { waiting_uploads: WAITING, ..self.crm.organisation().clone() })
    }

    fn again(&self, files: DocumentFiles, organisation: Organisation) -> Crm {
        let ports = Ports {
            store: Arc::clone(&self.store),
            files: Arc::new(files),
            passwords: Arc::new(Bcrypt::new(4, 4)),
            clock: Arc::clone(&self.clock) as Arc<dyn Clock>,
        };
        Crm::new(ports, organisation)
    }

    /// With everybody in it.
    pub async fn staffed(self) -> Self {
        let gleb = details::user("gleb", "Глеб Директоров", &[]);
        let gleb = self.crm.create_superuser(gleb, &password("gleb")).await.unwrap();
        let gleb = self.crm.session_of(Actor::new(gleb, "Глеб".into(), true, Permissions::default()));
        // With their passwords from the start, so that each is in its first version.
        let (hash, by) = (Bcrypt::new(4, 4).hash(&password("staff")).await.unwrap(), Some(gleb.actor().id));
        let mut work = self.crm.fill().await.unwrap();
        for person in Person::ALL.into_iter().filter(|it| *it != Person::Gleb) {
            let roles: Vec<RoleId> = match person.role() {
                Some(role) => vec![self.role(role).await],
                None => Vec::new(),
            };
            let details = details::user(person.username(), &format!("{person:?}"), &roles);
            let user = User::new(UserId::new(work.now), details, Some(hash.clone()), by, work.now);
            work.insert(&user).await.unwrap();
        }
        work.commit().await.unwrap();
        gleb.set_user_active(self.user(Person::Denis).await, false).await.unwrap();
        self
    }

    /// Signs in anew.
    pub async fn token(&self, person: Person) -> Token {
        sign_in(&self.crm, person.username(), PASSWORD, None).await.unwrap()
    }

    /// The application as this person may use it, after signing in anew.
    pub async fn session(&self, person: Person) -> Session {
        let token = self.token(person).await;
        self.crm.session(&token).await.unwrap().unwrap()
    }

    /// The same person with other permissions.
    pub async fn session_with(&self, person: Person, permissions: Permissions) -> Session {
        self.crm.session_of(Actor::new(self.user(person).await, "—".into(), false, permissions))
    }

    pub async fn director(&self) -> Session {
        self.crm.session_of(Actor::new(self.user(Person::Gleb).await, "Глеб".into(), true, Permissions::default()))
    }

    pub async fn user(&self, person: Person) -> UserId {
        let name = Username::parse(person.username()).unwrap();
        self.store.begin(Mode::Read).await.unwrap().user_named(&name).await.unwrap().unwrap().id
    }

    pub async fn role(&self, role: DefaultRole) -> RoleId {
        let mut work = self.store.begin(Mode::Read).await.unwrap();
        let page = PageRequest::sized(Cursor::Start, 1000);
        let roles = Repository::<Role>::list(&mut *work, &RoleFilter, page).await.unwrap().items;
        roles.iter().find(|it| it.name.as_str() == format!("{role:?}")).unwrap().id
    }

    /// The record as the store has it.
    pub async fn stored<R: everything::Kind>(&self, id: R::Id) -> R {
        R::of(&mut *self.store.begin(Mode::Read).await.unwrap()).get(id).await.unwrap().unwrap()
    }

    /// A new id.
    pub fn id<I: From<Uuid>>(&self) -> I {
        new_uuid(self.crm.now()).into()
    }

    pub async fn service(&self) -> ServiceId {
        self.director().await.create_service(self.id(), details::service()).await.unwrap()
    }

    pub async fn campaign(&self, service: ServiceId) -> CampaignId {
        self.director().await.create_campaign(self.id(), details::campaign(service)).await.unwrap()
    }

    pub async fn lead(&self, campaign: Option<CampaignId>) -> LeadId {
        self.director().await.create_lead(self.id(), details::lead(campaign), None).await.unwrap()
    }

    /// A contract that no client has yet.
    pub async fn contract(&self, service: ServiceId) -> ContractId {
        let (director, scan) = (self.director().await, self.upload(Person::Gleb).await);
        director.create_contract(self.id(), details::contract(service), scan, None).await.unwrap()
    }

    /// An uploaded scan that waits for its contract.
    pub async fn upload(&self, person: Person) -> DocumentId {
        let actor = Actor::new(self.user(person).await, "—".into(), true, Permissions::default());
        self.crm.session_of(actor).upload("договор.pdf", bytes(pdf(100))).await.unwrap().id
    }

    /// A client, with the lead and the contract that made it.
    pub async fn client(&self) -> (LeadId, ContractId, ClientId) {
        let service = self.service().await;
        let (lead, contract) = (self.lead(Some(self.campaign(service).await)).await, self.contract(service).await);
        let existing = application::ConversionContract::Existing(contract);
        let client = self.director().await.convert_lead(lead, 1, details::client(), existing, &[]).await.unwrap();
        (lead, contract, client)
    }

    /// A lead with what somebody is known by; each a second after the one before, so that their ids are in that order.
    pub async fn enter(&self, name: &str, phone: &str, email: &str) -> LeadId {
        let (full_name, contact) = (FullName::parse(name).unwrap(), fixtures::contact(phone, email));
        let details = LeadDetails { full_name, contact, campaign: None, assignee: None };
        self.clock.advance(TimeDelta::seconds(1));
        self.director().await.create_lead(self.id(), details, None).await.unwrap()
    }
}

/// The token of a new session, where a name and a password are all that it takes.
pub async fn sign_in(crm: &Crm, username: &str, password: &str, before: Option<&Token>) -> Option<Token> {
    match crm.sign_in(username, password, Browser { session: before, device: "" }).await.unwrap() {
        SignIn::In(entry) => Some(entry.token),
        SignIn::Refused => None,
        SignIn::CodeWanted(_) => panic!("{username} has a second factor"),
    }
}

/// Whether somebody is signed in by it.
pub async fn is_on(office: &Office, token: &Token) -> bool {
    office.crm.session(token).await.unwrap().is_some()
}

/// Another one than everybody has.
pub fn new_password(username: &str) -> Password {
    Password::new("пять жирафов у пруда", &Username::parse(username).unwrap()).unwrap()
}

pub fn password(username: &str) -> Password {
    Password::new(PASSWORD, &Username::parse(username).unwrap()).unwrap()
}

/// A document of so many bytes.
pub fn pdf(size: usize) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    bytes.resize(size, b' ');
    bytes
}

/// As they come in: in pieces.
pub fn bytes(all: impl AsRef<[u8]>) -> ByteStream {
    let pieces: Vec<_> = all.as_ref().chunks(7_000).map(|it| Ok(Bytes::copy_from_slice(it))).collect();
    stream::iter(pieces).boxed()
}

pub fn first_page() -> PageRequest {
    PageRequest::sized(Cursor::Start, 1000)
}

pub fn is_forbidden<T>(answer: &Result<T, Error>) -> bool {
    matches!(answer, Err(Error::Forbidden(_)))
}

/// Every file below a folder.
pub fn files_below(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files_below(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}
