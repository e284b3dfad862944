//! Editing: nobody overwrites what they have not seen, nothing is stored twice, and every change is told.
use crate::support::{
    Office, Person, bytes,
    details::{campaign, client, contract, lead, note, service, spend, user, view},
    everything::{assert_histories_are_whole, everything},
    next, password, pdf,
};
use application::{Error, Result};
use chrono::TimeDelta;
use conformance::fixtures::{day, money, step};
use domain::{
    access::DefaultRole,
    campaign::{Campaign, CampaignId},
    contract::{Contract, ContractDetails},
    lead::{Lead, LeadDetails, WorkStatus},
    record::RecordKind,
    service::{Service, ServiceId},
    spend::{SpendDay, SpendEntry},
    user::User,
    values::{LostReason, ViewQuery},
    view::ViewDetails,
};

/// Only the version that somebody saw may be replaced.
async fn asks_for_the_version<Saved: Future<Output = Result<()>>>(
    office: &Office,
    what: &str,
    save: impl Fn(i32) -> Saved,
) {
    save(1).await.unwrap();
    let before = everything(&*office.store).await;
    for version in [0, 1, 3, -1, i32::MAX] {
        let answer = save(version).await;
        assert!(matches!(answer, Err(Error::Conflict)), "{what} {version}: {answer:?}");
    }
    assert_eq!(everything(&*office.store).await, before, "{what}");
    save(2).await.unwrap();
    assert_ne!(everything(&*office.store).await, before, "{what}");
}

fn lost() -> WorkStatus {
    WorkStatus::Lost(LostReason::parse(&format!("Причина {}", next())).unwrap())
}

#[tokio::test]
async fn a_save_from_an_older_version_is_a_conflict_and_changes_nothing() {
    for office in Office::each().await {
        let by = office.director().await;
        let of = office.service().await;
        asks_for_the_version(&office, "service", |it| by.edit_service(of, it, service())).await;
        let its = office.campaign(of).await;
        asks_for_the_version(&office, "campaign", |it| by.edit_campaign(its, it, campaign(of))).await;
        let entry = by.add_spend(office.id(), its, spend()).await.unwrap();
        let changed = async |version| {
            let mut details = spend();
            details.amount = domain::values::Money::from_minor(i64::from(next()) + 1).unwrap();
            by.edit_spend(entry, version, details).await.map(drop)
        };
        asks_for_the_version(&office, "spend", changed).await;
        let one = office.lead(None).await;
        asks_for_the_version(&office, "lead", |it| by.edit_lead(one, it, lead(Some(its)))).await;
        let another = office.lead(None).await;
        asks_for_the_version(&office, "status", |it| by.set_lead_status(another, it, lost())).await;
        let called = office.lead(None).await;
        let planned = |it| by.plan_lead(called, it, Some(step(&format!("Перезвонить {}", next()), "2026-01-13")));
        asks_for_the_version(&office, "next step", planned).await;
        let (_, _, made) = office.client().await;
        asks_for_the_version(&office, "client", |it| by.edit_client(made, it, client())).await;
        let signed = office.contract(of).await;
        asks_for_the_version(&office, "contract", |it| by.edit_contract(signed, it, contract(of), None)).await;
        let person = by.create_user(office.id(), user("olga", "", &[])).await.unwrap();
        let renamed = |it| by.edit_user(person, it, user("olga", &format!("Ольга {}", next()), &[]));
        asks_for_the_version(&office, "user", renamed).await;
    }
}

#[tokio::test]
async fn a_save_that_changes_nothing_makes_no_version() {
    for office in Office::each().await {
        let by = office.director().await;
        let (lead_id, signed, made) = office.client().await;
        let client = office.stored::<domain::client::Client>(made).await.details;
        let contract: ContractDetails = office.stored::<Contract>(signed).await.details;
        let (service_id, campaign_id) = (contract.service, office.campaign(contract.service).await);
        let entry = by.add_spend(office.id(), campaign_id, spend()).await.unwrap();
        let alone = office.lead(None).await;
        let (nina, denis) = (office.user(Person::Nina).await, office.user(Person::Denis).await);
        let before = everything(&*office.store).await;
        office.clock.advance(TimeDelta::hours(1));

        by.edit_service(service_id, 1, office.stored::<Service>(service_id).await.details).await.unwrap();
        by.edit_campaign(campaign_id, 1, office.stored::<Campaign>(campaign_id).await.details).await.unwrap();
        by.edit_spend(entry, 1, office.stored::<SpendEntry>(entry).await.details).await.unwrap();
        by.edit_lead(lead_id, 2, office.stored::<Lead>(lead_id).await.details).await.unwrap();
        by.set_lead_status(alone, 1, WorkStatus::New).await.unwrap();
        by.edit_client(made, 1, client).await.unwrap();
        by.edit_contract(signed, 2, contract, None).await.unwrap();
        by.edit_user(nina, 1, office.stored::<User>(nina).await.details).await.unwrap();
        by.archive_service(service_id, false).await.unwrap();
        by.archive_campaign(campaign_id, false).await.unwrap();
        by.cancel_spend(entry, false).await.unwrap();
        by.set_user_active(nina, true).await.unwrap();
        by.set_user_active(denis, false).await.unwrap();
        assert_eq!(everything(&*office.store).await, before);
    }
}

