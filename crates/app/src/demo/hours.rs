//! The hours in which people call and the hours in which the staff work, on the clock on the organisation's wall.
use chrono::{DateTime, Datelike, Days, NaiveTime, TimeDelta, Timelike, Utc, Weekday};
use domain::{calendar::Calendar, values::Day};

/// The same hours on each of its days.
#[derive(Clone, Copy)]
pub(super) struct Hours {
    /// In hours of the day.
    pub(super) opens: u32,
    pub(super) closes: u32,
    weekends: bool,
}

/// When people call.
pub(super) const CALLS: Hours = Hours { opens: 8, closes: 22, weekends: true };
/// When the staff work.
pub(super) const WORK: Hours = Hours { opens: 9, closes: 19, weekends: false };

impl Hours {
    pub(super) fn include(self, day: Day) -> bool {
        self.weekends || !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
    }

    /// The moment before which there is so much open time until another moment. So what happened "an hour ago" at
    /// night happened in the evening, and the demo looks at night as it does in daytime.
    pub(super) fn before(self, calendar: Calendar, moment: DateTime<Utc>, back: TimeDelta) -> DateTime<Utc> {
        let (opens, closes) = (seconds(self.opens), seconds(self.closes));
        let local = calendar.local(moment);
        let mut day = local.date();
        let mut until = TimeDelta::seconds(local.time().num_seconds_from_midnight().into()).clamp(opens, closes);
        let mut left = back;
        loop {
            let open = if self.include(day) { until - opens } else { TimeDelta::zero() };
            if open >= left {
                // Clocks that are put forward or back may not bring it nearer.
                return on_the_clock(calendar, day, until - left).min(moment - back);
            }
            left -= open;
            (day, until) = (day - Days::new(1), closes);
        }
    }

    /// The same day or the next one that is open.
    pub(super) fn first_day_from(self, day: Day) -> Day {
        day.iter_days().find(|it| self.include(*it)).unwrap_or(day)
    }

    /// So many open days after a day, or before it where they are less than none.
    pub(super) fn days_from(self, day: Day, days: i64) -> Day {
        let step = |it: Day| if days < 0 { it - Days::new(1) } else { it + Days::new(1) };
        let all = std::iter::successors(Some(day), |it| Some(step(*it))).skip(1).filter(|it| self.include(*it));
        let nth = usize::try_from(days.unsigned_abs()).unwrap_or_default();
        if nth == 0 { day } else { all.take(nth).last().unwrap_or(day) }
    }
}

/// When the clock on the wall shows so much since midnight.
pub(super) fn on_the_clock(calendar: Calendar, day: Day, since_midnight: TimeDelta) -> DateTime<Utc> {
    calendar.moment(day.and_time(NaiveTime::MIN) + since_midnight)
}

fn seconds(hours: u32) -> TimeDelta {
    TimeDelta::hours(hours.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn before(hours: Hours, moment: &str, minutes: i64) -> String {
        let moscow = Calendar::named("Europe/Moscow").unwrap();
        let moment = moscow.moment(moment.parse().unwrap());
        moscow.local(hours.before(moscow, moment, TimeDelta::minutes(minutes))).to_string()
    }

    #[test]
    fn the_night_and_the_weekend_do_not_count() {
        // The first of December 2026 is a Tuesday.
        for (moment, minutes, calls, work) in [
            ("2026-12-01T12:00:00", 60, "2026-12-01 11:00:00", "2026-12-01 11:00:00"),
            ("2026-12-01T05:05:00", 60, "2026-11-30 21:00:00", "2026-11-30 18:00:00"),
            ("2026-12-01T23:59:30", 60, "2026-12-01 21:00:00", "2026-12-01 18:00:00"),
            ("2026-12-01T09:10:00", 80, "2026-11-30 21:50:00", "2026-11-30 17:50:00"),
            ("2026-11-29T12:00:00", 60, "2026-11-29 11:00:00", "2026-11-27 18:00:00"),
            ("2026-11-30T09:30:00", 60, "2026-11-30 08:30:00", "2026-11-27 18:30:00"),
            // Thirty hours: an hour and a half of Monday, the whole weekend, and the end of Friday.
            ("2026-11-30T09:30:00", 1800, "2026-11-27 21:30:00", "2026-11-25 09:30:00"),
        ] {
            assert_eq!(before(CALLS, moment, minutes), calls, "calls {moment}");
            assert_eq!(before(WORK, moment, minutes), work, "work {moment}");
        }
    }

    #[test]
    fn days_are_counted_from_friday_to_monday() {
        let day = |it: &str| it.parse::<Day>().unwrap();
        for (from, days, to) in [
            ("2026-11-27", 1, "2026-11-30"),
            ("2026-11-28", 1, "2026-11-30"),
            ("2026-11-30", -1, "2026-11-27"),
            ("2026-11-29", -2, "2026-11-26"),
            ("2026-11-29", 0, "2026-11-29"),
        ] {
            assert_eq!(WORK.days_from(day(from), days), day(to), "{from} {days}");
        }
        assert_eq!(WORK.first_day_from(day("2026-11-28")), day("2026-11-30"));
    }
}
