//! A backup that is being made: a folder beside its file, which disappears unless the backup is kept.
use std::{
    fs::{self, DirBuilder, File},
    io::{self, ErrorKind},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use crate::failure::Failure;

/// A folder and not a file, because the copy of the database is in it too, and what `SQLite` puts beside that.
pub(super) struct Part {
    folder: PathBuf,
    file: PathBuf,
}

impl Part {
    /// The folder `FILE.part`, for its owner alone: everything in it is personal data.
    pub(super) fn beside(file: &Path) -> Result<Self, Failure> {
        refuse_existing(file)?;
        let mut folder = file.as_os_str().to_owned();
        folder.push(".part");
        let folder = PathBuf::from(folder);
        match DirBuilder::new().mode(0o700).create(&folder) {
            Ok(()) => Ok(Self { folder, file: file.to_owned() }),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(Failure::new(format!(
                "{} is there already: another backup is making it, or was cut off; in that case remove it.",
                folder.display()
            ))),
            Err(error) => Err(Failure::because(&format!("{} could not be made", folder.display()), &error)),
        }
    }

    pub(super) fn archive(&self) -> PathBuf {
        self.folder.join("archive.tar")
    }

    pub(super) fn database(&self) -> PathBuf {
        self.folder.join("database.sqlite")
    }

    pub(super) fn checksums(&self) -> PathBuf {
        self.folder.join("SHA256SUMS")
    }

    /// Gives the archive its name. Its bytes are on the disk already, and now the name is, too.
    pub(super) fn keep(self) -> Result<(), Failure> {
        refuse_existing(&self.file)?;
        let kept = fs::rename(self.archive(), &self.file).and_then(|()| sync_folder_of(&self.file));
        kept.map_err(|error| not_written(&self.file, &error))
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn refuse_existing(file: &Path) -> Result<(), Failure> {
    if file.symlink_metadata().is_ok() {
        return Err(Failure::new(format!("{} is there already; a backup overwrites nothing.", file.display())));
    }
    Ok(())
}

pub(super) fn not_written(file: &Path, error: &io::Error) -> Failure {
    Failure::because(&format!("The backup {} could not be written", file.display()), error)
}

/// Until then, a power failure may forget the name.
pub(super) fn sync_folder_of(file: &Path) -> io::Result<()> {
    let folder = file.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}
