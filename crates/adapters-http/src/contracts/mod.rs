//! Contracts with their documents: list, record, form, download.
pub(crate) mod list;
pub(crate) mod view;

use application::Expensive;
use axum::{
    body::Body,
    extract::RawQuery,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::{
    access::Permission,
    client::ClientId,
    contract::{Contract, ContractDetails, ContractId, SigningDay},
    document::{Document, DocumentId},
    field::Field,
    values::{ContractName, Invalid, Money, Period, parse_day},
};
use uuid::Uuid;

use crate::{
    export::{self, CsvExport},
    form::Form,
    form_body::FormWithFile,
    form_data::FormData,
    guard::WITH_FRAME,
    lists::{self, ListContext, ListQuery, saved::view_routes},
    page::{Page, PageResult, PathId, encode},
    record::{RecordPage, form_of},
    routes::{Access::May, Route, action, page},
    text::{Notice, Text},
    versions,
};

pub(crate) fn routes() -> Vec<Route> {
    let own = vec![
        page("/contracts", May(Permission::ViewContracts), show_list),
        page("/contracts/export", May(Permission::ExportContracts), export::file::<Contract>)
            .expensive(Expensive::Export),
        page("/contracts/new", May(Permission::CreateContracts), new),
        action("/contracts", May(Permission::CreateContracts), create),
        page("/contracts/{id}", May(Permission::ViewContracts), show),
        page("/contracts/{id}/history", May(Permission::ViewContracts), versions::show::<Contract>),
        page("/contracts/{id}/edit", May(Permission::EditContracts), edit),
        action("/contracts/{id}/edit", May(Permission::EditContracts), update),
        page("/contracts/{id}/document", May(Permission::ViewContracts), current_document),
        page("/contracts/{id}/documents/{document}", May(Permission::ViewContracts), one_document),
    ];
    own.into_iter().chain(view_routes!("/contracts", Permission::ViewContracts, Contract)).collect()
}

/// The URL parameter of a contract's page that names the document to show in it.
pub(crate) const VIEW: &str = "view";

impl RecordPage for Contract {
    const LIST: &'static str = "/contracts";
    const EDIT: Permission = Permission::EditContracts;

    fn list_name(t: &Text) -> &'static str {
        t.contracts
    }

    fn title(&self) -> &str {
        self.details.name.as_str()
    }

    fn form_fields(&self) -> &'static [Field] {
        &[Field::Name, Field::Service, Field::SignedOn, Field::ValidFrom, Field::ValidUntil, Field::Amount]
    }
}

impl CsvExport for Contract {
    const FILE: &'static [Field] = &[
        Field::Name,
        Field::Service,
        Field::Client,
        Field::SignedOn,
        Field::ValidFrom,
        Field::ValidUntil,
        Field::Amount,
    ];
}

async fn show_list(page: Page, RawQuery(query): RawQuery) -> PageResult {
    let asked = ListQuery::of_query::<Contract>(query);
    let (listed, wrong) = asked.listed::<Contract>(&page).await?;
    let offers = page.session.contract_choices(&asked.ids("service")).await?;
    lists::show(&page, &asked, &listed, wrong, &list::around(&page, &asked, &offers)).await
}

async fn show(page: Page, PathId(id): PathId<Uuid>, RawQuery(query): RawQuery) -> PageResult {
    let contract = page.session.contract(ContractId(id)).await?;
    let way = ListContext::of_query(query.as_deref()).way::<Contract>(&page, ContractId(id)).await?;
    let query = FormData::from_query(query.unwrap_or_default().as_bytes());
    let shown = contract.documents.iter().find(|it| it.id.to_string() == query.get(VIEW));
    let shown = shown.filter(|it| it.kind.is_shown_by_browsers());
    let mut answer = page.show(contract.contract.details.name.as_str(), &view::record(&page, &contract, &way, shown));
    if shown.is_some() {
        answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(WITH_FRAME));
    }
    Ok(answer)
}

async fn new(page: Page, RawQuery(query): RawQuery) -> PageResult {
    let query = FormData::from_query(query.unwrap_or_default().as_bytes());
    let today = page.session.today().to_string();
    let data = FormData::default()
        .with(Field::Client, query.of(Field::Client))
        .with(Field::SignedOn, today.clone())
        .with(Field::ValidFrom, today);
    show_new(page, Form::of(data)).await
}

async fn show_new(page: Page, mut form: Form) -> PageResult {
    let client = match form.value(Field::Client) {
        "" => None,
        id => Some(ClientId(id.parse().map_err(|_| application::Error::NotFound)?)),
    };
    let offers = match page.session.new_contract_form(client).await {
        Err(application::Error::Invalid(Field::Client, _)) => return Err(application::Error::NotFound.into()),
        offers => offers?,
    };
    form.key(page.session.now());
    let uploaded = shown_document(&page, &mut form).await?;
    let content = view::form(&page, &form, None, &offers, uploaded.as_ref());
    Ok(page.show_form(page.t.new_contract, &form, &content))
}

async fn create(sent: FormWithFile) -> PageResult {
    let FormWithFile { page, data, refused } = sent;
    let mut form = Form::of(data);
    if let Some(error) = refused {
        form.refuse(error)?;
    }
    let id = ContractId(form.key(page.session.now()));
    let (details, document) = (details(&mut form, &page), document(&mut form));
    let client = form.optional(Field::Client, |it| it.parse().map(ClientId).map_err(|_| Invalid::UnknownChoice));
    if let (Some(details), Some(document), Some(client), false) = (details, document, client, form.is_refused()) {
        match page.session.create_contract(id, details, document, client).await {
            Ok(id) => return Ok(page.redirect(&format!("/contracts/{id}"), Notice::ContractSaved)),
            Err(error) => form.refuse(error)?,
        }
    }
    show_new(page, form).await
}

