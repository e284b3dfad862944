//! `voronka backup FILE`: makes an archive while the server runs, reads it again, and only then gives it its name.
use std::{
    fs::File,
    path::{Path, absolute},
    time::Instant,
};

use adapters_sqlite::{KnownFile, Snapshot, SnapshotError};
use domain::{
    clock::Clock,
    files::{Files, FilesError, StoredFile},
};
use futures::TryStreamExt;
use indicatif::ProgressBar;

use super::{
    about::About,
    embedded,
    layout::Name,
    part::{Part, not_written},
    progress,
    read::{Archive, Checked},
    write::Writer,
};
use crate::{assembly::document_files, clock::SystemClock, console::say, failure::Failure, settings::Settings};

const MIB: f64 = 1024.0 * 1024.0;

pub(crate) async fn save(settings: &Settings, file: &Path) -> Result<(), Failure> {
    let begun = Instant::now();
    let database = embedded(settings, "backup")?;
    if !database.is_file() {
        return Err(Failure::new(format!("There is no database {} to make a backup of.", database.display())));
    }
    let file = absolute(file).map_err(|error| not_written(file, &error))?;
    let files = document_files(settings)?;
    let part = Part::beside(&file)?;

    let made_at = SystemClock.now();
    let snapshot = Snapshot::take(database, &part.database()).await.map_err(|error| not_saved(database, &error))?;
    let about = About::new(made_at, snapshot.migrations());
    let size = part.database().metadata().map_err(|error| not_written(&file, &error))?.len();
    let all = snapshot.size_of_files().await.map_err(|error| not_saved(database, &error))?;
    let mut saving = Saving {
        archive: Writer::create(&part, made_at).map_err(|error| not_written(&file, &error))?,
        file: &file,
        files: &files,
        progress: progress(size + all, "saved"),
        documents: 0,
        gone: 0,
    };
    saving.begin(&about, &part.database(), size)?;
    let mut after = None;
    loop {
        let known = snapshot.files(after).await.map_err(|error| not_saved(database, &error))?;
        let Some(last) = known.last() else { break };
        after = Some(last.id);
        for document in known {
            saving.document(document).await?;
        }
    }
    saving.progress.finish_and_clear();
    let (documents, gone) = (saving.documents, saving.gone);
    let checksum = saving.archive.finish().map_err(|error| not_written(&file, &error))?;

    let archive = Archive::open(&part.archive())?;
    let length = archive.length();
    if check(archive).await?.checksum != checksum {
        return Err(Failure::new("What was written is not what is on the disk; no backup was made."));
    }
    part.keep()?;
    say(&told(&file, documents, gone, length, begun.elapsed().as_secs_f32()));
    Ok(())
}

/// Reads the whole archive on a thread that may wait for the disk.
pub(super) async fn check(archive: Archive) -> Result<Checked, Failure> {
    let progress = progress(archive.length(), "checked");
    let shown = progress.clone();
    let checked = tokio::task::spawn_blocking(move || archive.check(|read| shown.inc(read))).await;
    progress.finish_and_clear();
    checked.map_err(|error| Failure::because("The archive could not be checked", &error))?
}

struct Saving<'a> {
    archive: Writer,
    file: &'a Path,
    files: &'a dyn Files,
    progress: ProgressBar,
    documents: u64,
    /// Those that waited for a contract and were swept after the snapshot.
    gone: u64,
}

impl Saving<'_> {
    fn begin(&mut self, about: &About, database: &Path, size: u64) -> Result<(), Failure> {
        let text = about.text().map_err(|error| Failure::because("The backup could not be described", &error))?;
        let written = self.archive.whole(Name::About, text.len() as u64, &*text);
        let written = written.and_then(|_| self.archive.whole(Name::Database, size, File::open(database)?));
        self.progress.inc(size);
        written.map(|_| ()).map_err(|error| not_written(self.file, &error))
    }

    /// Copies a document, and compares it with its row on the way.
    async fn document(&mut self, known: KnownFile) -> Result<(), Failure> {
        let KnownFile { id, size, checksum, waiting } = known;
        let mut bytes = match self.files.open(id).await {
            Ok(bytes) => bytes,
            Err(FilesError::Missing) if waiting => {
                self.gone += 1;
                return Ok(());
            }
            Err(error) => return Err(unread(known, &error)),
        };
        let not_written = |error| not_written(self.file, &error);
        let mut entry = self.archive.entry(Name::Document(id), size).map_err(not_written)?;
        while let Some(piece) = bytes.try_next().await.map_err(|error| unread(known, &error))? {
            entry.write(&piece).map_err(not_written)?;
            self.progress.inc(piece.len() as u64);
        }
        if entry.finish().map_err(not_written)? != (StoredFile { size, checksum }) {
            return Err(Failure::new(format!(
                "The file of the document {id} is not the one that was stored: its size or its SHA-256 differs. \
                 No backup was made."
            )));
        }
        self.documents += 1;
        Ok(())
    }
}

fn not_saved(database: &Path, error: &SnapshotError) -> Failure {
    Failure::because(&format!("No backup of the database {} could be made", database.display()), error)
}

fn unread(KnownFile { id, .. }: KnownFile, error: &FilesError) -> Failure {
    Failure::because(&format!("No backup was made, because the file of the document {id} cannot be read"), error)
}

fn told(file: &Path, documents: u64, gone: u64, length: u64, seconds: f32) -> String {
    #[expect(clippy::cast_precision_loss, reason = "it is shown with one decimal place")]
    let mib = length as f64 / MIB;
    let left_out = match gone {
        0 => String::new(),
        gone => {
            format!("\n{gone} uploaded files are not in it: no contract took them, and they were removed meanwhile.")
        }
    };
    format!(
        "The database and {documents} documents are in {}: {mib:.1} MiB in {seconds:.1} s.\n\
         It was read again and is whole. It holds personal data: keep it where nobody else can read it.{left_out}",
        file.display()
    )
}
