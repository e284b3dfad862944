//! Services: list, record, form.
mod list;
mod view;

use application::Expensive;
use axum::extract::RawQuery;
use domain::{
    access::Permission,
    field::Field,
    service::{Service, ServiceDetails, ServiceId},
    values::{Description, Money, ServiceName},
};
use uuid::Uuid;

use crate::{
    export::{self, CsvExport},
    form::Form,
    form_data::FormData,
    lists::{self, ListContext, ListQuery, saved::view_routes},
    page::{Page, PageResult, PathId},
    record::{RecordPage, form_of},
    routes::{Access::May, Route, action, page},
    text::{Notice, Text},
    versions,
};

pub(crate) fn routes() -> Vec<Route> {
    let own = vec![
        page("/services", May(Permission::ViewServices), show_list),
        page("/services/export", May(Permission::ExportServices), export::file::<Service>).expensive(Expensive::Export),
        page("/services/bulk", May(Permission::EditServices), lists::ask::<Service>),
        action("/services/bulk", May(Permission::EditServices), lists::change::<Service>),
        page("/services/bulk/done", May(Permission::EditServices), lists::done::<Service>),
        action("/services/bulk/undo", May(Permission::EditServices), lists::undo::<Service>),
        page("/services/new", May(Permission::CreateServices), new),
        action("/services", May(Permission::CreateServices), create),
        page("/services/{id}", May(Permission::ViewServices), show),
        page("/services/{id}/history", May(Permission::ViewServices), versions::show::<Service>),
        page("/services/{id}/edit", May(Permission::EditServices), edit),
        action("/services/{id}/edit", May(Permission::EditServices), update),
        action("/services/{id}/archive", May(Permission::EditServices), archive),
    ];
    own.into_iter().chain(view_routes!("/services", Permission::ViewServices, Service)).collect()
}

impl RecordPage for Service {
    const LIST: &'static str = "/services";
    const EDIT: Permission = Permission::EditServices;

    fn list_name(t: &Text) -> &'static str {
        t.services
    }

    fn title(&self) -> &str {
        self.details.name.as_str()
    }

    fn form_fields(&self) -> &'static [Field] {
        &[Field::Name, Field::Description, Field::Price]
    }
}

impl CsvExport for Service {
    const FILE: &'static [Field] = &[Field::Name, Field::Description, Field::Price, Field::Archived];
}

async fn show_list(page: Page, RawQuery(query): RawQuery) -> PageResult {
    let asked = ListQuery::of_query::<Service>(query);
    let (listed, wrong) = asked.listed::<Service>(&page).await?;
    lists::show(&page, &asked, &listed, wrong, &list::around(&page, &asked)).await
}

async fn show(page: Page, PathId(id): PathId<Uuid>, RawQuery(query): RawQuery) -> PageResult {
    let service = page.session.service(ServiceId(id)).await?;
    let way = ListContext::of_query(query.as_deref()).way::<Service>(&page, ServiceId(id)).await?;
    Ok(page.show(service.service.details.name.as_str(), &view::record(&page, &service, &way)))
}

async fn new(page: Page) -> PageResult {
    let mut form = Form::default();
    form.key(page.session.now());
    Ok(page.show_form(page.t.new_service, &form, &view::form(&page, &form, None)))
}

async fn create(page: Page, data: FormData) -> PageResult {
    let mut form = Form::of(data);
    let id = ServiceId(form.key(page.session.now()));
    if let Some(details) = details(&mut form, &page) {
        match page.session.create_service(id, details).await {
            Ok(id) => return Ok(page.redirect(&format!("/services/{id}"), Notice::ServiceSaved)),
            Err(error) => form.refuse(error)?,
        }
    }
    form.key(page.session.now());
    Ok(page.show_form(page.t.new_service, &form, &view::form(&page, &form, None)))
}

async fn edit(page: Page, PathId(id): PathId<Uuid>, RawQuery(query): RawQuery) -> PageResult {
    let restored = versions::restored::<Service>(&page, id, query).await?;
    show_edit(page, ServiceId(id), restored).await
}

async fn update(page: Page, PathId(id): PathId<Uuid>, data: FormData) -> PageResult {
    let (id, mut form) = (ServiceId(id), Form::of(data));
    if let Some(details) = details(&mut form, &page) {
        match page.session.edit_service(id, form.version(), details).await {
            Ok(()) => return Ok(page.redirect(&format!("/services/{id}"), Notice::ServiceSaved)),
            Err(error) => form.refuse(error)?,
        }
    }
    show_edit(page, id, Some(form)).await
}

async fn show_edit(page: Page, id: ServiceId, form: Option<Form>) -> PageResult {
    let service = page.session.service_to_edit(id).await?;
    let form = form_of(&page, &service, service.form_fields(), form).await?;
    let title = service.details.name.as_str();
    Ok(page.show_form(title, &form, &view::form(&page, &form, Some(&service))))
}

async fn archive(page: Page, PathId(id): PathId<Uuid>, data: FormData) -> PageResult {
    let archived = data.switch("archived")?;
    page.session.archive_service(ServiceId(id), archived).await?;
    let notice = if archived { Notice::Archived } else { Notice::RestoredValue };
    Ok(page.redirect(&format!("/services/{id}"), notice))
}

fn details(form: &mut Form, page: &Page) -> Option<ServiceDetails> {
    let name = form.parse(Field::Name, ServiceName::parse);
    let description = form.parse(Field::Description, Description::parse);
    let price = form.parse(Field::Price, |it| Money::parse(it, page.t.language, page.currency()));
    Some(ServiceDetails { name: name?, description: description?, price: price? })
}
