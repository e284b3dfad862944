//! Everybody in front of every route: who they are, what they send, and who is to be let in.
use adapters_http::Who;
use axum::http::Method;

use super::{
    Answer, Browser, Site,
    office::{Person, pdf},
    records::{Records, borrowed},
};

/// Nobody, or a person; Денис comes with the cookie of a session from before his access was closed.
pub type Visitor = Option<Person>;

pub async fn browser(site: &Site, visitor: Visitor) -> Browser {
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

pub fn may_enter(visitor: Visitor, who: Who) -> bool {
    let Some(person) = visitor.filter(|it| *it != Person::Denis) else { return who == Who::Anyone };
    match who {
        Who::Anyone | Who::SignedIn | Who::SignedInFor(_) => true,
        Who::May(permission) => person.permissions().contains(permission),
        Who::MayAny(permissions) => permissions.iter().any(|it| person.permissions().contains(*it)),
    }
}

pub async fn ask(browser: &mut Browser, method: &Method, route: &str, records: &Records) -> Answer {
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

pub fn assert_is_safe(answer: &Answer, what: &str) {
    for name in SAFE {
        assert!(answer.header(name).is_some(), "{what}: no {name}");
    }
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{what}");
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{what}");
    let policy = answer.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{what}: {policy}");
}
