//! Short outages of the store: every user gets an error, nothing typed is lost, and one click sends it again.
use std::sync::Arc;

use crate::support::{
    Answer, Browser, FORM_TYPE, Site, encoded, html,
    office::{
        Office, PASSWORD, Person,
        contended::{Contended, Others},
        everything::everything,
        failing::{Failing, Fuse},
        folder,
        guarded::Step,
        pdf,
    },
    records::{Records, borrowed},
};
use adapters_http::route_table;
use adapters_memory::MemoryStore;
use axum::{
    body::Body,
    http::{Method, Request, header},
};
use domain::{lead::Lead, record::RecordKind};

/// A company with a fuse that makes its store fail at one step.
async fn company() -> (Site, Fuse) {
    let fuse = Fuse::default();
    let store = Failing { inner: MemoryStore::default(), fuse: fuse.clone() };
    (Site::of(Office::empty(Arc::new(store), folder()).await.staffed().await, false), fuse)
}

const TITLE: &str = "Сервис временно недоступен";
const UNKNOWN: &str = "Сохранилось ли оно, сейчас неизвестно, но дважды не запишется.";
const LOOK_FIRST: &str = "Если вы что-то сохраняли, сначала проверьте, сохранилось ли: сейчас это неизвестно.";

fn assert_is_outage(answer: &Answer, what: &str) {
    assert!(answer.status == 503 && answer.is_page() && answer.text().contains(TITLE), "{what}: {}", answer.status);
    assert_eq!((answer.header("retry-after"), answer.header("cache-control")), (Some("5"), Some("no-store")), "{what}");
}

/// The fields that the retry button sends.
fn kept(answer: &Answer, path: &str) -> Option<Vec<(String, String)>> {
    let form = html::form(&answer.text(), path)?;
    assert_eq!(form[0].get("method"), Some("post"));
    assert!(form.iter().any(|it| it.name == "button" && it.text == "Повторить"), "no button on {path}");
    let of = |tag: &html::Tag, name: &str| tag.get(name).unwrap_or_default().to_owned();
    Some(form.iter().filter(|it| it.name == "input").map(|it| (of(it, "name"), of(it, "value"))).collect())
}

fn pairs(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect()
}

/// The link with these words.
fn link(answer: &Answer, words: &str) -> Option<String> {
    let tags = html::tags(&answer.text());
    tags.iter().find(|it| it.name == "a" && it.text == words)?.get("href").map(str::to_owned)
}

#[tokio::test]
async fn every_form_can_be_retried_unchanged_with_one_click() {
    let (site, fuse) = company().await;
    let mut pressed = 0;
    for (_, route, _) in route_table().into_iter().filter(|it| it.0 == Method::POST) {
        let records = Records::new(&site.office, Person::Gleb).await;
        let (path, fields) = (records.path(route), records.body(route));
        let secret = fields.iter().any(|it| ["password", "code", "secret"].iter().any(|secret| it.0.contains(secret)));
        // Requests that a form makes while it is filled in are repeated by its next change.
        if secret
            || matches!(
                route,
                "/uploads" | "/preferences" | "/setup" | "/leads/similar" | "/leads/{id}/conversion/clients"
            )
        {
            continue;
        }
        let mut browser = site.browser(Person::Gleb).await;
        let before = everything(&*site.office.store).await;
        fuse.set(1);
        let answer = browser.post(&path, &borrowed(&fields)).await;
        assert_is_outage(&answer, route);
        assert!(answer.text().contains(UNKNOWN) && !answer.text().contains(LOOK_FIRST), "{route}");
        assert_eq!(everything(&*site.office.store).await, before, "{route}");
        let kept = kept(&answer, &path).unwrap_or_else(|| panic!("{route} offers no retry"));
        assert_eq!(pairs(&kept), borrowed(&fields), "{route}");
        let answer = browser.post(&path, &pairs(&kept)).await;
        assert_eq!(answer.status, 303, "{route}");
        let to_sign_in = answer.location().is_some_and(|it| it.starts_with("/sign-in"));
        assert_eq!(to_sign_in, route == "/sign-out", "{route}: {:?}", answer.location());
        pressed += 1;
    }
    assert!(pressed > 15, "{pressed}");
}

