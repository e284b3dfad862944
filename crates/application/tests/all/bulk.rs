//! Bulk edits: all selected records or the possible ones, each with an audit entry, and undo.
use crate::support::{Office, Person, details, everything::everything};
use application::{Archive, BulkEditable, BulkResult, Error, LeadChange, Selection, Session, Skipped};
use chrono::TimeDelta;
use domain::{
    field::Field,
    lead::{Lead, LeadFilter, LeadId, LeadStage, LeadStatus, WorkStatus},
    merge::MergeChoices,
    page::Total,
    service::Service,
    store::{Mode, Repository},
    user::UserId,
    values::{FullName, Invalid, LostReason},
};

/// So many leads, each a millisecond younger than the one before, and assigned to Анна where its number is even.
async fn filled(office: &Office, number: usize) -> Vec<LeadId> {
    let anna = office.user(Person::Anna).await;
    let mut work = office.store.begin(Mode::BulkLoad).await.unwrap();
    let mut ids = Vec::new();
    for n in 0..number {
        let now = office.crm.now() + TimeDelta::milliseconds(i64::try_from(n).unwrap());
        let mut it = details::lead(None);
        it.full_name = FullName::parse(&format!("Лид {n}")).unwrap();
        it.assignee = (n % 2 == 0).then_some(anna);
        let lead = Lead::new(LeadId::new(now), it, Some(anna), now);
        Repository::insert(&mut *work, &lead).await.unwrap();
        ids.push(lead.id);
    }
    work.commit().await.unwrap();
    office.clock.advance(TimeDelta::hours(1));
    ids
}

async fn assignees(office: &Office, leads: &[LeadId]) -> Vec<Option<UserId>> {
    let mut found = Vec::new();
    for id in leads {
        found.push(office.stored::<Lead>(*id).await.details.assignee);
    }
    found
}

async fn all_to(session: &Session, user: Option<UserId>) -> Result<BulkResult<Lead>, Error> {
    session.bulk_edit(&Selection::<Lead>::All(vec![LeadFilter::default()]), &LeadChange::Assign(user)).await
}

#[tokio::test]
async fn all_that_the_filter_finds_is_changed_and_put_back() {
    for office in Office::each().await {
        let leads = filled(&office, 64).await;
        let before = assignees(&office, &leads).await;
        let (anna, maxim) = (office.session(Person::Anna).await, office.user(Person::Maxim).await);
        let selection = Selection::<Lead>::All(vec![LeadFilter::default()]);
        assert_eq!(anna.selection(&selection, 8).await.unwrap().1, Total::Exactly(64));

        let outcome = all_to(&anna, Some(maxim)).await.unwrap();
        assert_eq!((outcome.same, outcome.skipped.len()), (0, 0));
        assert_eq!(assignees(&office, &leads).await, vec![Some(maxim); 64]);
        let at = outcome.at.unwrap();
        let done = anna.done::<Lead>(at, &[]).await.unwrap();
        assert_eq!(done.entries.len(), 64);
        assert!(done.entries.iter().all(|it| it.changes.len() == 1 && it.changes[0].field == Field::Assignee));
        assert_eq!(done.names[&maxim.0], "Maxim");
        assert_eq!(done.names[&leads[5].0], "Лид 5");
        // Each of them is in the history of its record, as if it had been changed alone.
        assert_eq!(anna.lead(leads[5]).await.unwrap().history.entries.len(), 1);

        // Once more changes nothing, and writes nothing.
        office.clock.advance(TimeDelta::seconds(1));
        let stored = everything(&*office.store).await;
        let again = all_to(&anna, Some(maxim)).await.unwrap();
        assert_eq!((again.at, again.same), (None, 64));
        assert_eq!(everything(&*office.store).await, stored);

        // What somebody else did meanwhile stays, and is told.
        let gleb = office.director().await;
        gleb.set_lead_status(leads[3], 2, WorkStatus::Qualified).await.unwrap();
        office.clock.advance(TimeDelta::seconds(1));
        let back = anna.undo::<Lead>(at).await.unwrap();
        assert_eq!(back.skipped, [(leads[3], Skipped::ChangedSince)]);
        let mut expected = before.clone();
        expected[3] = Some(maxim);
        assert_eq!(assignees(&office, &leads).await, expected);
        assert_eq!(anna.done::<Lead>(back.at.unwrap(), &[]).await.unwrap().entries.len(), 63);
        // A second time there is nothing left to put back.
        office.clock.advance(TimeDelta::seconds(1));
        assert_eq!(anna.undo::<Lead>(at).await.unwrap().skipped.len(), 64);
        // And putting back is itself put back.
        let forth = anna.undo::<Lead>(back.at.unwrap()).await.unwrap();
        assert_eq!((forth.at.is_some(), forth.skipped.len()), (true, 0));
        assert_eq!(assignees(&office, &leads).await, vec![Some(maxim); 64]);
    }
}

