//! The markup of the conversion's form.
use application::ConversionForm;
use domain::{access::Permission, document::Document, field::Field, values::FullName};
use maud::{Markup, html};

use crate::{
    contracts::view::{contract_fields, upload_field},
    form::Form,
    lists::ListContext,
    page::Page,
    ui::{
        Icon, crumbs,
        field::{ControlKind, Spec, bar, field, hidden, summary},
        icon,
    },
};

pub(super) fn form(
    page: &Page,
    form: &Form,
    offers: &ConversionForm,
    uploaded: Option<&Document>,
    list_context: &ListContext,
    known_clients: &Markup,
) -> Markup {
    let (t, lead) = (page.t, &offers.lead);
    let at = format!("/leads/{}", lead.id);
    let back = list_context.to(&at);
    let ready = page.may(Permission::EditContracts) && !offers.free_contracts.is_empty();
    html! {
        (crumbs(t.path, &[("/leads", t.leads), (&back, lead.details.full_name.as_str())]))
        div.page-head { h1 { (t.conversion) } }
        form.columns method="post" action={ (at) "/conversion" } enctype="multipart/form-data" data-once data-guard {
            div.stack.stack--l {
                // Enter presses the first button of a form. Without this one it would add the contract to another
                // client.
                button hidden {}
                (summary(t, form, "/contracts/{id}"))
                (known_clients)
                (hidden(form)) (list_context.hidden())
                fieldset.section {
                    legend { (t.client) }
                    (field(t, form, &Spec::new(Field::FullName, ControlKind::Line { max: FullName::MAX })))
                    div.grid {
                        (field(t, form, &Spec::new(Field::Phone, ControlKind::Phone).either()))
                        (field(t, form, &Spec::new(Field::Email, ControlKind::Email).either()))
                    }
                }
                @if ready { (existing(page, form, offers)) }
                fieldset.section.new-contract {
                    legend { (t.new_contract) }
                    (contract_fields(page, form, &offers.services, ready))
                    (upload_field(page, form, uploaded))
                }
                (bar(t, t.convert_and_save, &back))
            }
            aside.columns__aside { (consequences(page, offers)) }
        }
    }
}

/// An existing contract instead of a new one.
fn existing(page: &Page, form: &Form, offers: &ConversionForm) -> Markup {
    let t = page.t;
    let picker = ControlKind::Picker { none: Some(t.fill_in_new), choices: &offers.free_contracts };
    html! {
        fieldset.section {
            legend { (t.ready_contract) }
            (field(t, form, &Spec::new(Field::Contract, picker).hint(t.ready_contract_hint)))
        }
    }
}

fn consequences(page: &Page, offers: &ConversionForm) -> Markup {
    let t = page.t;
    html! {
        section.card.stack {
            h2 { (t.what_happens) }
            ol.timeline {
                li { span.timeline__dot { (icon(Icon::UserCheck)) } div.timeline__head { (t.becomes_client) } }
                li { span.timeline__dot { (icon(Icon::FileText)) } div.timeline__head { (t.contract_appears) } }
                li { span.timeline__dot { (icon(Icon::ChartColumn)) } div.timeline__head {
                    @match &offers.campaign_name {
                        Some(name) => ((t.income_counts_for)(name)),
                        None => (t.income_counts_for_none),
                    }
                } }
            }
        }
    }
}
