//! Stores the documents while the rows are being written: a disk takes its time for each file.
use std::sync::Arc;

use bytes::Bytes;
use domain::{
    document::{Checksum, DocumentId},
    files::{Files, StoredFile},
};
use futures::{StreamExt, stream};
use sha2::{Digest, Sha256};
use tokio::task::JoinSet;

use crate::failure::Failure;

/// How many files are on their way at once.
const AT_ONCE: usize = 8;

pub(super) struct Filing {
    files: Arc<dyn Files>,
    limit: u64,
    under_way: JoinSet<Result<(), Failure>>,
}

impl Filing {
    pub(super) fn new(files: Arc<dyn Files>, limit: u64) -> Self {
        Self { files, limit, under_way: JoinSet::new() }
    }

    /// Begins to store a file, and says what will be stored. It is only there after [`Filing::finish`].
    pub(super) async fn store(&mut self, id: DocumentId, file: Vec<u8>) -> Result<StoredFile, Failure> {
        while self.under_way.len() >= AT_ONCE {
            self.wait().await?;
        }
        let stored = StoredFile { size: file.len() as u64, checksum: Checksum(Sha256::digest(&file).into()) };
        let (files, limit, expected) = (Arc::clone(&self.files), self.limit, stored.clone());
        self.under_way.spawn(async move {
            let bytes = stream::iter([Ok(Bytes::from(file))]).boxed();
            if files.put(id, bytes, limit).await? == expected {
                Ok(())
            } else {
                Err(Failure::new("A document was not stored as it is."))
            }
        });
        Ok(stored)
    }

    /// Waits until every file is there.
    pub(super) async fn finish(&mut self) -> Result<(), Failure> {
        while !self.under_way.is_empty() {
            self.wait().await?;
        }
        Ok(())
    }

    async fn wait(&mut self) -> Result<(), Failure> {
        match self.under_way.join_next().await {
            Some(Ok(outcome)) => outcome,
            Some(Err(error)) => Err(Failure::because("A document could not be stored", &error)),
            None => Ok(()),
        }
    }
}
