//! The markup of the pages of contracts.
use application::{ContractForm, ContractPage};
use domain::{
    access::Permission,
    contract::Contract,
    document::{Document, DocumentType},
    field::Field,
    store::Choice,
    values::ContractName,
};
use maud::{Markup, html};

use crate::{
    contracts::VIEW,
    form::Form,
    lists::{ListContext, ListNavigation},
    page::Page,
    ui::{
        Icon, Tone, badge, crumbs,
        field::{ControlKind, Spec, bar, field, hidden, summary},
        history, icon, link_button, link_if,
    },
};

pub(super) fn record(page: &Page, it: &ContractPage, way: &ListNavigation, shown: Option<&Document>) -> Markup {
    let (t, contract) = (page.t, &it.contract);
    let at = format!("/contracts/{}", contract.id);
    html! {
        (way.around)
        div.page-head {
            h1 { (contract.details.name) }
            div.page-head__actions {
                @if page.may(Permission::EditContracts) { (link_button(&format!("{at}/edit"), Icon::Pencil, t.edit)) }
                a.btn.btn--primary href={ (at) "/document" } { (icon(Icon::Download)) (t.download) }
            }
        }
        div.columns {
            div.stack.stack--l {
                @if let Some(document) = shown { (preview(page, document, &at, &way.list_context)) }
                section.stack {
                    h2 { (t.files) }
                    ul.files { @for document in &it.documents { (file(page, it, document, &way.list_context)) } }
                }
                section.stack { h2 { (t.history) } (history::timeline(page, &it.history, &[])) }
            }
            aside.columns__aside.columns__aside--first aria-label=(t.facts) {
                section.card { h2.visually-hidden { (t.facts) } (facts(page, it)) }
                (history::origin(page, &contract.stamp, &it.history))
            }
        }
    }
}

/// One of the files that the contract has or had: its actions, size and checksum.
fn file(page: &Page, it: &ContractPage, document: &Document, list_context: &ListContext) -> Markup {
    let (t, at) = (page.t, format!("/contracts/{}", it.contract.id));
    let checksum = document.checksum.to_string();
    let by = history::person(t, document.stamp.created_by, &it.names);
    html! {
        li.file.file--kept {
            (icon(Icon::FileText))
            div {
                b { (document.name) } @if document.id != it.contract.document { " " (badge(Tone::Plain, t.earlier_file)) }
                div.small.muted {
                    (history::moment(page, document.stamp.created_at)) " · " (by) " · " ((t.file_size)(document.size))
                    " · " span.nowrap title={ "SHA-256: " (checksum) } { "SHA-256 " (checksum[..12]) "…" }
                }
            }
            div.file__acts {
                @if document.kind.is_shown_by_browsers() {
                    a.btn href=(address_of_view(list_context, &at, document)) aria-label={ (t.shortcuts.look_at) ": " (document.name) } { (icon(Icon::Eye)) (t.shortcuts.look_at) }
                }
                a.btn.btn--ghost.btn--icon href={ (at) "/documents/" (document.id) } title=(t.download) aria-label={ (t.download) ": " (document.name) } {
                    (icon(Icon::Download))
                }
            }
        }
    }
}

/// The contract's page with this file in it.
fn address_of_view(list_context: &ListContext, at: &str, document: &Document) -> String {
    let page = list_context.to(at);
    let sign = if page.contains('?') { '&' } else { '?' };
    format!("{page}{sign}{VIEW}={}#preview", document.id)
}

/// The file, embedded in the page. It comes from its own URL without an origin, so its content cannot reach the page.
fn preview(page: &Page, document: &Document, at: &str, list_context: &ListContext) -> Markup {
    let t = page.t;
    let source = format!("{at}/documents/{}?inline=1", document.id);
    html! {
        section #preview .preview aria-label=(document.name) {
            div.preview__head {
                h2.grow.cut { (document.name) }
                a.btn.btn--ghost href=(list_context.to(at)) { (icon(Icon::X)) (t.shortcuts.stop_looking) }
            }
            @if document.kind == DocumentType::Pdf { iframe src=(source) title=(document.name) {} }
            @else { div.preview__picture tabindex="0" role="group" aria-label=(document.name) { img src=(source) alt=(document.name); } }
        }
    }
}

fn facts(page: &Page, it: &ContractPage) -> Markup {
    let (t, contract) = (page.t, &it.contract);
    let details = &contract.details;
    let name = |id: uuid::Uuid| it.names.get(&id).map(String::as_str).unwrap_or_default();
    let days = format!("{} — {}", (t.day)(details.valid.from()), (t.day)(details.valid.until()));
    html! {
        dl.props {
            dt { ((t.field)(Field::Amount)) } dd.num { ((t.money)(i128::from(details.amount.minor()), page.currency())) }
            dt { ((t.field)(Field::Client)) }
            dd { @match contract.client {
                Some(id) => (link_if(page.may(Permission::ViewClients), &format!("/clients/{id}"), name(id.0))),
                None => (t.no_client),
            } }
            dt { ((t.field)(Field::Service)) }
            dd { (link_if(page.may(Permission::ViewServices), &format!("/services/{}", details.service), name(details.service.0))) }
            dt { ((t.field)(Field::SignedOn)) } dd { ((t.day)(details.signed_on.day())) }
            dt { (t.valid) } dd { (days) }
        }
    }
}

