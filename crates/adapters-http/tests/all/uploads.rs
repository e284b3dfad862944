//! Uploads beyond a client's limits: refused with a reason, and the typed values are kept.
use std::convert::Infallible;

use axum::{
    body::{Body, Bytes},
    http::{Request, header},
};
use futures::{StreamExt, stream};

use crate::support::{
    Answer, Browser, Site, html,
    office::{Office, Person, WAITING, pdf},
    records::{Fields, Records, borrowed},
};

const QUOTA: &str = "Ваши загруженные файлы уже ждут договоров";
const DISK: &str = "На сервере почти нет места, поэтому файлы пока не принимаются. Скажите администратору";

/// The form values of a contract, without its file.
async fn contract(office: &Office) -> Fields {
    let records = Records::new(office, Person::Gleb).await;
    records.body("/contracts").into_iter().filter(|it| it.0 != "document").collect()
}

/// Sends an endless body.
async fn endless(browser: &mut Browser, path: &str, begin: &str, piece: &'static [u8]) -> Answer {
    let first = stream::iter([Ok::<_, Infallible>(Bytes::copy_from_slice(begin.as_bytes()))]);
    let rest = stream::repeat_with(move || Ok(Bytes::from_static(piece)));
    let request = Request::post(path)
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b");
    browser.send(request, Body::from_stream(first.chain(rest))).await
}

#[tokio::test]
async fn an_endless_form_is_refused() {
    let site = Site::new().await;
    let mut gleb = site.browser(Person::Gleb).await;
    let head = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n";
    for (begin, piece) in [
        (format!("{head}X-A: "), [b'a'; 1000].as_slice()),
        (String::new(), &[b'a'; 1000]),
        ("--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\n".to_owned(), &[b'a'; 1000]),
        (format!("{head}\r\n%PDF-1.7"), &[b'a'; 1000]),
        (format!("{head}\r\n%PDF-1.7\r\n--b--"), &[b'a'; 1000]),
        ("--b".to_owned(), b"\r\n\r\n\r\n--b"),
    ] {
        for path in ["/contracts", "/uploads"] {
            let answer = endless(&mut gleb, path, &begin, piece).await;
            // An uploaded file is stored before the data after it arrives.
            let stored = path == "/uploads" && begin.ends_with("--b--");
            let status = answer.status;
            assert!(
                if stored { status == 201 } else { matches!(status, 400 | 413 | 422) },
                "{path} {begin:?}: {status}"
            );
            assert!(stored || !answer.text().is_empty(), "{path} {begin:?}");
        }
    }
}

#[tokio::test]
async fn too_many_waiting_files_are_an_error_at_the_field_and_input_is_kept() {
    let mut office = Office::new().await;
    office.crm = office.with_quota();
    let fields = contract(&office).await;
    let site = Site::of(office, false);
    let mut gleb = site.browser(Person::Gleb).await;
    let mut full = false;
    for _ in 0..=WAITING {
        let answer = gleb.post_file("/uploads", &[], &[("скан.pdf", &pdf(100))]).await;
        full = answer.status == 422 && answer.text().starts_with(QUOTA);
        assert!(full || answer.status == 201, "{}: {}", answer.status, answer.text());
    }
    assert!(full);
    let answer = gleb.post_file("/contracts", &borrowed(&fields), &[("скан.pdf", &pdf(100))]).await;
    let text = answer.text();
    let told = html::text_of(&text, "document-error").unwrap_or_default();
    assert!(answer.status == 422 && told.starts_with(QUOTA), "{}: {told}", answer.status);
    let form = html::form(&text, "/contracts").unwrap();
    for (field, typed) in &fields {
        assert_eq!(html::value(&form, field).as_ref(), Some(typed), "{field}");
    }
    // After signing out and in again, the user can upload again.
    gleb.post("/sign-out", &[]).await;
    let mut gleb = site.browser(Person::Gleb).await;
    assert_eq!(gleb.post_file("/uploads", &[], &[("скан.pdf", &pdf(100))]).await.status, 201);
}

#[tokio::test]
async fn a_nearly_full_disk_refuses_only_uploads() {
    let mut office = Office::new().await;
    let fields = contract(&office).await;
    office.crm = office.with_full_disk();
    let site = Site::of(office, false);
    let mut gleb = site.browser(Person::Gleb).await;
    let ahead = gleb.post_file("/uploads", &[], &[("скан.pdf", &pdf(100))]).await;
    assert_eq!((ahead.status, ahead.text().as_str()), (503, DISK));
    let answer = gleb.post_file("/contracts", &borrowed(&fields), &[("скан.pdf", &pdf(100))]).await;
    assert_eq!((answer.status, html::text_of(&answer.text(), "document-error").as_deref()), (503, Some(DISK)));
    assert_eq!(gleb.get("/leads").await.status, 200);
    assert_eq!(site.stranger().get("/readyz").await.status, 200);
}

#[tokio::test]
async fn strangers_can_send_only_small_forms() {
    let site = Site::new().await;
    let mut stranger = site.stranger();
    let name = "x".repeat(70_000);
    assert_eq!(stranger.post("/sign-in", &[("username", &name), ("password", "x")]).await.status, 413);
    assert_eq!(stranger.post("/sign-in", &[("username", &name[..60_000]), ("password", "x")]).await.status, 422);
    let fields = |many| vec![("username", "x"); many];
    assert_eq!(stranger.post("/sign-in", &fields(21)).await.status, 400);
    assert_eq!(stranger.post("/sign-in", &[("username", "anna"), ("password", "x")]).await.status, 422);
}
