//! Every route as everybody, over each store: `docs/permissions.md` says what they get, and a refusal leaves nothing behind.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod support;

use std::{
    collections::{BTreeMap, HashSet},
    fs,
};

use adapters_http::{Who, described, route_table};
use axum::http::Method;
use domain::{
    audit::{Act, AuditEntry, AuditId},
    session::Session,
    store::Mode,
};
use support::{
    Answer, Site,
    doors::{Visitor, ask, assert_is_safe, browser, may_enter},
    office::{
        Office, Person,
        everything::{Kept, everything},
        password,
        tables::{Look, Rows},
    },
    records::Records,
};

/// The columns of the document.
const VISITORS: [(&str, Visitor); 8] = [
    ("stranger", None),
    ("Administrator", Some(Person::Alla)),
    ("Operator", Some(Person::Anna)),
    ("Marketer", Some(Person::Marina)),
    ("Manager", Some(Person::Maxim)),
    ("no role", Some(Person::Nina)),
    ("superuser", Some(Person::Gleb)),
    ("deactivated", Some(Person::Denis)),
];

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/permissions.md");
const HEADING: &str = "## Every address as everybody\n\n";

/// By the row and the column, what the visitor got.
type Cells = BTreeMap<(usize, usize), String>;

/// A page's status, or where the answer leads; ids are those of some record.
fn told(answer: &Answer) -> String {
    let Some(to) = answer.location() else { return answer.status.to_string() };
    let to = to.split(['?', '#']).next().unwrap();
    let part = |it: &str| if it.parse::<uuid::Uuid>().is_ok() { "{id}".to_owned() } else { it.to_owned() };
    format!("→ {}", to.split('/').map(part).collect::<Vec<_>>().join("/"))
}

/// Everything that a refusal may not touch: each row of each table but those of the audit log, which keeps what was
/// refused. Where there are no tables, each record and session.
#[derive(PartialEq)]
struct Untouched {
    rows: Rows,
    records: Vec<Kept>,
    sessions: Vec<Session>,
}

async fn untouched(office: &Office, look: &Look) -> Untouched {
    let mut rows = look();
    rows.retain(|table, _| !matches!(table.as_str(), "audit_log" | "audit_heads"));
    if !rows.is_empty() {
        return Untouched { rows, records: Vec::new(), sessions: Vec::new() };
    }
    let sessions = office.store.begin(Mode::Read).await.unwrap().sessions(None, 1000).await.unwrap();
    Untouched { rows, records: everything(&*office.store).await, sessions }
}

async fn audit_log(office: &Office) -> Vec<AuditEntry> {
    office.store.begin(Mode::Read).await.unwrap().entries(None, u16::MAX).await.unwrap()
}

/// Nobody fills the log by being refused: so many are kept of each in an hour, and the clock of a test stands still.
const KEPT_REFUSALS: usize = 60;

/// Each visitor at each route that is closed to them, in one company: nothing changes, so nothing has to be made anew.
async fn turn_away(site: &Site, look: &Look, cells: &mut Cells) {
    let office = &site.office;
    let records = Records::new(office, Person::Gleb).await;
    let mut browsers = Vec::new();
    for (_, visitor) in VISITORS {
        browsers.push(browser(site, visitor).await);
    }
    let (before, rows) = (untouched(office, look).await, look());
    let mut log: HashSet<AuditId> = audit_log(office).await.into_iter().map(|it| it.id).collect();
    let mut noted = [0; VISITORS.len()];
    for (row, (method, route, who)) in route_table().into_iter().enumerate() {
        for (column, (name, visitor)) in VISITORS.into_iter().enumerate().filter(|it| !may_enter(it.1.1, who)) {
            let answer = ask(&mut browsers[column], &method, route, &records).await;
            let what = format!("{method} {route} as {name}: {}", answer.status);
            assert_is_safe(&answer, &what);
            assert!(untouched(office, look).await == before, "{what}");
            let mut added = audit_log(office).await;
            added.retain(|it| log.insert(it.id));
            if let Some(person) = visitor.filter(|it| *it != Person::Denis) {
                assert_eq!(answer.status, 403, "{what}");
                noted[column] += 1;
                assert_eq!(added.len(), usize::from(noted[column] <= KEPT_REFUSALS), "{what}");
                let by = Some(office.user(person).await);
                assert!(added.iter().all(|it| it.act == Act::Refused && it.by == by), "{what}: {added:?}");
            } else {
                assert_eq!(answer.status, 303, "{what}");
                let to = answer.location().unwrap();
                assert!(to.starts_with("/sign-in"), "{what} to {to}");
                assert_eq!(to.contains("?next=%2F"), method == Method::GET && route != "/", "{what} to {to}");
                assert!(added.is_empty(), "{what}: {added:?}");
            }
            cells.insert((row, column), told(&answer));
        }
    }
    let after = look();
    let kept = |table: &str| rows.get(table).is_none_or(|it| it.is_subset(&after[table]));
    assert!(kept("audit_log"), "the audit log only grows");
    assert!(noted.iter().sum::<usize>() > 200, "{noted:?}");
}

