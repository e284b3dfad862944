//! Records to test with: the same number makes the same record.
//!
//! Анна is the operator, Максим the manager, Марина the marketer.
use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    audit::{AuditAction, AuditEntry, AuditId, FieldChange},
    campaign::{Campaign, CampaignDetails, CampaignId},
    client::{Client, ClientDetails, ClientId},
    contract::{Contract, ContractDetails, ContractId, SigningDay},
    document::{Checksum, Document, DocumentId, DocumentType},
    field::Field,
    lead::{Contact, Lead, LeadDetails, LeadId, LeadStatus},
    next_step::NextStep,
    note::{Note, NoteId},
    passwords::PasswordHash,
    preferences::Preferences,
    record::{Record, RecordKind},
    role::{Role, RoleId},
    second_factor::{RecoveryHash, SecondFactor, TotpSecret},
    service::{Service, ServiceDetails, ServiceId},
    session::{BrowserSession, Device, TokenHash},
    spend::{SpendDay, SpendDetails, SpendEntry, SpendId},
    user::{PersonName, User, UserDetails, UserId},
    values::{
        CampaignName, Channel, ContractName, Day, Description, Email, FileName, FullName, Money, NoteText, OpenPeriod,
        Period, Phone, RoleName, ServiceName, SpendNote, StepText, Username, ViewName, ViewQuery, parse_day,
    },
    view::{View, ViewDetails, ViewId},
};
use uuid::Uuid;

