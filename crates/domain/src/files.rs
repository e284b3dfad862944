//! The port to the bytes of documents: a folder, or S3-compatible storage.
use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::stream::BoxStream;

use crate::document::{Checksum, DocumentId};

/// The bytes of one file as they come in or go out, piece by piece: never whole in memory.
pub type ByteStream = BoxStream<'static, Result<Bytes, FilesError>>;

#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// More bytes than were allowed; nothing is kept.
    #[error("larger than {limit} bytes")]
    TooLarge { limit: u64 },
    /// The sender stopped in the middle; nothing is kept.
    #[error("the upload broke off")]
    Interrupted,
    /// The rest of the disk is reserved, and nothing of the file is kept.
    #[error("the disk is nearly full")]
    NoRoom,
    #[error("no such file")]
    Missing,
    #[error("file storage is unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl FilesError {
    pub fn unavailable(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unavailable(source.into())
    }
}

/// A stored file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFile {
    /// In bytes.
    pub size: u64,
    pub checksum: Checksum,
}

#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Files: Send + Sync + 'static {
    /// Stores the whole stream under the id, durably, or nothing. At most `limit` bytes.
    async fn put(&self, id: DocumentId, bytes: ByteStream, limit: u64) -> Result<StoredFile, FilesError>;

    /// Whether files are accepted: not where the disk is nearly full.
    async fn has_room(&self) -> Result<bool, FilesError>;

    async fn open(&self, id: DocumentId) -> Result<ByteStream, FilesError>;

    /// Removes the file; one that is not there is no error.
    async fn remove(&self, id: DocumentId) -> Result<(), FilesError>;

    /// Moves the file to where [`Self::open`] does not find it and nothing removes it; one that is not there is no error.
    async fn put_aside(&self, id: DocumentId) -> Result<(), FilesError>;

    /// Whole files stored before that moment, at most `limit` of them, and along the way removes what
    /// broken uploads left behind.
    async fn older_than(&self, moment: DateTime<Utc>, limit: usize) -> Result<Vec<DocumentId>, FilesError>;
}
