//! Backups of data that are not all in the data folder.
use std::{fs, process::Command};

use adapters_files::{DocumentFiles, S3Settings};
use diesel::{Connection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query, sql_types::BigInt};
use tempfile::tempdir;

use crate::{
    contents, records, restore, s3,
    support::{run, voronka},
};

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

fn with_bucket<'a>(command: &'a mut Command, address: &str) -> &'a mut Command {
    command
        .env("VORONKA_DOCUMENTS", "s3")
        .env("VORONKA_S3_ENDPOINT", address)
        .env("VORONKA_S3_ALLOW_HTTP", "true")
        .env("VORONKA_S3_BUCKET", s3::BUCKET)
        .env("VORONKA_S3_ACCESS_KEY", s3::ACCESS_KEY)
        .env("VORONKA_S3_SECRET_KEY", "a secret key")
}

fn bucket(address: &str) -> DocumentFiles {
    let settings = S3Settings {
        endpoint: address.into(),
        region: "us-east-1".into(),
        bucket: s3::BUCKET.into(),
        access_key: s3::ACCESS_KEY.into(),
        secret_key: "a secret key".into(),
        path_style: true,
        allow_http: true,
    };
    DocumentFiles::in_bucket(&settings).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents_in_s3_come_back_there_or_into_a_folder() {
    let (one, other) = (s3::Server::start().await, s3::Server::start().await);
    let [from, to, folder] = [(); 3].map(|()| tempdir().unwrap());
    let filled = run(with_bucket(voronka(from.path()).args(["demo", "--leads", "100"]), &one.address), "");
    assert_eq!(filled.code, Some(0), "{filled:?}");
    let archive = from.path().join("backup.tar");
    let saved = run(with_bucket(voronka(from.path()).arg("backup").arg(&archive), &one.address), "");
    assert_eq!(saved.code, Some(0), "{saved:?}");
    let database = from.path().join("data/voronka.sqlite");
    let documents = records::documents(&database, &bucket(&one.address)).await;
    assert!(documents.len() > 5);

    // Twice, as after a restore that was cut off: the same objects are written again.
    for _ in 0..2 {
        let restored = run(with_bucket(voronka(to.path()).arg("restore").arg(&archive), &other.address), "");
        assert_eq!(restored.code, Some(0), "{restored:?}");
        let restored = to.path().join("data/voronka.sqlite");
        assert!(records::documents(&restored, &bucket(&other.address)).await == documents);
        assert_eq!(other.held().objects.len(), documents.len());
        fs::remove_dir_all(to.path().join("data")).unwrap();
    }

    let restored = restore(&archive, folder.path());
    assert_eq!(restored.code, Some(0), "{restored:?}");
    let files = DocumentFiles::in_folder(&folder.path().join("data/documents")).unwrap();
    assert!(records::documents(&folder.path().join("data/voronka.sqlite"), &files).await == documents);
}

#[tokio::test]
async fn a_database_elsewhere_comes_back_there() {
    let (folder, elsewhere) = (tempdir().unwrap(), tempdir().unwrap());
    let [before, after] = ["before", "after"].map(|it| elsewhere.path().join(format!("{it}.db")));
    let address = |database: &std::path::Path| format!("sqlite:{}", database.display());
    let command = |database: &std::path::Path| {
        let mut command = voronka(folder.path());
        command.env("DATABASE_URL", address(database));
        command
    };
    assert_eq!(run(command(&before).args(["demo", "--leads", "100"]), "").code, Some(0));
    assert_eq!(run(command(&before).args(["backup", "backup.tar"]), "").code, Some(0));

    fs::rename(folder.path().join("data"), folder.path().join("old")).unwrap();
    for left in ["", "-wal", "-shm", "-journal", ".restoring"] {
        let left = elsewhere.path().join(format!("after.db{left}"));
        fs::write(&left, "of another database").unwrap();
        let refused = run(command(&after).args(["restore", "backup.tar"]), "");
        assert!(refused.code == Some(1) && refused.err.contains("is there already; a restore overwrites nothing"));
        assert_eq!(fs::read(&left).unwrap(), b"of another database");
        assert!(!folder.path().join("data").exists());
        fs::remove_file(left).unwrap();
    }
    let restored = run(command(&after).args(["restore", "backup.tar"]), "");
    assert_eq!(restored.code, Some(0), "{restored:?}");
    assert!(!folder.path().join("data/voronka.sqlite").exists());
    records::same_records(&before, &after).await;
}

#[test]
fn an_empty_folder_that_is_there_is_filled_and_keeps_its_mode() {
    let company = crate::Company::saved("100");
    let folder = tempdir().unwrap();
    fs::create_dir(folder.path().join("data")).unwrap();
    let before = crate::mode(&folder.path().join("data"));
    assert_eq!(restore(&company.archive(), folder.path()).code, Some(0));
    assert_eq!(crate::mode(&folder.path().join("data")), before);
}

#[test]
fn a_folder_that_is_not_empty_is_left_alone() {
    let company = crate::Company::saved("100");
    let before = contents(&company.data());
    let refused = restore(&company.archive(), company.folder.path());
    assert!(refused.code == Some(1) && refused.err.contains("is not empty"), "{refused:?}");
    assert!(contents(&company.data()) == before);
}

#[test]
fn a_database_server_has_its_own_tools() {
    let folder = tempdir().unwrap();
    for command in ["backup", "restore"] {
        let address = "postgres://anna:slon@db/crm";
        let refused = run(voronka(folder.path()).args([command, "backup.tar"]).env("DATABASE_URL", address), "");
        assert!(refused.code == Some(1) && refused.err.contains("pg_dump") && !refused.err.contains("slon"));
        assert!(refused.err.contains("docs/operations.md") && contents(folder.path()).is_empty(), "{refused:?}");
    }
}

/// As the sweep may do it between the copy of the rows and the copy of the files.
#[test]
fn a_file_that_was_swept_meanwhile_is_left_out_with_its_row() {
    let (mut office, server) = crate::office::Office::open();
    let mut browser = office.browser(&server);
    let lead = office.lead(&mut browser);
    let mut random = crate::office::Random(1);
    let papers = [(); 3].map(|()| crate::office::upload(&mut browser, &random.pdf(3000)).unwrap());
    let form = crate::clients::Form::fill_in(&mut browser, lead, office.service, papers[0].clone()).unwrap();
    crate::clients::client(&form.send(&mut browser).unwrap());
    let name = papers[1].id.simple().to_string();
    fs::remove_file(office.data().join("documents").join(&name[30..]).join(&name)).unwrap();

    let saved = run(voronka(office.folder.path()).args(["backup", "backup.tar"]), "");
    assert_eq!(saved.code, Some(0), "{saved:?}");
    assert!(saved.out.contains("and 2 documents are in") && saved.out.contains("\n1 uploaded files are not in it"));
    let other = tempdir().unwrap();
    assert_eq!(restore(&office.folder.path().join("backup.tar"), other.path()).code, Some(0));
    let database = other.path().join("data/voronka.sqlite");
    let mut conn = SqliteConnection::establish(database.to_str().unwrap()).unwrap();
    let counted = "SELECT count(*) AS count FROM documents";
    assert_eq!(sql_query(counted).get_result::<Count>(&mut conn).unwrap().count, 2);
    let kept = [papers[0].id, papers[2].id].into();
    assert_eq!(crate::invariants::files(&other.path().join("data")), kept);
}
