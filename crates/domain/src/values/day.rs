//! Calendar dates without a time zone.
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use super::{Invalid, without_invisible};

/// A calendar day.
pub type Day = NaiveDate;

/// The earliest and the latest day that anything here may name.
pub(crate) const FIRST: Day = NaiveDate::from_ymd_opt(1900, 1, 1).expect("exists");
pub(crate) const LAST: Day = NaiveDate::from_ymd_opt(2200, 12, 31).expect("exists");

/// Reads `2026-11-20`, as a browser's date field sends it, and `20.11.2026`, as people type it.
pub fn parse_day(raw: &str) -> Result<Day, Invalid> {
    let visible = without_invisible(raw);
    let text = visible.trim();
    if text.is_empty() {
        return Err(Invalid::Empty);
    }
    let part = |it: &str, digits: usize| {
        (it.len() == digits && it.bytes().all(|it| it.is_ascii_digit())).then(|| it.parse::<u32>().ok())?
    };
    let separator = if text.contains('.') { '.' } else { '-' };
    let parts: Vec<&str> = text.split(separator).collect();
    let numbers = match (separator, parts.as_slice()) {
        ('-', [year, month, day]) | ('.', [day, month, year]) => (part(year, 4), part(month, 2), part(day, 2)),
        _ => return Err(Invalid::NotADate),
    };
    let (Some(year), Some(month), Some(day)) = numbers else { return Err(Invalid::NotADate) };
    let day = NaiveDate::from_ymd_opt(year.cast_signed(), month, day).ok_or(Invalid::NotADate)?;
    within(day, FIRST, LAST)
}

/// Reads `2026-11-20T10:24`, as a browser's field sends it, and `20.11.2026 10:24`, as people type it.
pub fn parse_minute(raw: &str) -> Result<NaiveDateTime, Invalid> {
    let (day, time) = raw.trim().split_once(['T', ' ']).ok_or(Invalid::NotADate)?;
    let time = NaiveTime::parse_from_str(time.trim(), "%H:%M").map_err(|_| Invalid::NotADate)?;
    Ok(parse_day(day)?.and_time(time))
}

/// The day, when it lies between two others, both included.
pub(crate) fn within(day: Day, min: Day, max: Day) -> Result<Day, Invalid> {
    if (min..=max).contains(&day) { Ok(day) } else { Err(Invalid::DayOutOfRange { min, max }) }
}

/// The first day on which money can have been spent or a contract signed.
pub(crate) const MILLENNIUM: Day = NaiveDate::from_ymd_opt(2000, 1, 1).expect("exists");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_are_read_as_browsers_and_people_write_them() {
        let minute = parse_day("2026-11-20").unwrap().and_hms_opt(9, 5, 0);
        for raw in ["2026-11-20T09:05", "20.11.2026 9:05", " 20.11.2026  09:05 "] {
            assert_eq!(parse_minute(raw).ok(), minute, "{raw}");
        }
        for raw in ["", "2026-11-20", "2026-11-20T", "2026-11-20T24:00", "2026-11-31T10:00", "3000-01-01T10:00", "T"] {
            assert!(parse_minute(raw).is_err(), "{raw}");
        }
    }

    #[test]
    fn both_spellings_are_read() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
        assert_eq!(parse_day("2026-11-20"), Ok(day));
        assert_eq!(parse_day(" 20.11.2026 "), Ok(day));
    }

    #[test]
    fn days_that_do_not_exist_are_refused() {
        for raw in [
            "2026-02-30",
            "2025-02-29",
            "2026-13-01",
            "26-1-1",
            "x",
            "2026-11-20T00:00",
            "99999-12-31",
            "-001-01-01",
            "2026/11/20",
            "1.2.3",
        ] {
            assert_eq!(parse_day(raw), Err(Invalid::NotADate), "{raw}");
        }
        assert_eq!(parse_day(""), Err(Invalid::Empty));
        assert_eq!(parse_day("1899-12-31"), Err(Invalid::DayOutOfRange { min: FIRST, max: LAST }));
        assert_eq!(parse_day("2201-01-01"), Err(Invalid::DayOutOfRange { min: FIRST, max: LAST }));
    }
}
