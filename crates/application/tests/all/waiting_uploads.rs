//! Uploads that wait for their contract: not too many, and not longer than their session.
use crate::support::{LIMIT, Office, Person, WAITING, bytes, details::contract, files_below, pdf};
use application::{Error, Result, Session};
use chrono::TimeDelta;
use domain::{
    document::{Document, DocumentId},
    field::Field,
    files::{Files, FilesError},
    values::Invalid,
};
use futures::future::join_all;

fn stored(office: &Office) -> usize {
    files_below(&office.folder.path().join("documents")).len()
}

fn is_over_quota(answer: &Result<Document>) -> bool {
    matches!(answer, Err(Error::Invalid(Field::Document, Invalid::TooManyUploads { files: WAITING, .. })))
}

async fn upload(session: &Session, size: usize) -> Result<Document> {
    session.upload("договор.pdf", bytes(pdf(size))).await
}

async fn is_there(office: &Office, id: DocumentId) -> bool {
    match office.files.open(id).await {
        Ok(_) => true,
        Err(FilesError::Missing) => false,
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn a_user_has_so_many_waiting_files_and_others_have_their_own() {
    for mut office in Office::each().await {
        office.crm = office.with_quota();
        let (maxim, gleb) = (office.session(Person::Maxim).await, office.session(Person::Gleb).await);
        let mut first = None;
        for _ in 0..WAITING {
            let document = upload(&maxim, 100).await.unwrap();
            first.get_or_insert(document.id);
        }
        assert!(is_over_quota(&upload(&maxim, 100).await));
        assert_eq!(stored(&office), 20, "of a refused file nothing is kept");
        upload(&gleb, 100).await.unwrap();
        // A contract takes one, and another one may wait.
        let details = contract(office.service().await);
        maxim.create_contract(office.id(), details, first.unwrap(), None).await.unwrap();
        upload(&maxim, 100).await.unwrap();
        assert!(is_over_quota(&upload(&maxim, 100).await));
    }
}

#[tokio::test]
async fn large_files_are_fewer() {
    let mut office = Office::new().await;
    office.crm = office.with_quota();
    let maxim = office.session(Person::Maxim).await;
    for _ in 0..8 {
        upload(&maxim, LIMIT).await.unwrap();
    }
    assert!(is_over_quota(&upload(&maxim, 100).await));
    assert_eq!(stored(&office), 8);
}

#[tokio::test]
async fn as_many_at_once_get_no_further() {
    for mut office in Office::each().await {
        office.crm = office.with_quota();
        let maxim = office.session(Person::Maxim).await;
        let answers = join_all((0..40).map(|_| upload(&maxim, 100))).await;
        let made = answers.iter().filter(|it| it.is_ok()).count();
        assert!(made >= 1, "{answers:?}");
        assert!(
            answers.iter().all(|it| it.is_ok() || is_over_quota(it) || matches!(it, Err(Error::Busy))),
            "{answers:?}"
        );
        while upload(&maxim, 100).await.is_ok() {}
        assert_eq!(stored(&office), 20);
    }
}

#[tokio::test]
async fn all_users_together_have_a_quota_too() {
    let mut office = Office::new().await;
    office.crm = office.with_quota();
    for person in [Person::Maxim, Person::Gleb] {
        for _ in 0..8 {
            upload(&office.session(person).await, LIMIT).await.unwrap();
        }
    }
    // Beside two users who have all of theirs, the files of others are put into the store directly.
    let (alla, mut work) =
        (office.user(Person::Alla).await, office.store.begin(domain::store::Mode::Write).await.unwrap());
    for _ in 0..48 {
        let stamp = domain::record::Stamp::new(Some(alla), office.crm.now());
        let (id, size) = (office.id(), LIMIT as u64);
        let document = Document { id, size, stamp, ..conformance::fixtures::document(1) };
        domain::store::Repository::insert(&mut *work, &document).await.unwrap();
    }
    work.commit().await.unwrap();
    let director = office.session_with(Person::Nina, domain::access::Permissions::all()).await;
    let refused = upload(&director, 100).await;
    assert!(matches!(refused, Err(Error::Invalid(Field::Document, Invalid::UploadsFull))), "{refused:?}");
}

#[tokio::test]
async fn files_go_with_the_session_that_uploaded_them() {
    for office in Office::each().await {
        let (ends, stays) = (office.token(Person::Maxim).await, office.token(Person::Maxim).await);
        let mut ids = Vec::new();
        for token in [&ends, &stays] {
            let session = office.crm.session(token).await.unwrap().unwrap();
            ids.push(upload(&session, 100).await.unwrap().id);
        }
        office.crm.sign_out(&ends).await.unwrap();
        assert!(!is_there(&office, ids[0]).await && is_there(&office, ids[1]).await);
        // The session ends by itself when nobody uses it, and with the access of its user.
        office.clock.advance(TimeDelta::hours(8));
        assert_eq!(office.crm.end_old_sessions().await.unwrap(), 1);
        assert!(!is_there(&office, ids[1]).await);
        let maxim = office.session(Person::Maxim).await;
        let last = upload(&maxim, 100).await.unwrap().id;
        office.director().await.set_user_active(office.user(Person::Maxim).await, false).await.unwrap();
        assert_eq!(office.crm.end_old_sessions().await.unwrap(), 1);
        assert!(!is_there(&office, last).await);
        assert_eq!(stored(&office), 0);
    }
}

#[tokio::test]
async fn a_file_whose_session_ended_meanwhile_is_not_kept() {
    for office in Office::each().await {
        let token = office.token(Person::Maxim).await;
        let session = office.crm.session(&token).await.unwrap().unwrap();
        office.crm.sign_out(&token).await.unwrap();
        let answer = upload(&session, 100).await;
        assert!(matches!(answer, Err(Error::SessionEnded)), "{answer:?}");
        assert_eq!(stored(&office), 0);
    }
}

#[tokio::test]
async fn a_file_whose_sender_leaves_behind_the_last_byte_waits_as_any_other() {
    for office in Office::each().await {
        let maxim = office.session(Person::Maxim).await;
        let (mut sender, receiver) = futures::channel::mpsc::channel(8);
        let mut upload = Box::pin(maxim.upload("договор.pdf", Box::pin(receiver)));
        assert!(futures::poll!(upload.as_mut()).is_pending());
        sender.try_send(Ok(pdf(100).into())).unwrap();
        drop((sender, upload));
        let mut work = office.store.begin(domain::store::Mode::Read).await.unwrap();
        while domain::store::Uploads::waiting(&mut *work, None).await.unwrap().files == 0 {
            drop(work);
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            work = office.store.begin(domain::store::Mode::Read).await.unwrap();
        }
        assert_eq!(stored(&office), 1);
    }
}

#[tokio::test]
async fn a_user_who_signs_in_again_has_room_again() {
    let mut office = Office::new().await;
    office.crm = office.with_quota();
    let maxim = office.session(Person::Maxim).await;
    for _ in 0..WAITING {
        upload(&maxim, 100).await.unwrap();
    }
    maxim.end_other_sessions().await.unwrap();
    let again = office.session(Person::Maxim).await;
    assert!(is_over_quota(&upload(&again, 100).await), "the other session goes on");
    again.end_other_sessions().await.unwrap();
    upload(&again, 100).await.unwrap();
    assert_eq!(stored(&office), 1);
}

#[tokio::test]
async fn a_disk_that_is_nearly_full_accepts_no_file_and_everything_else() {
    let office = Office::new().await;
    let maxim = office.session(Person::Maxim).await;
    let waiting = upload(&maxim, 100).await.unwrap();
    let full = office.with_full_disk();
    let maxim = full.session(&office.token(Person::Maxim).await).await.unwrap().unwrap();
    let refused = upload(&maxim, 100).await;
    assert!(matches!(refused, Err(Error::Invalid(Field::Document, Invalid::DiskNearlyFull))), "{refused:?}");
    let details = contract(office.service().await);
    maxim.create_contract(office.id(), details, waiting.id, None).await.unwrap();
    assert_eq!(stored(&office), 1);
}
