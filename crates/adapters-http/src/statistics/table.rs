//! The table of campaigns with its total, and on demand how each number came about.
use application::{Report, ReportRow};
use domain::{
    access::Permission,
    statistics::{Figures, Hundredths},
};
use maud::{Markup, html};

use super::{
    Asked, Sort,
    figures::{amount, decimal, explanation, percent, plan_note},
};
use crate::{
    page::Page,
    text::Text,
    ui::{Icon, icon, link_if},
};

/// The most rows shown; the total counts all.
const ROWS: usize = 500;

pub(super) fn table(page: &Page, asked: &Asked, report: &Report) -> Markup {
    let t = page.t;
    html! {
        section.stack {
            h2 { (t.campaigns) }
            div.scroller tabindex="0" role="region" aria-label=(t.campaigns) {
                table.table.table--figures {
                    caption.visually-hidden { (t.table_caption) }
                    thead { tr {
                        (head(asked, Sort::Name, t.campaign, false))
                        (head(asked, Sort::Leads, t.f_leads.0, true))
                        (head(asked, Sort::Clients, t.f_clients.0, true))
                        (head(asked, Sort::Conversion, t.f_conversion.0, true))
                        (head(asked, Sort::Revenue, t.f_revenue.0, true))
                        (head(asked, Sort::Spend, t.f_spend.0, true))
                        (head(asked, Sort::IncomeToCost, t.f_income_to_cost.0, true))
                        (head(asked, Sort::Roi, t.f_roi.0, true))
                        (head(asked, Sort::CostPerLead, t.f_cost_per_lead.0, true))
                        (head(asked, Sort::CostPerClient, t.f_cost_per_client.0, true))
                        th scope="col" { span.visually-hidden { (t.how_counted) } }
                    } }
                    tbody { @for row in report.rows.iter().take(ROWS) { (campaign(page, asked, row)) } }
                    tfoot {
                        tr #total {
                            th scope="row" { ((t.total_of)(report.rows.iter().filter(|it| it.campaign.is_some()).count())) }
                            (cells(t, &report.total))
                            (explain(t, asked, "total", t.total))
                        }
                        @if asked.explain == "total" { (explained(t, &report.total)) }
                    }
                }
            }
            @if report.rows.len() > ROWS { p.small.muted { ((t.first_rows)(ROWS)) } }
        }
    }
}

fn head(asked: &Asked, by: Sort, words: &str, number: bool) -> Markup {
    let current = asked.sort == by;
    // The first press shows the largest first, except for names.
    let descending = if current { !asked.descending } else { by != Sort::Name };
    let sort = format!("{}{}", if descending { "-" } else { "" }, by.code());
    let order = if asked.descending { "descending" } else { "ascending" };
    html! {
        th scope="col" .num[number] aria-sort=[current.then_some(order)] {
            a href=(asked.url(&[("sort", &sort)])) {
                (words)
                @if current { (icon(if asked.descending { Icon::ArrowDown } else { Icon::ArrowUp })) }
            }
        }
    }
}

fn campaign(page: &Page, asked: &Asked, row: &ReportRow) -> Markup {
    let t = page.t;
    let key = row.campaign.map_or_else(|| "none".to_owned(), |it| it.to_string());
    let name = if row.campaign.is_some() { row.name.as_str() } else { t.no_campaign };
    html! {
        tr id={ "c-" (key) } {
            th scope="row" {
                @match row.campaign {
                    Some(id) => (link_if(page.may(Permission::ViewCampaigns), &format!("/campaigns/{id}"), name)),
                    None => span.muted { (name) },
                }
            }
            (cells(t, &row.figures))
            (explain(t, asked, &key, name))
        }
        @if asked.explain == key { (explained(t, &row.figures)) }
    }
}

fn cells(t: &Text, it: &Figures) -> Markup {
    let tone = it.roi.map_or("", |Hundredths(roi)| if roi < 0 { "text-bad" } else { "text-ok" });
    html! {
        td.num { ((t.number)(i128::from(it.leads))) }
        td.num { ((t.number)(i128::from(it.clients))) }
        td.num { (percent(t, it.conversion)) }
        td.num { ((t.amount)(it.revenue)) }
        td.num { ((t.amount)(it.spend)) @if it.planned { " " span.plan.muted { (plan_note(t, it)) } } }
        td.num { (decimal(t, it.income_to_cost)) }
        td.num { span class=(tone) { (percent(t, it.roi)) } }
        td.num { (amount(t, it.cost_per_lead)) (free(t, it, it.cost_per_lead)) }
        td.num { (amount(t, it.cost_per_client)) (free(t, it, it.cost_per_client)) }
    }
}

/// Nothing was spent: the zero says so.
fn free(t: &Text, it: &Figures, cost: Option<Hundredths>) -> Markup {
    html! { @if it.spend == 0 && cost.is_some() { " " span.plan.muted { (t.no_spend) } } }
}

/// The link that opens the explanation of a row, or closes it again.
fn explain(t: &Text, asked: &Asked, key: &str, name: &str) -> Markup {
    let open = asked.explain == key;
    let anchor = if key == "total" { key.to_owned() } else { format!("c-{key}") };
    let href = format!("{}#{anchor}", asked.url(&[("explain", if open { "" } else { key })]));
    html! {
        td.tight {
            a.btn.btn--ghost.btn--icon href=(href) aria-label={ (t.how_counted) ": " (name) } title=(t.how_counted) {
                (icon(if open { Icon::X } else { Icon::Info }))
            }
        }
    }
}

fn explained(t: &Text, it: &Figures) -> Markup {
    html! { tr.explained { td colspan="11" { (explanation(t, it)) } } }
}
