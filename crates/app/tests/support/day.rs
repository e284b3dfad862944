//! The clock of this machine, which the program goes by, and the day that it is where its organisation is.
use std::{
    thread,
    time::{Duration, SystemTime},
};

use chrono::{DateTime, Days, Utc};
use domain::calendar::Calendar;

/// The time zone of the program under test, where it is not the usual one.
pub(super) fn zone() -> Option<String> {
    std::env::var_os("TEST_TIME_ZONE").map(|it| it.into_string().unwrap())
}

pub fn calendar() -> Calendar {
    Calendar::named(zone().as_deref().unwrap_or("Europe/Moscow")).unwrap()
}

#[expect(clippy::disallowed_methods, reason = "the program under test has the real clock")]
pub fn now() -> DateTime<Utc> {
    SystemTime::now().into()
}

/// How long it is until the next day begins.
pub fn until_midnight() -> Duration {
    let (calendar, now) = (calendar(), now());
    (calendar.midnight(calendar.day(now) + Days::new(1)) - now).to_std().unwrap()
}

/// For a test that says "today": it waits for the next day, where this one ends before the test does.
pub fn stay_in_one_day(takes: Duration) {
    let left = until_midnight();
    if left < takes {
        thread::sleep(left);
    }
}
