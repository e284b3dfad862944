//! The table with its total and the explanation of each number, and the same table as a file.
use application::{ReportRow, RowSubject, StatisticsReport};
use domain::{
    access::Permission,
    calendar::month_start,
    statistics::{Figures, Grouping, Hundredths},
    values::Day,
};
use maud::{Markup, html};

use super::{
    figures::{amount, decimal, explanation, percent, plan_note, plan_notes},
    file::{Sheet, SheetCell},
    statistics_query::{Sort, StatisticsQuery, key},
};
use crate::{
    page::Page,
    text::Text,
    ui::{Icon, icon, link_if},
};

/// The most rows shown; the total includes all.
pub(super) const ROWS: usize = 500;

pub(super) fn table(page: &Page, asked: &StatisticsQuery, report: &StatisticsReport) -> Markup {
    let (t, words, by) = (page.t, page.t.figures, report.question.by);
    html! {
        section #rows .stack {
            div.page-head.page-head--section {
                h2 { ((words.by)(by)) }
                (groupings(page, asked))
            }
            div.scroller tabindex="0" role="region" aria-label=((words.by)(by)) {
                table.table.table--figures {
                    caption.visually-hidden { ((words.caption)(by)) }
                    thead { tr {
                        (head(asked, Sort::Name, (words.group)(by), false))
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
                    tbody { @for (at, it) in report.rows.iter().take(ROWS).enumerate() { (row(page, asked, at, it)) } }
                    tfoot {
                        tr #total {
                            th scope="row" { (total_words(page, report)) }
                            (cells(t, &report.total))
                            (explain(t, asked, "total", "total", t.total))
                        }
                        @if asked.explain == "total" { (explained(t, &report.total)) }
                    }
                }
            }
            @if report.rows.len() > ROWS { p.small.muted { ((t.first_rows)(ROWS)) } }
        }
    }
}

/// The groupings of the rows. The page stays at the table.
fn groupings(page: &Page, asked: &StatisticsQuery) -> Markup {
    let words = page.t.figures;
    html! {
        div.segmented.not-print role="group" aria-label=(words.groups) {
            @for by in Grouping::ALL {
                @let code = if by == Grouping::default() { "" } else { by.code() };
                a href={ (asked.url(&[("group", code), ("sort", "")])) "#rows" }
                    aria-current=[(asked.question.by == by).then_some("true")] { ((words.by)(by)) }
            }
        }
    }
}

/// How many campaigns, channels, services or months there are; other rows are not counted.
fn total_words(page: &Page, report: &StatisticsReport) -> String {
    let counted = |it: &&ReportRow| {
        matches!(it.of, RowSubject::Campaign(_) | RowSubject::Channel | RowSubject::Service(_) | RowSubject::Month(..))
    };
    (page.t.figures.total)(report.question.by, report.rows.iter().filter(counted).count())
}

/// The name of a row.
pub(super) fn label(page: &Page, row: &ReportRow) -> String {
    let (t, words) = (page.t, page.t.figures);
    match row.of {
        RowSubject::Campaign(_) | RowSubject::Channel | RowSubject::Service(_) => row.name.clone(),
        RowSubject::NoCampaign => t.no_campaign.to_owned(),
        RowSubject::Before(day) => (words.before)(day),
        RowSubject::Since(day) => (words.since)(day),
        RowSubject::Month(from, until) if is_whole(from, until) => (t.month_name)(from),
        RowSubject::Month(from, until) => {
            format!("{}, {}–{}", (t.month_name)(from), from.format("%-d"), until.format("%-d"))
        }
        RowSubject::Undated => words.undated.to_owned(),
    }
}

fn is_whole(from: Day, until: Day) -> bool {
    from == month_start(from) && until.succ_opt().is_some_and(|behind| behind == month_start(behind))
}

