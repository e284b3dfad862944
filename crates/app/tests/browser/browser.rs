//! A Chromium of its own for each test, driven through chromedriver, and gone with the test.
use std::{
    fs,
    io::{BufRead, BufReader, ErrorKind, Write},
    net::TcpStream,
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use fantoccini::{Client, ClientBuilder, wd::WebDriverCompatibleCommand};
use hyper::Method;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::{TempDir, tempdir};
use url::{ParseError, Url};

/// What a desktop and a phone show of a page.
pub(crate) const DESKTOP: (u32, u32) = (1440, 900);
pub(crate) const PHONE: (u32, u32) = (390, 844);

const FLAGS: [&str; 11] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--lang=ru",
    "--window-size=1440,900",
];

/// One window on one site.
pub(crate) struct Browser {
    pub(crate) client: Client,
    /// Such as `http://127.0.0.1:40123`.
    pub(crate) site: String,
    chromium: u64,
    driver: Driver,
    /// For its profile, and whatever else it writes.
    folder: TempDir,
}

impl Browser {
    pub(crate) async fn start(site: &str) -> Self {
        Self::start_with(site, &json!({})).await
    }

    /// One whose user has switched scripts off.
    pub(crate) async fn without_javascript(site: &str) -> Self {
        Self::start_with(site, &json!({ "profile.managed_default_content_settings.javascript": 2 })).await
    }

    async fn start_with(site: &str, preferences: &Value) -> Self {
        let folder = tempdir().unwrap();
        let driver = Driver::start(folder.path());
        let mut flags: Vec<String> = FLAGS.map(str::to_owned).into();
        flags.push(format!("--user-data-dir={}", folder.path().join("profile").display()));
        let wanted = json!({
            "browserName": "chrome",
            "goog:chromeOptions": { "args": flags, "prefs": preferences },
            "goog:loggingPrefs": { "browser": "ALL" },
        });
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(wanted.as_object().unwrap().clone());
        let client = builder.connect(&driver.url).await.unwrap_or_else(|error| {
            panic!("the browser tests need Chromium (Debian: chromium), and it did not start: {error}")
        });
        let chromium = client.capabilities().and_then(|it| it.get("goog:processID")?.as_u64()).unwrap();
        let browser = Self { client, site: site.to_owned(), chromium, driver, folder };
        browser.resize(DESKTOP).await;
        browser
    }

    /// Gives the page this much room, however small a window may be.
    pub(crate) async fn resize(&self, (width, height): (u32, u32)) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", size).await;
    }

    /// Lets the page send no more than this many bytes in a second.
    pub(crate) async fn limit_upload(&self, bytes: u32) {
        self.network(0, i64::from(bytes)).await;
    }

    /// Lets every answer take this long on its way.
    pub(crate) async fn delay_answers(&self, milliseconds: u32) {
        self.network(milliseconds, -1).await;
    }

    pub(crate) async fn full_speed(&self) {
        self.network(0, -1).await;
    }

    async fn network(&self, latency: u32, upload: i64) {
        self.devtools("Network.enable", json!({})).await;
        let conditions =
            json!({ "offline": false, "latency": latency, "downloadThroughput": -1, "uploadThroughput": upload });
        self.devtools("Network.emulateNetworkConditions", conditions).await;
    }

    /// As on a phone, where they lie over the page.
    pub(crate) async fn hide_scrollbars(&self) {
        self.devtools("Emulation.setScrollbarsHidden", json!({ "hidden": true })).await;
    }

    pub(crate) async fn download_into(&self, folder: &Path) {
        let way = json!({ "behavior": "allow", "downloadPath": folder });
        self.devtools("Browser.setDownloadBehavior", way).await;
    }

    /// Runs a script in every page from now on, before the page's own.
    pub(crate) async fn run_first(&self, script: &str) {
        self.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })).await;
    }

    /// What the console said since it was last asked: pairs of a level and a message.
    pub(crate) async fn console(&self) -> Vec<(String, String)> {
        let text = |it: &Value| it.as_str().unwrap().to_owned();
        let said = self.order("se/log", json!({ "type": "browser" })).await;
        said.as_array().unwrap().iter().map(|it| (text(&it["level"]), text(&it["message"]))).collect()
    }

    async fn devtools(&self, command: &str, parameters: Value) {
        self.order("goog/cdp/execute", json!({ "cmd": command, "params": parameters })).await;
    }

    async fn order(&self, path: &'static str, body: Value) -> Value {
        self.client.issue_cmd(Order { path, body }).await.unwrap()
    }
}

