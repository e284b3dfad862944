//! Snapshots: what they have, what they refuse, and that nobody waits for them.
use std::path::PathBuf;

use conformance::fixtures;
use diesel::connection::SimpleConnection;
use domain::{
    document::{Document, DocumentId},
    service::Service,
    store::{Mode, Repository, Store},
};

use super::{Fresh, fresh};
use crate::{KnownFile, OpenError, Snapshot, SnapshotError};

impl Fresh {
    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn snapshot(&self) -> Result<Snapshot, SnapshotError> {
        Snapshot::take(&self.file("crm.sqlite"), &self.file("copy.sqlite")).await
    }
}

fn known(document: &Document) -> KnownFile {
    let Document { id, size, checksum, contract, .. } = document;
    KnownFile { id: *id, size: *size, checksum: *checksum, waiting: contract.is_none() }
}

/// A contract with its document, and more documents that wait.
async fn with_documents(fresh: &Fresh, waiting: u32) -> Vec<Document> {
    let service = fixtures::service(1, "Ремонт");
    let mut documents: Vec<Document> = (1..=waiting + 1).map(fixtures::document).collect();
    let contract = fixtures::contract(1, "Договор", service.id, &mut documents[0]);
    let mut work = fresh.store.begin(Mode::Write).await.unwrap();
    Repository::insert(&mut *work, &service).await.unwrap();
    for document in &documents {
        Repository::insert(&mut *work, document).await.unwrap();
    }
    Repository::insert(&mut *work, &contract).await.unwrap();
    work.commit().await.unwrap();
    documents.sort_by_key(|it| it.id);
    documents
}

async fn files(snapshot: &Snapshot) -> Vec<KnownFile> {
    let mut files: Vec<KnownFile> = Vec::new();
    loop {
        let page = snapshot.files(files.last().map(|it| it.id)).await.unwrap();
        if page.is_empty() {
            return files;
        }
        files.extend(page);
    }
}

#[tokio::test]
async fn a_snapshot_is_one_moment_and_a_writer_goes_on_beside_it() {
    let fresh = fresh().await;
    let (first, second) = (fixtures::service(1, "Ремонт"), fixtures::service(2, "Уборка"));
    let mut work = fresh.store.begin(Mode::Write).await.unwrap();
    Repository::insert(&mut *work, &first).await.unwrap();
    work.commit().await.unwrap();

    let mut work = fresh.store.begin(Mode::Write).await.unwrap();
    Repository::insert(&mut *work, &second).await.unwrap();
    let snapshot = fresh.snapshot().await.unwrap();
    work.commit().await.unwrap();

    assert_eq!(
        snapshot.migrations(),
        [
            "0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010", "0011", "0013", "0014",
            "0015", "0016", "0017", "0018"
        ]
    );
    let copy = crate::SqliteStore::open(&fresh.file("copy.sqlite")).await.unwrap();
    let mut work = copy.begin(Mode::Read).await.unwrap();
    let mut found = Vec::new();
    for id in [first.id, second.id] {
        found.push(Repository::<Service>::get(&mut *work, id).await.unwrap());
    }
    assert_eq!(found, [Some(first), None]);
}

#[tokio::test]
async fn it_tells_every_file_once_in_the_order_of_ids() {
    let fresh = fresh().await;
    let documents = with_documents(&fresh, 2100).await;
    let snapshot = fresh.snapshot().await.unwrap();
    assert_eq!(files(&snapshot).await, documents.iter().map(known).collect::<Vec<_>>());
    assert_eq!(snapshot.size_of_files().await.unwrap(), documents.iter().map(|it| it.size).sum::<u64>());
}

#[tokio::test]
async fn only_files_that_wait_can_be_forgotten() {
    let fresh = fresh().await;
    let documents = with_documents(&fresh, 2).await;
    let snapshot = fresh.snapshot().await.unwrap();
    snapshot.forget(documents.iter().map(|it| it.id).collect::<Vec<DocumentId>>()).await.unwrap();
    let kept: Vec<KnownFile> = documents.iter().filter(|it| it.contract.is_some()).map(known).collect();
    assert_eq!((files(&snapshot).await, kept.len()), (kept, 1));
}

#[tokio::test]
async fn looking_at_a_snapshot_changes_nothing() {
    let fresh = fresh().await;
    with_documents(&fresh, 2).await;
    drop(fresh.snapshot().await.unwrap());
    let before = std::fs::read(fresh.file("copy.sqlite")).unwrap();
    files(&Snapshot::open(&fresh.file("copy.sqlite")).await.unwrap()).await;
    assert_eq!(std::fs::read(fresh.file("copy.sqlite")).unwrap(), before);
    for beside in ["copy.sqlite-wal", "copy.sqlite-shm", "copy.sqlite-journal"] {
        assert!(!fresh.file(beside).exists(), "{beside}");
    }
}

#[tokio::test]
async fn a_file_that_is_there_is_not_overwritten() {
    let fresh = fresh().await;
    std::fs::write(fresh.file("copy.sqlite"), "something else").unwrap();
    assert!(matches!(fresh.snapshot().await, Err(SnapshotError::Unreadable(_))));
    assert_eq!(std::fs::read(fresh.file("copy.sqlite")).unwrap(), b"something else");
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let fresh = fresh().await;
    fresh.direct().batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')").unwrap();
    let refused = fresh.snapshot().await.err().unwrap();
    let SnapshotError::Open(OpenError::NewerSchema { version }) = &refused else { panic!("{refused:?}") };
    assert_eq!(version, "9999");
}

#[tokio::test]
async fn references_to_nothing_are_refused() {
    let fresh = fresh().await;
    with_documents(&fresh, 0).await;
    fresh.direct().batch_execute("PRAGMA foreign_keys = OFF; DELETE FROM services").unwrap();
    let refused = fresh.snapshot().await.err().unwrap();
    assert_eq!(refused.to_string(), "the database is damaged: the table contracts has references to nothing");
}

#[tokio::test]
async fn a_damaged_file_or_another_one_is_refused() {
    let fresh = fresh().await;
    with_documents(&fresh, 500).await;
    drop(fresh.snapshot().await.unwrap());
    let path = fresh.file("copy.sqlite");
    let whole = std::fs::read(&path).unwrap();
    let page = 4096;
    let mut refused = 0;
    for at in (page..whole.len()).step_by(page) {
        let mut damaged = whole.clone();
        // The head of a page of the tree: which kind it is and how many cells it has.
        damaged[at..at + 5].fill(0xFF);
        std::fs::write(&path, damaged).unwrap();
        refused += usize::from(Snapshot::open(&path).await.is_err());
    }
    assert_eq!(refused, whole.len() / page - 1);
    std::fs::write(&path, "no database at all, but long enough for the head of one ".repeat(20)).unwrap();
    assert!(matches!(Snapshot::open(&path).await, Err(SnapshotError::Open(_) | SnapshotError::Unreadable(_))));
}
