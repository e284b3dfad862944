//! A second server that follows the first one and can take over.
use crate::{cluster::Cluster, guard::Guard, support::wait_until};

const STANDBY: &str = "standby";

impl Cluster {
    /// Another server with a copy of everything, which stays up to date.
    pub fn standby(&self) -> Self {
        let (guard, primary) = (Guard::start(), self.url(""));
        guard.run(&format!(
            "pg_basebackup -D data -R -X stream -c fast --no-sync -d '{primary}?application_name={STANDBY}'"
        ));
        let standby = Self::launch(guard, self.password.clone());
        self.wait_for_standby("state = 'streaming'");
        standby
    }

    /// From now on a commit is done when the standby has it too.
    pub fn replicate_synchronously(&self) {
        self.query("postgres", &format!("ALTER SYSTEM SET synchronous_standby_names = '{STANDBY}'"));
        self.query("postgres", "SELECT pg_reload_conf()");
        self.wait_for_standby("sync_state = 'sync'");
    }

    /// Makes a standby a server of its own, which takes writes.
    pub fn promote(&self) {
        self.guard.run("pg_ctl promote -w -D data");
    }

    fn wait_for_standby(&self, state: &str) {
        let sql = format!("SELECT 1 FROM pg_stat_replication WHERE application_name = '{STANDBY}' AND {state}");
        wait_until(&format!("a standby with {state}"), || !self.query("postgres", &sql).is_empty());
    }
}
