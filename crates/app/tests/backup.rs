//! Backups: what is restored is what was there, and what is not whole is not restored.
#![expect(clippy::unwrap_used, reason = "this is a test, even outside of functions marked as such")]
#[path = "crash/clients.rs"]
#[allow(dead_code, reason = "the crash test uses all of it")]
mod clients;
#[path = "crash/figures.rs"]
#[allow(dead_code, reason = "the crash test uses all of it")]
mod figures;
#[path = "backup/forger.rs"]
mod forger;
#[path = "crash/http.rs"]
mod http;
#[path = "crash/invariants.rs"]
#[allow(dead_code, reason = "the crash test uses all of it")]
mod invariants;
#[path = "crash/office.rs"]
#[allow(dead_code, reason = "the crash test uses all of it")]
mod office;
#[path = "backup/places.rs"]
mod places;
#[path = "backup/records.rs"]
mod records;
#[path = "backup/refusals.rs"]
mod refusals;
#[path = "../../adapters-files/src/tests/s3.rs"]
#[allow(dead_code, reason = "the tests of documents use all of it")]
mod s3;
mod support;
#[path = "backup/under_load.rs"]
mod under_load;

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use adapters_files::DocumentFiles;
use http::Browser;
use support::{Ended, Server, run, voronka};
use tempfile::{TempDir, tempdir};

const PASSWORD: &str = "семь синих слонов";

/// A folder with the data of an invented company, and a backup of them.
struct Company {
    folder: TempDir,
}

impl Company {
    fn found(leads: &str) -> Self {
        let folder = tempdir().unwrap();
        let filled = run(voronka(folder.path()).args(["demo", "--leads", leads]), "");
        assert_eq!(filled.code, Some(0), "{filled:?}");
        Self { folder }
    }

    /// With a backup in the file `backup.tar`.
    fn saved(leads: &str) -> Self {
        let company = Self::found(leads);
        let saved = company.save();
        assert_eq!(saved.code, Some(0), "{saved:?}");
        company
    }

    fn save(&self) -> Ended {
        run(voronka(self.folder.path()).args(["backup", "backup.tar"]), "")
    }

    fn archive(&self) -> PathBuf {
        self.folder.path().join("backup.tar")
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }
}

fn restore(archive: &Path, folder: &Path) -> Ended {
    run(voronka(folder).arg("restore").arg(archive), "")
}

/// Everything that is in a folder and below, with the bytes of the files.
fn contents(folder: &Path) -> Vec<(PathBuf, Option<Vec<u8>>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(contents(&path));
            found.push((path, None));
        } else {
            let bytes = fs::read(&path).unwrap();
            found.push((path, Some(bytes)));
        }
    }
    found.sort();
    found
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn every_record_and_every_document_comes_back() {
    let company = Company::found("300");
    let saved = company.save();
    assert_eq!(saved.code, Some(0), "{saved:?}");
    assert!(saved.out.starts_with("The database and ") && saved.out.contains("It was read again and is whole."));
    assert_eq!(mode(&company.archive()), 0o600);
    let names: Vec<PathBuf> = fs::read_dir(company.folder.path()).unwrap().map(|it| it.unwrap().path()).collect();
    assert_eq!(names.len(), 2, "nothing but the data and the backup: {names:?}");

    let other = tempdir().unwrap();
    let restored = restore(&company.archive(), other.path());
    assert_eq!(restored.code, Some(0), "{restored:?}");
    assert!(restored.out.starts_with("The backup of 2"), "{restored:?}");
    let data = other.path().join("data");
    assert_eq!(["", "documents", "voronka.sqlite"].map(|it| mode(&data.join(it))), [0o700, 0o700, 0o600]);
    assert!(!data.join("voronka.sqlite.restoring").exists());

    let [before, after] = [company.data(), data.clone()].map(|it| it.join("voronka.sqlite"));
    assert!(records::same_records(&before, &after).await > 500);
    let [kept, back] = [company.data(), data].map(|it| DocumentFiles::in_folder(&it.join("documents")).unwrap());
    let documents = records::documents(&after, &back).await;
    assert!(documents.len() > 20 && documents == records::documents(&before, &kept).await);
    assert!(saved.out.contains(&format!("and {} documents are in", documents.len())), "{saved:?}");

    let server = Server::start(other.path(), &[]);
    let mut director = Browser::signed_in(server.address(), "director", PASSWORD).unwrap();
    assert_eq!(director.get("/leads").unwrap().status, 200);
}