/// From RFC 3339, such as `2026-01-15T12:00:00.000001Z`.
pub fn moment(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

/// The moment of the fixture with this number: one second after that of the one before.
pub fn moment_of(n: u32) -> DateTime<Utc> {
    moment("2026-01-10T09:00:00Z") + TimeDelta::seconds(i64::from(n))
}

/// An id like those of the application, made of a moment and a number instead of a clock and chance.
pub fn uuid(at: DateTime<Utc>, n: u32) -> Uuid {
    let mut rest = [0; 10];
    rest[6..].copy_from_slice(&n.to_be_bytes());
    uuid::Builder::from_unix_timestamp_millis(at.timestamp_millis().try_into().unwrap(), &rest).into_uuid()
}

/// The id of the fixture with this number.
pub fn id<I: From<Uuid>>(n: u32) -> I {
    uuid(moment_of(n), n).into()
}

pub fn day(text: &str) -> Day {
    parse_day(text).unwrap()
}

pub fn period(from: &str, until: &str) -> Period {
    Period::new(day(from), day(until)).unwrap()
}

pub fn money(text: &str) -> Money {
    Money::from_decimal(text).unwrap()
}

/// A phone, an email, or both; an empty text is none. The email may be one that an earlier version accepted.
pub fn contact(phone: &str, email: &str) -> Contact {
    let phone = (!phone.is_empty()).then(|| Phone::parse(phone).unwrap());
    let email = (!email.is_empty()).then(|| Email::from_stored(email).unwrap());
    Contact::new(phone, email).unwrap()
}

pub fn service(n: u32, name: &str) -> Service {
    let details = ServiceDetails {
        name: ServiceName::parse(name).unwrap(),
        description: Description::parse("").unwrap(),
        price: money("1000"),
    };
    Service::new(id::<ServiceId>(n), details, None, moment_of(n))
}

pub fn campaign(n: u32, name: &str, service: ServiceId) -> Campaign {
    let details = CampaignDetails {
        name: CampaignName::parse(name).unwrap(),
        service,
        channel: Channel::parse("Яндекс Директ").unwrap(),
        budget: money("50000"),
        dates: OpenPeriod::default(),
    };
    Campaign::new(id::<CampaignId>(n), details, None, moment_of(n))
}

pub fn spend(n: u32, campaign: CampaignId, spent_on: &str, amount: &str) -> SpendEntry {
    let details = SpendDetails {
        spent_on: SpendDay::new(day(spent_on)).unwrap(),
        amount: Money::from_decimal(amount).unwrap(),
        note: SpendNote::parse("").unwrap(),
    };
    SpendEntry::new(id::<SpendId>(n), campaign, details, None, moment_of(n))
}

pub fn lead(n: u32, name: &str, campaign: Option<CampaignId>) -> Lead {
    lead_at(n, moment_of(n), name, campaign)
}

/// A lead created at a moment of its own, not at that of its number.
pub fn lead_at(n: u32, at: DateTime<Utc>, name: &str, campaign: Option<CampaignId>) -> Lead {
    let details = LeadDetails {
        full_name: FullName::parse(name).unwrap(),
        contact: contact("", &format!("lead{n}@example.com")),
        campaign,
        assignee: None,
    };
    Lead::new(LeadId(uuid(at, n)), details, None, at)
}

pub fn step(what: &str, due: &str) -> NextStep {
    NextStep { what: StepText::parse(what).unwrap(), due: day(due) }
}

pub fn note(n: u32, lead: LeadId, text: &str) -> Note {
    Note::new(id::<NoteId>(n), lead, NoteText::parse(text).unwrap(), None, moment_of(n))
}

/// Of leads, for nobody else.
pub fn view(n: u32, owner: UserId, name: &str) -> View {
    let details = ViewDetails { name: ViewName::parse(name).unwrap(), shared: false };
    let query = ViewQuery::parse("status=new&sort=name").unwrap();
    let mut view = View::new(id::<ViewId>(n), RecordKind::Lead, query, details, owner, moment_of(n));
    view.stamp.created_by = None;
    view.stamp.changed_by = None;
    view
}

/// An uploaded file that waits for its contract.
pub fn document(n: u32) -> Document {
    Document {
        id: id::<DocumentId>(n),
        name: FileName::parse(&format!("договор {n}.pdf")).unwrap(),
        kind: DocumentType::Pdf,
        size: u64::from(n) + 1,
        checksum: Checksum([n.to_be_bytes()[3]; 32]),
        contract: None,
        stamp: domain::record::Stamp::new(None, moment_of(n)),
    }
}

/// A contract that no client has yet; it takes the file.
pub fn contract(n: u32, name: &str, service: ServiceId, document: &mut Document) -> Contract {
    let details = ContractDetails {
        name: ContractName::parse(name).unwrap(),
        service,
        signed_on: SigningDay::stored(day("2026-01-20")).unwrap(),
        valid: period("2026-01-20", "2027-01-19"),
        amount: money("50000"),
    };
    let contract = Contract::new(id::<ContractId>(n), details, document.id, None, None, moment_of(n));
    document.attach(contract.id, document.stamp.created_by).unwrap();
    contract
}

/// Converts a lead by a contract: the client, with the lead and the contract changed to match.
pub fn client(n: u32, at: DateTime<Utc>, lead: &mut Lead, contract: &mut Contract) -> Client {
    let details = ClientDetails { full_name: lead.details.full_name.clone(), contact: lead.details.contact.clone() };
    let mut client = lead.convert(contract, details, None, at).unwrap();
    client.id = ClientId(uuid(at, n));
    lead.status = LeadStatus::Converted(client.id);
    contract.client = Some(client.id);
    client
}

pub fn user(n: u32, username: &str, full_name: &str) -> User {
    let details = UserDetails {
        username: Username::parse(username).unwrap(),
        full_name: PersonName::parse(full_name).unwrap(),
        email: None,
        roles: BTreeSet::new(),
        superuser: false,
        preferences: Preferences::default(),
    };
    let hash = PasswordHash::from_stored(format!("$2b$12${n:053}"));
    User::new(id::<UserId>(n), details, Some(hash), None, moment_of(n))
}

/// With so many recovery codes.
pub fn second_factor(codes: usize) -> SecondFactor {
    let code = |n: usize| RecoveryHash(std::array::from_fn(|at| u8::try_from((n + at) % 256).unwrap_or_default()));
    let recovery = (0..codes).map(code).collect();
    SecondFactor {
        secret: TotpSecret(std::array::from_fn(|at| if at % 2 == 0 { 0 } else { 0xFF })),
        last_step: 3,
        recovery,
    }
}

/// The operator.
pub fn anna() -> User {
    user(1, "anna", "Анна Орлова")
}

/// The manager.
pub fn maxim() -> User {
    user(2, "maxim", "Максим Громов")
}

/// The marketer.
pub fn marina() -> User {
    user(3, "marina", "Марина Белова")
}

pub fn role(n: u32, name: &str, permissions: domain::access::Permissions) -> Role {
    Role::new(id::<RoleId>(n), RoleName::parse(name).unwrap(), permissions, None, moment_of(n))
}

pub fn session(n: u32, user: UserId, now: DateTime<Utc>) -> BrowserSession {
    let device = Device::named(&format!("Браузер {n}"));
    BrowserSession { device, from: Some([192, 0, 2, 1].into()), ..BrowserSession::new(token(n), user, now) }
}

pub fn token(n: u32) -> TokenHash {
    let mut bytes = [7; 32];
    bytes[..4].copy_from_slice(&n.to_be_bytes());
    TokenHash(bytes)
}

/// An entry in the history of a record.
pub fn audit<R: Record>(n: u32, record: &R, changes: Vec<FieldChange>) -> AuditEntry {
    let stamp = record.stamp();
    AuditEntry {
        id: AuditId(uuid(stamp.changed_at, n)),
        at: stamp.changed_at,
        by: stamp.changed_by,
        from: None,
        act: if stamp.version == 1 { AuditAction::Created } else { AuditAction::Changed },
        kind: R::KIND,
        record: record.id().into(),
        version: stamp.version,
        changes,
    }
}

pub fn field_change(field: Field, before: Option<&str>, after: Option<&str>) -> FieldChange {
    FieldChange { field, before: before.map(str::to_owned), after: after.map(str::to_owned) }
}
