//! Where a restore goes to: a place where nothing is yet.
use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, ErrorKind},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use super::part::sync_folder_of;
use crate::{assembly::folder_of_documents, failure::Failure};

/// The name of the database until all its documents are there.
const UNFINISHED: &str = ".restoring";

pub(super) struct Target<'a> {
    data_dir: &'a Path,
    database: &'a Path,
    /// Whether the data folder was made here, and whether the database was begun: only what was is ever removed.
    made: bool,
    begun: bool,
}

impl<'a> Target<'a> {
    /// Refuses a place where anything is. Nothing is made yet.
    pub(super) fn empty(data_dir: &'a Path, database: &'a Path) -> Result<Self, Failure> {
        let is_empty = match fs::read_dir(data_dir) {
            Ok(mut names) => names.next().is_none(),
            Err(error) if error.kind() == ErrorKind::NotFound => true,
            Err(error) => {
                let what = format!("The folder {} (VORONKA_DATA_DIR) cannot be read", data_dir.display());
                return Err(Failure::because(&what, &error));
            }
        };
        if !is_empty {
            return Err(Failure::new(format!(
                "The folder {} (VORONKA_DATA_DIR) is not empty; a restore overwrites nothing.",
                data_dir.display()
            )));
        }
        let target = Self { data_dir, database, made: false, begun: false };
        target.refuse_existing(&["", "-wal", "-shm", "-journal", UNFINISHED])?;
        Ok(target)
    }

    /// The database may be elsewhere. A log that is left of another one would be taken for a part of it.
    fn refuse_existing(&self, suffixes: &[&str]) -> Result<(), Failure> {
        match suffixes.iter().map(|it| beside(self.database, it)).find(|it| it.symlink_metadata().is_ok()) {
            Some(file) => {
                Err(Failure::new(format!("{} is there already; a restore overwrites nothing.", file.display())))
            }
            None => Ok(()),
        }
    }

    /// Makes the data folder, for its owner alone, and in it the file that becomes the database.
    pub(super) fn begin(&mut self) -> io::Result<File> {
        self.made = !self.data_dir.exists();
        DirBuilder::new().recursive(true).mode(0o700).create(self.data_dir)?;
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(self.unfinished())?;
        self.begun = true;
        Ok(file)
    }

    pub(super) fn unfinished(&self) -> PathBuf {
        beside(self.database, UNFINISHED)
    }

    /// The last step of all.
    pub(super) fn keep(&self) -> Result<(), Failure> {
        self.refuse_existing(&["", "-wal", "-shm", "-journal"])?;
        fs::rename(self.unfinished(), self.database).map_err(|error| not_in_place(&error))
    }

    /// Waits until the names of the database and of the data folder are on the disk.
    pub(super) fn sync(&self) -> Result<(), Failure> {
        let synced = sync_folder_of(self.database).and_then(|()| sync_folder_of(self.data_dir));
        synced.map_err(|error| not_in_place(&error))
    }

    /// Takes back what was made. What cannot be removed is no database and stands in the way of nothing but a restore.
    pub(super) fn clear(&self) {
        if self.begun {
            let _ = fs::remove_file(self.unfinished());
            let _ = fs::remove_dir_all(folder_of_documents(self.data_dir));
        }
        if self.made {
            let _ = fs::remove_dir(self.data_dir);
        }
    }
}

fn not_in_place(error: &io::Error) -> Failure {
    Failure::because("The database could not be put into its place", error)
}

fn beside(database: &Path, suffix: &str) -> PathBuf {
    let mut path = database.as_os_str().to_owned();
    path.push(suffix);
    path.into()
}
