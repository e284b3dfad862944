//! Every kind of visitor for every route: who they are, what they send, and whether they are admitted.
use adapters_http::Access;
use application::{NewSecret, RequiredAction, RoleChange};
use axum::http::Method;
use domain::access::Permissions;

use super::{
    Answer, Browser, Site,
    office::pdf,
    office::{Office, PASSWORD, Person, details, next, password},
    records::{Records, SECRET, borrowed, code_of},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visitor {
    Stranger,
    In(Person),
    /// Денис, with a session cookie from before he was deactivated.
    Deactivated,
    /// The password was right; the code of the second factor is still missing.
    HalfWay,
    /// Signed in, with a required action.
    Owes(RequiredAction),
}

pub async fn browser(site: &Site, visitor: Visitor) -> Browser {
    match visitor {
        Visitor::Stranger => site.stranger(),
        Visitor::In(person) => site.browser(person).await,
        Visitor::Deactivated => {
            let (director, denis) = (site.office.director().await, site.office.user(Person::Denis).await);
            director.set_user_active(denis, true).await.unwrap();
            let browser = site.browser(Person::Denis).await;
            director.set_user_active(denis, false).await.unwrap();
            browser
        }
        Visitor::HalfWay => {
            let name = newcomer(&site.office, false, false).await;
            turn_on_second_factor(&site.office, &name).await;
            signed_in(site, &name, "/sign-in/code?next=%2F").await
        }
        Visitor::Owes(required_action) => {
            let of = (
                required_action == RequiredAction::ChangePassword,
                required_action == RequiredAction::TurnOnSecondFactor,
            );
            let name = newcomer(&site.office, of.0, of.1).await;
            signed_in(site, &name, "/").await
        }
    }
}

/// With the common password and all permissions, so that only the required action can stop the visitor.
async fn newcomer(office: &Office, temporary: bool, needs_second_factor: bool) -> String {
    let (director, id, role) = (office.director().await, office.id(), office.id());
    let (name, director) = (format!("newcomer{}", next()), &director);
    director.create_role(role, details::role_name(), Permissions::all()).await.unwrap();
    let second_factor = Some(needs_second_factor);
    let change = RoleChange { id: role, version: 1, name: None, permissions: None, second_factor };
    director.edit_roles(vec![change]).await.unwrap();
    director.create_user(id, details::user(&name, "", &[role])).await.unwrap();
    director.set_user_password(id, &password(&name), temporary).await.unwrap();
    name
}

/// With the secret that the forms' codes are made with.
pub async fn turn_on_second_factor(office: &Office, username: &str) {
    let token = super::office::sign_in(&office.crm, username, PASSWORD, None).await.unwrap();
    let (session, secret) = (office.crm.session(&token).await.unwrap().unwrap(), NewSecret::parse(SECRET).unwrap());
    session.turn_on_second_factor(PASSWORD, &secret, &code_of(SECRET, office, 0)).await.unwrap();
}

pub async fn signed_in(site: &Site, username: &str, leads_to: &str) -> Browser {
    let mut browser = site.stranger();
    let answer = browser.post("/sign-in", &[("username", username), ("password", PASSWORD)]).await;
    assert_eq!(answer.location(), Some(leads_to));
    browser
}

pub fn may_enter(visitor: Visitor, access: Access) -> bool {
    let person = match visitor {
        Visitor::Stranger | Visitor::Deactivated | Visitor::HalfWay => return access == Access::Anyone,
        Visitor::Owes(required_action) => {
            return access == Access::Anyone || access == Access::SignedInFor(required_action);
        }
        Visitor::In(person) => person,
    };
    match access {
        Access::Anyone | Access::SignedIn | Access::SignedInFor(_) => true,
        Access::May(permission) => person.permissions().contains(permission),
        Access::MayAny(permissions) => permissions.iter().any(|it| person.permissions().contains(*it)),
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
