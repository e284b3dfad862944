//! The time of this machine: the one place that asks for it.
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use domain::clock::Clock;

pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        #[expect(clippy::disallowed_methods, reason = "this is the adapter behind the port of time")]
        SystemTime::now().into()
    }
}