/// Nothing of it stays: no process, no file.
impl Drop for Browser {
    fn drop(&mut self) {
        if !self.driver.shut_down() {
            let _ = Command::new("sh").arg("-c").arg(format!("kill -KILL {}", self.chromium)).status();
        }
        self.driver.end();
        let begun = Instant::now();
        // The last of Chromium's processes may still be writing.
        while fs::remove_dir_all(self.folder.path()).is_err_and(|it| it.kind() != ErrorKind::NotFound)
            && begun.elapsed() < Duration::from_secs(5)
        {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// A command of chromedriver beyond the standard.
#[derive(Debug)]
struct Order {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Order {
    fn endpoint(&self, driver: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        driver.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}

/// A port that is taken twice in a row is bad luck; so often it is something else.
const MOST_STARTS: usize = 10;

struct Driver {
    url: String,
    child: Child,
    /// Kept, because a closed pipe would be an error for the driver.
    out: BufReader<ChildStdout>,
}

impl Driver {
    /// On a port that it finds itself. It wants the same one on IPv4 and IPv6, and ends at once where another process was
    /// quicker with one of the two: then it is started again.
    fn start(folder: &Path) -> Self {
        let mut said = String::new();
        for _ in 0..MOST_STARTS {
            match Self::try_start(folder) {
                Ok(driver) => return driver,
                Err(last) => said.push_str(&last),
            }
        }
        panic!("chromedriver ended {MOST_STARTS} times before it listened:\n{said}");
    }

    /// Fails with what it said, where it ended before it listened.
    fn try_start(folder: &Path) -> Result<Self, String> {
        let mut command = Command::new("chromedriver");
        command.arg("--port=0").env("TMPDIR", folder).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        // Chromium does not run under another clock, and none of what is tested here is the browser's.
        command.env_remove("LD_PRELOAD");
        let mut child = command.spawn().unwrap_or_else(|error| {
            panic!("the browser tests need chromedriver (Debian: chromium-driver), and it did not start: {error}")
        });
        let out = BufReader::new(child.stdout.take().unwrap());
        let mut driver = Self { url: String::new(), child, out };
        let mut said = String::new();
        loop {
            let before = said.len();
            if driver.out.read_line(&mut said).unwrap() == 0 {
                return Err(format!("{said}{}\n", driver.child.wait().unwrap()));
            }
            let line = said[before..].trim().trim_end_matches('.');
            if let Some((_, port)) = line.split_once("successfully on port ") {
                driver.url = format!("http://127.0.0.1:{port}/");
                return Ok(driver);
            }
        }
    }

    /// Whether it has ended by itself, its Chromium before it.
    fn shut_down(&mut self) -> bool {
        let address = self.url.trim_start_matches("http://").trim_end_matches('/');
        let told = TcpStream::connect(address)
            .and_then(|mut it| write!(it, "GET /shutdown HTTP/1.1\r\nHost: {address}\r\n\r\n").map(|()| it));
        let begun = Instant::now();
        while told.is_ok() && begun.elapsed() < Duration::from_secs(5) {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return true;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        false
    }

    fn end(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Also where no browser came of it.
impl Drop for Driver {
    fn drop(&mut self) {
        self.end();
    }
}
