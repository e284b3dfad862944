//! Sums for the figures.
mod campaigns;
mod course;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    calendar::Moments,
    statistics::{CampaignSums, CohortSums, Course, Lens, Sums, Window},
    store::{self, Statistics},
    values::Day,
};

use crate::work::PostgresWork;

/// A window as the statements take it; without one, everything.
#[derive(Clone, Copy)]
struct Bounds {
    moments: Option<Moments>,
    days: Option<(Day, Day)>,
}

impl Bounds {
    fn of(window: Option<&Window>) -> Self {
        Self { moments: window.map(|it| it.moments), days: window.map(|it| (it.days.from(), it.days.until())) }
    }

    fn from(self) -> Option<DateTime<Utc>> {
        self.moments.map(|it| it.from)
    }

    fn until(self) -> Option<DateTime<Utc>> {
        self.moments.map(|it| it.until)
    }

    fn first(self) -> Option<Day> {
        self.days.map(|it| it.0)
    }

    fn last(self) -> Option<Day> {
        self.days.map(|it| it.1)
    }
}

/// Conditions on a moment and on a day. Without bounds they hold for all there is.
const MOMENT_WITHIN: &str = ">= coalesce($1, '-infinity') AND {column} < coalesce($2, 'infinity')";
const DAY_WITHIN: &str = "BETWEEN coalesce($1, '-infinity') AND coalesce($2, 'infinity')";

fn moment_within(column: &str) -> String {
    format!("{column} {}", MOMENT_WITHIN.replace("{column}", column))
}

/// The column by which a lens counts a client.
const fn counted_at(lens: Lens) -> &'static str {
    match lens {
        Lens::Cohort => "lead_created_at",
        Lens::Event => "converted_at",
    }
}

#[async_trait]
impl Statistics for PostgresWork {
    async fn sums(&mut self, lens: Lens, window: Option<&Window>) -> store::Result<Vec<CampaignSums>> {
        self.run(|conn| campaigns::sums(conn, lens, window)).await
    }

    async fn flow(&mut self, lens: Lens, course: &Course) -> store::Result<Vec<Sums>> {
        self.run(|conn| course::flow(conn, lens, course)).await
    }

    async fn cohorts(&mut self, course: &Course) -> store::Result<Vec<CohortSums>> {
        self.run(|conn| course::cohorts(conn, course)).await
    }
}
