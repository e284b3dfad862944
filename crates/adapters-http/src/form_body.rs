//! Reads the body of a form, with limits.
use application::{Expensive, Session};
use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Request},
    http::{HeaderMap, HeaderValue, header},
};
use domain::{field::Field, files::FilesError};
use futures::StreamExt;
use std::{future::ready, time::Duration};
use tokio::{sync::Semaphore, time::timeout};

use crate::{
    Web,
    error::WebError,
    form_data::{FormData, MOST_FIELDS},
    lists::{FROM, searches},
    multipart::{Multipart, MultipartError, Part},
    paced_body::PacedBody,
    page::Page,
    permits::RequestPermits,
    retry::SubmittedBody,
};

/// The largest body of a form, in bytes; files have their own limit.
pub(crate) const FORM_LIMIT: usize = 1024 * 1024;
/// How long reading a whole form may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// How much of a form is read, and how many large forms are in memory at once.
struct Limits {
    bytes: usize,
    fields: usize,
    large: &'static Semaphore,
}

/// A form with more bytes or fields than this waits for a permit. Few forms are this large.
const SMALL: Limits = Limits { bytes: 64 * 1024, fields: 500, large: &LARGE };
static LARGE: Semaphore = Semaphore::const_new(16);
static LARGE_IN_OUTAGE: Semaphore = Semaphore::const_new(8);

const SIGNED_IN: Limits = Limits { bytes: FORM_LIMIT, fields: MOST_FIELDS, large: &LARGE };
/// The sign-in form and other forms that are open to anyone.
const ANONYMOUS: Limits = Limits { fields: 20, ..SMALL };
/// As much as an error page offers to send again. During an outage it is unknown who is signed in.
const OUTAGE: Limits = Limits { bytes: 256 * 1024, fields: MOST_FIELDS, large: &LARGE_IN_OUTAGE };

/// Whether a `Content-Type` is this media type, whatever its parameters are.
pub(crate) fn is_type(value: Option<&HeaderValue>, media_type: &str) -> bool {
    let text = value.and_then(|it| it.to_str().ok()).unwrap_or_default();
    text.split(';').next().is_some_and(|it| it.trim().eq_ignore_ascii_case(media_type))
}

/// The whole body of a form. Its chunks are copied, because each of them would keep its receive buffer alive.
async fn whole_body(
    headers: &HeaderMap,
    body: Body,
    limits: &Limits,
    permits: &RequestPermits,
) -> Result<Bytes, WebError> {
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|it| it.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|it| it > limits.bytes) {
        return Err(WebError::TooLarge);
    }
    let media_type = headers.get(header::CONTENT_TYPE);
    if media_type.is_some() && !is_type(media_type, "application/x-www-form-urlencoded") {
        return Err(WebError::BadRequest);
    }
    let (mut body, mut whole, mut fields, mut is_large) = (PacedBody::new(body), Vec::new(), 1, false);
    while let Some(piece) = body.piece().await.map_err(|_| WebError::BadRequest)? {
        if whole.len() + piece.len() > limits.bytes {
            return Err(WebError::TooLarge);
        }
        fields += memchr::memchr_iter(b'&', &piece).count();
        if fields > limits.fields {
            return Err(WebError::BadRequest);
        }
        if !is_large && (whole.len() + piece.len() > SMALL.bytes || fields > SMALL.fields) {
            is_large = true;
            permits.keep(limits.large.acquire().await.map_err(|_| WebError::BadRequest)?);
        }
        whole.extend_from_slice(&piece);
    }
    Ok(whole.into())
}

/// Reads the form of a user whom the store cannot identify now, so that the error page can offer to send it again.
pub(crate) async fn keep_what_was_sent(request: Request) {
    let (parts, body) = request.into_parts();
    let permits = parts.extensions.get::<RequestPermits>().cloned().unwrap_or_default();
    let body = timeout(PATIENCE, whole_body(&parts.headers, body, &OUTAGE, &permits)).await;
    if let (Ok(Ok(body)), Some(sent)) = (body, parts.extensions.get::<SubmittedBody>()) {
        sent.keep(&body);
    }
}

