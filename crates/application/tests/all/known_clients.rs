//! A second client of one person: told before anything is saved. And notes about a client, which only viewers of clients see.
use crate::support::{Office, Person, details::note, everything::everything};
use application::{ConversionContract, Error, Result};
use conformance::fixtures::contact;
use domain::{
    access::Permission,
    audit::AuditFilter,
    client::{ClientDetails, ClientId},
    duplicates::{Identity, MatchBy},
    lead::LeadId,
    merge::MergeChoices,
    values::FullName,
};

fn person(name: &str, phone: &str, email: &str) -> ClientDetails {
    ClientDetails { full_name: FullName::parse(name).unwrap(), contact: contact(phone, email) }
}

/// Converts a lead of this person, with the contract of the office that is free.
async fn convert(office: &Office, lead: LeadId, details: ClientDetails, other_people: &[ClientId]) -> Result<ClientId> {
    let contract = office.contract(office.service().await).await;
    let contract = ConversionContract::Existing(contract);
    office.session(Person::Maxim).await.convert_lead(lead, 1, details, contract, other_people).await
}

async fn sokolova(office: &Office) -> ClientId {
    let lead = office.enter("Соколова Марина", "8 900 555-01-42", "marina@example.com").await;
    convert(office, lead, person("Соколова Марина", "8 900 555-01-42", "marina@example.com"), &[]).await.unwrap()
}

#[tokio::test]
async fn a_second_client_with_one_phone_or_email_is_refused_until_it_is_said_to_be_another_person() {
    for office in Office::each().await {
        let known = sokolova(&office).await;
        let lead = office.enter("Соколова М.", "+7 900 555-01-42", "").await;
        let contract = ConversionContract::Existing(office.contract(office.service().await).await);
        let maxim = office.session(Person::Maxim).await;
        let before = everything(&*office.store).await;
        for same in [
            person("Соколова М.", "+7 900 555-01-42", ""),
            person("Кто-то другой", "", "MARINA@example.com"),
            person("Соколова Марина", "8 (900) 5550142", "marina@example.com"),
        ] {
            for other in [&[][..], &[ClientId(office.id())]] {
                let answer = maxim.convert_lead(lead, 1, same.clone(), contract.clone(), other).await;
                assert!(matches!(answer, Err(Error::KnownClient)), "{same:?}: {answer:?}");
            }
        }
        assert_eq!(everything(&*office.store).await, before);
        let husband = person("Соколов Пётр", "+7 900 555-01-42", "");
        let second = maxim.convert_lead(lead, 1, husband.clone(), contract, &[known]).await.unwrap();
        // A third one has two to be told from.
        let third = office.enter("Соколов Олег", "+7 900 555-01-42", "").await;
        assert!(matches!(convert(&office, third, husband.clone(), &[known]).await, Err(Error::KnownClient)));
        convert(&office, third, husband, &[second, known]).await.unwrap();
    }
}

#[tokio::test]
async fn one_name_alone_may_be_of_two_people_and_is_shown() {
    for office in Office::each().await {
        let known = sokolova(&office).await;
        let lead = office.enter("Соколова Марина", "8 900 555-01-43", "").await;
        let maxim = office.session(Person::Maxim).await;
        let identity = Identity::from(&person("марина соколова", "8 900 555-01-43", ""));
        let told = maxim.known_clients(&identity, lead).await.unwrap();
        assert_eq!(
            told.iter().map(|it| (it.id, it.by.as_slice())).collect::<Vec<_>>(),
            [(known, &[MatchBy::Name][..])]
        );
        assert_eq!(told[0].name.as_deref(), Some("Соколова Марина"));
        convert(&office, lead, person("Соколова Марина", "8 900 555-01-43", ""), &[]).await.unwrap();
    }
}