async fn edit(page: Page, PathId(id): PathId<Uuid>, RawQuery(query): RawQuery) -> PageResult {
    let restored = versions::restored::<Contract>(&page, id, query).await?;
    show_edit(page, ContractId(id), restored).await
}

async fn update(PathId(id): PathId<Uuid>, sent: FormWithFile) -> PageResult {
    let FormWithFile { page, data, refused } = sent;
    let (id, mut form) = (ContractId(id), Form::of(data));
    if let Some(error) = refused {
        form.refuse(error)?;
    }
    let details = details(&mut form, &page);
    let document = form.optional(Field::Document, uploaded_id);
    if let (Some(details), Some(document), false) = (details, document, form.is_refused()) {
        match page.session.edit_contract(id, form.version(), details, document).await {
            Ok(()) => return Ok(page.redirect(&format!("/contracts/{id}"), Notice::ContractSaved)),
            Err(error) => form.refuse(error)?,
        }
    }
    show_edit(page, id, Some(form)).await
}

async fn show_edit(page: Page, id: ContractId, form: Option<Form>) -> PageResult {
    let (contract, offers) = page.session.contract_to_edit(id).await?;
    let mut form = form_of(&page, &contract, contract.form_fields(), form).await?;
    let uploaded = shown_document(&page, &mut form).await?;
    let content = view::form(&page, &form, Some(&contract), &offers, uploaded.as_ref());
    Ok(page.show_form(contract.details.name.as_str(), &form, &content))
}

pub(crate) fn details(form: &mut Form, page: &Page) -> Option<ContractDetails> {
    let today = page.session.today();
    let name = form.parse(Field::Name, ContractName::parse);
    let service = form.choice(Field::Service);
    let amount = form.parse(Field::Amount, |it| Money::parse(it, page.t.language, page.currency()));
    let signed_on = form.parse(Field::SignedOn, |it| parse_day(it).and_then(|it| SigningDay::new(it, today)));
    let from = form.parse(Field::ValidFrom, parse_day);
    let until = form.parse(Field::ValidUntil, parse_day);
    let valid = match (from, until) {
        (Some(from), Some(until)) => form.check(Field::ValidUntil, Period::new(from, until)),
        _ => None,
    };
    Some(ContractDetails { name: name?, service: service?, signed_on: signed_on?, valid: valid?, amount: amount? })
}

/// The file that was uploaded for this contract.
pub(crate) fn document(form: &mut Form) -> Option<DocumentId> {
    form.parse(Field::Document, uploaded_id)
}

fn uploaded_id(raw: &str) -> Result<DocumentId, Invalid> {
    match raw {
        "" => Err(Invalid::Empty),
        id => id.parse().map(DocumentId).map_err(|_| Invalid::UploadGone),
    }
}

/// The file that the form carries, to be shown in the form again. A file that no longer exists is removed from the
/// form.
pub(crate) async fn shown_document(page: &Page, form: &mut Form) -> Result<Option<Document>, application::Error> {
    let Ok(id) = uploaded_id(form.value(Field::Document)) else { return Ok(None) };
    match page.session.waiting_upload(id).await {
        Ok(document) => Ok(Some(document)),
        Err(application::Error::NotFound | application::Error::Forbidden(_)) => {
            form.data.set(Field::Document.code(), "");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

async fn current_document(page: Page, PathId(id): PathId<Uuid>) -> PageResult {
    download(page, ContractId(id), None, false).await
}

async fn one_document(
    page: Page,
    PathId((id, document)): PathId<(Uuid, Uuid)>,
    RawQuery(query): RawQuery,
) -> PageResult {
    let to_look_at = FormData::from_query(query.unwrap_or_default().as_bytes()).has("inline");
    download(page, ContractId(id), Some(DocumentId(document)), to_look_at).await
}

/// Sends an attachment, unless one of our pages shows the file and its type cannot run anything. An uploaded file never
/// runs as a page of ours: it has no origin, no scripts, and only our pages may frame it.
async fn download(page: Page, id: ContractId, document: Option<DocumentId>, to_look_at: bool) -> PageResult {
    let (document, bytes) = page.session.contract_document(id, document).await?;
    let inline = to_look_at && document.kind.is_shown_by_browsers();
    let mut response = Response::new(Body::from_stream(bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(document.kind.media_type()));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(document.size));
    headers.insert(header::CONTENT_DISPOSITION, disposition(inline, document.name.as_str()));
    let policy =
        if inline { "default-src 'none'; sandbox; frame-ancestors 'self'" } else { "default-src 'none'; sandbox" };
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    if inline {
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    }
    Ok(response.into_response())
}

/// RFC 6266: a plain name for old browsers, and the real name in UTF-8.
fn disposition(inline: bool, name: &str) -> HeaderValue {
    let kind = if inline { "inline" } else { "attachment" };
    let plain: String =
        name.chars().map(|it| if it.is_ascii_alphanumeric() || ".-_ ".contains(it) { it } else { '_' }).collect();
    let encoded = encode(name).replace('+', "%20").replace('*', "%2A");
    let value = format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{encoded}");
    HeaderValue::from_str(&value).unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_never_breaks_out_of_its_header() {
        let header = disposition(false, "Договор \"1\"\r\n; x*.pdf");
        assert_eq!(
            header.to_str().unwrap(),
            "attachment; filename=\"_______ _1____ x_.pdf\"; \
             filename*=UTF-8''%D0%94%D0%BE%D0%B3%D0%BE%D0%B2%D0%BE%D1%80%20%221%22%0D%0A%3B%20x%2A.pdf"
        );
    }
}
