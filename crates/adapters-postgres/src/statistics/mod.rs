//! Sums for the figures.
mod buckets;
mod campaigns;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    statistics::{AsOf, Attribution, CampaignSums, CohortSums, Sums, TimeBuckets, Window},
    store::{self, Statistics},
    values::Day,
};

use crate::work::PostgresWork;

/// A window as the statements take it, cut at the end of the day that the sums are as of; without either, everything.
#[derive(Clone, Copy)]
struct Bounds {
    from: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
    first: Option<Day>,
    last: Option<Day>,
    as_of: Option<AsOf>,
}

impl Bounds {
    fn of(window: Option<&Window>, as_of: Option<AsOf>) -> Self {
        let (until, last) = (window.map(|it| it.moments.until), window.map(|it| it.days.until()));
        Self {
            from: window.map(|it| it.moments.from),
            until: until.into_iter().chain(as_of.map(|it| it.until)).min(),
            first: window.map(|it| it.days.from()),
            last: last.into_iter().chain(as_of.map(|it| it.day)).min(),
            as_of,
        }
    }

    /// The first moment whose conversions are left out.
    fn converted_until(self) -> Option<DateTime<Utc>> {
        self.as_of.map(|it| it.until)
    }

    /// The last day whose contracts and expenses count.
    fn dated_until(self) -> Option<Day> {
        self.as_of.map(|it| it.day)
    }
}

/// Conditions on a moment and on a day. Without bounds they hold for all there is.
const MOMENT_WITHIN: &str = ">= coalesce($1, '-infinity') AND {column} < coalesce($2, 'infinity')";
const DAY_WITHIN: &str = "BETWEEN coalesce($1, '-infinity') AND coalesce($2, 'infinity')";

fn moment_within(column: &str) -> String {
    format!("{column} {}", MOMENT_WITHIN.replace("{column}", column))
}

/// The column by which a lens counts a client.
const fn counted_at(attribution: Attribution) -> &'static str {
    match attribution {
        Attribution::ByLeadDate => "lead_created_at",
        Attribution::ByContractDate => "converted_at",
    }
}

#[async_trait]
impl Statistics for PostgresWork {
    async fn sums(
        &mut self,
        attribution: Attribution,
        window: Option<&Window>,
        as_of: Option<AsOf>,
    ) -> store::Result<Vec<CampaignSums>> {
        self.run(|conn| campaigns::sums(conn, attribution, window, as_of)).await
    }

    async fn time_series(&mut self, attribution: Attribution, buckets: &TimeBuckets) -> store::Result<Vec<Sums>> {
        self.run(|conn| buckets::time_series(conn, attribution, buckets)).await
    }

    async fn cohorts(&mut self, buckets: &TimeBuckets) -> store::Result<Vec<CohortSums>> {
        self.run(|conn| buckets::cohorts(conn, buckets)).await
    }
}
