//! Existing leads that are similar to a lead while it is entered. They are shown below the fields and do not block the
//! form.
use application::{SimilarLead, SimilarLeads};
use domain::{
    access::Permission,
    duplicates::{Identity, MatchBy},
    field::Field,
    lead::LeadId,
    values::{Email, FullName, Phone},
};
use maud::{Markup, html};
use uuid::Uuid;

use super::view::stage_badge;
use crate::{
    form_data::FormData,
    page::{Page, PageResult},
    text::Text,
    ui::{Tone, alert, field::alert_box, short_name},
};

/// The ids of the leads that were shown, so that they are not shown again.
const SEEN: &str = "seen";
/// Stands for a lead that the user may not see: the kind of match.
fn hidden(match_by: MatchBy) -> String {
    format!("hidden-{}", match_by.code())
}

/// The page that supplies this part of the form. The values are sent as a form, because URLs are kept in logs.
pub(super) async fn show(page: Page, data: FormData) -> PageResult {
    // A value that the user is still typing may be invalid.
    let identity = Identity {
        phone: Phone::parse(data.of(Field::Phone)).ok(),
        email: Email::parse(data.of(Field::Email)).ok(),
        full_name: FullName::parse(data.of(Field::FullName)).ok(),
    };
    let similar = page.session.similar(&identity, LeadId(Uuid::nil())).await?;
    let t = page.t.duplicates;
    let content = html! {
        div.page-head { h1 { (t.similar) } }
        @if similar.found.is_empty() && similar.hidden.is_empty() { p.muted { (t.similar_none) } }
        (found(&page, &similar))
    };
    Ok(page.show(t.similar, &content))
}

/// The place for similar leads in the form. It is always present, so that screen readers announce its changes.
pub(super) fn place() -> Markup {
    html! {
        div #duplicates role="status" hx-post="/leads/similar" hx-include="#phone, #email, #full_name" hx-select="#similar"
            hx-trigger="change from:#phone, change from:#email, change from:#full_name" hx-swap="innerHTML" hx-sync="this:replace" {}
    }
}

/// Asks above an unsaved form whether the lead is one of these. Sending the form again saves it.
pub(super) fn question(page: &Page, similar: &SimilarLeads) -> Markup {
    let words = page.t.duplicates;
    html! {
        (seen(similar))
        (alert_box(Tone::Warn, &html! {
            h2 { (words.similar_found) }
            (who(page, similar))
            p { (words.look_first) }
        }))
    }
}

/// The similar leads, with a hidden field that marks them as seen.
fn found(page: &Page, similar: &SimilarLeads) -> Markup {
    html! {
        div #similar {
            @if !similar.found.is_empty() || !similar.hidden.is_empty() {
                (seen(similar))
                (alert(Tone::Warn, &html! { b { (page.t.duplicates.similar_found) } (who(page, similar)) }))
            }
        }
    }
}

fn seen(similar: &SimilarLeads) -> Markup {
    let hidden = similar.hidden.iter().map(|it| hidden(*it));
    let seen: Vec<String> = similar.found.iter().map(|it| it.lead.id.to_string()).chain(hidden).collect();
    html! { input type="hidden" name=(SEEN) value=(seen.join(" ")); }
}

fn who(page: &Page, similar: &SimilarLeads) -> Markup {
    html! {
        @if !similar.found.is_empty() { ul { @for alike in &similar.found { li { (line(page, similar, alike)) } } } }
        @if !similar.hidden.is_empty() { p { (page.t.duplicates.hidden) " (" (by_words(page.t, &similar.hidden)) ")" } }
    }
}

fn line(page: &Page, similar: &SimilarLeads, alike: &SimilarLead) -> Markup {
    let lead = &alike.lead;
    let assignee = lead.details.assignee.and_then(|it| similar.names.get(&it.0));
    html! {
        // A new tab, so that the typed values are not lost.
        a href={ "/leads/" (lead.id) } target="_blank" { (lead.details.full_name) } " " (stage_badge(page.t, lead.stage()))
        " " span.muted { (by_words(page.t, &alike.by)) @if let Some(name) = assignee { " · " (short_name(name)) } }
    }
}

/// The matching details, in one line.
pub(super) fn by_words(t: &Text, by: &[MatchBy]) -> String {
    by.iter().map(|it| (t.duplicates.by)(*it)).collect::<Vec<_>>().join(", ")
}

/// Whether every lead with the same phone or email was shown before.
pub(super) fn all_seen(similar: &SimilarLeads, form: &FormData) -> bool {
    let seen: Vec<&str> = form.values(SEEN).flat_map(|it| it.split(' ')).collect();
    let sure = similar.found.iter().filter(|it| it.by.iter().any(|it| *it != MatchBy::Name));
    let hidden = similar.hidden.iter().filter(|it| **it != MatchBy::Name).map(|it| hidden(*it));
    sure.map(|it| it.lead.id.to_string()).chain(hidden).all(|it| seen.contains(&it.as_str()))
}

/// The lead that was saved right before, with a link, on the form for the next one.
pub(super) async fn saved_before(page: &Page, query: &FormData) -> Result<Option<Markup>, application::Error> {
    let Ok(id) = query.get("saved").parse::<Uuid>() else { return Ok(None) };
    if !page.may(Permission::ViewLeads) {
        return Ok(None);
    }
    let names = page.session.lead_names(&[LeadId(id)]).await?;
    let link = |name: &String| html! { (page.t.duplicates.saved) ": " a href={ "/leads/" (id) } { (name) } };
    Ok(names.get(&id).map(|name| alert(Tone::Ok, &link(name))))
}
