//! The conversion of each month's leads: a table with one row per month, and one column per month since then.
use application::{CohortRow, Cohorts, MOST_COHORTS};
use axum::extract::RawQuery;
use domain::{access::Permission, field::Field, statistics, statistics::Hundredths};
use maud::{Markup, html};

use super::{
    figures::percent,
    file::{self, Format, Sheet, SheetCell},
    view::period_words,
};
use crate::{
    error::WebError,
    form_data::FormData,
    page::{Page, PageResult},
    ui::{Icon, crumbs, icon, link_button, list::url},
};

/// The offered numbers of months; the first is the default.
const MONTHS: [u32; 3] = [12, 24, MOST_COHORTS];
const PATH: &str = "/statistics/cohorts";

fn read(query: Option<String>) -> (u32, FormData) {
    let query = FormData::from_query(query.unwrap_or_default().as_bytes());
    let months = query.get("months").parse().ok().filter(|it| MONTHS.contains(it));
    (months.unwrap_or(MONTHS[0]), query)
}

pub(super) async fn show(page: Page, RawQuery(query): RawQuery) -> PageResult {
    let (months, _) = read(query);
    let cohorts = page.session.cohorts(months).await?;
    Ok(page.show(page.t.figures.cohorts_title, &view(&page, months, &cohorts)))
}

pub(super) async fn export(page: Page, RawQuery(query): RawQuery) -> PageResult {
    let (months, query) = read(query);
    let format = Format::asked(&query).ok_or(WebError::BadRequest)?;
    let cohorts = page.session.export_cohorts(months).await?;
    let name = format!("cohorts-{}-{}", cohorts.period.from(), cohorts.period.until());
    file::answer(&page, &name, format, table_file(&page, &cohorts)).await
}

fn view(page: &Page, months: u32, cohorts: &Cohorts) -> Markup {
    let (t, words) = (page.t, page.t.figures);
    let own_months = months.to_string();
    let (from, until) = (cohorts.period.from().to_string(), cohorts.period.until().to_string());
    let period = [("lens", "cohort"), (Field::StartsOn.code(), from.as_str()), (Field::EndsOn.code(), until.as_str())];
    html! {
        (crumbs(t.path, &[("/statistics", t.statistics)]))
        div.page-head {
            h1 { (words.cohorts_title) }
            p.muted { (period_words(page, Some(cohorts.period))) }
            div.page-head__actions {
                (link_button(&url("/statistics", &period), Icon::ChartColumn, words.to_statistics))
                button.btn.not-phone.needs-js type="button" data-print { (icon(Icon::Printer)) (t.print) }
                @if page.may(Permission::ExportStatistics) {
                    @for (format, name) in [("csv", words.csv), ("xlsx", words.xlsx)] {
                        a.btn.not-phone href=(url(&format!("{PATH}/export"), &[("months", &own_months), ("format", format)])) download { (icon(Icon::Download)) (name) }
                    }
                }
            }
        }
        div.filterbar {
            div.segmented role="group" aria-label=(t.period) {
                @for it in MONTHS {
                    a href=(url(PATH, &[("months", &it.to_string())])) aria-current=[(it == months).then_some("true")] { ((words.cohorts_of)(it)) }
                }
            }
        }
        div.stack {
            @if cohorts.total.leads == 0 && cohorts.total.sum == statistics::Cell::default() { p.muted { (words.no_cohorts) } } @else { (table(page, cohorts)) }
            p.small.muted.wrap { (words.cohort_hint) }
        }
    }
}

