//! What a form sent, as typed: read with limits, kept to be shown again.
use application::Session;
use axum::{
    body::Bytes,
    extract::{FromRequest, Multipart, Request, multipart::Field as Part},
    http::{HeaderValue, header},
};
use domain::{access::Permission, field::Field, files::FilesError};
use futures::StreamExt;
use http_body_util::{BodyExt, Limited};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};
use tokio::time::timeout;

use crate::{Web, error::Fault, guard::FORM_LIMIT, page::Page, repeat::Sent};

/// The values of each name in the order they were sent. Bytes that are not UTF-8 become U+FFFD, which no field accepts.
#[derive(Clone, Debug, Default)]
pub(crate) struct FormData {
    values: BTreeMap<String, Vec<String>>,
}

/// How long a sender may be silent, and a whole form may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// No form here has more fields: the matrix has of each of 200 roles its permissions and the second factor, the version, and
/// what was shown.
const MOST_FIELDS: usize = 200 * (Permission::ALL.len() + 3);

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

async fn whole_body(request: Request) -> Result<Bytes, Fault> {
    match timeout(PATIENCE, Limited::new(request.into_body(), FORM_LIMIT).collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => Err(Fault::TooLarge),
        Ok(Err(_)) | Err(_) => Err(Fault::BadRequest),
    }
}

/// The next piece of a part, while its sender goes on sending.
async fn piece(part: &mut Part<'_>) -> Result<Option<Bytes>, Fault> {
    match timeout(PATIENCE, part.chunk()).await {
        Ok(Ok(piece)) => Ok(piece),
        Ok(Err(_)) | Err(_) => Err(Fault::BadRequest),
    }
}

impl<S: Send + Sync> FromRequest<S> for FormData {
    type Rejection = Fault;

    async fn from_request(request: Request, _: &S) -> Result<Self, Fault> {
        let declared =
            request.headers().get(header::CONTENT_LENGTH).and_then(|it| it.to_str().ok()?.parse::<usize>().ok());
        if declared.is_some_and(|it| it > FORM_LIMIT) {
            return Err(Fault::TooLarge);
        }
        let media_type = request.headers().get(header::CONTENT_TYPE);
        if media_type.is_some() && !is_type(media_type, "application/x-www-form-urlencoded") {
            return Err(Fault::BadRequest);
        }
        let sent = request.extensions().get::<Sent>().cloned();
        let body = whole_body(request).await?;
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
        use axum::{RequestExt, response::IntoResponse};
        let (mut parts, body) = request.into_parts();
        let page = <Page as axum::extract::FromRequestParts<Web>>::from_request_parts(&mut parts, web).await?;
        let request = Request::from_parts(parts, body);
        let fault = |it: Fault| it.into_response();
        if !is_type(request.headers().get(header::CONTENT_TYPE), "multipart/form-data") {
            let data = FormData::from_request(request, web).await.map_err(fault)?;
            return Ok(Self { page, data, refused: None });
        }
        let parts: Multipart = request.extract().await.map_err(|_| fault(Fault::BadRequest))?;
        let (data, refused) = read_parts(parts, &page.session).await.map_err(fault)?;
        Ok(Self { page, data, refused })
    }
}

async fn read_parts(mut parts: Multipart, session: &Session) -> Result<(FormData, Option<application::Error>), Fault> {
    let (mut data, mut refused, mut left) = (FormData::default(), None, FORM_LIMIT);
    let (mut uploaded, mut fields, mut files) = (None, 0, 0);
    while let Some(part) = parts.next_field().await.map_err(|_| Fault::BadRequest)? {
        let name = part.name().unwrap_or_default().to_owned();
        fields += 1;
        if fields > MOST_FIELDS {
            return Err(Fault::BadRequest);
        }
        match part.file_name().map(str::to_owned) {
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
            None => {
                let value = text_of(part, &mut left).await?;
                data.add(&name, value);
            }
        }
    }
    let mut data = data.without_repetition()?;
    if let Some(id) = uploaded {
        data.set(Field::Document.code(), id);
    }
    Ok((data, refused))
}

async fn text_of(mut part: Part<'_>, left: &mut usize) -> Result<String, Fault> {
    let mut bytes = Vec::new();
    while let Some(piece) = piece(&mut part).await? {
        *left = left.checked_sub(piece.len()).ok_or(Fault::TooLarge)?;
        bytes.extend_from_slice(&piece);
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Hands the part on piece by piece while it comes in. What is left of a refused file is read and forgotten, so that
/// the browser, which looks for the answer only after it sent everything, gets to see why.
pub(crate) async fn store(
    mut part: Part<'_>,
    name: &str,
    session: &Session,
) -> Result<domain::document::Document, application::Error> {
    let (sender, receiver) = futures::channel::mpsc::channel::<Result<Bytes, FilesError>>(2);
    let limit = session.organisation().document_limit.saturating_mul(4);
    let pump = async move {
        let (mut sender, mut seen) = (Some(sender), 0_u64);
        loop {
            let piece = match piece(&mut part).await {
                Ok(Some(piece)) => Ok(piece),
                Ok(None) => break,
                Err(_) => Err(FilesError::Interrupted),
            };
            let broken = piece.is_err();
            seen += piece.as_ref().map_or(0, |it| it.len() as u64);
            if let Some(open) = &mut sender
                && futures::SinkExt::send(open, piece).await.is_err()
            {
                sender = None;
            }
            if broken || seen > limit {
                break;
            }
        }
    };
    let (stored, ()) = futures::join!(session.upload(name, receiver.boxed()), pump);
    stored
}
