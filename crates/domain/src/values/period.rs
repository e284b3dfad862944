//! From one day until another, both included.
use super::{
    Day, Invalid,
    day::{FIRST, LAST},
};

/// Both ends known, the end never before the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Period {
    from: Day,
    until: Day,
}

impl Period {
    pub fn new(from: Day, until: Day) -> Result<Self, Invalid> {
        if until < from { Err(Invalid::EndBeforeStart) } else { Ok(Self { from, until }) }
    }

    pub const fn from(self) -> Day {
        self.from
    }

    pub const fn until(self) -> Day {
        self.until
    }

    pub fn contains(self, day: Day) -> bool {
        (self.from..=self.until).contains(&day)
    }

    /// How many days, both ends counted.
    pub fn days(self) -> i64 {
        (self.until - self.from).num_days() + 1
    }

    /// As many days, right before these. None where the calendar begins.
    pub fn preceding(self) -> Option<Self> {
        let from = self.from.checked_sub_signed(chrono::TimeDelta::days(self.days()))?;
        Some(Self { from, until: self.from.pred_opt()? })
    }

    /// Its days up to this one, where that is inside of it; otherwise all of them.
    #[must_use]
    pub fn cut_at(self, day: Day) -> Self {
        Self { until: if day < self.from { self.until } else { self.until.min(day) }, ..self }
    }
}

/// Either end may be unknown; with both known, the end is never before the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct OpenPeriod {
    from: Option<Day>,
    until: Option<Day>,
}

impl OpenPeriod {
    pub fn new(from: Option<Day>, until: Option<Day>) -> Result<Self, Invalid> {
        match (from, until) {
            (Some(start), Some(end)) if end < start => Err(Invalid::EndBeforeStart),
            _ => Ok(Self { from, until }),
        }
    }

    pub const fn from(self) -> Option<Day> {
        self.from
    }

    pub const fn until(self) -> Option<Day> {
        self.until
    }

    /// With the first or the last day of all for an end that is unknown; none where both are.
    pub fn closed(self) -> Option<Period> {
        if self == Self::default() {
            return None;
        }
        Some(Period { from: self.from.unwrap_or(FIRST), until: self.until.unwrap_or(LAST) })
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse_day;
    use super::*;

    #[test]
    fn an_end_before_the_start_is_refused() {
        let (a, b) = (parse_day("2026-01-01").unwrap(), parse_day("2026-01-02").unwrap());
        assert_eq!(Period::new(b, a), Err(Invalid::EndBeforeStart));
        assert_eq!(OpenPeriod::new(Some(b), Some(a)), Err(Invalid::EndBeforeStart));
        assert_eq!(Period::new(a, a).map(Period::days), Ok(1));
        let before = Period::new(a, b).unwrap().preceding().map(|it| (it.from().to_string(), it.until().to_string()));
        assert_eq!(before, Some(("2025-12-30".to_owned(), "2025-12-31".to_owned())));
        let before = OpenPeriod::new(None, Some(a)).unwrap();
        assert_eq!(before.closed().map(|it| (it.from(), it.until())), Some((FIRST, a)));
        assert_eq!(OpenPeriod::new(Some(a), None).unwrap().closed().map(Period::until), Some(LAST));
        assert_eq!(OpenPeriod::default().closed(), None);
    }
}
