//! The markup of the statistics page.
use application::{Comparison, StatisticsReport};
use domain::{access::Permission, field::Field, statistics::Attribution, values::Period};
use maud::{Markup, html};

use super::{StatisticsQuery, charts, funnel, presets, table, tiles};
use crate::{
    page::Page,
    ui::{
        Icon, Tone, alert,
        field::{ControlKind, Spec, field},
        icon, link_button,
    },
};

pub(super) fn report(page: &Page, asked: &StatisticsQuery, report: &StatisticsReport) -> Markup {
    let t = page.t;
    html! {
        div.page-head {
            h1 { (t.statistics_title) }
            p.muted { (period_words(page, report.question.period)) ", " (lens_words(page, report.question.attribution)) }
            div.page-head__actions {
                (link_button("/statistics/cohorts", Icon::ChartColumn, t.figures.cohorts))
                button.btn.not-phone.needs-js type="button" data-print { (icon(Icon::Printer)) (t.print) }
                @if page.may(Permission::ExportStatistics) && !asked.form.is_refused() {
                    @for (format, words) in [("csv", t.figures.csv), ("xlsx", t.figures.xlsx)] {
                        a.btn.not-phone href=(asked.at("/statistics/export", &[("format", format)])) download { (icon(Icon::Download)) (words) }
                    }
                }
            }
        }
        @if asked.form.is_refused() { div role="alert" data-error-summary tabindex="-1" { (alert(Tone::Bad, &html! { (t.wrong_period) })) } }
        (controls(page, asked))
        div.stack.stack--l {
            div.stack.stack--s {
                (tiles(page, &report.total, report.comparison.as_ref().map(|it| &it.changes)))
                @if let Some(it) = &report.comparison { p.small.muted { (compared_words(page, it)) } }
            }
            div.grid { (charts::time_series(page, report)) (charts::money(page, report)) }
            div.grid { (funnel::funnel(page, report)) (funnel::split(page, report)) }
            (table::table(page, asked, report))
            p.small.muted.wrap { (if report.question.attribution == Attribution::ByLeadDate { t.cohort_definition } else { t.event_definition }) " " (t.definitions) }
        }
    }
}

pub(super) fn period_words(page: &Page, period: Option<Period>) -> String {
    match period {
        None => page.t.all_time.to_owned(),
        Some(it) => format!("{} — {}", (page.t.day)(it.from()), (page.t.day)(it.until())),
    }
}

/// The period of the comparison, and its age.
fn compared_words(page: &Page, it: &Comparison) -> String {
    let words = page.t.figures;
    match it.as_of {
        Some(day) => (words.compared_at_age)(it.period, day),
        None => (words.compared)(&period_words(page, Some(it.period))),
    }
}

fn lens_words(page: &Page, attribution: Attribution) -> &'static str {
    match attribution {
        Attribution::ByLeadDate => page.t.by_cohort,
        Attribution::ByContractDate => page.t.by_event,
    }
}

/// The period, as a preset or as days, and the attribution. All of it is in the URL.
fn controls(page: &Page, asked: &StatisticsQuery) -> Markup {
    let t = page.t;
    let words = [t.all_time, t.this_month, t.three_months, t.twelve_months];
    html! {
        div.filterbar {
            div.segmented role="group" aria-label=(t.period) {
                @for (period, words) in presets(page.session.today()).into_iter().zip(words) {
                    @let from = period.map(|it| it.from().to_string()).unwrap_or_default();
                    @let until = period.map(|it| it.until().to_string()).unwrap_or_default();
                    a href=(asked.url(&[(Field::StartsOn.code(), &from), (Field::EndsOn.code(), &until)]))
                        aria-current=[(asked.question.period == period && !asked.form.is_refused()).then_some("true")] { (words) }
                }
            }
            div.segmented role="group" aria-label=(t.attribution) {
                @for attribution in Attribution::ALL {
                    a href=(asked.url(&[("lens", attribution.code())])) aria-current=[(asked.question.attribution == attribution).then_some("true")] {
                        (lens_words(page, attribution))
                    }
                }
            }
            details.menu open[asked.form.is_refused()] {
                summary.chip { (icon(Icon::Plus)) (t.own_period) }
                form.menu__panel.menu__panel--form method="get" action="/statistics" {
                    input type="hidden" name="lens" value=(asked.question.attribution.code());
                    input type="hidden" name="group" value=(asked.question.by.code());
                    (field(t, &asked.form, &Spec::new(Field::StartsOn, ControlKind::Day)))
                    (field(t, &asked.form, &Spec::new(Field::EndsOn, ControlKind::Day)))
                    div.menu__foot { button.btn.btn--primary { (t.apply) } }
                }
            }
        }
    }
}
