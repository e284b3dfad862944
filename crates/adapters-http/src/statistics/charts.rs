//! Charts rendered by the server: SVG with widths in per cent, so that text never scales.
use application::{StatisticsReport, TimeRow};
use chrono::Datelike;
use domain::{
    statistics::{BucketSize, Figures},
    values::Day,
};
use maud::{Markup, html};

use super::{figures::plan_notes, table::label};
use crate::{
    page::Page,
    ui::{Icon, icon},
};

/// The minimum height of the first chart; beside many bars it grows to their height.
const HEIGHT: u64 = 220;
const BAR: u64 = 46;
const TOP: u64 = 14;

/// The smallest of 1, 2, 5, 10, 20, 50 … with which four steps reach the value.
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

/// Per cent with two decimal places, for an attribute.
pub(super) fn percent(part: u64, whole: u64) -> String {
    let hundredths = (u128::from(part) * 10_000).checked_div(u128::from(whole)).unwrap_or(0);
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

/// Leads and clients over time, with the numbers as a table.
pub(super) fn time_series(page: &Page, report: &StatisticsReport) -> Markup {
    let (t, words, rows) = (page.t, page.t.figures, &report.time_series);
    let name = |it: &TimeRow| (words.stretch)(report.step, it.days);
    html! {
        figure.card {
            figcaption.card__head {
                h2 #series-title { ((words.flow_title)(report.step)) @if report.question.period.is_none() { ", " (words.lately) } }
            }
            p.legend { span { (t.f_leads.0) } span.k2 { (t.f_clients.0) } }
            (columns(page, report))
            details.disclosure {
                summary { (icon(Icon::ChevronRight)) (t.show_numbers) }
                div.scroller tabindex="0" role="region" aria-labelledby="series-title" {
                    table.table {
                        thead { tr { th scope="col" { ((words.step)(report.step)) } th.num scope="col" { (t.f_leads.0) } th.num scope="col" { (t.f_clients.0) } } }
                        tbody { @for row in rows { tr {
                            th scope="row" { (name(row)) }
                            td.num { ((t.number)(i128::from(row.figures.leads))) }
                            td.num { ((t.number)(i128::from(row.figures.clients))) }
                        } } }
                    }
                }
            }
        }
    }
}

fn columns(page: &Page, report: &StatisticsReport) -> Markup {
    let (t, words, rows) = (page.t, page.t.figures, &report.time_series);
    let max = rows.iter().map(|it| it.figures.leads.max(it.figures.clients)).max().unwrap_or(0);
    let step = step(max.max(4));
    let lines = max.max(1).div_ceil(step);
    let top = step * lines;
    let beside = u64::try_from(report.largest.len()).unwrap_or(0) + u64::from(report.others.is_some());
    let height = HEIGHT.max((beside * BAR).saturating_sub(38));
    let y = |value: u64| TOP + (height - TOP) * (top - value.min(top)) / top;
    // Twelve slots for each bucket. The margin grows with the buckets, so that the axis labels keep the same share of
    // the width as with twelve buckets.
    let bars = u64::try_from(rows.len().max(1)).unwrap_or(1);
    let margin = 6 + bars / 2;
    let slots = bars * 12 + margin;
    let every = every(report.step, bars);
    html! {
        svg.chart width="100%" height=(height + 26) role="img" aria-labelledby="series-title series-summary" {
            desc #series-summary { (summary(page, report)) }
            @for line in 0..=lines {
                line x1="0" x2="100%" y1=(y(line * step)) y2=(y(line * step)) {}
                @if line > 0 { text x="0" y=(y(line * step) - 4) { ((t.number)(i128::from(line * step))) } }
            }
            @for (at, row) in (0_u64..).zip(rows) {
                @let place = at * 12 + margin;
                g {
                    title { ((words.flow_point)(&(words.stretch)(report.step, row.days), row.figures.leads, row.figures.clients)) }
                    rect.c1 x=(percent(place + 2, slots)) y=(y(row.figures.leads)) width=(percent(5, slots)) height=(height - y(row.figures.leads)) rx="2" {}
                    rect.c2 x=(percent(place + 7, slots)) y=(y(row.figures.clients)) width=(percent(3, slots)) height=(height - y(row.figures.clients)) rx="2" {}
                    @if is_marked(report.step, every, at, row.days.from()) {
                        text.alt[(at / every) % 2 == 1] x=(percent(place + 6, slots)) y=(height + 20) text-anchor="middle" { ((words.mark)(report.step, row.days.from())) }
                    }
                }
            }
        }
    }
}

/// How many bars share one label. Many quarters are labelled only at the start of a year.
fn every(step: BucketSize, bars: u64) -> u64 {
    match step {
        BucketSize::Quarter if bars > 12 => 4,
        _ => bars.div_ceil(12),
    }
}

/// Months and quarters are labelled at the start of a year, and at regular distances from it.
fn is_marked(step: BucketSize, every: u64, at: u64, from: Day) -> bool {
    match step {
        BucketSize::Day | BucketSize::Week => at.is_multiple_of(every),
        BucketSize::Month => u64::from(from.month0()).is_multiple_of(every),
        BucketSize::Quarter => u64::from(from.month0() / 3).is_multiple_of(every),
    }
}

fn summary(page: &Page, report: &StatisticsReport) -> String {
    let (t, words) = (page.t, page.t.figures);
    let sum = |of: fn(&TimeRow) -> u64| report.time_series.iter().map(of).sum();
    match report.time_series.iter().max_by_key(|it| it.figures.leads) {
        Some(most) if most.figures.leads > 0 => {
            let name = (words.stretch)(report.step, most.days);
            (words.flow_summary)(sum(|it| it.figures.leads), sum(|it| it.figures.clients), &name, most.figures.leads)
        }
        _ => t.no_numbers.to_owned(),
    }
}

/// Income and spend of the campaigns with the largest amounts, and of all others together.
pub(super) fn money(page: &Page, report: &StatisticsReport) -> Markup {
    let t = page.t;
    let others = report.others.as_ref().map(|it| ((t.figures.others)(it.campaigns), it.figures));
    let rows = report.largest.iter().map(|it| (label(page, it), it.figures)).chain(others);
    let rows: Vec<(String, Figures)> = rows.collect();
    let max = rows.iter().map(|it| it.1.revenue.max(it.1.spend)).max().unwrap_or(1).max(1);
    html! {
        figure.card {
            figcaption.card__head { h2 #money-title { (t.money_title) } }
            p.legend { span { (t.f_revenue.0) } span.k3 { (t.f_spend.0) } }
            @if rows.is_empty() { p.muted { (t.no_numbers) } } @else {
                dl.hbars.small { @for (name, it) in &rows { (bars(page, name, (it.revenue, it.spend), max)) } }
                details.disclosure {
                    summary { (icon(Icon::ChevronRight)) (t.show_numbers) }
                    div.scroller tabindex="0" role="region" aria-labelledby="money-title" {
                        table.table {
                            thead { tr { th scope="col" { (t.campaign) } th.num scope="col" { (t.f_revenue.0) } th.num scope="col" { (t.f_spend.0) } } }
                            tbody { @for (name, it) in &rows { tr {
                                th scope="row" { (name) }
                                td.num { ((t.amount)(it.revenue)) }
                                td.num { ((t.amount)(it.spend)) @for note in plan_notes(t, it, t.amount) { " " span.plan.plan--note.muted { (note) } } }
                            } } }
                        }
                    }
                }
            }
        }
    }
}

/// Income and spend.
type Money = (i128, i128);

fn bars(page: &Page, name: &str, (income, spend): Money, max: i128) -> Markup {
    let t = page.t;
    // The label beside the longest bar needs about a quarter of the width.
    let width = |value: i128| percent(u64::try_from(value.max(0) * 7_400 / max).unwrap_or(0), 10_000);
    let beside = |value: i128| percent(u64::try_from(value.max(0) * 7_400 / max + 120).unwrap_or(0), 10_000);
    html! {
        dt.cut title=(name) { (name) }
        dd { svg role="img" aria-label=((t.money_point)(income, spend, page.currency())) {
            rect.c1 y="3" width=(width(income)) height="12" rx="2" {}
            text x=(beside(income)) y="13" { ((t.short_amount)(income)) }
            rect.c3 y="19" width=(width(spend)) height="12" rx="2" {}
            text x=(beside(spend)) y="29" { ((t.short_amount)(spend)) }
        } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_axes_are_labelled_by_year() {
        let day = |text| domain::values::parse_day(text).unwrap();
        assert_eq!(
            (every(BucketSize::Quarter, 41), every(BucketSize::Month, 36), every(BucketSize::Week, 13)),
            (4, 3, 2)
        );
        assert!(
            is_marked(BucketSize::Quarter, 4, 7, day("2026-01-01"))
                && !is_marked(BucketSize::Quarter, 4, 8, day("2026-04-01"))
        );
        assert!(
            is_marked(BucketSize::Month, 3, 1, day("2026-01-01"))
                && !is_marked(BucketSize::Month, 3, 3, day("2026-03-01"))
        );
        assert!(
            is_marked(BucketSize::Week, 2, 4, day("2026-03-02"))
                && is_marked(BucketSize::Month, 1, 4, day("2026-03-02"))
        );
    }

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
