//! Bulk edits of a list: the question before, and the report after.
use application::{BulkEditable, BulkResult, Selection, Skipped};
use axum::{
    extract::RawQuery,
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use chrono::{DateTime, Utc};
use domain::{
    page::Total,
    store::{Repository, UnitOfWork},
};
use maud::Markup;
use uuid::Uuid;

use super::{ListContext, ListPage, ListQuery, bulk_view};
use crate::{
    error::WebError,
    form::Form,
    form_data::FormData,
    page::{Page, PageResult},
    text::Text,
    ui::{Icon, list::url},
};

/// A bulk action of a list.
pub(crate) struct BulkAction {
    /// The action's name in URLs.
    pub(crate) code: &'static str,
    pub(crate) words: fn(&Text) -> &'static str,
    /// A shorter label for narrow places.
    pub(crate) button: fn(&Text) -> &'static str,
    pub(crate) icon: Icon,
    /// Whether this list can contain records that the action applies to.
    pub(crate) fits: fn(&ListQuery) -> bool,
}

/// A kind of record with bulk actions.
pub(crate) trait BulkPage: ListPage + BulkEditable {
    /// The change from the form, or nothing where the form has errors.
    fn change(form: &mut Form, act: &str) -> Option<Self::Change>;

    /// The form controls of the action.
    fn controls(page: &Page, form: &Form, act: &str) -> impl Future<Output = Result<Markup, WebError>> + Send;
}

/// More than any page has.
const MOST_TICKED: usize = 200;
/// How many of the selected records are named.
pub(super) const NAMED: u16 = 8;
/// How many skipped records are named.
const TOLD: usize = 20;

/// The selected records, from the query of a URL or the body of a form.
pub(super) struct BulkSelection<R: ListPage> {
    pub(super) list_context: ListContext,
    pub(super) all: bool,
    pub(super) ids: Vec<Uuid>,
    pub(super) selection: Selection<R>,
}

impl<R: ListPage> BulkSelection<R> {
    fn read(page: &Page, data: &FormData) -> Result<Self, WebError> {
        let list_context = ListContext::whole(data)?;
        let all = data.get("all") == "1";
        let ids = ticked(data);
        // More ids than a page has, or ids that our pages never send.
        if ids.len() != data.values("id").count() {
            return Err(WebError::BadRequest);
        }
        let selection = if all {
            let parts = list_context.list_query::<R>().parts::<R>(&page.session);
            Selection::All(parts.map_err(|_| WebError::BadRequest)?)
        } else {
            Selection::These(ids.iter().map(|it| R::Id::from(*it)).collect())
        };
        Ok(Self { list_context, all, ids, selection })
    }
}

/// The ids of the ticked records.
pub(crate) fn ticked(data: &FormData) -> Vec<Uuid> {
    data.values("id").filter_map(|it| it.parse().ok()).take(MOST_TICKED).collect()
}

/// Asks the user to confirm the action.
pub(crate) async fn ask<R>(page: Page, RawQuery(query): RawQuery) -> PageResult
where
    R: BulkPage,
    dyn UnitOfWork: Repository<R>,
{
    let data = FormData::from_query(query.unwrap_or_default().as_bytes());
    let choice = BulkSelection::<R>::read(&page, &data)?;
    let act = R::ACTIONS.iter().find(|it| it.code == data.get("do"));
    show::<R>(&page, &choice, act, &Form::default(), false).await
}

async fn show<R>(
    page: &Page,
    choice: &BulkSelection<R>,
    act: Option<&BulkAction>,
    form: &Form,
    is_another: bool,
) -> PageResult
where
    R: BulkPage,
    dyn UnitOfWork: Repository<R>,
{
    let (first, total) = page.session.selection::<R>(&choice.selection, NAMED).await?;
    let fields = match act {
        Some(act) if total != Total::Exactly(0) => Some((act, R::controls(page, form, act.code).await?)),
        _ => None,
    };
    let content =
        bulk_view::question(page, choice, fields, form, &bulk_view::BulkQuestion { first: &first, total, is_another });
    let shown = page.show_form(act.map_or(page.t.bulk.choose_act, |it| (it.words)(page.t)), form, &content);
    Ok(if is_another { (StatusCode::CONFLICT, shown).into_response() } else { shown })
}

pub(crate) async fn change<R>(page: Page, data: FormData) -> PageResult
where
    R: BulkPage,
    dyn UnitOfWork: Repository<R>,
{
    let choice = BulkSelection::<R>::read(&page, &data)?;
    let act = R::ACTIONS.iter().find(|it| it.code == data.get("do")).ok_or(WebError::BadRequest)?;
    let mut form = Form::of(data);
    let asked_about = form.data.get(TOTAL).to_owned();
    if choice.all && asked_about != written_total(page.session.selection::<R>(&choice.selection, 1).await?.1) {
        return show::<R>(&page, &choice, Some(act), &form, true).await;
    }
    if let Some(change) = R::change(&mut form, act.code) {
        match page.session.bulk_edit::<R>(&choice.selection, &change).await {
            Ok(outcome) => return Ok(told::<R>(&choice.list_context, &outcome, false)),
            Err(error) => form.refuse(error)?,
        }
    }
    show::<R>(&page, &choice, Some(act), &form, false).await
}

/// How many records the confirmation was about.
pub(super) const TOTAL: &str = "total";

pub(super) fn written_total(total: Total) -> String {
    match total {
        Total::Exactly(number) | Total::OrMore(number) => number.to_string(),
    }
}

pub(crate) async fn undo<R>(page: Page, data: FormData) -> PageResult
where
    R: BulkPage,
    dyn UnitOfWork: Repository<R>,
{
    let outcome = page.session.undo::<R>(moment(data.get("at")).ok_or(WebError::BadRequest)?).await?;
    Ok(told::<R>(&ListContext::read(&data), &outcome, true))
}

/// Redirects to the report. Its URL has the data that the audit log lacks.
fn told<R: ListPage>(list_context: &ListContext, outcome: &BulkResult<R>, undone: bool) -> axum::response::Response {
    let at = outcome.at.map(|it| it.timestamp_micros().to_string()).unwrap_or_default();
    let number = |n: usize| if n == 0 { String::new() } else { n.to_string() };
    let (same, skipped) = (number(outcome.same), number(outcome.skipped.len()));
    let those: Vec<String> = outcome.skipped.iter().take(TOLD).map(|it| written(it.0.into(), it.1)).collect();
    let undone = if undone { "1" } else { "" };
    let mut pairs = vec![("at", at.as_str()), ("undone", undone), ("same", &same), ("spared", &skipped)];
    pairs.extend(those.iter().map(|it| ("those", it.as_str())));
    let place = url(&format!("{}/bulk/done", R::LIST), &pairs);
    Redirect::to(&list_context.onto(&place)).into_response()
}

fn written(id: Uuid, why: Skipped) -> String {
    let why = match why {
        Skipped::Converted => "converted",
        Skipped::ChangedSince => "changed",
    };
    format!("{why}:{id}")
}

fn read(text: &str) -> Option<(Uuid, Skipped)> {
    let (why, id) = text.split_once(':')?;
    let why = match why {
        "converted" => Skipped::Converted,
        "changed" => Skipped::ChangedSince,
        _ => return None,
    };
    Some((id.parse().ok()?, why))
}

fn moment(text: &str) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_micros(text.parse().ok()?)
}

/// The report: the changed records, and the skipped ones with their reasons.
pub(crate) async fn done<R>(page: Page, RawQuery(query): RawQuery) -> PageResult
where
    R: BulkPage,
    dyn UnitOfWork: Repository<R>,
{
    let data = FormData::from_query(query.unwrap_or_default().as_bytes());
    let those: Vec<(Uuid, Skipped)> = data.values("those").filter_map(read).take(TOLD).collect();
    let others: Vec<R::Id> = those.iter().map(|it| R::Id::from(it.0)).collect();
    let at = moment(data.get("at")).unwrap_or_default();
    let done = page.session.done::<R>(at, &others).await?;
    let number = |name: &str| data.get(name).parse::<u32>().map_or(0, u64::from);
    let report = bulk_view::BulkReport {
        undone: data.get("undone") == "1",
        same: number("same"),
        skipped: number("spared").max(those.len() as u64),
        those,
        at,
        done,
    };
    let list_context = ListContext::read(&data);
    Ok(page.show(&report.title(page.t), &bulk_view::report::<R>(&page, &report, &list_context)))
}
