//! Uploads that are sent before their form. The response is a token that the form then carries, or a plain error text.
use application::{Error, Expensive};
use axum::{
    extract::Request,
    http::{StatusCode, header},
    response::IntoResponse,
};
use domain::{access::Permission, field::Field, values::Invalid};

use crate::{
    error::WebError,
    form_body::{limit_with_file, store},
    multipart::{Multipart, MultipartError},
    page::{Page, PageResult},
    routes::{Access::MayAny, Route, action},
};

pub(crate) fn routes() -> Vec<Route> {
    let who = MayAny(&[Permission::CreateContracts, Permission::EditContracts, Permission::ConvertLeads]);
    vec![action("/uploads", who, receive).expensive(Expensive::Upload)]
}

/// The bytes of a multipart body around its file.
const AROUND: u64 = 64 * 1024;

async fn receive(page: Page, request: Request) -> PageResult {
    let limit = page.session.organisation().document_limit;
    let (head, body) = request.into_parts();
    let declared = head.headers.get(header::CONTENT_LENGTH).and_then(|it| it.to_str().ok()?.parse::<u64>().ok());
    if declared.is_some_and(|it| it > limit + AROUND) {
        return Err(Error::Invalid(Field::Document, Invalid::FileTooLarge { max: limit }).into());
    }
    let mut parts = Multipart::new(&head.headers, body, limit_with_file(&page.session)).map_err(told)?;
    while let Some(mut part) = parts.next_part().await.map_err(told)? {
        let Some(name) = part.file_name.take() else { continue };
        let document = store(part, &name, &page.session).await?;
        return Ok((StatusCode::CREATED, document.id.to_string()).into_response());
    }
    Err(Error::Invalid(Field::Document, Invalid::Empty).into())
}

/// The script shows this text unchanged.
fn told(broken: MultipartError) -> WebError {
    match broken {
        MultipartError::Interrupted => Error::Interrupted.into(),
        MultipartError::TooLarge => WebError::TooLarge,
    }
}
