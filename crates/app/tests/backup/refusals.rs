//! Archives that are damaged, or that somebody made to do harm: none of them is restored, and nothing is left.
use std::{fs, path::Path};

use diesel::{Connection, SqliteConnection, connection::SimpleConnection};
use tar::EntryType;
use tempfile::{TempDir, tempdir};
use uuid::Uuid;

use crate::{
    Company, contents,
    forger::{Entry, LIST, entries, header, sealed, write},
    office::Random,
    restore,
};

/// A place to restore to, in a folder where nothing else may appear.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let folder = tempdir().unwrap();
        fs::create_dir(folder.path().join("inner")).unwrap();
        Self(folder)
    }

    fn archive(&self) -> std::path::PathBuf {
        self.0.path().join("forged.tar")
    }

    /// Returns the reason.
    fn refuses(&self, archive: &Path) -> String {
        let before = contents(self.0.path());
        let refused = restore(archive, &self.0.path().join("inner"));
        assert_eq!(refused.code, Some(1), "{refused:?}");
        let reason = refused.err.strip_prefix(&format!("voronka: The archive {} is refused: ", archive.display()));
        let reason = reason.unwrap_or_else(|| panic!("{refused:?}"));
        assert!(reason.ends_with(".\n") && reason.lines().count() == 1, "{reason}");
        assert!(contents(self.0.path()) == before, "something is left: {reason}");
        reason.to_owned()
    }

    fn refuses_forged(&self, entries: &[Entry]) -> String {
        write(&self.archive(), entries);
        self.refuses(&self.archive())
    }
}

#[test]
fn a_flipped_byte_anywhere_is_found() {
    let (company, place, mut random) = (Company::saved("100"), Place::new(), Random(20_261_122));
    let whole = fs::read(company.archive()).unwrap();
    let mut places = vec![0, whole.len() / 2];
    // The end itself, and the last byte in front of it.
    places.extend([1, 513, 1024, 1025].map(|it| whole.len() - it));
    places.extend((0..40).map(|_| random.within(0..whole.len())));
    // Each field of the first header, and what is behind the first file.
    places.extend((0..512).step_by(16));
    places.extend((512..1024).step_by(16));
    for at in places {
        let mut changed = whole.clone();
        changed[at] ^= 1 << random.within(0..8);
        fs::write(place.archive(), changed).unwrap();
        place.refuses(&place.archive());
    }
}

#[test]
fn an_archive_that_is_too_short_or_too_long_is_found() {
    let (company, place) = (Company::saved("100"), Place::new());
    let whole = fs::read(company.archive()).unwrap();
    let half = whole.len() / 2;
    let lengths = [0, 1, 511, 512, 700, half, half.next_multiple_of(512), whole.len() - 1024, whole.len() - 512];
    for length in lengths.into_iter().chain([whole.len() - 1]) {
        fs::write(place.archive(), &whole[..length]).unwrap();
        let reason = place.refuses(&place.archive());
        assert!(reason.starts_with("it breaks off"), "{length}: {reason}");
    }
    for more in [1, 512, 10240] {
        let longer = [&*whole, &vec![0; more]].concat();
        fs::write(place.archive(), longer).unwrap();
        assert_eq!(place.refuses(&place.archive()), "there is more behind its end.\n");
    }
    fs::write(place.archive(), "something else, and much more of it than a block has. ".repeat(100)).unwrap();
    assert!(place.refuses(&place.archive()).starts_with("this is no backup of Voronka"));
}

#[test]
fn a_forged_archive_that_is_like_a_true_one_would_be_restored() {
    // Else the others would be refused for what the forger does wrong.
    let (company, place) = (Company::saved("100"), Place::new());
    write(&place.archive(), &sealed(&entries(&company.archive())));
    let restored = restore(&place.archive(), &place.0.path().join("inner"));
    assert_eq!(restored.code, Some(0), "{restored:?}");
}

#[test]
fn only_ordinary_files_with_the_known_names_are_accepted() {
    let (company, place) = (Company::saved("100"), Place::new());
    let whole = entries(&company.archive());
    let last = whole.len() - 1;
    let outside = place.0.path().join("outside").display().to_string();
    let document = format!("documents/{}", Uuid::max());
    let mut link = header(&document, 0, EntryType::Symlink);
    link.set_link_name("/etc/passwd").unwrap();
    link.set_cksum();
    let mut forged: Vec<Entry> = [
        &outside,
        "../outside",
        "documents/../../outside",
        "documents/./x",
        "README",
        "documents",
        "",
        "voronka.json ",
    ]
    .into_iter()
    .chain([&*format!("documents/{}", Uuid::max().simple()), &document.to_uppercase(), "/database.sqlite"])
    .map(|name| Entry::file(name, b"something"))
    .collect();
    forged.push(Entry { header: link, bytes: Vec::new() });
    for kind in [EntryType::Link, EntryType::Directory, EntryType::Fifo, EntryType::Char, EntryType::GNUSparse] {
        forged.push(Entry { header: header(&document, 0, kind), bytes: Vec::new() });
    }
    for kind in [EntryType::XHeader, EntryType::XGlobalHeader, EntryType::GNULongName, EntryType::Continuous] {
        forged.push(Entry { header: header(&document, 9, kind), bytes: b"something".to_vec() });
    }
    let mut executable = header(&document, 9, EntryType::Regular);
    executable.set_mode(0o4755);
    executable.set_cksum();
    forged.push(Entry { header: executable, bytes: b"something".to_vec() });
    for entry in forged {
        let name = entry.name();
        for at in [1, last] {
            let mut entries = whole.clone();
            entries.insert(at, entry.clone());
            let reason = place.refuses_forged(&sealed(&entries));
            assert!(reason.starts_with("something in it is not as it was written"), "{name} at {at}: {reason}");
        }
    }
}

