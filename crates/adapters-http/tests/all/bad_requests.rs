//! Requests that our pages never send: too large, of another type, empty, or with repeated fields.
use crate::support::{
    Browser, FORM_TYPE, Site, encoded, html, multipart_type,
    office::{Person, everything::everything},
    parts,
    records::{Records, borrowed},
};
use adapters_http::route_table;
use axum::{
    body::{Body, Bytes},
    http::{Method, Request, header},
};

/// Routes that read a form.
fn forms() -> impl Iterator<Item = &'static str> {
    let without_a_form = [
        "/uploads",
        "/sign-out",
        "/setup",
        "/account/sessions/end",
        "/account/sessions/{id}/end",
        "/users/{id}/sessions/end",
        "/users/{id}/link",
        "/users/{id}/second-factor/reset",
    ];
    route_table()
        .into_iter()
        .filter(|it| it.0 == Method::POST)
        .map(|it| it.1)
        .filter(move |it| !without_a_form.contains(it) && !it.ends_with("/views/{id}/removal"))
}

/// Sends the body in chunks, without its length.
async fn stream(browser: &mut Browser, path: &str, media_type: &str, body: Vec<u8>) -> crate::support::Answer {
    let pieces: Vec<Result<Bytes, std::io::Error>> =
        body.chunks(60_000).map(|it| Ok(Bytes::copy_from_slice(it))).collect();
    let request = Request::post(path).header("sec-fetch-site", "same-origin").header(header::CONTENT_TYPE, media_type);
    browser.send(request, Body::from_stream(futures::stream::iter(pieces))).await
}

#[tokio::test]
async fn ten_megabytes_are_refused_with_or_without_a_declared_length() {
    let site = Site::new().await;
    let mut gleb = site.browser(Person::Gleb).await;
    let records = Records::new(&site.office, Person::Gleb).await;
    let before = everything(&*site.office.store).await;
    for route in forms() {
        let path = records.path(route);
        let body = format!("name={}", "a".repeat(10 * 1024 * 1024)).into_bytes();
        let announced = gleb.post_raw(&path, FORM_TYPE, body.clone()).await;
        let streamed = stream(&mut gleb, &path, FORM_TYPE, body).await;
        for answer in [announced, streamed] {
            assert!(answer.status == 413 && answer.is_page(), "{route}: {}", answer.status);
            assert!(answer.text().contains("Форма больше мегабайта"), "{route}");
        }
    }
    for route in ["/contracts", "/contracts/{id}/edit", "/leads/{id}/conversion"] {
        let long = "a".repeat(10 * 1024 * 1024);
        let answer = gleb.post_file(&records.path(route), &[("name", &long)], &[]).await;
        assert!(answer.status == 413 && answer.is_page(), "{route}: {}", answer.status);
    }
    assert_eq!(everything(&*site.office.store).await, before);
}

#[tokio::test]
async fn another_content_type_is_refused_with_a_reason() {
    let site = Site::new().await;
    let mut gleb = site.browser(Person::Gleb).await;
    let records = Records::new(&site.office, Person::Gleb).await;
    let before = everything(&*site.office.store).await;
    for route in forms() {
        let fields = records.body(route);
        let form = encoded(&borrowed(&fields)).into_bytes();
        for (media_type, body) in [
            ("text/plain", form.clone()),
            ("application/json", b"{\"name\":\"x\"}".to_vec()),
            ("application/x-www-form-urlencoded-not", form.clone()),
            ("multipart/form-data", form),
        ] {
            let answer = gleb.post_raw(&records.path(route), media_type, body).await;
            assert!(answer.status == 400 && answer.is_page(), "{route} as {media_type}: {}", answer.status);
            assert!(answer.text().contains("Запрос не разобран"), "{route} as {media_type}");
        }
    }
    for route in ["/contracts", "/leads/{id}/conversion"] {
        let cut = parts(&[("name", "Договор")], &[])[..60].to_vec();
        let answer = gleb.post_raw(&records.path(route), &multipart_type(), cut).await;
        assert!(answer.status == 400 && answer.is_page(), "{route}: {}", answer.status);
    }
    assert_eq!(everything(&*site.office.store).await, before);
}

/// Buttons with their action in a hidden field.
const BUTTONS: [(&str, &str); 4] = [
    ("/services/{id}/archive", "archived"),
    ("/campaigns/{id}/archive", "archived"),
    ("/spend/{id}/cancellation", "cancelled"),
    ("/users/{id}/access", "active"),
];

