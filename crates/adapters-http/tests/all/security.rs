//! Security of requests and responses: origins, cookies, redirects, and errors as text.
use crate::support::{
    Answer, Browser, FORM_TYPE, HOST, Site, encoded, html,
    office::{Office, PASSWORD, Person, everything::everything},
    records::{Records, borrowed},
};
use adapters_http::route_table;
use axum::{
    body::Body,
    http::{Method, Request, header},
};
use domain::{record::RecordKind, store::Mode};

async fn post_with(browser: &mut Browser, path: &str, body: &str, headers: &[(&str, &str)]) -> Answer {
    let request = Request::post(path).header(header::CONTENT_TYPE, FORM_TYPE);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    browser.send(request, Body::from(body.to_owned())).await
}

#[tokio::test]
async fn a_write_from_another_site_is_refused_before_anything_is_stored() {
    let site = Site::new().await;
    let gleb = site.browser(Person::Gleb).await;
    let records = Records::new(&site.office, Person::Gleb).await;
    let before = everything(&*site.office.store).await;
    let own = format!("http://{HOST}");
    let foreign: [&[(&str, &str)]; 11] = [
        &[],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "")],
        &[("sec-fetch-site", "SAME-ORIGIN")],
        &[("sec-fetch-site", "cross-site"), ("origin", &own)],
        &[("origin", "http://evil.example")],
        &[("origin", "null")],
        &[("origin", "http://crm.example.evil.example")],
        &[("origin", "http://crm.example:8080")],
        &[("origin", "crm.example")],
    ];
    for (_, route, _) in route_table().into_iter().filter(|it| it.0 == Method::POST) {
        let (path, body) = (records.path(route), encoded(&borrowed(&records.body(route))));
        for headers in foreign {
            let mut browser = gleb.clone();
            let answer = post_with(&mut browser, &path, &body, headers).await;
            assert!(answer.status == 403 && answer.is_page(), "{route} {headers:?}: {}", answer.status);
            assert!(answer.text().contains("Запрос с другого сайта"), "{route} {headers:?}");
            assert!(answer.set_cookies().is_empty(), "{route} {headers:?}");
        }
    }
    for method in [Method::PUT, Method::DELETE, Method::PATCH] {
        let request = Request::builder().method(method.clone()).uri(records.path("/services/{id}"));
        let answer = gleb.clone().send(request.header("sec-fetch-site", "cross-site"), Body::empty()).await;
        assert_eq!(answer.status, 403, "{method}");
    }
    assert_eq!(everything(&*site.office.store).await, before);
}

#[tokio::test]
async fn a_write_from_our_own_page_is_accepted_by_either_header() {
    let site = Site::new().await;
    let mut gleb = site.browser(Person::Gleb).await;
    for headers in [
        &[("sec-fetch-site", "same-origin")][..],
        &[("origin", "http://crm.example")],
        &[("origin", "https://crm.example")],
        &[("sec-fetch-site", "same-origin"), ("origin", "http://crm.example")],
    ] {
        let records = Records::new(&site.office, Person::Gleb).await;
        let body = encoded(&borrowed(&records.body("/services")));
        assert_eq!(post_with(&mut gleb, "/services", &body, headers).await.status, 303, "{headers:?}");
    }
}

fn parts_of(cookie: &str) -> Vec<&str> {
    cookie.split("; ").skip(1).collect()
}