/// The largest body that is read of a form with a file. Even a refused file is read to its end, because a browser looks
/// for the response only after it has sent everything. The limit is four times the largest document, plus a form.
pub(crate) fn limit_with_file(session: &Session) -> u64 {
    session.organisation().document_limit.saturating_mul(4).saturating_add(FORM_LIMIT as u64)
}

impl From<MultipartError> for WebError {
    fn from(broken: MultipartError) -> Self {
        match broken {
            MultipartError::Interrupted => Self::BadRequest,
            MultipartError::TooLarge => Self::TooLarge,
        }
    }
}

impl<S: Send + Sync> FromRequest<S> for FormData {
    type Rejection = WebError;

    async fn from_request(request: Request, _: &S) -> Result<Self, WebError> {
        let (parts, body) = request.into_parts();
        // `authorize_request` inserted the page.
        let page = parts.extensions.get::<Page>();
        let limits = if page.is_some() { SIGNED_IN } else { ANONYMOUS };
        let permits = parts.extensions.get::<RequestPermits>().cloned().unwrap_or_default();
        let body = timeout(PATIENCE, whole_body(&parts.headers, body, &limits, &permits)).await;
        let body = body.map_err(|_| WebError::BadRequest)??;
        if let Some(sent) = parts.extensions.get::<SubmittedBody>() {
            sent.keep(&body);
        }
        let data = Self::from_query(&body).without_repetition()?;
        if let Some(page) = page
            && searches(&data)
        {
            permits.turn(&page.session, Expensive::Search).await?;
        }
        Ok(data)
    }
}

/// A form with a file in it. The file is stored while it arrives, and the form keeps its id.
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
        let fault = |it: WebError| it.into_response();
        if !is_type(request.headers().get(header::CONTENT_TYPE), "multipart/form-data") {
            let data = FormData::from_request(request, web).await.map_err(fault)?;
            return Ok(Self { page, data, refused: None });
        }
        let (head, body) = request.into_parts();
        let limit = limit_with_file(&page.session);
        let parts = Multipart::new(&head.headers, body, limit).map_err(|it| fault(it.into()))?;
        let (mut data, refused) = read_parts(parts, &page.session).await.map_err(fault)?;
        let permits = head.extensions.get::<RequestPermits>().cloned().unwrap_or_default();
        // The file is stored already. Instead of refusing it, the form drops the link to the list that the record was
        // opened from.
        if searches(&data) && permits.turn(&page.session, Expensive::Search).await.is_err() {
            data.remove(FROM);
        }
        Ok(Self { page, data, refused })
    }
}

async fn read_parts(
    mut parts: Multipart,
    session: &Session,
) -> Result<(FormData, Option<application::Error>), WebError> {
    let (mut data, mut refused) = (FormData::default(), None);
    let (mut uploaded, mut files) = (None, 0);
    while let Some(mut part) = parts.next_part().await? {
        let name = std::mem::take(&mut part.name);
        match part.file_name.take() {
            // Browsers send an unused file field with an empty name.
            Some(file) if file.is_empty() => {}
            // A form may contain one file.
            Some(_) if files > 0 => return Err(WebError::BadRequest),
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

/// Passes the part on in chunks while it arrives. The rest of a refused file is read and dropped: the browser looks for
/// the response only after it has sent everything, and so its user gets to see the reason.
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
                // An empty chunk is the end of the file. A channel that only closes belongs to a dropped request.
                Ok(None) => Ok(Bytes::new()),
                Err(_) => Err(FilesError::Interrupted),
            };
            let is_last = piece.as_ref().map_or(true, Bytes::is_empty);
            if let Some(open) = &mut sender
                && futures::SinkExt::send(open, piece).await.is_err()
            {
                sender = None;
            }
            if is_last {
                break;
            }
        }
    };
    let dropped = futures::stream::iter([Err(FilesError::Interrupted)]);
    let pieces = receiver.chain(dropped).take_while(|it| ready(!matches!(it, Ok(piece) if piece.is_empty())));
    let (stored, ()) = futures::join!(session.upload(name, pieces.boxed()), pump);
    stored
}
