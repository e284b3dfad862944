//! What a form sent, as typed: read with limits, kept to be shown again.
use application::Session;
use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Request},
    http::{HeaderValue, header},
};
use domain::{access::Permission, field::Field, files::FilesError};
use futures::StreamExt;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};
use tokio::{sync::Semaphore, time::timeout};

use crate::{
    Web,
    error::Fault,
    multipart::{Broken, Multipart, Part},
    paced_body::PacedBody,
    page::Page,
    repeat::Sent,
};

/// The values of each name in the order they were sent. Bytes that are not UTF-8 become U+FFFD, which no field accepts.
#[derive(Clone, Debug, Default)]
pub(crate) struct FormData {
    values: BTreeMap<String, Vec<String>>,
}

/// The largest body of a form, in bytes; files have their own limit.
pub(crate) const FORM_LIMIT: usize = 1024 * 1024;
/// What anybody may send without being signed in. It is as much as a page offers to send again after an outage, when nobody knows
/// who is signed in.
const ANONYMOUS_LIMIT: usize = 256 * 1024;
/// How long a whole form may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// A form beyond this size waits for its turn to be read: so many at once are in memory. Hardly any form is as large.
const SMALL: usize = 64 * 1024;
static LARGE: Semaphore = Semaphore::const_new(32);
/// No form here has more fields: the matrix has of each of 200 roles its permissions and the second factor, the version, and
/// what was shown.
pub(crate) const MOST_FIELDS: usize = 200 * (Permission::ALL.len() + 3);

impl FormData {
    pub(crate) fn get(&self, name: &str) -> &str {
        self.values.get(name).and_then(|it| it.first()).map_or("", String::as_str)
    }

    pub(crate) fn of(&self, field: Field) -> &str {
        self.get(field.code())
    }

    pub(crate) fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        self.values.get(name).into_iter().flatten().map(String::as_str)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().flat_map(|(name, all)| all.iter().map(|it| (name.as_str(), it.as_str())))
    }

    /// How many fields were sent.
    fn len(&self) -> usize {
        self.values.values().map(Vec::len).sum()
    }

    pub(crate) fn set(&mut self, name: &str, value: impl Into<String>) {
        self.values.insert(name.to_owned(), vec![value.into()]);
    }

    pub(crate) fn add(&mut self, name: &str, value: impl Into<String>) {
        self.values.entry(name.to_owned()).or_default().push(value.into());
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }

    /// Whether both have the same under this name, nothing being the same as an empty value. Browsers end lines in their own way,
    /// and several values have no order.
    pub(crate) fn has_as(&self, name: &str, other: &Self) -> bool {
        let of = |data: &Self| {
            let all = data.values.get(name).into_iter().flatten().map(|it| it.replace("\r\n", "\n"));
            all.filter(|it| !it.is_empty()).collect::<BTreeSet<_>>()
        };
        of(self) == of(other)
    }

    /// Takes what became of the values under this name from `before` to `saved`, where it was not changed here, too; whether
    /// anything was taken. Of several values each was changed by itself.
    pub(crate) fn merge(&mut self, name: &str, before: &Self, saved: &Self) -> bool {
        if before.has_as(name, saved) {
            return false;
        }
        let of = |data: &Self| data.values.get(name).cloned().unwrap_or_default();
        let (was, is, mut mine) = (of(before), of(saved), of(self));
        if name == Field::Roles.code() {
            mine.retain(|it| is.contains(it) || !was.contains(it));
            mine.extend(is.iter().filter(|it| !was.contains(it)).cloned());
            mine.sort_unstable();
            mine.dedup();
        } else if self.has_as(name, before) {
            mine = is;
        } else {
            return false;
        }
        if mine.is_empty() {
            self.values.remove(name)
        } else {
            self.values.insert(name.to_owned(), mine)
        };
        true
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.values.remove(name);
    }

    /// For building the values of a form from a record.
    pub(crate) fn with(mut self, field: Field, value: impl Into<String>) -> Self {
        self.add(field.code(), value);
        self
    }

    /// Which way a button goes: `1` or `0`, and nothing else.
    pub(crate) fn switch(&self, name: &str) -> Result<bool, Fault> {
        match self.get(name) {
            "1" => Ok(true),
            "0" => Ok(false),
            _ => Err(Fault::BadRequest),
        }
    }

    /// Of two values for one field neither is the right one. Only roles and the records of a list are ticked several at once.
    fn without_repetition(self) -> Result<Self, Fault> {
        let several = [Field::Roles.code(), "id"];
        let repeated = self.values.iter().any(|(name, all)| !several.contains(&name.as_str()) && all.len() > 1);
        if repeated { Err(Fault::BadRequest) } else { Ok(self) }
    }

    /// Takes one more than a form has, so that a form with too many can be told.
    pub(crate) fn from_query(query: &[u8]) -> Self {
        let mut data = Self::default();
        for (name, value) in form_urlencoded::parse(query).take(MOST_FIELDS + 1) {
            data.add(&name, value);
        }
        data
    }
}

/// Whether a `Content-Type` is this one, whatever its parameters are.
pub(crate) fn is_type(value: Option<&HeaderValue>, media_type: &str) -> bool {
    let text = value.and_then(|it| it.to_str().ok()).unwrap_or_default();
    text.split(';').next().is_some_and(|it| it.trim().eq_ignore_ascii_case(media_type))
}

