//! Documents: which files are accepted, and when files without a contract are removed.
use std::{fs::File, path::PathBuf, time::SystemTime};

use crate::support::{
    LIMIT, Office, Person, bytes,
    details::contract,
    everything::{everything, numbers},
    pdf,
};
use application::{Error, Result};
use bytes::Bytes;
use chrono::TimeDelta;
use domain::{
    contract::Contract,
    document::{Document, DocumentId, DocumentType},
    field::Field,
    files::{Files, FilesError},
    values::Invalid,
};
use futures::{StreamExt, TryStreamExt, stream};

const CFB: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// The beginning of a file of this type.
fn beginning(kind: DocumentType) -> Vec<u8> {
    match kind {
        DocumentType::Pdf => b"%PDF-1.4".to_vec(),
        DocumentType::Doc => CFB.to_vec(),
        DocumentType::Docx => b"PK\x03\x04\0\0\0\0[Content_Types].xml".to_vec(),
        DocumentType::Odt => b"PK\x03\x04\0\0mimetypeapplication/vnd.oasis.opendocument.text".to_vec(),
        DocumentType::Rtf => b"{\\rtf1\\ansi".to_vec(),
        DocumentType::Jpeg => vec![0xFF, 0xD8, 0xFF, 0xE1],
        DocumentType::Png => b"\x89PNG\r\n\x1a\n".to_vec(),
        DocumentType::Tiff => b"II*\0".to_vec(),
    }
}

/// The files in storage, those still coming in too.
fn files(office: &Office) -> Vec<PathBuf> {
    crate::support::files_below(&office.folder.path().join("documents"))
}

fn is_invalid<T>(answer: &Result<T>, invalid: Invalid) -> bool {
    matches!(answer, Err(Error::Invalid(Field::Document, it)) if *it == invalid)
}

async fn content(office: &Office, id: DocumentId) -> Vec<u8> {
    let pieces: Vec<Bytes> = office.files.open(id).await.unwrap().try_collect().await.unwrap();
    pieces.concat()
}

#[tokio::test]
async fn every_accepted_type_is_stored_as_it_came() {
    let office = Office::new().await;
    let maxim = office.session(Person::Maxim).await;
    for kind in DocumentType::ALL {
        for extension in kind.extensions() {
            for name in [format!("Договор №1.{extension}"), format!("СКАН.{}", extension.to_uppercase())] {
                let mut sent = beginning(kind);
                sent.resize(20_000, b'x');
                let document = maxim.upload(&name, bytes(sent.clone())).await.unwrap();
                assert_eq!((document.kind, document.size, document.name.as_str()), (kind, 20_000, name.as_str()));
                assert_eq!(document.contract, None);
                assert_eq!(content(&office, document.id).await, sent, "{name}");
                assert_eq!(maxim.waiting_upload(document.id).await.unwrap(), document);
            }
        }
    }
}

