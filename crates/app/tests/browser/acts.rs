//! What somebody does in front of a page, and sees there.
use std::{
    fmt::Debug,
    fs,
    path::Path,
    time::{Duration, Instant},
};

use fantoccini::{Locator, elements::Element};
use serde_json::{Value, json};

use crate::browser::Browser;

const PATIENCE: Duration = Duration::from_secs(20);

/// With plain spaces for the ones that do not break, as people would type it.
pub(crate) fn plain(text: &str) -> String {
    text.replace('\u{a0}', " ")
}

impl Browser {
    pub(crate) async fn open(&self, path: &str) {
        let url = format!("{}{path}", self.site);
        let go = async || self.client.goto(&url).await.unwrap_or_else(|error| panic!("{url}: {error}"));
        self.next_page(&url, go).await;
    }

    pub(crate) async fn path(&self) -> String {
        self.client.current_url().await.unwrap().path().to_owned()
    }

    /// The status that the page came with.
    pub(crate) async fn status(&self) -> u64 {
        let script = "return performance.getEntriesByType('navigation')[0].responseStatus";
        self.run(script, []).await.as_u64().unwrap()
    }

    pub(crate) async fn run(&self, script: &str, arguments: impl Into<Vec<Value>>) -> Value {
        let ran = self.client.execute(script, arguments.into()).await;
        ran.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// What a script returns, as soon as that is something.
    pub(crate) async fn until(&self, what: &str, script: &str) -> Value {
        let begun = Instant::now();
        loop {
            // On the way from one page to the next a script may find none.
            let found = self.client.execute(script, Vec::new()).await;
            let last = match found {
                Ok(Value::Null | Value::Bool(false)) => "nothing".to_owned(),
                Ok(Value::String(text)) if text.is_empty() => "an empty text".to_owned(),
                Ok(found) => return found,
                Err(error) => error.to_string(),
            };
            assert!(begun.elapsed() < PATIENCE, "waited for {what}, got {last}; there is: {}", self.text().await);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub(crate) async fn find(&self, css: &str) -> Element {
        self.located(Locator::Css(css)).await
    }

    /// The first link or button that begins with these words.
    pub(crate) async fn named(&self, words: &str) -> Element {
        let path = format!("//*[self::a or self::button][starts-with(normalize-space(), '{words}')]");
        self.located(Locator::XPath(&path)).await
    }

    async fn located(&self, what: Locator<'_>) -> Element {
        match self.client.find(what).await {
            Ok(element) => element,
            Err(error) => panic!("{what:?}: {error}; {} shows: {}", self.path().await, self.text().await),
        }
    }

    /// Types into a field in place of what is there.
    pub(crate) async fn fill(&self, id: &str, text: &str) {
        let field = self.find(&format!("#{id}")).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap_or_else(|error| panic!("{id}: {error}"));
    }

    pub(crate) async fn fill_all<const N: usize>(&self, fields: [(&str, &str); N]) {
        for (id, text) in fields {
            self.fill(id, text).await;
        }
    }

    /// Picks from a list by the words that it shows.
    pub(crate) async fn choose(&self, id: &str, words: &str) {
        let picker = self.find(&format!("#{id}")).await;
        picker.select_by_label(words).await.unwrap_or_else(|error| panic!("{id}, {words}: {error}"));
    }

    /// Ticks the box with these words.
    pub(crate) async fn tick(&self, words: &str) {
        let path = format!("//label[starts-with(normalize-space(), '{words}')]//input[@type='checkbox']");
        self.located(Locator::XPath(&path)).await.click().await.unwrap();
    }

    /// What a field holds now.
    pub(crate) async fn value(&self, id: &str) -> String {
        plain(&self.find(&format!("#{id}")).await.prop("value").await.unwrap().unwrap())
    }

    pub(crate) async fn assert_values<const N: usize>(&self, expected: [(&str, &str); N]) {
        for (id, value) in expected {
            assert_eq!(self.value(id).await, value, "{id} on {}", self.path().await);
        }
    }

    /// Presses the link or the button with these words, and waits for the page behind it.
    pub(crate) async fn press(&self, words: &str) {
        let button = self.named(words).await;
        self.follow(&button).await;
    }

    /// Presses something, and waits for the page behind it.
    pub(crate) async fn follow(&self, element: &Element) {
        self.next_page(element, async || element.click().await.unwrap()).await;
    }

    /// Does what leads to another page, and waits until that one is here as a whole.
    ///
    /// The driver waits, too, but may take the last sign of the page before for the first of the next one, and then asks
    /// a page that is half here. So the page to be left is marked, and the next one is known by having no mark.
    pub(crate) async fn next_page(&self, way: &impl Debug, go: impl AsyncFnOnce()) {
        self.run("window.leaving = true", []).await;
        go().await;
        let arrived = "return !window.leaving && document.readyState === 'complete'";
        self.until(&format!("the page behind {way:?}"), arrived).await;
    }

    /// Presses what gives a file, and reads what came under this path.
    pub(crate) async fn download(&self, words: &str, into: &Path) -> Vec<u8> {
        self.download_into(into.parent().unwrap()).await;
        self.named(words).await.click().await.unwrap();
        let begun = Instant::now();
        // Under its name Chromium has nothing until it has all of it.
        while fs::metadata(into).map_or(0, |it| it.len()) == 0 {
            assert!(begun.elapsed() < PATIENCE, "{} was not downloaded", into.display());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        fs::read(into).unwrap()
    }

    /// The words of the whole page.
    pub(crate) async fn text(&self) -> String {
        self.text_of("body").await
    }

    pub(crate) async fn text_of(&self, css: &str) -> String {
        let script = "return document.querySelector(arguments[0])?.innerText ?? ''";
        plain(self.run(script, [json!(css)]).await.as_str().unwrap())
    }

    pub(crate) async fn texts_of(&self, css: &str) -> Vec<String> {
        let script = "return [...document.querySelectorAll(arguments[0])].map(it => it.innerText.trim())";
        strings(&self.run(script, [json!(css)]).await)
    }

    /// Where the links lead that a selector finds: their paths, each with its query.
    pub(crate) async fn links(&self, css: &str) -> Vec<String> {
        let script = "return [...document.querySelectorAll(arguments[0])].map(it => it.getAttribute('href'))";
        strings(&self.run(script, [json!(css)]).await)
    }

    pub(crate) async fn assert_sees(&self, words: &str) {
        let text = self.text().await;
        assert!(text.contains(words), "{} does not say «{words}»: {text}", self.path().await);
    }

    pub(crate) async fn sign_in(&self, username: &str, password: &str) {
        self.open("/sign-in").await;
        self.fill_all([("username", username), ("password", password)]).await;
        self.press("Войти").await;
        assert_eq!(self.path().await, "/", "{username} is not let in: {}", self.text().await);
    }

    pub(crate) async fn sign_out(&self) {
        self.find("#nav details.menu > summary").await.click().await.unwrap();
        self.press("Выйти").await;
        assert_eq!(self.path().await, "/sign-in");
        self.assert_sees("Вы вышли").await;
    }
}

fn strings(found: &Value) -> Vec<String> {
    found.as_array().unwrap().iter().map(|it| plain(it.as_str().unwrap())).collect()
}
