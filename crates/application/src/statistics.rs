//! The statistics: which campaigns pay.
use std::cmp::Reverse;

use domain::{
    access::Permission,
    calendar::{month_start, months_before},
    campaign::CampaignId,
    record::RecordKind,
    service::ServiceId,
    statistics::{
        CampaignSums, Changes, Course, Figures, Group, Grouping, Lens, Step, Sums, Window, grouped, ten_years,
    },
    store::Names,
    values::{Day, Period},
};
use uuid::Uuid;

use crate::{Result, Session, Work};

/// What the statistics are asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Question {
    pub lens: Lens,
    /// None: all time.
    pub period: Option<Period>,
    pub by: Grouping,
}

pub struct Report {
    pub question: Question,
    /// They add up to the total.
    pub rows: Vec<ReportRow>,
    pub total: Figures,
    /// The period right before of the same length, and how it went on from there; none before all time.
    pub before: Option<(Period, Changes)>,
    /// The campaigns with most income or spend, and all others together.
    pub largest: Vec<ReportRow>,
    pub others: Option<Others>,
    /// How long the stretches are that the flow is told in.
    pub step: Step,
    /// Of all time, the latest twelve months.
    pub flow: Vec<FlowRow>,
}

#[derive(Clone, Debug)]
pub struct ReportRow {
    pub of: Of,
    /// Of a campaign, a channel or a service; else empty.
    pub name: String,
    pub figures: Figures,
}

/// What a row stands for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Of {
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
    /// What belongs to no month: the budgets of campaigns that have no expense at all.
    Undated,
}

/// Campaigns that have no bar of their own.
#[derive(Clone, Copy, Debug)]
pub struct Others {
    pub campaigns: usize,
    pub figures: Figures,
}

#[derive(Clone, Copy, Debug)]
pub struct FlowRow {
    pub days: Period,
    pub sums: Sums,
}

/// Campaigns that a chart names.
const LARGEST: usize = 10;
/// Months shown before this one when no period is chosen.
const MONTHS_BEFORE: u32 = 11;

impl Session {
    pub async fn statistics(&self, question: Question) -> Result<Report> {
        let mut work = self.read(Permission::ViewStatistics).await?;
        self.report(&mut work, question).await
    }

    /// The same to be taken away as a file. The log says who took it, before they have any of it.
    pub async fn export_statistics(&self, question: Question) -> Result<Report> {
        self.actor().authorize(Permission::ExportStatistics)?;
        let report = self.statistics(question).await?;
        self.note_export(Permission::ExportStatistics, &format!("statistics {}", report.rows.len())).await?;
        Ok(report)
    }

    async fn report(&self, work: &mut Work, question: Question) -> Result<Report> {
        let Question { lens, period, by } = question;
        let calendar = self.organisation().calendar;
        let window = |it| Window::new(it, calendar);
        let sums = work.statistics().sums(lens, period.map(window).as_ref()).await?;
        let total = Figures::total(&sums);
        let before = match period.and_then(Period::preceding) {
            Some(before) => {
                let sums = work.statistics().sums(lens, Some(&window(before))).await?;
                Some((before, Changes::between(&Figures::total(&sums), &total)))
            }
            None => None,
        };
        let (largest, others) = largest(&sums);
        let rows = match by {
            Grouping::Month => self.months(work, lens, period, &sums).await?,
            _ => grouped(&sums, by).into_iter().filter(is_in_use).map(|(of, it)| row(of, &it)).collect(),
        };
        let names = named(work, rows.iter().chain(&largest)).await?;
        let (step, flow) = self.flow(work, lens, period).await?;
        let with_name = |it: ReportRow| ReportRow { name: name_of(&it, &names), ..it };
        let rows = rows.into_iter().map(with_name).collect();
        let largest = largest.into_iter().map(with_name).collect();
        Ok(Report { question, rows, total, before, largest, others, step, flow })
    }

