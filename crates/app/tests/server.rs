//! The running server: its start, its answers, its end.
mod support;

use std::{
    fs,
    io::Write,
    os::unix::fs::PermissionsExt,
    time::{Duration, Instant},
};

use support::{Server, answer, run, voronka};
use tempfile::tempdir;

#[test]
fn an_empty_folder_is_enough_to_start() {
    let folder = tempdir().unwrap();
    let server = Server::start(folder.path(), &[]);
    assert_eq!(server.get("/healthz").0, 200);
    let mode = |path: &str| fs::metadata(folder.path().join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("data"), mode("data/documents")), (0o700, 0o700));
    let code = server.setup_code.as_deref().unwrap();
    assert!(code.len() == 32 && code.bytes().all(|it| it.is_ascii_hexdigit()), "{code}");
}

/// Whatever the other tests run on: without an address the database is a file in the folder.
#[test]
fn the_file_of_the_database_is_for_its_owner_alone() {
    let folder = tempdir().unwrap();
    let _server = Server::start(folder.path(), &[("DATABASE_URL", "")]);
    let file = fs::metadata(folder.path().join("data/voronka.sqlite")).unwrap();
    assert_eq!(file.permissions().mode() & 0o777, 0o600);
}

#[test]
fn where_somebody_can_sign_in_there_is_no_setup_code() {
    let folder = tempdir().unwrap();
    let mut command = voronka(folder.path());
    command.args(["createsuperuser", "--username", "anna"]).env("VORONKA_PASSWORD", "пять лис под дождём");
    assert_eq!(run(&mut command, "").code, Some(0));
    assert_eq!(Server::start(folder.path(), &[]).setup_code, None);
}

#[test]
fn told_to_stop_it_finishes_the_request_in_flight() {
    for signal in ["TERM", "INT"] {
        let folder = tempdir().unwrap();
        let mut server = Server::start(folder.path(), &[]);
        let mut slow = server.connect();
        write!(slow, "GET /healthz HTTP/1.1\r\nHost: {}\r\n", server.address()).unwrap();
        let _idle = server.connect();
        std::thread::sleep(Duration::from_millis(300));

        server.signal(signal);
        std::thread::sleep(Duration::from_millis(300));
        slow.write_all(b"\r\n").unwrap();
        assert_eq!(answer(slow).0, 200);
        let status = server.ended(Duration::from_secs(10));
        assert_eq!(status.code(), Some(0), "{signal}");
    }
}

#[test]
fn with_nothing_to_do_it_stops_as_soon_as_load_balancers_know() {
    let folder = tempdir().unwrap();
    let mut server = Server::start(folder.path(), &[]);
    let begun = Instant::now();
    server.signal("TERM");
    assert!(server.ended(Duration::from_secs(10)).success());
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}
