//! Leads that were entered twice: merged, and two again.
use std::{collections::BTreeMap, sync::Arc};

use crate::support::{
    Office, Person,
    details::{client, lead as typed, note},
    everything::everything,
    first_page, folder,
};
use adapters_memory::MemoryStore;
use application::{ConversionContract, Error, Result, Session};
use chrono::TimeDelta;
use conformance::fixtures::contact;
use domain::{
    duplicates::Identity,
    field::Field,
    lead::{Lead, LeadDetails, LeadFilter, LeadId, LeadRuleViolation, LeadStage, LeadStatus, WorkStatus},
    merge::{MergeChoices, MergeSource},
    next_step::NextStep,
    note::Note,
    record::Record,
    statistics::{Attribution, CampaignSums},
    store::Mode,
    values::{FullName, Invalid, LostReason},
};
use proptest::{prelude::*, test_runner::TestRunner};

fn refusal<T: std::fmt::Debug>(answer: Result<T>) -> LeadRuleViolation {
    match answer {
        Err(Error::Lead(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

fn is_conflict<T: std::fmt::Debug>(answer: &Result<T>) -> bool {
    matches!(answer, Err(Error::Conflict))
}

/// Everything from the lead that goes.
const OTHERS: MergeChoices = MergeChoices {
    full_name: MergeSource::Other,
    phone: MergeSource::Other,
    email: MergeSource::Other,
    campaign: MergeSource::Other,
    assignee: MergeSource::Other,
    status: MergeSource::Other,
};

async fn listed(session: &Session) -> Vec<LeadId> {
    let list = session.list::<Lead>(&[LeadFilter::default()], first_page()).await.unwrap();
    list.page.items.iter().map(|it| it.id).collect()
}

/// What is counted of leads.
type Numbers = (Vec<CampaignSums>, BTreeMap<LeadStage, u64>);

async fn numbers(office: &Office) -> Numbers {
    let mut work = office.store.begin(Mode::Read).await.unwrap();
    let mut sums = work.sums(Attribution::ByLeadDate, None, None).await.unwrap();
    sums.sort_by_key(|it| it.campaign.as_ref().map(|it| it.id));
    let counts = work.counts().await.unwrap().leads.into_iter().filter(|it| it.1 > 0).collect();
    (sums, counts)
}

/// The record without its stamp.
fn content(lead: &Lead) -> Lead {
    let mut lead = lead.clone();
    (lead.stamp.version, lead.stamp.changed_at, lead.stamp.changed_by) = (1, lead.stamp.created_at, None);
    lead
}

#[tokio::test]
async fn two_leads_become_one_and_two_again() {
    for office in Office::each().await {
        let campaign = office.campaign(office.service().await).await;
        let (one, other) = (office.lead(Some(campaign)).await, office.lead(None).await);
        let anna = office.session(Person::Anna).await;
        anna.add_note(office.id(), one, note("Первая")).await.unwrap();
        office.clock.advance(TimeDelta::seconds(1));
        anna.add_note(office.id(), other, note("Вторая")).await.unwrap();
        let reason = LostReason::parse("Дорого").unwrap();
        anna.set_lead_status(other, 1, WorkStatus::Lost(reason.clone())).await.unwrap();
        let before = (office.stored::<Lead>(one).await, office.stored::<Lead>(other).await, numbers(&office).await);
        office.clock.advance(TimeDelta::minutes(1));
        anna.merge_leads((one, 1), (other, 2), OTHERS).await.unwrap();

        let (survivor, gone) = (office.stored::<Lead>(one).await, office.stored::<Lead>(other).await);
        assert_eq!((&survivor.details, &survivor.status), (&before.1.details, &LeadStatus::Lost(reason)));
        assert_eq!((&survivor.merged[..], survivor.stamp.version, gone.stamp.version), (&[other][..], 2, 3));
        assert_eq!(gone.merged_into.map(|it| (it.lead, it.version)), Some((one, 2)));
        assert_eq!(listed(&anna).await, [one]);
        let page = anna.lead(one).await.unwrap();
        let notes: Vec<_> = page.notes.iter().map(|it: &Note| it.text.as_str()).collect();
        assert_eq!(notes, ["Вторая", "Первая"]);
        assert_eq!(page.merged_leads.iter().map(Record::id).collect::<Vec<_>>(), [other]);
        let told: Vec<_> = page.history.entries.iter().flatten().map(|it| (it.record, it.version)).collect();
        assert_eq!(told.len(), 5, "of both: {told:?}");
        let by = Some(anna.actor().id);
        for (id, version) in [(one, 2), (other, 3)] {
            let entry = page.history.entries.iter().flatten().find(|it| (it.record, it.version) == (id.0, version));
            assert_eq!(entry.unwrap().by, by);
        }
        // What was meant for the one that is gone is refused, and a note is kept.
        assert_eq!(refusal(anna.edit_lead(other, 3, typed(None)).await), LeadRuleViolation::Merged(one));
        assert_eq!(refusal(anna.set_lead_status(other, 3, WorkStatus::New).await), LeadRuleViolation::Merged(one));
        assert_eq!(refusal(anna.lead_form(Some(other)).await.map(drop)), LeadRuleViolation::Merged(one));
        anna.add_note(office.id(), other, note("Третья")).await.unwrap();
        assert_eq!(anna.lead(one).await.unwrap().notes.len(), 3);

        assert_eq!(anna.separate_leads(one, other).await.unwrap(), []);
        assert!(is_conflict(&anna.separate_leads(one, other).await), "they are two already");
        let (survivor, gone) = (office.stored::<Lead>(one).await, office.stored::<Lead>(other).await);
        assert_eq!((content(&survivor), content(&gone)), (content(&before.0), content(&before.1)));
        assert_eq!(numbers(&office).await, before.2);
        assert_eq!(anna.lead(one).await.unwrap().notes.len(), 1);
        assert_eq!(anna.lead(other).await.unwrap().notes.len(), 2);
    }
}

#[tokio::test]
async fn what_was_changed_since_stays_and_is_named() {
    for office in Office::each().await {
        let (one, other) = (office.lead(None).await, office.lead(None).await);
        let anna = office.session(Person::Anna).await;
        let before = office.stored::<Lead>(one).await;
        anna.merge_leads((one, 1), (other, 1), OTHERS).await.unwrap();
        let mut details = office.stored::<Lead>(one).await.details;
        details.full_name = FullName::parse("Исправленное Имя").unwrap();
        anna.edit_lead(one, 2, details).await.unwrap();
        assert_eq!(anna.separate_leads(one, other).await.unwrap(), [Field::FullName]);
        let after = office.stored::<Lead>(one).await;
        assert_eq!(after.details.full_name.as_str(), "Исправленное Имя");
        assert_eq!(after.details.contact, before.details.contact);
    }
}

#[tokio::test]
async fn a_client_stays_and_two_clients_stay_two() {
    let office = Office::new().await;
    let ((first, ..), (second, ..)) = (office.client().await, office.client().await);
    let lead = office.lead(None).await;
    let (anna, before) = (office.session(Person::Anna).await, everything(&*office.store).await);
    assert_eq!(refusal(anna.merge_leads((lead, 1), (first, 2), OTHERS).await), LeadRuleViolation::ConvertedStays);
    assert_eq!(refusal(anna.merge_leads((first, 2), (second, 2), OTHERS).await), LeadRuleViolation::BothConverted);
    assert!(matches!(anna.merge_leads((lead, 1), (lead, 1), OTHERS).await, Err(Error::NotFound)));
    assert_eq!(everything(&*office.store).await, before);
    anna.merge_leads((first, 2), (lead, 1), OTHERS).await.unwrap();
    let (was, survivor) = (before, office.stored::<Lead>(first).await);
    assert!(matches!(survivor.status, LeadStatus::Converted(_)), "{survivor:?}");
    assert!(was.iter().any(|it| it.id == first.0) && survivor.details.campaign.is_some(), "the campaign stands");
    // The page of the client tells of them all.
    let LeadStatus::Converted(made) = survivor.status else { unreachable!() };
    anna.add_note(office.id(), lead, note("О клиенте")).await.unwrap();
    assert_eq!(office.session(Person::Maxim).await.client(made).await.unwrap().notes.len(), 1);
    assert_eq!(anna.separate_leads(first, lead).await.unwrap(), []);
}

#[tokio::test]
async fn an_older_version_of_either_is_a_conflict_and_the_same_form_again_the_same_answer() {
    for office in Office::each().await {
        let (one, other) = (office.lead(None).await, office.lead(None).await);
        let (anna, gleb) = (office.session(Person::Anna).await, office.session(Person::Gleb).await);
        anna.set_lead_status(one, 1, WorkStatus::Qualified).await.unwrap();
        let before = everything(&*office.store).await;
        for versions in [(1, 1), (3, 1), (2, 0), (2, 2)] {
            let answer = anna.merge_leads((one, versions.0), (other, versions.1), OTHERS).await;
            assert!(is_conflict(&answer), "{versions:?}: {answer:?}");
        }
        assert_eq!(everything(&*office.store).await, before);
        anna.merge_leads((one, 2), (other, 1), OTHERS).await.unwrap();
        let after = everything(&*office.store).await;
        anna.merge_leads((one, 2), (other, 1), OTHERS).await.unwrap();
        assert!(is_conflict(&anna.merge_leads((one, 2), (other, 1), MergeChoices::default()).await), "another form");
        assert!(is_conflict(&gleb.merge_leads((one, 2), (other, 1), OTHERS).await), "another person");
        assert_eq!(refusal(anna.merge_form(one, other).await.map(drop)), LeadRuleViolation::Merged(one));
        assert_eq!(everything(&*office.store).await, after);
    }
}

#[tokio::test]
async fn leads_may_be_merged_one_into_the_next_and_at_most_ten_become_one() {
    let office = Office::new().await;
    let anna = office.session(Person::Anna).await;
    let version = async |lead| office.stored::<Lead>(lead).await.stamp.version;
    let mut last = office.lead(None).await;
    for number in 2..=10 {
        office.clock.advance(TimeDelta::seconds(1));
        let next = office.lead(None).await;
        let versions = (version(next).await, version(last).await);
        anna.merge_leads((next, versions.0), (last, versions.1), MergeChoices::default()).await.unwrap();
        assert_eq!(anna.lead(next).await.unwrap().merged_leads.len(), number - 1);
        last = next;
    }
    office.clock.advance(TimeDelta::seconds(1));
    let next = office.lead(None).await;
    let answer = anna.merge_leads((next, 1), (last, version(last).await), MergeChoices::default()).await;
    assert_eq!(refusal(answer), LeadRuleViolation::TooManyMerged);
    assert_eq!(listed(&anna).await, [next, last]);
}

#[tokio::test]
async fn a_lead_keeps_a_phone_or_an_email() {
    let office = Office::new().await;
    let (one, other) = (office.enter("А", "8 900 555-77-01", "").await, office.enter("Б", "", "b@example.com").await);
    let taken = MergeChoices { phone: MergeSource::Other, ..MergeChoices::default() };
    let answer = office.session(Person::Anna).await.merge_leads((one, 1), (other, 1), taken).await;
    assert!(matches!(answer, Err(Error::Invalid(Field::Phone, Invalid::NoContact))), "{answer:?}");
}

/// What one of two did, and how the other was told.
async fn race(office: &Office, rounds: usize) {
    let (anna, gleb) = (office.session(Person::Anna).await, office.session(Person::Gleb).await);
    let service = office.service().await;
    for round in 0..rounds {
        let (one, two, three) = (office.lead(None).await, office.lead(None).await, office.lead(None).await);
        let merge = |session: &Session, survivor, other| {
            let session = session.clone();
            tokio::spawn(async move { session.merge_leads((survivor, 1), (other, 1), OTHERS).await })
        };
        // Into the same one, round in a circle, and the same two.
        let second = [(one, three), (two, one), (one, two)][round % 3];
        let (a, b) = tokio::join!(merge(&anna, one, two), merge(&gleb, second.0, second.1));
        let (a, b) = (a.unwrap(), b.unwrap());
        assert!(a.is_ok() != b.is_ok(), "round {round}: {a:?} {b:?}");
        let lost = if a.is_ok() { b } else { a };
        assert!(is_conflict(&lost), "round {round}: {lost:?}");

        let (stays, goes, free) = (office.lead(None).await, office.lead(None).await, office.contract(service).await);
        let (session, form) = (gleb.clone(), ConversionContract::Existing(free));
        let convert = tokio::spawn(async move { session.convert_lead(goes, 1, client(), form, &[]).await });
        let (merged, made) = tokio::join!(merge(&anna, stays, goes), convert);
        match (merged.unwrap(), made.unwrap()) {
            (Ok(()), lost) => assert_eq!(refusal(lost), LeadRuleViolation::Merged(stays), "round {round}"),
            (lost, Ok(made)) => {
                assert!(is_conflict(&lost), "round {round}: {lost:?}");
                assert_eq!(office.stored::<Lead>(goes).await.status, LeadStatus::Converted(made));
            }
            both => panic!("round {round}: {both:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_who_merge_or_convert_at_the_same_moment_in_memory_one_is_told() {
    race(&Office::new().await, 30).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_who_merge_or_convert_at_the_same_moment_in_a_database_one_is_told() {
    race(&Office::kept().await, 30).await;
}

fn random_lead() -> impl Strategy<Value = (u8, u8, u8, bool, u8)> {
    (any::<u8>(), 0..3_u8, 0..3_u8, any::<bool>(), 0..4_u8)
}

fn random_side() -> impl Strategy<Value = MergeSource> {
    prop_oneof![Just(MergeSource::Survivor), Just(MergeSource::Other)]
}

fn random_taken() -> impl Strategy<Value = MergeChoices> {
    let side = random_side;
    (side(), side(), side(), side(), side(), side()).prop_map(
        |(full_name, phone, email, campaign, assignee, status)| MergeChoices {
            full_name,
            phone,
            email,
            campaign,
            assignee,
            status,
        },
    )
}

#[test]
fn whatever_two_leads_were_after_merging_and_separating_everything_is_as_before() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (office, anna, campaign) = runtime.block_on(async {
        let office = Office::empty(Arc::new(MemoryStore::default()), folder()).await.staffed().await;
        let campaign = office.campaign(office.service().await).await;
        let anna = office.session(Person::Anna).await;
        (office, anna, campaign)
    });
    let enter = async |(name, phone, email, with_campaign, status): (u8, u8, u8, bool, u8)| {
        let phone = ["", "8 900 555-77-01", "8 900 555-77-02"][usize::from(phone)];
        let email = ["", "a@example.com", "b@example.com"][usize::from(email)];
        let email = if phone.is_empty() && email.is_empty() { "c@example.com" } else { email };
        let details = LeadDetails {
            full_name: FullName::parse(&format!("Иван {}", name % 3)).unwrap(),
            contact: contact(phone, email),
            campaign: with_campaign.then_some(campaign),
            assignee: (name > 128).then_some(anna.actor().id),
        };
        let id = anna.create_lead(office.id(), details, Some(note("Заметка"))).await.unwrap();
        let lost = WorkStatus::Lost(LostReason::parse(&format!("Дорого {}", name % 2)).unwrap());
        let status =
            [WorkStatus::New, WorkStatus::InProgress, WorkStatus::Qualified, lost][usize::from(status)].clone();
        anna.set_lead_status(id, 1, status).await.unwrap();
        let step = NextStep::from_stored(&format!("2026-03-1{} Позвонить", name % 5)).unwrap();
        let lead = office.stored::<Lead>(id).await;
        if name % 2 == 0 && lead.is_open() {
            anna.plan_lead(id, lead.stamp.version, Some(step)).await.unwrap();
        }
        office.stored::<Lead>(id).await
    };
    let cases = ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = TestRunner::new(cases);
    let merged = std::cell::Cell::new(0);
    let outcome = runner.run(&(random_lead(), random_lead(), random_taken()), |(one, other, taken)| {
        runtime.block_on(async {
            let (one, other) = (enter(one).await, enter(other).await);
            let before = numbers(&office).await;
            let (survivor, goes) = ((one.id, one.stamp.version), (other.id, other.stamp.version));
            match anna.merge_leads(survivor, goes, taken).await {
                Ok(()) => merged.set(merged.get() + 1),
                Err(Error::Invalid(Field::Phone, Invalid::NoContact)) => return Ok(()),
                Err(error) => return Err(TestCaseError::fail(error.to_string())),
            }
            prop_assert_ne!(&numbers(&office).await, &before);
            prop_assert_eq!(anna.separate_leads(one.id, other.id).await.unwrap(), []);
            for lead in [one, other] {
                prop_assert_eq!(content(&office.stored::<Lead>(lead.id).await), content(&lead));
                prop_assert_eq!(anna.lead(lead.id).await.unwrap().notes.len(), 1);
            }
            prop_assert_eq!(numbers(&office).await, before);
            Ok(())
        })
    });
    outcome.unwrap();
    assert!(merged.get() > 60, "{} were merged", merged.get());
}

#[tokio::test]
async fn of_two_that_were_merged_the_last_one_leaves_first() {
    for office in Office::each().await {
        let anna = office.session(Person::Anna).await;
        let one = office.enter("Анна", "8 900 555-77-01", "").await;
        let (second, third) =
            (office.enter("Анна", "8 900 555-77-02", "").await, office.enter("Анна", "8 900 555-77-03", "").await);
        let before = content(&office.stored::<Lead>(one).await);
        let phone = MergeChoices { phone: MergeSource::Other, ..MergeChoices::default() };
        anna.merge_leads((one, 1), (second, 1), phone).await.unwrap();
        anna.merge_leads((one, 2), (third, 1), phone).await.unwrap();
        // Else its phone would come back with the third, to a lead that it has left.
        assert!(is_conflict(&anna.separate_leads(one, second).await));
        assert_eq!(anna.separate_leads(one, third).await.unwrap(), []);
        assert_eq!(anna.separate_leads(one, second).await.unwrap(), []);
        assert_eq!(content(&office.stored::<Lead>(one).await), before);
    }
}

#[tokio::test]
async fn who_calls_from_a_phone_that_was_merged_away_is_still_known() {
    for office in Office::each().await {
        let anna = office.session(Person::Anna).await;
        let one = office.enter("Анна Ли", "8 900 555-77-01", "").await;
        let other = office.enter("Анна", "8 900 555-77-02", "").await;
        anna.merge_leads((one, 1), (other, 1), MergeChoices::default()).await.unwrap();
        let last = office.enter("Анна Ли-Петрова", "8 900 555-77-03", "").await;
        anna.merge_leads((last, 1), (one, 2), MergeChoices::default()).await.unwrap();
        for phone in ["8 900 555-77-01", "8 900 555-77-02", "8 900 555-77-03"] {
            let identity = Identity { phone: contact(phone, "").phone().cloned(), ..Identity::default() };
            let found = anna.similar(&identity, office.id()).await.unwrap().found;
            assert_eq!(found.iter().map(|it| it.lead.id).collect::<Vec<_>>(), [last], "{phone}");
        }
    }
}
