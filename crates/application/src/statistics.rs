//! The statistics: which campaigns pay.
use std::cmp::Reverse;

use domain::{
    access::Permission,
    calendar::{days_after, month_start, months_before},
    campaign::CampaignId,
    record::RecordKind,
    service::ServiceId,
    statistics::{
        AsOf, Attribution, BucketSize, CampaignSums, Changes, Figures, Group, Grouping, Scope, Sums, TimeBuckets,
        Window, grouped, planned, ten_years,
    },
    store::Names,
    values::{Day, Period},
};
use uuid::Uuid;

use crate::{Result, Session, Work};

/// The question to the statistics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StatisticsRequest {
    pub attribution: Attribution,
    /// None: all time.
    pub period: Option<Period>,
    pub by: Grouping,
}

pub struct StatisticsReport {
    pub question: StatisticsRequest,
    /// They add up to the total.
    pub rows: Vec<ReportRow>,
    pub total: Figures,
    /// None of all time, and none where a period of leads has not begun.
    pub comparison: Option<Comparison>,
    /// The campaigns with most income or spend, and all others together.
    pub largest: Vec<ReportRow>,
    pub others: Option<OtherCampaigns>,
    /// How long the stretches are that the flow is told in.
    pub step: BucketSize,
    /// Of all time, the latest twelve months.
    pub time_series: Vec<TimeRow>,
}

/// The period right before of the same length, and how it went on from there.
#[derive(Clone, Copy, Debug)]
pub struct Comparison {
    pub period: Period,
    /// The day that the period before was as old as this one is today. Leads become clients for weeks, so that only
    /// periods of one age can be compared. None through the other lens, where days do not change any more.
    pub as_of: Option<Day>,
    pub changes: Changes,
}

#[derive(Clone, Debug)]
pub struct ReportRow {
    pub of: RowSubject,
    /// Of a campaign, a channel or a service; else empty.
    pub name: String,
    pub figures: Figures,
}

/// The subject of a row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RowSubject {
    Campaign(CampaignId),
    Channel,
    Service(ServiceId),
    /// Those who came without any campaign.
    NoCampaign,
    /// Everything before this day.
    Before(Day),
    /// The days of a month, or those of them that are in the period.
    Month(Day, Day),
    /// This day and everything after it.
    Since(Day),
    /// Without a month: the plans of campaigns that lack their first or last day.
    Undated,
}

/// Campaigns that have no bar of their own.
#[derive(Clone, Copy, Debug)]
pub struct OtherCampaigns {
    pub campaigns: usize,
    pub figures: Figures,
}

#[derive(Clone, Copy, Debug)]
pub struct TimeRow {
    pub days: Period,
    pub figures: Figures,
}

/// Campaigns that a chart names.
const LARGEST: usize = 10;
/// Months shown before this one when no period is chosen.
const MONTHS_BEFORE: u32 = 11;

impl Session {
    pub async fn statistics(&self, question: StatisticsRequest) -> Result<StatisticsReport> {
        let mut work = self.read(Permission::ViewStatistics).await?;
        self.report(&mut work, question).await
    }

    /// The same to be taken away as a file. The log says who took it, before they have any of it.
    pub async fn export_statistics(&self, question: StatisticsRequest) -> Result<StatisticsReport> {
        self.actor().authorize(Permission::ExportStatistics)?;
        let report = self.statistics(question).await?;
        self.note_export(Permission::ExportStatistics, &format!("statistics {}", report.rows.len())).await?;
        Ok(report)
    }

