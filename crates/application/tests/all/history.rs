//! What records were: every version of them, rebuilt from the audit log.
use std::collections::BTreeMap;

use crate::support::{Office, Person, details, everything::Kind, is_forbidden};
use application::{Error, Version, VersionPoint, VersionState};
use chrono::{DateTime, TimeDelta, Utc};
use conformance::fixtures::{contact, day, moment, money};
use domain::{
    access::Permission,
    audit::{AuditEntry, FieldChange},
    campaign::{Campaign, CampaignId},
    client::{Client, ClientId},
    contract::{Contract, ContractId},
    field::Field,
    lead::{Lead, LeadId, WorkStatus},
    record::Record,
    service::{Service, ServiceId},
    store::Mode,
    values::{LostReason, OpenPeriod},
};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};

type Fields = BTreeMap<Field, String>;

/// What a record was at each of its versions, and when it became that.
type Known = Vec<(DateTime<Utc>, Fields)>;

/// One record of each kind that has a page of its past.
struct Company {
    office: Office,
    service: ServiceId,
    campaign: CampaignId,
    lead: LeadId,
    client: ClientId,
    contract: ContractId,
    known: [Known; 5],
}

fn was(then: VersionState) -> Version {
    match then {
        VersionState::Was(version) => version,
        other => panic!("{other:?}"),
    }
}

impl Company {
    async fn new() -> Self {
        let office = Office::new().await;
        let (_, contract, client) = office.client().await;
        let service = office.service().await;
        let campaign = office.campaign(service).await;
        let lead = office.lead(Some(campaign)).await;
        let mut company = Self { office, service, campaign, lead, client, contract, known: Default::default() };
        company.look().await;
        company
    }

    async fn note<R: Kind>(office: &Office, id: R::Id, known: &mut Known) {
        let record: R = office.stored(id).await;
        // The contract was given to its client before the first look: of that version nothing is known.
        while known.len() < usize::try_from(record.stamp().version).unwrap() {
            known.push((record.stamp().changed_at, record.fields().into_iter().collect()));
        }
    }

    async fn look(&mut self) {
        let [service, campaign, lead, client, contract] = &mut self.known;
        Self::note::<Service>(&self.office, self.service, service).await;
        Self::note::<Campaign>(&self.office, self.campaign, campaign).await;
        Self::note::<Lead>(&self.office, self.lead, lead).await;
        Self::note::<Client>(&self.office, self.client, client).await;
        Self::note::<Contract>(&self.office, self.contract, contract).await;
    }

    /// One of the edits that people do; some of them change nothing.
    async fn edit(&mut self, what: u8, n: u8) {
        let (office, by) = (&self.office, self.office.director().await);
        office.clock.advance(TimeDelta::minutes(1));
        let [service, campaign, lead, client, contract] = &self.known;
        let version = |known: &Known| i32::try_from(known.len()).unwrap();
        let amount = money(&n.to_string());
        match what {
            0 => {
                let details = domain::service::ServiceDetails { price: amount, ..details::service() };
                by.edit_service(self.service, version(service), details).await.unwrap();
            }
            1 => by.archive_service(self.service, n == 0).await.unwrap(),
            2 => {
                let service = office.service().await;
                let dates = OpenPeriod::new((n > 0).then(|| day("2026-01-01")), None).unwrap();
                let details = domain::campaign::CampaignDetails { dates, ..details::campaign(service) };
                by.edit_campaign(self.campaign, version(campaign), details).await.unwrap();
            }
            3 => by.archive_campaign(self.campaign, n == 0).await.unwrap(),
            4 => {
                let phone = contact("+7 900 555-01-42", if n == 0 { "" } else { "a@example.com" });
                let assignee = (n == 1).then_some(by.actor().id);
                let campaign = if n == 2 { Some(office.campaign(office.service().await).await) } else { None };
                let details = domain::lead::LeadDetails { contact: phone, assignee, ..details::lead(campaign) };
                by.edit_lead(self.lead, version(lead), details).await.unwrap();
            }
            5 => {
                let lost = WorkStatus::Lost(LostReason::parse(&format!("Причина {n}")).unwrap());
                let status = [WorkStatus::New, WorkStatus::Qualified, lost][usize::from(n)].clone();
                by.set_lead_status(self.lead, version(lead), status).await.unwrap();
            }
            6 => by.edit_client(self.client, version(client), details::client()).await.unwrap(),
            _ => {
                let document = if n == 0 { Some(office.upload(Person::Gleb).await) } else { None };
                let details = domain::contract::ContractDetails { amount, ..details::contract(self.service) };
                let archived = office.stored::<Service>(self.service).await.archived;
                if !archived {
                    by.edit_contract(self.contract, version(contract), details, document).await.unwrap();
                }
            }
        }
        self.look().await;
    }

