//! «Перевод в клиенты»: a lead becomes a client by its first contract.
use application::ConversionContract;
use axum::{extract::RawQuery, http::StatusCode, response::IntoResponse};
use domain::{
    client::ClientDetails,
    contract::ContractId,
    document::Document,
    field::Field,
    lead::{Lead, LeadId},
    record::Record,
    values::{Email, FullName, Phone},
};
use uuid::Uuid;

use super::{contact, conversion_view, known_clients, known_clients::WarningPlace};
use crate::{
    contracts::{details as contract_details, document, shown_document},
    form::Form,
    form_body::FormWithFile,
    form_data::FormData,
    lists::ListContext,
    page::{Page, PageResult, PathId},
    text::Notice,
};

pub(super) async fn show(page: Page, PathId(id): PathId<Uuid>, RawQuery(query): RawQuery) -> PageResult {
    show_form(page, LeadId(id), None, &ListContext::of_query(query.as_deref()), WarningPlace::InPassing).await
}

pub(super) async fn convert(PathId(id): PathId<Uuid>, sent: FormWithFile) -> PageResult {
    let FormWithFile { page, data, refused } = sent;
    let (id, list_context, mut form) = (LeadId(id), ListContext::read(&data), Form::of(data));
    if let Some(error) = refused {
        form.refuse(error)?;
    }
    let key = form.key(page.session.now());
    let contact = contact(&mut form);
    let full_name = form.parse(Field::FullName, FullName::parse);
    let signed = contract(&mut form, &page, ContractId(key));
    if let (Some(full_name), Some(contact), Some(signed), false) = (full_name, contact, signed, form.is_refused()) {
        let details = ClientDetails { full_name, contact };
        let here = list_context.clone().before_change::<Lead>(&page, id).await?.back_to(&format!("/leads/{id}"));
        let other_people = known_clients::confirmed(&form.data);
        match page.session.convert_lead(id, form.version(), details, signed, &other_people).await {
            // A user who works through a list goes on from there.
            Ok(_) if list_context.is_known() => {
                return Ok(page.redirect(&here, Notice::LeadConverted));
            }
            Ok(client) => return Ok(page.redirect(&format!("/clients/{client}"), Notice::LeadConverted)),
            Err(application::Error::KnownClient) => {
                let shown = show_form(page, id, Some(form), &list_context, WarningPlace::Refused).await?;
                return Ok((StatusCode::CONFLICT, shown).into_response());
            }
            Err(error) => form.refuse(error)?,
        }
    }
    show_form(page, id, Some(form), &list_context, WarningPlace::InPassing).await
}

/// A contract from the list, or a new one from the form.
fn contract(form: &mut Form, page: &Page, id: ContractId) -> Option<ConversionContract> {
    if !form.value(Field::Contract).is_empty() {
        return form.choice(Field::Contract).map(ConversionContract::Existing);
    }
    let details = contract_details(form, page);
    let document = document(form);
    Some(ConversionContract::New { id, details: details?, document: document? })
}

async fn show_form(
    page: Page,
    id: LeadId,
    form: Option<Form>,
    list_context: &ListContext,
    told: WarningPlace,
) -> PageResult {
    let offers = page.session.conversion_form(id).await?;
    offers.lead.convertible().map_err(application::Error::from)?;
    let mut form = form.unwrap_or_else(|| {
        let today = page.session.today();
        let service = offers.service.map(|it| it.to_string()).unwrap_or_default();
        let data = typed(&offers.lead)
            .with(Field::Service, service)
            .with(Field::SignedOn, today.to_string())
            .with(Field::ValidFrom, today.to_string());
        Form::of(data)
    });
    form.key(page.session.now());
    form.show_saved(typed(&offers.lead), offers.lead.stamp().version, None);
    let uploaded: Option<Document> = shown_document(&page, &mut form).await?;
    let clients = known_clients::find(&page, id, &form.data).await?;
    let known = known_clients::place(&page, id, &clients, &form.data, told);
    let content = conversion_view::form(&page, &form, &offers, uploaded.as_ref(), list_context, &known);
    Ok(page.show_form(page.t.conversion, &form, &content))
}

fn typed(lead: &Lead) -> FormData {
    let it = &lead.details;
    let mut data = FormData::default()
        .with(Field::FullName, it.full_name.as_str())
        .with(Field::Phone, it.contact.phone().map(Phone::formatted).unwrap_or_default())
        .with(Field::Email, it.contact.email().map(Email::as_str).unwrap_or_default());
    data.set("version", lead.stamp.version.to_string());
    data
}
