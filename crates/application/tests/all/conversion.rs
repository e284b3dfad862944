//! The conversion: the whole act or nothing of it, once, whatever happens at the same moment.
use std::sync::Arc;

use crate::support::{
    Office, Person, bytes,
    details::{client, contract},
    everything::{Kept, everything, numbers},
    failing::{Failing, Fuse},
    folder, pdf,
};
use adapters_memory::MemoryStore;
use application::{ConversionContract, Error, Result, Session};
use chrono::TimeDelta;
use domain::{
    access::{Forbidden, Permission, Permissions},
    client::{Client, ClientId},
    contract::{Contract, ContractId},
    document::{Document, DocumentId},
    field::Field,
    lead::{Lead, LeadId, LeadRuleViolation, LeadStatus, WorkStatus},
    record::RecordKind,
    service::ServiceId,
    values::{Invalid, LostReason},
};

/// A contract filled in on the form, with an uploaded scan.
fn new_contract(office: &Office, service: ServiceId, document: DocumentId) -> (ContractId, ConversionContract) {
    let id = office.id();
    (id, ConversionContract::New { id, details: contract(service), document })
}

fn refusal<T: std::fmt::Debug>(answer: Result<T>) -> LeadRuleViolation {
    match answer {
        Err(Error::Lead(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_lead_becomes_a_client_with_its_contract_and_document_in_one_act() {
    for office in Office::each().await {
        let service = office.service().await;
        let campaign = office.campaign(service).await;
        let (lead, scan) = (office.lead(Some(campaign)).await, office.upload(Person::Maxim).await);
        office.clock.advance(TimeDelta::minutes(5));
        let (maxim, typed, now) = (office.session(Person::Maxim).await, client(), office.crm.now());
        let (signed, form) = new_contract(&office, service, scan);
        let made: ClientId = maxim.convert_lead(lead, 1, typed.clone(), form, &[]).await.unwrap();

        let kept: Client = office.stored(made).await;
        assert_eq!((kept.lead, kept.first_contract, kept.acquired_by), (lead, signed, Some(campaign)));
        assert_eq!((kept.details, kept.converted_at, kept.stamp.version), (typed, now, 1));
        assert_eq!(office.stored::<Lead>(lead).await.status, LeadStatus::Converted(made));
        let contract: Contract = office.stored(signed).await;
        assert_eq!((contract.client, contract.document), (Some(made), scan));
        assert_eq!(office.stored::<Document>(scan).await.contract, Some(signed));

        let by = Some(office.user(Person::Maxim).await);
        for (kind, id, version) in [
            (RecordKind::Client, made.0, 1),
            (RecordKind::Lead, lead.0, 2),
            (RecordKind::Contract, signed.0, 1),
            (RecordKind::Document, scan.0, 2),
        ] {
            let all = everything(&*office.store).await;
            let kept: &Kept = all.iter().find(|it| it.id == id && it.kind == kind).unwrap();
            let last = kept.history.last().unwrap();
            assert_eq!((last.version, last.at, last.by), (version, now, by), "{kind:?}");
            assert_eq!(kept.history.len(), usize::try_from(version).unwrap(), "{kind:?}");
        }
    }
}

#[tokio::test]
async fn the_campaign_of_a_client_stands_even_when_somebody_tries_to_move_the_lead() {
    let office = Office::new().await;
    let (lead, _, client) = office.client().await;
    let before: Client = office.stored(client).await;
    let mut details = office.stored::<Lead>(lead).await.details;
    details.campaign = None;
    let answer = office.director().await.edit_lead(lead, 2, details.clone()).await;
    assert_eq!(refusal(answer), LeadRuleViolation::AlreadyConverted(client));
    let status = office.director().await.set_lead_status(lead, 2, WorkStatus::New).await;
    assert_eq!(refusal(status), LeadRuleViolation::AlreadyConverted(client));
    details.campaign = before.acquired_by;
    details.full_name = client_name();
    office.director().await.edit_lead(lead, 2, details).await.unwrap();
    assert_eq!(office.stored::<Client>(client).await, before);
}

fn client_name() -> domain::values::FullName {
    client().full_name
}

#[tokio::test]
async fn a_lost_lead_is_not_converted_until_it_is_taken_back() {
    let office = Office::new().await;
    let (lead, contract) = (office.lead(None).await, office.contract(office.service().await).await);
    let (anna, maxim) = (office.session(Person::Anna).await, office.session(Person::Maxim).await);
    let lost = WorkStatus::Lost(LostReason::parse("Выбрали других").unwrap());
    anna.set_lead_status(lead, 1, lost).await.unwrap();
    let before = everything(&*office.store).await;
    let convert = |version| maxim.convert_lead(lead, version, client(), ConversionContract::Existing(contract), &[]);
    assert_eq!(refusal(convert(2).await), LeadRuleViolation::Lost);
    assert_eq!(everything(&*office.store).await, before);
    anna.set_lead_status(lead, 2, WorkStatus::InProgress).await.unwrap();
    let made = convert(3).await.unwrap();
    assert_eq!(office.stored::<Client>(made).await.acquired_by, None);
}

#[tokio::test]
async fn a_lead_converted_before_leads_to_its_client() {
    let office = Office::new().await;
    let (lead, _, made) = office.client().await;
    let maxim = office.session(Person::Maxim).await;
    let (service, scan) = (office.service().await, office.upload(Person::Maxim).await);
    let free = office.contract(service).await;
    let before = everything(&*office.store).await;
    for version in [1, 2, 3] {
        let existing = maxim.convert_lead(lead, version, client(), ConversionContract::Existing(free), &[]).await;
        assert_eq!(refusal(existing), LeadRuleViolation::AlreadyConverted(made), "{version}");
        let (_, form) = new_contract(&office, service, scan);
        let filled_in = maxim.convert_lead(lead, version, client(), form, &[]).await;
        assert_eq!(refusal(filled_in), LeadRuleViolation::AlreadyConverted(made), "{version}");
    }
    assert_eq!(everything(&*office.store).await, before);
}

#[tokio::test]
async fn the_same_conversion_sent_again_gets_the_first_answer() {
    for office in Office::each().await {
        let (service, lead) = (office.service().await, office.lead(None).await);
        let (maxim, gleb) = (office.session(Person::Maxim).await, office.session(Person::Gleb).await);
        let scan = office.upload(Person::Maxim).await;
        let another = maxim.upload("другой.pdf", bytes(pdf(200))).await.unwrap().id;
        let (id, typed, terms) = (office.id(), client(), contract(service));
        let form = |document| ConversionContract::New { id, details: terms.clone(), document };
        let made = maxim.convert_lead(lead, 1, typed.clone(), form(scan), &[]).await.unwrap();
        let after = everything(&*office.store).await;
        office.clock.advance(TimeDelta::seconds(2));
        assert_eq!(maxim.convert_lead(lead, 1, typed.clone(), form(scan), &[]).await.unwrap(), made);
        let other = ConversionContract::New { id, details: contract(service), document: scan };
        let (_, with_new_key) = new_contract(&office, service, scan);
        for answer in [
            gleb.convert_lead(lead, 1, typed.clone(), form(scan), &[]).await,
            maxim.convert_lead(lead, 1, client(), form(scan), &[]).await,
            maxim.convert_lead(lead, 1, typed.clone(), other, &[]).await,
            maxim.convert_lead(lead, 1, typed.clone(), form(another), &[]).await,
            maxim.convert_lead(lead, 1, typed, with_new_key, &[]).await,
        ] {
            assert_eq!(refusal(answer), LeadRuleViolation::AlreadyConverted(made));
        }
        assert_eq!(everything(&*office.store).await, after);
    }
}

#[tokio::test]
async fn a_contract_without_a_client_is_taken_and_one_with_a_client_is_not() {
    let office = Office::new().await;
    let (_, taken, owner) = office.client().await;
    let (lead, free) = (office.lead(None).await, office.contract(office.service().await).await);
    let maxim = office.session(Person::Maxim).await;
    let before = everything(&*office.store).await;
    let answer = maxim.convert_lead(lead, 1, client(), ConversionContract::Existing(taken), &[]).await;
    assert_eq!(refusal(answer), LeadRuleViolation::ContractTaken);
    let answer = maxim.convert_lead(lead, 1, client(), ConversionContract::Existing(office.id()), &[]).await;
    assert!(matches!(answer, Err(Error::Invalid(Field::Contract, Invalid::UnknownChoice))), "{answer:?}");
    assert_eq!(everything(&*office.store).await, before);
    let made = maxim.convert_lead(lead, 1, client(), ConversionContract::Existing(free), &[]).await.unwrap();
    let contract: Contract = office.stored(free).await;
    assert_eq!((contract.client, contract.stamp.version), (Some(made), 2));
    assert_eq!(office.stored::<Contract>(taken).await.client, Some(owner));
}

#[tokio::test]
async fn a_ready_contract_is_given_to_a_client_once_and_for_good() {
    for office in Office::each().await {
        let ((_, first, client), (_, _, other)) = (office.client().await, office.client().await);
        let (free, maxim) = (office.contract(office.service().await).await, office.session(Person::Maxim).await);
        maxim.give_contract(free, client).await.unwrap();
        let kept: Contract = office.stored(free).await;
        assert_eq!((kept.client, kept.stamp.version), (Some(client), 2));
        let before = everything(&*office.store).await;
        for (contract, to) in [(free, client), (free, other), (first, other)] {
            assert_eq!(refusal(maxim.give_contract(contract, to).await), LeadRuleViolation::ContractTaken);
        }
        let another = office.contract(office.service().await).await;
        let nobody = maxim.give_contract(another, office.id()).await;
        assert!(matches!(nobody, Err(Error::Invalid(Field::Client, Invalid::UnknownChoice))), "{nobody:?}");
        let nothing = maxim.give_contract(office.id(), client).await;
        assert!(matches!(nothing, Err(Error::Invalid(Field::Contract, Invalid::UnknownChoice))), "{nothing:?}");
        let after = everything(&*office.store).await;
        assert!(before.iter().all(|it| after.contains(it)));
    }
}

#[tokio::test]
async fn a_scan_that_is_gone_taken_or_of_somebody_else_is_asked_for_again() {
    let office = Office::new().await;
    let (service, lead) = (office.service().await, office.lead(None).await);
    let maxim = office.session(Person::Maxim).await;
    let taken = office.stored::<Contract>(office.contract(service).await).await.document;
    let foreign = office.upload(Person::Gleb).await;
    for scan in [taken, foreign, office.id()] {
        let before = everything(&*office.store).await;
        let (_, form) = new_contract(&office, service, scan);
        let answer = maxim.convert_lead(lead, 1, client(), form, &[]).await;
        assert!(matches!(answer, Err(Error::Invalid(Field::Document, Invalid::UploadGone))), "{answer:?}");
        assert_eq!(everything(&*office.store).await, before);
    }
}

#[tokio::test]
async fn a_form_made_from_an_older_lead_is_a_conflict() {
    let office = Office::new().await;
    let (lead, contract) = (office.lead(None).await, office.contract(office.service().await).await);
    office.session(Person::Anna).await.set_lead_status(lead, 1, WorkStatus::Qualified).await.unwrap();
    let (maxim, before) = (office.session(Person::Maxim).await, everything(&*office.store).await);
    for version in [0, 1, 3] {
        let answer = maxim.convert_lead(lead, version, client(), ConversionContract::Existing(contract), &[]).await;
        assert!(matches!(answer, Err(Error::Conflict)), "{version}: {answer:?}");
    }
    assert_eq!(everything(&*office.store).await, before);
}

#[tokio::test]
async fn each_way_to_a_contract_needs_its_own_permission() {
    let office = Office::new().await;
    let (service, lead, scan) = (office.service().await, office.lead(None).await, office.upload(Person::Maxim).await);
    let free = office.contract(service).await;
    let with = |also| office.session_with(Person::Maxim, Permissions::from_iter([Permission::ConvertLeads, also]));
    let before = everything(&*office.store).await;
    let (_, form) = new_contract(&office, service, scan);
    let answer = with(Permission::EditContracts).await.convert_lead(lead, 1, client(), form, &[]).await;
    assert!(matches!(answer, Err(Error::Forbidden(Forbidden(Permission::CreateContracts)))), "{answer:?}");
    let existing = ConversionContract::Existing(free);
    let answer = with(Permission::CreateContracts).await.convert_lead(lead, 1, client(), existing, &[]).await;
    assert!(matches!(answer, Err(Error::Forbidden(Forbidden(Permission::EditContracts)))), "{answer:?}");
    assert_eq!(everything(&*office.store).await, before);
}

async fn race(office: &Office, rounds: usize) {
    let (maxim, gleb) = (office.session(Person::Maxim).await, office.session(Person::Gleb).await);
    let service = office.service().await;
    for round in 0..rounds {
        let lead = office.lead(None).await;
        let scans = [office.upload(Person::Maxim).await, office.upload(Person::Gleb).await];
        let convert = |session: &Session, scan| {
            let (session, (_, form)) = (session.clone(), new_contract(office, service, scan));
            tokio::spawn(async move { session.convert_lead(lead, 1, client(), form, &[]).await })
        };
        let (a, b) = tokio::join!(convert(&maxim, scans[0]), convert(&gleb, scans[1]));
        let (won, lost) = match (a.unwrap(), b.unwrap()) {
            (Ok(won), lost) | (lost, Ok(won)) => (won, lost),
            both => panic!("round {round}: {both:?}"),
        };
        assert_eq!(refusal(lost), LeadRuleViolation::AlreadyConverted(won), "round {round}");
        assert_eq!(office.stored::<Lead>(lead).await.status, LeadStatus::Converted(won));
    }
    let numbers = numbers(&everything(&*office.store).await);
    let of = |kind| numbers.get(&kind).copied();
    assert_eq!((of(RecordKind::Client), of(RecordKind::Contract)), (Some(rounds), Some(rounds)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_conversions_at_the_same_moment_in_memory_one_makes_the_client() {
    race(&Office::new().await, 50).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_conversions_at_the_same_moment_in_a_database_one_makes_the_client() {
    race(&Office::kept().await, 50).await;
}

/// Converts with the fuse set to go off at the n-th call; tells whether it did.
async fn cut_off(office: &Office, fuse: &Fuse, n: usize, existing: bool) -> bool {
    let (service, lead) = (office.service().await, office.lead(None).await);
    let (maxim, scan) = (office.session(Person::Maxim).await, office.upload(Person::Maxim).await);
    let form = if existing {
        ConversionContract::Existing(office.contract(service).await)
    } else {
        new_contract(office, service, scan).1
    };
    let before = everything(&*office.store).await;
    fuse.set(n);
    let answer = maxim.convert_lead(lead, 1, client(), form, &[]).await;
    let went_off = fuse.is_out();
    fuse.set(0);
    let after = everything(&*office.store).await;
    if let LeadStatus::Converted(made) = office.stored::<Lead>(lead).await.status {
        assert!(!went_off, "call {n}: converted although the store failed");
        assert_eq!(answer.unwrap(), made);
        let client: Client = office.stored(made).await;
        assert_eq!(office.stored::<Contract>(client.first_contract).await.client, Some(made));
    } else {
        assert!(went_off && matches!(answer, Err(Error::Unavailable(_))), "call {n}: {answer:?}");
        assert_eq!(after, before, "call {n} left something behind");
    }
    went_off
}

#[tokio::test]
async fn a_store_that_fails_at_any_call_leaves_nothing_half_done() {
    let fuse = Fuse::default();
    let store = Failing { inner: MemoryStore::default(), fuse: fuse.clone() };
    let office = Office::empty(Arc::new(store), folder()).await.staffed().await;
    for existing in [false, true] {
        let mut calls = 0;
        while cut_off(&office, &fuse, calls + 1, existing).await {
            calls += 1;
        }
        assert!(calls > 8, "only {calls} calls were cut off");
    }
}

#[tokio::test]
async fn the_form_offers_what_fits_the_lead() {
    let office = Office::new().await;
    let service = office.service().await;
    let campaign = office.campaign(service).await;
    let (lead, free): (LeadId, ContractId) = (office.lead(Some(campaign)).await, office.contract(service).await);
    office.client().await;
    let form = office.session(Person::Maxim).await.conversion_form(lead).await.unwrap();
    assert_eq!(form.service, Some(service.0));
    let name = office.stored::<domain::campaign::Campaign>(campaign).await.details.name.to_string();
    assert_eq!(form.campaign_name, Some(name));
    assert_eq!(form.free_contracts.iter().map(|it| it.id).collect::<Vec<_>>(), [free.0]);
}
