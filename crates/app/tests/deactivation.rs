//! Somebody at work on several connections loses their access: from that moment on nothing is shown to them, nor saved.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#[path = "crash/http.rs"]
#[allow(dead_code, reason = "the crash test uses all of it")]
mod http;
#[path = "crash/office.rs"]
#[allow(dead_code, reason = "the crash test uses all of it")]
mod office;
mod support;

use std::{
    collections::BTreeSet,
    io::Write,
    net::TcpStream,
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use http::{Answer, Browser, encoded};
use office::{Office, PASSWORD};
use support::{Server, answer, database};
use uuid::Uuid;

const ROUNDS: usize = 5;
const CONNECTIONS: usize = 6;
/// How many requests each connection still makes after the answer.
const AFTER: usize = 40;
const HELD: usize = 20;

struct Company {
    office: Office,
    server: Server,
    operator: Uuid,
}

impl Company {
    fn open() -> Self {
        let (office, server) = Office::open();
        let operator = office.employee(&server, "olga", "Оператор");
        Self { office, server, operator }
    }

    /// Lets the operator in, or not; when the answer is there, it is so.
    fn set_access(&self, open: bool) {
        let active = if open { "1" } else { "0" };
        let path = format!("/users/{}/access", self.operator);
        let answer = self.office.browser(&self.server).post(&path, &[("active", active)]).unwrap();
        assert_eq!((answer.status, answer.location), (303, format!("/users/{}", self.operator)));
    }

    /// The operator's cookie of a new session.
    fn sign_in(&self) -> String {
        Browser::signed_in(self.server.address(), "olga", PASSWORD).unwrap().cookie
    }

    /// The names of all leads, past the program.
    fn leads(&self) -> BTreeSet<String> {
        database(self.office.folder.path()).rows("SELECT full_name AS it FROM leads").into_iter().collect()
    }
}

/// Everybody's is their own, or it would be asked whether they are somebody who is a lead already.
fn phone(number: usize) -> String {
    format!("+7901{number:07}")
}

/// A request, and when it was begun.
struct Asked {
    begun: Instant,
    what: String,
    answer: Answer,
}

/// One request after the other over one connection, until so many were made after the access was closed.
fn work(company: &Company, cookie: &str, writes: bool, closed: &OnceLock<Instant>, names: &AtomicUsize) -> Vec<Asked> {
    let mut browser = Browser::new(company.server.address(), cookie).unwrap();
    let (mut all, mut left) = (Vec::new(), AFTER);
    while left > 0 {
        left -= usize::from(closed.get().is_some());
        let begun = Instant::now();
        let (what, answer) = if writes {
            let number = names.fetch_add(1, Ordering::Relaxed);
            let (name, phone) = (format!("Лид {number}"), phone(number));
            let answer = browser.post("/leads", &[("full_name", &name), ("phone", &phone)]);
            (name, answer)
        } else {
            ("/leads".to_owned(), browser.get("/leads"))
        };
        all.push(Asked { begun, what, answer: answer.unwrap() });
    }
    all
}

#[test]
fn who_is_deactivated_at_work_gets_nothing_but_the_way_to_sign_in() {
    let company = Company::open();
    let names = AtomicUsize::new(0);
    let (mut before, mut saved, mut after) = (0, 0, 0);
    for round in 0..ROUNDS {
        company.set_access(true);
        let (cookie, closed) = (company.sign_in(), OnceLock::new());
        let client = |nth: usize| work(&company, &cookie, nth.is_multiple_of(2), &closed, &names);
        let (asked, kept) = thread::scope(|scope| {
            let client = &client;
            let clients: Vec<_> = (0..CONNECTIONS).map(|nth| scope.spawn(move || client(nth))).collect();
            thread::sleep(Duration::from_millis(500));
            company.set_access(false);
            closed.set(Instant::now()).unwrap();
            let kept = company.leads();
            let asked: Vec<Asked> = clients.into_iter().flat_map(|it| it.join().unwrap()).collect();
            (asked, kept)
        });
        let (closed, leads) = (*closed.get().unwrap(), company.leads());
        assert_eq!(leads.difference(&kept).count(), 0, "round {round}: saved after the access was closed");
        for it in asked {
            let what = format!("round {round}: {}: {} to {:?}", it.what, it.answer.status, it.answer.location);
            if it.begun > closed {
                after += 1;
                let away = it.answer.status == 303 && it.answer.location.starts_with("/sign-in");
                assert!(away && !leads.contains(&it.what), "{what}");
            } else {
                before += 1;
                saved += usize::from(it.answer.location.starts_with("/leads/"));
            }
        }
    }
    // How many a slow machine gets to is its own business; somebody was at work in each round.
    assert!(
        before + after > 1000 && saved > ROUNDS && after >= ROUNDS * CONNECTIONS * (AFTER - 1),
        "{before} {saved} {after}"
    );
    println!(
        "{ROUNDS} times deactivated: {before} requests before, {saved} of them saved a lead; {after} after, none did"
    );
}

/// The head and the first half of a form for a new lead, which the server waits for the rest of.
fn begin(company: &Company, cookie: &str, name: &str, number: usize) -> (TcpStream, String) {
    let form = format!("full_name={}&phone={}", encoded(name), encoded(&phone(number)));
    let (first, rest) = form.split_at(form.len() / 2);
    let (mut stream, host) = (company.server.connect(), company.server.address());
    write!(
        stream,
        "POST /leads HTTP/1.1\r\nHost: {host}\r\nSec-Fetch-Site: same-origin\r\nCookie: {cookie}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{first}",
        form.len()
    )
    .unwrap();
    (stream, rest.to_owned())
}

#[test]
fn a_form_that_is_half_sent_when_its_sender_is_deactivated_is_not_saved() {
    let company = Company::open();
    let cookie = company.sign_in();
    // In time, such a form is saved.
    let (mut stream, rest) = begin(&company, &cookie, "Вовремя", HELD);
    stream.write_all(rest.as_bytes()).unwrap();
    assert_eq!(answer(stream).0, 303);
    let held: Vec<_> = (0..HELD).map(|nth| begin(&company, &cookie, &format!("Поздно {nth}"), nth)).collect();
    // Long enough for the server to know who they are from.
    thread::sleep(Duration::from_millis(500));
    let before = company.leads();
    assert!(before.contains("Вовремя"));
    company.set_access(false);
    for (mut stream, rest) in held {
        stream.write_all(rest.as_bytes()).unwrap();
        let (status, body) = answer(stream);
        assert!(status < 500, "{status}: {body}");
    }
    let late: Vec<String> = company.leads().difference(&before).cloned().collect();
    assert!(late.is_empty(), "{} of {HELD} forms were saved after the deactivation: {late:?}", late.len());
    println!("{HELD} forms were half sent at a deactivation, none was saved");
}
