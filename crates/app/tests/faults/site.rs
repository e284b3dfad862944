//! A database server of its own with an office on it, and the program with little patience.
use std::{
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use postgres_cluster::{Cluster, Locale};
use tempfile::tempdir;

use crate::{
    http::Browser,
    office::Office,
    support::{Database, Server, database, keep_at},
};

pub(crate) const DATABASE: &str = "crm";
/// The log would be thousands of lines that say what the test does on purpose.
pub(crate) const IMPATIENT: [(&str, &str); 4] = [
    ("VORONKA_DATABASE_STATEMENT_SECONDS", "2"),
    ("VORONKA_DATABASE_WAIT_SECONDS", "1"),
    ("VORONKA_DATABASE_CONNECT_SECONDS", "1"),
    ("VORONKA_LOG", "off"),
];

/// Ends before its database does.
pub(crate) struct Site {
    pub(crate) server: Server,
    pub(crate) office: Office,
    pub(crate) cluster: Cluster,
    _alone: MutexGuard<'static, ()>,
}

/// How long an answer takes is of interest only while no other test loads the machine.
pub(crate) fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn empty_database() -> Cluster {
    let cluster = Cluster::start();
    cluster.create_database(DATABASE, Locale::Utf8);
    cluster
}

impl Site {
    pub(crate) fn open() -> Self {
        Self::open_with(&[])
    }

    /// With more settings than [`IMPATIENT`].
    pub(crate) fn open_with(settings: &[(&str, &str)]) -> Self {
        let (alone, cluster) = (alone(), empty_database());
        let url = cluster.url(DATABASE);
        Self::at(alone, cluster, &url, settings)
    }

    /// On a server that is reached at this address.
    pub(crate) fn at(alone: MutexGuard<'static, ()>, cluster: Cluster, url: &str, settings: &[(&str, &str)]) -> Self {
        let folder = tempdir().unwrap();
        keep_at(folder.path(), url);
        let (office, server) = Office::open_in(folder, &[&IMPATIENT, settings].concat());
        Self { server, office, cluster, _alone: alone }
    }

    /// One more program on the same database and the same documents.
    pub(crate) fn second_server(&self) -> Server {
        Server::start(self.office.folder.path(), &IMPATIENT)
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.office.data()
    }

    pub(crate) fn database(&self) -> Database {
        database(self.office.folder.path())
    }

    pub(crate) fn browser(&self) -> Browser {
        self.office.browser(&self.server)
    }

    /// How long it takes until a page with records on it is shown again.
    pub(crate) fn time_until_a_page(&self) -> Duration {
        let begun = Instant::now();
        while self.browser().get("/leads").unwrap().status != 200 {
            assert!(begun.elapsed() < Duration::from_secs(20), "it does not recover");
            thread::sleep(Duration::from_millis(10));
        }
        begun.elapsed()
    }
}
