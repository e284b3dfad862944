//! Real `PostgreSQL` servers for tests, each with a folder of its own, and none of them outlives the test.
//!
//! Linux, with the packages `postgresql`, `openssl` for [`Cluster::with_tls`] and `pgbouncer` for [`Bouncer`].
//!
//! ```no_run
//! let cluster = postgres_cluster::Cluster::start();
//! cluster.create_database("example", postgres_cluster::Locale::Utf8);
//! assert_eq!(cluster.query("example", "SELECT 1 + 1"), "2");
//! ```
#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a test fails by panicking")]

mod bouncer;
mod cluster;
mod databases;
mod failures;
mod fresh;
mod guard;
mod programs;
mod replication;
mod support;
mod tls;

use std::sync::OnceLock;

pub use bouncer::Bouncer;
pub use cluster::Cluster;
pub use databases::{Locale, try_query};
pub use fresh::Fresh;

/// One server for all tests of the process.
pub fn shared() -> &'static Cluster {
    static SHARED: OnceLock<Cluster> = OnceLock::new();
    SHARED.get_or_init(Cluster::start)
}
