//! Next steps of a lead: planning, moving, completing and restoring them.
use application::{Error, VersionPoint, VersionState};
use domain::{
    access::Permission,
    calendar::days_after,
    field::Field,
    lead::{Lead, LeadId},
    logged::written,
    next_step::NextStep,
    record::Record,
    values::{Day, Invalid, StepText, parse_day},
};
use uuid::Uuid;

use super::show_with;
use crate::{
    form::{Form, RestoredValue},
    form_data::FormData,
    lists::ListContext,
    page::{Page, PageResult, PathId},
    record::RecordPage,
    text::{Notice, Preset},
    ui::history::{in_words, moment_words},
};

/// The field with one of these presets.
pub(super) const WHEN: &str = "when";
pub(super) const PRESETS: [(Preset, &str, i64); 4] = [
    (Preset::Today, "today", 0),
    (Preset::Tomorrow, "tomorrow", 1),
    (Preset::InThreeDays, "in_3_days", 3),
    (Preset::InAWeek, "in_a_week", 7),
];
/// The field for any other day.
pub(super) const ANY_DAY: &str = "day";

/// Any of these permissions is enough.
pub(super) const PLANNING: &[Permission] = &[Permission::EditLeads, Permission::ConvertLeads];

pub(super) async fn plan(page: Page, PathId(id): PathId<Uuid>, data: FormData) -> PageResult {
    let (id, list_context, mut form) = (LeadId(id), ListContext::read(&data), Form::of(data));
    let done = form.data.has("done");
    let step = if done { Some(None) } else { typed(&mut form, page.session.own_today()).map(Some) };
    if let Some(step) = step {
        let here = list_context.clone().before_change::<Lead>(&page, id).await?.back_to(&format!("/leads/{id}"));
        match page.session.plan_lead(id, form.version(), step).await {
            // Focuses the field for the following step.
            Ok(()) if done => return Ok(page.redirect(&format!("{here}#next_step"), Notice::StepDone)),
            Ok(()) => return Ok(page.redirect(&here, Notice::StepPlanned)),
            Err(error) => form.refuse(error)?,
        }
    }
    let lead = page.session.lead(id).await?.lead;
    form.show_saved(stored(lead.next_step.as_ref()), lead.stamp.version, None);
    form.key(page.session.now());
    show_with(page, id, &form, list_context, &[]).await
}

fn typed(form: &mut Form, today: Day) -> Option<NextStep> {
    let what = form.parse(Field::NextStep, StepText::parse);
    let preset = PRESETS.iter().find(|it| it.1 == form.data.get(WHEN));
    let due = match (preset, form.data.get(WHEN)) {
        (Some((_, _, days)), _) => Some(days_after(today, *days)),
        (None, ANY_DAY) => form.parse(Field::DueOn, parse_day),
        (None, "") => form.check(Field::DueOn, Err(Invalid::Empty)),
        (None, _) => form.check(Field::DueOn, Err(Invalid::UnknownChoice)),
    };
    Some(NextStep { what: what?, due: due? })
}

/// The form values of the step; empty if no step is planned.
fn stored(step: Option<&NextStep>) -> FormData {
    FormData::default()
        .with(Field::NextStep, step.map(|it| it.what.to_string()).unwrap_or_default())
        .with(Field::DueOn, step.map(|it| it.due.to_string()).unwrap_or_default())
}

/// The form with the step that was planned in an earlier version, if the URL names one.
pub(super) async fn restored(page: &Page, id: LeadId, query: Option<String>) -> Result<Option<Form>, Error> {
    let query = FormData::from_query(query.unwrap_or_default().as_bytes());
    let (field, Ok(version)) = (Field::NextStep, query.get("version").parse()) else { return Ok(None) };
    if Field::from_code(query.get("restore")) != Some(field) {
        return Ok(None);
    }
    let past = page.session.past::<Lead>(id, VersionPoint::Version(version)).await?;
    let VersionState::Was(then) = past.then else { return Ok(None) };
    let step = then.fields.get(&field).and_then(|it| NextStep::from_stored(it).ok().map(|step| (step, it)));
    let Some((step, it)) = step.filter(|_| past.now.page_fields().contains(&field)) else { return Ok(None) };
    let (at, _) = written(&then.by);
    let mut form = Form::of(stored(Some(&step)));
    form.data.set(WHEN, ANY_DAY);
    form.data.set("version", past.now.stamp().version.to_string());
    form.saved = Some(stored(past.now.next_step.as_ref()));
    form.restored =
        Some(RestoredValue { field, words: in_words(page, field, it, &past.names), moment: moment_words(page, at) });
    Ok(Some(form))
}