#[tokio::test]
async fn who_was_merged_into_another_one_is_left_out() {
    for office in Office::each().await {
        let leads = filled(&office, 3).await;
        let (anna, maxim) = (office.session(Person::Anna).await, office.user(Person::Maxim).await);
        anna.merge_leads((leads[0], 1), (leads[2], 1), MergeChoices::default()).await.unwrap();
        office.clock.advance(TimeDelta::seconds(1));
        let ticked = Selection::<Lead>::These(leads.clone());
        for selection in [ticked, Selection::All(vec![LeadFilter::default()])] {
            assert_eq!(anna.selection(&selection, 8).await.unwrap().1, Total::Exactly(2));
            let outcome = anna.bulk_edit(&selection, &LeadChange::Assign(Some(maxim))).await.unwrap();
            assert!(outcome.skipped.is_empty(), "{:?}", outcome.skipped);
        }
        let anna = Some(anna.actor().id);
        assert_eq!(assignees(&office, &leads).await, [Some(maxim), Some(maxim), anna]);
    }
}

#[tokio::test]
async fn nobody_puts_back_what_another_one_did() {
    let office = Office::new().await;
    let leads = filled(&office, 3).await;
    let at = all_to(&office.session(Person::Anna).await, None).await.unwrap().at.unwrap();
    office.clock.advance(TimeDelta::seconds(1));
    let gleb = office.director().await;
    assert!(gleb.done::<Lead>(at, &[]).await.unwrap().entries.is_empty());
    assert_eq!(gleb.undo::<Lead>(at).await.unwrap().at, None);
    assert_eq!(assignees(&office, &leads).await, [None; 3]);
}

#[tokio::test]
async fn a_status_is_set_where_it_can_be_and_comes_back_with_its_reason() {
    for office in Office::each().await {
        let (client, _, _) = office.client().await;
        let gleb = office.director().await;
        let (new, lost) = (office.lead(None).await, office.lead(None).await);
        let reason = |text: &str| WorkStatus::Lost(LostReason::parse(text).unwrap());
        gleb.set_lead_status(lost, 1, reason("Дорого")).await.unwrap();
        let selection = Selection::<Lead>::These(vec![client, new, lost]);
        let stages = async || {
            let mut found = Vec::new();
            for id in [new, lost] {
                found.push(office.stored::<Lead>(id).await.status);
            }
            found
        };
        let before = stages().await;
        for status in [WorkStatus::Qualified, reason("Не отвечает"), WorkStatus::New] {
            office.clock.advance(TimeDelta::seconds(1));
            let outcome = gleb.bulk_edit(&selection, &LeadChange::Status(status)).await.unwrap();
            assert_eq!(outcome.skipped, [(client, Skipped::Converted)]);
            assert_ne!(stages().await, before);
            office.clock.advance(TimeDelta::seconds(1));
            let back = gleb.undo::<Lead>(outcome.at.unwrap()).await.unwrap();
            assert_eq!(back.skipped, []);
            assert_eq!(stages().await, before);
        }
        assert_eq!(office.stored::<Lead>(client).await.stage(), LeadStage::Converted);
        assert!(matches!(&before[1], LeadStatus::Lost(it) if it.as_str() == "Дорого"));
    }
}

