//! The real program, started in a folder of its own.
#![allow(dead_code, unreachable_pub, unused_imports, reason = "each file of tests uses a part of it")]
#![allow(clippy::unwrap_used, reason = "this is a test, even outside of functions marked as such")]
mod database;
mod day;

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio},
    time::{Duration, Instant},
};

pub use database::{Database, database, keep_at, store};
pub use day::{calendar, now, stay_in_one_day, until_midnight};

/// The program with nothing of this process's settings: its data are in the folder, and so is its current folder. With
/// `TEST_DATABASE=postgres`, its records are in a database of this folder's own on a real server; `TEST_TIME_ZONE` is where
/// its organisation is.
pub fn voronka(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_voronka"));
    for (name, _) in std::env::vars_os() {
        if name == "DATABASE_URL" || name.to_string_lossy().starts_with("VORONKA_") {
            command.env_remove(name);
        }
    }
    if let Some(zone) = day::zone() {
        command.env("VORONKA_TIME_ZONE", zone);
    }
    command.current_dir(folder).env("VORONKA_DATA_DIR", folder.join("data")).stdin(Stdio::null());
    if let Some(url) = database::address(folder) {
        command.env("DATABASE_URL", url);
    }
    command
}

/// Runs a command to its end, with a text on its standard input.
pub fn run(command: &mut Command, input: &str) -> Ended {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A command that needs no input may have ended already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap().into()
}

/// How a command ended, and what it said.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl From<Output> for Ended {
    fn from(it: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: it.status.code(), out: text(it.stdout), err: text(it.stderr) }
    }
}

/// A running server, killed when it is dropped.
pub struct Server {
    /// Such as `http://127.0.0.1:40123`.
    pub url: String,
    /// Where nobody can sign in yet.
    pub setup_code: Option<String>,
    child: Child,
    /// Kept, because a closed pipe would be an error for the server.
    out: BufReader<ChildStdout>,
}

impl Server {
    /// On a free port, with its data in the folder, which is also its current folder.
    pub fn start(folder: &Path, env: &[(&str, &str)]) -> Self {
        let mut command = voronka(folder);
        command.env("VORONKA_LISTEN", "127.0.0.1:0").env("VORONKA_LOG", "warn");
        // Some of these tests send many files, and leave them.
        command.env("VORONKA_WAITING_UPLOADS", "10000").envs(env.iter().copied());
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let mut server = Self { url: String::new(), setup_code: None, child, out };
        while server.url.is_empty() {
            server.hear();
        }
        server
    }

    /// Reads one line of what it says while it starts.
    fn hear(&mut self) {
        let mut line = String::new();
        let read = self.out.read_line(&mut line).unwrap();
        assert!(read > 0, "the server ended: {}", self.child.wait().unwrap());
        if let Some((_, code)) = line.trim().split_once("/setup?code=") {
            self.setup_code = Some(code.to_owned());
        }
        if let Some(url) = line.trim().strip_prefix("Voronka is running: ") {
            url.clone_into(&mut self.url);
        }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Its host and port.
    pub fn address(&self) -> &str {
        self.url.strip_prefix("http://").unwrap()
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream
    }

    /// The status and everything behind the headers.
    pub fn get(&self, path: &str) -> (u16, String) {
        let mut stream = self.connect();
        let host = self.address();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
        answer(stream)
    }

    pub fn signal(&self, name: &str) {
        let told = Command::new("sh").arg("-c").arg(format!("kill -{name} {}", self.pid())).status().unwrap();
        assert!(told.success());
    }

    /// Waits until it ends by itself.
    pub fn ended(&mut self, patience: Duration) -> ExitStatus {
        let begun = Instant::now();
        while begun.elapsed() < patience {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("the server still runs after {patience:?}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads an answer to its end.
pub fn answer(mut stream: TcpStream) -> (u16, String) {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text:?}"));
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}
