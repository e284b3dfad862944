//! The server that is measured: filled, started on a free port, and gone with this value.
use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::Path,
    process::Stdio,
    time::Duration,
};

use tempfile::TempDir;
use tokio::{
    process::{Child, Command},
    time::sleep,
};

use crate::{
    Result,
    client::Client,
    scenarios::{OPERATOR, Sessions, USERS},
};

/// What `voronka demo` gives its users. Nobody else may have it.
const DEMO_PASSWORD: &str = "семь синих слонов";
const PASSWORD: &str = "поезд опоздал на час";

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    child: Child,
    _folder: TempDir,
}

/// In MiB.
pub(crate) struct Memory {
    pub(crate) peak: u64,
    pub(crate) now: u64,
}

fn command(program: &Path, folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    // The demo is no secret, and nothing of the surroundings counts.
    command.env_clear().env("VORONKA_DATA_DIR", folder.join("data")).env("VORONKA_LOG", "error");
    command.args(arguments).current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null()).kill_on_drop(true);
    command
}

async fn succeed(mut command: Command) -> Result<()> {
    let status = command.status().await?;
    if status.success() { Ok(()) } else { Err(format!("a command of the program failed: {status}").into()) }
}

fn user(n: usize) -> String {
    format!("load{n}")
}

impl Server {
    pub(crate) async fn start(program: &Path, leads: u32) -> Result<Self> {
        let folder = TempDir::new()?;
        succeed(command(program, folder.path(), &["demo", "--leads", &leads.to_string()])).await?;
        for n in 0..USERS {
            let mut one = command(program, folder.path(), &["createsuperuser", "--username", &user(n)]);
            one.env("VORONKA_PASSWORD", PASSWORD);
            succeed(one).await?;
        }
        // Nobody else takes the port in the moment between.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let mut serve = command(program, folder.path(), &["serve"]);
        serve.env("VORONKA_LISTEN", address.to_string());
        let mut server = Self { address, child: serve.spawn()?, _folder: folder };
        for _ in 0..100 {
            if server.client(Ipv4Addr::LOCALHOST).get("/readyz", "").await.status == 200 {
                return Ok(server);
            }
            if let Some(ended) = server.child.try_wait()? {
                return Err(format!("the server ended: {ended}").into());
            }
            sleep(Duration::from_millis(100)).await;
        }
        Err("the server is not ready after ten seconds".into())
    }

    pub(crate) fn client(&self, from: Ipv4Addr) -> Client {
        Client { server: self.address, from }
    }

    /// The sessions of everybody who takes part.
    pub(crate) async fn sign_in(&self) -> Result<Sessions> {
        let one = async |name: String, password: &str, from: Ipv4Addr| {
            let form = [("username", name.as_str()), ("password", password)];
            let answer = self.client(from).post("/sign-in", &form).await;
            let status = answer.status;
            answer.cookie("sid").ok_or_else(|| format!("{name} could not sign in: {status}"))
        };
        let mut users = Vec::new();
        for n in 0..USERS {
            users.push(one(user(n), PASSWORD, Ipv4Addr::LOCALHOST).await?);
        }
        let operator = one("anna".into(), DEMO_PASSWORD, OPERATOR).await?;
        let manager = one("maxim".into(), DEMO_PASSWORD, Ipv4Addr::LOCALHOST).await?;
        Ok(Sessions { operator, manager, users })
    }

    fn proc(&self, file: &str) -> String {
        format!("/proc/{}/{file}", self.child.id().unwrap_or_default())
    }

    /// Resets the peak of the memory.
    pub(crate) fn forget_peak(&self) -> Result<()> {
        Ok(fs::write(self.proc("clear_refs"), "5")?)
    }

    pub(crate) fn memory(&self) -> Result<Memory> {
        let status = fs::read_to_string(self.proc("status"))?;
        let of = |name: &str| {
            let line = status.lines().find_map(|it| it.strip_prefix(name)).unwrap_or_default();
            line.split_whitespace().find_map(|it| it.parse::<u64>().ok()).unwrap_or_default() / 1024
        };
        Ok(Memory { peak: of("VmHWM:"), now: of("VmRSS:") })
    }
}
