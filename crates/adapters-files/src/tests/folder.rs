//! Documents in a folder, on a real disk.
use std::{
    fs::{self, File},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};
use domain::{
    document::DocumentId,
    files::{Files, FilesError},
};
use tempfile::TempDir;

use super::cases::{MIB, NO_LIMIT, Place, content, every_case_holds, future, moment, new_id, read, sent};
use crate::{DocumentFiles, Reserve, SetupError, key};

struct Folder {
    folder: TempDir,
    files: DocumentFiles,
}

fn folder() -> Folder {
    let folder = TempDir::new().unwrap();
    let files = DocumentFiles::in_folder(folder.path()).unwrap();
    Folder { folder, files }
}

impl Folder {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Place for Folder {
    fn files(&self) -> &dyn Files {
        &self.files
    }

    fn left(&self) -> usize {
        all_under(self.folder.path()).iter().filter(|it| it.is_file()).count()
    }

    fn set_modified(&self, id: DocumentId, moment: DateTime<Utc>) {
        set_modified(&self.path(&key::of(id)), moment);
    }
}

fn set_modified(path: &Path, moment: DateTime<Utc>) {
    File::options().write(true).open(path).unwrap().set_modified(moment.into()).unwrap();
}

fn all_under(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(all_under(&path));
        }
        all.push(path);
    }
    all
}

every_case_holds!(std::future::ready(folder()));

#[tokio::test]
async fn only_the_owner_may_look() {
    let parent = TempDir::new().unwrap();
    let root = parent.path().join("storage/documents");
    let files = DocumentFiles::in_folder(&root).unwrap();
    files.put(new_id(), sent(&content(1000), 100), NO_LIMIT).await.unwrap();

    let all = all_under(parent.path());
    assert_eq!(all.len(), 5, "{all:?}");
    for path in all {
        let expected = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o7777, expected, "{}", path.display());
    }
}

#[tokio::test]
async fn documents_are_there_after_a_restart() {
    let folder = folder();
    let id = new_id();
    folder.files.put(id, sent(&content(1000), 100), NO_LIMIT).await.unwrap();
    let again = DocumentFiles::in_folder(folder.folder.path()).unwrap();
    assert_eq!(read(&again, id).await, content(1000));
}

#[tokio::test]
async fn what_a_crash_left_is_swept_when_it_is_old() {
    let folder = folder();
    let id = new_id();
    let (old, young) = (folder.path(&format!("incoming/{}-0", id.0.simple())), folder.path("incoming/young"));
    for path in [&old, &young] {
        fs::write(path, "the first half").unwrap();
    }
    set_modified(&old, moment("2026-03-01T12:00:00Z"));
    set_modified(&young, moment("2026-03-02T12:00:00Z"));

    folder.files.put(id, sent(&content(1000), 100), NO_LIMIT).await.unwrap();
    assert!(old.exists(), "the same upload again does not touch it");
    assert_eq!(folder.files.older_than(moment("2026-03-02T12:00:00Z"), 10).await.unwrap(), []);
    assert!(!old.exists() && young.exists());
    assert_eq!(read(&folder.files, id).await, content(1000));
}

#[tokio::test]
async fn files_of_others_are_neither_listed_nor_removed() {
    let folder = folder();
    fs::create_dir_all(folder.path("lost+found/0192f0c1a2b37d4e8f5a6b7c8d9e0f7f")).unwrap();
    fs::create_dir(folder.path("aa")).unwrap();
    fs::write(folder.path("README"), "").unwrap();
    fs::write(folder.path("aa/0192f0c1a2b37d4e8f5a6b7c8d9e0f7f"), "in the wrong folder").unwrap();
    assert_eq!(folder.files.older_than(future(), 10).await.unwrap(), []);
    assert_eq!(folder.left(), 2);
}

#[tokio::test]
async fn a_folder_that_is_gone_is_unavailable() {
    let folder = folder();
    fs::remove_dir_all(folder.folder.path()).unwrap();
    let refused = folder.files.put(new_id(), sent(&content(1000), 100), NO_LIMIT).await;
    assert!(matches!(refused, Err(FilesError::Unavailable(_))), "{refused:?}");
    assert!(matches!(folder.files.older_than(future(), 10).await, Err(FilesError::Unavailable(_))));
}

#[tokio::test]
async fn a_file_that_cannot_get_its_name_disappears() {
    let folder = folder();
    let id = new_id();
    fs::create_dir_all(folder.path(&key::of(id))).unwrap();
    let refused = folder.files.put(id, sent(&content(1000), 100), NO_LIMIT).await;
    assert!(matches!(refused, Err(FilesError::Unavailable(_))), "{refused:?}");
    assert_eq!(folder.left(), 0);
}

#[tokio::test]
async fn files_leave_the_reserve_of_the_disk_alone() {
    let folder = folder();
    let disk = rustix::fs::statvfs(folder.folder.path()).unwrap();
    let free = disk.f_bavail * disk.f_frsize;
    let files = folder.files.clone().with_reserve(Reserve::Bytes(free * 2));
    assert!(!files.has_room().await.unwrap());
    let refused = files.put(new_id(), sent(&content(1000), 100), NO_LIMIT).await;
    assert!(matches!(refused, Err(FilesError::NoRoom)), "{refused:?}");
    assert_eq!(folder.left(), 0);
    let files = files.with_reserve(Reserve::Bytes(0));
    assert!(files.has_room().await.unwrap());
    files.put(new_id(), sent(&content(1000), 100), NO_LIMIT).await.unwrap();
}

#[test]
fn a_file_is_no_folder() {
    let parent = TempDir::new().unwrap();
    fs::write(parent.path().join("file"), "").unwrap();
    for name in ["file", "file/inside"] {
        let made = DocumentFiles::in_folder(&parent.path().join(name));
        assert!(matches!(made, Err(SetupError::Folder { .. })), "{name}");
    }
}

#[tokio::test]
#[ignore = "needs a small disk: run it with TMPDIR on a tmpfs of 8 MiB"]
async fn a_full_disk_is_unavailable_and_keeps_nothing() {
    let folder = folder();
    let refused = folder.files.put(new_id(), sent(&content(20 * MIB), 65_000), NO_LIMIT).await;
    assert!(matches!(refused, Err(FilesError::Unavailable(_))), "{refused:?}");
    assert_eq!(folder.left(), 0);
    folder.files.put(new_id(), sent(&content(MIB), 65_000), NO_LIMIT).await.unwrap();
}
