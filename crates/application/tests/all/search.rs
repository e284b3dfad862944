//! The search over everything: a few records of every kind that somebody may view, and nothing of the others.
use crate::support::{Office, Person, details};
use application::SearchResults;
use domain::{
    access::Permission,
    page::{Page, Total},
    values::{CampaignName, ContractName, FullName, ServiceName},
};

/// One record of each kind with this word in its name.
async fn one_of_each(office: &Office, word: &str) {
    let director = office.director().await;
    let (mut service, mut client) = (details::service(), details::client());
    service.name = ServiceName::parse(&format!("Услуга {word}")).unwrap();
    client.full_name = FullName::parse(&format!("{word} Пётр")).unwrap();
    let service = director.create_service(office.id(), service).await.unwrap();
    let mut campaign = details::campaign(service);
    campaign.name = CampaignName::parse(&format!("Кампания {word}")).unwrap();
    let campaign = director.create_campaign(office.id(), campaign).await.unwrap();
    let (mut lead, mut contract) = (details::lead(Some(campaign)), details::contract(service));
    lead.full_name = FullName::parse(&format!("{word} Пётр")).unwrap();
    contract.name = ContractName::parse(&format!("Договор {word}")).unwrap();
    let lead = director.create_lead(office.id(), lead, None).await.unwrap();
    let scan = office.upload(Person::Gleb).await;
    let contract = director.create_contract(office.id(), contract, scan, None).await.unwrap();
    let existing = application::ConversionContract::Existing(contract);
    director.convert_lead(lead, 1, client, existing, &[]).await.unwrap();
    director
        .create_user(office.id(), details::user(&format!("user{}", crate::support::next()), word, &[]))
        .await
        .unwrap();
}

/// How many of each kind: leads, clients, contracts, campaigns, services, users.
fn numbers(found: &SearchResults) -> [Option<usize>; 6] {
    fn number<R>(page: Option<&Page<R>>) -> Option<usize> {
        page.map(|it| it.items.len())
    }
    [
        number(found.leads.as_ref()),
        number(found.clients.as_ref()),
        number(found.contracts.as_ref()),
        number(found.campaigns.as_ref()),
        number(found.services.as_ref()),
        number(found.users.as_ref()),
    ]
}

#[tokio::test]
async fn everybody_finds_the_kinds_that_they_may_view() {
    for office in Office::each().await {
        one_of_each(&office, "Ёлкин").await;
        for person in Person::ACTIVE {
            let found = office.session(person).await.search("  ёлкин ").await.unwrap();
            let viewed = [
                Permission::ViewLeads,
                Permission::ViewClients,
                Permission::ViewContracts,
                Permission::ViewCampaigns,
                Permission::ViewServices,
                Permission::ViewUsers,
            ];
            let expected = viewed.map(|it| person.permissions().contains(it).then_some(1));
            assert_eq!(numbers(&found), expected, "{person:?}");
        }
    }
}

#[tokio::test]
async fn of_many_the_newest_eight_are_found_and_how_many_there_are() {
    for office in Office::each().await {
        let mut newest = None;
        for _ in 0..12 {
            office.clock.advance(chrono::TimeDelta::milliseconds(1));
            newest = Some(office.lead(None).await);
        }
        let leads = office.session(Person::Anna).await.search("иван").await.unwrap().leads.unwrap();
        assert_eq!((leads.items.len(), leads.total), (8, Total::Exactly(12)));
        assert_eq!(leads.items.first().map(|it| it.id), newest);
        let by_phone = office.session(Person::Anna).await.search("8 900 555-01-42").await.unwrap().leads.unwrap();
        assert_eq!(by_phone.total, Total::Exactly(12));
    }
}

#[tokio::test]
async fn a_single_letter_finds_nothing_because_it_is_everywhere() {
    let office = Office::new().await;
    office.lead(None).await;
    let anna = office.session(Person::Anna).await;
    for words in ["", " ", "и", " И\t"] {
        assert_eq!(anna.search(words).await.unwrap(), SearchResults::default(), "{words:?}");
    }
    assert_eq!(anna.search("ив").await.unwrap().leads.unwrap().items.len(), 1);
}
