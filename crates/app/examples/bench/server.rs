//! The program as a process, and the system's figures about it.
use std::{
    env, fs,
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    time::Duration,
};

use crate::Done;

pub(crate) struct Program(PathBuf);

impl Program {
    /// This example is in `target/release/examples`, the program in `target/release`.
    pub(crate) fn beside_this() -> Done<Self> {
        let this = env::current_exe()?;
        let program = this.ancestors().nth(2).map(|it| it.join("voronka")).unwrap_or_default();
        if cfg!(debug_assertions) {
            return Err("figures of a debug build mean nothing; run this with --release".into());
        }
        if !program.is_file() {
            let missing = program.display();
            return Err(format!("{missing} is not there; build it first: cargo build --release -p app").into());
        }
        Ok(Self(program))
    }

    pub(crate) fn size(&self) -> io::Result<u64> {
        Ok(fs::metadata(&self.0)?.len())
    }

    /// With none of the settings around it: its data are in the folder.
    pub(crate) fn command(&self, folder: &Path) -> Command {
        let mut command = Command::new(&self.0);
        for (name, _) in env::vars_os() {
            if name == "DATABASE_URL" || name.to_string_lossy().starts_with("VORONKA_") {
                command.env_remove(name);
            }
        }
        command.current_dir(folder).env("VORONKA_DATA_DIR", folder.join("data")).env("VORONKA_LISTEN", "127.0.0.1:0");
        command.stdin(Stdio::null());
        command
    }
}

/// A running server, killed when it is dropped.
pub(crate) struct Running {
    pub(crate) address: String,
    child: Child,
    /// Kept, because a closed pipe would be an error for the server.
    _out: BufReader<ChildStdout>,
}

impl Running {
    pub(crate) fn start(program: &Program, folder: &Path) -> Done<Self> {
        let mut child = program.command(folder).stdout(Stdio::piped()).spawn()?;
        let mut out = BufReader::new(child.stdout.take().ok_or("a server without standard output")?);
        loop {
            let mut line = String::new();
            if out.read_line(&mut line)? == 0 {
                return Err(format!("the server ended: {}", child.wait()?).into());
            }
            if let Some(address) = line.trim().strip_prefix("Voronka is running: http://") {
                return Ok(Self { address: address.to_owned(), child, _out: out });
            }
        }
    }

    /// The time that its threads had on a core, ended threads included.
    pub(crate) fn cpu(&self) -> Done<Duration> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // Behind the name, which may have spaces in it: from the third field on, of which 14 and 15 are meant.
        let (_, fields) = stat.rsplit_once(") ").ok_or("no such process")?;
        let ticks: Vec<u64> = fields.split(' ').skip(11).take(2).map(str::parse).collect::<Result<_, _>>()?;
        // Linux counts in hundredths of a second for every program, whatever its own clock does.
        Ok(Duration::from_millis(ticks.iter().sum::<u64>() * 10))
    }

    /// Resident now, and at most so far, in bytes.
    pub(crate) fn memory(&self) -> Done<(u64, u64)> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let kib = |name: &str| -> Done<u64> {
            let line = status.lines().find_map(|it| it.strip_prefix(name)).ok_or("no such line")?;
            Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
        };
        Ok((kib("VmRSS:")?, kib("VmHWM:")?))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