    async fn report(&self, work: &mut Work, question: StatisticsRequest) -> Result<StatisticsReport> {
        let StatisticsRequest { attribution, period, by } = question;
        let scope = Scope { period, today: self.today() };
        let window = period.map(|it| Window::new(it, self.organisation().calendar));
        let sums = work.statistics().sums(attribution, window.as_ref(), None).await?;
        let total = Figures::total(&sums, scope);
        let comparison = match period {
            Some(period) => self.comparison(work, attribution, period, &total).await?,
            None => None,
        };
        let (largest, others) = largest(&sums, scope);
        let rows = match by {
            Grouping::Month => self.months(work, attribution, scope, &sums).await?,
            _ => grouped(&sums, by, scope).into_iter().filter(is_in_use).map(|(of, it)| row(of, &it)).collect(),
        };
        let names = named(work, rows.iter().chain(&largest)).await?;
        let (step, time_series) = self.time_series(work, attribution, period, &sums).await?;
        let with_name = |it: ReportRow| ReportRow { name: name_of(&it, &names), ..it };
        let rows = rows.into_iter().map(with_name).collect();
        let largest = largest.into_iter().map(with_name).collect();
        Ok(StatisticsReport { question, rows, total, comparison, largest, others, step, time_series })
    }

    async fn comparison(
        &self,
        work: &mut Work,
        attribution: Attribution,
        period: Period,
        now: &Figures,
    ) -> Result<Option<Comparison>> {
        let (calendar, today) = (self.organisation().calendar, self.today());
        if today < period.from() {
            return Ok(None);
        }
        let then = days_after(today, -period.days());
        let Some(whole) = period.preceding() else { return Ok(None) };
        // By contract date a past day gains nothing more: its figures need no age. But today is as far into this period as
        // that day was into the one before.
        let (before, as_of) = match attribution {
            Attribution::ByLeadDate => (whole, Some(then)),
            Attribution::ByContractDate => (whole.cut_at(then), None),
        };
        let end = as_of.map(|it| AsOf::end_of(it, calendar));
        let sums = work.statistics().sums(attribution, Some(&Window::new(before, calendar)), end).await?;
        let figures = Figures::total(&sums, Scope { period: Some(before), today: then });
        Ok(Some(Comparison { period: before, as_of, changes: Changes::between(&figures, now) }))
    }

    async fn time_series(
        &self,
        work: &mut Work,
        attribution: Attribution,
        period: Option<Period>,
        campaigns: &[CampaignSums],
    ) -> Result<(BucketSize, Vec<TimeRow>)> {
        let today = self.today();
        let lately = || Period::new(months_before(month_start(today), MONTHS_BEFORE), today).ok();
        let (step, boundaries) = match period {
            Some(period) => (BucketSize::for_period(period), BucketSize::for_period(period).boundaries(period)),
            None => (BucketSize::Month, lately().map(|it| BucketSize::Month.boundaries(it)).unwrap_or_default()),
        };
        Ok((step, self.stretches(work, attribution, boundaries, campaigns).await?))
    }

    /// The figures of each stretch of days, with the plans of these days.
    async fn stretches(
        &self,
        work: &mut Work,
        attribution: Attribution,
        boundaries: Vec<Day>,
        campaigns: &[CampaignSums],
    ) -> Result<Vec<TimeRow>> {
        let buckets = TimeBuckets::new(boundaries, self.organisation().calendar);
        let sums = work.statistics().time_series(attribution, &buckets).await?;
        let today = self.today();
        let row = |(Window { days, .. }, sums)| {
            let planned = planned(campaigns, Scope { period: Some(days), today });
            TimeRow { days, figures: Figures::of_stretch(&sums, planned) }
        };
        Ok(buckets.windows().zip(sums).map(row).collect())
    }

