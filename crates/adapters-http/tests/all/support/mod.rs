//! A browser without JavaScript for the pages, and the company behind them.
pub mod doors;
pub mod html;
#[allow(dead_code, reason = "the use case tests need the rest of this module")]
#[path = "../../../../application/tests/all/support/mod.rs"]
pub mod office;
pub mod records;
pub mod values;

use adapters_http::{Installation, Language, Stopping, router};
use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, header},
};
use http_body_util::BodyExt;
use tower::ServiceExt;

use office::{Office, PASSWORD, Person};

pub const HOST: &str = "crm.example";
const BOUNDARY: &str = "----voronka-7f3a";

pub struct Site {
    pub office: Office,
    pub stopping: Stopping,
    pub router: Router,
}

impl Site {
    pub async fn new() -> Self {
        Self::of(Office::new().await, false)
    }

    pub fn of(office: Office, secure: bool) -> Self {
        let installation =
            Installation { language: Language::Russian, currency: "RUB".into(), secure, proxies: Vec::new() };
        let stopping = Stopping::default();
        let router = router(office.crm.clone(), installation, stopping.clone());
        Self { office, stopping, router }
    }

    /// A visitor who has not signed in.
    pub fn stranger(&self) -> Browser {
        Browser { router: self.router.clone(), cookies: Vec::new(), of_pages: Vec::new() }
    }

    /// Signs in through the page.
    pub async fn browser(&self, person: Person) -> Browser {
        let mut browser = self.stranger();
        let answer = browser.post("/sign-in", &[("username", person.username()), ("password", PASSWORD)]).await;
        assert_eq!(answer.location(), Some("/"), "{person:?} could not sign in");
        browser
    }
}

#[derive(Clone)]
pub struct Browser {
    router: Router,
    pub cookies: Vec<(String, String)>,
    /// Cookies that are limited to a path, each with its path.
    of_pages: Vec<(String, (String, String))>,
}

pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|it| it.to_str().unwrap())
    }

    pub fn location(&self) -> Option<&str> {
        self.header("location")
    }

    pub fn set_cookies(&self) -> Vec<&str> {
        self.headers.get_all(header::SET_COOKIE).iter().map(|it| it.to_str().unwrap()).collect()
    }

    /// Whether the response is one of our pages, with text on it.
    pub fn is_page(&self) -> bool {
        let html = self.header("content-type").is_some_and(|it| it.starts_with("text/html; charset=utf-8"));
        html && self.text().contains("<h1>") && self.text().contains("Воронка")
    }
}

/// A file to send with a form: its name and its bytes.
pub type Sent<'a> = (&'a str, &'a [u8]);

/// The parts of a form with a file in it.
pub fn parts(fields: &[(&str, &str)], files: &[Sent<'_>]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(value.as_bytes());
        body.extend_from_slice(b"\r\n");
    }
    for (name, bytes) in files {
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    body
}

pub fn multipart_type() -> String {
    format!("multipart/form-data; boundary={BOUNDARY}")
}

pub const FORM_TYPE: &str = "application/x-www-form-urlencoded";

pub fn encoded(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

impl Browser {
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.iter().find(|it| it.0 == name).map(|it| it.1.as_str())
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path), Body::empty()).await
    }

    /// Sends a form of one of our own pages.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_raw(path, FORM_TYPE, encoded(fields)).await
    }

    pub async fn post_raw(&mut self, path: &str, media_type: &str, body: impl Into<Vec<u8>>) -> Answer {
        let body: Vec<u8> = body.into();
        let request = Request::post(path)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, media_type)
            .header(header::CONTENT_LENGTH, body.len());
        self.send(request, Body::from(body)).await
    }

    pub async fn post_file(&mut self, path: &str, fields: &[(&str, &str)], files: &[Sent<'_>]) -> Answer {
        self.post_raw(path, &multipart_type(), parts(fields, files)).await
    }

    /// Sends the request with the browser's cookies, and stores those of the response.
    pub async fn send(&mut self, request: axum::http::request::Builder, body: Body) -> Answer {
        let asked = request.uri_ref().unwrap().path().to_owned();
        let is_under = |page: &str| asked.strip_prefix(page).is_some_and(|it| it.is_empty() || it.starts_with('/'));
        let of_page = self.of_pages.iter().rev().filter(|it| is_under(&it.0)).map(|it| &it.1);
        let cookies: Vec<String> =
            of_page.chain(&self.cookies).map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = request.header(header::HOST, HOST);
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        let answer = Answer { status: parts.status.as_u16(), headers: parts.headers, body };
        self.keep(&answer);
        answer
    }

    fn keep(&mut self, answer: &Answer) {
        for cookie in answer.set_cookies() {
            let (name, rest) = cookie.split_once('=').unwrap();
            let (value, attributes) = rest.split_once(';').unwrap_or((rest, ""));
            let path = attributes.split(';').find_map(|it| it.trim().strip_prefix("Path=")).unwrap_or("/").to_owned();
            let (gone, cookie) = (attributes.contains("Max-Age=0"), (name.to_owned(), value.to_owned()));
            if path == "/" {
                self.cookies.retain(|it| it.0 != name);
                self.cookies.extend((!gone).then_some(cookie));
            } else {
                self.of_pages.retain(|it| it.0 != path || it.1.0 != name);
                self.of_pages.extend((!gone).then_some((path, cookie)));
            }
        }
    }
}

impl Answer {
    /// Whether the response signs the browser in.
    pub fn cookie_of_a_session(&self) -> bool {
        self.set_cookies().iter().any(|it| it.starts_with("sid=") && !it.starts_with("sid=;"))
    }
}
