//! Reads an archive, and trusts nothing in it.
use std::{
    fs::File,
    io::{self, ErrorKind},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::Bytes;
use domain::document::Checksum;
use sha2::{Digest, Sha256};
use tar::Header;

use super::{
    PIECE,
    about::{About, LONGEST},
    layout::{BLOCK, END, Name, header, line, padding},
};
use crate::failure::Failure;

const BREAKS_OFF: &str = "it breaks off";
const CHANGED: &str = "something in it is not as it was written";

#[derive(Clone)]
pub(super) struct Archive {
    file: Arc<File>,
    path: PathBuf,
    length: u64,
}

/// Where an entry's bytes are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) name: Name,
    pub(super) size: u64,
    at: u64,
}

/// The result of checking an archive, with every byte read and compared.
pub(super) struct Checked {
    pub(super) about: About,
    pub(super) database: (Entry, Checksum),
    /// Of the list, and so of everything.
    pub(super) checksum: Checksum,
}

impl Archive {
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        let opened = File::open(path).and_then(|file| Ok((file.metadata()?, file)));
        let (about, file) = opened
            .map_err(|error| Failure::because(&format!("The archive {} cannot be read", path.display()), &error))?;
        Ok(Self { file: Arc::new(file), path: path.to_owned(), length: about.len() })
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Reads everything once. Whatever differs from what was written is refused: a byte of a file, of the list, of a
    /// header, or between them.
    pub(super) fn check(&self, read: impl Fn(u64)) -> Result<Checked, Failure> {
        let (mut about, mut database, mut listed) = (None, None, None);
        let mut lines = Sha256::new();
        for entry in self.entries() {
            let entry = entry?;
            if entry.name == Name::About {
                about = Some(self.about(&entry)?);
            }
            let checksum = self.checksum(&entry, &read)?;
            match entry.name {
                Name::Checksums => listed = Some(checksum),
                name => lines.update(line(name, checksum)),
            }
            if entry.name == Name::Database {
                database = Some((entry, checksum));
            }
        }
        let (Some(about), Some(database), Some(listed)) = (about, database, listed) else {
            return Err(self.refused("a part of it is missing"));
        };
        if listed != Checksum(lines.finalize().into()) {
            return Err(self.refused("its files are not those that its list of checksums names"));
        }
        Ok(Checked { about, database, checksum: listed })
    }

    /// The entries from the first to the last.
    pub(super) fn entries(&self) -> Entries<'_> {
        Entries { archive: self, at: 0, last: None, ended: false }
    }

    /// The bytes of an entry, piece by piece, read when they are asked for.
    pub(super) fn pieces(&self, entry: &Entry) -> impl Iterator<Item = io::Result<Bytes>> + Send + use<> {
        let (file, end) = (Arc::clone(&self.file), entry.at + entry.size);
        let pieces = (entry.at..end).step_by(PIECE);
        pieces.map(move |at| bytes(&file, at, usize::try_from(end - at).map_or(PIECE, |it| it.min(PIECE))))
    }

    pub(super) fn refused(&self, reason: &str) -> Failure {
        Failure::new(format!("The archive {} is refused: {reason}.", self.path.display()))
    }

    fn about(&self, entry: &Entry) -> Result<About, Failure> {
        if entry.size > LONGEST {
            return Err(self.refused("its voronka.json is too long"));
        }
        let text: Vec<Bytes> = self.pieces(entry).collect::<io::Result<_>>().map_err(|it| self.unread(&it))?;
        About::parse(&text.concat()).map_err(|reason| self.refused(reason))
    }

    fn checksum(&self, entry: &Entry, read: impl Fn(u64)) -> Result<Checksum, Failure> {
        let mut digest = Sha256::new();
        for piece in self.pieces(entry) {
            let piece = piece.map_err(|error| self.unread(&error))?;
            digest.update(&piece);
            read(piece.len() as u64);
        }
        Ok(Checksum(digest.finalize().into()))
    }

    fn bytes(&self, at: u64, length: usize) -> Result<Bytes, Failure> {
        bytes(&self.file, at, length).map_err(|error| self.unread(&error))
    }

    fn unread(&self, error: &io::Error) -> Failure {
        match error.kind() {
            ErrorKind::UnexpectedEof => self.refused(BREAKS_OFF),
            _ => Failure::because(&format!("The archive {} cannot be read", self.path.display()), error),
        }
    }
}

fn bytes(file: &File, at: u64, length: usize) -> io::Result<Bytes> {
    let mut bytes = vec![0; length];
    file.read_exact_at(&mut bytes, at)?;
    Ok(bytes.into())
}

/// The way through an archive. It ends at the first thing that is not as this program writes it.
pub(super) struct Entries<'a> {
    archive: &'a Archive,
    at: u64,
    last: Option<Name>,
    ended: bool,
}

impl Entries<'_> {
    fn entry(&mut self) -> Result<Option<Entry>, Failure> {
        let archive = self.archive;
        let block = archive.bytes(self.at, BLOCK)?;
        if block.iter().all(|it| *it == 0) {
            return self.end().map(|()| None);
        }
        let entry = self.read(&block).ok_or_else(|| {
            let what = if self.at == 0 { "this is no backup of Voronka" } else { CHANGED };
            archive.refused(&format!("{what} (at byte {})", self.at))
        })?;
        // The order is strict, so that this finds what is there twice, too.
        if self.last >= Some(entry.name) {
            return Err(archive.refused(&format!("{} is there twice or out of order", entry.name)));
        }
        if entry.size > archive.length - entry.at {
            return Err(archive.refused(BREAKS_OFF));
        }
        let (end, zeros) = (entry.at + entry.size, padding(entry.size));
        if archive.bytes(end, zeros)?.iter().any(|it| *it != 0) {
            return Err(archive.refused(&format!("{CHANGED} (at byte {end})")));
        }
        (self.at, self.last) = (end + zeros as u64, Some(entry.name));
        Ok(Some(entry))
    }

    /// Nothing, unless the block is just the header that this program writes for such an entry.
    fn read(&self, block: &[u8]) -> Option<Entry> {
        let found = Header::from_byte_slice(block);
        let (name, size) = (Name::parse(&found.path_bytes())?, found.entry_size().ok()?);
        let ours = header(name, size, found.mtime().ok()?).ok()?;
        (ours.as_bytes() == block).then_some(Entry { name, size, at: self.at + BLOCK as u64 })
    }

    fn end(&self) -> Result<(), Failure> {
        let archive = self.archive;
        let rest = archive.bytes(self.at, END.len())?;
        if *rest == END && self.at + END.len() as u64 == archive.length {
            Ok(())
        } else {
            Err(archive.refused("there is more behind its end"))
        }
    }
}

impl Iterator for Entries<'_> {
    type Item = Result<Entry, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let entry = self.entry().transpose();
        self.ended = !matches!(entry, Some(Ok(_)));
        entry
    }
}
