//! Who is like somebody who is being entered: told below the fields, in the way of nothing.
use application::{Alike, Similar};
use axum::extract::RawQuery;
use domain::{
    access::Permission,
    duplicates::{Likeness, Marks},
    field::Field,
    lead::LeadId,
    values::{Email, FullName, Phone},
};
use maud::{Markup, html};
use uuid::Uuid;

use super::view::stage_badge;
use crate::{
    form_data::FormData,
    page::{Answer, Page},
    text::Text,
    ui::{Tone, alert, short_name},
};

/// What the form sends along of those who were shown, so that they are not shown again.
const SEEN: &str = "seen";
/// Of somebody whom the user may not know.
const HIDDEN: &str = "hidden";

/// The page from which the form takes its part.
pub(super) async fn show(page: Page, RawQuery(query): RawQuery) -> Answer {
    let query = FormData::from_query(query.unwrap_or_default().as_bytes());
    // What is still typed in need not be right.
    let marks = Marks {
        phone: Phone::parse(query.of(Field::Phone)).ok(),
        email: Email::parse(query.of(Field::Email)).ok(),
        full_name: FullName::parse(query.of(Field::FullName)).ok(),
    };
    let similar = page.session.similar(&marks, LeadId(Uuid::nil())).await?;
    let t = page.t.duplicates;
    let content = html! {
        div.page-head { h1 { (t.similar) } }
        @if similar.found.is_empty() && similar.hidden.is_empty() { p.muted { (t.similar_none) } }
        (found(&page, &similar))
    };
    Ok(page.show(t.similar, &content))
}

/// Where the form shows them. The place is always there, so that what comes into it is read out.
pub(super) fn place(page: &Page, similar: Option<&Similar>) -> Markup {
    html! {
        div #duplicates role="status" hx-get="/leads/similar" hx-include="#phone, #email, #full_name" hx-select="#similar"
            hx-trigger="change from:#phone, change from:#email, change from:#full_name" hx-swap="innerHTML" hx-sync="this:replace" {
            @if let Some(similar) = similar { (found(page, similar)) }
        }
    }
}

/// Those who are like somebody, with what says that they were seen.
pub(super) fn found(page: &Page, similar: &Similar) -> Markup {
    let t = page.t;
    let hidden = (!similar.hidden.is_empty()).then(|| HIDDEN.to_owned());
    let seen: Vec<String> = similar.found.iter().map(|it| it.lead.id.to_string()).chain(hidden).collect();
    let seen = seen.join(" ");
    html! {
        div #similar {
            @if !seen.is_empty() { input type="hidden" name=(SEEN) value=(seen); }
            @if !similar.found.is_empty() {
                (alert(Tone::Warn, &html! {
                    b { (t.duplicates.similar_found) }
                    ul { @for alike in &similar.found { li { (line(page, similar, alike)) } } }
                }))
            }
            @if !similar.hidden.is_empty() {
                (alert(Tone::Warn, &html! { p { (t.duplicates.hidden) } p.small { (by_words(t, &similar.hidden)) } }))
            }
        }
    }
}

fn line(page: &Page, similar: &Similar, alike: &Alike) -> Markup {
    let lead = &alike.lead;
    let assignee = lead.details.assignee.and_then(|it| similar.names.get(&it.0));
    html! {
        // In a page of its own: what is typed here stays.
        a href={ "/leads/" (lead.id) } target="_blank" { (lead.details.full_name) } " " (stage_badge(page.t, lead.stage()))
        " " span.muted { (by_words(page.t, &alike.by)) @if let Some(name) = assignee { " · " (short_name(name)) } }
    }
}

/// By what they are alike, in one line.
pub(super) fn by_words(t: &Text, by: &[Likeness]) -> String {
    by.iter().map(|it| (t.duplicates.by)(*it)).collect::<Vec<_>>().join(", ")
}

/// Whether everybody who has the very phone or email was shown before.
pub(super) fn all_seen(similar: &Similar, form: &FormData) -> bool {
    let seen: Vec<&str> = form.get(SEEN).split(' ').collect();
    let sure = similar.found.iter().filter(|it| it.by.iter().any(|it| *it != Likeness::Name));
    let hidden = similar.hidden.iter().any(|it| *it != Likeness::Name);
    sure.map(|it| it.lead.id.to_string()).all(|id| seen.contains(&id.as_str())) && (!hidden || seen.contains(&HIDDEN))
}

/// Who was saved right before, with a link, on the form for the next one.
pub(super) async fn saved_before(page: &Page, query: &FormData) -> Result<Option<Markup>, application::Error> {
    let Ok(id) = query.get("saved").parse::<Uuid>() else { return Ok(None) };
    if !page.may(Permission::ViewLeads) {
        return Ok(None);
    }
    let saved = match page.session.lead(LeadId(id)).await {
        Ok(saved) => saved.lead,
        Err(application::Error::NotFound) => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(Some(alert(
        Tone::Ok,
        &html! {
            (page.t.duplicates.saved) ": " a href={ "/leads/" (saved.id) } { (saved.details.full_name) }
        },
    )))
}
