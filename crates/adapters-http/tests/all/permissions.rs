//! Every route as every kind of visitor, on each store. `docs/permissions.md` states the responses, and a refused
//! request changes nothing.
use std::{
    collections::{BTreeMap, HashSet},
    fs,
};

use crate::support::{
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
use adapters_http::{Access, described, route_table};
use application::RequiredAction;
use axum::http::Method;
use domain::{
    access::{Actor, Permissions},
    audit::{AuditAction, AuditEntry, AuditId},
    session::BrowserSession,
    store::Mode,
};

/// The columns of the document.
const VISITORS: [(&str, Visitor); 11] = [
    ("stranger", Visitor::Stranger),
    ("Administrator", Visitor::In(Person::Alla)),
    ("Operator", Visitor::In(Person::Anna)),
    ("Marketer", Visitor::In(Person::Marina)),
    ("Manager", Visitor::In(Person::Maxim)),
    ("no role", Visitor::In(Person::Nina)),
    ("superuser", Visitor::In(Person::Gleb)),
    ("deactivated", Visitor::Deactivated),
    ("no code yet", Visitor::HalfWay),
    ("temporary password", Visitor::Owes(RequiredAction::ChangePassword)),
    ("no second factor yet", Visitor::Owes(RequiredAction::TurnOnSecondFactor)),
];

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/permissions.md");
const HEADING: &str = "## Every address as everybody\n\n";

/// The visitor's response, by row and column.
type Cells = BTreeMap<(usize, usize), String>;

/// A page's status, or the redirect target with its ids replaced.
fn told(answer: &Answer) -> String {
    let Some(to) = answer.location() else { return answer.status.to_string() };
    let to = to.split(['?', '#']).next().unwrap();
    let part = |it: &str| if it.parse::<uuid::Uuid>().is_ok() { "{id}".to_owned() } else { it.to_owned() };
    format!("→ {}", to.split('/').map(part).collect::<Vec<_>>().join("/"))
}

/// All data that a refused request may not change: each row of each table except the audit log, which records refusals.
/// For a store without tables, each record and session.
#[derive(PartialEq)]
struct Untouched {
    rows: Rows,
    records: Vec<Kept>,
    sessions: Vec<BrowserSession>,
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

/// The audit log keeps this many refusals per user and hour, so that nobody can flood it. The test clock stands still.
const KEPT_REFUSALS: usize = 60;

/// Each visitor at each route that is closed to them, in one company. Nothing changes, so all share the same records.
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
    for (row, (method, route, access)) in route_table().into_iter().enumerate() {
        for (column, (name, visitor)) in VISITORS.into_iter().enumerate().filter(|it| !may_enter(it.1.1, access)) {
            let answer = ask(&mut browsers[column], &method, route, &records).await;
            let what = format!("{method} {route} as {name}: {}", answer.status);
            assert_is_safe(&answer, &what);
            assert!(untouched(office, look).await == before, "{what}");
            let mut added = audit_log(office).await;
            added.retain(|it| log.insert(it.id));
            if let Visitor::In(person) = visitor {
                assert_eq!(answer.status, 403, "{what}");
                noted[column] += 1;
                assert_eq!(added.len(), usize::from(noted[column] <= KEPT_REFUSALS), "{what}");
                let by = Some(office.user(person).await);
                assert!(added.iter().all(|it| it.act == AuditAction::Refused && it.by == by), "{what}: {added:?}");
            } else {
                assert_eq!(answer.status, 303, "{what}");
                let to = answer.location().unwrap();
                if let Visitor::Owes(required_action) = visitor {
                    assert_eq!(to, place_of(required_action), "{what}");
                } else {
                    assert!(to.starts_with("/sign-in"), "{what} to {to}");
                    assert_eq!(to.contains("?next=%2F"), method == Method::GET && route != "/", "{what} to {to}");
                }
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

/// The page of a required action.
fn place_of(required_action: RequiredAction) -> &'static str {
    match required_action {
        RequiredAction::ChangePassword => "/account/password",
        RequiredAction::TurnOnSecondFactor => "/account/second-factor",
    }
}

/// The response for an admitted visitor with a valid request.
fn expected(method: &Method, route: &str, visitor: Visitor) -> u16 {
    let inside = matches!(visitor, Visitor::In(_) | Visitor::Owes(_));
    match (method.as_str(), route) {
        // A superuser exists already, and no user has a password link or a second factor with recovery codes.
        (_, "/setup" | "/new-password") | ("POST", "/account/second-factor/codes") => 404,
        ("GET", "/sign-in/code") if visitor != Visitor::HalfWay => 303,
        ("GET", "/sign-in") if inside => 303,
        // There is no new secret to show, and no user has a second factor.
        (
            "GET",
            "/users/{id}/second-factor/reset"
            | "/users/{id}/link"
            | "/account/second-factor/codes"
            | "/account/second-factor/off",
        ) => 303,
        ("GET", _) | (_, "/leads/similar" | "/leads/{id}/conversion/clients") => 200,
        (_, "/uploads") => 201,
        _ => 303,
    }
}

/// Each visitor at each route that is open to them, with records and a session of their own.
async fn let_in(site: &Site, cells: &mut Cells) {
    for (row, (method, route, access)) in route_table().into_iter().enumerate() {
        for (column, (name, visitor)) in VISITORS.into_iter().enumerate().filter(|it| may_enter(it.1.1, access)) {
            let by = if let Visitor::In(person) = visitor { person } else { Person::Gleb };
            let records = Records::new(&site.office, by).await;
            let answer = ask(&mut browser(site, visitor).await, &method, route, &records).await;
            let what = format!("{method} {route} as {name}: {}", answer.status);
            assert_is_safe(&answer, &what);
            assert_eq!(answer.status, expected(&method, route, visitor), "{what}");
            if (visitor, route, &method) == (Visitor::HalfWay, "/sign-in/code", &Method::POST) {
                assert_eq!(answer.location(), Some("/"), "the code signs in");
            }
            assert!(access == Access::Anyone || answer.location().is_none_or(|it| !it.contains("sign-in")), "{what}");
            cells.insert((row, column), told(&answer));
            if let Visitor::In(person) = visitor
                && route.starts_with("/account/")
                && method == Method::POST
            {
                sign_in_as_before(&site.office, person).await;
            }
        }
    }
}

/// Resets a user to the common password and no second factor.
async fn sign_in_as_before(office: &Office, person: Person) {
    // Users cannot do this for themselves.
    let another = office.user(if person == Person::Nina { Person::Anna } else { Person::Nina }).await;
    let another = office.crm.session_of(Actor::new(another, "—".into(), true, Permissions::default()));
    let id = office.user(person).await;
    another.set_user_password(id, &password(person.username()), false).await.unwrap();
    another.reset_second_factor(id).await.unwrap();
}

fn printed(cells: &Cells) -> String {
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let names = VISITORS.iter().map(|it| it.0.to_owned());
    let mut table = line(["address".to_owned(), "open to".to_owned()].into_iter().chain(names).collect());
    table += &line(vec!["---".to_owned(); VISITORS.len() + 2]);
    for (row, (method, route, access)) in route_table().into_iter().enumerate() {
        let cells = (0..VISITORS.len()).map(|column| cells[&(row, column)].clone());
        table += &line([format!("`{method} {route}`"), described(access)].into_iter().chain(cells).collect());
    }
    table
}

#[tokio::test]
async fn every_visitor_gets_the_documented_response_at_each_route() {
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
