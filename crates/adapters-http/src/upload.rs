//! Files sent ahead of their form: the answer is the token that the form then carries, or the reason in plain words.
use application::Error;
use axum::{
    extract::Multipart,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{access::Permission, field::Field, values::Invalid};

use crate::{
    form_data::store,
    page::Page,
    routes::{Route, Who::MayAny, action},
};

pub(crate) fn routes() -> Vec<Route> {
    let who = MayAny([Permission::CreateContracts, Permission::EditContracts, Permission::ConvertLeads]);
    vec![action("/uploads", who, receive)]
}

/// What a multipart body has around its file.
const AROUND: u64 = 64 * 1024;

async fn receive(
    page: Page,
    headers: HeaderMap,
    parts: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Response {
    let limit = page.session.organisation().document_limit;
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|it| it.to_str().ok()?.parse::<u64>().ok());
    if declared.is_some_and(|it| it > limit + AROUND) {
        return refusal(&page, &Error::Invalid(Field::Document, Invalid::FileTooLarge { max: limit }));
    }
    let Ok(mut parts) = parts else { return refusal(&page, &Error::Interrupted) };
    loop {
        match parts.next_field().await {
            Ok(Some(part)) => {
                let Some(name) = part.file_name().map(str::to_owned) else { continue };
                return match store(part, &name, &page.session).await {
                    Ok(document) => (StatusCode::CREATED, document.id.to_string()).into_response(),
                    Err(error) => refusal(&page, &error),
                };
            }
            Ok(None) => return refusal(&page, &Error::Invalid(Field::Document, Invalid::Empty)),
            Err(_) => return refusal(&page, &Error::Interrupted),
        }
    }
}

fn refusal(page: &Page, error: &Error) -> Response {
    let t = page.t;
    match error {
        Error::Invalid(field, invalid @ Invalid::FileTooLarge { .. }) => {
            (StatusCode::PAYLOAD_TOO_LARGE, (t.problem)(*field, *invalid)).into_response()
        }
        Error::Invalid(field, invalid) => {
            (StatusCode::UNPROCESSABLE_ENTITY, (t.problem)(*field, *invalid)).into_response()
        }
        Error::Forbidden(_) => (StatusCode::FORBIDDEN, t.forbidden.1).into_response(),
        Error::Interrupted => (StatusCode::BAD_REQUEST, t.upload_failed).into_response(),
        error => {
            tracing::error!(%error, "an upload could not be stored");
            (StatusCode::SERVICE_UNAVAILABLE, t.upload_failed).into_response()
        }
    }
}
