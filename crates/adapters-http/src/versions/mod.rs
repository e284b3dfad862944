//! Earlier versions of a record: a page for any moment or version, and the restoring of an old value.
mod view;

use application::{VersionPoint, VersionState};
use axum::extract::RawQuery;
use chrono::TimeDelta;
use domain::{
    field::Field,
    logged::written,
    store::{Repository, UnitOfWork},
    values::parse_minute,
};
use uuid::Uuid;

use crate::{
    form::{Form, RestoredValue},
    form_data::FormData,
    page::{Page, PageResult, PathId},
    record::{RecordPage, as_typed, typed},
    ui::history::{in_words, moment_words},
};

/// The time in the URL as a browser's field writes it, or as typed if it is invalid.
struct VersionQuery {
    minute: String,
    is_wrong: bool,
}

impl VersionQuery {
    /// The query with the version that it selects.
    fn read(query: &FormData, page: &Page) -> (Self, VersionPoint) {
        let typed = query.get("at").trim();
        let parsed = parse_minute(typed).ok();
        let minute = parsed.map_or_else(|| typed.to_owned(), |it| it.format("%Y-%m-%dT%H:%M").to_string());
        let is_wrong = !minute.is_empty() && parsed.is_none();
        let calendar = page.session.calendar();
        let when = match (query.get("version").parse().ok(), parsed) {
            (Some(version), _) => VersionPoint::Version(version),
            // Up to the start of the next minute, so that changes within this minute are included.
            (None, Some(minute)) => VersionPoint::Before(calendar.moment(minute) + TimeDelta::minutes(1)),
            // The newest version.
            (None, None) => VersionPoint::Before(page.session.now() + TimeDelta::days(1)),
        };
        (Self { minute, is_wrong }, when)
    }
}

pub(crate) async fn show<R: RecordPage>(page: Page, PathId(id): PathId<Uuid>, RawQuery(query): RawQuery) -> PageResult
where
    dyn UnitOfWork: Repository<R>,
{
    let query = FormData::from_query(query.unwrap_or_default().as_bytes());
    let (asked, when) = VersionQuery::read(&query, &page);
    let past = page.session.past::<R>(id.into(), when).await?;
    Ok(page.show(&format!("{}: {}", page.t.versions.title, past.now.title()), &view::page(&page, &asked, &past)))
}

/// The form of a record, with the value that one of its fields had in a version, if the URL names one.
pub(crate) async fn restored<R: RecordPage>(
    page: &Page,
    id: Uuid,
    query: Option<String>,
) -> Result<Option<Form>, application::Error>
where
    dyn UnitOfWork: Repository<R>,
{
    let query = FormData::from_query(query.unwrap_or_default().as_bytes());
    let asked = (Field::from_code(query.get("restore")), query.get("version").parse());
    let (Some(field), Ok(version)) = asked else { return Ok(None) };
    let past = page.session.past::<R>(id.into(), VersionPoint::Version(version)).await?;
    let fields = past.now.form_fields();
    let VersionState::Was(then) = past.then else { return Ok(None) };
    if !fields.contains(&field) {
        return Ok(None);
    }
    let stored = then.fields.get(&field).map(String::as_str).unwrap_or_default();
    let (at, _) = written(&then.by);
    let now = typed(&past.now, fields);
    let mut form = Form::of(now.clone());
    form.data.set(field.code(), as_typed(field, stored));
    form.saved = Some(now);
    form.restored = Some(RestoredValue {
        field,
        words: in_words(page, field, stored, &past.names),
        moment: moment_words(page, at),
    });
    Ok(Some(form))
}
