//! Leads: list, record, form, status, notes.
mod bulk;
mod conversion;
mod conversion_view;
mod duplicates;
mod known_clients;
mod list;
mod merge;
mod merge_view;
mod next_step;
mod next_step_view;
mod similar;
pub(crate) mod view;

pub(crate) use next_step_view::due_badge;

use application::{Expensive, SimilarLeads};
use axum::{extract::RawQuery, http::StatusCode, response::IntoResponse};
use domain::{
    access::Permission,
    duplicates::Identity,
    field::Field,
    lead::{Contact, Lead, LeadDetails, LeadId, LeadStage, LeadStatus, WorkStatus},
    note::NoteId,
    values::{Email, FullName, Invalid, LostReason, NoteText, Phone},
};
use maud::Markup;
use uuid::Uuid;

use crate::{
    cookies,
    export::{self, CsvExport},
    form::{Form, choice},
    form_data::FormData,
    lists::{self, ListContext, ListQuery, saved::view_routes},
    page::{Page, PageResult, PathId},
    record::{RecordPage, form_of},
    routes::{
        Access::{May, MayAny},
        Route, action, page,
    },
    text::{Notice, Text},
    versions,
    visitor::with_cookie,
};

pub(crate) fn routes() -> Vec<Route> {
    let own = vec![
        page("/leads", May(Permission::ViewLeads), show_list),
        page("/leads/export", May(Permission::ExportLeads), export::file::<Lead>).expensive(Expensive::Export),
        page("/leads/bulk", May(Permission::EditLeads), lists::ask::<Lead>),
        action("/leads/bulk", May(Permission::EditLeads), lists::change::<Lead>),
        page("/leads/bulk/done", May(Permission::EditLeads), lists::done::<Lead>),
        action("/leads/bulk/undo", May(Permission::EditLeads), lists::undo::<Lead>),
        page("/leads/new", May(Permission::CreateLeads), new),
        action("/leads", May(Permission::CreateLeads), create),
        action("/leads/similar", May(Permission::CreateLeads), similar::show).expensive(Expensive::Duplicates),
        page("/leads/duplicates", May(Permission::EditLeads), duplicates::show).expensive(Expensive::Duplicates),
        action("/leads/duplicates", May(Permission::EditLeads), duplicates::dismiss_duplicate),
        page("/leads/{id}", May(Permission::ViewLeads), show),
        page("/leads/{id}/history", May(Permission::ViewLeads), versions::show::<Lead>),
        page("/leads/{id}/edit", May(Permission::EditLeads), edit),
        action("/leads/{id}/edit", May(Permission::EditLeads), update),
        action("/leads/{id}/status", May(Permission::EditLeads), set_status),
        action("/leads/{id}/next-step", MayAny(next_step::PLANNING), next_step::plan),
        action("/leads/{id}/notes", May(Permission::EditLeads), add_note),
        page("/leads/{id}/merge/{other}", May(Permission::EditLeads), merge::show),
        action("/leads/{id}/merge/{other}", May(Permission::EditLeads), merge::merge),
        action("/leads/{id}/separation", May(Permission::EditLeads), merge::separate),
        page("/leads/{id}/conversion", May(Permission::ConvertLeads), conversion::show),
        action("/leads/{id}/conversion", May(Permission::ConvertLeads), conversion::convert),
        action("/leads/{id}/conversion/clients", May(Permission::ConvertLeads), known_clients::show),
    ];
    own.into_iter().chain(view_routes!("/leads", Permission::ViewLeads, Lead)).collect()
}

impl RecordPage for Lead {
    const LIST: &'static str = "/leads";
    const EDIT: Permission = Permission::EditLeads;

    fn list_name(t: &Text) -> &'static str {
        t.leads
    }

    fn title(&self) -> &str {
        self.details.full_name.as_str()
    }

    fn form_fields(&self) -> &'static [Field] {
        match self.status {
            // The campaign that won a client cannot change.
            LeadStatus::Converted(_) => &[Field::FullName, Field::Phone, Field::Email, Field::Assignee],
            _ => &[Field::FullName, Field::Phone, Field::Email, Field::Campaign, Field::Assignee],
        }
    }

    fn page_fields(&self) -> &'static [Field] {
        if self.is_open() { &[Field::NextStep] } else { &[] }
    }
}