#[tokio::test]
async fn an_empty_body_changes_nothing() {
    let site = Site::new().await;
    let mut gleb = site.browser(Person::Gleb).await;
    let records = Records::new(&site.office, Person::Gleb).await;
    let before = everything(&*site.office.store).await;
    for route in forms().filter(|it| !BUTTONS.iter().any(|(button, _)| button == it)) {
        let request = Request::post(records.path(route)).header("sec-fetch-site", "same-origin");
        let missing = gleb.send(request, Body::empty()).await;
        let empty = gleb.post(&records.path(route), &[]).await;
        for answer in [missing, empty] {
            if route == "/preferences" {
                assert!(answer.status == 303 && answer.set_cookies().is_empty());
                continue;
            }
            // No visitor of this test is between password and code.
            if route == "/sign-in/code" {
                assert_eq!(answer.location(), Some("/sign-in"));
                continue;
            }
            let expected = match route {
                // Name and email are optional, so the empty profile counts as an outdated form.
                "/account/profile" => 409,
                // The token and the secret of our forms are missing.
                "/new-password" => 404,
                "/account/second-factor" => 400,
                // Without any details there are no similar leads.
                "/leads/similar" | "/leads/{id}/conversion/clients" => 200,
                // The action, or the change to undo, is missing.
                _ if route.ends_with("/bulk") || route.ends_with("/bulk/undo") => 400,
                // The lead ids are missing: both leads of a pair, or the lead to separate.
                "/leads/duplicates" | "/leads/{id}/separation" => 400,
                // Every field has a default, so the empty form counts as outdated.
                "/leads/{id}/merge/{other}" => 409,
                _ => 422,
            };
            assert!(answer.status == expected && answer.is_page(), "{route}: {}", answer.status);
            if expected < 409 {
                continue;
            }
            let alerts = html::tags(&answer.text()).iter().filter(|it| it.get("role") == Some("alert")).count();
            assert_eq!(alerts, 1, "{route}");
        }
    }
    assert_eq!(everything(&*site.office.store).await, before);
}

