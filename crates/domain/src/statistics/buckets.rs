//! Time in stretches of whole days that follow one another.
use chrono::{DateTime, Datelike, Days, Months, Utc};

use super::Window;
use crate::{
    calendar::{Calendar, Moments, month_start, months_before},
    values::{Day, FIRST, Invalid, LAST, Period},
};

/// How many years a period of the figures may have.
const YEARS: u32 = 10;

/// A period that the figures are shown for: at most ten years.
pub fn bounded(from: Day, until: Day) -> Result<Period, Invalid> {
    let period = Period::new(from, until)?;
    match from.checked_add_months(Months::new(12 * YEARS)).and_then(|it| it.pred_opt()) {
        Some(max) if until > max => Err(Invalid::DayOutOfRange { min: from, max }),
        _ => Ok(period),
    }
}

/// Where the months of ten years up to that of this day begin, and behind them, with everything before and after.
pub fn ten_years(today: Day) -> Vec<Day> {
    let months = (0..12 * YEARS).map(|it| months_before(month_start(today), it));
    let behind = month_start(today).checked_add_months(Months::new(1));
    [FIRST].into_iter().chain(months).chain(behind).chain(LAST.succ_opt()).collect()
}

/// Stretches of whole days without a gap between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeBuckets {
    /// The first day of each stretch, and the day behind the last one.
    days: Vec<Day>,
    /// When these days begin.
    moments: Vec<DateTime<Utc>>,
}

impl TimeBuckets {
    /// How many stretches are asked of a store at once.
    pub const MOST: usize = 400;

    /// With a boundary before each of these days. Facts before the first and after the last belong to no bucket.
    pub fn new(mut boundaries: Vec<Day>, calendar: Calendar) -> Self {
        boundaries.sort();
        boundaries.dedup();
        boundaries.truncate(Self::MOST + 1);
        let moments = boundaries.iter().map(|it| calendar.midnight(*it)).collect();
        Self { days: boundaries, moments }
    }

    /// How many stretches there are.
    pub fn len(&self) -> usize {
        self.days.len().saturating_sub(1)
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The days that begin a stretch, and the one behind the last.
    pub fn days(&self) -> &[Day] {
        &self.days
    }

    /// When these days begin.
    pub fn moments(&self) -> &[DateTime<Utc>] {
        &self.moments
    }

    /// Each stretch.
    pub fn windows(&self) -> impl Iterator<Item = Window> + '_ {
        let days = self.days.windows(2).map(|it| (it[0], it[1]));
        let moments = self.moments.windows(2).map(|it| Moments { from: it[0], until: it[1] });
        days.zip(moments).filter_map(|((from, behind), moments)| {
            Some(Window { days: Period::new(from, behind.pred_opt()?).ok()?, moments })
        })
    }
}

/// How long the stretches are that a period is shown in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BucketSize {
    Day,
    /// From Monday on.
    Week,
    Month,
    Quarter,
}

impl BucketSize {
    /// Such that a chart has some forty bars at most.
    pub fn for_period(period: Period) -> Self {
        match period.days() {
            ..=31 => Self::Day,
            32..=200 => Self::Week,
            201..=1100 => Self::Month,
            _ => Self::Quarter,
        }
    }

    /// Where the stretches of a period begin, the first and the last cut to it, and the day behind it.
    pub fn boundaries(self, period: Period) -> Vec<Day> {
        let mut boundaries = Vec::new();
        let mut next = Some(period.from());
        while let Some(day) = next.filter(|it| *it <= period.until()) {
            boundaries.push(day);
            next = self.after(day);
        }
        boundaries.extend(period.until().succ_opt());
        boundaries
    }

    /// The first day behind the stretch that this one is in.
    fn after(self, day: Day) -> Option<Day> {
        match self {
            Self::Day => day.succ_opt(),
            Self::Week => day.checked_add_days(Days::new(7 - u64::from(day.weekday().num_days_from_monday()))),
            Self::Month => month_start(day).checked_add_months(Months::new(1)),
            Self::Quarter => month_start(day).checked_add_months(Months::new(3 - day.month0() % 3)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::parse_day;

    fn boundaries(step: BucketSize, from: &str, until: &str) -> String {
        let period = Period::new(parse_day(from).unwrap(), parse_day(until).unwrap()).unwrap();
        step.boundaries(period).iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn stretches_begin_with_their_week_month_and_quarter_and_are_cut_to_the_period() {
        assert_eq!(
            boundaries(BucketSize::Day, "2026-01-30", "2026-02-01"),
            "2026-01-30 2026-01-31 2026-02-01 2026-02-02"
        );
        assert_eq!(
            boundaries(BucketSize::Week, "2026-01-01", "2026-01-12"),
            "2026-01-01 2026-01-05 2026-01-12 2026-01-13"
        );
        assert_eq!(
            boundaries(BucketSize::Month, "2025-12-15", "2026-02-03"),
            "2025-12-15 2026-01-01 2026-02-01 2026-02-04"
        );
        assert_eq!(
            boundaries(BucketSize::Quarter, "2025-12-15", "2026-04-01"),
            "2025-12-15 2026-01-01 2026-04-01 2026-04-02"
        );
        assert_eq!(boundaries(BucketSize::Month, "2026-01-31", "2026-01-31"), "2026-01-31 2026-02-01");
    }

    #[test]
    fn ten_years_are_a_chart_that_can_be_read() {
        let day = |text| parse_day(text).unwrap();
        for until in ["2026-01-01", "2026-01-31", "2026-02-01", "2026-07-19", "2026-08-01", "2029-01-04", "2035-12-31"]
        {
            let period = Period::new(day("2026-01-01"), day(until)).unwrap();
            assert!(BucketSize::for_period(period).boundaries(period).len() <= 42, "{until}");
        }
    }

    #[test]
    fn a_period_has_ten_years_at_most() {
        let day = |text| parse_day(text).unwrap();
        assert!(bounded(day("2016-03-15"), day("2026-03-14")).is_ok());
        let max = day("2026-03-14");
        let refused = Err(Invalid::DayOutOfRange { min: day("2016-03-15"), max });
        assert_eq!(bounded(day("2016-03-15"), day("2026-03-15")), refused);
        assert_eq!(bounded(day("2026-03-15"), day("2026-03-14")), Err(Invalid::EndBeforeStart));
    }

    #[test]
    fn a_course_has_no_gaps() {
        let moscow = Calendar::named("Europe/Moscow").unwrap();
        let day = |text| parse_day(text).unwrap();
        let buckets =
            TimeBuckets::new(vec![day("2026-02-01"), day("2026-01-01"), day("2026-02-01"), day("2026-03-01")], moscow);
        let windows: Vec<_> = buckets.windows().collect();
        assert_eq!((buckets.len(), windows.len()), (2, 2));
        for window in &windows {
            assert_eq!(*window, Window::new(window.days, moscow));
        }
        assert_eq!(windows[0].moments.until, windows[1].moments.from);
        assert!(TimeBuckets::new(Vec::new(), moscow).is_empty());
    }
}
