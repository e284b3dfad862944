//! One change to many records of a list: what is asked before, and what is told after.
use application::{Chosen, InBulk, Outcome, Spared};
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

use super::{Asked, ListPage, Trail, bulk_view};
use crate::{
    error::Fault,
    form::Form,
    form_data::FormData,
    page::{Answer, Page},
    text::Text,
    ui::{Icon, list::url},
};

/// Something that can be done to many records at once.
pub(crate) struct Act {
    /// In URLs.
    pub(crate) code: &'static str,
    pub(crate) words: fn(&Text) -> &'static str,
    /// Where there is little room.
    pub(crate) button: fn(&Text) -> &'static str,
    pub(crate) icon: Icon,
    /// Whether this list has records for it.
    pub(crate) fits: fn(&Asked) -> bool,
}

/// A kind of record of which many can be changed at once.
pub(crate) trait BulkPage: ListPage + InBulk {
    /// What the form asks for, or nothing where it is wrong.
    fn change(form: &mut Form, act: &str) -> Option<Self::Change>;

    /// What has to be said for it.
    fn controls(page: &Page, form: &Form, act: &str) -> impl Future<Output = Result<Markup, Fault>> + Send;
}

/// More than any page has.
const MOST_TICKED: usize = 200;
/// So many of the chosen records are named.
pub(super) const NAMED: u16 = 8;
/// So many of those that were left as they are.
const TOLD: usize = 20;

/// What is chosen, as the query of an address or the body of a form has it.
pub(super) struct Choice<R: ListPage> {
    pub(super) trail: Trail,
    pub(super) all: bool,
    pub(super) ids: Vec<Uuid>,
    pub(super) chosen: Chosen<R>,
}

impl<R: ListPage> Choice<R> {
    fn read(page: &Page, data: &FormData) -> Result<Self, Fault> {
        let trail = Trail::whole(data)?;
        let all = data.get("all") == "1";
        let ids = ticked(data);
        // More than a page has, or what no page of ours sends.
        if ids.len() != data.values("id").count() {
            return Err(Fault::BadRequest);
        }
        let chosen = if all {
            let parts = trail.asked::<R>().parts::<R>(&page.session);
            Chosen::All(parts.map_err(|_| Fault::BadRequest)?)
        } else {
            Chosen::These(ids.iter().map(|it| R::Id::from(*it)).collect())
        };
        Ok(Self { trail, all, ids, chosen })
    }
}

/// The records that were ticked.
pub(crate) fn ticked(data: &FormData) -> Vec<Uuid> {
    data.values("id").filter_map(|it| it.parse().ok()).take(MOST_TICKED).collect()
}

/// Asks what exactly is to be done.
pub(crate) async fn ask<R>(page: Page, RawQuery(query): RawQuery) -> Answer
where
    R: BulkPage,
    dyn UnitOfWork: Repository<R>,
{
    let data = FormData::from_query(query.unwrap_or_default().as_bytes());
    let choice = Choice::<R>::read(&page, &data)?;
    let act = R::ACTS.iter().find(|it| it.code == data.get("do"));
    show::<R>(&page, &choice, act, &Form::default(), false).await
}

async fn show<R>(page: &Page, choice: &Choice<R>, act: Option<&Act>, form: &Form, is_another: bool) -> Answer
where
    R: BulkPage,
    dyn UnitOfWork: Repository<R>,
{
    let (first, total) = page.session.chosen::<R>(&choice.chosen, NAMED).await?;
    let fields = match act {
        Some(act) if total != Total::Exactly(0) => Some((act, R::controls(page, form, act.code).await?)),
        _ => None,
    };
    let content =
        bulk_view::question(page, choice, fields, form, &bulk_view::About { first: &first, total, is_another });
    let shown = page.show_form(act.map_or(page.t.bulk.choose_act, |it| (it.words)(page.t)), form, &content);
    Ok(if is_another { (StatusCode::CONFLICT, shown).into_response() } else { shown })
}

