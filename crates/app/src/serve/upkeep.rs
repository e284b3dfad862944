//! The upkeep, once an hour.
use std::time::Duration;

use application::{Crm, Swept};
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
            Ok(Swept { removed, put_aside }) => {
                if removed > 0 {
                    tracing::info!(removed, "files that no contract took were removed");
                }
                if put_aside > 0 {
                    // One may be what a crash left; many say that the database and the documents do not belong together.
                    tracing::warn!(put_aside, "files that the database does not know were put aside, into `unknown`");
                }
            }
            Err(error) => tracing::error!(error = reasons(&error), "the upkeep failed; the next round is in an hour"),
        }
    }
}
