//! Text stays text: a page shows stored or submitted text and never runs it.
use crate::support::{
    Site, html,
    office::Person,
    records::{Records, borrowed},
};
use adapters_http::route_table;
use axum::{
    body::Body,
    http::{Method, Request},
};

const MARK: &str = "<i>\"'&";

/// A value for every text field.
fn marked(records: &Records, route: &str) -> Vec<(&'static str, String)> {
    let texts = ["name", "description", "channel", "note", "full_name", "text", "reason"];
    let mut fields = records.body(route);
    for (name, value) in &mut fields {
        if texts.contains(name) {
            *value = format!("{MARK} {value}");
        }
    }
    fields
}

#[tokio::test]
async fn stored_text_stays_text_on_every_page() {
    let site = Site::new().await;
    let mut gleb = site.browser(Person::Gleb).await;
    let mut records = Records::new(&site.office, Person::Gleb).await;
    let scan = crate::support::office::pdf(100);
    let mut created = Vec::new();
    // Every form that creates or edits, so that records and their histories contain the text.
    for route in ["/services", "/campaigns", "/leads", "/users", "/roles"] {
        let answer = gleb.post(route, &borrowed(&marked(&records, route))).await;
        assert_eq!(answer.status, 303, "{route}");
        created.push(answer.location().unwrap().to_owned());
    }
    for route in [
        "/services/{id}/edit",
        "/campaigns/{id}/edit",
        "/campaigns/{id}/spend",
        "/spend/{id}/edit",
        "/leads/{id}/edit",
        "/leads/{id}/notes",
        "/clients/{id}/edit",
        "/clients/{id}/notes",
        "/users/{id}/edit",
        "/roles/{id}/edit",
    ] {
        let answer = gleb.post(&records.path(route), &borrowed(&marked(&records, route))).await;
        assert_eq!(answer.status, 303, "{route}");
        records = records.with_new_key(&site.office);
    }
    for route in ["/contracts", "/contracts/{id}/edit"] {
        let fields: Vec<_> = marked(&records, route).into_iter().filter(|it| it.0 != "document").collect();
        let file = (&*format!("{} scan.pdf", MARK.replace('"', "%22")), &scan[..]);
        let answer = gleb.post_file(&records.path(route), &borrowed(&fields), &[file]).await;
        assert_eq!(answer.status, 303, "{route}");
        created.push(answer.location().unwrap().to_owned());
    }
    let lost = [("version", "2"), ("status", "lost"), ("reason", MARK)];
    assert_eq!(gleb.post(&records.path("/leads/{id}/status"), &lost).await.status, 303);
    let free = [("version", "3"), ("status", "new")];
    assert_eq!(gleb.post(&records.path("/leads/{id}/status"), &free).await.status, 303);

    let mut pages: Vec<String> = route_table()
        .into_iter()
        .filter(|it| {
            it.0 == Method::GET
                && !it.1.contains("/document")
                && !it.1.ends_with("/export")
                && !matches!(it.1, "/setup" | "/healthz" | "/readyz")
        })
        .map(|it| records.path(it.1))
        .collect();
    for path in ["/leads", "/clients", "/contracts", "/services", "/campaigns"] {
        pages.push(format!("{path}?q=%3Ci%3E%22%27%26"));
        let (history, edit) = (format!("{path}/{{id}}/history"), format!("{path}/{{id}}/edit"));
        pages.push(format!("{}?version=1", records.path(&history)));
        pages.push(format!("{}?at=%3Ci%3E%22%27%26", records.path(&history)));
        pages.push(format!("{}?restore=name&version=2", records.path(&edit)));
        pages.push(format!("{}?restore=full_name&version=2", records.path(&edit)));
    }
    pages.push("/sign-in?next=%3Ci%3E".into());
    pages.push("/contracts/new?client=%3Ci%3E".into());
    pages.push(format!("/contracts/new?client={}", records.client));
    pages.push("/statistics?starts_on=%3Ci%3E&sort=%3Ci%3E&explain=%3Ci%3E".into());
    pages.push("/statistics?explain=total".into());
    pages.extend(created);
    let mut seen = 0;
    for language in ["ru", "en"] {
        gleb.post("/preferences", &[("lang", language)]).await;
        for path in &pages {
            let text = gleb.get(path).await.text();
            assert!(!text.contains("<i>"), "{path}: {text}");
            seen += text.matches("&lt;i&gt;&quot;'&amp;").count();
            assert_has_nothing_inline(path, &text);
        }
    }
    assert!(seen > 60, "the text was seen only {seen} times");
}

/// The policy forbids inline scripts and styles, so none of them would work.
fn assert_has_nothing_inline(path: &str, text: &str) {
    for tag in html::tags(text) {
        for (name, value) in &tag.attributes {
            assert!(name != "style" && !name.starts_with("on"), "{path}: {} {name}={value}", tag.name);
            assert!(!value.trim_start().to_lowercase().starts_with("javascript:"), "{path}: {name}={value}");
        }
        assert!(tag.name != "style", "{path}");
        assert!(tag.name != "script" || (tag.get("src").is_some() && tag.text.is_empty()), "{path}");
        for name in ["src", "action"] {
            assert!(tag.get(name).is_none_or(|it| it.starts_with('/') && !it.starts_with("//")), "{path}: {tag:?}");
        }
    }
}

#[tokio::test]
async fn error_pages_have_nothing_inline_and_hide_internal_errors() {
    let site = Site::new().await;
    let mut anna = site.browser(Person::Anna).await;
    for answer in [
        anna.get("/x").await,
        anna.get("/users").await,
        anna.post("/leads", &[("full_name", MARK)]).await,
        anna.post_raw("/leads", "text/plain", "x").await,
        anna.send(Request::post("/leads"), Body::empty()).await,
    ] {
        let text = answer.text();
        assert!(answer.is_page() && !text.contains("<i>"), "{}", answer.status);
        assert_has_nothing_inline("an error", &text);
        for inside in ["axum", "Failed to", "Err(", "panicked", "sqlite", "RUST"] {
            assert!(!text.contains(inside), "{inside}");
        }
    }
}
