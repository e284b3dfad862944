//! Documents in S3-compatible storage.
use bytes::Bytes;
use chrono::{DateTime, Utc};
use domain::{
    document::{Checksum, DocumentId},
    files::{ByteStream, FilesError, StoredFile},
};
use futures::{StreamExt, TryStreamExt, future, stream};
use object_store::{Error, MultipartUpload, ObjectStore, ObjectStoreExt, PutPayload, aws::AmazonS3, path::Path};
use sha2::{Digest, Sha256};
use tokio::runtime::Handle;

use crate::{S3Settings, SetupError, incoming::Incoming, key};

/// The least that S3 accepts as a part of a larger file. This much of each upload is in memory: a part is signed and
/// perhaps sent again, so it has to be complete before it leaves. Parts go one after another for the same reason.
const PART: usize = 5 * 1024 * 1024;
const READ: usize = 64 * 1024;

#[derive(Clone)]
pub(crate) struct Bucket {
    store: AmazonS3,
}

impl Bucket {
    pub(crate) fn connect(settings: &S3Settings) -> Result<Self, SetupError> {
        Ok(Self { store: settings.client()? })
    }

    /// What fits into one part is one request: either all of it is there, or nothing. A larger file appears when its
    /// upload is completed.
    pub(crate) async fn put(&self, id: DocumentId, mut bytes: Incoming) -> Result<StoredFile, FilesError> {
        let path = path(id);
        let first = bytes.piece(PART).await?;
        let digest = hashed(Sha256::new(), first.clone()).await?;
        let digest = if first.len() < PART {
            self.store.put(&path, first.into()).await.map_err(FilesError::unavailable)?;
            digest
        } else {
            let mut upload = Upload::begin(&self.store, &path).await?;
            match upload.send(first, &mut bytes, digest).await {
                Ok(digest) => digest,
                Err(error) => {
                    upload.abort().await;
                    return Err(error);
                }
            }
        };
        Ok(StoredFile { size: bytes.size(), checksum: Checksum(digest.finalize().into()) })
    }

    pub(crate) async fn open(&self, id: DocumentId) -> Result<ByteStream, FilesError> {
        let found = self.store.get(&path(id)).await.map_err(|error| match error {
            Error::NotFound { .. } => FilesError::Missing,
            error => FilesError::unavailable(error),
        })?;
        let chunks = found.into_stream().map_err(FilesError::unavailable);
        Ok(chunks.map_ok(|chunk| stream::iter(pieces(chunk)).map(Ok)).try_flatten().boxed())
    }

    pub(crate) async fn remove(&self, id: DocumentId) -> Result<(), FilesError> {
        match self.store.delete(&path(id)).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(FilesError::unavailable(error)),
        }
    }

    pub(crate) async fn put_aside(&self, id: DocumentId) -> Result<(), FilesError> {
        match self.store.rename(&path(id), &Path::from(key::aside(id))).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(FilesError::unavailable(error)),
        }
    }

    /// S3 lists in the order of keys.
    pub(crate) async fn older(
        &self,
        moment: DateTime<Utc>,
        after: Option<DocumentId>,
        limit: usize,
    ) -> Result<Vec<DocumentId>, FilesError> {
        let files = match after {
            Some(after) => self.store.list_with_offset(None, &path(after)),
            None => self.store.list(None),
        };
        let old = files.try_filter(|it| future::ready(it.last_modified < moment));
        let ids = old.try_filter_map(|it| future::ready(Ok(key::id(it.location.as_ref()))));
        ids.take(limit).try_collect().await.map_err(FilesError::unavailable)
    }
}

fn path(id: DocumentId) -> Path {
    Path::from(key::of(id))
}

/// A whole part is hashed on a thread where that may take its time, which is some ten milliseconds. (The client hashes
/// it once more to sign it, on the async thread. We let it: the storage then refuses a part damaged on the way.)
async fn hashed(mut digest: Sha256, piece: Bytes) -> Result<Sha256, FilesError> {
    let hashed = tokio::task::spawn_blocking(move || {
        digest.update(&piece);
        digest
    });
    hashed.await.map_err(FilesError::unavailable)
}

fn pieces(mut chunk: Bytes) -> Vec<Bytes> {
    let mut pieces = Vec::new();
    while !chunk.is_empty() {
        pieces.push(chunk.split_to(chunk.len().min(READ)));
    }
    pieces
}

/// An upload in parts. Dropped unfinished, because the sender went away, it is aborted.
struct Upload(Option<Box<dyn MultipartUpload>>);

impl Upload {
    async fn begin(store: &AmazonS3, path: &Path) -> Result<Self, FilesError> {
        store.put_multipart(path).await.map(|it| Self(Some(it))).map_err(FilesError::unavailable)
    }

    async fn send(&mut self, first: Bytes, rest: &mut Incoming, mut digest: Sha256) -> Result<Sha256, FilesError> {
        let upload = self.0.as_mut().ok_or(FilesError::Interrupted)?;
        upload.put_part(first.into()).await.map_err(FilesError::unavailable)?;
        loop {
            let part = rest.piece(PART).await?;
            if part.is_empty() {
                break;
            }
            digest = hashed(digest, part.clone()).await?;
            upload.put_part(PutPayload::from(part)).await.map_err(FilesError::unavailable)?;
        }
        upload.complete().await.map_err(FilesError::unavailable)?;
        self.0 = None;
        Ok(digest)
    }

    /// Should this fail as well, the bucket's lifecycle rule removes the parts.
    async fn abort(mut self) {
        if let Some(mut upload) = self.0.take() {
            let _ = upload.abort().await;
        }
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if let (Some(mut upload), Ok(runtime)) = (self.0.take(), Handle::try_current()) {
            runtime.spawn(async move { upload.abort().await });
        }
    }
}