#[tokio::test]
async fn session_cookies_are_limited_to_this_server() {
    for (secure, name) in [(false, "sid"), (true, "__Host-sid")] {
        let site = Site::of(Office::new().await, secure);
        let mut browser = site.stranger();
        let answer = browser.post("/sign-in", &[("username", "anna"), ("password", PASSWORD)]).await;
        let cookies = answer.set_cookies();
        let cookie = cookies.iter().find(|it| it.starts_with(&format!("{name}="))).unwrap();
        let mut attributes = parts_of(cookie);
        attributes.sort_unstable();
        let expected: &[&str] = if secure {
            &["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]
        } else {
            &["HttpOnly", "Path=/", "SameSite=Lax"]
        };
        assert_eq!(attributes, expected);
        let token = browser.cookie(name).unwrap();
        assert!(token.len() == 64 && token.bytes().all(|it| it.is_ascii_hexdigit()));
        assert_eq!(browser.get("/leads").await.status, 200);
        for cookie in browser.post("/preferences", &[("lang", "en"), ("theme", "dark")]).await.set_cookies() {
            assert!(parts_of(cookie).contains(&"SameSite=Lax") && parts_of(cookie).contains(&"Path=/"), "{cookie}");
        }
    }
}

#[tokio::test]
async fn each_sign_in_sets_a_new_cookie_and_signing_out_revokes_it() {
    let site = Site::new().await;
    let mut browser = site.browser(Person::Anna).await;
    let first = browser.cookie("sid").unwrap().to_owned();
    browser.post("/sign-in", &[("username", "maxim"), ("password", PASSWORD)]).await;
    let second = browser.cookie("sid").unwrap().to_owned();
    assert_ne!(first, second);
    let mut old = site.stranger();
    old.cookies.push(("sid".into(), first));
    assert_eq!(old.get("/leads").await.location(), Some("/sign-in?next=%2Fleads"));
    let answer = browser.post("/sign-out", &[]).await;
    assert_eq!(answer.location(), Some("/sign-in"));
    assert!(answer.set_cookies().iter().any(|it| it.starts_with("sid=;") && it.contains("Max-Age=0")));
    assert_eq!(browser.cookie("sid"), None);
    let mut dead = site.stranger();
    dead.cookies.push(("sid".into(), second));
    assert_eq!(dead.get("/leads").await.status, 303);
    // A cookie that somebody planted is not adopted.
    let planted = "ab".repeat(32);
    let mut browser = site.stranger();
    browser.cookies.push(("sid".into(), planted.clone()));
    browser.post("/sign-in", &[("username", "anna"), ("password", PASSWORD)]).await;
    assert_ne!(browser.cookie("sid"), Some(planted.as_str()));
}

#[tokio::test]
async fn redirects_after_signing_in_stay_on_this_server() {
    let site = Site::new().await;
    for next in ["/leads?q=a%20b&status=new", "/statistics", "/leads/1"] {
        let query = form_urlencoded::byte_serialize(next.as_bytes()).collect::<String>();
        let page = site.stranger().get(&format!("/sign-in?next={query}")).await;
        let form = html::form(&page.text(), "/sign-in").unwrap();
        assert_eq!(html::value(&form, "next").as_deref(), Some(next));
        let fields = [("username", "anna"), ("password", PASSWORD), ("next", next)];
        assert_eq!(site.stranger().post("/sign-in", &fields).await.location(), Some(next));
    }
    for next in [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "https:/evil.example",
        "javascript:alert(1)",
        "evil.example",
        " //evil.example",
        "/\t/evil.example",
        "/\r\nLocation: https://evil.example",
        "/%0d%0a\r\n",
        "/\u{a0}x",
        "",
        "@evil.example",
        "/a\0b",
    ] {
        let fields = [("username", "anna"), ("password", PASSWORD), ("next", next)];
        let mut browser = site.stranger();
        let answer = browser.post("/sign-in", &fields).await;
        assert_eq!((answer.status, answer.location()), (303, Some("/")), "{next:?}");
        let query = form_urlencoded::byte_serialize(next.as_bytes()).collect::<String>();
        let signed_in = browser.get(&format!("/sign-in?next={query}")).await;
        assert_eq!(signed_in.location(), Some("/"), "{next:?}");
        let request = Request::post("/preferences").header("sec-fetch-site", "same-origin");
        let referrer = format!("https://evil.example{}", if next.starts_with('/') { next } else { "/" });
        if let Ok(value) = header::HeaderValue::from_str(&referrer) {
            let back = browser.send(request.header(header::REFERER, value), Body::empty()).await;
            assert!(back.location().is_some_and(|it| it.starts_with('/') && !it.starts_with("//")), "{next:?}");
        }
    }
}

#[tokio::test]
async fn language_and_theme_are_kept_by_the_browser() {
    let site = Site::new().await;
    let mut browser = site.stranger();
    assert!(browser.get("/sign-in").await.text().contains("<html lang=\"ru\">"));
    let request = Request::post("/preferences")
        .header("sec-fetch-site", "same-origin")
        .header(header::REFERER, "http://crm.example/sign-in?next=%2Fleads")
        .header(header::CONTENT_TYPE, FORM_TYPE);
    let answer = browser.send(request, Body::from("lang=en")).await;
    assert_eq!(answer.location(), Some("/sign-in?next=%2Fleads"));
    let page = browser.get("/sign-in").await.text();
    assert!(page.contains("<html lang=\"en\">") && page.contains("Sign in") && !page.contains("Войти"));
    browser.post("/preferences", &[("theme", "dark")]).await;
    assert!(browser.get("/sign-in").await.text().contains("data-theme=\"dark\""));
    for (name, value) in [("lang", "xx"), ("theme", "pink"), ("theme", "dark\"><i>"), ("lang", "")] {
        assert!(browser.post("/preferences", &[(name, value)]).await.set_cookies().is_empty(), "{name} {value}");
    }
    browser.cookies = vec![("lang".into(), "\"><i>".into()), ("theme".into(), "\"><i>".into())];
    let page = browser.get("/sign-in").await.text();
    assert!(page.contains("<html lang=\"ru\">") && !page.contains("<i>"));
}

#[tokio::test]
async fn missing_pages_get_our_error_page() {
    let site = Site::new().await;
    for mut browser in [site.stranger(), site.browser(Person::Anna).await] {
        for path in ["/x", "/leads/", "/leads//", "/LEADS", "/leads%2fnew", "/admin", "/.git/config", "/%FF", "/x/y/z"]
        {
            let answer = browser.get(path).await;
            assert!(answer.status == 404 && answer.is_page(), "{path}: {}", answer.status);
            assert!(answer.text().contains("Страница не найдена"), "{path}");
        }
    }
    let answer = site.stranger().get("/static/0/style.css").await;
    assert_eq!((answer.status, answer.header("x-content-type-options")), (404, Some("nosniff")));
}

#[tokio::test]
async fn a_get_of_a_post_route_leads_to_its_form() {
    let site = Site::new().await;
    let mut gleb = site.browser(Person::Gleb).await;
    let records = Records::new(&site.office, Person::Gleb).await;
    let pages: Vec<&str> = route_table().iter().filter(|it| it.0 == Method::GET).map(|it| it.1).collect();
    let mut blank = Vec::new();
    // A language change on a form with errors leads back to that form.
    for (_, route, _) in route_table().into_iter().filter(|it| it.0 == Method::POST && !pages.contains(&it.1)) {
        let answer = gleb.get(&records.path(route)).await;
        if !answer.body.is_empty() && !answer.is_page() || answer.body.is_empty() && answer.location().is_none() {
            blank.push(format!("GET {route}: {} with {} bytes", answer.status, answer.body.len()));
        }
    }
    assert!(blank.is_empty(), "{}", blank.join("\n"));
}

#[tokio::test]
async fn get_and_head_requests_change_nothing() {
    let site = Site::new().await;
    let mut gleb = site.browser(Person::Gleb).await;
    let records = Records::new(&site.office, Person::Gleb).await;
    let before = everything(&*site.office.store).await;
    for (method, route, _) in route_table() {
        for verb in [Method::GET, Method::HEAD] {
            let path = records.path(route);
            let sent = if method == Method::POST { records.body(route) } else { Vec::new() };
            let query = encoded(&borrowed(&sent));
            let request = Request::builder().method(verb.clone()).uri(format!("{path}?{query}"));
            let answer = gleb.send(request, Body::empty()).await;
            assert!(answer.status < 500 && (verb == Method::GET || answer.body.is_empty()), "{method} {route}");
        }
    }
    assert_eq!(everything(&*site.office.store).await, before);
    let superusers = site.office.store.begin(Mode::Read).await.unwrap().active_superusers().await.unwrap();
    assert_eq!(superusers, 1);
    assert!(before.iter().any(|it| it.kind == RecordKind::User));
}
