//! Backups that are made while people work, and restores that are killed.
use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    process::Stdio,
    sync::{Arc, Mutex, atomic::AtomicUsize},
    thread,
    time::Duration,
};

use tempfile::tempdir;
use uuid::Uuid;

use crate::{
    Company,
    clients::{Form, Work, client, until_killed},
    contents, figures,
    http::Browser,
    invariants::{StoredFile, files},
    office::{Office, Random, upload},
    restore,
    support::{run, voronka},
};

const SEED: u64 = 20_261_122;
const BACKUPS: usize = 3;
const CLIENTS: usize = 4;

fn checked(data: &Path) -> StoredFile {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(figures::recount(data));
    StoredFile::checked(data)
}

#[test]
fn a_backup_made_while_everybody_works_is_whole() {
    println!("seed {SEED}");
    let mut random = Random(SEED);
    let (mut office, mut server) = Office::open();
    let mut browser = office.browser(&server);
    let before: Vec<Uuid> = (0..5)
        .map(|_| {
            let lead = office.lead(&mut browser);
            let paper = upload(&mut browser, &random.pdf(50_000)).unwrap();
            let form = Form::fill_in(&mut browser, lead, office.service, paper).unwrap();
            client(&form.send(&mut browser).unwrap())
        })
        .collect();
    let leads: Mutex<Vec<Uuid>> = Mutex::new((0..400).map(|_| office.lead(&mut browser)).collect());

    let steps = Arc::new(AtomicUsize::new(0));
    let mut browsers: Vec<_> = (0..CLIENTS)
        .map(|_| (Browser::open(server.address(), &office.cookie, &steps).unwrap(), Random(random.next())))
        .collect();
    let mut converted = Vec::new();
    thread::scope(|scope| {
        let clients: Vec<_> = browsers
            .iter_mut()
            .map(|(browser, random)| {
                scope.spawn(|| until_killed(browser, Work::Conversions, &leads, office.service, random))
            })
            .collect();
        for number in 0..BACKUPS {
            thread::sleep(Duration::from_millis(300));
            let saved = run(voronka(office.folder.path()).arg("backup").arg(format!("{number}.tar")), "");
            assert_eq!(saved.code, Some(0), "{saved:?}");
        }
        server.signal("KILL");
        server.ended(Duration::from_secs(5));
        for client in clients {
            converted.extend(client.join().unwrap().conversions.into_iter().map(|it| it.1));
        }
    });

    let mut counts = Vec::new();
    for number in 0..BACKUPS {
        let folder = tempdir().unwrap();
        let restored = restore(&office.folder.path().join(format!("{number}.tar")), folder.path());
        assert_eq!(restored.code, Some(0), "{restored:?}");
        let data = folder.path().join("data");
        let stored = checked(&data);
        let clients: BTreeSet<Uuid> = stored.conversions.values().map(|it| it.client).collect();
        assert!(before.iter().all(|it| clients.contains(it)), "what was answered before the backup is not in it");
        assert_eq!(files(&data), stored.papers.keys().copied().collect(), "a file for each row and none besides");
        counts.push(clients.len());
    }
    println!("{counts:?} clients in the backups, {} answered in all", before.len() + converted.len());
    assert!(counts.is_sorted() && counts[0] < counts[BACKUPS - 1], "nobody worked meanwhile: {counts:?}");
}

#[test]
fn a_restore_that_is_killed_leaves_no_database_and_can_be_done_again() {
    let company = Company::saved("300");
    let mut cut = 0;
    for round in 0..12 {
        let folder = tempdir().unwrap();
        let (data, archive) = (folder.path().join("data"), company.archive());
        let mut command = voronka(folder.path());
        let mut child = command.arg("restore").arg(&archive).stdout(Stdio::null()).spawn().unwrap();
        thread::sleep(Duration::from_millis(10 + 12 * round));
        child.kill().unwrap();
        child.wait().unwrap();
        if data.join("voronka.sqlite").exists() {
            assert!(!data.join("voronka.sqlite.restoring").exists());
        } else if data.exists() && !contents(&data).is_empty() {
            cut += 1;
            let refused = restore(&archive, folder.path());
            assert!(refused.code == Some(1) && refused.err.contains("is not empty"), "{refused:?}");
            fs::remove_dir_all(&data).unwrap();
            assert_eq!(restore(&archive, folder.path()).code, Some(0));
        }
        if data.join("voronka.sqlite").exists() {
            let known = demo_files(&data);
            assert_eq!(files(&data), known);
        }
    }
    println!("{cut} restores were cut in the middle");
}

/// The ids of the documents that the database knows.
fn demo_files(data: &Path) -> BTreeSet<Uuid> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let files = adapters_files::DocumentFiles::in_folder(&data.join("documents")).unwrap();
    let documents = runtime.block_on(crate::records::documents(&data.join("voronka.sqlite"), &files));
    documents.into_keys().map(|it| it.0).collect()
}
