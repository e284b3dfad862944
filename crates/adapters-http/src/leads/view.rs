//! The markup of the pages of leads.
use application::{LeadForm, LeadPage};
use domain::{
    access::Permission,
    field::Field,
    lead::{Lead, LeadStage, LeadStatus},
    values::{FullName, LostReason, NoteText},
};
use maud::{Markup, html};

use super::{New, merge_view, next_step_view::next_step, similar};
use crate::{
    form::Form,
    lists::{ListContext, ListNavigation},
    page::{Page, encode},
    text::Text,
    ui::{
        Icon, Tone, badge, crumbs,
        field::{ControlKind, Spec, field, hidden, summary},
        history, icon, link_button, link_if, short_name, who,
    },
};

pub(crate) fn stage_badge(t: &Text, stage: LeadStage) -> Markup {
    let tone = match stage {
        LeadStage::New => Tone::Info,
        LeadStage::InProgress | LeadStage::Qualified => Tone::Warn,
        LeadStage::Converted => Tone::Ok,
        LeadStage::Lost => Tone::Plain,
    };
    badge(tone, (t.stage)(stage))
}

pub(super) fn record(page: &Page, it: &LeadPage, form: &Form, way: &ListNavigation, kept: &[Field]) -> Markup {
    let (t, lead) = (page.t, &it.lead);
    let at = format!("/leads/{}", lead.id);
    let edit = page.may(Permission::EditLeads);
    html! {
        (way.around)
        div.page-head {
            div.cluster { h1 { (lead.details.full_name) } (stage_badge(t, lead.stage())) }
            div.page-head__actions {
                @if let Some(phone) = lead.details.contact.phone() {
                    a.btn href={ "tel:" (phone) } { (icon(Icon::Phone)) (t.call) }
                }
                @if edit { (link_button(&format!("{at}/edit"), Icon::Pencil, t.edit)) }
                @if page.may(Permission::ConvertLeads) && lead.convertible().is_ok() {
                    a.btn.btn--primary href=(way.list_context.to(&format!("{at}/conversion"))) data-key="c" { (icon(Icon::UserCheck)) (t.convert) }
                }
            }
        }
        div.columns {
            div {
                (merge_view::kept(page, kept))
                (summary(t, form, &at))
                @if edit { (composer(t, form, &format!("{at}/notes"), &way.list_context)) }
                h2.visually-hidden { (t.history) }
                (history::timeline(page, &it.history, &it.notes))
            }
            aside.columns__aside.columns__aside--first aria-label=(t.facts) {
                section.card { h2.visually-hidden { (t.facts) } (facts(page, it)) }
                (next_step(page, lead, form, &way.list_context))
                @if edit && !matches!(lead.status, LeadStatus::Converted(_)) { (status_form(page, lead, form, &way.list_context)) }
            }
            aside.columns__aside aria-label=(t.origin) { (merge_view::merged_with(page, it)) (history::origin(page, &lead.stamp, &it.history)) }
        }
    }
}

