//! The upkeep: of uploads once a minute, of everything once an hour.
use std::time::Duration;

use application::{Crm, MaintenanceReport};
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::failure::reasons;

/// Starting is work enough; and a server that is restarted again and again shall not sweep each time.
const FIRST: Duration = Duration::from_mins(5);
const EVERY: Duration = Duration::from_hours(1);
/// Uploads of sessions that have ended go within this time.
const UPLOADS: Duration = Duration::from_mins(1);

pub(super) async fn regularly(crm: Crm) {
    let every = |first, period| {
        let mut rounds = interval_at(Instant::now() + first, period);
        rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        rounds
    };
    let (mut uploads, mut everything) = (every(UPLOADS, UPLOADS), every(FIRST, EVERY));
    loop {
        let swept = tokio::select! {
            _ = uploads.tick() => crm.short_upkeep().await.map(|removed| MaintenanceReport { removed, put_aside: 0 }),
            _ = everything.tick() => crm.maintenance().await,
        };
        match swept {
            Ok(MaintenanceReport { removed, put_aside }) => {
                if removed > 0 {
                    tracing::info!(removed, "files that no contract took were removed");
                }
                if put_aside > 0 {
                    // One may be what a crash left; many say that the database and the documents do not belong together.
                    tracing::warn!(put_aside, "files that the database does not know were put aside, into `unknown`");
                }
            }
            Err(error) => tracing::error!(error = reasons(&error), "the upkeep failed; the next round is soon"),
        }
    }
}
