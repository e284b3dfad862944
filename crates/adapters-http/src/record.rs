//! Records with a form: their URLs, and their values as a form shows them.
use std::collections::BTreeMap;

use application::{Error, PastVersion, VersionPoint, VersionState};
use domain::{
    access::Permission,
    campaign::Campaign,
    client::Client,
    contract::Contract,
    field::Field,
    lead::Lead,
    page::Total,
    record::{Record, RecordKind},
    service::Service,
    store::{Repository, UnitOfWork},
    values::{Money, Phone},
};

use crate::{
    error::WebError,
    form::Form,
    form_data::FormData,
    page::Page,
    text::{Text, format::money_to_edit},
};

/// A kind of record with a page for each record, a form, and a version history.
pub(crate) trait RecordPage: Record {
    /// The path of the list. The page of each record is below it, under its id.
    const LIST: &'static str;
    const EDIT: Permission;

    fn list_name(t: &Text) -> &'static str;

    fn title(&self) -> &str;

    /// The fields of its form.
    fn form_fields(&self) -> &'static [Field];

    /// The fields of which a form on its own page restores an earlier value.
    fn page_fields(&self) -> &'static [Field] {
        &[]
    }
}

/// The name of a list, and its length where the audit log states it, from the audit log's stored text.
pub(crate) fn list_in_words(t: &Text, stored: &str) -> Option<String> {
    let (code, number) = stored.split_once(' ').unwrap_or((stored, ""));
    let name = match code {
        "statistics" => t.statistics,
        "cohorts" => t.figures.cohorts_title,
        code => of_records(t, code)?,
    };
    if number.is_empty() {
        return Some(name.to_owned());
    }
    let total = match number.strip_suffix('+') {
        Some(more) => Total::OrMore(more.parse().ok()?),
        None => Total::Exactly(number.parse().ok()?),
    };
    Some(format!("{name}, {}", (t.total_number)(total)))
}

fn of_records(t: &Text, code: &str) -> Option<&'static str> {
    Some(match RecordKind::ALL.into_iter().find(|it| it.code() == code)? {
        RecordKind::Campaign => Campaign::list_name(t),
        RecordKind::Client => Client::list_name(t),
        RecordKind::Contract => Contract::list_name(t),
        RecordKind::Lead => Lead::list_name(t),
        RecordKind::Service => Service::list_name(t),
        RecordKind::Document
        | RecordKind::Note
        | RecordKind::Role
        | RecordKind::SpendEntry
        | RecordKind::User
        | RecordKind::View => return None,
    })
}

/// The list path of a kind with pages and a version history.
pub(crate) const fn list_of(kind: RecordKind) -> Option<&'static str> {
    match kind {
        RecordKind::Campaign => Some(Campaign::LIST),
        RecordKind::Client => Some(Client::LIST),
        RecordKind::Contract => Some(Contract::LIST),
        RecordKind::Lead => Some(Lead::LIST),
        RecordKind::Service => Some(Service::LIST),
        RecordKind::Document
        | RecordKind::Note
        | RecordKind::Role
        | RecordKind::SpendEntry
        | RecordKind::User
        | RecordKind::View => None,
    }
}

/// The form of a record as it was sent, or with the stored values.
pub(crate) async fn form_of<R>(page: &Page, record: &R, fields: &[Field], sent: Option<Form>) -> Result<Form, WebError>
where
    R: Record,
    dyn UnitOfWork: Repository<R>,
{
    let typed = typed(record, fields);
    let Some(mut form) = sent else { return Ok(Form::of(typed)) };
    let before = before(page, record.id(), &form, |it| typed_of(it, fields)).await?;
    form.show_saved(typed, record.stamp().version, before);
    Ok(form)
}

/// The values that an outdated form showed at first, from the record's version of that time. `None` if it is unknown.
pub(crate) async fn before<R>(
    page: &Page,
    id: R::Id,
    form: &Form,
    typed: impl FnOnce(&BTreeMap<Field, String>) -> FormData,
) -> Result<Option<FormData>, WebError>
where
    R: Record,
    dyn UnitOfWork: Repository<R>,
{
    if !form.is_conflict() {
        return Ok(None);
    }
    match page.session.past::<R>(id, VersionPoint::Version(form.version())).await {
        Ok(PastVersion { then: VersionState::Was(version), .. }) => Ok(Some(typed(&version.fields))),
        Ok(_) | Err(Error::NotFound | Error::Forbidden(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The form values that would make this record.
pub(crate) fn typed(record: &impl Record, fields: &[Field]) -> FormData {
    let mut data = typed_of(&record.fields().into_iter().collect(), fields);
    data.set("version", record.stamp().version.to_string());
    data
}

fn typed_of(stored: &BTreeMap<Field, String>, fields: &[Field]) -> FormData {
    let value = |field: &Field| as_typed(*field, stored.get(field).map_or("", String::as_str));
    fields.iter().fold(FormData::default(), |data, field| data.with(*field, value(field)))
}

/// A stored value as a form shows it, ready to be parsed again.
pub(crate) fn as_typed(field: Field, stored: &str) -> String {
    let typed = match field {
        Field::Amount | Field::Budget | Field::Price => Money::from_decimal(stored).ok().map(money_to_edit),
        Field::Phone => Phone::from_e164(stored).ok().map(|it| it.formatted()),
        _ => None,
    };
    typed.unwrap_or_else(|| stored.to_owned())
}