/// The form for a note, on leads and on clients.
pub(crate) fn composer(t: &Text, form: &Form, action: &str, list_context: &ListContext) -> Markup {
    let problem = form.problem(Field::Text).map(|it| (t.problem)(Field::Text, it));
    html! {
        form.composer method="post" action=(action) data-once data-guard {
            input type="hidden" name="key" value=(form.data.get("key"));
            (list_context.hidden())
            label.visually-hidden for="text" { (t.new_note) }
            textarea #text .input name="text" rows="2" maxlength=(NoteText::MAX + 500) placeholder=(t.note_placeholder)
                aria-invalid=[problem.as_ref().map(|_| "true")] aria-describedby=[problem.as_ref().map(|_| "text-error")] {
                "\n" (form.value(Field::Text))
            }
            div.composer__foot {
                @if let Some(problem) = &problem { span #text-error .field__error { (icon(Icon::TriangleAlert)) (problem) } }
                button.btn.btn--primary { (t.add_note) }
            }
        }
    }
}

fn facts(page: &Page, it: &LeadPage) -> Markup {
    let (t, details) = (page.t, &it.lead.details);
    let name = |id: uuid::Uuid| it.names.get(&id).map(String::as_str).unwrap_or_default();
    html! {
        dl.props {
            (contact_rows(t, &details.contact))
            dt { ((t.field)(Field::Campaign)) }
            dd { @match details.campaign {
                Some(id) => (link_if(page.may(Permission::ViewCampaigns), &format!("/campaigns/{id}"), name(id.0))),
                None => (t.no_campaign),
            } }
            dt { ((t.field)(Field::Assignee)) }
            dd { @match details.assignee { Some(id) => (who(&short_name(name(id.0)))), None => (t.not_assigned) } }
            @match &it.lead.status {
                LeadStatus::Lost(reason) => { dt { ((t.field)(Field::Reason)) } dd { (reason) } }
                LeadStatus::Converted(client) => {
                    dt { ((t.field)(Field::Client)) }
                    dd { (link_if(page.may(Permission::ViewClients), &format!("/clients/{client}"), name(client.0))) }
                }
                LeadStatus::New | LeadStatus::InProgress | LeadStatus::Qualified => {}
            }
        }
    }
}

/// Phone and email, each with a link that uses it directly.
pub(crate) fn contact_rows(t: &Text, contact: &domain::lead::Contact) -> Markup {
    let copy = |value: &str, words: &str| {
        html! { button.mini type="button" data-copy=(value) data-done=(t.copied) aria-label=(words) { (icon(Icon::Copy)) } }
    };
    html! {
        dt { ((t.field)(Field::Phone)) }
        dd.cluster { @match contact.phone() {
            Some(phone) => { a.plain.num href={ "tel:" (phone) } { (phone.formatted()) } (copy(phone.e164(), t.copy_phone)) }
            None => "—",
        } }
        dt { ((t.field)(Field::Email)) }
        dd.cluster { @match contact.email() {
            Some(email) => { a.plain href={ "mailto:" (encode(email.as_str()).replace("%40", "@")) } { (email) } (copy(email.as_str(), t.copy_email)) }
            None => "—",
        } }
    }
}

fn status_form(page: &Page, lead: &Lead, form: &Form, list_context: &ListContext) -> Markup {
    let t = page.t;
    let chosen = match form.value(Field::Status) {
        "" => lead.stage().code(),
        sent => sent,
    };
    let reason = match (&lead.status, form.value(Field::Reason)) {
        (LeadStatus::Lost(reason), "") => reason.as_str(),
        (_, sent) => sent,
    };
    let problem = |field| form.problem(field).map(|it| (t.problem)(field, it));
    let saved = form.saved.as_ref().filter(|it| it.has(Field::Status.code()));
    let (wrong_status, wrong_reason) = (problem(Field::Status), problem(Field::Reason));
    let described = |wrong: bool, words: &'static str| wrong.then_some(words);
    html! {
        section.card {
            form.stack method="post" action={ "/leads/" (lead.id) "/status" } data-once {
                input type="hidden" name="version" value=(lead.stamp.version);
                (list_context.hidden())
                div.field {
                    label.field__label for="status" { ((t.field)(Field::Status)) }
                    select #status .input name="status" aria-invalid=[described(wrong_status.is_some(), "true")]
                        aria-describedby=[described(wrong_status.is_some(), "status-error")] {
                        @for it in LeadStage::ALL.iter().filter(|it| **it != LeadStage::Converted) {
                            option value=(it.code()) selected[it.code() == chosen] { ((t.stage)(*it)) }
                        }
                    }
                    @if let Some(problem) = &wrong_status { span #status-error .field__error { (icon(Icon::TriangleAlert)) (problem) } }
                    @if saved.is_some() { span #status-saved .field__saved { (t.saved_now) " " b { ((t.stage)(lead.stage())) } } }
                }
                div.field.only-lost {
                    label.field__label for="reason" { ((t.field)(Field::Reason)) " " span.field__opt { (t.if_lost) } }
                    input #reason .input name="reason" value=(reason) maxlength=(LostReason::MAX + 50) autocomplete="off"
                        aria-invalid=[described(wrong_reason.is_some(), "true")]
                        aria-describedby=[described(wrong_reason.is_some(), "reason-error")];
                    @if let Some(problem) = &wrong_reason { span #reason-error .field__error { (icon(Icon::TriangleAlert)) (problem) } }
                    @if let Some(saved) = saved {
                        @let words = if saved.of(Field::Reason).is_empty() { t.nothing } else { saved.of(Field::Reason) };
                        span #reason-saved .field__saved { (t.saved_now) " " b { (words) } }
                    }
                }
                button.btn { (t.save_status) }
            }
        }
    }
}

pub(super) fn form(page: &Page, form: &Form, lead: Option<&Lead>, offers: &LeadForm, around: &New) -> Markup {
    let t = page.t;
    let (action, back) = match lead {
        Some(it) => (format!("/leads/{}/edit", it.id), format!("/leads/{}", it.id)),
        None => ("/leads".to_owned(), "/leads".to_owned()),
    };
    let title = lead.map_or(t.new_lead, |it| it.details.full_name.as_str());
    let campaigns = ControlKind::Picker { none: Some(t.no_campaign), choices: &offers.campaigns };
    let users = ControlKind::Picker { none: Some(t.not_assigned), choices: &offers.users };
    let phone = Spec::new(Field::Phone, ControlKind::Phone).either();
    html! {
        (crumbs(t.path, &[("/leads", t.leads)]))
        div.page-head { h1 { (title) } }
        form.stack.form method="post" action=(action) data-once data-guard {
            (summary(t, form, "/leads/{id}"))
            @if let Some(similar) = &around.similar { (similar::question(page, similar)) }
            (hidden(form))
            @if let Some(saved) = &around.saved { (saved) }
            div.grid {
                (field(t, form, &phone.hint(t.contact_hint).focused()))
                (field(t, form, &Spec::new(Field::FullName, ControlKind::Line { max: FullName::MAX })))
            }
            @if lead.is_none() { (similar::place()) }
            // The campaign that won a client cannot change.
            @let converted = lead.filter(|it| matches!(it.status, LeadStatus::Converted(_)));
            @if let Some(lead) = converted {
                @let campaign = lead.details.campaign.map(|it| it.to_string()).unwrap_or_default();
                input type="hidden" name="campaign" value=(campaign);
            }
            div.grid {
                (field(t, form, &Spec::new(Field::Email, ControlKind::Email).either().hint(t.contact_hint)))
                @if converted.is_none() { (field(t, form, &Spec::new(Field::Campaign, campaigns))) }
            }
            div.grid { (field(t, form, &Spec::new(Field::Assignee, users))) }
            @if lead.is_none() {
                (field(t, form, &Spec::new(Field::Note, ControlKind::Area { max: NoteText::MAX, rows: 3 }).optional().labelled(t.note_label)))
            }
            div.formbar {
                button.btn.btn--primary { (if around.similar.is_some() { t.duplicates.anyway } else { t.save }) }
                @if lead.is_none() { button.btn name="again" value="1" { (t.save_and_add) } }
                a.btn.btn--ghost href=(back) { (t.cancel) }
                span.small.muted.push.not-phone { (if lead.is_none() { t.duplicates.keys } else { t.ctrl_enter }) }
            }
        }
    }
}