pub(crate) async fn change<R>(page: Page, data: FormData) -> Answer
where
    R: BulkPage,
    dyn UnitOfWork: Repository<R>,
{
    let choice = Choice::<R>::read(&page, &data)?;
    let act = R::ACTS.iter().find(|it| it.code == data.get("do")).ok_or(Fault::BadRequest)?;
    let mut form = Form::of(data);
    let asked_about = form.data.get(TOTAL).to_owned();
    if choice.all && asked_about != written_total(page.session.chosen::<R>(&choice.chosen, 1).await?.1) {
        return show::<R>(&page, &choice, Some(act), &form, true).await;
    }
    if let Some(change) = R::change(&mut form, act.code) {
        match page.session.change_many::<R>(&choice.chosen, &change).await {
            Ok(outcome) => return Ok(told::<R>(&choice.trail, &outcome, false)),
            Err(error) => form.refuse(error)?,
        }
    }
    show::<R>(&page, &choice, Some(act), &form, false).await
}

/// How many the question was about.
pub(super) const TOTAL: &str = "total";

pub(super) fn written_total(total: Total) -> String {
    match total {
        Total::Exactly(number) | Total::OrMore(number) => number.to_string(),
    }
}

pub(crate) async fn undo<R>(page: Page, data: FormData) -> Answer
where
    R: BulkPage,
    dyn UnitOfWork: Repository<R>,
{
    let outcome = page.session.take_back::<R>(moment(data.get("at")).ok_or(Fault::BadRequest)?).await?;
    Ok(told::<R>(&Trail::read(&data), &outcome, true))
}

/// Leads to the page that tells of it. Its address has what the audit log has not.
fn told<R: ListPage>(trail: &Trail, outcome: &Outcome<R>, undone: bool) -> axum::response::Response {
    let at = outcome.at.map(|it| it.timestamp_micros().to_string()).unwrap_or_default();
    let number = |n: usize| if n == 0 { String::new() } else { n.to_string() };
    let (same, spared) = (number(outcome.same), number(outcome.spared.len()));
    let those: Vec<String> = outcome.spared.iter().take(TOLD).map(|it| written(it.0.into(), it.1)).collect();
    let undone = if undone { "1" } else { "" };
    let mut pairs = vec![("at", at.as_str()), ("undone", undone), ("same", &same), ("spared", &spared)];
    pairs.extend(those.iter().map(|it| ("those", it.as_str())));
    let place = url(&format!("{}/bulk/done", R::LIST), &pairs);
    Redirect::to(&trail.onto(&place)).into_response()
}

fn written(id: Uuid, why: Spared) -> String {
    let why = match why {
        Spared::Converted => "converted",
        Spared::ChangedSince => "changed",
    };
    format!("{why}:{id}")
}

fn read(text: &str) -> Option<(Uuid, Spared)> {
    let (why, id) = text.split_once(':')?;
    let why = match why {
        "converted" => Spared::Converted,
        "changed" => Spared::ChangedSince,
        _ => return None,
    };
    Some((id.parse().ok()?, why))
}

fn moment(text: &str) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_micros(text.parse().ok()?)
}

/// What was done, and how many were left as they were, and why.
pub(crate) async fn done<R>(page: Page, RawQuery(query): RawQuery) -> Answer
where
    R: BulkPage,
    dyn UnitOfWork: Repository<R>,
{
    let data = FormData::from_query(query.unwrap_or_default().as_bytes());
    let those: Vec<(Uuid, Spared)> = data.values("those").filter_map(read).take(TOLD).collect();
    let others: Vec<R::Id> = those.iter().map(|it| R::Id::from(it.0)).collect();
    let at = moment(data.get("at")).unwrap_or_default();
    let done = page.session.done::<R>(at, &others).await?;
    let number = |name: &str| data.get(name).parse::<u32>().map_or(0, u64::from);
    let report = bulk_view::Report {
        undone: data.get("undone") == "1",
        same: number("same"),
        spared: number("spared").max(those.len() as u64),
        those,
        at,
        done,
    };
    let trail = Trail::read(&data);
    Ok(page.show(&report.title(page.t), &bulk_view::report::<R>(&page, &report, &trail)))
}
