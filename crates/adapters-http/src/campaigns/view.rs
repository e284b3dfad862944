//! The markup of the pages of campaigns.
use application::{CampaignForm, CampaignPage, History};
use domain::{
    access::Permission,
    campaign::Campaign,
    field::Field,
    spend::SpendEntry,
    values::{CampaignName, Channel, SpendNote},
};
use maud::{Markup, html};

use crate::{
    form::Form,
    lists::ListNavigation,
    page::Page,
    statistics::tiles,
    ui::{
        Icon, Tone, action_button, badge, crumbs,
        field::{ControlKind, Spec, bar, field, hidden, summary},
        history, icon, link_button, link_if,
        list::pager,
    },
};

pub(super) fn record(page: &Page, it: &CampaignPage, form: &Form, way: &ListNavigation) -> Markup {
    let (t, campaign) = (page.t, &it.campaign);
    let at = format!("/campaigns/{}", campaign.id);
    let edit = page.may(Permission::EditCampaigns);
    html! {
        (way.around)
        div.page-head {
            div.cluster { h1 { (campaign.details.name) } @if campaign.archived { (badge(Tone::Plain, t.finished)) } }
            @if edit {
                div.page-head__actions {
                    (link_button(&format!("{at}/edit"), Icon::Pencil, t.edit))
                    @if campaign.archived { (action_button(&format!("{at}/archive"), Icon::ArchiveRestore, t.resume, &[("archived", "0")])) }
                    @else { (action_button(&format!("{at}/archive"), Icon::Archive, t.finish, &[("archived", "1")])) }
                }
            }
        }
        div.columns {
            div.stack.stack--l {
                @if let Some(it) = &it.figures { div.narrow-tiles { (tiles(page, it, None)) } }
                section #spend .stack {
                    h2 { (t.expenses) }
                    @if edit { (spend_add(page, form, &at)) }
                    (spend_table(page, it, &at))
                }
                section.stack { h2 { (t.history) } (history::timeline(page, &it.history, &[])) }
            }
            aside.columns__aside.columns__aside--first aria-label=(t.facts) {
                section.card { h2.visually-hidden { (t.facts) } (facts(page, it)) }
                (history::origin(page, &campaign.stamp, &it.history))
            }
        }
    }
}

fn facts(page: &Page, it: &CampaignPage) -> Markup {
    let (t, details) = (page.t, &it.campaign.details);
    let service = it.names.get(&details.service.0).map(String::as_str).unwrap_or_default();
    html! {
        dl.props {
            dt { ((t.field)(Field::Service)) }
            dd { (link_if(page.may(Permission::ViewServices), &format!("/services/{}", details.service), service)) }
            dt { ((t.field)(Field::Channel)) } dd { (details.channel) }
            dt { ((t.field)(Field::Budget)) } dd.num { ((t.money)(i128::from(details.budget.minor()), page.currency())) }
            dt { (t.dates) } dd { (super::list::dates(page, details.dates.from(), details.dates.until())) }
        }
    }
}

fn spend_fields(page: &Page, form: &Form) -> Markup {
    let t = page.t;
    let sign = (t.currency_sign)(page.currency());
    html! {
        (field(t, form, &Spec::new(Field::SpentOn, ControlKind::Day)))
        (field(t, form, &Spec::new(Field::Amount, ControlKind::Money { sign })))
        (field(t, form, &Spec::new(Field::Note, ControlKind::Line { max: SpendNote::MAX }).optional()))
    }
}

fn spend_add(page: &Page, form: &Form, at: &str) -> Markup {
    let t = page.t;
    html! {
        form.stack method="post" action={ (at) "/spend" } data-once {
            (summary(t, form, "/spend/{id}/edit"))
            (hidden(form))
            div.grid.grid--3 { (spend_fields(page, form)) }
            div { button.btn { (icon(Icon::Plus)) (t.add_expense) } }
        }
    }
}

