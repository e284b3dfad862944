//! What every page looks like, to be looked at: `target/screenshots/page-width-theme.png`.
use std::{fs, path::Path};

use serde_json::json;

use crate::{
    browser::{Browser, DESKTOP, PHONE},
    company::{Company, PASSWORD},
    pages,
};

/// A page of one colour takes less.
const LEAST_BYTES: usize = 10_000;

#[tokio::test]
async fn every_page_has_its_picture_taken() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("screenshots");
    fs::create_dir_all(&folder).unwrap();
    let company = Company::with_leads(300);
    let browser = Browser::start(&company.server.url).await;
    browser.hide_scrollbars().await;
    browser.open("/sign-in").await;
    take(&browser, &folder, "sign-in").await;
    browser.resize(DESKTOP).await;
    browser.sign_in("director", PASSWORD).await;
    let pages = pages::all(&browser).await;
    for (name, path) in &pages {
        browser.open(path).await;
        assert_eq!(browser.status().await, 200, "{name}");
        take(&browser, &folder, name).await;
    }
}

/// In both themes and sizes.
async fn take(browser: &Browser, folder: &Path, name: &str) {
    for theme in ["light", "dark"] {
        browser.run("document.cookie = `theme=${arguments[0]};path=/`", [json!(theme)]).await;
        browser.next_page(&"a new look", async || browser.client.refresh().await.unwrap()).await;
        for size in [DESKTOP, PHONE] {
            browser.resize(size).await;
            browser.run("document.querySelector(':target')?.scrollIntoView({ block: 'center' })", []).await;
            let picture = browser.client.screenshot().await.unwrap();
            let file = format!("{name}-{}-{theme}.png", size.0);
            assert!(picture.starts_with(b"\x89PNG"), "{file}");
            assert!(picture.len() > LEAST_BYTES, "{file} has {} bytes", picture.len());
            fs::write(folder.join(&file), picture).unwrap();
        }
    }
}
