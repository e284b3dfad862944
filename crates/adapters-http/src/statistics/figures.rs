//! The figures in words: each number with its formula and its own figures.
use domain::statistics::{Figures, Hundredths};
use maud::{Markup, html};

use crate::text::Text;

/// A number that was worked out, and how.
pub(crate) struct Explained {
    pub(crate) name: &'static str,
    pub(crate) value: String,
    /// In words: «клиенты ÷ лиды».
    pub(crate) formula: &'static str,
    /// With its own figures: «3 ÷ 10».
    pub(crate) figures: String,
}

pub(crate) fn percent(t: &Text, it: Option<Hundredths>) -> String {
    it.map_or_else(|| "—".to_owned(), |it| (t.percent)(it))
}

pub(crate) fn decimal(t: &Text, it: Option<Hundredths>) -> String {
    it.map_or_else(|| "—".to_owned(), |it| (t.decimal)(it))
}

pub(crate) fn amount(t: &Text, it: Option<Hundredths>) -> String {
    it.map_or_else(|| "—".to_owned(), |it| (t.amount)(it.0))
}

/// Every number of a campaign, or of all together, with where it comes from.
pub(crate) fn explained(t: &Text, it: &Figures) -> Vec<Explained> {
    let amount_of = |it: i128| (t.amount)(it);
    let number = |it: u64| (t.number)(i128::from(it));
    let divided = |part: String, whole: String| format!("{part} ÷ {whole}");
    let line =
        |(name, formula): (&'static str, &'static str), value, figures| Explained { name, value, formula, figures };
    let spend_figures =
        if it.planned { format!("{} ({})", amount_of(it.spend), t.planned_hint) } else { amount_of(it.spend) };
    let free = |value: Option<Hundredths>| match value {
        Some(Hundredths(0)) if it.spend == 0 => format!("{} ({})", amount(t, value), t.no_spend),
        value => amount(t, value),
    };
    vec![
        line(t.f_leads, number(it.leads), number(it.leads)),
        line(t.f_clients, number(it.clients), number(it.clients)),
        line(t.f_conversion, percent(t, it.conversion), divided(number(it.clients), number(it.leads))),
        line(t.f_contracts, number(it.contracts), number(it.contracts)),
        line(
            t.f_revenue,
            amount_of(it.revenue),
            format!("{} + {}", amount_of(it.on_service), amount_of(it.cross_sell)),
        ),
        line(t.f_spend, amount_of(it.spend), spend_figures),
        line(t.f_income_to_cost, decimal(t, it.income_to_cost), divided(amount_of(it.revenue), amount_of(it.spend))),
        line(
            t.f_roi,
            percent(t, it.roi),
            format!("({} − {}) ÷ {}", amount_of(it.revenue), amount_of(it.spend), amount_of(it.spend)),
        ),
        line(t.f_cost_per_lead, free(it.cost_per_lead), divided(amount_of(it.spend), number(it.leads))),
        line(t.f_cost_per_client, free(it.cost_per_client), divided(amount_of(it.spend), number(it.clients))),
        line(
            t.f_average_contract,
            amount(t, it.average_contract),
            divided(amount_of(it.revenue), number(it.contracts)),
        ),
        line(t.f_budget_use, percent(t, it.budget_use), divided(amount_of(it.spend), amount_of(it.budget))),
    ]
}

/// The explanations as a list.
pub(crate) fn explanation(t: &Text, it: &Figures) -> Markup {
    html! {
        dl.formulas {
            @for line in explained(t, it) {
                div {
                    dt { (line.name) }
                    dd { b.num { (line.value) } span.muted { (line.formula) } span.num { (line.figures) } }
                }
            }
        }
    }
}

/// Marks a spend that is a budget, wholly or in part.
pub(crate) fn plan_note(t: &Text, it: &Figures) -> &'static str {
    match it.planned {
        false => "",
        true if it.spend == it.budget => t.planned,
        true => t.partly_planned,
    }
}