    async fn flow(&self, work: &mut Work, lens: Lens, period: Option<Period>) -> Result<(Step, Vec<FlowRow>)> {
        let today = self.today();
        let lately = || Period::new(months_before(month_start(today), MONTHS_BEFORE), today).ok();
        let (step, cuts) = match period {
            Some(period) => (Step::for_period(period), Step::for_period(period).cuts(period)),
            None => (Step::Month, lately().map(|it| Step::Month.cuts(it)).unwrap_or_default()),
        };
        let course = Course::new(cuts, self.organisation().calendar);
        let sums = work.statistics().flow(lens, &course).await?;
        let rows = course.windows().zip(sums).map(|(window, sums)| FlowRow { days: window.days, sums });
        Ok((step, rows.collect()))
    }

    /// A row for each month of the period. Of all time, those of ten years and what is around them, without empty ends.
    async fn months(
        &self,
        work: &mut Work,
        lens: Lens,
        period: Option<Period>,
        campaigns: &[CampaignSums],
    ) -> Result<Vec<ReportRow>> {
        let cuts = period.map_or_else(|| ten_years(self.today()), |it| Step::Month.cuts(it));
        let course = Course::new(cuts, self.organisation().calendar);
        let sums = work.statistics().flow(lens, &course).await?;
        let last = course.len().saturating_sub(1);
        let mut rows: Vec<(Of, Sums)> = course
            .windows()
            .map(|it| it.days)
            .zip(sums)
            .enumerate()
            .map(|(at, (days, sums))| {
                let of = match period {
                    None if at == 0 => Of::Before(days.until().succ_opt().unwrap_or(days.until())),
                    None if at == last => Of::Since(days.from()),
                    _ => Of::Month(days.from(), days.until()),
                };
                (of, sums)
            })
            .collect();
        if period.is_none() {
            let first = rows.iter().position(|it| it.1 != Sums::default()).unwrap_or(rows.len());
            rows.drain(..first);
            rows.truncate(rows.iter().rposition(|it| it.1 != Sums::default()).map_or(0, |it| it + 1));
        }
        let months = rows.into_iter().map(|(of, sums)| (of, Figures::of_stretch(&sums)));
        let undated = Figures::undated(campaigns).map(|it| (Of::Undated, it));
        let row = |(of, figures)| ReportRow { of, name: String::new(), figures };
        Ok(months.chain(undated).map(row).collect())
    }
}

/// Campaigns always have their row; those without one only where there are some.
fn is_in_use((group, it): &(Group, Figures)) -> bool {
    *group != Group::NoCampaign || it.leads > 0 || it.clients > 0 || it.contracts > 0
}

fn row(group: Group, figures: &Figures) -> ReportRow {
    let (of, name) = match group {
        Group::Campaign(id) => (Of::Campaign(id), String::new()),
        Group::Channel(channel) => (Of::Channel, channel.to_string()),
        Group::Service(id) => (Of::Service(id), String::new()),
        Group::NoCampaign => (Of::NoCampaign, String::new()),
    };
    ReportRow { of, name, figures: *figures }
}

fn largest(sums: &[CampaignSums]) -> (Vec<ReportRow>, Option<Others>) {
    let larger = |it: &CampaignSums| {
        let figures = Figures::of(it);
        figures.revenue.max(figures.spend)
    };
    let mut sums: Vec<&CampaignSums> = sums.iter().filter(|it| larger(it) > 0).collect();
    sums.sort_by_key(|it| (Reverse(larger(it)), it.id()));
    let others = sums.split_off(sums.len().min(LARGEST));
    let others = (!others.is_empty())
        .then(|| Others { campaigns: others.len(), figures: Figures::total(others.iter().copied()) });
    let of = |it: &CampaignSums| row(it.id().map_or(Group::NoCampaign, Group::Campaign), &Figures::of(it));
    (sums.into_iter().map(of).collect(), others)
}

async fn named(work: &mut Work, rows: impl Iterator<Item = &ReportRow>) -> Result<Names> {
    let (mut campaigns, mut services): (Vec<Uuid>, Vec<Uuid>) = (Vec::new(), Vec::new());
    for row in rows {
        match row.of {
            Of::Campaign(id) => campaigns.push(id.0),
            Of::Service(id) => services.push(id.0),
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
        Of::Campaign(CampaignId(id)) | Of::Service(ServiceId(id)) => names.get(&id).cloned().unwrap_or_default(),
        _ => row.name.clone(),
    }
}
