//! Between calendar days and moments, in the organisation's time zone.
use chrono::{DateTime, Datelike, Days, Months, NaiveDateTime, NaiveTime, TimeZone, Utc};

use crate::values::{Day, Invalid, Period};

/// The calendar of a time zone: the organisation's, or one that somebody chose for themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calendar(chrono_tz::Tz);

/// Half-open: from the first moment up to, but without, the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moments {
    pub from: DateTime<Utc>,
    pub until: DateTime<Utc>,
}

impl Moments {
    pub fn contain(self, moment: DateTime<Utc>) -> bool {
        (self.from..self.until).contains(&moment)
    }
}

impl Calendar {
    /// From an IANA name such as `Europe/Moscow`.
    pub fn named(name: &str) -> Option<Self> {
        name.parse().ok().map(Self)
    }

    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        Self::named(raw.trim()).ok_or(Invalid::UnknownChoice)
    }

    /// The IANA name of its time zone.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// Every name that [`Calendar::named`] knows, in the order of their characters.
    pub fn names() -> impl Iterator<Item = &'static str> {
        chrono_tz::TZ_VARIANTS.iter().map(|it| it.name())
    }

    /// The day that it is there at that moment.
    pub fn day(self, moment: DateTime<Utc>) -> Day {
        moment.with_timezone(&self.0).date_naive()
    }

    /// The clock on the wall there at that moment.
    pub fn local(self, moment: DateTime<Utc>) -> NaiveDateTime {
        moment.with_timezone(&self.0).naive_local()
    }

    /// The first moment of a day.
    pub fn midnight(self, day: Day) -> DateTime<Utc> {
        self.moment(day.and_time(NaiveTime::MIN))
    }

    /// When the clock on the wall there first shows this. Where the clocks skip it, half an hour later, or as much
    /// more as it takes: Samoa has skipped a whole day.
    pub fn moment(self, local: NaiveDateTime) -> DateTime<Utc> {
        (0..=48)
            .map(|half_hours| local + chrono::TimeDelta::minutes(30 * half_hours))
            .find_map(|local| self.0.from_local_datetime(&local).earliest())
            .map_or_else(|| local.and_utc(), |it| it.with_timezone(&Utc))
    }

    /// All moments of the days of a period.
    pub fn moments(self, period: Period) -> Moments {
        Moments { from: self.midnight(period.from()), until: self.midnight(period.until() + Days::new(1)) }
    }
}

/// So many days later, or earlier where they are less than none. At the end of all days it is the day itself.
pub fn days_after(day: Day, days: i64) -> Day {
    chrono::TimeDelta::try_days(days).and_then(|it| day.checked_add_signed(it)).unwrap_or(day)
}

/// The first day of the month.
pub fn month_start(day: Day) -> Day {
    day.with_day(1).unwrap_or(day)
}

/// The same day so many months earlier, or the last day of a shorter month.
pub fn months_before(day: Day, months: u32) -> Day {
    day.checked_sub_months(Months::new(months)).unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::parse_day;

    fn day(text: &str) -> Day {
        parse_day(text).unwrap()
    }

    #[test]
    fn a_day_of_moscow_starts_at_nine_in_the_evening_of_utc() {
        let moscow = Calendar::named("Europe/Moscow").unwrap();
        let january = Period::new(day("2026-01-01"), day("2026-01-31")).unwrap();
        let moments = moscow.moments(january);
        assert_eq!(moments.from.to_string(), "2025-12-31 21:00:00 UTC");
        assert_eq!(moments.until.to_string(), "2026-01-31 21:00:00 UTC");
        assert_eq!(moscow.day(moments.from), day("2026-01-01"));
        assert!(Calendar::named("Moon/Sea").is_none());
    }

    #[test]
    fn a_midnight_that_the_clocks_skip_is_the_first_moment_after_it() {
        let beirut = Calendar::named("Asia/Beirut").unwrap();
        assert_eq!(beirut.midnight(day("2022-03-27")).to_string(), "2022-03-26 22:00:00 UTC");
        let apia = Calendar::named("Pacific/Apia").unwrap();
        let skipped = ["2011-12-30", "2011-12-31"].map(|it| apia.midnight(day(it)).to_string());
        assert_eq!(skipped, ["2011-12-30 10:00:00 UTC"; 2], "the day before ends where the day after begins");
        let noon = day("2022-03-27").and_hms_opt(12, 30, 0).unwrap();
        assert_eq!(beirut.local(beirut.moment(noon)), noon);
    }
}
