//! Merges two leads field by field, and undoes a merge.
use application::{Error, MergeForm};
use axum::response::{IntoResponse, Redirect};
use domain::{
    field::Field,
    lead::{Lead, LeadId, LeadRuleViolation},
    merge::{MergeChoices, MergeSource},
};
use uuid::Uuid;

use super::merge_view;
use crate::{
    error::WebError,
    form::Form,
    form_data::FormData,
    page::{Page, PageResult, PathId},
    text::Notice,
};

/// The version of the other lead, which is merged into the survivor.
pub(super) const OTHER_VERSION: &str = "other_version";
/// The form value that selects the other lead; any other value selects the survivor.
pub(super) const OTHER: &str = "other";

pub(super) async fn show(page: Page, PathId((survivor, other)): PathId<(Uuid, Uuid)>) -> PageResult {
    match page.session.merge_form(LeadId(survivor), LeadId(other)).await {
        // Only a merge in the opposite direction is possible.
        Err(Error::Lead(LeadRuleViolation::ConvertedStays)) => {
            Ok(Redirect::to(&format!("/leads/{other}/merge/{survivor}")).into_response())
        }
        leads => Ok(shown(&page, &leads?, None)),
    }
}

pub(super) async fn merge(page: Page, PathId((survivor, other)): PathId<(Uuid, Uuid)>, data: FormData) -> PageResult {
    let (survivor, other, mut form) = (LeadId(survivor), LeadId(other), Form::of(data));
    let side = |field: Field| if form.value(field) == OTHER { MergeSource::Other } else { MergeSource::Survivor };
    let taken = MergeChoices {
        full_name: side(Field::FullName),
        phone: side(Field::Phone),
        email: side(Field::Email),
        campaign: side(Field::Campaign),
        assignee: side(Field::Assignee),
        status: side(Field::Status),
    };
    let other_version = form.data.get(OTHER_VERSION).parse().unwrap_or(0);
    match page.session.merge_leads((survivor, form.version()), (other, other_version), taken).await {
        Ok(()) => return Ok(page.redirect(&format!("/leads/{survivor}"), Notice::LeadsMerged)),
        Err(error) => form.refuse(error)?,
    }
    let leads = page.session.merge_form(survivor, other).await?;
    Ok(shown(&page, &leads, Some(&form)))
}

fn shown(page: &Page, leads: &MergeForm, sent: Option<&Form>) -> axum::response::Response {
    let title = (page.t.duplicates.merge_with)(leads.survivor.details.full_name.as_str());
    let new = Form::default();
    page.show_form(&title, sent.unwrap_or(&new), &merge_view::form(page, leads, sent))
}

pub(super) async fn separate(page: Page, PathId(id): PathId<Uuid>, data: FormData) -> PageResult {
    let other = data.of(Field::Lead).parse().map(LeadId).map_err(|_| WebError::BadRequest)?;
    let kept = page.session.separate_leads(LeadId(id), other).await?;
    let kept: Vec<&str> = kept.into_iter().map(Field::code).collect();
    let to = crate::ui::list::url(&format!("/leads/{id}"), &[("kept", &kept.join(","))]);
    Ok(page.redirect(&to, Notice::LeadsSeparated))
}

/// The fields that undoing a merge did not change, from the URL of the page after it.
pub(super) fn kept(query: Option<&str>) -> Vec<Field> {
    let query = FormData::from_query(query.unwrap_or_default().as_bytes());
    let kept: Vec<&str> = query.get("kept").split(',').collect();
    Lead::MERGED_FIELDS.into_iter().filter(|it| kept.contains(&it.code())).collect()
}
