//! What became of the leads of each month, month by month.
use chrono::Months;
use domain::{
    access::Permission,
    calendar::{month_start, months_before},
    statistics::{Attribution, BucketSize, Cell, TimeBuckets, cohort_table},
    values::{Day, Period},
};

use crate::{Result, Session};

pub struct Cohorts {
    /// From the first day of the first cohort until today.
    pub period: Period,
    /// The earliest month first, from the first one that has any lead.
    pub rows: Vec<CohortRow>,
    pub total: CohortRow,
    /// The last column has everything after it, too.
    pub is_cut: bool,
}

#[derive(Clone, Debug)]
pub struct CohortRow {
    /// The first day of the month.
    pub month: Day,
    pub leads: u64,
    /// In the month itself, in the next one, and so on.
    pub cells: Vec<Cell>,
    /// How many of these months have begun; the others are still to come.
    pub begun: usize,
    /// All cells together.
    pub sum: Cell,
}

/// The most cohorts shown.
pub const MOST_COHORTS: u32 = 36;
/// The most months that a cohort is followed for, each in a column of its own.
const COLUMNS: usize = 24;
/// Contracts may be dated so many months ahead.
const AHEAD: u32 = 13;

impl Session {
    /// The cohorts of the latest months, this one among them.
    pub async fn cohorts(&self, months: u32) -> Result<Cohorts> {
        let mut work = self.read(Permission::ViewStatistics).await?;
        let (today, months) = (self.today(), months.clamp(1, MOST_COHORTS));
        let this_month = month_start(today);
        let first = months_before(this_month, months - 1);
        let period = Period::new(first, today).map_err(|_| crate::Error::NotFound)?;
        let calendar = self.organisation().calendar;
        let ahead = this_month.checked_add_months(Months::new(AHEAD)).unwrap_or(today);
        let followed = Period::new(first, ahead).unwrap_or(period);
        let pieces =
            work.statistics().cohorts(&TimeBuckets::new(BucketSize::Month.boundaries(followed), calendar)).await?;
        let cohorts = TimeBuckets::new(BucketSize::Month.boundaries(period), calendar);
        let sums = work.statistics().time_series(Attribution::ByLeadDate, &cohorts).await?;
        let mut table = cohort_table(&pieces, cohorts.len(), COLUMNS);
        let empty = sums.iter().take_while(|it| it.leads == 0).count();
        let width = width(&table[empty..]);
        for row in &mut table {
            row.truncate(width);
        }
        let months = cohorts.windows().map(|it| it.days.from());
        let rows: Vec<CohortRow> = months
            .zip(table)
            .zip(sums)
            .enumerate()
            .map(|(at, ((month, cells), sums))| CohortRow {
                month,
                leads: sums.leads,
                begun: (cohorts.len() - at).min(width),
                sum: cells.iter().copied().sum(),
                cells,
            })
            .skip(empty)
            .collect();
        let total = CohortRow {
            month: first,
            leads: rows.iter().map(|it| it.leads).sum(),
            cells: (0..width).map(|at| rows.iter().map(|it| it.cells[at]).sum()).collect(),
            begun: width,
            sum: rows.iter().map(|it| it.sum).sum(),
        };
        Ok(Cohorts { period, rows, total, is_cut: width == COLUMNS })
    }

    /// The same to be taken away as a file. The log says who took it, before they have any of it.
    pub async fn export_cohorts(&self, months: u32) -> Result<Cohorts> {
        self.actor().authorize(Permission::ExportStatistics)?;
        let cohorts = self.cohorts(months).await?;
        self.note_export(Permission::ExportStatistics, &format!("cohorts {}", cohorts.rows.len())).await?;
        Ok(cohorts)
    }
}

/// As many columns as there are cohorts, or more where something is dated ahead.
fn width(table: &[Vec<Cell>]) -> usize {
    let filled = table.iter().filter_map(|row| row.iter().rposition(|it| *it != Cell::default()));
    table.len().max(filled.max().map_or(0, |it| it + 1)).min(COLUMNS)
}
