//! The six most important numbers, compared with the previous period.
use domain::statistics::{Changes, Figures, Hundredths, Trend};
use maud::{Markup, html};

use super::figures::{decimal, percent, plan_notes};
use crate::{
    page::Page,
    text::Text,
    ui::{Icon, icon},
};

/// The unit of a change, and whether an increase is good, bad, or neither.
#[derive(Clone, Copy)]
enum Change {
    Percent(Option<Hundredths>),
    Points(Option<Hundredths>),
    /// Of costs: neither.
    Plain(Option<Hundredths>),
}

pub(crate) fn tiles(page: &Page, it: &Figures, changes: Option<&Changes>) -> Markup {
    let t = page.t;
    let money = |it: i128| (t.short_money)(it, page.currency());
    let count = |it: u64| (t.number)(i128::from(it));
    let tiles = [
        (t.f_leads.0, count(it.leads), Vec::new(), changes.map(|it| Change::Percent(it.leads))),
        (t.f_clients.0, count(it.clients), Vec::new(), changes.map(|it| Change::Percent(it.clients))),
        (t.f_conversion.0, percent(t, it.conversion), Vec::new(), changes.map(|it| Change::Points(it.conversion))),
        (t.f_revenue.0, money(it.revenue), Vec::new(), changes.map(|it| Change::Percent(it.revenue))),
        (t.f_spend.0, money(it.spend), plan_notes(t, it, money), changes.map(|it| Change::Plain(it.spend))),
        (
            t.f_income_to_cost.0,
            decimal(t, it.income_to_cost),
            vec![format!("ROI {}", percent(t, it.roi))],
            changes.map(|it| Change::Points(it.roi)),
        ),
    ];
    html! {
        dl.tiles {
            @for (name, value, notes, change) in &tiles {
                div.tile { dt { (name) } dd {
                    (value)
                    @for note in notes { " " span.delta.delta--note { (note) } }
                    @if let Some(change) = change { " " (told(t, *change)) }
                } }
            }
        }
    }
}

/// With an arrow and in words, so that the meaning does not depend on colour.
fn told(t: &Text, change: Change) -> Markup {
    let (Change::Percent(by) | Change::Points(by) | Change::Plain(by)) = change;
    let Some(by) = by else {
        return html! { span.delta title=(t.figures.incomparable) { "— " span.visually-hidden { (t.figures.incomparable) } } };
    };
    let trend = Trend::of(by);
    let size = Hundredths(by.0.abs());
    let size = if matches!(change, Change::Points(_)) { (t.figures.points)(size) } else { (t.percent)(size) };
    let tone = match (change, trend) {
        (Change::Plain(_), _) | (_, Trend::Same) => "delta",
        (_, Trend::Up) => "delta up",
        (_, Trend::Down) => "delta down",
    };
    html! {
        span class=(tone) {
            @match trend {
                Trend::Up => (icon(Icon::ArrowUp)),
                Trend::Down => (icon(Icon::ArrowDown)),
                Trend::Same => {}
            }
            ((t.figures.trend)(trend))
            @if trend != Trend::Same { " " b { (size) } }
        }
    }
}
