//! What is to be done next about a lead: who may plan it, when it is gone, and what is told of it.
use crate::support::{
    Office, Person, details,
    everything::{assert_histories_are_whole, everything},
};
use application::{ConversionContract, Error};
use conformance::fixtures::step;
use domain::{
    audit::FieldChange,
    field::Field,
    lead::{Lead, LeadId, LeadRuleViolation, WorkStatus},
    values::LostReason,
};

/// The changes of the newest entry.
async fn told(office: &Office, id: LeadId) -> Vec<FieldChange> {
    let page = office.director().await.lead(id).await.unwrap();
    page.history.entries[0].as_ref().unwrap().changes.clone()
}

fn change(before: Option<&str>, after: Option<&str>) -> FieldChange {
    let [before, after] = [before, after].map(|it| it.map(str::to_owned));
    FieldChange { field: Field::NextStep, before, after }
}

#[tokio::test]
async fn a_step_is_planned_moved_and_done_and_each_is_in_the_history() {
    for office in Office::each().await {
        let (id, anna) = (office.lead(None).await, office.session(Person::Anna).await);
        let (first, later) = ("2026-01-13 Перезвонить", "2026-01-20 Перезвонить");
        anna.plan_lead(id, 1, Some(step("Перезвонить", "2026-01-13"))).await.unwrap();
        assert_eq!(told(&office, id).await, [change(None, Some(first))]);
        anna.plan_lead(id, 2, Some(step("Перезвонить", "2026-01-20"))).await.unwrap();
        assert_eq!(told(&office, id).await, [change(Some(first), Some(later))]);
        let stale = anna.plan_lead(id, 2, None).await;
        assert!(matches!(stale, Err(Error::Conflict)), "{stale:?}");
        anna.plan_lead(id, 3, None).await.unwrap();
        assert_eq!(told(&office, id).await, [change(Some(later), None)]);
        assert_eq!(office.stored::<Lead>(id).await.next_step, None);
        // Done twice is done once.
        anna.plan_lead(id, 4, None).await.unwrap();
        assert_eq!(office.stored::<Lead>(id).await.stamp.version, 4);
        assert_histories_are_whole(&everything(&*office.store).await);
    }
}

#[tokio::test]
async fn nothing_is_to_be_done_about_a_lead_that_is_lost_or_converted() {
    for office in Office::each().await {
        let director = office.director().await;
        let (lost, won) = (office.lead(None).await, office.lead(None).await);
        for id in [lost, won] {
            director.plan_lead(id, 1, Some(step("Перезвонить", "2026-01-13"))).await.unwrap();
        }
        let reason = LostReason::parse("Дорого").unwrap();
        director.set_lead_status(lost, 2, WorkStatus::Lost(reason)).await.unwrap();
        let contract = office.contract(office.service().await).await;
        let contract = ConversionContract::Existing(contract);
        director.convert_lead(won, 2, details::client(), contract, &[]).await.unwrap();
        for id in [lost, won] {
            assert_eq!(office.stored::<Lead>(id).await.next_step, None);
            assert!(told(&office, id).await.contains(&change(Some("2026-01-13 Перезвонить"), None)));
            let refused = director.plan_lead(id, 3, Some(step("Перезвонить", "2026-01-14"))).await;
            let is_right = |it: &LeadRuleViolation| matches!(it, LeadRuleViolation::Lost) == (id == lost);
            assert!(matches!(&refused, Err(Error::Lead(it)) if is_right(it)), "{refused:?}");
        }
        // A reopened lead is planned anew.
        director.set_lead_status(lost, 3, WorkStatus::InProgress).await.unwrap();
        assert_eq!(office.stored::<Lead>(lost).await.next_step, None);
        director.plan_lead(lost, 4, Some(step("Перезвонить", "2026-01-14"))).await.unwrap();
        assert_histories_are_whole(&everything(&*office.store).await);
    }
}
