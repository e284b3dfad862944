//! A warning on the conversion form: existing clients who may be the same person as the lead.
use application::KnownClient;
use domain::{
    access::Permission,
    client::ClientId,
    duplicates::Identity,
    field::Field,
    lead::LeadId,
    values::{Email, FullName, Phone},
};
use maud::{Markup, html};
use uuid::Uuid;

use super::similar::by_words;
use crate::{
    form_data::FormData,
    page::{Page, PageResult, PathId},
    ui::{Tone, alert, field::alert_box},
};

/// The checkbox that says that the lead is a different person than the listed clients. Its value has their ids.
const OTHER_PERSON: &str = "other_person";

/// Where the clients are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WarningPlace {
    /// Beside the form, while the user fills it in.
    InPassing,
    /// As the reason why the form was not saved.
    Refused,
}

/// The clients that the user confirmed to be other people.
pub(super) fn confirmed(data: &FormData) -> Vec<ClientId> {
    data.get(OTHER_PERSON).split(' ').filter_map(|it| it.parse().ok()).map(ClientId).collect()
}

/// The clients who match the typed values. Incomplete values are ignored.
pub(super) async fn find(page: &Page, lead: LeadId, data: &FormData) -> application::Result<Vec<KnownClient>> {
    let identity = Identity {
        phone: Phone::parse(data.of(Field::Phone)).ok(),
        email: Email::parse(data.of(Field::Email)).ok(),
        full_name: FullName::parse(data.of(Field::FullName)).ok(),
    };
    page.session.known_clients(&identity, lead).await
}

/// The page that supplies this part of the form after a field changes. The values are sent as a form, because URLs are
/// kept in logs.
pub(super) async fn show(page: Page, PathId(id): PathId<Uuid>, data: FormData) -> PageResult {
    let clients = find(&page, LeadId(id), &data).await?;
    let content = html! {
        div.page-head { h1 { (page.t.known_clients.title) } }
        div #known-clients { (list(&page, LeadId(id), &clients, &data, WarningPlace::InPassing)) }
        @if clients.is_empty() { p.muted { (page.t.known_clients.none) } }
    };
    Ok(page.show(page.t.known_clients.title, &content))
}

/// The place for the clients in the form. It is always present, so that screen readers announce its changes.
pub(super) fn place(page: &Page, lead: LeadId, clients: &[KnownClient], data: &FormData, told: WarningPlace) -> Markup {
    html! {
        div #known-clients role="status" hx-post={ "/leads/" (lead) "/conversion/clients" }
            hx-include="#phone, #email, #full_name, [name=other_person]" hx-select="#known-clients > *" hx-swap="innerHTML" hx-sync="this:replace"
            hx-trigger="change from:#phone, change from:#email, change from:#full_name" {
            (list(page, lead, clients, data, told))
        }
    }
}

fn list(page: &Page, lead: LeadId, clients: &[KnownClient], data: &FormData, told: WarningPlace) -> Markup {
    if clients.is_empty() {
        return html! {};
    }
    let words = page.t.known_clients;
    let sure: Vec<String> = clients.iter().filter(|it| it.is_sure()).map(|it| it.id.to_string()).collect();
    let confirmed = confirmed(data);
    let all_confirmed = clients.iter().filter(|it| it.is_sure()).all(|it| confirmed.contains(&it.id));
    let content = html! {
        h2 { (words.title) }
        p { (words.why) }
        ul.stack { @for it in clients { li { (line(page, lead, it)) } } }
        @if !sure.is_empty() {
            label.check {
                input type="checkbox" name=(OTHER_PERSON) value=(sure.join(" ")) checked[all_confirmed];
                span { (words.other_person) }
            }
        }
    };
    match told {
        WarningPlace::InPassing => alert(Tone::Warn, &content),
        WarningPlace::Refused => alert_box(Tone::Warn, &content),
    }
}

fn line(page: &Page, lead: LeadId, it: &KnownClient) -> Markup {
    let words = page.t.known_clients;
    html! {
        div {
            @match &it.name {
                // A new tab, so that the typed values are not lost.
                Some(name) => { a href={ "/clients/" (it.id) } target="_blank" { (name) } },
                None => (words.hidden),
            }
            " " span.muted { (by_words(page.t, &it.by)) }
        }
        @if it.name.is_some() && (page.may(Permission::CreateContracts) || page.may(Permission::EditLeads)) {
            div.row {
                @if page.may(Permission::CreateContracts) {
                    // That form has fields with the same names, so the contract's values are passed on.
                    button.btn.btn--s name=(Field::Client.code()) value=(it.id) formaction="/contracts" { (words.add_contract) }
                }
                @if page.may(Permission::EditLeads) {
                    a.btn.btn--s.btn--ghost href={ "/leads/" (lead) "/merge/" (it.lead) } { (words.merge) }
                }
            }
        }
    }
}
