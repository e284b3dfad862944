//! Files sent ahead of their form: the answer is the token that the form then carries, or the reason in plain words.
use application::{Error, Expensive};
use axum::{
    extract::{Multipart, multipart::MultipartRejection},
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse,
};
use domain::{access::Permission, field::Field, values::Invalid};

use crate::{
    form_data::store,
    page::{Answer, Page},
    routes::{Route, Who::MayAny, action},
};

pub(crate) fn routes() -> Vec<Route> {
    let who = MayAny(&[Permission::CreateContracts, Permission::EditContracts, Permission::ConvertLeads]);
    vec![action("/uploads", who, receive).expensive(Expensive::Upload)]
}

/// What a multipart body has around its file.
const AROUND: u64 = 64 * 1024;

async fn receive(page: Page, headers: HeaderMap, parts: Result<Multipart, MultipartRejection>) -> Answer {
    let limit = page.session.organisation().document_limit;
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|it| it.to_str().ok()?.parse::<u64>().ok());
    if declared.is_some_and(|it| it > limit + AROUND) {
        return Err(Error::Invalid(Field::Document, Invalid::FileTooLarge { max: limit }).into());
    }
    let mut parts = parts.map_err(|_| Error::Interrupted)?;
    while let Some(part) = parts.next_field().await.map_err(|_| Error::Interrupted)? {
        let Some(name) = part.file_name().map(str::to_owned) else { continue };
        let document = store(part, &name, &page.session).await?;
        return Ok((StatusCode::CREATED, document.id.to_string()).into_response());
    }
    Err(Error::Invalid(Field::Document, Invalid::Empty).into())
}
