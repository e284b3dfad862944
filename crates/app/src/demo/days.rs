//! When things happen: seasons, days of the week, hours of the day, all in the organisation's time zone.
use chrono::{DateTime, Datelike, Days, TimeDelta, Timelike, Utc, Weekday};
use domain::{calendar::Calendar, values::Day};

use super::{
    hours::{CALLS, WORK, on_the_clock},
    random::Random,
};

/// How far back the leads go.
pub(super) const SPAN: u64 = 365;
/// How many of a day's leads come in each of the hours in which people call.
const HOURS: [u64; 14] = [3, 8, 12, 13, 11, 9, 11, 12, 11, 9, 6, 4, 3, 2];
/// Before this hour nobody is expected to have called today.
const TODAY_COUNTS_FROM: u32 = 10;

/// How many leads each day of the last year has: the last day is today.
pub(super) struct Year {
    first: Day,
    /// The weights of all days before each day, and of all.
    sums: Vec<u64>,
    leads: u64,
}

impl Year {
    pub(super) fn new(now: DateTime<Utc>, calendar: Calendar, leads: u64) -> Self {
        let first = calendar.day(now) - Days::new(SPAN);
        let hour = calendar.local(now).hour();
        let mut sums = vec![0];
        for at in 0..=SPAN {
            let weight = weight(first + Days::new(at)) * (SPAN + at);
            let today = u64::from(hour.clamp(TODAY_COUNTS_FROM, 20) - TODAY_COUNTS_FROM);
            let part = if at == SPAN { today } else { 10 };
            sums.push(sums.last().copied().unwrap_or_default() + weight * part);
        }
        Self { first, sums, leads }
    }

    pub(super) fn days(&self) -> impl Iterator<Item = Day> + use<> {
        self.first.iter_days().take(self.sums.len() - 1)
    }

    /// Counted so that all days together have exactly all leads.
    pub(super) fn leads_on(&self, day: Day) -> u64 {
        let Ok(at) = usize::try_from((day - self.first).num_days()) else { return 0 };
        let (Some(before), Some(after), Some(all)) = (self.sums.get(at), self.sums.get(at + 1), self.sums.last())
        else {
            return 0;
        };
        after * self.leads / all - before * self.leads / all
    }
}

/// Busy in spring and autumn, quiet in summer, on holidays and at weekends.
fn weight(day: Day) -> u64 {
    let month = [80, 95, 115, 120, 82, 86, 70, 76, 114, 122, 116, 100][day.month0() as usize];
    let week = match day.weekday() {
        Weekday::Mon | Weekday::Wed => 115,
        Weekday::Tue => 120,
        Weekday::Thu => 108,
        Weekday::Fri => 96,
        Weekday::Sat => 40,
        Weekday::Sun => 26,
    };
    let holiday = day.month() == 1 && day.day() <= 8 || day.month() == 5 && (1..=10).contains(&day.day());
    month * week / if holiday { 3 } else { 1 }
}

/// A moment at which somebody might call; always before now.
pub(super) fn call(random: &mut Random, calendar: Calendar, day: Day, now: DateTime<Utc>) -> DateTime<Utc> {
    let hour = i64::from(CALLS.opens) + i64::try_from(random.weighted(HOURS.into_iter())).unwrap_or_default();
    let moment = on_the_clock(calendar, day, TimeDelta::seconds(hour * 3600 + random.between(0..=3599)));
    if moment < now { moment } else { now - TimeDelta::seconds(random.between(60..=5400)) }
}

/// A working moment so many days after another; on the same day some time later. Nights and weekends are skipped.
pub(super) fn later(random: &mut Random, calendar: Calendar, after: DateTime<Utc>, days: i64) -> DateTime<Utc> {
    let soon = after + TimeDelta::seconds(random.between(600..=9000));
    let local = calendar.local(soon);
    if days == 0 && WORK.include(local.date()) && local.hour() < WORK.closes {
        // Who calls before the office opens is called back when it does.
        let opened = TimeDelta::seconds(i64::from(WORK.opens) * 3600 + random.between(60..=3600));
        return soon.max(on_the_clock(calendar, local.date(), opened));
    }
    let day = WORK.first_day_from(calendar.day(after) + Days::new(days.max(1).unsigned_abs()));
    let seconds = random.between(i64::from(WORK.opens) * 3600..=i64::from(WORK.closes - 1) * 3600);
    on_the_clock(calendar, day, TimeDelta::seconds(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moscow() -> Calendar {
        Calendar::named("Europe/Moscow").unwrap()
    }

    #[test]
    fn the_days_have_all_leads_and_grow() {
        for hour in 0..24 {
            let now = DateTime::from_timestamp(1_795_000_000 + hour * 3600, 0).unwrap();
            for leads in [1, 300, 6000] {
                let year = Year::new(now, moscow(), leads);
                assert_eq!(year.days().map(|it| year.leads_on(it)).sum::<u64>(), leads);
                assert_eq!(year.days().last(), Some(moscow().day(now)));
            }
        }
        let year = Year::new(DateTime::from_timestamp(1_795_000_000, 0).unwrap(), moscow(), 6000);
        let leads = |months: std::ops::Range<usize>| {
            year.days().skip(months.start * 30).take(months.len() * 30).map(|it| year.leads_on(it)).sum::<u64>()
        };
        assert!(leads(6..12) > leads(0..6), "{} {}", leads(6..12), leads(0..6));
    }

    #[test]
    fn nobody_calls_in_the_future_and_work_goes_forward() {
        let mut random = Random::seeded(3);
        let now = DateTime::from_timestamp(1_795_000_000, 0).unwrap();
        for days in 0..40 {
            let moment = call(&mut random, moscow(), moscow().day(now) - Days::new(days), now);
            assert!(moment < now);
            let next = later(&mut random, moscow(), moment, random_days(days));
            assert!(next > moment && WORK.include(moscow().day(next)), "{moment} {next}");
        }
    }

    fn random_days(seed: u64) -> i64 {
        i64::try_from(seed % 5).unwrap()
    }
}
