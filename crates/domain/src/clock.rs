//! Time as a port, so that tests choose it.
use chrono::{DateTime, Utc};

#[cfg_attr(feature = "mock", mockall::automock)]
pub trait Clock: Send + Sync + 'static {
    /// This moment. Stores keep microseconds; anything finer is lost on the way.
    fn now(&self) -> DateTime<Utc>;
}
