//! Charts drawn by the server: SVG whose widths are in per cent, so that text never scales.
use application::{FlowRow, ReportRow};
use maud::{Markup, html};

use crate::{
    page::Page,
    ui::{Icon, icon},
};

const HEIGHT: u64 = 220;
const TOP: u64 = 14;

/// The smallest of 1, 2, 5, 10, 20, 50 … that four steps of reach the value.
fn step(max: u64) -> u64 {
    let mut unit: u64 = 1;
    loop {
        for factor in [1, 2, 5] {
            if unit.saturating_mul(factor).saturating_mul(4) >= max {
                return unit * factor;
            }
        }
        match unit.checked_mul(10) {
            Some(next) => unit = next,
            None => return unit,
        }
    }
}

/// Per cent with two places, as an attribute takes it.
fn percent(part: u64, whole: u64) -> String {
    let hundredths = (u128::from(part) * 10_000).checked_div(u128::from(whole)).unwrap_or(0);
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

/// Leads and clients by month, with the numbers as a table.
pub(super) fn flow(page: &Page, rows: &[FlowRow]) -> Markup {
    let t = page.t;
    let max = rows.iter().map(|it| it.sums.leads.max(it.sums.clients)).max().unwrap_or(0);
    let step = step(max.max(4));
    let lines = max.max(1).div_ceil(step);
    let top = step * lines;
    let y = |value: u64| TOP + (HEIGHT - TOP) * (top - value.min(top)) / top;
    // Twelve parts a month, and the first twelve are left to the numbers of the axis.
    let slots = u64::try_from(rows.len().max(1)).unwrap_or(1) * 12 + 12;
    html! {
        figure.card {
            figcaption.card__head { h2 #flow-title { (t.flow_title) } }
            p.legend { span { (t.f_leads.0) } span.k2 { (t.f_clients.0) } }
            svg.chart width="100%" height=(HEIGHT + 26) role="img" aria-labelledby="flow-title" {
                @for line in 0..=lines {
                    line x1="0" x2="100%" y1=(y(line * step)) y2=(y(line * step)) {}
                    @if line > 0 { text x="0" y=(y(line * step) - 4) { ((t.number)(i128::from(line * step))) } }
                }
                @for (at, row) in (0_u64..).zip(rows) {
                    @let words = (t.flow_point)(row.days.from(), row.sums.leads, row.sums.clients);
                    g {
                        title { (words) }
                        rect.c1 x=(percent(at * 12 + 14, slots)) y=(y(row.sums.leads)) width=(percent(5, slots)) height=(HEIGHT - y(row.sums.leads)) rx="2" {}
                        rect.c2 x=(percent(at * 12 + 19, slots)) y=(y(row.sums.clients)) width=(percent(3, slots)) height=(HEIGHT - y(row.sums.clients)) rx="2" {}
                        text.alt[at % 2 == 1] x=(percent(at * 12 + 18, slots)) y=(HEIGHT + 20) text-anchor="middle" { ((t.month_short)(row.days.from())) }
                    }
                }
            }
            details.disclosure {
                summary { (icon(Icon::ChevronRight)) (t.show_numbers) }
                div.scroller tabindex="0" role="region" aria-labelledby="flow-title" {
                    table.table {
                        thead { tr { th scope="col" { (t.month) } th.num scope="col" { (t.f_leads.0) } th.num scope="col" { (t.f_clients.0) } } }
                        tbody { @for row in rows { tr {
                            th scope="row" { ((t.month_name)(row.days.from())) }
                            td.num { ((t.number)(i128::from(row.sums.leads))) }
                            td.num { ((t.number)(i128::from(row.sums.clients))) }
                        } } }
                    }
                }
            }
        }
    }
}

/// How many campaigns the second chart shows.
const BARS: usize = 7;

/// Income and spend of the campaigns with most of either. The table below has all their numbers.
pub(super) fn money(page: &Page, rows: &[ReportRow]) -> Markup {
    let t = page.t;
    let larger = |it: &ReportRow| it.figures.revenue.max(it.figures.spend).max(0);
    let mut rows: Vec<&ReportRow> = rows.iter().filter(|it| larger(it) > 0).collect();
    rows.sort_by_key(|it| std::cmp::Reverse(larger(it)));
    rows.truncate(BARS);
    let max = rows.first().map_or(1, |it| larger(it)).max(1);
    // The label beside the longest bar needs about a quarter of the width.
    let width = |value: i128| percent(u64::try_from(value.max(0) * 7_400 / max).unwrap_or(0), 10_000);
    let beside = |value: i128| percent(u64::try_from(value.max(0) * 7_400 / max + 120).unwrap_or(0), 10_000);
    html! {
        figure.card {
            figcaption.card__head { h2 { (t.money_title) } }
            p.legend { span { (t.f_revenue.0) } span.k3 { (t.f_spend.0) } }
            @if rows.is_empty() { p.muted { (t.no_numbers) } }
            dl.hbars.small {
                @for row in &rows {
                    @let name = if row.campaign.is_some() { row.name.as_str() } else { t.no_campaign };
                    @let (income, spend) = (row.figures.revenue, row.figures.spend);
                    dt.cut title=(name) { (name) }
                    dd { svg role="img" aria-label=((t.money_point)(income, spend, page.currency())) {
                        rect.c1 y="3" width=(width(income)) height="12" rx="2" {}
                        text x=(beside(income)) y="13" { ((t.short_amount)(income)) }
                        rect.c3 y="19" width=(width(spend)) height="12" rx="2" {}
                        text x=(beside(spend)) y="29" { ((t.short_amount)(spend)) }
                    } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round_and_reach_the_value() {
        for (max, expected) in [(4, 1), (5, 2), (8, 2), (9, 5), (121, 50), (4000, 1000), (4001, 2000)] {
            assert_eq!(step(max), expected, "{max}");
        }
        assert!(step(u64::MAX) > 0);
        assert_eq!(percent(1, 3), "33.33%");
        assert_eq!(percent(1, 0), "0.00%");
    }
}