    async fn assert_rebuilt<R: Kind>(&self, id: R::Id, known: &Known, from: usize)
    where
        dyn domain::store::UnitOfWork: domain::store::Repository<R>,
    {
        let session = self.office.director().await;
        for (number, (at, fields)) in (1..).zip(known).skip(from) {
            for when in [VersionPoint::Version(number), VersionPoint::Before(*at + TimeDelta::seconds(1))] {
                let past = session.past::<R>(id, when).await.unwrap();
                let version = was(past.then);
                if when == VersionPoint::Version(number) {
                    assert_eq!((&version.fields, version.number), (fields, number), "{when:?}");
                } else {
                    assert!(version.number >= number && known[usize::try_from(version.number).unwrap() - 1].0 == *at);
                }
                let mut history = self.office.store.begin(Mode::Read).await.unwrap();
                let entries = history.history(R::KIND, id.into(), version.number + 1, 1000).await.unwrap();
                let entries: Vec<AuditEntry> = entries.into_iter().rev().map(Result::unwrap).collect();
                assert_eq!(domain::audit::replayed(&entries), version.fields, "forwards it is the same");
            }
        }
    }

    async fn assert_all_rebuilt(&self) {
        let [service, campaign, lead, client, contract] = &self.known;
        self.assert_rebuilt::<Service>(self.service, service, 0).await;
        self.assert_rebuilt::<Campaign>(self.campaign, campaign, 0).await;
        self.assert_rebuilt::<Lead>(self.lead, lead, 0).await;
        self.assert_rebuilt::<Client>(self.client, client, 0).await;
        self.assert_rebuilt::<Contract>(self.contract, contract, 1).await;
    }
}

#[test]
fn whatever_was_edited_each_version_is_rebuilt_as_it_was() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let edits = prop::collection::vec((0..8_u8, 0..3_u8), 1..25);
    let config = Config { cases: 12, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&edits, |edits| {
            runtime.block_on(async {
                let mut company = Company::new().await;
                for (what, n) in edits {
                    company.edit(what, n).await;
                }
                company.assert_all_rebuilt().await;
            });
            Ok(())
        })
        .unwrap();
}

/// More versions than are read in one go.
const MANY: i32 = 450;

#[tokio::test]
async fn a_record_with_many_versions_is_rebuilt_from_its_first() {
    for office in Office::each().await {
        let (id, by) = (office.service().await, office.director().await);
        let first: Service = office.stored(id).await;
        for version in 1..MANY {
            office.clock.advance(TimeDelta::milliseconds(10));
            by.archive_service(id, version % 2 == 1).await.unwrap();
        }
        let past = by.past::<Service>(id, VersionPoint::Version(1)).await.unwrap();
        let fields: Fields = first.fields().into_iter().collect();
        assert_eq!((past.now.stamp.version, was(past.then).fields), (MANY, fields));
        let past = by.past::<Service>(id, VersionPoint::Before(first.stamp.changed_at)).await.unwrap();
        assert_eq!(past.then, VersionState::Unmade);
    }
}

#[tokio::test]
async fn a_version_that_never_was_is_not_found_and_the_past_needs_the_permission_to_view() {
    let office = Office::new().await;
    let (id, by) = (office.service().await, office.director().await);
    for version in [0, -1, 2, i32::MAX] {
        let answer = by.past::<Service>(id, VersionPoint::Version(version)).await;
        assert!(matches!(answer, Err(Error::NotFound)), "{version}");
    }
    let all_but = Permission::ALL.into_iter().filter(|it| *it != Permission::ViewServices).collect();
    let other = office.session_with(Person::Nina, all_but).await;
    assert!(is_forbidden(&other.past::<Service>(id, VersionPoint::Version(1)).await));
}

#[tokio::test]
async fn what_the_record_refers_to_then_and_now_is_named() {
    for office in Office::each().await {
        let (by, service) = (office.director().await, office.service().await);
        let id = office.campaign(service).await;
        let other = office.service().await;
        by.edit_campaign(id, 1, details::campaign(other)).await.unwrap();
        let past = by.past::<Campaign>(id, VersionPoint::Version(1)).await.unwrap();
        for it in [service.0, other.0, by.actor().id.0] {
            assert!(past.names.contains_key(&it), "{past:?}");
        }
    }
}

#[tokio::test]
async fn a_history_that_contradicts_the_record_is_called_lost() {
    for office in Office::each().await {
        let (id, by) = (office.service().await, office.director().await);
        by.archive_service(id, true).await.unwrap();
        let service: Service = office.stored(id).await;
        let mut work = office.store.begin(Mode::Write).await.unwrap();
        let mut changed = service.clone();
        changed.stamp.touch(None, moment("2026-01-13T09:00:00Z"));
        domain::store::Repository::update(&mut *work, &changed).await.unwrap();
        let told = vec![FieldChange { field: Field::Price, before: Some("1".into()), after: Some("2".into()) }];
        work.append(&AuditEntry { changes: told, ..AuditEntry::change(&service, &changed, None) }).await.unwrap();
        work.commit().await.unwrap();
        assert_eq!(was(by.past::<Service>(id, VersionPoint::Version(3)).await.unwrap().then).number, 3);
        assert_eq!(by.past::<Service>(id, VersionPoint::Version(1)).await.unwrap().then, VersionState::Lost);
    }
}
