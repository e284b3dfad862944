//! Messages about the statistics in English.
use chrono::Datelike;
use domain::{
    statistics::{BucketSize, Grouping, Hundredths, Trend},
    values::{Day, Period},
};

use super::en::{counted, day, decimal, month_name, month_short};

fn many(count: u64, one: &str, several: &str) -> String {
    counted(usize::try_from(count).unwrap_or(usize::MAX), one, several)
}

pub(super) fn before(until: Day) -> String {
    format!("Before {}", day(until))
}

pub(super) fn since(from: Day) -> String {
    format!("From {} on", day(from))
}

pub(super) fn by(it: Grouping) -> &'static str {
    match it {
        Grouping::Campaign => "Campaigns",
        Grouping::Channel => "Channels",
        Grouping::Service => "Services",
        Grouping::Month => "Months",
    }
}

pub(super) fn group(it: Grouping) -> &'static str {
    match it {
        Grouping::Campaign => "Campaign",
        Grouping::Channel => "Channel",
        Grouping::Service => "Service",
        Grouping::Month => "Month",
    }
}

pub(super) fn caption(it: Grouping) -> &'static str {
    match it {
        Grouping::Campaign => "Figures of the campaigns in the period",
        Grouping::Channel => "Figures of the channels in the period",
        Grouping::Service => "Figures of the advertised services in the period",
        Grouping::Month => "Figures by month",
    }
}

pub(super) fn total(by: Grouping, rows: usize) -> String {
    let (one, several) = match by {
        Grouping::Campaign => ("campaign", "campaigns"),
        Grouping::Channel => ("channel", "channels"),
        Grouping::Service => ("service", "services"),
        Grouping::Month => ("month", "months"),
    };
    format!("Total, {}", counted(rows, one, several))
}

pub(super) fn others(campaigns: usize) -> String {
    counted(campaigns, "more campaign", "more campaigns")
}

pub(super) fn points(it: Hundredths) -> String {
    format!("{} pp", decimal(it))
}

pub(super) fn trend(it: Trend) -> &'static str {
    match it {
        Trend::Up => "more by",
        Trend::Down => "less by",
        Trend::Same => "no change",
    }
}

pub(super) fn compared(period: &str) -> String {
    format!("Compared with as many days of the period before: {period}.")
}

/// The numbers are those of the end of that day.
pub(super) fn compared_at_age(before: Period, at: Day) -> String {
    format!("Compared with the leads of {} as they were on {}, at the same age.", days(before), day(at))
}

/// A range of days, with as little repetition as possible.
fn days(it: Period) -> String {
    let (from, until) = (it.from(), it.until());
    match (from.year() == until.year(), from.month() == until.month()) {
        _ if from == until => day(until),
        (true, true) => format!("{}–{}", from.day(), day(until)),
        (true, false) => format!("{} {} — {}", from.day(), month_short(from), day(until)),
        (false, _) => format!("{} — {}", day(from), day(until)),
    }
}

pub(super) fn plan_apart(amount: &str) -> String {
    format!("plan without dates {amount}")
}

pub(super) fn not_in_it(amount: &str) -> String {
    format!("plan without dates left out: {amount}")
}

pub(super) fn step(it: BucketSize) -> &'static str {
    match it {
        BucketSize::Day => "Day",
        BucketSize::Week => "Week",
        BucketSize::Month => "Month",
        BucketSize::Quarter => "Quarter",
    }
}

pub(super) fn flow_title(it: BucketSize) -> &'static str {
    match it {
        BucketSize::Day => "Leads and clients by day",
        BucketSize::Week => "Leads and clients by week",
        BucketSize::Month => "Leads and clients by month",
        BucketSize::Quarter => "Leads and clients by quarter",
    }
}

fn quarter(it: Day) -> u32 {
    it.month0() / 3 + 1
}

pub(super) fn stretch(step: BucketSize, days: Period) -> String {
    match step {
        BucketSize::Day => day(days.from()),
        BucketSize::Week if days.from() == days.until() => day(days.from()),
        BucketSize::Week => format!("{} {} — {}", days.from().day(), month_short(days.from()), day(days.until())),
        BucketSize::Month => month_name(days.from()),
        BucketSize::Quarter => format!("Q{} {}", quarter(days.from()), days.from().year()),
    }
}

/// The label under a bar of the chart. The first label of a year is its number.
pub(super) fn mark(step: BucketSize, from: Day) -> String {
    match step {
        BucketSize::Day | BucketSize::Week => format!("{} {}", from.day(), month_short(from)),
        _ if from.month0() == 0 => from.year().to_string(),
        BucketSize::Month => month_short(from).to_owned(),
        BucketSize::Quarter => format!("Q{}", quarter(from)),
    }
}

pub(super) fn flow_point(stretch: &str, leads: u64, clients: u64) -> String {
    format!("{stretch}: {}, {}", many(leads, "lead", "leads"), many(clients, "client", "clients"))
}

pub(super) fn flow_summary(leads: u64, clients: u64, most: &str, of: u64) -> String {
    let (leads, clients) = (many(leads, "lead", "leads"), many(clients, "client", "clients"));
    format!("{leads} and {clients} in all. Most leads, {of}, came in {most}.")
}

pub(super) fn of_previous(share: &str) -> String {
    format!("{share} of the step before")
}

pub(super) fn contracts_per_client(number: &str) -> String {
    format!("{number} per client")
}

pub(super) fn split_point(on_service: &str, cross_sell: &str) -> String {
    format!("For the campaign’s service {on_service}, for other services {cross_sell}")
}

pub(super) fn cohorts_of(months: u32) -> String {
    many(months.into(), "month", "months")
}

pub(super) fn column(months: usize, and_later: bool) -> String {
    if and_later { format!("{months} and more") } else { months.to_string() }
}

/// Clients, leads of the cohort, contracts, months since, and the amount.
pub(super) fn cell(clients: u64, leads: u64, contracts: u64, months: u64, revenue: &str) -> String {
    let when = match months {
        0 => "in the same month".to_owned(),
        n => format!("{} later", many(n, "month", "months")),
    };
    let (leads, contracts) = (many(leads, "lead", "leads"), many(contracts, "contract", "contracts"));
    format!("{when}: {clients} of {leads} became clients; {contracts} for {revenue}")
}