/// The same form makes one record; with other values, or from somebody else, it is told to have been saved before.
async fn makes_one_record<Id, Made>(office: &Office, what: &str, id: Id, send: impl Fn(Person, bool) -> Made)
where
    Id: PartialEq + std::fmt::Debug + Into<uuid::Uuid> + Copy,
    Made: Future<Output = Result<Id>>,
{
    assert_eq!(send(Person::Gleb, false).await.unwrap(), id, "{what}");
    let before = everything(&*office.store).await;
    office.clock.advance(TimeDelta::seconds(2));
    for _ in 0..3 {
        assert_eq!(send(Person::Gleb, false).await.unwrap(), id, "{what}");
    }
    for (person, changed) in [(Person::Gleb, true), (Person::Alla, false)] {
        let answer = send(person, changed).await;
        let told = matches!(answer, Err(Error::AlreadySaved(made)) if made == id.into());
        assert!(told, "{what} by {person:?}, changed: {changed}: {answer:?}");
    }
    assert_eq!(everything(&*office.store).await, before, "{what}");
}

#[tokio::test]
async fn a_form_sent_twice_makes_one_record() {
    for office in Office::each().await {
        let everybody = [Person::Gleb, Person::Alla];
        let mut sessions = Vec::new();
        for person in everybody {
            sessions.push(office.session_with(person, domain::access::Permissions::all()).await);
        }
        let by = |person| &sessions[usize::from(person != everybody[0])];
        let of = office.service().await;

        let (id, details): (ServiceId, _) = (office.id(), service());
        let other = |changed| if changed { service() } else { details.clone() };
        makes_one_record(&office, "service", id, |it, changed| by(it).create_service(id, other(changed))).await;
        let (id, details): (CampaignId, _) = (office.id(), campaign(of));
        let other = |changed| if changed { campaign(of) } else { details.clone() };
        makes_one_record(&office, "campaign", id, |it, changed| by(it).create_campaign(id, other(changed))).await;
        let entry = office.id();
        let other = |changed| {
            let amount = money(if changed { "700" } else { "600" });
            domain::spend::SpendDetails { amount, ..spend() }
        };
        makes_one_record(&office, "spend", entry, |it, changed| by(it).add_spend(entry, id, other(changed))).await;
        let (alone, details) = (office.id(), lead(None));
        let other = |changed| if changed { lead(None) } else { details.clone() };
        let send = |it, changed| by(it).create_lead(alone, other(changed), None);
        makes_one_record(&office, "lead", alone, send).await;
        let remark = office.id();
        let text = |changed| note(if changed { "Отказался" } else { "Перезвонить" });
        makes_one_record(&office, "note", remark, |it, changed| by(it).add_note(remark, alone, text(changed))).await;
        let (_, _, made) = office.client().await;
        let remark = office.id();
        let send = |it, changed| by(it).add_client_note(remark, made, text(changed));
        makes_one_record(&office, "client's note", remark, send).await;
    }
}

#[tokio::test]
async fn a_lead_with_its_first_note_sent_twice_makes_one_of_each() {
    for office in Office::each().await {
        let by = office.director().await;
        let (id, details) = (office.id(), lead(None));
        let send = |text: &str| by.create_lead(id, details.clone(), Some(note(text)));
        send("Просил перезвонить").await.unwrap();
        let before = everything(&*office.store).await;
        office.clock.advance(TimeDelta::seconds(2));
        assert_eq!(send("Просил перезвонить").await.unwrap(), id);
        let answer = send("Просил не звонить").await;
        assert!(matches!(answer, Err(Error::AlreadySaved(made)) if made == id.0), "{answer:?}");
        assert_eq!(everything(&*office.store).await, before);
    }
}

