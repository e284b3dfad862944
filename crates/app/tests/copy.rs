//! The whole database, from a file to a server and back.
#![expect(clippy::unwrap_used, reason = "this is a test, even outside of functions marked as such")]
mod support;

use std::{path::Path, sync::Arc, time::Instant};

use adapters_postgres::{Limits, PostgresStore};
use adapters_sqlite::SqliteStore;
use conformance::fixtures;
use domain::{
    access::Permissions,
    audit::AuditEntry,
    duplicates::LeadPair,
    merge::MergedInto,
    record::Record,
    statistics::{Attribution, CampaignSums, Sums, TimeBuckets, Window},
    store::{Mode, Repository, Store, UnitOfWork},
};
use postgres_cluster::{Locale, shared};
use support::{Ended, run, voronka};
use tempfile::tempdir;

const LEADS: u32 = 100_000;
/// How many records are written at once.
const PIECE: u32 = 1000;
const CAMPAIGNS: u32 = 40;
const USERS: u32 = 20;
/// One lead in so many became a client.
const CONVERTED: u32 = 12;

type Work = Box<dyn UnitOfWork>;

/// Stores records with the history of their creation.
async fn keep<R: Record>(work: &mut Work, records: &[R])
where
    dyn UnitOfWork: Repository<R>,
{
    Repository::<R>::insert_all(&mut **work, records).await.unwrap();
    let entries: Vec<AuditEntry> = records.iter().map(|it| AuditEntry::creation(it, None)).collect();
    work.append_all(&entries).await.unwrap();
}

/// People who made each other's roles, and everything else by all of them.
async fn company(work: &mut Work) {
    let by = |n: u32| Some(fixtures::id(1 + n % USERS));
    let mut roles: Vec<_> = (1..=5).map(|n| fixtures::role(n, &format!("Роль {n}"), Permissions::all())).collect();
    let mut users: Vec<_> = (1..=USERS).map(|n| fixtures::user(n, &format!("user{n}"), &format!("Ёжик {n}"))).collect();
    let mut services: Vec<_> = (1..=10).map(|n| fixtures::service(n, &format!("Услуга {n}"))).collect();
    services[3].archived = true;
    for (n, role) in (0..).zip(&mut roles) {
        role.stamp.created_by = by(n + 7);
    }
    for (n, user) in (0..).zip(&mut users) {
        user.details.roles.insert(fixtures::id(1 + n % 5));
        user.stamp.changed_by = by(n + 3);
    }
    keep(work, &users).await;
    keep(work, &roles).await;
    keep(work, &services).await;
    let campaign = |n| fixtures::campaign(n, &format!("Кампания {n}"), fixtures::id(1 + n % 10));
    let mut campaigns: Vec<_> = (1..=CAMPAIGNS).map(campaign).collect();
    campaigns[5].archived = true;
    keep(work, &campaigns).await;
    let spend =
        |n: u32| fixtures::spend(n, fixtures::id(1 + n % CAMPAIGNS), &format!("2026-01-{:02}", 1 + n % 31), "17.01");
    keep(work, &(1..=2000).map(spend).collect::<Vec<_>>()).await;
    for n in 1..=USERS {
        work.insert_session(&fixtures::session(n, fixtures::id(n), fixtures::moment_of(n))).await.unwrap();
    }
}

/// So many leads, notes on some of them, and the clients that some became.
async fn people(work: &mut Work, numbers: std::ops::Range<u32>) {
    let (mut leads, mut apart, mut notes) = (Vec::new(), Vec::new(), Vec::new());
    let (mut clients, mut contracts, mut documents) = (Vec::new(), Vec::new(), Vec::new());
    for n in numbers {
        let campaign = (n % 9 > 0).then(|| fixtures::id(1 + n % CAMPAIGNS));
        let mut lead = fixtures::lead(n, &format!("Иван Петров-Водкин {n}"), campaign);
        lead.stamp.created_by = Some(fixtures::id(1 + n % USERS));
        if n % CONVERTED == 0 {
            let mut document = fixtures::document(n);
            let mut contract = fixtures::contract(n, &format!("Договор {n}"), fixtures::id(1 + n % 10), &mut document);
            contract.details.amount = fixtures::money(&format!("{}.{:02}", 1000 + n, n % 100));
            clients.push(fixtures::client(n, fixtures::moment_of(n + 40), &mut lead, &mut contract));
            contracts.push(contract);
            documents.push(document);
        }
        if n % 10 == 0 {
            notes.push(fixtures::note(n, lead.id, "Просил перезвонить после праздников, «не раньше 12-го»."));
        }
        // A few turned out to be the one before, and a few do not, though they look like it.
        if n % 500 == 7 {
            lead.merged_into = Some(MergedInto { lead: fixtures::id(n - 1), version: 2 });
        } else if n % 500 == 9 {
            apart.extend(LeadPair::of(lead.id, fixtures::id(n - 1)));
        }
        leads.push(lead);
    }
    keep(work, &leads).await;
    for pair in apart {
        assert!(work.dismiss_duplicate(pair, true).await.unwrap());
    }
    keep(work, &notes).await;
    keep(work, &clients).await;
    keep(work, &contracts).await;
    keep(work, &documents).await;
}

