//! Others in the way: work that writes is begun again and done once, or it is not done at all.
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use crate::support::{
    Office, Person, bytes,
    contended::{Contended, Others},
    details::{client, contract, lead, note, user},
    everything::{Kept, assert_histories_are_whole, everything, numbers},
    files_below, folder,
    guarded::Step,
    is_forbidden, password, pdf,
};
use adapters_memory::MemoryStore;
use application::{ConversionContract, Error};
use chrono::TimeDelta;
use domain::{
    client::Client,
    contract::Contract,
    lead::{Lead, LeadRuleViolation, WorkStatus},
    record::RecordKind,
    store::Mode,
};
use futures::StreamExt;

async fn empty_office() -> (Office, Others) {
    let others = Others::default();
    let store = Contended { inner: MemoryStore::default(), others: others.clone() };
    (Office::empty(Arc::new(store), folder()).await, others)
}

async fn office() -> (Office, Others) {
    let (office, others) = empty_office().await;
    (office.staffed().await, others)
}

/// How a piece of work is begun each time, as long as somebody is in its way.
const TRIES: [Mode; 3] = [Mode::Write, Mode::Exclusive, Mode::Exclusive];

/// Every place in a new lead with its note where others can be in the way: each of the two has its audit row.
const PLACES: [(Step, usize); 8] = [
    (Step::Begin(Mode::Write), 1),
    (Step::Read, 1),
    (Step::Read, 2),
    (Step::Write, 1),
    (Step::Write, 2),
    (Step::Write, 3),
    (Step::Write, 4),
    (Step::Commit, 1),
];

/// How many records of each kind came into being; none that was there may have changed, and each has a whole history.
async fn made(office: &Office, before: &[Kept]) -> Vec<(RecordKind, usize)> {
    let after = everything(&*office.store).await;
    assert_histories_are_whole(&after);
    assert!(before.iter().all(|it| after.contains(it)));
    let new: Vec<Kept> = after.into_iter().filter(|it| !before.contains(it)).collect();
    numbers(&new).into_iter().collect()
}

fn files(office: &Office) -> usize {
    files_below(&office.folder.path().join("documents")).len()
}

#[tokio::test]
async fn work_that_others_were_in_the_way_of_once_or_twice_is_done_once() {
    let (office, others) = office().await;
    let (anna, campaign) = (office.session(Person::Anna).await, office.campaign(office.service().await).await);
    for (step, nth) in PLACES {
        for times in 1..=2 {
            let (before, id) = (everything(&*office.store).await, office.id());
            others.get_in_the_way(step, nth, times);
            let answer = anna.create_lead(id, lead(Some(campaign)), Some(note("Просил перезвонить"))).await;
            assert_eq!((answer.unwrap(), others.times_left()), (id, 0), "{step:?} {nth}");
            assert_eq!(others.begun(), TRIES[..=times], "{step:?} {nth}");
            assert_eq!(made(&office, &before).await, [(RecordKind::Lead, 1), (RecordKind::Note, 1)], "{step:?} {nth}");
        }
    }
}

#[tokio::test]
async fn work_that_others_were_in_the_way_of_three_times_is_busy_and_changes_nothing() {
    let (office, others) = office().await;
    let (anna, campaign) = (office.session(Person::Anna).await, office.campaign(office.service().await).await);
    for (step, nth) in PLACES {
        let (before, id) = (everything(&*office.store).await, office.id());
        others.get_in_the_way(step, nth, 3);
        let answer = anna.create_lead(id, lead(Some(campaign)), Some(note("Просил перезвонить"))).await;
        assert!(matches!(answer, Err(Error::Busy)), "{step:?} {nth}: {answer:?}");
        assert_eq!((others.begun(), others.times_left()), (TRIES.to_vec(), 0), "{step:?} {nth}");
        assert_eq!(everything(&*office.store).await, before, "{step:?} {nth}");
    }
}

