//! The money spent on a campaign: adds an entry, corrects it, cancels it.
use domain::{
    campaign::CampaignId,
    field::Field,
    spend::{SpendDay, SpendDetails, SpendId},
    values::{Money, SpendNote, parse_day},
};
use uuid::Uuid;

use super::{show_with, view};
use crate::{
    form::Form,
    form_data::FormData,
    page::{Page, PageResult, PathId},
    record::form_of,
    text::Notice,
};

pub(super) async fn add(page: Page, PathId(campaign): PathId<Uuid>, data: FormData) -> PageResult {
    let (campaign, mut form) = (CampaignId(campaign), Form::of(data));
    let id = SpendId(form.key(page.session.now()));
    if let Some(details) = details(&mut form, &page) {
        match page.session.add_spend(id, campaign, details).await {
            Ok(_) => return Ok(page.redirect(&format!("/campaigns/{campaign}#spend"), Notice::SpendSaved)),
            Err(error) => form.refuse(error)?,
        }
    }
    form.key(page.session.now());
    show_with(page, campaign, &FormData::default(), &form).await
}

pub(super) async fn edit(page: Page, PathId(id): PathId<Uuid>) -> PageResult {
    show_edit(page, SpendId(id), None).await
}

pub(super) async fn update(page: Page, PathId(id): PathId<Uuid>, data: FormData) -> PageResult {
    let (id, mut form) = (SpendId(id), Form::of(data));
    if let Some(details) = details(&mut form, &page) {
        match page.session.edit_spend(id, form.version(), details).await {
            Ok(campaign) => return Ok(page.redirect(&format!("/campaigns/{campaign}#spend"), Notice::SpendSaved)),
            Err(error) => form.refuse(error)?,
        }
    }
    show_edit(page, id, Some(form)).await
}

async fn show_edit(page: Page, id: SpendId, form: Option<Form>) -> PageResult {
    let (entry, history) = page.session.spend_to_edit(id).await?;
    let form = form_of(&page, &entry, &[Field::SpentOn, Field::Amount, Field::Note], form).await?;
    Ok(page.show_form(page.t.expense, &form, &view::spend_form(&page, &form, &entry, &history)))
}

pub(super) async fn cancel(page: Page, PathId(id): PathId<Uuid>, data: FormData) -> PageResult {
    let cancelled = data.switch("cancelled")?;
    let campaign = page.session.cancel_spend(SpendId(id), cancelled).await?;
    let notice = if cancelled { Notice::SpendCancelled } else { Notice::SpendSaved };
    Ok(page.redirect(&format!("/campaigns/{campaign}#spend"), notice))
}

fn details(form: &mut Form, page: &Page) -> Option<SpendDetails> {
    let spent_on = form.parse(Field::SpentOn, |it| parse_day(it).and_then(SpendDay::new));
    let amount = form.parse(Field::Amount, |it| Money::parse_positive(it, page.t.language, page.currency()));
    let note = form.parse(Field::Note, SpendNote::parse);
    Some(SpendDetails { spent_on: spent_on?, amount: amount?, note: note? })
}