#[tokio::test]
async fn a_contract_sent_twice_is_made_once_with_its_one_scan() {
    for office in Office::each().await {
        let (of, scan) = (office.service().await, office.upload(Person::Gleb).await);
        let (id, details, all) = (office.id(), contract(of), domain::access::Permissions::all());
        let (gleb, alla) =
            (office.session_with(Person::Gleb, all.clone()).await, office.session_with(Person::Alla, all).await);
        let send = async |person, changed| {
            let by = if person == Person::Gleb { &gleb } else { &alla };
            by.create_contract(id, if changed { contract(of) } else { details.clone() }, scan, None).await
        };
        makes_one_record(&office, "contract", id, send).await;
        let another = gleb.upload("другой.pdf", bytes(pdf(200))).await.unwrap().id;
        let answer = gleb.create_contract(id, details.clone(), another, None).await;
        assert!(matches!(answer, Err(Error::AlreadySaved(made)) if made == id.0), "{answer:?}");
        assert_eq!(office.stored::<domain::document::Document>(another).await.contract, None);
    }
}

#[tokio::test]
async fn a_user_sent_twice_is_made_once() {
    for office in Office::each().await {
        let (id, all) = (office.id(), domain::access::Permissions::all());
        let (gleb, alla) =
            (office.session_with(Person::Gleb, all.clone()).await, office.session_with(Person::Alla, all).await);
        let send = async |person, changed| {
            let by = if person == Person::Gleb { &gleb } else { &alla };
            let details = user("olga", if changed { "Ольга" } else { "" }, &[]);
            by.create_user(id, details).await
        };
        makes_one_record(&office, "user", id, send).await;
    }
}

#[tokio::test]
async fn a_form_sent_again_after_its_record_was_edited_overwrites_nothing() {
    let office = Office::new().await;
    let (by, id, details) = (office.director().await, office.id(), service());
    by.create_service(id, details.clone()).await.unwrap();
    by.edit_service(id, 1, service()).await.unwrap();
    let before = everything(&*office.store).await;
    let answer = by.create_service(id, details).await;
    assert!(matches!(answer, Err(Error::AlreadySaved(made)) if made == id.0), "{answer:?}");
    assert_eq!(everything(&*office.store).await, before);
}

#[tokio::test]
async fn every_change_of_every_kind_of_record_has_one_row_of_history() {
    for office in Office::each().await {
        let by = office.director().await;
        let later = || office.clock.advance(TimeDelta::minutes(7));
        let (first, signed, made) = office.client().await;
        let (of, alone) = (office.service().await, office.lead(None).await);
        let its = office.campaign(of).await;
        later();
        by.edit_service(of, 1, service()).await.unwrap();
        by.archive_service(of, true).await.unwrap();
        by.archive_service(of, false).await.unwrap();
        by.edit_campaign(its, 1, campaign(of)).await.unwrap();
        by.archive_campaign(its, true).await.unwrap();
        let entry = by.add_spend(office.id(), its, spend()).await.unwrap();
        later();
        let corrected = domain::spend::SpendDetails { spent_on: SpendDay::new(day("2026-01-16")).unwrap(), ..spend() };
        by.edit_spend(entry, 1, corrected).await.unwrap();
        by.cancel_spend(entry, true).await.unwrap();
        by.set_lead_status(alone, 1, lost()).await.unwrap();
        by.set_lead_status(alone, 2, WorkStatus::Qualified).await.unwrap();
        by.edit_lead(alone, 3, lead(None)).await.unwrap();
        by.edit_lead(
            first,
            2,
            LeadDetails { campaign: office.stored::<Lead>(first).await.details.campaign, ..lead(None) },
        )
        .await
        .unwrap();
        by.add_note(office.id(), alone, note("Перезвонить")).await.unwrap();
        by.add_client_note(office.id(), made, note("Продлить")).await.unwrap();
        by.edit_client(made, 1, client()).await.unwrap();
        let scan = office.upload(Person::Gleb).await;
        by.edit_contract(signed, 2, contract(of), Some(scan)).await.unwrap();
        let (id, query) = (office.id(), ViewQuery::default());
        let saved = by.save_view(id, RecordKind::Lead, query, view()).await.unwrap();
        by.edit_view(RecordKind::Lead, saved, 1, ViewDetails { shared: false, ..view() }).await.unwrap();
        by.remove_view(RecordKind::Lead, saved).await.unwrap();
        let person = office.user(Person::Nina).await;
        let roles = [office.role(DefaultRole::Manager).await, office.role(DefaultRole::Operator).await];
        by.edit_user(person, 1, user("nina", "Нина Новая", &roles)).await.unwrap();
        later();
        by.set_user_password(person, &password("nina"), false).await.unwrap();
        by.set_user_active(person, false).await.unwrap();
        by.edit_user(person, 4, user("nina.new", "", &[])).await.unwrap();

        let all = everything(&*office.store).await;
        assert_eq!(crate::support::everything::numbers(&all).len(), RecordKind::ALL.len());
        assert!(all.iter().filter(|it| it.stamp.version > 1).count() >= 8);
        assert_histories_are_whole(&all);
        let texts = format!("{all:?}");
        assert!(!texts.contains("$2b$"), "a hash is in the history");
    }
}
