//! How an archive is laid out: the names in it, and the one way to write each header.
use std::{fmt, io};

use domain::document::{Checksum, DocumentId};
use tar::{EntryType, Header};
use uuid::Uuid;

/// A tar consists of these.
pub(super) const BLOCK: usize = 512;
/// It ends with two blocks of zeros.
pub(super) const END: [u8; 2 * BLOCK] = [0; 2 * BLOCK];

/// The entries of an archive, in this order. No other name is ever read or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Name {
    About,
    Database,
    Document(DocumentId),
    Checksums,
}

impl Name {
    pub(super) fn parse(name: &[u8]) -> Option<Self> {
        match str::from_utf8(name).ok()? {
            "voronka.json" => Some(Self::About),
            "database.sqlite" => Some(Self::Database),
            "SHA256SUMS" => Some(Self::Checksums),
            other => other.strip_prefix("documents/")?.parse().ok().map(|id: Uuid| Self::Document(id.into())),
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::About => out.write_str("voronka.json"),
            Self::Database => out.write_str("database.sqlite"),
            Self::Document(id) => write!(out, "documents/{id}"),
            Self::Checksums => out.write_str("SHA256SUMS"),
        }
    }
}

/// There is one header for a name, a size and a moment, so that a reader can compare the whole block: whatever else a
/// header may ask for, such as a link, another folder or a sparse file, is not this one.
pub(super) fn header(name: Name, size: u64, modified: u64) -> io::Result<Header> {
    let mut header = Header::new_gnu();
    header.set_path(name.to_string())?;
    header.set_entry_type(EntryType::Regular);
    header.set_size(size);
    header.set_mode(0o600);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(modified);
    header.set_cksum();
    Ok(header)
}

/// How many zeros follow so many bytes, up to the next block.
pub(super) fn padding(size: u64) -> usize {
    let over = size % BLOCK as u64;
    usize::try_from(over).map_or(0, |over| (BLOCK - over) % BLOCK)
}

/// A line of the list of checksums.
pub(super) fn line(name: Name, checksum: Checksum) -> String {
    format!("{checksum}  {name}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_as_it_is_written_and_no_other_is() {
        let id: Uuid = "0192f0c1-a2b3-7d4e-8f5a-6b7c8d9e0f7f".parse().unwrap();
        for name in [Name::About, Name::Database, Name::Document(id.into()), Name::Checksums] {
            assert_eq!(Name::parse(name.to_string().as_bytes()), Some(name));
        }
        for other in ["", "/", "voronka.json/", "./voronka.json", "documents/", "documents/../voronka.json", "README"] {
            assert_eq!(Name::parse(other.as_bytes()), None, "{other}");
        }
    }

    #[test]
    fn entries_are_in_the_order_of_their_names() {
        let [first, last] = [Uuid::nil(), Uuid::max()].map(|it| Name::Document(it.into()));
        assert!([Name::About, Name::Database, first, last, Name::Checksums].is_sorted());
    }

    #[test]
    fn a_header_can_tell_any_size() {
        for size in [0, 1, 8 * 1024 * 1024 * 1024 - 1, 8 * 1024 * 1024 * 1024, u64::MAX / 2] {
            let header = header(Name::Database, size, 1_767_225_600).unwrap();
            assert_eq!((header.entry_size().unwrap(), header.mtime().unwrap()), (size, 1_767_225_600));
        }
    }

    #[test]
    fn an_entry_ends_with_its_block() {
        assert_eq!([0, 1, 511, 512, 513].map(padding), [0, 511, 1, 0, 511]);
    }
}
