//! A real `pgbouncer` before a server.
use crate::{
    cluster::{Cluster, USER},
    guard::Guard,
    support::{on_a_free_port, wait_until},
};

/// A pool of four connections that gives each transaction any of them. Dropped, it is gone.
#[must_use = "a pool that nobody holds is gone at once"]
pub struct Bouncer {
    port: u16,
    password: String,
    _guard: Guard,
}

impl Bouncer {
    /// For every database of the server, and for the same user.
    pub fn start(cluster: &Cluster) -> Self {
        let (guard, password) = (Guard::start(), cluster.password.clone());
        guard.write("users", &format!("\"{USER}\" \"{password}\"\n"));
        guard.run("mkdir data");
        let port = on_a_free_port(|port| start(&guard, port, cluster.port()));
        Self { port, password, _guard: guard }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where the server's superuser gets in.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://{USER}:{}@127.0.0.1:{}/{database}", self.password, self.port)
    }
}

fn start(guard: &Guard, port: u16, server: u16) -> Result<(), String> {
    guard.write("pgbouncer.ini", &settings(port, server));
    guard.run("rm -f pgbouncer.log && cd data && pgbouncer -d ../pgbouncer.ini");
    // It goes into the background before it looks at the port.
    let log = || guard.read("pgbouncer.log");
    wait_until("pgbouncer is up or gives up", || ["process up", "FATAL"].iter().any(|it| log().contains(it)));
    if log().contains("process up") { Ok(()) } else { Err(log()) }
}

fn settings(port: u16, server: u16) -> String {
    format!(
        "[databases]
* = host=127.0.0.1 port={server}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ../users
server_tls_sslmode = prefer
pool_mode = transaction
default_pool_size = 4
max_client_conn = 1000
logfile = ../pgbouncer.log
pidfile = ../pgbouncer.pid
"
    )
}
