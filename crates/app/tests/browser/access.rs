//! Everybody opens what is theirs, is refused what is not, and is not offered it either.
use crate::{
    browser::Browser,
    story::{ALLA, ANNA, IRINA, LEAD, MARINA, MAXIM, PHONE, Person, Records},
};

const ADMINISTRATORS: &[Person] = &[IRINA, ALLA];
const OPERATORS: &[Person] = &[IRINA, ANNA];
const MARKETERS: &[Person] = &[IRINA, MARINA];
const MANAGERS: &[Person] = &[IRINA, MAXIM];
const OPERATORS_AND_MANAGERS: &[Person] = &[IRINA, ANNA, MAXIM];
const ALL: &[Person] = &[IRINA, MARINA, ANNA, MAXIM, ALLA];

/// A page, whose it is, and the status that these get it with.
type Rule = (String, &'static [Person], u64);

fn rules(at: &Records) -> Vec<Rule> {
    let page = |path: &str, who, status| (path.to_owned(), who, status);
    let part = |path: &str, rest: &str, who, status| (format!("{path}{rest}"), who, status);
    vec![
        page("/", ALL, 200),
        page("/statistics", ALL, 200),
        page("/statistics/cohorts", ALL, 200),
        page("/leads", OPERATORS_AND_MANAGERS, 200),
        page("/leads/new", OPERATORS, 200),
        page(&at.lead, OPERATORS_AND_MANAGERS, 200),
        part(&at.lead, "/edit", OPERATORS, 200),
        part(&at.lead, "/history", OPERATORS_AND_MANAGERS, 200),
        // It is converted already.
        part(&at.lead, "/conversion", MANAGERS, 409),
        page("/clients", MANAGERS, 200),
        page(&at.client, MANAGERS, 200),
        part(&at.client, "/edit", MANAGERS, 200),
        part(&at.client, "/history", MANAGERS, 200),
        page("/contracts", MANAGERS, 200),
        page("/contracts/new", MANAGERS, 200),
        page(&at.contract, MANAGERS, 200),
        part(&at.contract, "/edit", MANAGERS, 200),
        part(&at.contract, "/history", MANAGERS, 200),
        page("/services", MARKETERS, 200),
        page("/services/new", MARKETERS, 200),
        page(&at.service, MARKETERS, 200),
        part(&at.service, "/edit", MARKETERS, 200),
        part(&at.service, "/history", MARKETERS, 200),
        page("/campaigns", MARKETERS, 200),
        page("/campaigns/new", MARKETERS, 200),
        page(&at.campaign, MARKETERS, 200),
        part(&at.campaign, "/edit", MARKETERS, 200),
        part(&at.campaign, "/history", MARKETERS, 200),
        page(&at.spend, MARKETERS, 200),
        page("/account", ALL, 200),
        page("/audit", ADMINISTRATORS, 200),
        page("/users", ADMINISTRATORS, 200),
        page("/users/new", ADMINISTRATORS, 200),
        page(&at.user, ADMINISTRATORS, 200),
        part(&at.user, "/edit", ADMINISTRATORS, 200),
        part(&at.user, "/password", ADMINISTRATORS, 200),
        part(&at.user, "/permissions", ADMINISTRATORS, 200),
        page("/roles", ADMINISTRATORS, 200),
        page("/roles/new", ADMINISTRATORS, 200),
    ]
}

/// The sections in the navigation of each.
fn sections(person: &Person) -> &'static [&'static str] {
    match *person {
        MARINA => &["/", "/statistics", "/services", "/campaigns"],
        ANNA => &["/", "/leads", "/statistics"],
        MAXIM => &["/", "/leads", "/clients", "/contracts", "/statistics"],
        ALLA => &["/", "/statistics", "/users", "/audit"],
        _ => &["/", "/leads", "/clients", "/contracts", "/statistics", "/services", "/campaigns", "/users", "/audit"],
    }
}

pub(crate) async fn check(browser: &Browser, person: &Person, at: &Records) {
    let name = person.1;
    browser.open("/").await;
    assert_eq!(browser.links("nav.nav a").await, sections(person), "{name}");

    let (theirs, others): (Vec<_>, Vec<_>) = rules(at).into_iter().partition(|it| it.1.contains(person));
    for (path, _, status) in &theirs {
        browser.open(path).await;
        assert_eq!(browser.status().await, *status, "{name} opens {path}: {}", browser.text().await);
        for link in browser.links("a").await {
            let offered = others.iter().any(|it| link.split(['?', '#']).next() == Some(&it.0));
            assert!(!offered, "{path} offers {link} to {name}");
        }
    }
    let document = (format!("{}/document", at.contract), MANAGERS, 200);
    let documents = [document].into_iter().filter(|it| !it.1.contains(person));
    for (path, ..) in others.into_iter().chain(documents) {
        browser.open(&path).await;
        assert_eq!(browser.status().await, 403, "{name} opens {path}: {}", browser.text().await);
        browser.assert_sees("У вашей роли нет этого права").await;
        let text = browser.text().await;
        assert!(!text.contains(LEAD) && !text.contains(PHONE), "{path} tells {name}: {text}");
    }
}
