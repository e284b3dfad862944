//! Every route as everybody: who gets in, who does not, and what a refusal leaves behind.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod support;

use adapters_http::{Who, described, route_table};
use axum::http::Method;
use domain::access::Permission;
use support::{
    Answer, Browser, Site,
    office::{Person, everything::everything, pdf},
    records::{Records, borrowed},
};

/// Nobody, or a person; Денис comes with the cookie of a session from before his access was closed.
type Visitor = Option<Person>;

async fn browser(site: &Site, visitor: Visitor) -> Browser {
    match visitor {
        None => site.stranger(),
        Some(Person::Denis) => {
            let (director, denis) = (site.office.director().await, site.office.user(Person::Denis).await);
            director.set_user_active(denis, true).await.unwrap();
            let browser = site.browser(Person::Denis).await;
            director.set_user_active(denis, false).await.unwrap();
            browser
        }
        Some(person) => site.browser(person).await,
    }
}

fn may_enter(visitor: Visitor, who: Who) -> bool {
    let Some(person) = visitor.filter(|it| *it != Person::Denis) else { return who == Who::Anyone };
    match who {
        Who::Anyone | Who::SignedIn => true,
        Who::May(permission) => person.permissions().contains(permission),
        Who::MayAny(permissions) => permissions.iter().any(|it| person.permissions().contains(*it)),
    }
}

async fn ask(browser: &mut Browser, method: &Method, route: &str, records: &Records) -> Answer {
    let path = records.path(route);
    if method == Method::GET {
        return browser.get(&path).await;
    }
    let fields = records.body(route);
    match route {
        "/uploads" => browser.post_file(&path, &[], &[("скан.pdf", &pdf(100))]).await,
        "/contracts" | "/contracts/{id}/edit" | "/leads/{id}/conversion" => {
            browser.post_file(&path, &borrowed(&fields), &[("", &[])]).await
        }
        _ => browser.post(&path, &borrowed(&fields)).await,
    }
}

const SAFE: [&str; 7] = [
    "content-security-policy",
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "permissions-policy",
];

fn assert_is_safe(answer: &Answer, what: &str) {
    for name in SAFE {
        assert!(answer.header(name).is_some(), "{what}: no {name}");
    }
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{what}");
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{what}");
    let policy = answer.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{what}: {policy}");
}

/// What somebody who may enter gets when everything that they sent is right.
fn expected(method: &Method, route: &str, visitor: Visitor) -> u16 {
    let inside = visitor.is_some_and(|it| it != Person::Denis);
    match (method.as_str(), route) {
        (_, "/setup") => 404,
        ("GET", "/sign-in") if inside => 303,
        ("GET", _) => 200,
        (_, "/uploads") => 201,
        _ => 303,
    }
}

#[tokio::test]
async fn each_route_lets_in_exactly_those_that_its_table_names() {
    let everybody: Vec<Visitor> = [None].into_iter().chain(Person::ALL.map(Some)).collect();
    let (mut cells, mut refusals) = (0, 0);
    for (method, route, who) in route_table() {
        let site = Site::new().await;
        for visitor in everybody.clone() {
            let records = Records::new(&site.office, visitor.unwrap_or(Person::Gleb)).await;
            let mut browser = browser(&site, visitor).await;
            let before = everything(&*site.office.store).await;
            let answer = ask(&mut browser, &method, route, &records).await;
            let what = format!("{method} {route} as {visitor:?}: {}", answer.status);
            assert_is_safe(&answer, &what);
            assert!(answer.status < 500, "{what}");
            if may_enter(visitor, who) {
                assert_eq!(answer.status, expected(&method, route, visitor), "{what}");
                assert!(who == Who::Anyone || answer.location().is_none_or(|it| !it.contains("sign-in")), "{what}");
            } else {
                if visitor.is_some_and(|it| it != Person::Denis) {
                    assert_eq!(answer.status, 403, "{what}");
                } else {
                    assert_eq!(answer.status, 303, "{what}");
                    let to = answer.location().unwrap();
                    assert!(to.starts_with("/sign-in"), "{what} to {to}");
                    assert_eq!(to.contains("?next=%2F"), method == Method::GET && route != "/", "{what} to {to}");
                }
                assert_eq!(everything(&*site.office.store).await, before, "{what}");
                refusals += 1;
            }
            cells += 1;
        }
    }
    assert!(cells == route_table().len() * 8 && refusals > 200, "{cells} {refusals}");
}

