//! The markup of the pages of clients.
use application::ClientPage;
use domain::{
    access::Permission, client::Client, contract::Contract, field::Field, page::Page as Items, values::FullName,
};
use maud::{Markup, html};

use crate::{
    form::Form,
    leads::view::{composer, contact_rows},
    lists::ListNavigation,
    page::Page,
    ui::{
        Icon, Tone, badge, crumbs,
        field::{ControlKind, Spec, bar, field, hidden, summary},
        history, icon, link_button, link_if,
    },
};

pub(super) fn record(page: &Page, it: &ClientPage, form: &Form, way: &ListNavigation) -> Markup {
    let (t, client) = (page.t, &it.client);
    let at = format!("/clients/{}", client.id);
    let edit = page.may(Permission::EditClients);
    html! {
        (way.around)
        div.page-head {
            div.cluster { h1 { (client.details.full_name) } (badge(Tone::Ok, t.client)) }
            div.page-head__actions {
                @if let Some(phone) = client.details.contact.phone() {
                    a.btn href={ "tel:" (phone) } { (icon(Icon::Phone)) (t.call) }
                }
                @if edit { (link_button(&format!("{at}/edit"), Icon::Pencil, t.edit)) }
                @if page.may(Permission::CreateContracts) {
                    a.btn.btn--primary href={ "/contracts/new?client=" (client.id) } { (icon(Icon::Plus)) (t.new_contract) }
                }
            }
        }
        div.columns {
            div {
                (summary(t, form, &at))
                @if edit { (composer(t, form, &format!("{at}/notes"), &way.list_context)) }
                h2.visually-hidden { (t.history) }
                (history::timeline(page, &it.history, &it.notes))
            }
            aside.columns__aside.columns__aside--first aria-label=(t.facts) {
                section.card { h2.visually-hidden { (t.facts) } (facts(page, it)) }
            }
            aside.columns__aside aria-label=(t.contracts) {
                @if let Some(contracts) = &it.contracts { (contracts_card(page, it, contracts, form)) }
                (history::origin(page, &client.stamp, &it.history))
            }
        }
    }
}

fn facts(page: &Page, it: &ClientPage) -> Markup {
    let (t, client) = (page.t, &it.client);
    let name = |id: uuid::Uuid| it.names.get(&id).map(String::as_str).unwrap_or_default();
    html! {
        dl.props {
            (contact_rows(t, &client.details.contact))
            dt { (t.acquired_by) }
            dd { @match client.acquired_by {
                Some(id) => (link_if(page.may(Permission::ViewCampaigns), &format!("/campaigns/{id}"), name(id.0))),
                None => (t.no_campaign),
            } }
            dt { (t.client_since) } dd { (history::moment(page, client.converted_at)) }
            dt { (t.lead) }
            dd { (link_if(page.may(Permission::ViewLeads), &format!("/leads/{}", client.lead), name(client.lead.0))) }
        }
    }
}

fn contracts_card(page: &Page, it: &ClientPage, contracts: &Items<Contract>, form: &Form) -> Markup {
    let t = page.t;
    html! {
        section.card.stack {
            div.card__head { h2 { (t.contracts) } span.muted.small { ((t.total_number)(contracts.total)) } }
            ul.linklist {
                @for it in &contracts.items {
                    li {
                        a href={ "/contracts/" (it.id) } { (it.details.name) }
                        div.small.muted {
                            ((t.money)(i128::from(it.details.amount.minor()), page.currency()))
                            " · " ((t.day)(it.details.signed_on.day()))
                        }
                    }
                }
            }
            @if contracts.has_older { p { a href={ "/contracts?client=" (it.client.id) } { (t.show_all) } } }
            @if !it.free_contracts.is_empty() {
                @let picker = ControlKind::Picker { none: None, choices: &it.free_contracts };
                form.stack method="post" action={ "/clients/" (it.client.id) "/contracts" } data-once {
                    (field(t, form, &Spec::new(Field::Contract, picker).labelled(t.ready_contract)))
                    div { button.btn { (t.give_contract) } }
                }
            }
        }
    }
}

pub(super) fn form(page: &Page, form: &Form, client: &Client) -> Markup {
    let t = page.t;
    let at = format!("/clients/{}", client.id);
    html! {
        (crumbs(t.path, &[("/clients", t.clients)]))
        div.page-head { h1 { (client.details.full_name) } }
        form.stack.form method="post" action={ (at) "/edit" } data-once data-guard {
            (summary(t, form, ""))
            (hidden(form))
            (field(t, form, &Spec::new(Field::FullName, ControlKind::Line { max: FullName::MAX }).focused()))
            div.grid {
                (field(t, form, &Spec::new(Field::Phone, ControlKind::Phone).either().hint(t.contact_hint)))
                (field(t, form, &Spec::new(Field::Email, ControlKind::Email).either().hint(t.contact_hint)))
            }
            (bar(t, t.save, &at))
        }
    }
}
