//! The figures in words: each number with its formula and its own values.
use domain::statistics::{Figures, Hundredths};
use maud::{Markup, html};

use crate::text::Text;

/// A calculated number with its formula.
pub(crate) struct Explanation {
    pub(crate) name: &'static str,
    pub(crate) value: String,
    /// In words: «клиенты ÷ лиды».
    pub(crate) formula: &'static str,
    /// With its own values: «3 ÷ 10».
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

/// Every number of a campaign or of the total, with its explanation.
pub(crate) fn explained(t: &Text, it: &Figures) -> Vec<Explanation> {
    let amount_of = |it: i128| (t.amount)(it);
    let number = |it: u64| (t.number)(i128::from(it));
    let divided = |part: String, whole: String| format!("{part} ÷ {whole}");
    let line =
        |(name, formula): (&'static str, &'static str), value, figures| Explanation { name, value, formula, figures };
    let apart = |figures: String| match it.plan_without_dates {
        0 => figures,
        plan => format!("{figures}; {}", (t.figures.not_in_it)(&amount_of(plan))),
    };
    let spend_figures = match it.planned {
        _ if it.archived_unspent => format!("{} ({})", amount_of(it.spend), t.figures.archived_unspent),
        Some(plan) => {
            format!("{} + {} ({}: {})", amount_of(it.spend - plan), amount_of(plan), t.planned, t.planned_hint)
        }
        None => amount_of(it.spend),
    };
    let roi_figures = if it.not_begun {
        t.figures.not_begun.to_owned()
    } else {
        format!("({} − {}) ÷ {}", amount_of(it.revenue), amount_of(it.spend), amount_of(it.spend))
    };
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
        line(t.f_spend, amount_of(it.spend), apart(spend_figures)),
        line(t.f_income_to_cost, decimal(t, it.income_to_cost), divided(amount_of(it.revenue), amount_of(it.spend))),
        line(t.f_roi, percent(t, it.roi), roi_figures),
        line(t.f_cost_per_lead, free(it.cost_per_lead), divided(amount_of(it.spend), number(it.leads))),
        line(t.f_cost_per_client, free(it.cost_per_client), divided(amount_of(it.spend), number(it.clients))),
        line(
            t.f_average_contract,
            amount(t, it.average_contract),
            divided(amount_of(it.revenue), number(it.contracts)),
        ),
        line(t.f_budget_use, percent(t, it.budget_use), apart(divided(amount_of(it.spend), amount_of(it.budget)))),
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

/// Marks a spend that is wholly or partly planned, and an archived campaign for which nobody entered a spend.
pub(crate) fn plan_note(t: &Text, it: &Figures) -> &'static str {
    match it.planned {
        _ if it.archived_unspent => t.figures.archived_unspent,
        None => "",
        Some(plan) if plan == it.spend => t.planned,
        Some(_) => t.partly_planned,
    }
}

/// The notes beside a spend: its mark, and the plans that it does not include.
pub(crate) fn plan_notes(t: &Text, it: &Figures, amount: impl Fn(i128) -> String) -> Vec<String> {
    let mark = plan_note(t, it);
    let apart = (it.plan_without_dates != 0).then(|| (t.figures.plan_apart)(&amount(it.plan_without_dates)));
    (!mark.is_empty()).then(|| mark.to_owned()).into_iter().chain(apart).collect()
}
