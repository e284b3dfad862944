//! The markup of merging leads, and of merged leads.
use application::{LeadPage, MergeForm};
use domain::{
    access::Permission,
    field::Field,
    lead::{Lead, LeadStatus},
    store::Names,
    values::Phone,
};
use maud::{Markup, html};
use uuid::Uuid;

use super::{
    merge::{OTHER, OTHER_VERSION},
    next_step_view::due_words,
    view::stage_badge,
};
use crate::{
    form::Form,
    page::Page,
    ui::{
        Icon, Tone, alert, crumbs,
        field::{bar, summary},
        history, icon,
    },
};

pub(super) fn form(page: &Page, leads: &MergeForm, sent: Option<&Form>) -> Markup {
    let (t, MergeForm { survivor, other, .. }) = (page.t, leads);
    let is_client = matches!(survivor.status, LeadStatus::Converted(_));
    let new = Form::default();
    html! {
        (crumbs(t.path, &[("/leads", t.leads), ("/leads/duplicates", t.duplicates.title)]))
        div.page-head { h1 { ((t.duplicates.merge_with)(survivor.details.full_name.as_str())) } }
        form.stack method="post" action={ "/leads/" (survivor.id) "/merge/" (other.id) } data-once data-guard {
            (summary(t, sent.unwrap_or(&new), ""))
            p { (t.duplicates.what_happens) " " (t.duplicates.choose_hint) @if is_client { " " (t.duplicates.stays_hint) } }
            input type="hidden" name="version" value=(survivor.stamp.version);
            input type="hidden" name=(OTHER_VERSION) value=(other.stamp.version);
            table.table.versions {
                caption.visually-hidden { (t.duplicates.pair) }
                thead { tr {
                    th scope="col" { span.visually-hidden { (t.versions.field) } }
                    th scope="col" { (t.duplicates.stays) }
                    th scope="col" { (t.duplicates.other) }
                } }
                tbody {
                    @for field in Lead::MERGED_FIELDS { (row(page, leads, field, sent)) }
                    tr {
                        th scope="row" { (t.created) }
                        td { (history::moment(page, survivor.stamp.created_at)) }
                        td { (history::moment(page, other.stamp.created_at)) }
                    }
                    @if !is_client { tr {
                        td {}
                        td {}
                        td { a href={ "/leads/" (other.id) "/merge/" (survivor.id) } { (t.duplicates.stay_other) } }
                    } }
                }
            }
            (bar(t, t.duplicates.merge, &format!("/leads/{}", survivor.id)))
        }
    }
}

fn row(page: &Page, leads: &MergeForm, field: Field, sent: Option<&Form>) -> Markup {
    let (t, MergeForm { survivor, other, names }) = (page.t, leads);
    let (mine, theirs) = (stored(survivor, field), stored(other, field));
    let words = (t.field)(field);
    let (mine_shown, theirs_shown) = (value(page, survivor, field, names), value(page, other, field, names));
    html! {
        tr id=(field.code()) {
            th scope="row" { (words) }
            @if mine == theirs {
                td { (mine_shown) }
                td.muted { (t.duplicates.same_in_both) }
            } @else if field == Field::NextStep {
                // Equal values are no choice, so the form does not ask for one.
                @let stays = html! { " " span.small.muted { (t.duplicates.step_stays) } };
                @let own = survivor.step_to_do().is_some();
                td.muted[!own] { (mine_shown) @if own { (stays) } }
                td.muted[own] { (theirs_shown) @if !own && !survivor.keeps(Field::Status) { (stays) } }
            } @else if survivor.keeps(field) {
                td { (mine_shown) " " span.small.muted { (t.duplicates.stays_same) } }
                td.muted { (theirs_shown) }
            } @else {
                @let others = sent.map_or_else(|| is_empty(&mine, survivor, field), |it| it.value(field) == OTHER);
                td { label.check {
                    input type="radio" name=(field.code()) value="survivor" checked[!others];
                    span { span.visually-hidden { (words) ": " } (mine_shown) }
                } }
                td { label.check {
                    input type="radio" name=(field.code()) value=(OTHER) checked[others];
                    span { span.visually-hidden { (words) ": " } (theirs_shown) }
                } }
            }
        }
    }
}

/// The field's value in the history, a status with its reason.
fn stored(lead: &Lead, field: Field) -> Vec<String> {
    let same = |it: Field| it == field || (field == Field::Status && it == Field::Reason);
    domain::record::Record::fields(lead).into_iter().filter(|it| same(it.0)).map(|it| it.1).collect()
}

/// Whether this lead has no information for the field, so that the other lead's value is offered. The status of a new
/// lead counts as none, because nobody has begun to work on it.
fn is_empty(stored: &[String], lead: &Lead, field: Field) -> bool {
    stored.is_empty() || (field == Field::Status && lead.status == LeadStatus::New)
}

fn value(page: &Page, lead: &Lead, field: Field, names: &Names) -> Markup {
    let (t, it) = (page.t, &lead.details);
    let name = |id: Uuid| names.get(&id).map_or(t.unknown, String::as_str);
    html! {
        @match field {
            Field::FullName => b { (it.full_name) },
            Field::Phone => (it.contact.phone().map_or_else(|| t.nothing.to_owned(), Phone::formatted)),
            Field::Email => (it.contact.email().map_or_else(|| t.nothing.to_owned(), ToString::to_string)),
            Field::Campaign => (it.campaign.map_or(t.no_campaign, |it| name(it.0))),
            Field::Assignee => (it.assignee.map_or(t.not_assigned, |it| name(it.0))),
            Field::NextStep => @match lead.step_to_do() {
                Some(step) => { (step.what) (due_words(page, step.due)) },
                None => (t.nothing),
            },
            _ => {
                (stage_badge(t, lead.stage()))
                @if let LeadStatus::Lost(reason) = &lead.status { " " (reason) }
            },
        }
    }
}

/// The leads merged into this one. A button undoes the latest merge.
pub(super) fn merged_with(page: &Page, it: &LeadPage) -> Markup {
    let (t, lead) = (page.t, &it.lead);
    html! {
        @if !it.merged_leads.is_empty() {
            section.card.stack {
                h2 { (t.duplicates.merged_with) }
                @for other in &it.merged_leads {
                    div.cluster {
                        a.grow href={ "/leads/" (other.id) "/history" } { (other.details.full_name) }
                        @if page.may(Permission::EditLeads) && lead.merged.last() == Some(&other.id) {
                            form method="post" action={ "/leads/" (lead.id) "/separation" } data-once {
                                input type="hidden" name="lead" value=(other.id);
                                button.btn title=(t.duplicates.separate_hint) {
                                    (icon(Icon::RotateCcw)) (t.duplicates.separate)
                                    span.visually-hidden { ": " (other.details.full_name) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The fields that undoing a merge did not change.
pub(super) fn kept(page: &Page, fields: &[Field]) -> Markup {
    let t = page.t;
    let words: Vec<String> = fields.iter().map(|it| (t.field)(*it).to_lowercase()).collect();
    html! {
        @if !fields.is_empty() {
            div role="status" { (alert(Tone::Warn, &html! { p { ((t.duplicates.kept)(&words.join(", "))) } })) }
        }
    }
}
