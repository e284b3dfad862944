//! Pickers: what left them is no new choice, and stays where it was chosen.
use crate::support::{
    Office, Person,
    details::{campaign, client, contract, lead, spend},
};
use application::{ConversionContract, Error, Result};
use domain::{field::Field, lead::LeadDetails, store::Choice, values::Invalid};

fn unknown_choice<T: std::fmt::Debug>(answer: &Result<T>, field: Field) {
    assert!(matches!(answer, Err(Error::Invalid(it, Invalid::UnknownChoice)) if *it == field), "{answer:?}");
}

fn offers(choices: &[Choice], id: uuid::Uuid) -> bool {
    choices.iter().any(|it| it.id == id)
}

#[tokio::test]
async fn an_archived_service_is_no_new_choice_but_stays_where_it_was_chosen() {
    let office = Office::new().await;
    let by = office.director().await;
    let (old, new) = (office.service().await, office.service().await);
    let (its, others) = (office.campaign(old).await, office.campaign(new).await);
    let (signed, alone) = (office.contract(old).await, office.lead(None).await);
    let other = office.contract(new).await;
    by.archive_service(old, true).await.unwrap();
    for it in [old, office.id()] {
        unknown_choice(&by.create_campaign(office.id(), campaign(it)).await, Field::Service);
        unknown_choice(&by.edit_campaign(others, 1, campaign(it)).await, Field::Service);
        let scan = office.upload(Person::Gleb).await;
        unknown_choice(&by.create_contract(office.id(), contract(it), scan, None).await, Field::Service);
        unknown_choice(&by.edit_contract(other, 1, contract(it), None).await, Field::Service);
        let form = ConversionContract::New { id: office.id(), details: contract(it), document: scan };
        unknown_choice(&by.convert_lead(alone, 1, client(), form, &[]).await, Field::Service);
    }
    assert!(offers(&by.campaign_form(Some(its)).await.unwrap().1.services, old.0));
    assert!(!offers(&by.campaign_form(Some(others)).await.unwrap().1.services, old.0));
    assert!(!offers(&by.campaign_form(None).await.unwrap().1.services, old.0));
    assert!(offers(&by.contract_to_edit(signed).await.unwrap().1.services, old.0));
    assert!(!offers(&by.new_contract_form(None).await.unwrap().services, old.0));
    by.edit_campaign(its, 1, campaign(old)).await.unwrap();
    by.edit_contract(signed, 1, contract(old), None).await.unwrap();
    // Once left, it is not offered any more.
    by.edit_campaign(its, 2, campaign(new)).await.unwrap();
    unknown_choice(&by.edit_campaign(its, 3, campaign(old)).await, Field::Service);
    by.archive_service(old, false).await.unwrap();
    by.edit_campaign(its, 3, campaign(old)).await.unwrap();
}

#[tokio::test]
async fn a_finished_campaign_and_a_closed_user_are_no_new_choices_but_stay_where_they_were_chosen() {
    let office = Office::new().await;
    let by = office.director().await;
    let (old, nina) = (office.campaign(office.service().await).await, office.user(Person::Nina).await);
    let chosen = LeadDetails { assignee: Some(nina), ..lead(Some(old)) };
    let kept = by.create_lead(office.id(), chosen.clone(), None).await.unwrap();
    let alone = office.lead(None).await;
    by.archive_campaign(old, true).await.unwrap();
    by.set_user_active(nina, false).await.unwrap();
    for campaign in [old, office.id()] {
        unknown_choice(&by.create_lead(office.id(), lead(Some(campaign)), None).await, Field::Campaign);
        unknown_choice(&by.edit_lead(alone, 1, lead(Some(campaign))).await, Field::Campaign);
    }
    for assignee in [nina, office.user(Person::Denis).await, office.id()] {
        let details = LeadDetails { assignee: Some(assignee), ..lead(None) };
        unknown_choice(&by.create_lead(office.id(), details.clone(), None).await, Field::Assignee);
        unknown_choice(&by.edit_lead(alone, 1, details).await, Field::Assignee);
    }
    let (_, form) = by.lead_form(Some(kept)).await.unwrap();
    assert!(offers(&form.campaigns, old.0) && offers(&form.users, nina.0));
    let (_, form) = by.lead_form(Some(alone)).await.unwrap();
    assert!(!offers(&form.campaigns, old.0) && !offers(&form.users, nina.0));
    let renamed = LeadDetails { full_name: lead(None).full_name, ..chosen };
    by.edit_lead(kept, 1, renamed).await.unwrap();
    // What already runs is still paid for.
    by.add_spend(office.id(), old, spend()).await.unwrap();
}
