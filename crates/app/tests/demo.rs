//! The demo data: complete, consistent, and only for an empty database.
#![expect(clippy::unwrap_used, reason = "this is a test, even outside of functions marked as such")]
mod support;

use std::collections::{BTreeMap, HashMap};

use adapters_files::DocumentFiles;
use domain::{
    audit::{AuditEntry, replayed},
    campaign::{Campaign, CampaignFilter},
    client::Client,
    contract::Contract,
    document::{Checksum, Document, DocumentFilter},
    field::Field,
    files::Files,
    lead::{Lead, LeadStage},
    note::Note,
    page::{Cursor, PageRequest},
    record::{Record, RecordKind},
    role::Role,
    service::{Service, ServiceFilter},
    spend::SpendEntry,
    store::{Mode, Repository, UnitOfWork},
    user::User,
};
use futures::TryStreamExt;
use sha2::{Digest, Sha256};
use support::{run, store, voronka};
use tempfile::tempdir;
use uuid::Uuid;

/// All records of a kind, page by page.
async fn all<R>(work: &mut Box<dyn UnitOfWork>) -> Vec<R>
where
    R: Record,
    dyn UnitOfWork: Repository<R>,
{
    all_that::<R>(work, &R::Filter::default()).await
}

async fn all_that<R>(work: &mut Box<dyn UnitOfWork>, filter: &R::Filter) -> Vec<R>
where
    R: Record,
    dyn UnitOfWork: Repository<R>,
{
    let (mut records, mut cursor) = (Vec::new(), Cursor::Start);
    loop {
        let page = PageRequest::sized(cursor, PageRequest::MAX_SIZE);
        let page = Repository::<R>::list(&mut **work, filter, page).await.unwrap();
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

/// The changes of every record, oldest first.
type Histories = HashMap<(RecordKind, Uuid), Vec<AuditEntry>>;

/// How many there are, each exactly what its history makes of it.
fn assert_replayed<R: Record>(records: &[R], histories: &mut Histories) -> usize {
    for record in records {
        let history = histories.remove(&(R::KIND, record.id().into())).unwrap_or_default();
        let fields: BTreeMap<Field, String> = record.fields().into_iter().collect();
        assert_eq!(replayed(&history), fields, "{record:?}");
        let versions: Vec<i32> = history.iter().map(|it| it.version).collect();
        assert_eq!(versions, (1..=record.stamp().version).collect::<Vec<_>>(), "{record:?}");
    }
    records.len()
}

#[tokio::test]
async fn the_audit_log_rebuilds_every_record() {
    let folder = tempdir().unwrap();
    let filled = run(voronka(folder.path()).args(["demo", "--leads", "1000"]), "");
    assert_eq!(filled.code, Some(0), "{filled:?}");
    let store = store(folder.path()).await;
    let mut work = store.begin(Mode::Read).await.unwrap();
    let (mut histories, mut after) = (Histories::new(), None);
    loop {
        let entries = work.entries(after, 1000).await.unwrap();
        let Some(last) = entries.last() else { break };
        after = Some(last.id.into());
        for entry in entries {
            histories.entry((entry.kind, entry.record)).or_default().push(entry);
        }
    }
    // Those of one millisecond are in no order.
    for history in histories.values_mut() {
        history.sort_by_key(|it| it.version);
    }
    let number = histories.len();
    let mut found = 0;
    for archived in [false, true] {
        let services = ServiceFilter { archived, ..Default::default() };
        found += assert_replayed::<Service>(&all_that(&mut work, &services).await, &mut histories);
        let campaigns = CampaignFilter { archived, ..Default::default() };
        found += assert_replayed::<Campaign>(&all_that(&mut work, &campaigns).await, &mut histories);
    }
    found += assert_replayed::<SpendEntry>(&all(&mut work).await, &mut histories);
    found += assert_replayed::<Lead>(&all(&mut work).await, &mut histories);
    found += assert_replayed::<Note>(&all(&mut work).await, &mut histories);
    found += assert_replayed::<Client>(&all(&mut work).await, &mut histories);
    found += assert_replayed::<Contract>(&all(&mut work).await, &mut histories);
    found += assert_replayed::<Document>(&all(&mut work).await, &mut histories);
    found += assert_replayed::<User>(&all(&mut work).await, &mut histories);
    found += assert_replayed::<Role>(&all(&mut work).await, &mut histories);
    assert!(histories.is_empty(), "of no record: {:?}", histories.keys().take(5).collect::<Vec<_>>());
    assert!(found == number && found > 1000, "{found} of {number}");
}