    /// A row for each month of the period. For all time, the months of ten years, and the time before and after them, without
    /// empty ends.
    async fn months(
        &self,
        work: &mut Work,
        attribution: Attribution,
        scope: Scope,
        campaigns: &[CampaignSums],
    ) -> Result<Vec<ReportRow>> {
        let row = |of, figures| ReportRow { of, name: String::new(), figures };
        if let Some(period) = scope.period {
            let months = self.stretches(work, attribution, BucketSize::Month.boundaries(period), campaigns).await?;
            let month = |it: TimeRow| row(RowSubject::Month(it.days.from(), it.days.until()), it.figures);
            return Ok(months.into_iter().map(month).collect());
        }
        let months = self.stretches(work, attribution, ten_years(scope.today), campaigns).await?;
        let last = months.len().saturating_sub(1);
        let mut rows: Vec<ReportRow> = (0..)
            .zip(months)
            .map(|(at, TimeRow { days, figures })| match at {
                0 => row(RowSubject::Before(days.until().succ_opt().unwrap_or(days.until())), figures),
                _ if at == last => row(RowSubject::Since(days.from()), figures),
                _ => row(RowSubject::Month(days.from(), days.until()), figures),
            })
            .collect();
        let nothing = Figures::of_stretch(&Sums::default(), None);
        let first = rows.iter().position(|it| it.figures != nothing).unwrap_or(rows.len());
        rows.drain(..first);
        rows.truncate(rows.iter().rposition(|it| it.figures != nothing).map_or(0, |it| it + 1));
        rows.extend(Figures::undated(campaigns, scope).map(|it| row(RowSubject::Undated, it)));
        Ok(rows)
    }
}

/// Campaigns always have their row; those without one only where there are some.
fn is_in_use((group, it): &(Group, Figures)) -> bool {
    *group != Group::NoCampaign || it.leads > 0 || it.clients > 0 || it.contracts > 0
}

fn row(group: Group, figures: &Figures) -> ReportRow {
    let (of, name) = match group {
        Group::Campaign(id) => (RowSubject::Campaign(id), String::new()),
        Group::Channel(channel) => (RowSubject::Channel, channel.to_string()),
        Group::Service(id) => (RowSubject::Service(id), String::new()),
        Group::NoCampaign => (RowSubject::NoCampaign, String::new()),
    };
    ReportRow { of, name, figures: *figures }
}

fn largest(sums: &[CampaignSums], scope: Scope) -> (Vec<ReportRow>, Option<OtherCampaigns>) {
    let mut largest: Vec<(&CampaignSums, Figures)> = sums.iter().map(|it| (it, Figures::of(it, scope))).collect();
    let larger = |it: &Figures| it.revenue.max(it.spend);
    largest.retain(|it| larger(&it.1) > 0);
    largest.sort_by_key(|(it, figures)| (Reverse(larger(figures)), it.id()));
    let others = largest.split_off(largest.len().min(LARGEST));
    let others = (!others.is_empty()).then(|| OtherCampaigns {
        campaigns: others.len(),
        figures: Figures::total(others.iter().map(|it| it.0), scope),
    });
    let of =
        |(it, figures): (&CampaignSums, Figures)| row(it.id().map_or(Group::NoCampaign, Group::Campaign), &figures);
    (largest.into_iter().map(of).collect(), others)
}

async fn named(work: &mut Work, rows: impl Iterator<Item = &ReportRow>) -> Result<Names> {
    let (mut campaigns, mut services): (Vec<Uuid>, Vec<Uuid>) = (Vec::new(), Vec::new());
    for row in rows {
        match row.of {
            RowSubject::Campaign(id) => campaigns.push(id.0),
            RowSubject::Service(id) => services.push(id.0),
            _ => {}
        }
    }
    let mut names = Names::new();
    for (kind, ids) in [(RecordKind::Campaign, campaigns), (RecordKind::Service, services)] {
        if !ids.is_empty() {
            names.extend(work.directory().names(kind, &crate::history::distinct(ids)).await?);
        }
    }
    Ok(names)
}

fn name_of(row: &ReportRow, names: &Names) -> String {
    match row.of {
        RowSubject::Campaign(CampaignId(id)) | RowSubject::Service(ServiceId(id)) => {
            names.get(&id).cloned().unwrap_or_default()
        }
        _ => row.name.clone(),
    }
}
