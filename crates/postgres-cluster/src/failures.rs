//! Failures of a server while it is in use.
use crate::cluster::Cluster;

impl Cluster {
    /// Ends every connection and loses uncommitted work, as a crash does.
    pub fn restart_immediately(&self) {
        self.guard.run("pg_ctl restart -w -m immediate -D data -l server.log");
    }

    pub fn stop_immediately(&self) {
        self.guard.run("pg_ctl stop -w -m immediate -D data");
    }

    /// As if the server's machine was gone: none of its processes gets to say anything.
    pub fn kill(&self) {
        self.guard.run("kill_all");
    }

    /// After [`stop_immediately`](Self::stop_immediately) or [`kill`](Self::kill), on the same port.
    pub fn start_again(&self) {
        self.start_on_the_same_port();
    }

    /// Until [`resume`](Self::resume), connections are accepted, and nothing is ever answered.
    pub fn pause(&self) {
        self.guard.run("pause");
    }

    pub fn resume(&self) {
        self.guard.run("resume");
    }
}
