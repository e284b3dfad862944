//! The next step for a lead, and its day.
use std::fmt;

use chrono::Datelike;

use crate::{
    calendar::days_after,
    values::{Day, FIRST, Invalid, StepText, parse_day},
};

/// One thing at a time: what comes after it is known when it is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextStep {
    pub what: StepText,
    pub due: Day,
}

impl NextStep {
    /// From what [`fmt::Display`] made of it, as the audit log keeps it.
    pub fn from_stored(stored: &str) -> Result<Self, Invalid> {
        let (due, what) = stored.split_once(' ').ok_or(Invalid::Empty)?;
        Ok(Self { what: StepText::parse(what)?, due: parse_day(due)? })
    }
}

/// The day first, because it has no spaces in it.
impl fmt::Display for NextStep {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.due, self.what)
    }
}

/// A filter by the day of the next step. Only open leads have one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// It is not known what comes next.
    Unplanned,
    /// From one day until another, both included: none where the second is before the first.
    Between(Day, Day),
}

impl Due {
    /// Before that day.
    pub fn before(today: Day) -> Self {
        Self::Between(FIRST, days_after(today, -1))
    }

    /// From that day until the Sunday of its week.
    pub fn until_sunday(from: Day, today: Day) -> Self {
        let sunday = days_after(today, 6 - i64::from(today.weekday().num_days_from_monday()));
        Self::Between(from, sunday)
    }

    /// After the Sunday of that day's week.
    pub fn after_sunday(today: Day) -> Self {
        match Self::until_sunday(today, today) {
            Self::Between(_, sunday) => Self::Between(days_after(sunday, 1), crate::values::LAST),
            Self::Unplanned => Self::Unplanned,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        parse_day(text).unwrap()
    }

    #[test]
    fn a_step_is_read_back_from_the_log() {
        for what in ["Перезвонить", "Прислать КП - 2 варианта", "2026-01-01"] {
            let step = NextStep { what: StepText::parse(what).unwrap(), due: day("2026-03-14") };
            assert_eq!(NextStep::from_stored(&step.to_string()), Ok(step));
        }
        for stored in ["", "Перезвонить", "2026-03-14", "2026-03-14 ", "14 марта"] {
            assert!(NextStep::from_stored(stored).is_err(), "{stored}");
        }
    }

    #[test]
    fn a_step_is_one_line_of_at_most_two_hundred_characters() {
        assert_eq!(StepText::parse(" Позвонить\n завтра ").unwrap().as_str(), "Позвонить завтра");
        assert!(StepText::parse(&"ж".repeat(200)).is_ok());
        assert_eq!(StepText::parse(&"ж".repeat(201)), Err(Invalid::TooLong { max: 200 }));
        assert_eq!(StepText::parse("  "), Err(Invalid::Empty));
    }

    #[test]
    fn the_days_from_overdue_to_later_leave_no_gap_and_meet_nowhere() {
        // From a Monday to the next.
        for today in (9..=16).map(|it| day(&format!("2026-03-{it:02}"))) {
            let tomorrow = days_after(today, 1);
            let Due::Between(_, yesterday) = Due::before(today) else { panic!() };
            let Due::Between(from, sunday) = Due::until_sunday(tomorrow, today) else { panic!() };
            let Due::Between(monday, _) = Due::after_sunday(today) else { panic!() };
            assert_eq!((days_after(yesterday, 1), from), (today, tomorrow));
            assert_eq!(monday, days_after(sunday, 1));
            assert_eq!(monday.weekday(), chrono::Weekday::Mon);
            assert!((1..=7).contains(&(monday - today).num_days()), "{today}");
        }
    }
}
