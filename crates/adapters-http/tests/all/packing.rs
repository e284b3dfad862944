//! Compressed responses have the same content as uncompressed ones.
use std::io::Read;

use axum::{
    body::Body,
    http::{Request, header},
};

use crate::support::{Answer, Browser, Site, html, office::Person};

async fn get(browser: &mut Browser, path: &str, accepted: &str) -> Answer {
    let request = Request::get(path).header(header::ACCEPT_ENCODING, accepted);
    browser.send(request, Body::empty()).await
}

fn unpacked(answer: &Answer) -> Vec<u8> {
    let mut bytes = Vec::new();
    match answer.header("content-encoding") {
        Some("br") => drop(brotli::Decompressor::new(&*answer.body, 4096).read_to_end(&mut bytes).unwrap()),
        Some("gzip") => drop(flate2::read::GzDecoder::new(&*answer.body).read_to_end(&mut bytes).unwrap()),
        other => {
            assert_eq!(other, None);
            bytes.extend(&answer.body);
        }
    }
    bytes
}

#[tokio::test]
async fn pages_and_static_files_use_the_accepted_encoding() {
    let site = Site::new().await;
    let mut anna = site.browser(Person::Anna).await;
    let page = anna.get("/leads").await.text();
    let tags = html::tags(&page);
    let linked =
        tags.iter().flat_map(|it| [it.get("href"), it.get("src")]).flatten().filter(|it| it.starts_with("/static/"));
    let mut paths: Vec<&str> = linked.map(|it| it.split('#').next().unwrap()).collect();
    paths.sort_unstable();
    paths.dedup();
    assert_eq!(paths.len(), 6, "{paths:?}");
    for path in paths.into_iter().chain(["/keys"]) {
        let plain = get(&mut anna, path, "identity").await;
        assert_eq!((plain.status, plain.header("content-encoding")), (200, None), "{path}");
        for (accepted, coding) in [
            ("gzip, deflate, br, zstd", Some("br")),
            ("gzip", Some("gzip")),
            ("GZIP;q=0.5", Some("gzip")),
            ("br;q=0, gzip", Some("gzip")),
            ("br;q=0", None),
            ("deflate", None),
        ] {
            let answer = get(&mut anna, path, accepted).await;
            // A logo hardly gets smaller, but is compressed like every other file.
            assert_eq!(answer.header("content-encoding"), coding, "{path} for {accepted}");
            assert!(answer.header("vary").unwrap().contains("accept-encoding"), "{path}");
            assert!(unpacked(&answer) == plain.body, "{path} for {accepted}");
            assert!(coding.is_none() || answer.body.len() < plain.body.len(), "{path} for {accepted}");
        }
    }
}