/// The fields of a new contract. If the form also offers existing contracts, the browser must not require these fields.
pub(crate) fn contract_fields(page: &Page, form: &Form, services: &[Choice], or_ready: bool) -> Markup {
    let spec = |field, kind| if or_ready { Spec::new(field, kind).either() } else { Spec::new(field, kind) };
    let t = page.t;
    let sign = (t.currency_sign)(page.currency());
    let (from, until) = (Field::ValidFrom.code(), Field::ValidUntil.code());
    html! {
        (field(t, form, &spec(Field::Name, ControlKind::Line { max: ContractName::MAX }).labelled(t.contract_name)))
        div.grid {
            (field(t, form, &spec(Field::Service, ControlKind::Picker { none: None, choices: services })))
            (field(t, form, &spec(Field::Amount, ControlKind::Money { sign })))
        }
        div.grid.grid--3 {
            (field(t, form, &spec(Field::SignedOn, ControlKind::Day)))
            (field(t, form, &spec(Field::ValidFrom, ControlKind::Day)))
            (field(t, form, &spec(Field::ValidUntil, ControlKind::Day)))
        }
        div.cluster.small.needs-js {
            span.muted { (t.term) }
            @for (months, words) in [("3", t.three_months), ("6", t.half_a_year), ("12", t.a_year)] {
                button.chip type="button" data-months=(months) data-from={ "#" (from) } data-to={ "#" (until) } { (words) }
            }
        }
    }
}

/// The file field. The page's script uploads the file at once and shows the progress; without scripts it is sent with
/// the form.
pub(crate) fn upload_field(page: &Page, form: &Form, uploaded: Option<&Document>) -> Markup {
    let t = page.t;
    let limit = page.session.organisation().document_limit;
    let accept: Vec<String> =
        DocumentType::ALL.iter().flat_map(|it| it.extensions()).map(|it| format!(".{it}")).collect();
    let problem = form.problem(Field::Document).map(|it| (t.problem)(Field::Document, it));
    let described = if problem.is_some() { "document-hint document-error" } else { "document-hint" };
    html! {
        div.field role="group" aria-labelledby="document-label" {
            span #document-label .field__label { ((t.field)(Field::Document)) }
            span #document-hint .field__hint { ((t.file_hint)(limit)) }
            div.drop data-drop {
                div.cluster {
                    label.btn.needs-js for="document" { (icon(Icon::Paperclip)) (t.choose_file) }
                    span.muted.not-phone.needs-js { (t.or_drop) }
                }
                input #document .upload name="file" type="file" accept=(accept.join(",")) aria-labelledby="document-label"
                    aria-describedby=(described) aria-invalid=[problem.as_ref().map(|_| "true")]
                    data-upload="/uploads" data-limit=(limit) data-too-large=((t.too_large_file)(limit))
                    data-failed=(t.upload_failed) data-done=(t.uploaded) data-of=(t.of) data-unit=(t.mebibytes);
                input type="hidden" name="document" value=(form.value(Field::Document)) data-token;
                div.file hidden[uploaded.is_none()] {
                    (icon(Icon::FileText))
                    b.cut data-file-name { (uploaded.map(|it| it.name.as_str()).unwrap_or_default()) }
                    button.btn.btn--ghost.btn--icon.needs-js type="button" data-remove-file aria-label=(t.remove_file) { (icon(Icon::X)) }
                    progress max="100" value="0" aria-label=(t.uploading) hidden {}
                    span.small.muted role="status" data-file-state {
                        @if let Some(it) = uploaded { ((t.file_size)(it.size)) ", " (t.uploaded) }
                    }
                }
            }
            @if let Some(problem) = problem { span #document-error .field__error { (icon(Icon::TriangleAlert)) (problem) } }
        }
    }
}

pub(super) fn form(
    page: &Page,
    form: &Form,
    contract: Option<&Contract>,
    offers: &ContractForm,
    uploaded: Option<&Document>,
) -> Markup {
    let t = page.t;
    let (action, back) = match contract {
        Some(it) => (format!("/contracts/{}/edit", it.id), format!("/contracts/{}", it.id)),
        None => ("/contracts".to_owned(), "/contracts".to_owned()),
    };
    let title = contract.map_or(t.new_contract, |it| it.details.name.as_str());
    html! {
        (crumbs(t.path, &[("/contracts", t.contracts)]))
        div.page-head { h1 { (title) } }
        form.stack.form method="post" action=(action) enctype="multipart/form-data" data-once data-guard {
            (summary(t, form, "/contracts/{id}"))
            (hidden(form))
            @if let Some(client) = &offers.client {
                input type="hidden" name="client" value=(client.id);
                p { ((t.field)(Field::Client)) ": " b { (client.name) } }
            }
            (contract_fields(page, form, &offers.services, false))
            @if contract.is_some() { p.small.muted { (t.replace_file_hint) } }
            (upload_field(page, form, uploaded))
            (bar(t, t.save, &back))
        }
    }
}
