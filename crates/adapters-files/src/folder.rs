//! Documents in a folder of this machine.
//!
//! Not through `object_store::local::LocalFileSystem`, although it is at hand. It calls fsync only if asked
//! (`with_fsync`), and even then its files and folders have whatever mode the umask leaves, usually readable by
//! everybody; what a crash leaves beside the file (`name#1`) its lists hide, so that nothing could sweep it; and it
//! creates that file on the async thread.
use std::{fs, io, path::Path, sync::Arc, time::SystemTime};

use bytes::BytesMut;
use chrono::{DateTime, Utc};
use domain::{
    document::DocumentId,
    files::{ByteStream, FilesError, StoredFile},
};
use futures::{StreamExt, stream};
use tokio::io::AsyncReadExt;

use crate::{
    Reserve,
    disk::Disk,
    incoming::Incoming,
    key,
    temporary::{Temporary, make_folder, sync_folder},
};

/// How much is hashed and written in one go, on a thread where that may take its time. SHA-256 of as much takes up to
/// a millisecond, the disk may take any time; smaller pieces would cost more in handing over than in work.
const WRITTEN: usize = 256 * 1024;
const READ: usize = 64 * 1024;
/// Here files are until they are whole. On the same file system as their final place, so that they can be moved there.
const INCOMING: &str = "incoming";

#[derive(Clone)]
pub(crate) struct Folder {
    root: Arc<Path>,
    disk: Arc<Disk>,
}

impl Folder {
    pub(crate) fn make(root: &Path) -> io::Result<Self> {
        let root = std::path::absolute(root)?;
        let missing: Vec<&Path> = root.ancestors().take_while(|it| !it.exists()).collect();
        for folder in missing.into_iter().rev() {
            make_folder(folder)?;
            folder.parent().map_or(Ok(()), sync_folder)?;
        }
        make_folder(&root.join(INCOMING))?;
        Ok(Self { root: root.into(), disk: Arc::new(Disk::new(Reserve::Bytes(0))) })
    }

    pub(crate) fn set_reserve(&mut self, reserve: Reserve) {
        self.disk = Arc::new(Disk::new(reserve));
    }

    pub(crate) async fn put(&self, id: DocumentId, mut bytes: Incoming) -> Result<StoredFile, FilesError> {
        let (incoming, name) = (self.root.join(INCOMING), id.0.simple().to_string());
        let mut file = blocking(move || Temporary::create(&incoming, &name)).await?;
        loop {
            let piece = bytes.piece(WRITTEN).await?;
            if piece.is_empty() {
                break;
            }
            // Others write to the disk meanwhile: so it is asked each time.
            let (disk, root) = (Arc::clone(&self.disk), Arc::clone(&self.root));
            let written = blocking(move || {
                if !disk.has_room_for(piece.len() as u64, &root)? {
                    return Ok(None);
                }
                file.write(&piece).map(|()| Some(file))
            });
            file = written.await?.ok_or(FilesError::NoRoom)?;
        }
        // One job, because the caller may go away at any `await`, and here that must not stop it half-way.
        let (root, key) = (Arc::clone(&self.root), key::of(id));
        let checksum = blocking(move || file.keep(&root, &key)).await?;
        Ok(StoredFile { size: bytes.size(), checksum })
    }

    pub(crate) async fn has_room(&self) -> Result<bool, FilesError> {
        let (disk, root) = (Arc::clone(&self.disk), Arc::clone(&self.root));
        blocking(move || disk.has_room_for(0, &root)).await
    }

    pub(crate) async fn open(&self, id: DocumentId) -> Result<ByteStream, FilesError> {
        let file = tokio::fs::File::open(self.root.join(key::of(id))).await;
        let file = file.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => FilesError::Missing,
            _ => FilesError::unavailable(error),
        })?;
        let pieces = stream::try_unfold(file, |mut file| async move {
            let mut piece = BytesMut::with_capacity(READ);
            let read = file.read_buf(&mut piece).await.map_err(FilesError::unavailable)?;
            Ok((read > 0).then(|| (piece.freeze(), file)))
        });
        Ok(pieces.boxed())
    }

    pub(crate) async fn remove(&self, id: DocumentId) -> Result<(), FilesError> {
        let path = self.root.join(key::of(id));
        blocking(move || unless_gone(fs::remove_file(path)).map(|_| ())).await
    }

    pub(crate) async fn put_aside(&self, id: DocumentId) -> Result<(), FilesError> {
        let (path, aside) = (self.root.join(key::of(id)), self.root.join(key::aside(id)));
        blocking(move || {
            aside.parent().map_or(Ok(()), make_folder)?;
            unless_gone(fs::rename(path, aside)).map(|_| ())
        })
        .await
    }

    pub(crate) async fn older(
        &self,
        moment: DateTime<Utc>,
        after: Option<DocumentId>,
        limit: usize,
    ) -> Result<Vec<DocumentId>, FilesError> {
        let (root, after) = (Arc::clone(&self.root), after.map(key::of).unwrap_or_default());
        blocking(move || older(&root, moment.into(), &after, limit)).await
    }

    /// A file that is still being written is as young as its last piece.
    pub(crate) async fn remove_leftovers(&self, moment: DateTime<Utc>) -> Result<(), FilesError> {
        let incoming = self.root.join(INCOMING);
        blocking(move || {
            for name in names(&incoming)? {
                let path = incoming.join(name);
                if is_older(&path, moment.into())? {
                    unless_gone(fs::remove_file(path))?;
                }
            }
            Ok(())
        })
        .await
    }
}

fn older(root: &Path, moment: SystemTime, after: &str, limit: usize) -> io::Result<Vec<DocumentId>> {
    let mut found = Vec::new();
    // Other names, such as `lost+found`, may be folders that we cannot even read.
    let is_ours = |it: &String| it.len() == 2 && it.bytes().all(|it| it.is_ascii_hexdigit());
    let begins = after.get(..2).unwrap_or_default();
    for folder in names(root)?.into_iter().filter(is_ours).filter(|it| it.as_str() >= begins) {
        for name in names(&root.join(&folder))? {
            let key = format!("{folder}/{name}");
            let Some(id) = key::id(&key) else { continue };
            if found.len() == limit {
                return Ok(found);
            }
            if key.as_str() > after && is_older(&root.join(&key), moment)? {
                found.push(id);
            }
        }
    }
    Ok(found)
}

/// What is in the folder, in order.
fn names(folder: &Path) -> io::Result<Vec<String>> {
    let names = fs::read_dir(folder)?.map(|it| it.map(|it| it.file_name().into_string().ok()));
    let mut names: Vec<String> = names.filter_map(Result::transpose).collect::<io::Result<_>>()?;
    names.sort_unstable();
    Ok(names)
}

fn is_older(path: &Path, moment: SystemTime) -> io::Result<bool> {
    let modified = unless_gone(fs::metadata(path).and_then(|it| it.modified()))?;
    Ok(modified.is_some_and(|it| it < moment))
}

/// Somebody else may remove a file at any moment; that is no failure.
fn unless_gone<T>(done: io::Result<T>) -> io::Result<Option<T>> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        done => done.map(Some),
    }
}

/// Runs work with files on a thread where it may wait for the disk.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T, FilesError> {
    tokio::task::spawn_blocking(work).await.map_err(FilesError::unavailable)?.map_err(FilesError::unavailable)
}