#[tokio::test]
async fn a_change_raises_the_version_once_and_carries_the_moment_of_its_last_try() {
    let (office, others) = office().await;
    let (anna, id) = (office.session(Person::Anna).await, office.lead(None).await);
    let begun = office.crm.now();
    others.get_in_the_way(Step::Commit, 1, 2);
    let later = async {
        while others.times_left() > 0 {
            tokio::task::yield_now().await;
        }
        office.clock.advance(TimeDelta::seconds(1));
    };
    let (answer, ()) = tokio::join!(anna.set_lead_status(id, 1, WorkStatus::Qualified), later);
    answer.unwrap();
    let stamp = office.stored::<Lead>(id).await.stamp;
    assert_eq!((stamp.version, stamp.changed_at), (2, begun + TimeDelta::seconds(1)));
    assert_histories_are_whole(&everything(&*office.store).await);
}

#[tokio::test]
async fn the_same_form_sent_again_is_one_record_under_contention() {
    let (office, others) = office().await;
    let (anna, id, details) = (office.session(Person::Anna).await, office.id(), lead(None));
    let before = everything(&*office.store).await;
    for step in [Step::Commit, Step::Begin(Mode::Write), Step::Read] {
        others.get_in_the_way(step, 1, 1);
        assert_eq!(anna.create_lead(id, details.clone(), None).await.unwrap(), id);
        assert_eq!((others.begun(), others.times_left()), (TRIES[..2].to_vec(), 0), "{step:?}");
    }
    assert_eq!(made(&office, &before).await, [(RecordKind::Lead, 1)]);
}

#[tokio::test]
async fn users_without_permission_are_refused_before_the_store_is_asked() {
    let (office, others) = office().await;
    let (nina, id) = (office.session(Person::Nina).await, office.id());
    others.get_in_the_way(Step::Begin(Mode::Write), 1, 1);
    assert!(is_forbidden(&nina.create_lead(id, lead(None), None).await));
    assert!(is_forbidden(&nina.upload("скан.pdf", bytes(pdf(100))).await));
    assert_eq!((others.begun(), others.times_left()), (Vec::new(), 1));
}

#[tokio::test]
async fn a_read_is_not_begun_again() {
    let (office, others) = office().await;
    let (anna, id) = (office.session(Person::Anna).await, office.lead(None).await);
    for step in [Step::Begin(Mode::Read), Step::Read] {
        others.get_in_the_way(step, 1, 1);
        assert!(matches!(anna.lead(id).await, Err(Error::Contended)), "{step:?}");
        assert_eq!(others.begun(), [Mode::Read], "{step:?}");
    }
}

#[tokio::test]
async fn filling_an_empty_database_is_not_begun_again() {
    let (office, others) = empty_office().await;
    others.get_in_the_way(Step::Begin(Mode::BulkLoad), 1, 1);
    assert!(matches!(office.crm.fill().await, Err(Error::Contended)));
    assert_eq!(others.begun(), [Mode::BulkLoad]);
}

/// Converts with others in the way of this step; tells whether they met.
async fn converted(office: &Office, others: &Others, step: Step, nth: usize) -> bool {
    let (maxim, lead) = (office.session(Person::Maxim).await, office.lead(None).await);
    let (service, document) = (office.service().await, office.upload(Person::Maxim).await);
    let form = ConversionContract::New { id: office.id(), details: contract(service), document };
    let before = numbers(&everything(&*office.store).await);
    others.get_in_the_way(step, nth, 1);
    let client = maxim.convert_lead(lead, 1, client(), form, &[]).await.unwrap();
    let (met, begun) = (others.times_left() == 0, others.begun());
    others.leave();
    assert_eq!(begun, TRIES[..=usize::from(met)], "{step:?} {nth}");
    assert_eq!(office.stored::<Client>(client).await.lead, lead);
    let all = everything(&*office.store).await;
    assert_histories_are_whole(&all);
    for kind in [RecordKind::Client, RecordKind::Contract] {
        assert_eq!(numbers(&all)[&kind], before.get(&kind).map_or(1, |it| it + 1), "{step:?} {nth}");
    }
    met
}