#[tokio::test]
async fn a_client_is_known_by_what_the_lead_had_by_what_was_merged_and_by_what_was_changed_since() {
    for office in Office::each().await {
        let known = sokolova(&office).await;
        let director = office.director().await;
        director.edit_client(known, 1, person("Соколова Марина", "8 900 555-01-77", "")).await.unwrap();
        let of_client = director.client(known).await.unwrap().client.lead;
        let merged = office.enter("Соколова", "8 900 555-01-88", "").await;
        let version = office.stored::<domain::lead::Lead>(of_client).await.stamp.version;
        director.merge_leads((of_client, version), (merged, 1), MergeChoices::default()).await.unwrap();
        let lead = office.enter("Иная", "8 900 555-02-00", "").await;
        let maxim = office.session(Person::Maxim).await;
        for phone in ["8 900 555-01-42", "8 900 555-01-77", "8 900 555-01-88"] {
            let told = maxim.known_clients(&Identity::from(&person("Иная", phone, "")), lead).await.unwrap();
            assert_eq!(told.iter().map(|it| it.id).collect::<Vec<_>>(), [known], "{phone}");
            assert!(told[0].is_sure());
        }
        let own = Identity::from(&person("Иная", "8 900 555-02-00", ""));
        assert_eq!(maxim.known_clients(&own, lead).await.unwrap(), []);
    }
}

#[tokio::test]
async fn a_user_who_may_not_view_clients_learns_only_that_there_is_one() {
    let office = Office::new().await;
    let known = sokolova(&office).await;
    let lead = office.enter("Соколова", "8 900 555-01-42", "").await;
    let identity = Identity::from(&person("Соколова", "8 900 555-01-42", ""));
    let blind = office.session_with(Person::Maxim, [Permission::ConvertLeads].into_iter().collect()).await;
    let told = blind.known_clients(&identity, lead).await.unwrap();
    assert_eq!(told.iter().map(|it| (it.id, it.name.clone())).collect::<Vec<_>>(), [(known, None)]);
    let operator = office.session(Person::Anna).await;
    assert!(crate::support::is_forbidden(&operator.known_clients(&identity, lead).await));
}

#[tokio::test]
async fn of_two_conversions_of_one_person_at_once_one_is_told_of_the_other() {
    for office in [Office::new().await, Office::kept().await] {
        let service = office.service().await;
        for round in 0..10 {
            let phone = format!("8 900 777-{round:02}-00");
            let of = [office.enter("Один", &phone, "").await, office.enter("Другой", &phone, "").await];
            let contracts = [office.contract(service).await, office.contract(service).await];
            let maxim = office.session(Person::Maxim).await;
            let convert = |at: usize| {
                let (details, contract) = (person("Один", &phone, ""), ConversionContract::Existing(contracts[at]));
                let (session, lead) = (maxim.clone(), of[at]);
                tokio::spawn(async move { session.convert_lead(lead, 1, details, contract, &[]).await })
            };
            let (one, other) = tokio::join!(convert(0), convert(1));
            let (one, other) = (one.unwrap(), other.unwrap());
            let refused = |it: &Result<ClientId>| matches!(it, Err(Error::KnownClient));
            assert!(one.is_ok() != other.is_ok() && (refused(&one) || refused(&other)), "{one:?} {other:?}");
        }
    }
}

#[tokio::test]
async fn a_note_about_a_client_is_read_by_users_who_may_view_clients() {
    for office in Office::each().await {
        let (lead, _, made) = office.client().await;
        let (anna, maxim) = (office.session(Person::Anna).await, office.session(Person::Maxim).await);
        anna.add_note(office.id(), lead, note("Просит перезвонить")).await.unwrap();
        maxim.add_client_note(office.id(), made, note("Торгуется")).await.unwrap();
        let texts = |notes: &[domain::note::Note]| notes.iter().map(|it| it.text.to_string()).collect::<Vec<_>>();
        assert_eq!(texts(&anna.lead(lead).await.unwrap().notes), ["Просит перезвонить"]);
        assert_eq!(maxim.lead(lead).await.unwrap().notes.len(), 2);
        assert_eq!(maxim.client(made).await.unwrap().notes.len(), 2);
        let rights = [Permission::ViewLeads, Permission::ViewAudit];
        let auditor = office.session_with(Person::Nina, rights.into_iter().collect()).await;
        let log = auditor.audit_log(&AuditFilter::default(), crate::support::first_page()).await.unwrap();
        assert!(!format!("{log:?}").contains("Торгуется") && format!("{log:?}").contains("Просит перезвонить"));
    }
}
