//! What can be told of any page: axe, the console, the security policy, its weight, and whether it fits on every screen. And
//! what it looks like, to be looked at: `target/screenshots/page-width-theme.png`.
use std::{fs, path::Path};

use serde_json::{Value, json};

use crate::{
    browser::{Browser, DESKTOP, PHONE},
    company::Company,
};

const AXE: &str = include_str!("../vendor/axe.min.js");
const RULES: [&str; 6] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const WIDTHS: [u32; 6] = [320, 390, 768, 1100, 1440, 1920];

/// Notes what the page's own security policy held back.
const LISTEN: &str = "
    window.heldBack = [];
    addEventListener('securitypolicyviolation', it =>
        heldBack.push(`${it.effectiveDirective} ${it.blockedURI} ${it.sourceFile}:${it.lineNumber} ${it.sample}`));";

const ASK_AXE: &str = "
    const [rules, done] = arguments;
    axe.run(document, { runOnly: rules, resultTypes: ['violations'] }).then(
        found => done(found.violations.map(it =>
            `${it.id} (${it.help}): ` + it.nodes.map(node => `${node.target.join(' ')} ${node.html.slice(0, 200)}`).join(' | '))),
        error => done([`axe failed: ${error}`]));";

/// What sticks out of the page, if the page is wider than the window.
const WIDER: &str = "
    const root = document.documentElement;
    if (root.scrollWidth <= innerWidth) return null;
    const out = [...document.body.querySelectorAll('*')].filter(it => it.getBoundingClientRect().right > innerWidth + 1);
    return `${root.scrollWidth} px: ` + out.slice(0, 4).map(it => `${it.localName}.${it.className}`).join(', ');";

/// What a first visit to the page takes over the network: the page and all our files, as they were sent.
const WEIGHT: &str = "
    const files = performance.getEntriesByType('resource').filter(it => it.name.includes('/static/'));
    const all = [performance.getEntriesByType('navigation')[0], ...files];
    return [files.length, all.reduce((sum, it) => sum + it.encodedBodySize, 0)];";
/// The inspection itself changes the size of the window, perhaps while one page still fades into the next.
const RESIZED: &str = "Transition was aborted because of invalid state. Viewport size changed";
/// In bytes.
const HEAVIEST: u64 = 40 * 1024;

/// A picture of one colour takes less.
const LEAST_BYTES: usize = 5_000;

/// A walk through pages that notes what is wrong with each.
pub(crate) struct Inspection {
    pub(crate) browser: Browser,
    theme: &'static str,
    pages: usize,
    found: Vec<String>,
}

impl Inspection {
    pub(crate) async fn begin(site: &str, theme: &'static str) -> Self {
        let browser = Browser::start(site).await;
        browser.hide_scrollbars().await;
        browser.run_first(LISTEN).await;
        browser.open("/sign-in").await;
        browser.run("document.cookie = `theme=${arguments[0]};path=/`", [json!(theme)]).await;
        Self { browser, theme, pages: 0, found: Vec::new() }
    }

    /// Everything that was found on so many pages.
    pub(crate) fn end(self, at_least: usize) {
        assert!(self.found.is_empty(), "{} problems:\n{}", self.found.len(), self.found.join("\n"));
        assert!(self.pages >= at_least, "{} pages", self.pages);
    }

    pub(crate) async fn visit(&mut self, name: &str, path: &str, status: u64) {
        self.browser.open(path).await;
        self.settle(name, status).await;
    }

    /// Checks a page that is there already.
    pub(crate) async fn settle(&mut self, name: &str, status: u64) {
        assert_eq!(self.browser.status().await, status, "{name}: {}", self.browser.text().await);
        let shown = self.browser.run("return document.documentElement.dataset.theme", []).await;
        assert_eq!(shown, self.theme, "{name}");
        self.look(name).await;
    }

    /// Everything that can be told of a page without knowing it.
    pub(crate) async fn look(&mut self, name: &str) {
        self.pages += 1;
        // A theme changes colours alone.
        for width in if self.theme == "light" { &WIDTHS[..] } else { &[] } {
            self.browser.resize((*width, 900)).await;
            if let Value::String(wider) = self.browser.run(WIDER, []).await {
                self.report(name, &format!("wider at {width}: {wider}"));
            }
        }
        let weight = self.browser.run(WEIGHT, []).await;
        let (files, bytes) = (weight[0].as_u64().unwrap(), weight[1].as_u64().unwrap());
        if bytes > HEAVIEST || (files > 0 && bytes < 10_000) {
            self.report(name, &format!("{bytes} bytes on a first visit, in {files} files and the page"));
        }
        let held_back = self.browser.run("return heldBack", []).await;
        for it in held_back.as_array().unwrap() {
            self.report(name, &format!("held back: {it}"));
        }
        self.listen(name).await;
        for size in [DESKTOP, PHONE] {
            self.ask_axe(name, size).await;
        }
    }

    /// The console has nothing to say, but that a page which is an error came as one.
    async fn listen(&mut self, name: &str) {
        let page = self.browser.client.current_url().await.unwrap();
        let away = name.starts_with("outage");
        for (level, message) in self.browser.console().await {
            let status = message.strip_prefix(page.as_str()).is_some_and(|it| {
                it.contains("responded with a status of 4") || (away && it.contains("responded with a status of 503"))
            });
            let resized = message.ends_with(RESIZED);
            if !status && !resized && (level == "SEVERE" || level == "WARNING") {
                self.report(name, &format!("console: {level} {message}"));
            }
        }
    }

    pub(crate) async fn ask_axe(&mut self, name: &str, size: (u32, u32)) {
        self.browser.resize(size).await;
        // Half under a heading that stays in sight, a link would be half a link.
        self.browser.run("scrollTo(0, 0)", []).await;
        if self.browser.run("return !window.axe", []).await == true {
            self.browser.run(AXE, []).await;
        }
        self.take_picture(name, size.0).await;
        let asked = self.browser.client.execute_async(ASK_AXE, vec![json!(RULES)]).await.unwrap();
        for violation in asked.as_array().unwrap() {
            self.report(name, &format!("{} px: {}", size.0, violation.as_str().unwrap()));
        }
    }

    async fn take_picture(&self, name: &str, width: u32) {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("screenshots");
        fs::create_dir_all(&folder).unwrap();
        let file = format!("{name}-{width}-{}.png", self.theme);
        let picture = self.browser.client.screenshot().await.unwrap();
        assert!(picture.starts_with(b"\x89PNG") && picture.len() > LEAST_BYTES, "{file} has {} bytes", picture.len());
        fs::write(folder.join(file), picture).unwrap();
    }

    fn report(&mut self, name: &str, problem: &str) {
        self.found.push(format!("{name}, {}: {problem}", self.theme));
    }
}

#[tokio::test]
async fn the_checks_find_what_is_wrong() {
    let company = Company::with_leads(20);
    let mut inspection = Inspection::begin(&company.server.url, "light").await;
    inspection.browser.open("/sign-in").await;
    let spoil = "
        document.querySelector('h1').insertAdjacentHTML('afterend', '<img src=\"/x\" width=\"2500\">');
        document.body.append(Object.assign(document.createElement('script'), { textContent: '1' }));";
    inspection.browser.run(spoil, []).await;
    inspection.browser.until("the picture", "return document.querySelector('img[src=\"/x\"]').complete").await;
    inspection.look("spoilt").await;
    let found = inspection.found.join("\n");
    for part in ["image-alt", "held back: \"script-src-elem", "Content Security Policy", "wider at 1920", "404"] {
        assert!(found.contains(part), "{part} was not found: {found}");
    }
}