#[tokio::test]
async fn a_retry_after_any_failed_step_creates_one_record() {
    let (site, fuse) = company().await;
    let mut gleb = site.browser(Person::Gleb).await;
    for step in 1.. {
        let records = Records::new(&site.office, Person::Gleb).await;
        let before = everything(&*site.office.store).await.iter().filter(|it| it.kind == RecordKind::Lead).count();
        let fields = records.body("/leads");
        fuse.set(step);
        let mut answer = gleb.post("/leads", &borrowed(&fields)).await;
        if !fuse.is_out() {
            assert!(step > 5, "nothing failed");
            return;
        }
        assert_is_outage(&answer, &format!("step {step}"));
        let kept = kept(&answer, "/leads").unwrap();
        for _ in 0..2 {
            answer = gleb.post("/leads", &pairs(&kept)).await;
            assert_eq!(answer.status, 303, "step {step}");
        }
        let id = answer.location().unwrap().rsplit('/').next().unwrap().parse::<uuid::Uuid>().unwrap();
        let lead: Lead = site.office.stored(id.into()).await;
        assert_eq!(("full_name", lead.details.full_name.as_str()), borrowed(&fields)[1], "step {step}");
        let after = everything(&*site.office.store).await.iter().filter(|it| it.kind == RecordKind::Lead).count();
        assert_eq!(after, before + 1, "step {step}");
    }
}

#[tokio::test]
async fn retried_input_stays_text() {
    let (site, fuse) = company().await;
    let mut gleb = site.browser(Person::Gleb).await;
    let mean = "\"><script>alert('1')</script>&amp;\r\n  вторая строка";
    let fields = [("text", mean), ("\"><b>name", "x"), ("roles", "1"), ("roles", "2"), ("empty", "")];
    fuse.set(1);
    let answer = gleb.post("/leads/1/notes", &fields).await;
    assert_is_outage(&answer, "a note");
    assert_eq!(pairs(&kept(&answer, "/leads/1/notes").unwrap()), fields);
    let text = answer.text();
    assert!(!text.contains("<script>") && !text.contains("<b>name"), "{text}");
    assert!(text.contains("&quot;&gt;&lt;script&gt;alert('1')&lt;/script&gt;&amp;amp;\r\n  вторая строка"), "{text}");
}

async fn post_from(browser: &mut Browser, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
    let request = Request::post(path).header(header::CONTENT_TYPE, FORM_TYPE);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    browser.send(request, Body::from(encoded(fields))).await
}

#[tokio::test]
async fn passwords_and_codes_are_never_shown_and_the_link_leads_to_the_form() {
    let (site, fuse) = company().await;
    let gleb = site.browser(Person::Gleb).await;
    let records = Records::new(&site.office, Person::Gleb).await;
    let password = records.path("/users/{id}/password");
    let user = [("username", "ivan"), ("password", PASSWORD), ("password_again", PASSWORD)];
    let setup = [("setup_code", "ABCD-1234"), ("username", "ivan")];
    for (path, fields, form, back) in [
        ("/users", &user[..], "/users/new", "/users/new"),
        (&password, &user[1..], &password, &password),
        ("/sign-in", &user[..2], "/sign-in?next=%2Fleads", "/sign-in?next=%2Fleads"),
        ("/setup", &setup, "/setup?code=ABCD-1234", "/setup"),
        ("/leads", &[("totp_code", "123456")], "/leads/new", "/leads/new"),
    ] {
        let mut browser = if matches!(path, "/sign-in" | "/setup") { site.stranger() } else { gleb.clone() };
        let referrer = format!("http://crm.example{form}");
        fuse.set(1);
        let answer =
            post_from(&mut browser, path, fields, &[("sec-fetch-site", "same-origin"), ("referer", &referrer)]).await;
        assert_is_outage(&answer, path);
        assert_eq!(kept(&answer, path), None, "{path}");
        let text = answer.text();
        for (_, value) in fields {
            assert!(!text.contains(value), "{path} shows {value}");
        }
        assert!(text.contains(LOOK_FIRST), "{path}");
        assert_eq!(link(&answer, "Вернуться к форме").as_deref(), Some(back), "{path}");
    }
    fuse.set(1);
    let opened = site.stranger().get("/setup?code=ABCD-1234").await;
    assert_is_outage(&opened, "/setup");
    assert!(!opened.text().contains("ABCD-1234"));
}

