//! The common behaviour of all routes: refusals with a reason, working links, and unknown ids.
use crate::support::{
    Site,
    doors::{Visitor, assert_is_safe, may_enter},
    office::{Person, everything::everything, pdf},
    records::{Records, borrowed},
};
use adapters_http::{Access, described, route_table};
use axum::http::Method;
use domain::access::Permission;

#[tokio::test]
async fn a_refusal_explains_itself_and_shows_nothing_of_the_record() {
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
async fn pages_link_only_to_permitted_pages() {
    let site = Site::new().await;
    for person in Person::ACTIVE {
        let records = Records::new(&site.office, person).await;
        let mut browser = site.browser(person).await;
        let mut links: Vec<String> = Vec::new();
        for (method, route, access) in route_table() {
            if method != Method::GET
                || !may_enter(Visitor::In(person), access)
                || matches!(route, "/setup" | "/sign-in" | "/sign-in/code" | "/new-password")
            {
                continue;
            }
            let answer = browser.get(&records.path(route)).await;
            if answer.header("content-disposition").is_none() {
                let tags = crate::support::html::tags(&answer.text());
                links
                    .extend(tags.iter().filter(|it| it.name == "a").filter_map(|it| it.get("href").map(str::to_owned)));
            }
        }
        links.sort();
        links.dedup();
        links.retain(|it| it.starts_with('/'));
        assert!(!links.is_empty());
        for link in links {
            let mut answer = browser.get(link.split('#').next().unwrap()).await;
            // The history of a merged lead redirects to the surviving lead.
            if let Some(survivor) = answer.location().filter(|it| it.starts_with("/leads/")).map(str::to_owned) {
                answer = browser.get(&survivor).await;
            }
            assert_eq!(answer.status, 200, "{person:?} follows {link}");
        }
    }
}

#[tokio::test]
async fn unknown_and_invalid_ids_are_not_found() {
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
fn the_table_names_each_permission_that_pages_require() {
    let words: Vec<String> = route_table().iter().map(|it| described(it.2)).collect();
    for permission in Permission::ALL {
        assert!(words.iter().any(|it| it == permission.code()), "no route requires {}", permission.code());
    }
    let open: Vec<&str> = route_table().into_iter().filter(|it| it.2 == Access::Anyone).map(|it| it.1).collect();
    assert_eq!(
        open,
        [
            "/healthz",
            "/readyz",
            "/setup",
            "/setup",
            "/sign-in",
            "/sign-in",
            "/sign-in/code",
            "/sign-in/code",
            "/sign-out",
            "/new-password",
            "/new-password",
            "/preferences"
        ]
    );
}