async fn fill(path: &Path) {
    let store = SqliteStore::open(path).await.unwrap();
    let mut work = store.begin(Mode::BulkLoad).await.unwrap();
    company(&mut work).await;
    for first in (1..=LEADS).step_by(PIECE as usize) {
        people(&mut work, first..first + PIECE).await;
    }
    work.commit().await.unwrap();
}

/// All figures: both lenses, over all time and over a period, and stretches of it.
async fn figures(store: Arc<dyn Store>) -> (Vec<Vec<CampaignSums>>, Vec<Vec<Sums>>) {
    let mut work = store.begin(Mode::Read).await.unwrap();
    let moscow = domain::calendar::Calendar::named("Europe/Moscow").unwrap();
    let january = Window::new(fixtures::period("2026-01-10", "2026-01-10"), moscow);
    let buckets = TimeBuckets::new((9..13).map(|it| fixtures::day(&format!("2026-01-{it:02}"))).collect(), moscow);
    let (mut sums, mut series) = (Vec::new(), Vec::new());
    for attribution in Attribution::ALL {
        for window in [None, Some(&january)] {
            let mut rows = work.sums(attribution, window, None).await.unwrap();
            rows.sort_by_key(|it| it.id().map(|it| it.0));
            sums.push(rows);
        }
        series.push(work.time_series(attribution, &buckets).await.unwrap());
    }
    assert!(sums.iter().all(|rows| rows.iter().any(|it| it.sums.leads > 0 && it.sums.spend > 0)));
    (sums, series)
}

const LIMITS: Limits = Limits {
    connections: 2,
    connect: std::time::Duration::from_secs(10),
    wait: std::time::Duration::from_secs(10),
    statement: std::time::Duration::from_mins(1),
    prepared: true,
};

fn copy(folder: &Path, from: &str, to: &str) -> Ended {
    run(voronka(folder).args(["copy", "--from", from, "--to", to]), "")
}

/// What it says of each part: how many there are, and the sum.
fn table(ended: &Ended) -> Vec<&str> {
    assert_eq!(ended.code, Some(0), "{ended:?}");
    ended.out.lines().filter(|it| it.contains("sha256")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn from_a_file_to_a_server_and_back_nothing_is_different() {
    let folder = tempdir().unwrap();
    let (first, last) = (folder.path().join("first.sqlite"), folder.path().join("last.sqlite"));
    shared().create_database("moved", Locale::Utf8);
    let (from, server) = (format!("sqlite:{}", first.display()), shared().url("moved"));
    fill(&first).await;

    let begun = Instant::now();
    let there = copy(folder.path(), &from, &server);
    println!("to the server in {:?}:\n{}", begun.elapsed(), there.out);
    let begun = Instant::now();
    let back = copy(folder.path(), &server, &format!("sqlite:{}", last.display()));
    println!("and back in {:?}", begun.elapsed());

    assert_eq!(table(&there), table(&back));
    let told = table(&there).join("\n");
    for (part, number) in [("leads", LEADS), ("clients", LEADS / CONVERTED), ("users", USERS), ("sessions", USERS)] {
        let line = told.lines().find(|it| it.trim_start().starts_with(part)).unwrap();
        assert_eq!(line.split_whitespace().nth(1), Some(number.to_string().as_str()), "{line}");
    }
    assert_eq!(shared().query("moved", "SELECT count(*) FROM audit_log"), shared().query("moved", "SELECT (SELECT count(*) FROM users) + (SELECT count(*) FROM roles) + (SELECT count(*) FROM services) + (SELECT count(*) FROM campaigns) + (SELECT count(*) FROM spend_entries) + (SELECT count(*) FROM leads) + (SELECT count(*) FROM notes) + (SELECT count(*) FROM clients) + (SELECT count(*) FROM contracts) + (SELECT count(*) FROM documents)"));

    let original = figures(Arc::new(SqliteStore::open(&first).await.unwrap())).await;
    let moved = figures(Arc::new(PostgresStore::open(&server.parse().unwrap(), LIMITS).await.unwrap())).await;
    let returned = figures(Arc::new(SqliteStore::open(&last).await.unwrap())).await;
    assert_eq!(moved, original);
    assert_eq!(returned, original);

    let again = copy(folder.path(), &from, &server);
    assert_eq!(again.code, Some(1));
    assert!(again.err.contains("users already; only an empty one is filled"), "{again:?}");
}

#[test]
fn what_cannot_be_copied_is_told_and_nothing_is_made() {
    let folder = tempdir().unwrap();
    let missing = copy(folder.path(), "sqlite:nothing.sqlite", "sqlite:new.sqlite");
    assert_eq!(missing.code, Some(1));
    assert_eq!(missing.err, "voronka: There is no database nothing.sqlite to copy from.\n");
    let unknown = copy(folder.path(), "sqlite:nothing.sqlite", "mysql://db/crm");
    assert_eq!(unknown.code, Some(1), "{unknown:?}");
    let wrong = copy(folder.path(), "postgres://слон:слон@", "sqlite:new.sqlite");
    assert_eq!(wrong.code, Some(2), "{wrong:?}");
    assert!(wrong.err.contains("--from") && !wrong.err.contains("слон"), "{wrong:?}");
    assert!(!folder.path().join("nothing.sqlite").exists() && !folder.path().join("new.sqlite").exists());
}
