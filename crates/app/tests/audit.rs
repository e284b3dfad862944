//! `voronka audit verify`, after hands with a database tool were at the audit log.
#![expect(clippy::unwrap_used, reason = "this is a test, even outside of functions marked as such")]
#[allow(dead_code, reason = "of this browser, a part is used here")]
#[path = "crash/http.rs"]
mod http;
mod support;

use std::path::Path;

use http::Browser;
use support::{Database, Ended, Server, database, run, voronka};
use tempfile::{TempDir, tempdir};

/// With an audit log of some length, in one chain.
fn office() -> TempDir {
    let folder = tempdir().unwrap();
    let ended = run(voronka(folder.path()).args(["demo", "--leads", "20"]), "");
    assert_eq!(ended.code, Some(0), "{ended:?}");
    folder
}

fn verify(folder: &Path) -> Ended {
    run(voronka(folder).args(["audit", "verify"]), "")
}

/// As the owner of the database can.
fn tamper(folder: &Path, statement: &str) {
    let database = database(folder);
    match &database {
        Database::File(_) => database.execute(&format!(
            "DROP TRIGGER audit_log_is_never_changed; DROP TRIGGER audit_log_is_never_shortened; {statement}"
        )),
        Database::Server(_) => database.execute(&format!("ALTER TABLE audit_log DISABLE TRIGGER ALL; {statement}")),
    }
}

/// The id of the entry at this place of the longest chain, as the program shows it.
fn entry(folder: &Path, position: i64) -> String {
    let query = format!("SELECT hex(id) AS it FROM audit_log WHERE position = {position} AND chain = ({LONGEST})");
    let id = database(folder).rows(&query).remove(0);
    id.parse::<uuid::Uuid>().unwrap().to_string()
}

/// Of everybody in the invented company.
const PASSWORD: &str = "семь синих слонов";

const LONGEST: &str = "SELECT chain FROM audit_heads ORDER BY position DESC LIMIT 1";

#[test]
fn a_log_that_nobody_touched_is_whole() {
    let folder = office();
    let ended = verify(folder.path());
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""), "{ended:?}");
    assert!(ended.out.contains("The audit log is whole: "), "{ended:?}");
    assert!(ended.out.contains("the last seal is "), "{ended:?}");
}

#[test]
fn whatever_was_changed_is_found() {
    let of = |what: &str, position: i64| {
        format!("UPDATE audit_log SET {what} WHERE position = {position} AND chain = ({LONGEST})")
    };
    let changes = [
        (of("changes = '[]'", 5), "was changed", 5),
        (of("version = version + 1", 6), "was changed", 6),
        (of("from_address = '192.0.2.1'", 7), "was changed", 7),
        (of("by_user = NULL", 40), "was changed", 40),
        (of("act = 'signed_out'", 9), "was changed", 9),
        (of("act = 'eaten'", 10), "cannot be read", 10),
        (of("kind = 'ghost'", 11), "cannot be read", 11),
        (of("from_address = 'home'", 12), "cannot be read", 12),
        (of("changes = '[\"soul\"]'", 13), "cannot be read", 13),
        (of("changes = '[{\"field\": \"soul\"}]'", 14), "cannot be read", 14),
    ];
    for (statement, expected, position) in changes {
        let folder = office();
        tamper(folder.path(), &statement);
        let ended = verify(folder.path());
        assert_eq!(ended.code, Some(1), "{statement}: {ended:?}");
        let told = format!("entry {} (", entry(folder.path(), position));
        assert!(ended.err.contains(&told) && ended.err.contains(expected), "{statement}: {ended:?}");
        assert_eq!(ended.err.lines().count(), 2, "nothing else is wrong: {ended:?}");
    }
}

#[test]
fn whatever_was_taken_away_or_put_in_is_found() {
    let at = |condition: &str| format!("DELETE FROM audit_log WHERE chain = ({LONGEST}) AND {condition}");
    let cases = [
        (at("position = 5"), "an entry is missing ("),
        (at("position BETWEEN 5 AND 7"), "places 5 to 7"),
        (at("position = 1"), "place 1)"),
        (
            at(&format!("position = (SELECT max(position) FROM audit_log WHERE chain = ({LONGEST}))")),
            "an entry is missing (",
        ),
        (
            format!("UPDATE audit_heads SET position = position - 1 WHERE chain = ({LONGEST})"),
            "was added behind the last seal",
        ),
        ("UPDATE audit_log SET chain = NULL, position = NULL, hash = NULL WHERE position = 5".to_owned(), "place 5)"),
        ("DELETE FROM audit_heads".to_owned(), "but seals for 0"),
        (
            "DELETE FROM audit_log WHERE chain >= 0; DELETE FROM audit_heads WHERE chain >= 0".to_owned(),
            "the last seal of chain 0 is gone",
        ),
    ];
    for (statement, expected) in cases {
        let folder = office();
        tamper(folder.path(), &statement);
        let ended = verify(folder.path());
        assert_eq!(ended.code, Some(1), "{statement}: {ended:?}");
        assert!(ended.err.contains(expected), "{statement}: {ended:?}");
    }
}

#[test]
fn what_cannot_be_read_hides_nothing_behind_it() {
    let folder = office();
    let of = |what: &str, position: i64| {
        format!("UPDATE audit_log SET {what} WHERE position = {position} AND chain = ({LONGEST}); ")
    };
    tamper(folder.path(), &[of("act = 'eaten'", 5), of("kind = 'ghost'", 6), of("version = version + 1", 40)].concat());
    let ended = verify(folder.path());
    for (position, expected) in [(5, "cannot be read"), (6, "cannot be read"), (40, "was changed")] {
        let told = ended.err.lines().find(|it| it.contains(&entry(folder.path(), position)));
        assert!(told.is_some_and(|it| it.ends_with(expected)), "{position}: {ended:?}");
    }
    assert_eq!((ended.code, ended.err.lines().count()), (Some(1), 4), "{ended:?}");
}

#[test]
fn what_cannot_be_read_is_told_on_the_pages_that_would_show_it() {
    let folder = office();
    let newest = "SELECT id FROM leads ORDER BY id DESC LIMIT 1";
    tamper(
        folder.path(),
        &format!(
            "UPDATE audit_log SET changes = '[{{}}]' WHERE kind = 'lead' AND version = 1 AND record_id = ({newest})"
        ),
    );
    let id = database(folder.path()).rows(&format!("SELECT hex(id) AS it FROM leads WHERE id = ({newest})")).remove(0);
    let lead = format!("/leads/{}", id.parse::<uuid::Uuid>().unwrap());
    let server = Server::start(folder.path(), &[]);
    let mut director = Browser::signed_in(server.address(), "director", PASSWORD).unwrap();
    for path in ["/audit?act=created", "/audit?kind=lead", &lead, &format!("{lead}/history?version=1")] {
        let answer = director.get(path).unwrap();
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.text().contains("запись журнала не читается"), "{path}: {}", answer.text());
    }
}
