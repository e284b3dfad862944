//! Sums for the figures.
pub(crate) mod buckets;
pub(crate) mod campaigns;

use async_trait::async_trait;
use domain::{
    statistics::{AsOf, Attribution, CampaignSums, CohortSums, Sums, TimeBuckets, Window},
    store::{self, Statistics},
};

use crate::work::SqliteWork;

/// The column by which a lens counts a client.
const fn counted_at(attribution: Attribution) -> &'static str {
    match attribution {
        Attribution::ByLeadDate => "lead_created_at",
        Attribution::ByContractDate => "converted_at",
    }
}

#[async_trait]
impl Statistics for SqliteWork {
    async fn sums(
        &mut self,
        attribution: Attribution,
        window: Option<&Window>,
        as_of: Option<AsOf>,
    ) -> store::Result<Vec<CampaignSums>> {
        let window = window.copied();
        self.run(move |conn| campaigns::sums(conn, attribution, window.as_ref(), as_of)).await
    }

    async fn time_series(&mut self, attribution: Attribution, buckets: &TimeBuckets) -> store::Result<Vec<Sums>> {
        let buckets = buckets.clone();
        self.run(move |conn| buckets::time_series(conn, attribution, &buckets)).await
    }

    async fn cohorts(&mut self, buckets: &TimeBuckets) -> store::Result<Vec<CohortSums>> {
        let buckets = buckets.clone();
        self.run(move |conn| buckets::cohorts(conn, &buckets)).await
    }
}
