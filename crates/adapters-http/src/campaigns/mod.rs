//! Campaigns and the money spent on them: list, record, forms.
mod list;
mod spend;
mod view;

use application::Expensive;
use axum::extract::RawQuery;
use domain::{
    access::Permission,
    campaign::{Campaign, CampaignDetails, CampaignId},
    field::Field,
    values::{CampaignName, Channel, Money, OpenPeriod, parse_day},
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
    ui::list::page_request,
    versions,
};

pub(crate) fn routes() -> Vec<Route> {
    let own = vec![
        page("/campaigns", May(Permission::ViewCampaigns), show_list),
        page("/campaigns/export", May(Permission::ExportCampaigns), export::file::<Campaign>)
            .expensive(Expensive::Export),
        page("/campaigns/bulk", May(Permission::EditCampaigns), lists::ask::<Campaign>),
        action("/campaigns/bulk", May(Permission::EditCampaigns), lists::change::<Campaign>),
        page("/campaigns/bulk/done", May(Permission::EditCampaigns), lists::done::<Campaign>),
        action("/campaigns/bulk/undo", May(Permission::EditCampaigns), lists::undo::<Campaign>),
        page("/campaigns/new", May(Permission::CreateCampaigns), new),
        action("/campaigns", May(Permission::CreateCampaigns), create),
        page("/campaigns/{id}", May(Permission::ViewCampaigns), show),
        page("/campaigns/{id}/history", May(Permission::ViewCampaigns), versions::show::<Campaign>),
        page("/campaigns/{id}/edit", May(Permission::EditCampaigns), edit),
        action("/campaigns/{id}/edit", May(Permission::EditCampaigns), update),
        action("/campaigns/{id}/archive", May(Permission::EditCampaigns), archive),
        action("/campaigns/{id}/spend", May(Permission::EditCampaigns), spend::add),
        page("/spend/{id}/edit", May(Permission::EditCampaigns), spend::edit),
        action("/spend/{id}/edit", May(Permission::EditCampaigns), spend::update),
        action("/spend/{id}/cancellation", May(Permission::EditCampaigns), spend::cancel),
    ];
    own.into_iter().chain(view_routes!("/campaigns", Permission::ViewCampaigns, Campaign)).collect()
}

impl RecordPage for Campaign {
    const LIST: &'static str = "/campaigns";
    const EDIT: Permission = Permission::EditCampaigns;

    fn list_name(t: &Text) -> &'static str {
        t.campaigns
    }

    fn title(&self) -> &str {
        self.details.name.as_str()
    }

    fn form_fields(&self) -> &'static [Field] {
        &[Field::Name, Field::Service, Field::Channel, Field::Budget, Field::StartsOn, Field::EndsOn]
    }
}

impl CsvExport for Campaign {
    const FILE: &'static [Field] =
        &[Field::Name, Field::Service, Field::Channel, Field::Budget, Field::StartsOn, Field::EndsOn, Field::Archived];
}

async fn show_list(page: Page, RawQuery(query): RawQuery) -> PageResult {
    let asked = ListQuery::of_query::<Campaign>(query);
    let (listed, wrong) = asked.listed::<Campaign>(&page).await?;
    let offers = page.session.campaign_choices(&asked.ids("service")).await?;
    lists::show(&page, &asked, &listed, wrong, &list::around(&page, &asked, &offers)).await
}

async fn show(page: Page, PathId(id): PathId<Uuid>, RawQuery(query): RawQuery) -> PageResult {
    let query = FormData::from_query(query.unwrap_or_default().as_bytes());
    let mut form = Form::of(FormData::default().with(Field::SpentOn, page.session.today().to_string()));
    form.key(page.session.now());
    show_with(page, CampaignId(id), &query, &form).await
}

/// The record, with a form for one more expense.
async fn show_with(page: Page, id: CampaignId, query: &FormData, form: &Form) -> PageResult {
    let spend = domain::page::PageRequest::sized(page_request(query).cursor, 25);
    let campaign = page.session.campaign(id, spend).await?;
    let way = ListContext::read(query).way::<Campaign>(&page, id).await?;
    Ok(page.show_form(campaign.campaign.details.name.as_str(), form, &view::record(&page, &campaign, form, &way)))
}

async fn new(page: Page, RawQuery(query): RawQuery) -> PageResult {
    let query = FormData::from_query(query.unwrap_or_default().as_bytes());
    show_new(page, Form::of(FormData::default().with(Field::Service, query.of(Field::Service)))).await
}

async fn show_new(page: Page, mut form: Form) -> PageResult {
    let (_, offers) = page.session.campaign_form(None).await?;
    form.key(page.session.now());
    Ok(page.show_form(page.t.new_campaign, &form, &view::form(&page, &form, None, &offers)))
}

async fn create(page: Page, data: FormData) -> PageResult {
    let mut form = Form::of(data);
    let id = CampaignId(form.key(page.session.now()));
    if let Some(details) = details(&mut form, &page) {
        match page.session.create_campaign(id, details).await {
            Ok(id) => return Ok(page.redirect(&format!("/campaigns/{id}"), Notice::CampaignSaved)),
            Err(error) => form.refuse(error)?,
        }
    }
    show_new(page, form).await
}

async fn edit(page: Page, PathId(id): PathId<Uuid>, RawQuery(query): RawQuery) -> PageResult {
    let restored = versions::restored::<Campaign>(&page, id, query).await?;
    show_edit(page, CampaignId(id), restored).await
}

async fn update(page: Page, PathId(id): PathId<Uuid>, data: FormData) -> PageResult {
    let (id, mut form) = (CampaignId(id), Form::of(data));
    if let Some(details) = details(&mut form, &page) {
        match page.session.edit_campaign(id, form.version(), details).await {
            Ok(()) => return Ok(page.redirect(&format!("/campaigns/{id}"), Notice::CampaignSaved)),
            Err(error) => form.refuse(error)?,
        }
    }
    show_edit(page, id, Some(form)).await
}

async fn show_edit(page: Page, id: CampaignId, form: Option<Form>) -> PageResult {
    let (campaign, offers) = page.session.campaign_form(Some(id)).await?;
    let campaign = campaign.ok_or(application::Error::NotFound)?;
    let form = form_of(&page, &campaign, campaign.form_fields(), form).await?;
    let content = view::form(&page, &form, Some(&campaign), &offers);
    Ok(page.show_form(campaign.details.name.as_str(), &form, &content))
}

async fn archive(page: Page, PathId(id): PathId<Uuid>, data: FormData) -> PageResult {
    let archived = data.switch("archived")?;
    page.session.archive_campaign(CampaignId(id), archived).await?;
    let notice = if archived { Notice::Archived } else { Notice::RestoredValue };
    Ok(page.redirect(&format!("/campaigns/{id}"), notice))
}

fn details(form: &mut Form, page: &Page) -> Option<CampaignDetails> {
    let name = form.parse(Field::Name, CampaignName::parse);
    let service = form.choice(Field::Service);
    let channel = form.parse(Field::Channel, Channel::parse);
    let budget = form.parse(Field::Budget, |it| Money::parse(it, page.t.language, page.currency()));
    let starts_on = form.optional(Field::StartsOn, parse_day);
    let ends_on = form.optional(Field::EndsOn, parse_day);
    let dates = match (starts_on, ends_on) {
        (Some(from), Some(until)) => form.check(Field::EndsOn, OpenPeriod::new(from, until)),
        _ => None,
    };
    Some(CampaignDetails { name: name?, service: service?, channel: channel?, budget: budget?, dates: dates? })
}