impl CsvExport for Lead {
    const FILE: &'static [Field] = &[
        Field::FullName,
        Field::Phone,
        Field::Email,
        Field::Campaign,
        Field::Status,
        Field::Reason,
        Field::Assignee,
        Field::NextStep,
    ];
}

async fn show_list(page: Page, RawQuery(query): RawQuery) -> PageResult {
    let asked = ListQuery::of_query::<Lead>(query);
    let (listed, wrong) = asked.listed::<Lead>(&page).await?;
    let counts = page.session.lead_counts().await?;
    let offers = page.session.lead_choices(&asked.ids("campaign"), &asked.ids("assignee")).await?;
    lists::show(&page, &asked, &listed, wrong, &list::around(&page, &asked, &counts, &offers)).await
}

async fn show(page: Page, PathId(id): PathId<Uuid>, RawQuery(query): RawQuery) -> PageResult {
    let list_context = ListContext::of_query(query.as_deref());
    let kept = merge::kept(query.as_deref());
    if let Some(merged) = page.session.lead_merged_into(LeadId(id)).await? {
        return Ok(page.redirect(&format!("/leads/{merged}"), Notice::MergedHere));
    }
    let mut form = next_step::restored(&page, LeadId(id), query).await?.unwrap_or_default();
    form.key(page.session.now());
    show_with(page, LeadId(id), &form, list_context, &kept).await
}

/// The record, with forms for a note and for the status.
async fn show_with(page: Page, id: LeadId, form: &Form, list_context: ListContext, kept: &[Field]) -> PageResult {
    let lead = page.session.lead(id).await?;
    // The form is not saved, and does not belong to the other lead either.
    lead.lead.in_use().map_err(application::Error::Lead)?;
    let way = list_context.way::<Lead>(&page, id).await?;
    Ok(page.show_form(lead.lead.details.full_name.as_str(), form, &view::record(&page, &lead, form, &way, kept)))
}

async fn new(page: Page, RawQuery(query): RawQuery, headers: axum::http::HeaderMap) -> PageResult {
    let query = FormData::from_query(query.unwrap_or_default().as_bytes());
    // The last campaign is preselected, because several calls in a row are often about the same one.
    let campaign = match query.of(Field::Campaign) {
        "" => cookies::read(&headers, "campaign").unwrap_or_default(),
        id => id,
    };
    let around = New { saved: similar::saved_before(&page, &query).await?, similar: None };
    show_new(page, Form::of(FormData::default().with(Field::Campaign, campaign)), around).await
}

/// The parts of the form of a new lead around its fields.
#[derive(Default)]
struct New {
    /// The lead that was saved right before.
    saved: Option<Markup>,
    /// Leads with the same phone or email, shown before the form is saved anyway.
    similar: Option<SimilarLeads>,
}

async fn show_new(page: Page, mut form: Form, around: New) -> PageResult {
    let (_, offers) = page.session.lead_form(None).await?;
    // The campaign of the last lead may be finished by now.
    let kept = form.value(Field::Campaign);
    if !form.is_refused() && offers.campaigns.iter().all(|it| it.id.to_string() != kept) {
        form.data.set(Field::Campaign.code(), "");
    }
    form.key(page.session.now());
    let content = view::form(&page, &form, None, &offers, &around);
    let shown = page.show_form(page.t.new_lead, &form, &content);
    Ok(if around.similar.is_some() { (StatusCode::CONFLICT, shown).into_response() } else { shown })
}

async fn create(page: Page, data: FormData) -> PageResult {
    let mut form = Form::of(data);
    let id = LeadId(form.key(page.session.now()));
    let note = form.optional(Field::Note, NoteText::parse);
    if let (Some(details), Some(note)) = (details(&mut form), note) {
        let campaign = details.campaign.map(|it| it.to_string()).unwrap_or_default();
        let similar = page.session.similar(&Identity::from(&details), id).await?;
        if !similar::all_seen(&similar, &form.data) {
            return show_new(page, form, New { similar: Some(similar), saved: None }).await;
        }
        match page.session.create_lead(id, details, note).await {
            Ok(id) => {
                let another = form.data.has("again");
                let to = if another { format!("/leads/new?saved={id}") } else { format!("/leads/{id}") };
                let cookie = cookies::set(&page.visitor.web.installation, "campaign", &campaign, None);
                return Ok(with_cookie(page.redirect(&to, Notice::LeadSaved), cookie));
            }
            Err(error) => form.refuse(error)?,
        }
    }
    show_new(page, form, New::default()).await
}

