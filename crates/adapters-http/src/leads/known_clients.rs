//! Clients who may be the person of a lead, told on the form of its conversion.
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

/// The box that says of the clients shown with it that the lead is another person; its value has their ids.
const OTHER_PERSON: &str = "other_person";

/// How the clients are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WarningPlace {
    /// Beside the form, while it is filled in.
    InPassing,
    /// As the reason why it was not saved.
    Refused,
}

/// The clients of whom the user said that they are other people.
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

/// The page from which the form takes its part when a field was changed. The values come as a form, because addresses are
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

/// Where the form shows the clients. It is always there, so that what comes into it is read out.
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
                // In a page of its own: what is typed here stays.
                Some(name) => { a href={ "/clients/" (it.id) } target="_blank" { (name) } },
                None => (words.hidden),
            }
            " " span.muted { (by_words(page.t, &it.by)) }
        }
        @if it.name.is_some() && (page.may(Permission::CreateContracts) || page.may(Permission::EditLeads)) {
            div.row {
                @if page.may(Permission::CreateContracts) {
                    // The contract's fields have the same names there: what is typed goes along.
                    button.btn.btn--s name=(Field::Client.code()) value=(it.id) formaction="/contracts" { (words.add_contract) }
                }
                @if page.may(Permission::EditLeads) {
                    a.btn.btn--s.btn--ghost href={ "/leads/" (lead) "/merge/" (it.lead) } { (words.merge) }
                }
            }
        }
    }
}
