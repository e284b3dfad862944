//! Pages put together from several kinds of records: each shows only what its user may view.
use crate::support::{Office, Person, first_page};
use chrono::TimeDelta;
use domain::{access::Permission, contract::Contract};

#[tokio::test]
async fn the_home_page_counts_only_what_its_user_may_view() {
    let office = Office::new().await;
    office.client().await;
    office.lead(None).await;
    for person in Person::ACTIVE {
        let (home, may) = (office.session(person).await.home().await.unwrap(), person.permissions());
        let seen = |permission, count| may.contains(permission).then_some(count);
        assert_eq!(home.services, seen(Permission::ViewServices, 1), "{person:?}");
        assert_eq!(home.campaigns, seen(Permission::ViewCampaigns, 1), "{person:?}");
        assert_eq!(home.leads, seen(Permission::ViewLeads, 2), "{person:?}");
        assert_eq!(home.new_leads, seen(Permission::ViewLeads, 1), "{person:?}");
        assert_eq!(home.clients, seen(Permission::ViewClients, 1), "{person:?}");
        assert_eq!(home.contracts, seen(Permission::ViewContracts, 1), "{person:?}");
    }
}

#[tokio::test]
async fn a_page_shows_no_more_than_the_other_permissions_of_its_user() {
    let office = Office::new().await;
    let (_, contract, client) = office.client().await;
    office.clock.advance(TimeDelta::minutes(1));
    let only = |permission| office.session_with(Person::Maxim, [permission].into_iter().collect());
    let page = only(Permission::ViewClients).await.client(client).await.unwrap();
    assert!(page.contracts.is_none());
    let service = office.stored::<Contract>(contract).await.details.service;
    let page = only(Permission::ViewServices).await.service(service).await.unwrap();
    assert!(page.campaigns.is_none());
    let campaign = office.director().await.service(service).await.unwrap().campaigns.unwrap().items[0].id;
    let page = only(Permission::ViewCampaigns).await.campaign(campaign, first_page()).await.unwrap();
    assert!(page.figures.is_none());
}
