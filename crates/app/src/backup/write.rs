//! Writes an archive, entry by entry.
use std::{
    fs::{File, OpenOptions},
    io::{self, BufWriter, Read, Seek, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use chrono::{DateTime, Utc};
use domain::{document::Checksum, files::StoredFile};
use sha2::{Digest, Sha256};

use super::{
    PIECE,
    layout::{BLOCK, END, Name, header, line, padding},
    part::Part,
};

/// Waits for the disk on the thread it is called on: a command does one thing after the other anyway.
pub(super) struct Writer {
    out: BufWriter<File>,
    /// The list, beside the archive until it is its last entry: in memory it would grow with every document.
    lines: BufWriter<File>,
    /// In seconds since 1970.
    modified: u64,
}

impl Writer {
    pub(super) fn create(part: &Part, made_at: DateTime<Utc>) -> io::Result<Self> {
        Ok(Self {
            out: BufWriter::with_capacity(PIECE, create(&part.archive())?),
            lines: BufWriter::new(create(&part.checksums())?),
            modified: made_at.timestamp().try_into().unwrap_or(0),
        })
    }

    /// Begins an entry of that size.
    pub(super) fn entry(&mut self, name: Name, size: u64) -> io::Result<EntryWriter<'_>> {
        self.out.write_all(header(name, size, self.modified)?.as_bytes())?;
        Ok(EntryWriter { archive: self, name, digest: Sha256::new(), size: 0 })
    }

    /// Writes an entry from whatever can be read to its end.
    pub(super) fn whole(&mut self, name: Name, size: u64, mut from: impl Read) -> io::Result<StoredFile> {
        let mut entry = self.entry(name, size)?;
        let mut piece = vec![0; PIECE];
        loop {
            match from.read(&mut piece)? {
                0 => return entry.finish(),
                length => entry.write(&piece[..length])?,
            }
        }
    }

    /// Adds the list, and waits until everything is on the disk. Returns the checksum of the list, which stands for all.
    pub(super) fn finish(mut self) -> io::Result<Checksum> {
        self.lines.rewind()?;
        let lines = self.lines.get_ref().try_clone()?;
        let size = lines.metadata()?.len();
        let listed = self.whole(Name::Checksums, size, lines)?;
        self.out.write_all(&END)?;
        self.out.flush()?;
        self.out.get_ref().sync_all()?;
        Ok(listed.checksum)
    }
}

/// An entry that is being written.
pub(super) struct EntryWriter<'a> {
    archive: &'a mut Writer,
    name: Name,
    digest: Sha256,
    size: u64,
}

impl EntryWriter<'_> {
    pub(super) fn write(&mut self, piece: &[u8]) -> io::Result<()> {
        self.digest.update(piece);
        self.size += piece.len() as u64;
        self.archive.out.write_all(piece)
    }

    /// Says what was written. If that has not the size which was announced, the archive is good for nothing.
    pub(super) fn finish(self) -> io::Result<StoredFile> {
        let checksum = Checksum(self.digest.finalize().into());
        self.archive.out.write_all(&[0; BLOCK][..padding(self.size)])?;
        // The list cannot have a line about itself.
        if self.name != Name::Checksums {
            self.archive.lines.write_all(line(self.name, checksum).as_bytes())?;
        }
        Ok(StoredFile { size: self.size, checksum })
    }
}

fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path)
}
