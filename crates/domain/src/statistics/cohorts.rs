//! What became of the leads of a month, by the months that had passed.
use std::{iter::Sum, ops::AddAssign};

/// The results of the clients of one cohort in one bucket of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CohortSums {
    /// The stretch that their leads were created in, counted from 0.
    pub cohort: u16,
    /// How many beginnings of a stretch had passed, the last one's end among them: 0 before the first of them.
    pub passed: u16,
    pub cell: Cell,
}

/// One cell of the table; money in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// Converted in that stretch.
    pub clients: u64,
    /// Signed in that stretch, by any client of the cohort.
    pub contracts: u64,
    pub revenue: i128,
}

impl AddAssign for Cell {
    fn add_assign(&mut self, other: Self) {
        self.clients += other.clients;
        self.contracts += other.contracts;
        self.revenue += other.revenue;
    }
}

impl Sum for Cell {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::default(), |mut all, it| {
            all += it;
            all
        })
    }
}

/// The results of each cohort in its own month, in the next one, and so on. The last column has everything after it.
/// A contract that was signed before its lead was registered counts in the first. So each row adds up to its cohort.
pub fn cohort_table(sums: &[CohortSums], cohorts: usize, columns: usize) -> Vec<Vec<Cell>> {
    let mut table = vec![vec![Cell::default(); columns]; cohorts];
    for it in sums {
        let since = usize::from(it.passed).saturating_sub(1).saturating_sub(it.cohort.into());
        let row = table.get_mut(usize::from(it.cohort));
        if let Some(cell) = row.and_then(|it| it.get_mut(since.min(columns.saturating_sub(1)))) {
            *cell += it.cell;
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_early_counts_at_once_and_what_is_late_in_the_last_column() {
        let of = |cohort, passed, revenue| CohortSums { cohort, passed, cell: Cell { revenue, ..Default::default() } };
        let sums = [of(0, 0, 1), of(0, 1, 2), of(0, 2, 4), of(1, 1, 8), of(1, 2, 16), of(1, 9, 32), of(1, 3, 64)];
        let table = cohort_table(&sums, 2, 3);
        let revenue: Vec<Vec<i128>> = table.iter().map(|it| it.iter().map(|it| it.revenue).collect()).collect();
        assert_eq!(revenue, [[3, 4, 0], [24, 64, 32]]);
    }
}
