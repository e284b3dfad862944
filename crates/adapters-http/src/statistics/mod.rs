//! Statistics: which campaigns pay off, in which period, by which attribution.
mod charts;
mod cohorts;
mod figures;
mod file;
mod funnel;
mod statistics_query;
mod table;
mod tiles;
mod view;

use application::Expensive;
use axum::extract::RawQuery;
use domain::{
    access::Permission,
    calendar::{month_start, months_before},
    values::{Day, Period},
};

pub(crate) use tiles::tiles;

use crate::{
    error::WebError,
    page::{Page, PageResult},
    routes::{Access::May, Route, page},
};
use statistics_query::StatisticsQuery;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        page("/statistics", May(Permission::ViewStatistics), show).expensive(Expensive::Statistics),
        page("/statistics/export", May(Permission::ExportStatistics), export).expensive(Expensive::Statistics),
        page("/statistics/cohorts", May(Permission::ViewStatistics), cohorts::show).expensive(Expensive::Statistics),
        page("/statistics/cohorts/export", May(Permission::ExportStatistics), cohorts::export)
            .expensive(Expensive::Statistics),
    ]
}

async fn show(page: Page, RawQuery(query): RawQuery) -> PageResult {
    let asked = StatisticsQuery::read(query);
    let mut report = page.session.statistics(asked.question).await?;
    statistics_query::sort(&mut report.rows, asked.sort, asked.descending);
    Ok(page.show_form(page.t.statistics, &asked.form, &view::report(&page, &asked, &report)))
}

/// The table as a file, sorted as shown.
async fn export(page: Page, RawQuery(query): RawQuery) -> PageResult {
    let asked = StatisticsQuery::read(query);
    if asked.form.is_refused() {
        return Err(WebError::BadRequest);
    }
    let format = file::Format::asked(&asked.form.data).ok_or(WebError::BadRequest)?;
    let mut report = page.session.export_statistics(asked.question).await?;
    statistics_query::sort(&mut report.rows, asked.sort, asked.descending);
    let period = asked.question.period.map(|it| format!("-{}-{}", it.from(), it.until())).unwrap_or_default();
    file::answer(&page, &format!("statistics{period}"), format, table::file(&page, &report)).await
}

/// The preset periods.
fn presets(today: Day) -> [Option<Period>; 4] {
    let since = |from| Period::new(from, today).ok();
    [
        None,
        since(month_start(today)),
        since(months_before(month_start(today), 2)),
        since(months_before(month_start(today), 11)),
    ]
}
