//! The statistics: which campaigns pay.
use domain::{
    access::Permission,
    calendar::months_of,
    campaign::CampaignId,
    record::RecordKind,
    statistics::{CampaignSums, Figures, FlowSums, Lens, Window},
    values::Period,
};

use crate::{Result, Session};

pub struct Report {
    pub lens: Lens,
    pub period: Option<Period>,
    /// One a campaign, and one for the leads without any, where there are some.
    pub rows: Vec<ReportRow>,
    pub total: Figures,
    /// By month, the latest two years at most.
    pub flow: Vec<FlowRow>,
}

#[derive(Clone, Debug)]
pub struct ReportRow {
    pub campaign: Option<CampaignId>,
    /// Of the campaign; empty for leads without any.
    pub name: String,
    pub figures: Figures,
}

#[derive(Clone, Copy, Debug)]
pub struct FlowRow {
    pub days: Period,
    pub sums: FlowSums,
}

/// Months shown when no period is chosen.
const MONTHS: usize = 12;
/// Months shown of a longer period.
const MOST_MONTHS: usize = 24;

impl Session {
    pub async fn statistics(&self, lens: Lens, period: Option<Period>) -> Result<Report> {
        let mut work = self.read(Permission::ViewStatistics).await?;
        let calendar = self.organisation().calendar;
        let window = period.map(|it| Window::new(it, calendar));
        let sums = work.statistics().sums(lens, window.as_ref()).await?;
        let total = Figures::total(&sums);
        let ids: Vec<_> = sums.iter().filter_map(|it| it.campaign).map(|it| it.0).collect();
        let names = work.directory().names(RecordKind::Campaign, &ids).await?;
        let row = |sums: &CampaignSums| ReportRow {
            campaign: sums.campaign,
            name: sums.campaign.and_then(|it| names.get(&it.0).cloned()).unwrap_or_default(),
            figures: Figures::of(sums),
        };
        let in_use = |it: &&CampaignSums| it.campaign.is_some() || it.leads > 0 || it.clients > 0 || it.contracts > 0;
        let rows = sums.iter().filter(in_use).map(row).collect();
        let months = self.months(period);
        let stretches: Vec<_> = months.iter().map(|it| calendar.moments(*it)).collect();
        let flow = work.statistics().flow(lens, &stretches).await?;
        let flow = months.into_iter().zip(flow).map(|(days, sums)| FlowRow { days, sums }).collect();
        Ok(Report { lens, period, rows, total, flow })
    }

    fn months(&self, period: Option<Period>) -> Vec<Period> {
        let today = self.today();
        let start = domain::calendar::months_before(domain::calendar::month_start(today), 11);
        match period {
            Some(period) => months_of(period, MOST_MONTHS),
            None => Period::new(start, today).map(|it| months_of(it, MONTHS)).unwrap_or_default(),
        }
    }
}
