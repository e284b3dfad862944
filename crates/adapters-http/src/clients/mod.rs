//! Active clients: list, record, form, notes. Only the conversion of a lead creates a client.
mod list;
mod view;

use application::Expensive;
use axum::extract::RawQuery;
use domain::{
    access::Permission,
    client::{Client, ClientDetails, ClientId},
    field::Field,
    note::NoteId,
    values::{FullName, NoteText},
};
use uuid::Uuid;

use crate::{
    export::{self, CsvExport},
    form::Form,
    form_data::FormData,
    leads::contact,
    lists::{self, ListContext, ListQuery, saved::view_routes},
    page::{Page, PageResult, PathId},
    record::{RecordPage, form_of},
    routes::{Access::May, Route, action, page},
    text::{Notice, Text},
    versions,
};

pub(crate) fn routes() -> Vec<Route> {
    let own = vec![
        page("/clients", May(Permission::ViewClients), show_list),
        page("/clients/export", May(Permission::ExportClients), export::file::<Client>).expensive(Expensive::Export),
        page("/clients/{id}", May(Permission::ViewClients), show),
        page("/clients/{id}/history", May(Permission::ViewClients), versions::show::<Client>),
        page("/clients/{id}/edit", May(Permission::EditClients), edit),
        action("/clients/{id}/edit", May(Permission::EditClients), update),
        action("/clients/{id}/notes", May(Permission::EditClients), add_note),
        action("/clients/{id}/contracts", May(Permission::EditContracts), give_contract),
    ];
    own.into_iter().chain(view_routes!("/clients", Permission::ViewClients, Client)).collect()
}

impl RecordPage for Client {
    const LIST: &'static str = "/clients";
    const EDIT: Permission = Permission::EditClients;

    fn list_name(t: &Text) -> &'static str {
        t.clients
    }

    fn title(&self) -> &str {
        self.details.full_name.as_str()
    }

    fn form_fields(&self) -> &'static [Field] {
        &[Field::FullName, Field::Phone, Field::Email]
    }
}

impl CsvExport for Client {
    const FILE: &'static [Field] = &[Field::FullName, Field::Phone, Field::Email, Field::Campaign];
}

async fn show_list(page: Page, RawQuery(query): RawQuery) -> PageResult {
    let asked = ListQuery::of_query::<Client>(query);
    let (listed, wrong) = asked.listed::<Client>(&page).await?;
    let offers = page.session.client_choices(&asked.ids("campaign")).await?;
    lists::show(&page, &asked, &listed, wrong, &list::around(&page, &offers)).await
}

async fn show(page: Page, PathId(id): PathId<Uuid>, RawQuery(query): RawQuery) -> PageResult {
    let mut form = Form::default();
    form.key(page.session.now());
    show_with(page, ClientId(id), &form, ListContext::of_query(query.as_deref())).await
}

/// The record, with a form for a note.
async fn show_with(page: Page, id: ClientId, form: &Form, list_context: ListContext) -> PageResult {
    let client = page.session.client(id).await?;
    let way = list_context.way::<Client>(&page, id).await?;
    Ok(page.show_form(client.client.details.full_name.as_str(), form, &view::record(&page, &client, form, &way)))
}

async fn edit(page: Page, PathId(id): PathId<Uuid>, RawQuery(query): RawQuery) -> PageResult {
    let restored = versions::restored::<Client>(&page, id, query).await?;
    show_edit(page, ClientId(id), restored).await
}

async fn update(page: Page, PathId(id): PathId<Uuid>, data: FormData) -> PageResult {
    let (id, mut form) = (ClientId(id), Form::of(data));
    let contact = contact(&mut form);
    let full_name = form.parse(Field::FullName, FullName::parse);
    if let (Some(full_name), Some(contact)) = (full_name, contact) {
        match page.session.edit_client(id, form.version(), ClientDetails { full_name, contact }).await {
            Ok(()) => return Ok(page.redirect(&format!("/clients/{id}"), Notice::ClientSaved)),
            Err(error) => form.refuse(error)?,
        }
    }
    show_edit(page, id, Some(form)).await
}

async fn show_edit(page: Page, id: ClientId, form: Option<Form>) -> PageResult {
    let client = page.session.client_to_edit(id).await?;
    let form = form_of(&page, &client, client.form_fields(), form).await?;
    Ok(page.show_form(client.details.full_name.as_str(), &form, &view::form(&page, &form, &client)))
}

async fn add_note(page: Page, PathId(id): PathId<Uuid>, data: FormData) -> PageResult {
    let (id, list_context, mut form) = (ClientId(id), ListContext::read(&data), Form::of(data));
    let note = NoteId(form.key(page.session.now()));
    if let Some(text) = form.parse(Field::Text, NoteText::parse) {
        match page.session.add_client_note(note, id, text).await {
            Ok(_) => return Ok(page.redirect(&list_context.to(&format!("/clients/{id}")), Notice::NoteSaved)),
            Err(error) => form.refuse(error)?,
        }
    }
    form.key(page.session.now());
    show_with(page, id, &form, list_context).await
}

async fn give_contract(page: Page, PathId(id): PathId<Uuid>, data: FormData) -> PageResult {
    let (id, list_context, mut form) = (ClientId(id), ListContext::read(&data), Form::of(data));
    if let Some(contract) = form.choice(Field::Contract) {
        match page.session.give_contract(contract, id).await {
            Ok(()) => return Ok(page.redirect(&format!("/clients/{id}"), Notice::ContractSaved)),
            Err(error) => form.refuse(error)?,
        }
    }
    form.key(page.session.now());
    show_with(page, id, &form, list_context).await
}