#[tokio::test]
async fn a_lost_lead_comes_back_with_what_was_to_be_done_next() {
    for office in Office::each().await {
        let (gleb, lead) = (office.director().await, office.lead(None).await);
        let step = conformance::fixtures::step("Перезвонить", "2026-01-14");
        gleb.plan_lead(lead, 1, Some(step.clone())).await.unwrap();
        let lost = WorkStatus::Lost(LostReason::parse("Дорого").unwrap());
        office.clock.advance(TimeDelta::seconds(1));
        let outcome = gleb.bulk_edit(&Selection::<Lead>::These(vec![lead]), &LeadChange::Status(lost)).await.unwrap();
        assert_eq!(office.stored::<Lead>(lead).await.next_step, None);
        office.clock.advance(TimeDelta::seconds(1));
        // And that is taken back as well, and once more.
        let mut outcome = gleb.undo::<Lead>(outcome.at.unwrap()).await.unwrap();
        for (status, planned) in
            [(LeadStage::New, Some(step.clone())), (LeadStage::Lost, None), (LeadStage::New, Some(step))]
        {
            let now = office.stored::<Lead>(lead).await;
            assert_eq!((outcome.skipped.as_slice(), now.stage(), now.next_step), (&[][..], status, planned));
            let at = outcome.at.unwrap();
            assert_eq!(gleb.done::<Lead>(at, &[]).await.unwrap().entries.len(), 1);
            office.clock.advance(TimeDelta::seconds(1));
            outcome = gleb.undo::<Lead>(at).await.unwrap();
        }
    }
}

#[tokio::test]
async fn more_than_the_limit_and_nobody_who_is_there_change_nothing() {
    for office in Office::each().await {
        let leads = filled(&office, 1001).await;
        let (anna, denis) = (office.session(Person::Anna).await, office.user(Person::Denis).await);
        let too_many = all_to(&anna, None).await;
        assert!(matches!(too_many, Err(Error::Invalid(Field::List, Invalid::TooMany { max: 1000 }))));
        // Somebody who may not sign in any more is offered nowhere.
        let selection = Selection::<Lead>::These(leads[..2].to_vec());
        let gone = anna.bulk_edit(&selection, &LeadChange::Assign(Some(denis))).await;
        assert!(matches!(gone, Err(Error::Invalid(Field::Assignee, Invalid::UnknownChoice))));
        for lead in &leads {
            assert_eq!(office.stored::<Lead>(*lead).await.stamp.version, 1);
        }
        // What is no longer there is not among the chosen.
        let selection = Selection::<Lead>::These(vec![leads[0], LeadId(uuid::Uuid::nil()), leads[0]]);
        assert_eq!(anna.selection(&selection, 8).await.unwrap().1, Total::Exactly(1));
        // Exactly as many as the limit are changed together.
        let last = Selection::<Lead>::These(vec![leads[1000]]);
        anna.bulk_edit(&last, &LeadChange::Status(WorkStatus::InProgress)).await.unwrap();
        office.clock.advance(TimeDelta::seconds(1));
        let parts = vec![LeadFilter { stage: Some(LeadStage::New), ..Default::default() }];
        let outcome = anna.bulk_edit(&Selection::<Lead>::All(parts), &LeadChange::Assign(None)).await.unwrap();
        assert_eq!(outcome.same, 500);
        assert_eq!(anna.done::<Lead>(outcome.at.unwrap(), &[]).await.unwrap().entries.len(), 500);
    }
}

#[tokio::test]
async fn services_go_to_the_archive_together_and_come_back() {
    let office = Office::new().await;
    let services = [office.service().await, office.service().await];
    let marina = office.session(Person::Marina).await;
    let outcome =
        marina.bulk_edit::<Service>(&Selection::<Service>::These(services.to_vec()), &Archive(true)).await.unwrap();
    for id in services {
        assert!(office.stored::<Service>(id).await.archived);
    }
    office.clock.advance(TimeDelta::seconds(1));
    marina.undo::<Service>(outcome.at.unwrap()).await.unwrap();
    for id in services {
        let service = office.stored::<Service>(id).await;
        assert_eq!((service.archived, service.stamp.version), (false, 3));
    }
}

#[test]
fn only_what_such_a_change_makes_is_taken_back() {
    let change = |field, before: Option<&str>| conformance::fixtures::field_change(field, before, Some("after"));
    let back = |changes: &[_]| Lead::back(changes);
    assert_eq!(back(&[change(Field::Assignee, None)]), Some(LeadChange::Assign(None)));
    assert_eq!(back(&[change(Field::Status, Some("new"))]), Some(LeadChange::Status(WorkStatus::New)));
    for others in [
        vec![],
        vec![change(Field::FullName, Some("Анна"))],
        vec![change(Field::Assignee, None), change(Field::Phone, None)],
        vec![change(Field::Assignee, Some("nobody"))],
        vec![change(Field::Status, Some("converted"))],
        vec![change(Field::Status, Some("lost"))],
        vec![change(Field::Status, None)],
    ] {
        assert_eq!(back(&others), None, "{others:?}");
    }
}