#[tokio::test]
async fn a_form_from_another_site_is_never_sent_back() {
    let (site, fuse) = company().await;
    let mut gleb = site.browser(Person::Gleb).await;
    for headers in [&[][..], &[("sec-fetch-site", "cross-site")], &[("origin", "http://evil.example")]] {
        fuse.set(1);
        let answer = post_from(&mut gleb, "/leads", &[("full_name", "Чужой Человек")], headers).await;
        assert!(answer.status == 403 && answer.is_page(), "{headers:?}: {}", answer.status);
        assert!(!answer.text().contains("Чужой") && kept(&answer, "/leads").is_none(), "{headers:?}");
        assert!(!fuse.is_out(), "the store was queried");
    }
}

#[tokio::test]
async fn a_form_too_large_to_retry_gets_a_link_back() {
    let (site, fuse) = company().await;
    let mut gleb = site.browser(Person::Gleb).await;
    let (most, most_bytes) = (vec![("a", "x"); 200], "x".repeat(256 * 1024 - 2));
    let (more, more_bytes) = (vec![("a", "x"); 201], "x".repeat(256 * 1024 - 1));
    for (fields, is_kept) in [
        (most, true),
        (more, false),
        (vec![("a", most_bytes.as_str())], true),
        (vec![("a", more_bytes.as_str())], false),
        (vec![("a", "x".repeat(2 * 1024 * 1024).as_str())], false),
    ] {
        fuse.set(1);
        let answer = gleb.post("/leads", &fields).await;
        assert_is_outage(&answer, "a large form");
        let sent = fields.iter().map(|it| (it.0.to_owned(), it.1.to_owned())).collect::<Vec<_>>();
        assert!(kept(&answer, "/leads") == is_kept.then_some(sent), "{} fields", fields.len());
    }
    for media_type in ["text/plain", "application/json", "multipart/form-data; boundary=x"] {
        fuse.set(1);
        let answer = gleb.post_raw("/contracts", media_type, "name=typed").await;
        assert_is_outage(&answer, media_type);
        assert!(kept(&answer, "/contracts").is_none() && !answer.text().contains("typed"), "{media_type}");
        // The page of the form is unknown.
        assert_eq!(link(&answer, "На главную").as_deref(), Some("/"), "{media_type}");
    }
}

#[tokio::test]
async fn a_failed_page_links_to_itself() {
    let (site, fuse) = company().await;
    let mut gleb = site.browser(Person::Gleb).await;
    for path in ["/leads?q=%D0%B0%26b&status=new", "/", "/contracts", "/statistics?lens=event"] {
        fuse.set(1);
        let answer = gleb.get(path).await;
        assert_is_outage(&answer, path);
        assert!(!answer.text().contains("сохраняли"), "{path}");
        assert_eq!(link(&answer, "Повторить").as_deref(), Some(path));
        assert_eq!(gleb.get(path).await.status, 200, "{path}");
    }
    gleb.post("/preferences", &[("lang", "en")]).await;
    fuse.set(1);
    let answer = gleb.get("/leads").await;
    assert_eq!(link(&answer, "Try again").as_deref(), Some("/leads"));
    assert!(answer.text().contains("The service is unavailable"));
}

