//! A process beside the test that runs the servers' programs, and cleans up however the test ends.
//!
//! The guard reads commands from a pipe that only the test holds. When the test ends, even by a signal, the pipe is
//! closed. Everything that leaves a trace is done by the guard, one thing after another, so that a test killed in the
//! middle of a command leaves nothing either. As `postgres` refuses to work for root, root's guard is another user.
use std::{
    fs,
    io::{BufRead, BufReader, PipeReader, Write, pipe},
    os::unix::{
        fs::{MetadataExt, PermissionsExt},
        process::CommandExt,
    },
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{Mutex, PoisonError},
};

use crate::programs;

const SCRIPT: &str = include_str!("guard.sh");
const AS_POSTGRES: [&str; 4] = ["--reuid=postgres", "--regid=postgres", "--clear-groups", "sh"];

pub(crate) struct Guard {
    folder: PathBuf,
    shell: Mutex<Shell>,
}

struct Shell {
    process: Child,
    answers: BufReader<PipeReader>,
}

impl Guard {
    pub(crate) fn start() -> Self {
        let mut shell = Shell::start();
        let folder = shell.answer();
        assert!(folder.starts_with('/'), "the guard of a server did not start: {folder}");
        Self { folder: folder.into(), shell: Mutex::new(shell) }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        // Readable for PostgreSQL's user; the folder keeps everybody else out.
        fs::set_permissions(path, fs::Permissions::from_mode(0o644)).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read(self.path(name)).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }

    /// Runs a line of shell in the guard's folder.
    pub(crate) fn run(&self, command: &str) {
        self.try_run(command).unwrap_or_else(|output| panic!("{command}: {output}"));
    }

    pub(crate) fn try_run(&self, command: &str) -> Result<(), String> {
        assert!(!command.contains('\n'), "more than one line: {command}");
        let mut shell = self.shell.lock().unwrap();
        writeln!(shell.process.stdin.as_mut().unwrap(), "{command}").unwrap();
        let status = shell.answer();
        if status == "0" { Ok(()) } else { Err(format!("status {status}: {}", self.read("output"))) }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        // To wait is to close the pipe first.
        let waited = self.shell.get_mut().unwrap_or_else(PoisonError::into_inner).process.wait();
        if !std::thread::panicking() {
            waited.unwrap();
        }
    }
}

impl Shell {
    fn start() -> Self {
        let (answers, output) = pipe().unwrap();
        let root = fs::metadata("/proc/self").unwrap().uid() == 0;
        let mut command = Command::new(if root { "setpriv" } else { "sh" });
        command.args(if root { AS_POSTGRES.as_slice() } else { &[] }).args(["-c", SCRIPT]);
        command.env("PATH", programs::path()).env("LC_ALL", "C");
        command.stdin(Stdio::piped()).stdout(output.try_clone().unwrap()).stderr(output);
        // In a group of its own, it does not hear the Ctrl-C that ends the test.
        let process = command.process_group(0).spawn().unwrap();
        Self { process, answers: BufReader::new(answers) }
    }

    fn answer(&mut self) -> String {
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}
