//! As much of an S3 server as our client uses, in memory. It checks what a real one would refuse.
use std::{
    collections::{BTreeMap, HashMap},
    fmt::Write,
    sync::{Arc, Mutex, MutexGuard},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Query, Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

pub(super) const BUCKET: &str = "documents";
pub(super) const ACCESS_KEY: &str = "voronka";
/// How many keys a list has at once; so few, to see that the client asks for the next ones.
const LISTED: usize = 2;
const LEAST_PART: usize = 5 * 1024 * 1024;

pub(super) struct Object {
    bytes: Bytes,
    pub(super) modified: DateTime<Utc>,
}

#[derive(Default)]
pub(super) struct Held {
    pub(super) objects: BTreeMap<String, Object>,
    /// The parts of each upload that is neither completed nor aborted.
    pub(super) uploads: HashMap<String, BTreeMap<usize, Bytes>>,
    begun: usize,
    /// The part that is refused, or 0 for a whole object.
    pub(super) refused_part: Option<usize>,
}

pub(super) struct Server {
    pub(super) address: String,
    held: Arc<Mutex<Held>>,
}

impl Server {
    pub(super) async fn start() -> Self {
        let held = Arc::new(Mutex::new(Held::default()));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let app = Router::new().fallback(answer).with_state(Arc::clone(&held));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { address, held }
    }

    pub(super) fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap()
    }
}

type Parameters = HashMap<String, String>;

async fn answer(State(held): State<Arc<Mutex<Held>>>, Query(query): Query<Parameters>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let Some(key) = parts.uri.path().strip_prefix(&format!("/{BUCKET}")) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if !is_signed(&parts.headers, &body) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let key = key.trim_start_matches('/');
    let from = parts.headers.get("x-amz-copy-source").map(|it| it.to_str().unwrap());
    let mut held = held.lock().unwrap();
    match from {
        Some(from) => held.copy(from.strip_prefix(&format!("{BUCKET}/")).unwrap(), key),
        None => held.answer(&parts.method, key, &query, body),
    }
}

/// Not the signature itself, but who signed, and that the body is what was signed.
fn is_signed(headers: &HeaderMap, body: &Bytes) -> bool {
    let header = |name: &str| headers.get(name).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let mut digest = String::new();
    Sha256::digest(body).iter().for_each(|it| write!(digest, "{it:02x}").unwrap());
    header("authorization").starts_with(&format!("AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/"))
        && header("x-amz-content-sha256") == digest
}

impl Held {
    fn answer(&mut self, method: &Method, key: &str, query: &Parameters, body: Bytes) -> Response {
        let upload = query.get("uploadId");
        match (method.as_str(), upload) {
            ("PUT", upload) => self.put(key, upload, query, body),
            ("POST", None) if query.contains_key("uploads") => self.begin(),
            ("POST", Some(upload)) => self.complete(key, upload, &body),
            ("DELETE", Some(upload)) => match self.uploads.remove(upload) {
                Some(_) => StatusCode::NO_CONTENT.into_response(),
                None => StatusCode::NOT_FOUND.into_response(),
            },
            ("DELETE", None) => {
                // S3 answers so whether the object was there or not.
                self.objects.remove(key);
                StatusCode::NO_CONTENT.into_response()
            }
            ("GET", None) if query.get("list-type").is_some_and(|it| it == "2") => self.list(query),
            ("GET", None) => self.get(key),
            _ => StatusCode::NOT_IMPLEMENTED.into_response(),
        }
    }

    fn put(&mut self, key: &str, upload: Option<&String>, query: &Parameters, body: Bytes) -> Response {
        let part: usize = query.get("partNumber").map_or(0, |it| it.parse().unwrap());
        if self.refused_part == Some(part) {
            return StatusCode::FORBIDDEN.into_response();
        }
        match upload.map(|it| self.uploads.get_mut(it)) {
            Some(Some(parts)) => drop(parts.insert(part, body)),
            Some(None) => return StatusCode::NOT_FOUND.into_response(),
            None => self.keep(key, body),
        }
        [(header::ETAG, format!("\"{part}\""))].into_response()
    }

    fn begin(&mut self) -> Response {
        self.begun += 1;
        let upload = format!("upload{}", self.begun);
        self.uploads.insert(upload.clone(), BTreeMap::new());
        format!("<InitiateMultipartUploadResult><UploadId>{upload}</UploadId></InitiateMultipartUploadResult>")
            .into_response()
    }

    fn complete(&mut self, key: &str, upload: &str, body: &Bytes) -> Response {
        let Some(parts) = self.uploads.get(upload) else { return StatusCode::NOT_FOUND.into_response() };
        let named = String::from_utf8_lossy(body).matches("<PartNumber>").count();
        let small = parts.values().rev().skip(1).any(|it| it.len() < LEAST_PART);
        if named != parts.len() || parts.is_empty() || small {
            return StatusCode::BAD_REQUEST.into_response();
        }
        let whole: Vec<u8> = parts.values().flatten().copied().collect();
        self.uploads.remove(upload);
        self.keep(key, whole.into());
        "<CompleteMultipartUploadResult><ETag>whole</ETag></CompleteMultipartUploadResult>".into_response()
    }

    fn keep(&mut self, key: &str, bytes: Bytes) {
        let modified = "2026-03-02T09:00:00Z".parse().unwrap();
        self.objects.insert(key.to_owned(), Object { bytes, modified });
    }

    fn copy(&mut self, from: &str, to: &str) -> Response {
        let Some(object) = self.objects.get(from) else { return StatusCode::NOT_FOUND.into_response() };
        let bytes = object.bytes.clone();
        self.keep(to, bytes);
        "<CopyObjectResult><ETag>whole</ETag></CopyObjectResult>".into_response()
    }

    fn get(&self, key: &str) -> Response {
        let Some(object) = self.objects.get(key) else { return StatusCode::NOT_FOUND.into_response() };
        let headers = [(header::ETAG, "\"whole\"".into()), (header::LAST_MODIFIED, object.modified.to_rfc2822())];
        (headers, Body::from(object.bytes.clone())).into_response()
    }

    fn list(&self, query: &Parameters) -> Response {
        let after = query.get("continuation-token").or(query.get("start-after")).map_or("", String::as_str);
        let mut rest = self.objects.iter().filter(|(key, _)| key.as_str() > after);
        let (mut xml, mut last) = (String::new(), "");
        for (key, object) in rest.by_ref().take(LISTED) {
            let (modified, size) = (object.modified.to_rfc3339(), object.bytes.len());
            let fields = format!("<Key>{key}</Key><LastModified>{modified}</LastModified><Size>{size}</Size>");
            write!(xml, "<Contents>{fields}<ETag>whole</ETag></Contents>").unwrap();
            last = key;
        }
        if rest.next().is_some() {
            write!(xml, "<NextContinuationToken>{last}</NextContinuationToken>").unwrap();
        }
        format!("<ListBucketResult>{xml}</ListBucketResult>").into_response()
    }
}