#[tokio::test]
async fn a_refusal_says_so_in_words_and_shows_nothing_of_the_record() {
    let site = Site::new().await;
    let records = Records::new(&site.office, Person::Maxim).await;
    let lead = site.office.stored::<domain::lead::Lead>(records.lead).await.details;
    let mut marina = site.browser(Person::Marina).await;
    for path in [format!("/leads/{}", records.lead), format!("/leads/{}/edit", records.lead), "/leads".to_owned()] {
        let answer = marina.get(&path).await;
        assert_eq!(answer.status, 403);
        assert!(answer.is_page() && answer.text().contains("У вашей роли нет этого права"), "{path}");
        assert!(!answer.text().contains(lead.full_name.as_str()), "{path}");
    }
    let answer = marina.post_file("/uploads", &[], &[("скан.pdf", &pdf(10))]).await;
    assert!(answer.status == 403 && answer.text().contains("У вашей роли нет этого права"));
}

#[tokio::test]
async fn a_page_offers_no_link_to_where_its_visitor_may_not_go() {
    let site = Site::new().await;
    for person in Person::ACTIVE {
        let records = Records::new(&site.office, person).await;
        let mut browser = site.browser(person).await;
        let mut links: Vec<String> = Vec::new();
        for (method, route, who) in route_table() {
            if method != Method::GET || !may_enter(Some(person), who) || matches!(route, "/setup" | "/sign-in") {
                continue;
            }
            let answer = browser.get(&records.path(route)).await;
            if answer.header("content-disposition").is_none() {
                let tags = support::html::tags(&answer.text());
                links
                    .extend(tags.iter().filter(|it| it.name == "a").filter_map(|it| it.get("href").map(str::to_owned)));
            }
        }
        links.sort();
        links.dedup();
        links.retain(|it| it.starts_with('/'));
        assert!(!links.is_empty());
        for link in links {
            let answer = browser.get(link.split('#').next().unwrap()).await;
            assert_eq!(answer.status, 200, "{person:?} follows {link}");
        }
    }
}

#[tokio::test]
async fn ids_of_nothing_and_no_ids_are_pages_that_do_not_exist() {
    let site = Site::new().await;
    let mut gleb = site.browser(Person::Gleb).await;
    let unknown = site.office.id::<uuid::Uuid>().to_string();
    let long = "9".repeat(5_000);
    let records = Records::new(&site.office, Person::Gleb).await;
    let before = everything(&*site.office.store).await;
    for (method, route, _) in route_table().into_iter().filter(|it| it.1.contains("{id}")) {
        for id in [unknown.as_str(), "1", "x", "%00", "%FF", "..%2f", "' OR 1=1", &long] {
            let id = id.replace(' ', "%20");
            let path = route.replace("{id}", &id).replace("{document}", &unknown);
            let answer = if method == Method::GET {
                gleb.get(&path).await
            } else {
                gleb.post(&path, &borrowed(&records.body(route))).await
            };
            let what = format!("{method} {path}: {}", answer.status);
            assert!(answer.status == 404 && answer.is_page(), "{what}");
            assert_is_safe(&answer, &what);
        }
    }
    assert_eq!(everything(&*site.office.store).await, before);
}

#[test]
fn the_table_names_each_permission_that_pages_ask_for() {
    let words: Vec<&str> = route_table().iter().map(|it| described(it.2)).collect();
    for permission in Permission::ALL {
        assert!(words.contains(&permission.code()), "no route asks for {}", permission.code());
    }
    let open: Vec<&str> = route_table().into_iter().filter(|it| it.2 == Who::Anyone).map(|it| it.1).collect();
    assert_eq!(open, ["/healthz", "/readyz", "/setup", "/setup", "/sign-in", "/sign-in", "/sign-out", "/preferences"]);
}