/// Copied together: of single bytes, each would bring along the buffer that it arrived in.
async fn whole_body(body: Body, limit: usize) -> Result<Bytes, Fault> {
    let (mut body, mut whole, mut turn) = (PacedBody::new(body), Vec::new(), None);
    while let Some(piece) = body.piece().await.map_err(|_| Fault::BadRequest)? {
        if whole.len() + piece.len() > limit {
            return Err(Fault::TooLarge);
        }
        if whole.len() + piece.len() > SMALL && turn.is_none() {
            turn = LARGE.acquire().await.ok();
        }
        whole.extend_from_slice(&piece);
    }
    Ok(whole.into())
}

/// The largest body that is read of a form: with all of a file that is refused, because a browser looks for the answer only
/// after it has sent everything. It is four times the largest document, and a form around it.
pub(crate) fn limit_with_file(session: &Session) -> u64 {
    session.organisation().document_limit.saturating_mul(4).saturating_add(FORM_LIMIT as u64)
}

impl From<Broken> for Fault {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Interrupted => Self::BadRequest,
            Broken::TooLarge => Self::TooLarge,
        }
    }
}

impl<S: Send + Sync> FromRequest<S> for FormData {
    type Rejection = Fault;

    async fn from_request(request: Request, _: &S) -> Result<Self, Fault> {
        let declared =
            request.headers().get(header::CONTENT_LENGTH).and_then(|it| it.to_str().ok()?.parse::<usize>().ok());
        // The doorkeeper of the route put it there.
        let is_signed_in = request.extensions().get::<Page>().is_some();
        let limit = if is_signed_in { FORM_LIMIT } else { ANONYMOUS_LIMIT };
        if declared.is_some_and(|it| it > limit) {
            return Err(Fault::TooLarge);
        }
        let media_type = request.headers().get(header::CONTENT_TYPE);
        if media_type.is_some() && !is_type(media_type, "application/x-www-form-urlencoded") {
            return Err(Fault::BadRequest);
        }
        let sent = request.extensions().get::<Sent>().cloned();
        let body = timeout(PATIENCE, whole_body(request.into_body(), limit)).await.map_err(|_| Fault::BadRequest)??;
        if let Some(sent) = sent {
            sent.keep(&body);
        }
        let data = Self::from_query(&body);
        if data.len() > MOST_FIELDS { Err(Fault::BadRequest) } else { data.without_repetition() }
    }
}

/// A form with a file in it. The file is stored as it comes in, and the form keeps its id.
pub(crate) struct FormWithFile {
    pub(crate) page: Page,
    pub(crate) data: FormData,
    /// Why the file was not accepted.
    pub(crate) refused: Option<application::Error>,
}

impl FromRequest<Web> for FormWithFile {
    type Rejection = axum::response::Response;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Self::Rejection> {
        use axum::response::IntoResponse;
        let (mut parts, body) = request.into_parts();
        let page = <Page as axum::extract::FromRequestParts<Web>>::from_request_parts(&mut parts, web).await?;
        let request = Request::from_parts(parts, body);
        let fault = |it: Fault| it.into_response();
        if !is_type(request.headers().get(header::CONTENT_TYPE), "multipart/form-data") {
            let data = FormData::from_request(request, web).await.map_err(fault)?;
            return Ok(Self { page, data, refused: None });
        }
        let (parts, body) = request.into_parts();
        let limit = limit_with_file(&page.session);
        let parts = Multipart::new(&parts.headers, body, limit).map_err(|it| fault(it.into()))?;
        let (data, refused) = read_parts(parts, &page.session).await.map_err(fault)?;
        Ok(Self { page, data, refused })
    }
}

async fn read_parts(mut parts: Multipart, session: &Session) -> Result<(FormData, Option<application::Error>), Fault> {
    let (mut data, mut refused) = (FormData::default(), None);
    let (mut uploaded, mut files) = (None, 0);
    while let Some(mut part) = parts.next_part().await? {
        let name = std::mem::take(&mut part.name);
        match part.file_name.take() {
            // A file field that was left alone is sent with an empty name.
            Some(file) if file.is_empty() => {}
            // One form, one file.
            Some(_) if files > 0 => return Err(Fault::BadRequest),
            Some(file) => {
                files += 1;
                match store(part, &file, session).await {
                    Ok(document) => uploaded = Some(document.id.to_string()),
                    Err(error) => refused = Some(error),
                }
            }
            None => data.add(&name, part.text().await?),
        }
    }
    let mut data = data.without_repetition()?;
    if let Some(id) = uploaded {
        data.set(Field::Document.code(), id);
    }
    Ok((data, refused))
}

/// Hands the part on piece by piece while it comes in. What is left of a refused file is read and forgotten, so that
/// the browser, which looks for the answer only after it sent everything, gets to see why.
pub(crate) async fn store(
    mut part: Part<'_>,
    name: &str,
    session: &Session,
) -> Result<domain::document::Document, application::Error> {
    let (sender, receiver) = futures::channel::mpsc::channel::<Result<Bytes, FilesError>>(2);
    let pump = async move {
        let mut sender = Some(sender);
        loop {
            let piece = match part.piece().await {
                Ok(Some(piece)) => Ok(piece),
                Ok(None) => break,
                Err(_) => Err(FilesError::Interrupted),
            };
            let is_broken = piece.is_err();
            if let Some(open) = &mut sender
                && futures::SinkExt::send(open, piece).await.is_err()
            {
                sender = None;
            }
            if is_broken {
                break;
            }
        }
    };
    let (stored, ()) = futures::join!(session.upload(name, receiver.boxed()), pump);
    stored
}