/// All figures of each row, as a file. Undefined values are empty cells.
pub(super) fn file(page: &Page, report: &StatisticsReport) -> Sheet {
    let (t, words, by) = (page.t, page.t.figures, report.question.by);
    let percent = |name: &str| SheetCell::Text(format!("{name}, %"));
    let text = |name: &str| SheetCell::Text(name.to_owned());
    let head = vec![
        text((words.group)(by)),
        text(t.f_leads.0),
        text(words.taken_up.0),
        text(t.f_clients.0),
        percent(t.f_conversion.0),
        text(t.f_contracts.0),
        text(t.f_revenue.0),
        text(words.on_service.0),
        text(words.cross_sell.0),
        text(t.f_spend.0),
        text(t.planned),
        text(words.plan_without_dates),
        text(t.f_income_to_cost.0),
        percent(t.f_roi.0),
        text(t.f_cost_per_lead.0),
        text(t.f_cost_per_client.0),
        text(t.f_average_contract.0),
        percent(t.f_budget_use.0),
    ];
    let row = |name: String, it: &Figures| {
        vec![
            SheetCell::Text(name),
            SheetCell::Count(it.leads),
            SheetCell::Count(it.taken_up),
            SheetCell::Count(it.clients),
            SheetCell::Number(it.conversion),
            SheetCell::Count(it.contracts),
            SheetCell::money(it.revenue),
            SheetCell::money(it.on_service),
            SheetCell::money(it.cross_sell),
            SheetCell::money(it.spend),
            text(plan_note(t, it)),
            SheetCell::Number((it.plan_without_dates != 0).then_some(Hundredths(it.plan_without_dates))),
            SheetCell::Number(it.income_to_cost),
            SheetCell::Number(it.roi),
            SheetCell::Number(it.cost_per_lead),
            SheetCell::Number(it.cost_per_client),
            SheetCell::Number(it.average_contract),
            SheetCell::Number(it.budget_use),
        ]
    };
    let rows = report.rows.iter().map(|it| row(label(page, it), &it.figures));
    let total = row(total_words(page, report), &report.total);
    Sheet { name: t.statistics, rows: std::iter::once(head).chain(rows).chain([total]).collect() }
}

fn head(asked: &StatisticsQuery, by: Sort, words: &str, number: bool) -> Markup {
    let current = asked.sort == by;
    // The first click sorts the largest first, except for names.
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

fn row(page: &Page, asked: &StatisticsQuery, at: usize, row: &ReportRow) -> Markup {
    let t = page.t;
    let (key, name, place) = (key(row), label(page, row), format!("row-{at}"));
    html! {
        tr id=(place) {
            th scope="row" {
                @match row.of {
                    RowSubject::Campaign(id) => (link_if(page.may(Permission::ViewCampaigns), &format!("/campaigns/{id}"), &name)),
                    RowSubject::Service(id) => (link_if(page.may(Permission::ViewServices), &format!("/services/{id}"), &name)),
                    RowSubject::Channel | RowSubject::Month(..) => (name),
                    RowSubject::NoCampaign | RowSubject::Before(_) | RowSubject::Since(_) | RowSubject::Undated => span.muted { (name) },
                }
            }
            (cells(t, &row.figures))
            (explain(t, asked, &key, &place, &name))
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
        td.num { ((t.amount)(it.spend)) @for note in plan_notes(t, it, t.amount) { " " span.plan.plan--note.muted { (note) } } }
        td.num { (decimal(t, it.income_to_cost)) }
        td.num { span class=(tone) { (percent(t, it.roi)) } }
        td.num { (amount(t, it.cost_per_lead)) (free(t, it, it.cost_per_lead)) }
        td.num { (amount(t, it.cost_per_client)) (free(t, it, it.cost_per_client)) }
    }
}

/// Explains a cost of zero: no money was spent.
fn free(t: &Text, it: &Figures, cost: Option<Hundredths>) -> Markup {
    html! { @if it.spend == 0 && cost.is_some() { " " span.plan.muted { (t.no_spend) } } }
}

/// The link that opens or closes the explanation of a row.
fn explain(t: &Text, asked: &StatisticsQuery, key: &str, place: &str, name: &str) -> Markup {
    let open = asked.explain == key;
    let href = format!("{}#{place}", asked.url(&[("explain", if open { "" } else { key })]));
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
