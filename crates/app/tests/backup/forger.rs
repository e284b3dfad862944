//! Takes an archive apart and puts another one together, whose checksums agree with whatever is in it.
use std::{fmt::Write, fs, io::Read, path::Path};

use sha2::{Digest, Sha256};
use tar::{Archive, EntryType, Header};

pub(crate) const LIST: &str = "SHA256SUMS";

#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) header: Header,
    pub(crate) bytes: Vec<u8>,
}

impl Entry {
    /// An ordinary file, as the program itself writes one.
    pub(crate) fn file(name: &str, bytes: &[u8]) -> Self {
        Self { header: header(name, bytes.len() as u64, EntryType::Regular), bytes: bytes.to_vec() }
    }

    pub(crate) fn name(&self) -> String {
        String::from_utf8(self.header.path_bytes().into_owned()).unwrap()
    }
}

/// Of any name and kind, even if no library would write them.
pub(crate) fn header(name: &str, size: u64, kind: EntryType) -> Header {
    let mut header = Header::new_gnu();
    header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_entry_type(kind);
    header.set_size(size);
    header.set_mode(0o600);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(1_767_225_600);
    header.set_cksum();
    header
}

/// Read by a library that knows nothing of how the program writes.
pub(crate) fn entries(archive: &Path) -> Vec<Entry> {
    let mut archive = Archive::new(fs::File::open(archive).unwrap());
    let entries = archive.entries().unwrap().map(|entry| {
        let mut entry = entry.unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        Entry { header: entry.header().clone(), bytes }
    });
    entries.collect()
}

/// With the list made anew. Entries named like the list stay as they are, but are not in it.
pub(crate) fn sealed(entries: &[Entry]) -> Vec<Entry> {
    let mut lines = String::new();
    for entry in entries.iter().filter(|it| it.name() != LIST) {
        Sha256::digest(&entry.bytes).iter().for_each(|it| write!(lines, "{it:02x}").unwrap());
        writeln!(lines, "  {}", entry.name()).unwrap();
    }
    let rest = entries.iter().filter(|it| it.name() != LIST).cloned();
    rest.chain([Entry::file(LIST, lines.as_bytes())]).collect()
}

pub(crate) fn write(archive: &Path, entries: &[Entry]) {
    let mut bytes = Vec::new();
    for entry in entries {
        bytes.extend_from_slice(entry.header.as_bytes());
        bytes.extend_from_slice(&entry.bytes);
        bytes.resize(bytes.len().next_multiple_of(512), 0);
    }
    bytes.resize(bytes.len() + 1024, 0);
    fs::write(archive, bytes).unwrap();
}
