//! The bytes of contract documents, in a folder or in S3-compatible storage.
use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    document::DocumentId,
    files::{ByteStream, Files, FilesError, StoredFile},
};

use crate::{bucket::Bucket, folder::Folder, incoming::Incoming};

mod bucket;
mod disk;
mod folder;
mod incoming;
mod key;
mod settings;
mod temporary;
#[cfg(test)]
mod tests;

pub use disk::Reserve;
pub use settings::S3Settings;

#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    #[error("documents cannot be kept in the folder {folder}", folder = .folder.display())]
    Folder { folder: PathBuf, source: io::Error },
    #[error("{endpoint} is not the address of S3 storage: https:// is expected, or http:// where that is allowed")]
    Endpoint { endpoint: String },
    #[error("the client of S3 storage cannot be made")]
    Client(#[from] object_store::Error),
}

/// Where the documents are. Clones are the same place.
#[derive(Clone)]
pub struct DocumentFiles {
    place: Place,
    /// Where the last list of old files ended.
    listed: Arc<Mutex<Option<DocumentId>>>,
}

#[derive(Clone)]
enum Place {
    Folder(Folder),
    Bucket(Bucket),
}

impl DocumentFiles {
    /// Makes the folder if there is none, for its owner only.
    pub fn in_folder(folder: &Path) -> Result<Self, SetupError> {
        let made = Folder::make(folder);
        let made = made.map_err(|source| SetupError::Folder { folder: folder.to_owned(), source })?;
        Ok(Self { place: Place::Folder(made), listed: Arc::default() })
    }

    /// The same place, which accepts files only while the disk has more left than this. A bucket has no disk.
    #[must_use]
    pub fn with_reserve(mut self, reserve: Reserve) -> Self {
        if let Place::Folder(folder) = &mut self.place {
            folder.set_reserve(reserve);
        }
        self
    }

    /// Asks nothing of the storage yet. An upload that a crash interrupts leaves parts in the bucket which no list of
    /// files shows: the bucket should have a lifecycle rule that aborts incomplete multipart uploads.
    pub fn in_bucket(settings: &S3Settings) -> Result<Self, SetupError> {
        Ok(Self { place: Place::Bucket(Bucket::connect(settings)?), listed: Arc::default() })
    }
}

#[async_trait]
impl Files for DocumentFiles {
    async fn put(&self, id: DocumentId, bytes: ByteStream, limit: u64) -> Result<StoredFile, FilesError> {
        let bytes = Incoming::new(bytes, limit);
        match &self.place {
            Place::Folder(folder) => folder.put(id, bytes).await,
            Place::Bucket(bucket) => bucket.put(id, bytes).await,
        }
    }

    /// Nobody knows how much room is left in a bucket.
    async fn has_room(&self) -> Result<bool, FilesError> {
        match &self.place {
            Place::Folder(folder) => folder.has_room().await,
            Place::Bucket(_) => Ok(true),
        }
    }

    async fn open(&self, id: DocumentId) -> Result<ByteStream, FilesError> {
        match &self.place {
            Place::Folder(folder) => folder.open(id).await,
            Place::Bucket(bucket) => bucket.open(id).await,
        }
    }

    async fn remove(&self, id: DocumentId) -> Result<(), FilesError> {
        match &self.place {
            Place::Folder(folder) => folder.remove(id).await,
            Place::Bucket(bucket) => bucket.remove(id).await,
        }
    }

    async fn put_aside(&self, id: DocumentId) -> Result<(), FilesError> {
        match &self.place {
            Place::Folder(folder) => folder.put_aside(id).await,
            Place::Bucket(bucket) => bucket.put_aside(id).await,
        }
    }

    /// Each list goes on where the last one ended, and from the end back to the start. Otherwise the limit would show
    /// the same first files for ever, and a sweep would never come to the others.
    async fn older_than(&self, moment: DateTime<Utc>, limit: usize) -> Result<Vec<DocumentId>, FilesError> {
        self.remove_leftovers(moment).await?;
        let last = *self.listed.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found = self.older(moment, last, limit).await?;
        if let Some(last) = last.map(key::of)
            && found.len() < limit
        {
            let first = self.older(moment, None, limit - found.len()).await?;
            found.extend(first.into_iter().take_while(|id| key::of(*id) <= last));
        }
        if let Some(last) = found.last() {
            *self.listed.lock().unwrap_or_else(PoisonError::into_inner) = Some(*last);
        }
        Ok(found)
    }
}

impl DocumentFiles {
    /// Old files in the order of their keys, those after the given one.
    async fn older(
        &self,
        moment: DateTime<Utc>,
        after: Option<DocumentId>,
        limit: usize,
    ) -> Result<Vec<DocumentId>, FilesError> {
        match &self.place {
            Place::Folder(folder) => folder.older(moment, after, limit).await,
            Place::Bucket(bucket) => bucket.older(moment, after, limit).await,
        }
    }

    async fn remove_leftovers(&self, moment: DateTime<Utc>) -> Result<(), FilesError> {
        match &self.place {
            Place::Folder(folder) => folder.remove_leftovers(moment).await,
            // Unfinished uploads cannot be listed through object_store; the bucket's lifecycle rule removes them.
            Place::Bucket(_) => Ok(()),
        }
    }
}