async fn edit(page: Page, PathId(id): PathId<Uuid>, RawQuery(query): RawQuery) -> PageResult {
    let restored = versions::restored::<Lead>(&page, id, query).await?;
    show_edit(page, LeadId(id), restored).await
}

async fn update(page: Page, PathId(id): PathId<Uuid>, data: FormData) -> PageResult {
    let (id, mut form) = (LeadId(id), Form::of(data));
    if let Some(details) = details(&mut form) {
        match page.session.edit_lead(id, form.version(), details).await {
            Ok(()) => return Ok(page.redirect(&format!("/leads/{id}"), Notice::LeadSaved)),
            Err(error) => form.refuse(error)?,
        }
    }
    show_edit(page, id, Some(form)).await
}

async fn show_edit(page: Page, id: LeadId, form: Option<Form>) -> PageResult {
    let (lead, offers) = page.session.lead_form(Some(id)).await?;
    let lead = lead.ok_or(application::Error::NotFound)?;
    let form = form_of(&page, &lead, lead.form_fields(), form).await?;
    let content = view::form(&page, &form, Some(&lead), &offers, &New::default());
    Ok(page.show_form(lead.details.full_name.as_str(), &form, &content))
}

async fn set_status(page: Page, PathId(id): PathId<Uuid>, data: FormData) -> PageResult {
    let (id, list_context, mut form) = (LeadId(id), ListContext::read(&data), Form::of(data));
    if let Some(status) = work_status(&mut form) {
        let here = list_context.clone().before_change::<Lead>(&page, id).await?.back_to(&format!("/leads/{id}"));
        match page.session.set_lead_status(id, form.version(), status).await {
            Ok(()) => return Ok(page.redirect(&here, Notice::LeadSaved)),
            Err(error) => form.refuse(error)?,
        }
    }
    let lead = page.session.lead(id).await?.lead;
    form.show_saved(typed_status(&lead), lead.stamp.version, None);
    form.key(page.session.now());
    show_with(page, id, &form, list_context, &[]).await
}

/// A status that users may set, with the reason of a lost lead.
fn work_status(form: &mut Form) -> Option<WorkStatus> {
    match LeadStage::from_code(form.value(Field::Status)) {
        Some(LeadStage::New) => Some(WorkStatus::New),
        Some(LeadStage::InProgress) => Some(WorkStatus::InProgress),
        Some(LeadStage::Qualified) => Some(WorkStatus::Qualified),
        Some(LeadStage::Lost) => form.parse(Field::Reason, LostReason::parse).map(WorkStatus::Lost),
        Some(LeadStage::Converted) | None => form.check(Field::Status, Err(Invalid::UnknownChoice)),
    }
}

fn typed_status(lead: &Lead) -> FormData {
    let reason = match &lead.status {
        LeadStatus::Lost(reason) => reason.as_str(),
        _ => "",
    };
    FormData::default().with(Field::Status, lead.stage().code()).with(Field::Reason, reason)
}

async fn add_note(page: Page, PathId(id): PathId<Uuid>, data: FormData) -> PageResult {
    let (id, list_context, mut form) = (LeadId(id), ListContext::read(&data), Form::of(data));
    let note = NoteId(form.key(page.session.now()));
    if let Some(text) = form.parse(Field::Text, NoteText::parse) {
        match page.session.add_note(note, id, text).await {
            Ok(_) => {
                return Ok(page.redirect(&list_context.to(&format!("/leads/{id}")), Notice::NoteSaved).into_response());
            }
            Err(error) => form.refuse(error)?,
        }
    }
    form.key(page.session.now());
    show_with(page, id, &form, list_context, &[]).await
}

/// A phone, an email, or both. If both are missing, the error belongs to the phone field.
pub(crate) fn contact(form: &mut Form) -> Option<Contact> {
    let phone = form.optional(Field::Phone, Phone::parse);
    let email = form.optional(Field::Email, Email::parse);
    let contact = Contact::new(phone?, email?);
    form.check(Field::Phone, contact)
}

fn details(form: &mut Form) -> Option<LeadDetails> {
    let contact = contact(form);
    let full_name = form.parse(Field::FullName, FullName::parse);
    let campaign = form.optional(Field::Campaign, choice);
    let assignee = form.optional(Field::Assignee, choice);
    Some(LeadDetails { full_name: full_name?, contact: contact?, campaign: campaign?, assignee: assignee? })
}
