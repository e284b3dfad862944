//! The file of a contract: its name, type and checksum. The bytes are behind [`crate::files::Files`].
use chrono::{DateTime, Utc};

use crate::{
    contract::ContractId,
    field::Field,
    id::id,
    record::{Fields, Record, RecordKind, Stamp, record_accessors},
    user::UserId,
    values::{FileName, Invalid},
};

id!(DocumentId);

/// The types that are accepted, known by their content as well as by their name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DocumentType {
    Pdf,
    Doc,
    Docx,
    Odt,
    Rtf,
    Jpeg,
    Png,
    Tiff,
}

impl DocumentType {
    pub const ALL: [Self; 8] =
        [Self::Pdf, Self::Doc, Self::Docx, Self::Odt, Self::Rtf, Self::Jpeg, Self::Png, Self::Tiff];

    /// How many first bytes of a file [`DocumentType::recognize`] wants to see.
    pub const HEAD: usize = 4096;

    pub const fn code(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Doc => "doc",
            Self::Docx => "docx",
            Self::Odt => "odt",
            Self::Rtf => "rtf",
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::Tiff => "tiff",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }

    pub const fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Doc => &["doc"],
            Self::Docx => &["docx"],
            Self::Odt => &["odt"],
            Self::Rtf => &["rtf"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Png => &["png"],
            Self::Tiff => &["tif", "tiff"],
        }
    }

    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Doc => "application/msword",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Rtf => "application/rtf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Tiff => "image/tiff",
        }
    }

    /// Whether every browser shows it by itself, without running anything that is in it.
    pub const fn is_shown_by_browsers(self) -> bool {
        matches!(self, Self::Pdf | Self::Jpeg | Self::Png)
    }

    /// The type that both the name and the first bytes say.
    pub fn recognize(name: &FileName, head: &[u8]) -> Result<Self, Invalid> {
        let extension = name.as_str().rsplit_once('.').map(|(_, it)| it.to_ascii_lowercase()).unwrap_or_default();
        let named =
            Self::ALL.into_iter().find(|it| it.extensions().contains(&extension.as_str())).ok_or(Invalid::FileType)?;
        if head.is_empty() {
            return Err(Invalid::EmptyFile);
        }
        if named.has_signature(head) { Ok(named) } else { Err(Invalid::FileContent) }
    }

    /// Signatures as the formats' specifications give them.
    fn has_signature(self, head: &[u8]) -> bool {
        let contains = |needle: &[u8]| head.windows(needle.len()).any(|it| it == needle);
        match self {
            // ISO 32000-1, 7.5.2 and annex H: readers look for the header in the first 1024 bytes.
            Self::Pdf => head[..head.len().min(1024)].windows(5).any(|it| it == b"%PDF-"),
            // [MS-CFB] 2.2, the container of [MS-DOC].
            Self::Doc => head.starts_with(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]),
            // ECMA-376 part 2: a ZIP package; its first entries name the parts of a text document.
            Self::Docx => head.starts_with(b"PK\x03\x04") && (contains(b"[Content_Types].xml") || contains(b"word/")),
            // ODF 1.2 part 3, 3.3: the first entry is `mimetype`, stored, not compressed.
            Self::Odt => {
                head.starts_with(b"PK\x03\x04") && contains(b"mimetypeapplication/vnd.oasis.opendocument.text")
            }
            Self::Rtf => head.starts_with(b"{\\rtf"),
            Self::Jpeg => head.starts_with(&[0xFF, 0xD8, 0xFF]),
            Self::Png => head.starts_with(b"\x89PNG\r\n\x1a\n"),
            // TIFF 6.0, section 2: byte order, then 42.
            Self::Tiff => head.starts_with(b"II*\0") || head.starts_with(b"MM\0*"),
        }
    }
}

/// SHA-256 of a file's bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Checksum(pub [u8; 32]);

impl std::fmt::Display for Checksum {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|it| write!(out, "{it:02x}"))
    }
}

impl std::fmt::Debug for Checksum {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, out)
    }
}

/// An uploaded file. Uploaded first, it waits for its contract; the sweep removes one that waits longer than its session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    pub id: DocumentId,
    pub name: FileName,
    pub kind: DocumentType,
    /// In bytes.
    pub size: u64,
    pub checksum: Checksum,
    pub contract: Option<ContractId>,
    pub stamp: Stamp,
}

/// Files that wait for their contract.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WaitingFiles {
    pub files: u64,
    /// All of them together.
    pub bytes: u64,
}

