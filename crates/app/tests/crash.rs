//! The program is killed at any moment: what it answered is there, and nothing is there by half.
//!
//! A killed process leaves to the system what it has written already; a power cut would not. So this shows that the
//! order of the steps and the transactions are right, not that the disk has what was synced.
#![expect(clippy::unwrap_used, reason = "this is a test, even outside of functions marked as such")]
#[path = "crash/clients.rs"]
mod clients;
#[path = "crash/figures.rs"]
mod figures;
#[path = "crash/http.rs"]
mod http;
#[path = "crash/invariants.rs"]
#[allow(dead_code, reason = "the tests of faults use all of it")]
mod invariants;
#[path = "crash/office.rs"]
mod office;
mod support;

use std::{
    collections::BTreeSet,
    os::unix::process::ExitStatusExt,
    path::Path,
    sync::{
        Arc, Barrier, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use clients::{Form, Lost, Seen, Work, client, refused_for, until_killed};
use http::{Answer, Browser};
use invariants::{Converted, StoredFile, broken, files};
use office::{Office, Paper, Random, upload};
use support::{Server, database};
use uuid::Uuid;

const SEED: u64 = 20_260_722;
const ROUNDS: usize = 20;
const CLIENTS: usize = 4;
/// More than any round converts.
const LEADS: usize = 30;

/// What was answered, over all rounds.
#[derive(Default)]
struct Ledger {
    papers: Vec<Paper>,
    conversions: Vec<(Form, Uuid)>,
    /// By what was asked: a file to keep, a page, a conversion.
    lost: [usize; 3],
    /// Conversions without an answer that were there nevertheless.
    silently_done: usize,
    busy: usize,
}

fn work_of(round: usize) -> Work {
    match round {
        4 | 12 => Work::Uploads,
        8 | 16 => Work::LargeUploads,
        _ => Work::Conversions,
    }
}

/// Everybody works until, after some random step, the server is killed.
fn killed(
    server: &mut Server,
    office: &Office,
    work: Work,
    leads: &Mutex<Vec<Uuid>>,
    random: &mut Random,
) -> Vec<Seen> {
    let steps = Arc::new(AtomicUsize::new(0));
    let enough = random.within(match work {
        Work::Conversions => 4..90,
        Work::Uploads => 2..80,
        Work::LargeUploads => 20..600,
    });
    let moment = Duration::from_micros(random.next() % 15_000);
    let mut browsers: Vec<_> = (0..CLIENTS)
        .map(|_| (Browser::open(server.address(), &office.cookie, &steps).unwrap(), Random(random.next())))
        .collect();
    thread::scope(|scope| {
        let clients: Vec<_> = browsers
            .iter_mut()
            .map(|(browser, random)| scope.spawn(|| until_killed(browser, work, leads, office.service, random)))
            .collect();
        let begun = Instant::now();
        while steps.load(Ordering::Relaxed) < enough && begun.elapsed() < Duration::from_secs(20) {
            thread::sleep(Duration::from_micros(200));
        }
        thread::sleep(moment);
        server.signal("KILL");
        assert_eq!(server.ended(Duration::from_secs(5)).signal(), Some(9));
        clients.into_iter().map(|it| it.join().unwrap()).collect()
    })
}

/// Everything that was answered is stored, as it was sent.
fn check_answered(stored: &StoredFile, ledger: &Ledger) {
    for paper in &ledger.papers {
        assert_eq!(stored.papers.get(&paper.id), Some(paper), "a file that was answered is lost");
    }
    for (form, client) in &ledger.conversions {
        let whole = Converted { client: *client, contract: form.contract, document: form.paper.id };
        assert_eq!(
            stored.conversions.get(&form.lead),
            Some(&whole),
            "a conversion that was answered is lost: {form:?}"
        );
    }
}

/// A user without an answer sends the form again, and gets the client: the existing one, or a new one.
fn send_again(browser: &mut Browser, form: Form, stored: &StoredFile, ledger: &mut Ledger) {
    let answer = form.send(browser).unwrap();
    let Some(found) = stored.conversions.get(&form.lead) else {
        return ledger.conversions.push((form, client(&answer)));
    };
    assert_eq!((found.contract, found.document), (form.contract, form.paper.id), "of another form than {form:?}");
    assert_eq!(client(&answer), found.client);
    ledger.silently_done += 1;
    ledger.conversions.push((form, found.client));
}

fn wait<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

fn checked(data: &Path) -> StoredFile {
    wait(figures::recount(data));
    StoredFile::checked(data)
}

/// The day after, only the files of contracts are left, and all of those.
fn check_swept(data: &Path) {
    let stored = checked(data);
    let kept: BTreeSet<Uuid> = stored.conversions.values().map(|it| it.document).collect();
    assert_eq!(stored.papers.keys().copied().collect::<BTreeSet<_>>(), kept);
    assert_eq!((files(data), stored.leftovers), (kept, 0));
}

#[test]
fn whenever_it_is_killed_what_was_answered_is_there_and_nothing_by_half() {
    println!("seed {SEED}");
    let (mut random, mut ledger) = (Random(SEED), Ledger::default());
    let (mut office, mut server) = Office::open();
    let mut leads = Vec::new();
    for round in 0..ROUNDS {
        let work = work_of(round);
        let mut browser = office.browser(&server);
        while work == Work::Conversions && leads.len() < LEADS {
            leads.push(office.lead(&mut browser));
        }
        let shared = Mutex::new(leads);
        let seen = killed(&mut server, &office, work, &shared, &mut random);
        leads = shared.into_inner().unwrap();
        // It brings its own file in order; and what is read next is what its users would see.
        server = Server::start(office.folder.path(), &[]);

        let mut unsure = Vec::new();
        for Seen { papers, conversions, busy, lost } in seen {
            ledger.busy += busy;
            ledger.papers.extend(papers);
            ledger.conversions.extend(conversions);
            match lost {
                Lost::Upload => ledger.lost[0] += 1,
                Lost::Page(lead) => {
                    ledger.lost[1] += 1;
                    leads.push(lead);
                }
                Lost::Conversion(form) => {
                    ledger.lost[2] += 1;
                    unsure.push(form);
                }
            }
        }
        let stored = checked(&office.data());
        check_answered(&stored, &ledger);
        let made = ledger.conversions.len();
        assert!((made..=made + unsure.len()).contains(&stored.conversions.len()), "conversions that nobody asked for");
        let mut browser = office.browser(&server);
        for form in unsure {
            send_again(&mut browser, form, &stored, &mut ledger);
        }
    }

    server.signal("TERM");
    assert!(server.ended(Duration::from_secs(10)).success());
    let stored = checked(&office.data());
    check_answered(&stored, &ledger);
    assert_eq!(stored.conversions.len(), ledger.conversions.len());
    let swept = wait(figures::day_after(&office.data()));
    check_swept(&office.data());
    assert_eq!(swept.put_aside, stored.unknown_files);

    let [uploads, pages, conversions] = ledger.lost;
    println!(
        "{ROUNDS} rounds, each ended by kill -9; answered: {} files, {} conversions; without an answer: {uploads} \
         files, {pages} pages, {conversions} conversions, of which {} were there; {} times the server was busy; the \
         sweep removed {} files, put {} without a row aside, and removed {} that were never whole",
        ledger.papers.len(),
        ledger.conversions.len(),
        ledger.silently_done,
        ledger.busy,
        swept.removed,
        swept.put_aside,
        stored.leftovers,
    );
    assert_eq!(ledger.busy, 0);
    // Else the kills would have shown nothing.
    assert!(uploads > 0 && conversions > 0 && ledger.conversions.len() > ROUNDS);
}

/// Else it would prove nothing that they find nothing.
#[test]
fn the_rules_find_what_is_wrong() {
    let (mut office, server) = Office::open();
    let mut browser = office.browser(&server);
    let lead = office.lead(&mut browser);
    let paper = upload(&mut browser, &Random(SEED).pdf(2000)).unwrap();
    client(&Form::fill_in(&mut browser, lead, office.service, paper).unwrap().send(&mut browser).unwrap());
    StoredFile::checked(&office.data());
    let database = database(office.folder.path());
    for (statement, rule) in [
        ("UPDATE clients SET acquired_by = NULL", "a client counted for another campaign or moment than its lead"),
        ("UPDATE counters SET value = value + 1", "a counter that is not the count"),
        ("DELETE FROM counters WHERE name = 'clients'", "a counter is missing"),
        ("UPDATE documents SET contract_id = NULL", "a contract whose document is not attached to it"),
        ("UPDATE contracts SET client_id = NULL", "a contract without a client"),
        ("UPDATE roles SET version = 2", "a record's version without its row in the audit log"),
        ("UPDATE leads SET version = 3", "a converted lead that is not one change old"),
        ("UPDATE leads SET status = 'new', client_id = NULL", "a client whose lead is not converted to it"),
        ("UPDATE users SET superuser = false", "no superuser"),
        ("UPDATE users SET active = false", "a session of nobody"),
    ] {
        assert!(!broken(&database).iter().any(|it| it.starts_with(rule)), "{rule} before {statement}");
        database.execute(statement);
        assert!(broken(&database).iter().any(|it| it.starts_with(rule)), "{rule} after {statement}");
    }
}

/// Of two at the same moment one makes the client; the other is told so, and where the client is.
#[test]
fn fifty_times_two_managers_convert_one_lead_at_the_same_moment() {
    const TIMES: usize = 50;
    let mut random = Random(SEED);
    let (mut office, mut server) = Office::open();
    let mut operator = office.browser(&server);
    let mut managers = ["boris", "vera"].map(|it| office.manager(&server, it));
    let mut first_wins = 0;
    for _ in 0..TIMES {
        let lead = office.lead(&mut operator);
        let (ready, service) = (Barrier::new(2), office.service);
        let papers = managers.each_ref().map(|_| random.pdf(2000));
        let answers: Vec<Answer> = thread::scope(|scope| {
            let at_work = managers.iter_mut().zip(&papers).map(|(manager, bytes)| {
                let ready = &ready;
                scope.spawn(move || {
                    let paper = upload(manager, bytes).unwrap();
                    let form = Form::fill_in(manager, lead, service, paper).unwrap();
                    ready.wait();
                    form.send(manager).unwrap()
                })
            });
            let at_work: Vec<_> = at_work.collect();
            at_work.into_iter().map(|it| it.join().unwrap()).collect()
        });
        let (winner, loser) = if answers[0].status == 303 { (0, 1) } else { (1, 0) };
        refused_for(&answers[loser], client(&answers[winner]));
        first_wins += loser;
    }
    server.signal("TERM");
    assert!(server.ended(Duration::from_secs(10)).success());
    let stored = checked(&office.data());
    assert_eq!((stored.conversions.len(), stored.papers.len()), (TIMES, 2 * TIMES));
    println!("{TIMES} races: the first manager won {first_wins}");
}
