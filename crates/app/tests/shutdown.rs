//! The end of the running server under load: no request that it took on is lost.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod support;

use std::{
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    thread,
    time::{Duration, Instant},
};

use support::{Server, answer, run, voronka};
use tempfile::{TempDir, tempdir};

const ROUNDS: usize = 10;
const CLIENTS: usize = 8;
/// Longer than any end of a server with nothing slow to do.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where somebody can sign in, so that the page to do it is shown.
fn office() -> TempDir {
    let folder = tempdir().unwrap();
    let mut command = voronka(folder.path());
    command.args(["createsuperuser", "--username", "anna"]).env("VORONKA_PASSWORD", "пять лис под дождём");
    assert_eq!(run(&mut command, "").code, Some(0));
    folder
}

/// What one client has seen until nobody took its connections any more.
#[derive(Default)]
struct Seen {
    answered: usize,
    /// Answers that said that they were the last of their connection.
    last: usize,
    /// Requests that were written, and got no whole answer.
    lost: Vec<String>,
}

/// One page after the other, as fast as it can, over one connection as long as the server keeps it.
fn client(address: SocketAddr) -> Seen {
    let mut seen = Seen::default();
    loop {
        let mut stream = match TcpStream::connect(address) {
            Ok(stream) => stream,
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
                return seen;
            }
        };
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        for nth in 1.. {
            match ask(&mut stream) {
                Ok(closes) => {
                    seen.answered += 1;
                    if closes {
                        seen.last += 1;
                        break;
                    }
                }
                Err(error) => {
                    seen.lost.push(format!("request {nth} of a connection: {error}"));
                    break;
                }
            }
        }
    }
}

/// Whether the answer is the last of this connection; an error where it is not whole.
fn ask(stream: &mut TcpStream) -> std::io::Result<bool> {
    stream.write_all(b"GET /sign-in HTTP/1.1\r\nHost: crm.example\r\n\r\n")?;
    let (mut all, mut piece) = (Vec::new(), [0; 16 * 1024]);
    loop {
        match stream.read(&mut piece) {
            Err(error) if all.is_empty() => return Err(error),
            Ok(0) | Err(_) => return Err(std::io::Error::other(format!("closed after {} bytes", all.len()))),
            Ok(read) => all.extend_from_slice(&piece[..read]),
        }
        let text = String::from_utf8_lossy(&all);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length: usize = header(head, "content-length").unwrap().parse().unwrap();
        if body.len() >= length {
            assert!(head.starts_with("HTTP/1.1 200") && body.len() == length && body.ends_with("</html>"), "{text}");
            return Ok(header(head, "connection") == Some("close"));
        }
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().filter_map(|it| it.split_once(": ")).find(|it| it.0.eq_ignore_ascii_case(name)).map(|it| it.1)
}

#[test]
fn busy_connections_lose_no_request() {
    let folder = office();
    let (mut answered, mut last) = (0, 0);
    for round in 0..ROUNDS {
        let mut server = Server::start(folder.path(), &[]);
        let address = server.address().parse().unwrap();
        let clients: Vec<_> = (0..CLIENTS).map(|_| thread::spawn(move || client(address))).collect();
        thread::sleep(Duration::from_millis(500));
        server.signal("TERM");
        for client in clients {
            let seen = client.join().unwrap();
            assert!(seen.lost.is_empty(), "round {round}: {:?}", seen.lost);
            assert!(seen.answered > seen.last && seen.last > 0, "round {round}: {} {}", seen.answered, seen.last);
            answered += seen.answered;
            last += seen.last;
        }
        assert_eq!(server.ended(PATIENCE).code(), Some(0));
    }
    println!("{ROUNDS} ends: {answered} requests were answered, {last} of them after the server was told to stop");
}

/// The first half of a form, with the headers that say how long all of it is.
fn half_a_form(server: &Server) -> TcpStream {
    let mut stream = server.connect();
    let (host, length) = (server.address(), FORM.len());
    write!(
        stream,
        "POST /sign-in HTTP/1.1\r\nHost: {host}\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{}",
        &FORM[..HALF]
    )
    .unwrap();
    thread::sleep(Duration::from_millis(200));
    stream
}

const FORM: &str = "username=anna&password=wrong";
const HALF: usize = 10;

#[test]
fn a_form_that_is_still_being_sent_is_answered_when_nobody_else_is_any_more() {
    let folder = office();
    let mut server = Server::start(folder.path(), &[]);
    let mut form = half_a_form(&server);
    server.signal("TERM");
    let begun = Instant::now();
    while TcpStream::connect(server.address()).is_ok() {
        assert!(begun.elapsed() < PATIENCE, "connections are still accepted");
        thread::sleep(Duration::from_millis(20));
    }
    thread::sleep(Duration::from_secs(1));
    form.write_all(&FORM.as_bytes()[HALF..]).unwrap();
    let (status, page) = answer(form);
    assert!(status == 422 && page.ends_with("</html>"), "{status}: {page}");
    assert_eq!(server.ended(PATIENCE).code(), Some(0));
}

#[test]
fn told_to_stop_it_answers_that_it_is_not_ready() {
    let folder = office();
    let mut server = Server::start(folder.path(), &[]);
    assert_eq!(server.get("/readyz"), (200, "ready".to_owned()));
    // Nobody else is connected, as when a load balancer only asks now and then.
    server.signal("TERM");
    for _ in 0..3 {
        thread::sleep(Duration::from_millis(400));
        assert_eq!(server.get("/readyz"), (503, "stopping".to_owned()));
        assert_eq!(server.get("/healthz"), (200, "ok".to_owned()));
    }
    let begun = Instant::now();
    assert_eq!(server.ended(PATIENCE).code(), Some(0));
    assert!(begun.elapsed() < Duration::from_secs(3), "nobody is connected: {:?}", begun.elapsed());
}

#[test]
fn told_twice_to_stop_it_waits_for_nobody() {
    let folder = office();
    let mut server = Server::start(folder.path(), &[]);
    let _form = half_a_form(&server);
    server.signal("TERM");
    thread::sleep(Duration::from_millis(500));
    let begun = Instant::now();
    server.signal("INT");
    assert_eq!(server.ended(PATIENCE).code(), Some(0));
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
}