#[tokio::test]
async fn a_conversion_that_others_were_in_the_way_of_at_any_step_makes_one_client() {
    let (office, others) = office().await;
    for (step, least) in [(Step::Begin(Mode::Write), 1), (Step::Read, 3), (Step::Write, 8), (Step::Commit, 1)] {
        let mut met = 0;
        while converted(&office, &others, step, met + 1).await {
            met += 1;
        }
        assert!(met >= least, "{step:?}: only {met}");
    }
}

#[tokio::test]
async fn a_conversion_begun_again_finds_the_client_that_somebody_made_meanwhile() {
    let (office, others) = office().await;
    let (maxim, gleb) = (office.session(Person::Maxim).await, office.session(Person::Gleb).await);
    let service = office.service().await;
    for own in [false, true] {
        let (lead, document) = (office.lead(None).await, office.upload(Person::Maxim).await);
        let (id, typed) = (office.id(), client());
        let form = ConversionContract::New { id, details: contract(service), document };
        let free = office.contract(service).await;
        others.get_in_the_way(Step::Commit, 1, 1);
        let meanwhile = async {
            while others.times_left() > 0 {
                tokio::task::yield_now().await;
            }
            if own {
                maxim.convert_lead(lead, 1, typed.clone(), form.clone(), &[]).await
            } else {
                gleb.convert_lead(lead, 1, client(), ConversionContract::Existing(free), &[]).await
            }
        };
        let (slow, quick) = tokio::join!(maxim.convert_lead(lead, 1, typed.clone(), form.clone(), &[]), meanwhile);
        let made = quick.unwrap();
        if own {
            assert_eq!(slow.unwrap(), made);
        } else {
            let told = matches!(slow, Err(Error::Lead(LeadRuleViolation::AlreadyConverted(it))) if it == made);
            assert!(told, "{slow:?}");
            assert_eq!(office.stored::<Contract>(free).await.client, Some(made));
        }
    }
    let all = everything(&*office.store).await;
    assert_histories_are_whole(&all);
    assert_eq!(numbers(&all)[&RecordKind::Client], 2);
}

#[tokio::test]
async fn an_uploaded_file_is_read_and_stored_once() {
    let (office, others) = office().await;
    let (maxim, before) = (office.session(Person::Maxim).await, everything(&*office.store).await);
    for times in 1..=3 {
        let pieces = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&pieces);
        let count = move |_: &_| _ = counted.fetch_add(1, Ordering::SeqCst);
        let sent = bytes(pdf(20_000)).inspect(count).boxed();
        others.get_in_the_way(Step::Commit, 1, times);
        let answer = maxim.upload("скан.pdf", sent).await;
        assert_eq!((files(&office), pieces.load(Ordering::SeqCst)), (times.min(2), 3), "{times}");
        match answer {
            Ok(document) => assert_eq!(maxim.waiting_upload(document.id).await.unwrap(), document),
            // There is no row, and the file is gone, too.
            Err(error) => assert!(times == 3 && matches!(error, Error::Busy), "{error:?}"),
        }
    }
    assert_eq!(made(&office, &before).await, [(RecordKind::Document, 2)]);
}

#[tokio::test]
async fn the_systems_own_work_is_begun_again_too() {
    let (office, others) = office().await;
    let before = everything(&*office.store).await;
    others.get_in_the_way(Step::Commit, 1, 2);
    office.crm.create_superuser(user("olga", "Ольга", &[]), &password("olga")).await.unwrap();
    assert_eq!((others.begun(), made(&office, &before).await), (TRIES.to_vec(), vec![(RecordKind::User, 1)]));

    others.get_in_the_way(Step::Commit, 1, 2);
    let token = office.token(Person::Anna).await;
    assert!(office.crm.session(&token).await.unwrap().is_some());
    others.get_in_the_way(Step::Write, 1, 3);
    assert!(matches!(office.crm.sign_out(&token).await, Err(Error::Busy)));
    assert!(office.crm.session(&token).await.unwrap().is_some());

    office.upload(Person::Maxim).await;
    office.clock.advance(TimeDelta::hours(25));
    others.get_in_the_way(Step::Commit, 1, 2);
    assert_eq!((office.crm.maintenance().await.unwrap().removed, files(&office)), (1, 0));
    assert!(!numbers(&everything(&*office.store).await).contains_key(&RecordKind::Document));
}