/// The most that may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UploadQuota {
    pub files: u64,
    pub bytes: u64,
}

impl UploadQuota {
    /// For one user, of so many files: a form takes one, and nobody fills in twenty forms at once. In bytes they may be as large
    /// as two fifths of so many largest documents, because hardly any document is as large.
    pub const fn of_user(files: u64, largest: u64) -> Self {
        Self { files, bytes: files.saturating_mul(largest) / 5 * 2 }
    }

    /// For all users together: as many files as twenty of them may have, and as many bytes as eight.
    #[must_use]
    pub const fn of_all(self) -> Self {
        Self { files: self.files.saturating_mul(20), bytes: self.bytes.saturating_mul(8) }
    }

    /// Whether so many may wait.
    pub const fn allows(self, waiting: WaitingFiles) -> bool {
        waiting.files <= self.files && waiting.bytes <= self.bytes
    }
}

impl WaitingFiles {
    #[must_use]
    pub const fn plus(self, more: Self) -> Self {
        Self { files: self.files.saturating_add(more.files), bytes: self.bytes.saturating_add(more.bytes) }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentFilter {
    pub contract: Option<ContractId>,
    /// Only files that wait for a contract since before this moment.
    pub waiting_since: Option<DateTime<Utc>>,
}

impl Document {
    /// The contract takes its uploaded file. Only the person who uploaded it can use it, and only once.
    pub fn attach(&mut self, contract: ContractId, by: Option<UserId>) -> Result<(), Invalid> {
        if self.contract.is_some() || self.stamp.created_by != by {
            return Err(Invalid::UploadGone);
        }
        self.contract = Some(contract);
        Ok(())
    }
}

impl Record for Document {
    const KIND: RecordKind = RecordKind::Document;
    type Id = DocumentId;
    type Filter = DocumentFilter;
    record_accessors!(DocumentId);

    fn fields(&self) -> Vec<(Field, String)> {
        Fields::default()
            .with(Field::Name, &self.name)
            .with(Field::Document, &self.checksum)
            .with_some(Field::Contract, self.contract)
            .done()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quota_is_for_files_and_for_bytes() {
        const MIB: u64 = 1024 * 1024;
        let quota = UploadQuota::of_user(20, 25 * MIB);
        assert_eq!((quota.bytes, quota.of_all()), (200 * MIB, UploadQuota { files: 400, bytes: 1600 * MIB }));
        let waiting = WaitingFiles { files: 19, bytes: 199 * MIB };
        assert!(quota.allows(waiting.plus(WaitingFiles { files: 1, bytes: MIB })));
        assert!(!quota.allows(waiting.plus(WaitingFiles { files: 2, bytes: 0 })));
        assert!(!quota.allows(waiting.plus(WaitingFiles { files: 1, bytes: MIB + 1 })));
        assert!(!UploadQuota::of_user(u64::MAX, u64::MAX).allows(WaitingFiles { files: 1, bytes: u64::MAX }));
    }

    fn recognized(name: &str, head: &[u8]) -> Result<DocumentType, Invalid> {
        DocumentType::recognize(&FileName::parse(name).unwrap(), head)
    }

    #[test]
    fn name_and_content_must_agree() {
        assert_eq!(recognized("Договор.PDF", b"%PDF-1.7 ..."), Ok(DocumentType::Pdf));
        assert_eq!(recognized("скан.jpeg", &[0xFF, 0xD8, 0xFF, 0xE0]), Ok(DocumentType::Jpeg));
        assert_eq!(recognized("x.docx", b"PK\x03\x04....[Content_Types].xml"), Ok(DocumentType::Docx));
        assert_eq!(recognized("x.pdf", b"MZ\x90\0"), Err(Invalid::FileContent));
        assert_eq!(recognized("x.png", b"%PDF-1.7"), Err(Invalid::FileContent));
        assert_eq!(recognized("x.docx", b"PK\x03\x04 some other archive"), Err(Invalid::FileContent));
        assert_eq!(recognized("x.odt", b"PK\x03\x04"), Err(Invalid::FileContent));
    }

    #[test]
    fn other_types_and_empty_files_are_refused() {
        for name in ["x.html", "x.svg", "x.exe", "x", "pdf", "x.pdf.html"] {
            assert_eq!(recognized(name, b"%PDF-1.7"), Err(Invalid::FileType), "{name}");
        }
        assert_eq!(recognized("x.pdf", b""), Err(Invalid::EmptyFile));
    }
}
