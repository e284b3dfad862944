//! `voronka restore FILE`: brings a backup back, into an empty place.
use std::{io::Write, path::Path, time::Instant};

use adapters_sqlite::{KnownFile, Snapshot, SnapshotError};
use domain::{
    document::{Checksum, DocumentId},
    files::{Files, FilesError, StoredFile},
};
use futures::{StreamExt, stream};
use indicatif::ProgressBar;
use sha2::{Digest, Sha256};

use super::{
    embedded,
    layout::Name,
    progress,
    read::{Archive, Checked, Entry},
    save::check,
    target::Target,
};
use crate::{assembly::document_files, console::say, failure::Failure, settings::Settings};

/// How many documents are on their way at once: a disk takes its time for each.
const AT_ONCE: usize = 4;

/// Everything is checked before anything is made. Then the documents go to their place first, wherever that is, and the
/// database comes last, by a change of its name. A restore that is cut off leaves files but no database, and the next
/// one refuses the folder until it is empty again; in S3 it writes the same objects once more.
///
/// The data folder itself is not a renamed one, because it may be where another file system is mounted.
pub(crate) async fn restore(settings: &Settings, file: &Path) -> Result<(), Failure> {
    let begun = Instant::now();
    let mut target = Target::empty(&settings.data_dir, embedded(settings, "restore")?)?;
    let archive = Archive::open(file)?;
    let checked = check(archive.clone()).await?;
    let restored = match fill(settings, &mut target, &archive, &checked).await {
        Ok(documents) => target.keep().map(|()| documents),
        Err(failure) => Err(failure),
    };
    let documents = restored.inspect_err(|_| target.clear())?;
    target.sync()?;
    let made_at = checked.about.made_at().map(|it| format!(" of {}", it.format("%Y-%m-%d %H:%M UTC")));
    say(&format!(
        "The backup{} is restored, every byte of it checked: the database and {documents} documents in {:.1} s.\n\
         Users who were signed in then are signed in again.",
        made_at.unwrap_or_default(),
        begun.elapsed().as_secs_f32()
    ));
    Ok(())
}

/// Returns how many documents there are.
async fn fill(
    settings: &Settings,
    target: &mut Target<'_>,
    archive: &Archive,
    checked: &Checked,
) -> Result<u64, Failure> {
    copy_database(target, archive, checked)?;
    let snapshot = Snapshot::open(&target.unfinished()).await.map_err(|error| unusable(archive, &error))?;
    let files = document_files(settings)?;
    let progress = progress(archive.length(), "restored");
    let mut documents = Documents { archive, files: &files, next: None, entries: archive.entries(), restored: 0 };
    documents.advance()?;
    let mut after = None;
    loop {
        let known = snapshot.files(after).await.map_err(|error| unusable(archive, &error))?;
        let Some(last) = known.last() else { break };
        after = Some(last.id);
        let gone = documents.restore(&known, &progress).await?;
        snapshot.forget(gone).await.map_err(|error| unusable(archive, &error))?;
    }
    progress.finish_and_clear();
    if documents.next.is_some() {
        return Err(archive.refused("it has a document that its database does not know"));
    }
    Ok(documents.restored)
}

fn copy_database(target: &mut Target<'_>, archive: &Archive, checked: &Checked) -> Result<(), Failure> {
    let (entry, checksum) = &checked.database;
    let mut digest = Sha256::new();
    let copied = target.begin().and_then(|mut file| {
        for piece in archive.pieces(entry) {
            let piece = piece?;
            digest.update(&piece);
            file.write_all(&piece)?;
        }
        file.sync_all()
    });
    copied.map_err(|error| Failure::because("The database could not be written", &error))?;
    if Checksum(digest.finalize().into()) == *checksum {
        Ok(())
    } else {
        Err(archive.refused("it was changed while it was read"))
    }
}

/// The documents of the archive, beside the documents in the database: both are in the order of their ids.
struct Documents<'a> {
    archive: &'a Archive,
    files: &'a dyn Files,
    entries: super::read::Entries<'a>,
    next: Option<(DocumentId, Entry)>,
    restored: u64,
}

impl Documents<'_> {
    fn advance(&mut self) -> Result<(), Failure> {
        self.next = None;
        for entry in self.entries.by_ref() {
            let entry = entry?;
            if let Name::Document(id) = entry.name {
                self.next = Some((id, entry));
                break;
            }
        }
        Ok(())
    }

    /// Stores the documents of the database. Returns the ids of files without a contract.
    async fn restore(&mut self, known: &[KnownFile], progress: &ProgressBar) -> Result<Vec<DocumentId>, Failure> {
        let (mut found, mut gone) = (Vec::new(), Vec::new());
        for document in known {
            match self.next {
                Some((id, entry)) if id == document.id => {
                    found.push((*document, entry));
                    self.advance()?;
                }
                _ if document.waiting => gone.push(document.id),
                _ => return Err(self.archive.refused(&format!("it has not the document {}", document.id))),
            }
        }
        let this = &*self;
        let stored = stream::iter(found).map(|(document, entry)| async move {
            progress.inc(entry.size);
            this.store(document, entry).await
        });
        // All of them, even after a failure: one that is cut off could leave its file after everything was cleared.
        let stored: Vec<Result<(), Failure>> = stored.buffer_unordered(AT_ONCE).collect().await;
        let stored: Vec<()> = stored.into_iter().collect::<Result<_, _>>()?;
        self.restored += stored.len() as u64;
        Ok(gone)
    }

    async fn store(&self, KnownFile { id, size, checksum, .. }: KnownFile, entry: Entry) -> Result<(), Failure> {
        let pieces = stream::iter(self.archive.pieces(&entry)).map(|it| it.map_err(FilesError::unavailable));
        match self.files.put(id, pieces.boxed(), size).await {
            Ok(stored) if stored == (StoredFile { size, checksum }) => Ok(()),
            Ok(_) | Err(FilesError::TooLarge { .. }) => Err(self.archive.refused(&format!(
                "the document {id} is not the one that its database knows: its size or its SHA-256 differs"
            ))),
            Err(error) => Err(Failure::because(&format!("The document {id} could not be stored"), &error)),
        }
    }
}

fn unusable(archive: &Archive, error: &SnapshotError) -> Failure {
    archive.refused(&format!("its database is not usable: {}", crate::failure::reasons(error)))
}
