//! What the pages of services show.
use application::ServicePage;
use domain::{
    access::Permission,
    field::Field,
    page::Page as Items,
    service::{Service, ServiceFilter},
    values::{Description, ServiceName},
};
use maud::{Markup, html};

use crate::{
    export,
    form::Form,
    page::Page,
    ui::{
        Icon, Tone, action_button, badge, crumbs,
        field::{Kind, Spec, bar, field, hidden, summary},
        history, icon, link_button,
        list::{count, empty, pager, search, tabs, url},
        primary_link,
    },
};

pub(super) fn list(page: &Page, filter: &ServiceFilter, items: &Items<Service>) -> Markup {
    let t = page.t;
    let archived = if filter.archived { "1" } else { "" };
    let keep = [("q", filter.search.as_str()), ("archived", archived)];
    let tab = |value: &'static str, words| {
        (url("/services", &[("q", &filter.search), ("archived", value)]), words, None, archived == value)
    };
    html! {
        div.page-head.page-head--list {
            h1 { (t.services) }
            @if page.may(Permission::CreateServices) {
                div.page-head__actions { (primary_link("/services/new", Icon::Plus, t.new_service, "n")) }
            }
        }
        (tabs(t.views, &[tab("", t.in_use), tab("1", t.archive)], t))
        (search("/services", &filter.search, t.search_by_name, &[("archived", archived)], t))
        (count(t, items, None, &export::link::<Service>(page, &keep)))
        div #list {
            @if items.items.is_empty() {
                (nothing(page, filter))
            } @else {
                table.table.table--list {
                    caption.visually-hidden { (t.services) }
                    thead { tr { th scope="col" { ((t.field)(Field::Name)) } th.num scope="col" { ((t.field)(Field::Price)) } } }
                    tbody { @for it in &items.items { (row(page, it)) } }
                }
                (pager(t, "/services", items, &keep, |it| it.id.0))
            }
        }
    }
}

fn row(page: &Page, service: &Service) -> Markup {
    let price = (page.t.money)(i128::from(service.details.price.minor()), page.currency());
    html! {
        tr {
            td { a.row-link href={ "/services/" (service.id) } { (service.details.name) } }
            td.num { (price) }
        }
    }
}

fn nothing(page: &Page, filter: &ServiceFilter) -> Markup {
    let t = page.t;
    if !filter.search.is_empty() || filter.archived {
        return empty(Icon::Search, t.nothing_found, t.widen_search, &html! {});
    }
    let next = html! {
        @if page.may(Permission::CreateServices) { a.btn.btn--primary href="/services/new" { (icon(Icon::Plus)) (t.new_service) } }
    };
    empty(Icon::BriefcaseBusiness, t.no_services, t.no_services_hint, &next)
}

pub(super) fn record(page: &Page, it: &ServicePage) -> Markup {
    let (t, service) = (page.t, &it.service);
    let at = format!("/services/{}", service.id);
    html! {
        (crumbs(t.path, &[("/services", t.services)]))
        div.page-head {
            div.cluster { h1 { (service.details.name) } @if service.archived { (badge(Tone::Plain, t.archived)) } }
            @if page.may(Permission::EditServices) {
                div.page-head__actions {
                    (link_button(&format!("{at}/edit"), Icon::Pencil, t.edit))
                    @if service.archived { (action_button(&format!("{at}/archive"), Icon::ArchiveRestore, t.restore, &[("archived", "0")])) }
                    @else { (action_button(&format!("{at}/archive"), Icon::Archive, t.to_archive, &[("archived", "1")])) }
                }
            }
        }
        div.columns {
            div.stack.stack--l {
                @if !service.details.description.as_str().is_empty() { p.lines.wrap { (service.details.description) } }
                @if let Some(campaigns) = &it.campaigns {
                    section.stack {
                        div.cluster { h2 { (t.campaigns) } @if page.may(Permission::CreateCampaigns) { a.small href={ "/campaigns/new?service=" (service.id) } { (t.new_campaign) } } }
                        @if campaigns.items.is_empty() { p.muted { (t.no_campaigns) } }
                        @else { @if campaigns.has_older { p { a href={ "/campaigns?service=" (service.id) } { (t.show_all) } } } ul.linklist { @for it in &campaigns.items { li { a href={ "/campaigns/" (it.id) } { (it.details.name) } span.muted { " · " (it.details.channel) } } } } }
                    }
                }
                section.stack { h2 { (t.history) } (history::timeline(page, &it.history, &[])) }
            }
            aside.columns__aside.columns__aside--first aria-label=(t.facts) {
                section.card {
                    h2.visually-hidden { (t.facts) }
                    dl.props {
                        dt { ((t.field)(Field::Price)) } dd.num { ((t.money)(i128::from(service.details.price.minor()), page.currency())) }
                    }
                }
                (history::origin(page, &service.stamp, &it.history))
            }
        }
    }
}

pub(super) fn form(page: &Page, form: &Form, service: Option<&Service>) -> Markup {
    let t = page.t;
    let (action, back) = match service {
        Some(it) => (format!("/services/{}/edit", it.id), format!("/services/{}", it.id)),
        None => ("/services".to_owned(), "/services".to_owned()),
    };
    let title = service.map_or(t.new_service, |it| it.details.name.as_str());
    let sign = (t.currency_sign)(page.currency());
    html! {
        (crumbs(t.path, &[("/services", t.services)]))
        div.page-head { h1 { (title) } }
        form.stack.form method="post" action=(action) data-once data-guard {
            (summary(t, form, "/services/{id}"))
            (hidden(form))
            (field(t, form, &Spec::new(Field::Name, Kind::Line { max: ServiceName::MAX }).focused()))
            (field(t, form, &Spec::new(Field::Price, Kind::Money { sign })))
            (field(t, form, &Spec::new(Field::Description, Kind::Area { max: Description::MAX, rows: 5 }).optional()))
            (bar(t, t.save, &back))
        }
    }
}
