//! The markup of the pages of services.
use application::ServicePage;
use domain::{
    access::Permission,
    field::Field,
    service::Service,
    values::{Description, ServiceName},
};
use maud::{Markup, html};

use crate::{
    form::Form,
    lists::ListNavigation,
    page::Page,
    ui::{
        Icon, Tone, action_button, badge, crumbs,
        field::{ControlKind, Spec, bar, field, hidden, summary},
        history, link_button,
    },
};

pub(super) fn record(page: &Page, it: &ServicePage, way: &ListNavigation) -> Markup {
    let (t, service) = (page.t, &it.service);
    let at = format!("/services/{}", service.id);
    html! {
        (way.around)
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
            (field(t, form, &Spec::new(Field::Name, ControlKind::Line { max: ServiceName::MAX }).focused()))
            (field(t, form, &Spec::new(Field::Price, ControlKind::Money { sign })))
            (field(t, form, &Spec::new(Field::Description, ControlKind::Area { max: Description::MAX, rows: 5 }).optional()))
            (bar(t, t.save, &back))
        }
    }
}
