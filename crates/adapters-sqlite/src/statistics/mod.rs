//! Sums for the figures.
pub(crate) mod campaigns;
pub(crate) mod course;

use async_trait::async_trait;
use domain::{
    statistics::{AsOf, CampaignSums, CohortSums, Course, Lens, Sums, Window},
    store::{self, Statistics},
};

use crate::work::SqliteWork;

/// The column by which a lens counts a client.
const fn counted_at(lens: Lens) -> &'static str {
    match lens {
        Lens::Cohort => "lead_created_at",
        Lens::Event => "converted_at",
    }
}

#[async_trait]
impl Statistics for SqliteWork {
    async fn sums(
        &mut self,
        lens: Lens,
        window: Option<&Window>,
        as_of: Option<AsOf>,
    ) -> store::Result<Vec<CampaignSums>> {
        let window = window.copied();
        self.run(move |conn| campaigns::sums(conn, lens, window.as_ref(), as_of)).await
    }

    async fn flow(&mut self, lens: Lens, course: &Course) -> store::Result<Vec<Sums>> {
        let course = course.clone();
        self.run(move |conn| course::flow(conn, lens, &course)).await
    }

    async fn cohorts(&mut self, course: &Course) -> store::Result<Vec<CohortSums>> {
        let course = course.clone();
        self.run(move |conn| course::cohorts(conn, &course)).await
    }
}