fn spend_table(page: &Page, it: &CampaignPage, at: &str) -> Markup {
    let t = page.t;
    html! {
        @if it.spend.items.is_empty() {
            p.muted { (if it.campaign.archived { t.no_expenses_archived } else { t.no_expenses }) }
        } @else {
            table.table {
                caption.visually-hidden { (t.expenses) }
                thead { tr {
                    th scope="col" { ((t.field)(Field::SpentOn)) }
                    th.num scope="col" { ((t.field)(Field::Amount)) }
                    th.col-3 scope="col" { ((t.field)(Field::Note)) }
                    th scope="col" { span.visually-hidden { (t.actions) } }
                } }
                tbody { @for entry in &it.spend.items { (spend_row(page, entry)) } }
            }
            (pager(t, at, &it.spend, &[], |it| it.id.0))
        }
    }
}

fn spend_row(page: &Page, entry: &SpendEntry) -> Markup {
    let t = page.t;
    let at = format!("/spend/{}", entry.id);
    let amount = (t.money)(i128::from(entry.details.amount.minor()), page.currency());
    html! {
        tr {
            td {
                ((t.day)(entry.details.spent_on.day())) @if entry.cancelled { " " (badge(Tone::Plain, t.cancelled)) }
                div.cell-sub { (entry.details.note) }
            }
            td.num { @if entry.cancelled { del { (amount) } } @else { (amount) } }
            td.col-3.anywhere { (entry.details.note) }
            td.tight {
                @if page.may(Permission::EditCampaigns) {
                    div.cluster.cluster--tight {
                        a.btn.btn--ghost.btn--icon href={ (at) "/edit" } aria-label={ (t.edit) ": " (amount) } { (icon(Icon::Pencil)) }
                        form method="post" action={ (at) "/cancellation" } data-once {
                            input type="hidden" name="cancelled" value=(if entry.cancelled { "0" } else { "1" });
                            button.btn.btn--ghost.btn--icon aria-label={ (if entry.cancelled { t.restore } else { t.cancel_expense }) ": " (amount) } {
                                (icon(if entry.cancelled { Icon::RotateCcw } else { Icon::X }))
                            }
                        }
                    }
                }
            }
        }
    }
}

pub(super) fn spend_form(page: &Page, form: &Form, entry: &SpendEntry, story: &History) -> Markup {
    let t = page.t;
    let back = format!("/campaigns/{}", entry.campaign);
    html! {
        (crumbs(t.path, &[("/campaigns", t.campaigns), (&back, t.campaign)]))
        div.page-head { h1 { (t.expense) } }
        form.stack.form method="post" action={ "/spend/" (entry.id) "/edit" } data-once data-guard {
            (summary(t, form, ""))
            (hidden(form))
            (spend_fields(page, form))
            (bar(t, t.save, &back))
        }
        section.stack.form { h2 { (t.history) } (history::timeline(page, story, &[])) }
    }
}

pub(super) fn form(page: &Page, form: &Form, campaign: Option<&Campaign>, offers: &CampaignForm) -> Markup {
    let t = page.t;
    let (action, back) = match campaign {
        Some(it) => (format!("/campaigns/{}/edit", it.id), format!("/campaigns/{}", it.id)),
        None => ("/campaigns".to_owned(), "/campaigns".to_owned()),
    };
    let title = campaign.map_or(t.new_campaign, |it| it.details.name.as_str());
    let sign = (t.currency_sign)(page.currency());
    let services = ControlKind::Picker { none: None, choices: &offers.services };
    html! {
        (crumbs(t.path, &[("/campaigns", t.campaigns)]))
        div.page-head { h1 { (title) } }
        form.stack.form method="post" action=(action) data-once data-guard {
            (summary(t, form, "/campaigns/{id}"))
            (hidden(form))
            (field(t, form, &Spec::new(Field::Name, ControlKind::Line { max: CampaignName::MAX }).focused()))
            (field(t, form, &Spec::new(Field::Service, services).hint(if offers.services.is_empty() { t.make_service_first } else { "" })))
            div.grid {
                (field(t, form, &Spec::new(Field::Channel, ControlKind::Suggested { max: Channel::MAX, before: &offers.channels }).hint(t.channel_hint)))
                (field(t, form, &Spec::new(Field::Budget, ControlKind::Money { sign }).hint(t.budget_hint)))
            }
            div.grid {
                (field(t, form, &Spec::new(Field::StartsOn, ControlKind::Day).optional()))
                (field(t, form, &Spec::new(Field::EndsOn, ControlKind::Day).optional()))
            }
            (bar(t, t.save, &back))
        }
    }
}
