//! A file that is being written: it disappears, unless it is kept.
use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, ErrorKind, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use domain::document::Checksum;
use sha2::{Digest, Sha256};

pub(crate) struct Temporary {
    file: File,
    path: PathBuf,
    digest: Sha256,
    kept: bool,
}

impl Temporary {
    /// A new file of that name in the folder, or with the next number if one is there already.
    pub(crate) fn create(folder: &Path, name: &str) -> io::Result<Self> {
        let mut number = 0_u32;
        loop {
            let path = folder.join(format!("{name}-{number}"));
            match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
                Ok(file) => return Ok(Self { file, path, digest: Sha256::new(), kept: false }),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => number += 1,
                Err(error) => return Err(error),
            }
        }
    }

    pub(crate) fn write(&mut self, piece: &[u8]) -> io::Result<()> {
        self.digest.update(piece);
        self.file.write_all(piece)
    }

    /// Moves the file to `root/folder/name` so that it is there, whole, even if the power fails right after: first the
    /// bytes reach the disk, then the name, then the folders that list it. The root is among them each time, because
    /// another upload may have made the folder a moment ago and not have come to this yet.
    pub(crate) fn keep(mut self, root: &Path, key: &str) -> io::Result<Checksum> {
        self.file.sync_all()?;
        let target = root.join(key);
        let folder = target.parent().unwrap_or(root);
        make_folder(folder)?;
        fs::rename(&self.path, &target)?;
        // Should the rest fail, it is the file under its new name that disappears.
        self.path.clone_from(&target);
        sync_folder(folder)?;
        sync_folder(root)?;
        self.kept = true;
        Ok(Checksum(self.digest.finalize_reset().into()))
    }
}

impl Drop for Temporary {
    /// Also when the sender went away and nobody waits for the upload any more. If this fails, the sweep of old
    /// temporary files does it.
    fn drop(&mut self) {
        if !self.kept {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// A folder for its owner only; one that is there already is left as it is.
pub(crate) fn make_folder(folder: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
        made => made,
    }
}

/// Until then, a power failure may forget which files the folder has.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