#[tokio::test]
async fn a_button_without_an_action_does_nothing() {
    let site = Site::new().await;
    let mut gleb = site.browser(Person::Gleb).await;
    let mut wrong = Vec::new();
    for (route, name) in BUTTONS {
        let unclear: [&[(&str, &str)]; 4] = [&[], &[(name, "")], &[(name, "x")], &[("other", "0")]];
        for fields in unclear {
            let records = Records::new(&site.office, Person::Gleb).await;
            // The record starts in the state that an unclear request must not change.
            let path = records.path(route);
            assert_eq!(gleb.post(&path, &[(name, "1")]).await.status, 303, "{route}");
            let before = everything(&*site.office.store).await;
            let answer = gleb.post(&path, fields).await;
            let stored = everything(&*site.office.store).await != before;
            if !matches!(answer.status, 400 | 422) || stored {
                wrong.push(format!("{route} {fields:?}: {}, stored: {stored}", answer.status));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_repeated_field_is_refused() {
    let site = Site::new().await;
    let gleb = site.browser(Person::Gleb).await;
    let mut wrong = Vec::new();
    for route in forms().filter(|it| *it != "/preferences") {
        let records = Records::new(&site.office, Person::Gleb).await;
        let before = everything(&*site.office.store).await;
        let fields = records.body(route);
        for (name, _) in fields.iter().filter(|it| it.0 != "roles") {
            let mut twice = borrowed(&fields);
            twice.push((name, "Другое"));
            let mut browser = if route == "/sign-in" { site.stranger() } else { gleb.clone() };
            let answer = browser.post(&records.path(route), &twice).await;
            let stored = everything(&*site.office.store).await != before;
            if !matches!(answer.status, 400 | 422) || stored || answer.cookie_of_a_session() {
                wrong.push(format!("{route} {name}: {}, stored: {stored}", answer.status));
                break;
            }
        }
    }
    assert!(wrong.is_empty(), "the first of two values was taken:\n{}", wrong.join("\n"));
}

#[tokio::test]
async fn any_query_gets_a_page() {
    let site = Site::new().await;
    let mut gleb = site.browser(Person::Gleb).await;
    let records = Records::new(&site.office, Person::Gleb).await;
    let long = "%D0%B6".repeat(10_000);
    let unknown = site.office.id::<uuid::Uuid>();
    let values = ["", "x", "%00", "%FF", "%EF%BF%BD", "%25", "_", "'%22%3Cscript%3E", "-1", "1e9", "2026-02-30"];
    let names = [
        "q",
        "after",
        "before",
        "status",
        "archived",
        "free",
        "lens",
        "group",
        "months",
        "starts_on",
        "sort",
        "explain",
        "campaign",
    ];
    for (method, route, _) in route_table() {
        let file = ["/contracts/{id}/document", "/contracts/{id}/documents/{document}", "/healthz", "/readyz"];
        if method != Method::GET
            || matches!(route, "/setup" | "/sign-in" | "/sign-in/code" | "/new-password")
            || route.ends_with("/export")
            || matches!(
                route,
                "/users/{id}/second-factor/reset"
                    | "/users/{id}/link"
                    | "/account/second-factor/codes"
                    | "/account/second-factor/off"
            )
            || file.contains(&route)
        {
            continue;
        }
        let path = records.path(route);
        let mut queries: Vec<String> = Vec::new();
        for value in values {
            queries.push(names.map(|it| format!("{it}={value}")).join("&"));
        }
        queries.push(format!("q={long}"));
        queries.push(format!("after={unknown}&before={unknown}&q=a"));
        queries.push("a".repeat(10_000));
        queries.push("&&==&%".to_owned());
        for query in queries {
            let answer = gleb.get(&format!("{path}?{query}")).await;
            let shown: String = query.chars().take(60).collect();
            assert!(matches!(answer.status, 200 | 422) && answer.is_page(), "{path}?{shown}: {}", answer.status);
            assert!(answer.status == 200 || route == "/statistics", "{path}?{shown}");
            assert!(!answer.text().contains("<script>\"") && !answer.text().contains("'\"<script"), "{path}?{shown}");
        }
    }
}

#[tokio::test]
async fn an_invalid_period_is_an_error_at_its_field() {
    let site = Site::new().await;
    let mut anna = site.browser(Person::Anna).await;
    for (query, field, sentence) in [
        ("starts_on=2026-02-30&ends_on=2026-03-01", "starts_on", "Начало: такой даты нет. Пример: 20.11.2026"),
        ("starts_on=2026-03-01&ends_on=x", "ends_on", "Окончание: такой даты нет. Пример: 20.11.2026"),
        ("starts_on=2026-03-02&ends_on=2026-03-01", "ends_on", "Окончание: раньше даты начала"),
        ("starts_on=2026-03-02", "ends_on", "Введите дату в поле «Окончание»"),
        ("ends_on=2026-03-02", "starts_on", "Введите дату в поле «Начало»"),
    ] {
        let answer = anna.get(&format!("/statistics?lens=event&{query}")).await;
        let text = answer.text();
        let told = html::text_of(&text, &format!("{field}-error"));
        assert_eq!((answer.status, told.as_deref()), (422, Some(sentence)), "{query}");
        assert!(html::is_marked_invalid(&text, field), "{query}");
        let form = html::form(&text, "/statistics").unwrap();
        assert_eq!(html::value(&form, "lens").as_deref(), Some("event"));
        for pair in query.split('&') {
            let (name, typed) = pair.split_once('=').unwrap();
            assert_eq!(html::value(&form, name).as_deref(), Some(typed), "{query}");
        }
    }
}

#[tokio::test]
async fn every_failed_sign_in_shows_the_same_sentence() {
    let site = Site::new().await;
    let long = "a".repeat(60_000);
    let mut pages = Vec::new();
    for (name, typed) in [
        ("anna", "не тот пароль"),
        ("nobody", "четыре слона в лодке"),
        ("denis", "четыре слона в лодке"),
        ("", ""),
        ("anna", long.as_str()),
        (long.as_str(), "x"),
        ("anna\0", "\0"),
        ("\u{fffd}", "\u{fffd}"),
        ("<script>alert(1)</script>", "<script>"),
    ] {
        let mut browser = site.stranger();
        let answer = browser.post("/sign-in", &[("username", name), ("password", typed), ("next", "/leads")]).await;
        let text = answer.text();
        assert!(answer.status == 422 && text.contains("Имя пользователя или пароль не подходят."), "{}", answer.status);
        assert!(browser.cookies.is_empty(), "a session for {name:?}");
        let form = html::form(&text, "/sign-in").unwrap();
        assert_eq!(html::value(&form, "username").as_deref(), Some(name));
        assert_eq!(html::value(&form, "password").as_deref(), Some(""));
        assert_eq!(html::value(&form, "next").as_deref(), Some("/leads"));
        pages.push(text.replace(&html_escaped(name), ""));
    }
    assert!(pages.iter().all(|it| *it == pages[0]), "the answers differ");
}

fn html_escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