fn assert_is_sentence(answer: &Answer, status: u16, sentence: &str) {
    assert_eq!((answer.status, answer.text().as_str()), (status, sentence));
    assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
    assert_eq!(answer.header("retry-after"), (status == 503).then_some("5"));
}

#[tokio::test]
async fn a_script_gets_a_sentence_in_its_users_language() {
    let (site, fuse) = company().await;
    let (mut gleb, mut marina) = (site.browser(Person::Gleb).await, site.browser(Person::Marina).await);
    let file = pdf(100);
    for (language, unavailable, forbidden) in [
        (
            "ru",
            "Сервис временно недоступен. Повторите через несколько секунд.",
            "Нет доступа. У вашей роли нет этого права. Если оно нужно для работы, обратитесь к администратору.",
        ),
        (
            "en",
            "The service is unavailable. Try again in a few seconds.",
            "No access. Your role does not include this permission. Ask an administrator if you need it for your work.",
        ),
    ] {
        for browser in [&mut gleb, &mut marina] {
            browser.post("/preferences", &[("lang", language)]).await;
        }
        // Fails in `authorize_request`, and then in the handler.
        let mut steps = 0;
        loop {
            fuse.set(steps + 1);
            let answer = gleb.post_file("/uploads", &[], &[("скан.pdf", &file)]).await;
            if !fuse.is_out() {
                assert_eq!(answer.status, 201);
                fuse.set(0);
                break;
            }
            assert_is_sentence(&answer, 503, unavailable);
            steps += 1;
        }
        assert!(steps > 3, "{steps}");
        let refused = marina.post_file("/uploads", &[], &[("скан.pdf", &file)]).await;
        assert_is_sentence(&refused, 403, forbidden);
        let search = || Request::get("/leads?q=a").header("hx-request", "true");
        fuse.set(1);
        assert_is_sentence(&gleb.send(search(), Body::empty()).await, 503, unavailable);
        assert_is_sentence(&marina.send(search(), Body::empty()).await, 403, forbidden);
        assert!(gleb.send(search(), Body::empty()).await.text().starts_with("<!DOCTYPE html>"));
    }
}

#[tokio::test]
async fn a_script_without_a_session_is_redirected_to_sign_in() {
    let (site, _) = company().await;
    let request = || Request::post("/uploads").header("sec-fetch-site", "same-origin").header("x-upload", "1");
    let answer = site.stranger().send(request(), Body::empty()).await;
    assert_is_sentence(&answer, 401, "Сеанс закончился. Войдите снова.");
    let search = Request::get("/leads?q=a").header("hx-request", "true");
    let answer = site.stranger().send(search, Body::empty()).await;
    assert_eq!((answer.status, answer.header("hx-redirect")), (200, Some("/sign-in")));
}

#[tokio::test]
async fn a_busy_response_can_be_retried_with_one_click_too() {
    let others = Others::default();
    let store = Contended { inner: MemoryStore::default(), others: others.clone() };
    let site = Site::of(Office::empty(Arc::new(store), folder()).await.staffed().await, false);
    let mut gleb = site.browser(Person::Gleb).await;
    let fields = Records::new(&site.office, Person::Gleb).await.body("/services");
    others.get_in_the_way(Step::Commit, 1, 3);
    let answer = gleb.post("/services", &borrowed(&fields)).await;
    others.leave();
    let text = answer.text();
    assert!(answer.status == 503 && text.contains("Данные не изменены") && !text.contains(UNKNOWN), "{text}");
    assert_eq!(answer.header("retry-after"), Some("5"));
    let kept = kept(&answer, "/services").unwrap();
    assert_eq!(pairs(&kept), borrowed(&fields));
    assert_eq!(gleb.post("/services", &pairs(&kept)).await.status, 303);
}