#[test]
fn nothing_may_be_missing_twice_or_out_of_order() {
    let (company, place) = (Company::saved("100"), Place::new());
    let whole = entries(&company.archive());
    let last = whole.len() - 1;
    for at in 0..last {
        let mut twice = whole.clone();
        twice.insert(at, whole[at].clone());
        let reason = place.refuses_forged(&sealed(&twice));
        assert!(reason.contains("is there twice or out of order"), "{reason}");
        let mut missing = whole.clone();
        missing.remove(at);
        let reason = place.refuses_forged(&sealed(&missing));
        assert!(reason.contains("missing") || reason.starts_with("it has not the document"), "{reason}");
    }
    let mut swapped = whole.clone();
    swapped.swap(3, 4);
    assert!(place.refuses_forged(&sealed(&swapped)).contains("out of order"));
    let again: Vec<Entry> = whole.iter().chain(&whole[last..]).cloned().collect();
    assert!(place.refuses_forged(&again).contains("out of order"));
    assert_eq!(place.refuses_forged(&whole[..last]), "a part of it is missing.\n");
    assert_eq!(whole[last].name(), LIST);
    assert!(place.refuses_forged(&[]).starts_with("a part of it is missing"));
}

#[test]
fn sizes_must_agree() {
    let (company, place) = (Company::saved("100"), Place::new());
    let whole = entries(&company.archive());
    let name = whole[2].name();
    for size in [u64::MAX, u64::MAX / 2, 1 << 40] {
        let mut entries = whole.clone();
        entries[2].header = header(&name, size, EntryType::Regular);
        assert_eq!(place.refuses_forged(&sealed(&entries)), "it breaks off.\n");
    }
    for bytes in [&*[&*whole[2].bytes, b"more"].concat(), &whole[2].bytes[1..], b"", &vec![7; whole[2].bytes.len()]] {
        let mut entries = whole.clone();
        entries[2] = Entry::file(&name, bytes);
        let reason = place.refuses_forged(&sealed(&entries));
        assert!(reason.contains("is not the one that its database knows"), "{reason}");
    }
    let mut entries = whole.clone();
    entries[0] = Entry::file("voronka.json", &vec![b' '; 1 << 20]);
    assert_eq!(place.refuses_forged(&sealed(&entries)), "its voronka.json is too long.\n");
}

#[test]
fn a_document_that_its_database_does_not_know_is_refused() {
    let (company, place) = (Company::saved("100"), Place::new());
    let whole = entries(&company.archive());
    for (at, id) in [(2, Uuid::nil()), (whole.len() - 1, Uuid::max())] {
        let mut entries = whole.clone();
        entries.insert(at, Entry::file(&format!("documents/{id}"), b"something"));
        let reason = place.refuses_forged(&sealed(&entries));
        assert!(
            reason.contains("its database does not know") || reason.contains("it has not the document"),
            "{reason}"
        );
    }
}

#[test]
fn another_format_or_a_newer_schema_is_refused() {
    let (company, place) = (Company::saved("100"), Place::new());
    let whole = entries(&company.archive());
    let about = String::from_utf8(whole[0].bytes.clone()).unwrap();
    for (other, told) in [
        (about.replace("\"format\": 1", "\"format\": 2"), "a newer version of Voronka made it"),
        ("{\"format\": 7, \"another\": []}".into(), "a newer version of Voronka made it"),
        (about.replace("\"format\": 1", "\"format\": 0"), "its voronka.json cannot be read"),
        (about.replace("\"format\": 1", "\"format\": 1, \"more\": 1"), "its voronka.json cannot be read"),
        ("{}".into(), "its voronka.json cannot be read"),
    ] {
        let mut entries = whole.clone();
        entries[0] = Entry::file("voronka.json", other.as_bytes());
        let reason = place.refuses_forged(&sealed(&entries));
        assert!(reason.starts_with(told), "{other}: {reason}");
    }

    let folder = tempdir().unwrap();
    let database = folder.path().join("forged.sqlite");
    for (statement, told) in [
        ("INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')", "the schema is newer"),
        ("PRAGMA foreign_keys = OFF; DELETE FROM users", "references to nothing"),
        ("DROP TABLE __diesel_schema_migrations", "its database is not usable"),
    ] {
        fs::write(&database, &whole[1].bytes).unwrap();
        SqliteConnection::establish(database.to_str().unwrap()).unwrap().batch_execute(statement).unwrap();
        let mut entries = whole.clone();
        entries[1] = Entry::file("database.sqlite", &fs::read(&database).unwrap());
        let reason = place.refuses_forged(&sealed(&entries));
        assert!(reason.contains(told), "{statement}: {reason}");
    }
    for bytes in [b"".to_vec(), b"no database at all, but long enough for the head of one ".repeat(20)] {
        let mut entries = whole.clone();
        entries[1] = Entry::file("database.sqlite", &bytes);
        assert!(place.refuses_forged(&sealed(&entries)).contains("its database is not usable"));
    }
}

#[test]
fn what_cannot_be_read_is_told() {
    let folder = tempdir().unwrap();
    let refused = restore(&folder.path().join("nothing.tar"), folder.path());
    assert!(refused.code == Some(1) && refused.err.contains("nothing.tar cannot be read"), "{refused:?}");
    fs::create_dir(folder.path().join("folder.tar")).unwrap();
    let refused = restore(&folder.path().join("folder.tar"), folder.path());
    assert!(refused.code == Some(1) && refused.err.contains("folder.tar cannot be read"), "{refused:?}");
    assert!(!folder.path().join("data").exists());
}