fn table(page: &Page, cohorts: &Cohorts) -> Markup {
    let (t, words) = (page.t, page.t.figures);
    let columns = cohorts.total.cells.len();
    html! {
        div.scroller tabindex="0" role="region" aria-label=(words.cohorts_title) {
            table.table.table--cohorts {
                caption.visually-hidden { (words.cohorts_title) }
                thead {
                    tr {
                        th scope="col" rowspan="2" { ((words.step)(statistics::BucketSize::Month)) }
                        th.num scope="col" rowspan="2" { (t.f_leads.0) }
                        th.num scope="col" rowspan="2" { (t.total) }
                        th scope="colgroup" colspan=(columns) { (words.months_since) }
                    }
                    tr { @for at in 0..columns { th.num scope="col" { ((words.column)(at, cohorts.is_cut && at + 1 == columns)) } } }
                }
                tbody { @for row in &cohorts.rows { tr {
                    th scope="row" { ((t.month_name)(row.month)) }
                    (cells(page, row))
                } } }
                tfoot { tr #total { th scope="row" { (t.total) } (cells(page, &cohorts.total)) } }
            }
        }
    }
}

/// Leads, the sum of the row, and each month that has begun or already has figures.
fn cells(page: &Page, row: &CohortRow) -> Markup {
    let t = page.t;
    let sum = row.sum;
    let share = share(sum.clients, row.leads);
    html! {
        td.num { ((t.number)(i128::from(row.leads))) }
        td.num {
            b { ((t.number)(i128::from(sum.clients))) } " " span.muted { (percent(t, share)) }
            span.cell-amount { ((t.short_amount)(sum.revenue)) }
        }
        @for (at, cell) in row.cells.iter().enumerate() {
            @if at < row.begun || *cell != statistics::Cell::default() {
                @let told = told(page, row, at, *cell);
                td class={ "num heat-" (heat(cell.clients, row.leads)) } title=(told) {
                    span aria-hidden="true" {
                        @if *cell == statistics::Cell::default() { span.muted { "0" } } @else {
                            ((t.number)(i128::from(cell.clients)))
                            span.cell-amount { ((t.short_amount)(cell.revenue)) }
                        }
                    }
                    span.visually-hidden { (told) }
                }
            } @else { td {} }
        }
    }
}

/// A cell with its own figures in words.
fn told(page: &Page, row: &CohortRow, months: usize, cell: statistics::Cell) -> String {
    let revenue = (page.t.money)(cell.revenue, page.currency());
    (page.t.figures.cell)(cell.clients, row.leads, cell.contracts, u64::try_from(months).unwrap_or(0), &revenue)
}

fn share(part: u64, whole: u64) -> Option<Hundredths> {
    let sums = statistics::Sums { leads: whole, clients: part, ..Default::default() };
    statistics::Figures::of_stretch(&sums, None).conversion
}

/// The strength of a cell's colour, from 0 to 5: one step for every five per cent of the leads.
fn heat(clients: u64, leads: u64) -> u64 {
    (clients * 20).div_ceil(leads.max(1)).min(5)
}

/// Clients and income of each cell in separate columns.
fn table_file(page: &Page, cohorts: &Cohorts) -> Sheet {
    let (t, words) = (page.t, page.t.figures);
    let columns = cohorts.total.cells.len();
    let text = |it: &str| SheetCell::Text(it.to_owned());
    let column = |name: &str, at: usize| {
        SheetCell::Text(format!(
            "{name}, {}: {}",
            words.months_since,
            (words.column)(at, cohorts.is_cut && at + 1 == columns)
        ))
    };
    let names = [t.f_clients.0, t.f_revenue.0];
    let mut head =
        vec![text((words.step)(statistics::BucketSize::Month)), text(t.f_leads.0), text(names[0]), text(names[1])];
    head.extend((0..columns).flat_map(|at| names.map(|name| column(name, at))));
    let row = |name: String, it: &CohortRow| {
        let begun = |at: usize| at < it.begun || it.cells[at] != statistics::Cell::default();
        let mut cells = vec![SheetCell::Text(name), SheetCell::Count(it.leads)];
        let both = |it: &statistics::Cell| [SheetCell::Count(it.clients), SheetCell::money(it.revenue)];
        cells.extend(both(&it.sum));
        cells.extend((0..columns).flat_map(|at| {
            if begun(at) { both(&it.cells[at]) } else { [SheetCell::Number(None), SheetCell::Number(None)] }
        }));
        cells
    };
    let rows = cohorts.rows.iter().map(|it| row((t.month_name)(it.month), it));
    let total = row(t.total.to_owned(), &cohorts.total);
    Sheet { name: words.cohorts_title, rows: std::iter::once(head).chain(rows).chain([total]).collect() }
}
