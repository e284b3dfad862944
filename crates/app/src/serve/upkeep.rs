//! The upkeep, once an hour.
use std::time::Duration;

use application::Crm;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::failure::reasons;

/// Starting is work enough; and a server that is restarted again and again shall not sweep each time.
const FIRST: Duration = Duration::from_mins(5);
const EVERY: Duration = Duration::from_hours(1);

pub(super) async fn hourly(crm: Crm) {
    let mut rounds = interval_at(Instant::now() + FIRST, EVERY);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        rounds.tick().await;
        match crm.upkeep().await {
            Ok(0) => {}
            Ok(removed) => tracing::info!(removed, "files that no contract took were removed"),
            Err(error) => tracing::error!(error = reasons(&error), "the upkeep failed; the next round is in an hour"),
        }
    }
}