#[tokio::test]
async fn what_is_not_a_document_is_refused_and_not_kept() {
    let office = Office::new().await;
    let maxim = office.session(Person::Maxim).await;
    let before = everything(&*office.store).await;
    for (name, sent, invalid) in [
        ("договор.html", pdf(100), Invalid::FileType),
        ("договор.svg", b"<svg/>".to_vec(), Invalid::FileType),
        ("договор.pdf.exe", pdf(100), Invalid::FileType),
        ("договор", pdf(100), Invalid::FileType),
        ("pdf", pdf(100), Invalid::FileType),
        ("договор.exe", Vec::new(), Invalid::FileType),
        ("договор.pdf", Vec::new(), Invalid::EmptyFile),
        ("договор.pdf", b"<html><script>".to_vec(), Invalid::FileContent),
        ("договор.docx", b"PK\x03\x04 another archive".to_vec(), Invalid::FileContent),
        ("договор.odt", beginning(DocumentType::Docx), Invalid::FileContent),
        ("скан.png", beginning(DocumentType::Jpeg), Invalid::FileContent),
        ("", pdf(100), Invalid::Empty),
        ("папка/", pdf(100), Invalid::Empty),
        ("a\0.pdf", pdf(100), Invalid::ControlCharacter),
    ] {
        let answer = maxim.upload(name, bytes(sent)).await;
        assert!(is_invalid(&answer, invalid), "{name:?} {invalid:?}: {answer:?}");
    }
    let long = format!("{}.pdf", "я".repeat(300));
    assert!(is_invalid(&maxim.upload(&long, bytes(pdf(100))).await, Invalid::TooLong { max: 255 }));
    assert_eq!(everything(&*office.store).await, before);
    assert_eq!(files(&office), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn the_limit_is_accepted_and_one_byte_more_is_not() {
    let office = Office::new().await;
    let maxim = office.session(Person::Maxim).await;
    let largest = maxim.upload("a.pdf", bytes(pdf(LIMIT))).await.unwrap();
    assert_eq!((largest.size, files(&office).len()), (LIMIT as u64, 1));
    let before = everything(&*office.store).await;
    for size in [LIMIT + 1, LIMIT * 3] {
        let answer = maxim.upload("a.pdf", bytes(pdf(size))).await;
        assert!(is_invalid(&answer, Invalid::FileTooLarge { max: LIMIT as u64 }), "{answer:?}");
    }
    assert_eq!(everything(&*office.store).await, before);
    assert_eq!(files(&office).len(), 1);
}

#[tokio::test]
async fn a_name_loses_its_folder() {
    let office = Office::new().await;
    let maxim = office.session(Person::Maxim).await;
    for (sent, kept) in
        [(r"C:\Мои документы\договор.pdf", "договор.pdf"), ("../../etc/cron.d/x.pdf", "x.pdf"), ("/a.pdf", "a.pdf")]
    {
        assert_eq!(maxim.upload(sent, bytes(pdf(100))).await.unwrap().name.as_str(), kept);
    }
    let root = office.folder.path().join("documents");
    assert_eq!(files(&office).len(), 3);
    assert_eq!(crate::support::files_below(office.folder.path()).iter().filter(|it| !it.starts_with(&root)).count(), 0);
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing() {
    let office = Office::new().await;
    let maxim = office.session(Person::Maxim).await;
    let before = everything(&*office.store).await;
    for whole_pieces in [0, 1, 5] {
        let piece = || Ok(Bytes::from(pdf(10_000)));
        let broken = (0..whole_pieces).map(|_| piece()).chain([Err(FilesError::Interrupted)]);
        let answer = maxim.upload("a.pdf", stream::iter(broken.collect::<Vec<_>>()).boxed()).await;
        assert!(matches!(answer, Err(Error::Interrupted)), "{whole_pieces}: {answer:?}");
    }
    assert_eq!(everything(&*office.store).await, before);
    assert_eq!(files(&office), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn a_waiting_file_is_shown_to_its_uploader_only() {
    let office = Office::new().await;
    let scan = office.upload(Person::Maxim).await;
    for person in [Person::Maxim, Person::Gleb] {
        let shown = office.session(person).await.waiting_upload(scan).await;
        assert_eq!(shown.is_ok(), person == Person::Maxim, "{person:?}");
        assert!(shown.is_ok() || matches!(shown, Err(Error::NotFound)));
    }
    let maxim = office.session(Person::Maxim).await;
    let details = contract(office.service().await);
    maxim.create_contract(office.id(), details, scan, None).await.unwrap();
    assert!(matches!(maxim.waiting_upload(scan).await, Err(Error::NotFound)));
}

#[tokio::test]
async fn a_contract_gives_its_own_documents_and_no_others() {
    let office = Office::new().await;
    let maxim = office.session(Person::Maxim).await;
    let (id, other) = (office.contract(office.service().await).await, office.contract(office.service().await).await);
    let first: Contract = office.stored(id).await;
    let newer = maxim.upload("новый.pdf", bytes(pdf(5_000))).await.unwrap();
    maxim.edit_contract(id, 1, first.details, Some(newer.id)).await.unwrap();
    let (document, sent) = maxim.contract_document(id, None).await.unwrap();
    let sent: Vec<Bytes> = sent.try_collect().await.unwrap();
    assert_eq!((document.id, sent.concat()), (newer.id, pdf(5_000)));
    let (document, _) = maxim.contract_document(id, Some(first.document)).await.unwrap();
    assert_eq!(document.id, first.document);
    let foreign = office.stored::<Contract>(other).await.document;
    let waiting = office.upload(Person::Maxim).await;
    for wrong in [foreign, waiting, office.id()] {
        assert!(matches!(maxim.contract_document(id, Some(wrong)).await, Err(Error::NotFound)));
    }
    let listed = maxim.contract(id).await.unwrap().documents;
    assert_eq!(listed.len(), 2);
}

/// Sets the age of every file by the office's clock, which is not that of this machine.
fn touch_all(office: &Office) {
    for file in files(office) {
        File::options().write(true).open(file).unwrap().set_modified(SystemTime::from(office.crm.now())).unwrap();
    }
}

/// How many files one round of upkeep removed, and put aside.
async fn swept(office: &Office) -> (usize, usize) {
    let swept = office.crm.maintenance().await.unwrap();
    (swept.removed, swept.put_aside)
}

#[tokio::test]
async fn the_sweep_removes_files_that_waited_a_day_and_no_attached_one() {
    for office in Office::each().await {
        let signed = office.contract(office.service().await).await;
        let attached = office.stored::<Contract>(signed).await.document;
        let old = office.upload(Person::Maxim).await;
        touch_all(&office);
        office.clock.advance(TimeDelta::hours(24));
        assert_eq!(swept(&office).await, (0, 0));
        let young = office.upload(Person::Maxim).await;
        office.clock.advance(TimeDelta::seconds(1));
        assert_eq!(swept(&office).await, (1, 0));
        assert!(matches!(office.files.open(old).await, Err(FilesError::Missing)));
        for id in [attached, young] {
            assert_eq!(content(&office, id).await, pdf(100));
            office.stored::<Document>(id).await;
        }
        office.clock.advance(TimeDelta::days(400));
        assert_eq!(swept(&office).await, (1, 0));
        assert_eq!(content(&office, attached).await, pdf(100));
        let kinds = numbers(&everything(&*office.store).await);
        assert_eq!(kinds.get(&domain::record::RecordKind::Document), Some(&1));
        assert_eq!(swept(&office).await, (0, 0));
    }
}

#[tokio::test]
async fn a_file_whose_row_was_never_written_is_put_aside_after_a_day() {
    for office in Office::each().await {
        let (lost, known) = (office.id(), office.upload(Person::Maxim).await);
        office.files.put(lost, bytes(pdf(100)), LIMIT as u64).await.unwrap();
        touch_all(&office);
        office.clock.advance(TimeDelta::hours(24));
        assert_eq!(swept(&office).await, (0, 0));
        assert_eq!(content(&office, lost).await, pdf(100));
        let maxim = office.session(Person::Maxim).await;
        let details = contract(office.service().await);
        maxim.create_contract(office.id(), details, known, None).await.unwrap();
        office.clock.advance(TimeDelta::seconds(1));
        assert_eq!(swept(&office).await, (0, 1));
        assert!(matches!(office.files.open(lost).await, Err(FilesError::Missing)));
        let aside = office.folder.path().join("documents/unknown").join(lost.0.simple().to_string());
        assert_eq!(std::fs::read(aside).unwrap(), pdf(100));
        assert_eq!(content(&office, known).await, pdf(100));
    }
}

#[tokio::test]
async fn a_form_whose_file_was_swept_away_is_told_so() {
    let office = Office::new().await;
    let scan = office.upload(Person::Maxim).await;
    touch_all(&office);
    office.clock.advance(TimeDelta::hours(25));
    assert_eq!(swept(&office).await, (1, 0));
    let details = contract(office.service().await);
    let answer = office.session(Person::Maxim).await.create_contract(office.id(), details, scan, None).await;
    assert!(is_invalid(&answer, Invalid::UploadGone), "{answer:?}");
}