#[test]
fn any_tar_unpacks_it_and_its_list_of_checksums_can_be_checked_by_hand() {
    let company = Company::saved("100");
    let folder = tempdir().unwrap();
    let unpacked = Command::new("tar").arg("-xf").arg(company.archive()).current_dir(folder.path()).output().unwrap();
    assert!(unpacked.status.success() && unpacked.stderr.is_empty(), "{unpacked:?}");
    let checked = ["--check", "--strict", "--quiet", "SHA256SUMS"];
    let checked = Command::new("sha256sum").args(checked).current_dir(folder.path()).output().unwrap();
    assert!(checked.status.success(), "{checked:?}");
    let listed = fs::read_to_string(folder.path().join("SHA256SUMS")).unwrap().lines().count();
    let files = contents(folder.path()).iter().filter(|it| it.1.is_some()).count();
    assert_eq!(listed + 1, files);
    let about: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.path().join("voronka.json")).unwrap()).unwrap();
    assert_eq!((&about["format"], &about["migrations"][0]), (&1.into(), &"0001".into()));
}

#[test]
fn a_backup_overwrites_nothing() {
    let company = Company::found("100");
    fs::write(company.archive(), "something else").unwrap();
    let refused = company.save();
    assert_eq!(refused.code, Some(1));
    assert!(refused.err.ends_with("backup.tar is there already; a backup overwrites nothing.\n"), "{refused:?}");
    assert_eq!(fs::read(company.archive()).unwrap(), b"something else");

    fs::remove_file(company.archive()).unwrap();
    let part = company.folder.path().join("backup.tar.part");
    fs::create_dir(&part).unwrap();
    let refused = company.save();
    assert!(refused.code == Some(1) && refused.err.contains("backup.tar.part is there already"), "{refused:?}");
    assert!(part.exists() && !company.archive().exists());
}

#[test]
fn without_a_database_there_is_nothing_to_save() {
    let folder = tempdir().unwrap();
    let refused = run(voronka(folder.path()).args(["backup", "backup.tar"]), "");
    assert!(refused.code == Some(1) && refused.err.contains("There is no database "), "{refused:?}");
    assert_eq!(contents(folder.path()), []);
}

#[test]
fn a_document_of_a_contract_that_is_missing_or_another_one_stops_the_backup() {
    let company = Company::found("100");
    let file = contents(&company.data().join("documents")).into_iter().find(|it| it.1.is_some()).unwrap();
    let (path, bytes) = (file.0, file.1.unwrap());
    let id: uuid::Uuid = path.file_name().unwrap().to_str().unwrap().parse().unwrap();
    let mut changed = bytes.clone();
    changed[100] ^= 1;
    let longer = [&*bytes, &[0]].concat();
    let another = format!("The file of the document {id} is not the one that was stored");
    for other in [changed, longer, bytes[1..].to_vec(), Vec::new()] {
        fs::write(&path, other).unwrap();
        assert_stopped(&company, &another);
    }
    fs::remove_file(&path).unwrap();
    assert_stopped(&company, &format!("the file of the document {id} cannot be read: no such file"));
    fs::write(&path, bytes).unwrap();
    assert_eq!(company.save().code, Some(0));
}

fn assert_stopped(company: &Company, reason: &str) {
    let stopped = company.save();
    assert!(stopped.code == Some(1) && stopped.err.contains(reason), "{stopped:?}");
    assert_eq!(fs::read_dir(company.folder.path()).unwrap().count(), 1, "nothing but the data");
}
