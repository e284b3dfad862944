//! The demo data: complete, consistent, and only for an empty database.
#![expect(clippy::unwrap_used, reason = "this is a test, even outside of functions marked as such")]
mod support;

use std::collections::HashMap;

use adapters_files::DocumentFiles;
use domain::{
    client::Client,
    contract::Contract,
    document::{Checksum, Document, DocumentFilter},
    files::Files,
    lead::{Lead, LeadStage},
    note::Note,
    page::{Cursor, PageRequest},
    record::Record,
    spend::SpendEntry,
    store::{Mode, Repository, UnitOfWork},
};
use futures::TryStreamExt;
use sha2::{Digest, Sha256};
use support::{run, store, voronka};
use tempfile::tempdir;

/// All records of a kind, page by page.
async fn all<R>(work: &mut Box<dyn UnitOfWork>) -> Vec<R>
where
    R: Record,
    dyn UnitOfWork: Repository<R>,
{
    let (mut records, mut cursor) = (Vec::new(), Cursor::Start);
    loop {
        let page = PageRequest::sized(cursor, PageRequest::MAX_SIZE);
        let page = Repository::<R>::list(&mut **work, &R::Filter::default(), page).await.unwrap();
        records.extend(page.items);
        match records.last() {
            Some(last) if page.has_older => cursor = Cursor::After(last.id().into()),
            _ => return records,
        }
    }
}

#[tokio::test]
async fn an_empty_database_is_filled_once() {
    let folder = tempdir().unwrap();
    let filled = run(voronka(folder.path()).args(["demo", "--leads", "300"]), "");
    assert_eq!(filled.code, Some(0), "{filled:?}");
    assert!(filled.out.starts_with("300 leads, ") && filled.out.contains("семь синих слонов"), "{filled:?}");

    let again = run(voronka(folder.path()).args(["demo", "--leads", "300"]), "");
    assert_eq!(again.code, Some(1));
    assert_eq!(again.err, "voronka: The database has records already; the demo fills only an empty one.\n");

    let store = store(folder.path()).await;
    let mut work = store.begin(Mode::Read).await.unwrap();
    let (leads, clients): (Vec<Lead>, Vec<Client>) = (all(&mut work).await, all(&mut work).await);
    let (contracts, notes): (Vec<Contract>, Vec<Note>) = (all(&mut work).await, all(&mut work).await);
    assert_eq!(leads.len(), 300);
    assert_eq!(leads.iter().filter(|it| it.stage() == LeadStage::Converted).count(), clients.len());
    assert!((15..60).contains(&clients.len()), "{}", clients.len());
    assert_eq!(contracts.iter().filter(|it| it.client.is_none()).count(), 3);
    assert!(contracts.len() >= clients.len() + 3 && notes.len() > 50, "{} {}", contracts.len(), notes.len());
    assert!(leads.iter().all(|it| it.stamp.created_by.is_some()));

    let spend: Vec<SpendEntry> = all(&mut work).await;
    let mut entries: HashMap<_, usize> = HashMap::new();
    for entry in spend {
        *entries.entry(entry.campaign).or_default() += 1;
    }
    // With so few leads a small campaign may have none, and so no expense either.
    assert!((14..=17).contains(&entries.len()), "one campaign of 18 has only its plan: {}", entries.len());
}

#[tokio::test]
async fn every_contract_has_its_document() {
    let folder = tempdir().unwrap();
    let filled = run(voronka(folder.path()).args(["demo", "--leads", "300"]), "");
    assert_eq!(filled.code, Some(0), "{filled:?}");

    let store = store(folder.path()).await;
    let files = DocumentFiles::in_folder(&folder.path().join("data/documents")).unwrap();
    let mut work = store.begin(Mode::Read).await.unwrap();
    let (contracts, documents): (Vec<Contract>, Vec<Document>) = (all(&mut work).await, all(&mut work).await);
    assert_eq!(contracts.len(), documents.len());
    for contract in contracts {
        let filter = DocumentFilter { contract: Some(contract.id), ..Default::default() };
        let page = PageRequest::new(Cursor::Start);
        let found = Repository::<Document>::list(&mut *work, &filter, page).await.unwrap().items;
        let [document] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(document.id, contract.document);
        let pieces: Vec<_> = files.open(document.id).await.unwrap().try_collect().await.unwrap();
        let bytes = pieces.concat();
        assert!(bytes.starts_with(b"%PDF-"));
        assert_eq!(document.size, bytes.len() as u64);
        assert_eq!(document.checksum, Checksum(Sha256::digest(&bytes).into()));
    }
}
