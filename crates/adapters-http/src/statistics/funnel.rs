//! The funnel from leads to contracts, and the services of the income.
use application::StatisticsReport;
use domain::statistics::{Attribution, Figures, Hundredths};
use maud::{Markup, html};

use super::{
    charts::percent as width,
    figures::{decimal, percent},
    table::label,
};
use crate::{
    page::Page,
    ui::{Icon, icon},
};

struct Step {
    name: &'static str,
    formula: &'static str,
    number: u64,
    /// The share of the previous step; for contracts, the number per client.
    share: String,
    figures: String,
    colour: &'static str,
}

fn steps(page: &Page, it: &Figures) -> [Step; 4] {
    let (t, words) = (page.t, page.t.figures);
    let number = |it: u64| (t.number)(i128::from(it));
    let divided = |part: u64, whole: u64| format!("{} ÷ {}", number(part), number(whole));
    let of_previous = |share: Option<Hundredths>| (words.of_previous)(&percent(t, share));
    [
        Step {
            name: t.f_leads.0,
            formula: t.f_leads.1,
            number: it.leads,
            share: String::new(),
            figures: number(it.leads),
            colour: "c1",
        },
        Step {
            name: words.taken_up.0,
            formula: words.taken_up.1,
            number: it.taken_up,
            share: of_previous(it.taken_up_share),
            figures: divided(it.taken_up, it.leads),
            colour: "c1",
        },
        Step {
            name: words.won,
            formula: t.f_clients.1,
            number: it.clients,
            share: of_previous(it.won_share),
            figures: divided(it.clients, it.taken_up),
            colour: "c2",
        },
        Step {
            name: t.f_contracts.0,
            formula: t.f_contracts.1,
            number: it.contracts,
            share: (words.contracts_per_client)(&decimal(t, it.contracts_per_client)),
            figures: divided(it.contracts, it.clients),
            colour: "c2",
        },
    ]
}

pub(super) fn funnel(page: &Page, report: &StatisticsReport) -> Markup {
    let (t, words) = (page.t, page.t.figures);
    let steps = steps(page, &report.total);
    let most = steps.iter().map(|it| it.number).max().unwrap_or(0).max(1);
    let (same_people, events) = words.funnel_hints;
    html! {
        figure.card {
            figcaption.card__head { h2 #funnel-title { (words.funnel) } }
            dl.hbars.hbars--steps.small {
                @for it in &steps {
                    dt { (it.name) }
                    dd {
                        svg aria-hidden="true" { rect class=(it.colour) y="3" width=(width(it.number, most)) height="14" rx="2" {} }
                        span { b.num { ((t.number)(i128::from(it.number))) } " " span.muted { (it.share) } }
                    }
                }
            }
            p.small.muted { (if report.question.attribution == Attribution::ByLeadDate { same_people } else { events }) }
            details.disclosure {
                summary { (icon(Icon::ChevronRight)) (t.show_numbers) }
                div.scroller tabindex="0" role="region" aria-labelledby="funnel-title" {
                    table.table { tbody { @for it in &steps { tr {
                        th scope="row" { (it.name) }
                        td.muted { (it.formula) }
                        td.num { ((t.number)(i128::from(it.number))) }
                        td.num { (it.figures) }
                        td { (it.share) }
                    } } } }
                }
            }
        }
    }
}

/// The part of the income from the service that the campaign advertises.
pub(super) fn split(page: &Page, report: &StatisticsReport) -> Markup {
    let (t, words) = (page.t, page.t.figures);
    let total = &report.total;
    let money = |it: i128| (t.money)(it, page.currency());
    let own = bar(total.on_service_share);
    let whole = u64::from(total.revenue > 0) * 10_000;
    html! {
        figure.card {
            figcaption.card__head { h2 #split-title { (words.split) } }
            p.legend { span { (words.on_service.0) } span.k2 { (words.cross_sell.0) } }
            @if total.revenue == 0 { p.muted { (t.no_numbers) } } @else {
                svg.stacked role="img" aria-label=((words.split_point)(&money(total.on_service), &money(total.cross_sell))) {
                    rect.c2 width=(width(whole, 10_000)) height="20" rx="3" {}
                    rect.c1 width=(width(own, 10_000)) height="20" rx="3" {}
                }
                dl.props.props--wide {
                    @for (name, amount, share) in [
                        (words.on_service.0, total.on_service, total.on_service_share),
                        (words.cross_sell.0, total.cross_sell, total.cross_sell_share),
                    ] {
                        dt { (name) }
                        dd { b.num { (money(amount)) } " " span.muted { (percent(t, share)) } }
                    }
                }
            }
            p.small.muted { (words.on_service.0) ": " (words.on_service.1) ". " (words.cross_sell.0) ": " (words.cross_sell.1) "." }
            details.disclosure {
                summary { (icon(Icon::ChevronRight)) (t.show_numbers) }
                div.scroller tabindex="0" role="region" aria-labelledby="split-title" {
                    table.table {
                        thead { tr {
                            th scope="col" { ((words.group)(report.question.by)) }
                            th.num scope="col" { (words.on_service.0) }
                            th.num scope="col" { (words.cross_sell.0) }
                            th.num scope="col" { (words.share) }
                        } }
                        tbody { @for row in report.rows.iter().filter(|it| it.figures.revenue > 0).take(super::table::ROWS) { (amounts(page, &label(page, row), &row.figures)) } }
                        tfoot { (amounts(page, t.total, total)) }
                    }
                }
            }
        }
    }
}

fn amounts(page: &Page, name: &str, it: &Figures) -> Markup {
    let t = page.t;
    html! {
        tr {
            th scope="row" { (name) }
            td.num { ((t.amount)(it.on_service)) }
            td.num { ((t.amount)(it.cross_sell)) }
            td.num { (percent(t, it.cross_sell_share)) }
        }
    }
}

fn bar(share: Option<Hundredths>) -> u64 {
    share.and_then(|it| u64::try_from(it.0).ok()).unwrap_or(0)
}
