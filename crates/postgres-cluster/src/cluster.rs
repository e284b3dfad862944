//! A running server, from its making to its end.
use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

use crate::{
    guard::Guard,
    support::{on_a_free_port, random},
    tls,
};

pub(crate) const USER: &str = "voronka";

/// A killed server keeps what was committed without `fsync` too: only a machine that loses its power does not.
const SETTINGS: [(&str, &str); 12] = [
    ("listen_addresses", "127.0.0.1"),
    ("unix_socket_directories", ""),
    ("fsync", "off"),
    ("synchronous_commit", "on"),
    ("max_connections", "200"),
    ("shared_buffers", "64MB"),
    // In the folder, which goes, and not in the system's shared memory, which a killed server does not clean up.
    ("dynamic_shared_memory_type", "mmap"),
    ("wal_level", "replica"),
    ("max_wal_senders", "10"),
    ("hot_standby", "on"),
    ("logging_collector", "off"),
    ("jit", "off"),
];

/// A running `PostgreSQL` server on 127.0.0.1. Dropped, it is gone, and so is its folder.
#[must_use = "a server that nobody holds is gone at once"]
pub struct Cluster {
    pub(crate) guard: Guard,
    pub(crate) password: String,
    port: u16,
    ca_file: PathBuf,
    other_ca_file: PathBuf,
}

impl Cluster {
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// With more lines of `postgresql.conf`, which win over the usual ones.
    pub fn start_with(settings: &[(&str, &str)]) -> Self {
        let (guard, password) = initialised(settings);
        Self::launch(guard, password)
    }

    /// With a certificate for `localhost`, not for 127.0.0.1, and without access for clients that do not use TLS.
    pub fn with_tls() -> Self {
        let (guard, password) = initialised(&[("ssl", "on")]);
        tls::require(&guard);
        Self::launch(guard, password)
    }

    /// Starts the server in the guard's `data`.
    pub(crate) fn launch(guard: Guard, password: String) -> Self {
        let port = on_a_free_port(|port| start(&guard, port));
        let (ca_file, other_ca_file) = (guard.path(tls::CA_FILE), guard.path(tls::OTHER_CA_FILE));
        Self { guard, password, port, ca_file, other_ca_file }
    }

    pub(crate) fn start_on_the_same_port(&self) {
        start(&self.guard, self.port).unwrap_or_else(|error| panic!("the server does not start again: {error}"));
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where the superuser gets in: `postgres://voronka:…@127.0.0.1:12345/database`.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://{USER}:{}@127.0.0.1:{}/{database}", self.password, self.port)
    }

    /// The log of the server since its first start.
    pub fn log(&self) -> String {
        self.guard.read("server.log")
    }

    /// Who signed the certificate of a server [`with_tls`](Self::with_tls).
    pub fn ca_file(&self) -> &Path {
        &self.ca_file
    }

    /// Who did not sign the certificate of a server [`with_tls`](Self::with_tls).
    pub fn other_ca_file(&self) -> &Path {
        &self.other_ca_file
    }
}

/// A folder with a server that was never started, and the password of its superuser.
fn initialised(settings: &[(&str, &str)]) -> (Guard, String) {
    let (guard, password) = (Guard::start(), format!("{:016x}", random()));
    guard.write("password", &password);
    guard.run(&format!(
        "initdb -D data --encoding=UTF8 --locale=C --no-sync --username={USER} --pwfile=password --auth=scram-sha-256"
    ));
    let mut text = guard.read("data/postgresql.conf");
    for (name, value) in SETTINGS.iter().chain(settings) {
        writeln!(text, "{name} = '{value}'").unwrap();
    }
    guard.write("data/postgresql.conf", &text);
    (guard, password)
}

fn start(guard: &Guard, port: u16) -> Result<(), String> {
    let started = guard.try_run(&format!("pg_ctl start -w -D data -l server.log -o '-p {port}'"));
    started.map_err(|error| format!("{error}{}", guard.read("server.log")))
}