/// What somebody who may enter gets when everything that they sent is right.
fn expected(method: &Method, route: &str, visitor: Visitor) -> u16 {
    let inside = visitor.is_some_and(|it| it != Person::Denis);
    match (method.as_str(), route) {
        // There is a superuser, nobody has a link, and no second factor whose codes could be renewed.
        (_, "/setup" | "/new-password" | "/account/second-factor/codes") => 404,
        // Nobody is half-way through signing in.
        (_, "/sign-in/code") => 303,
        ("GET", "/sign-in") if inside => 303,
        // What is shown once is in the answer itself.
        ("GET", _) | (_, "/users/{id}/link" | "/account/second-factor") => 200,
        (_, "/uploads") => 201,
        _ => 303,
    }
}

/// Each visitor at each route that is open to them, with records and a session of their own.
async fn let_in(site: &Site, cells: &mut Cells) {
    for (row, (method, route, who)) in route_table().into_iter().enumerate() {
        for (column, (name, visitor)) in VISITORS.into_iter().enumerate().filter(|it| may_enter(it.1.1, who)) {
            let records = Records::new(&site.office, visitor.unwrap_or(Person::Gleb)).await;
            let answer = ask(&mut browser(site, visitor).await, &method, route, &records).await;
            let what = format!("{method} {route} as {name}: {}", answer.status);
            assert_is_safe(&answer, &what);
            assert_eq!(answer.status, expected(&method, route, visitor), "{what}");
            assert!(who == Who::Anyone || answer.location().is_none_or(|it| !it.contains("sign-in")), "{what}");
            cells.insert((row, column), told(&answer));
            if let Some(person) = visitor.filter(|_| route.starts_with("/account/") && method == Method::POST) {
                sign_in_as_before(&site.office, person).await;
            }
        }
    }
}

/// Gives somebody back the password that everybody has here, and no second factor.
async fn sign_in_as_before(office: &Office, person: Person) {
    let (director, id) = (office.director().await, office.user(person).await);
    director.set_user_password(id, &password(person.username()), false).await.unwrap();
    director.reset_second_factor(id).await.unwrap();
}

fn printed(cells: &Cells) -> String {
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let names = VISITORS.iter().map(|it| it.0.to_owned());
    let mut table = line(["address".to_owned(), "open to".to_owned()].into_iter().chain(names).collect());
    table += &line(vec!["---".to_owned(); VISITORS.len() + 2]);
    for (row, (method, route, who)) in route_table().into_iter().enumerate() {
        let cells = (0..VISITORS.len()).map(|column| cells[&(row, column)].clone());
        table += &line([format!("`{method} {route}`"), described(who).to_owned()].into_iter().chain(cells).collect());
    }
    table
}

#[tokio::test]
async fn everybody_gets_at_each_route_what_the_document_says() {
    for (office, look) in Office::each_seen().await {
        let (site, mut cells) = (Site::of(office, false), Cells::new());
        turn_away(&site, &look, &mut cells).await;
        let_in(&site, &mut cells).await;
        let document = fs::read_to_string(DOCUMENT).unwrap();
        let (head, table) = document.split_once(HEADING).unwrap();
        let found = printed(&cells);
        if std::env::var_os("UPDATE_DOCS").is_some() {
            fs::write(DOCUMENT, [head, HEADING, &found].concat()).unwrap();
        } else {
            let first = table.lines().zip(found.lines()).find(|(said, got)| said != got);
            assert!(table == found, "UPDATE_DOCS=1 writes the document anew; the first line that differs: {first:#?}");
        }
    }
}
