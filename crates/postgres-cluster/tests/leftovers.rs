//! However a test ends, none of its servers is left, in memory or on disk.
#![expect(clippy::unwrap_used, reason = "this is a test, even outside of functions marked as such")]
use std::{
    env, fs,
    io::{self, BufRead, BufReader, Read},
    net::TcpStream,
    os::unix::{fs::PermissionsExt, process::CommandExt},
    panic,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use postgres_cluster::{Bouncer, Cluster, shared};
use tempfile::tempdir;

const PATIENCE: Duration = Duration::from_secs(20);

/// Before the line with a process's traces, among what the test harness says.
const MARK: &str = "traces: ";

/// What a server leaves on a system that nobody cleans up.
struct Traces {
    port: u16,
    folder: PathBuf,
    memory: String,
}

impl Traces {
    fn of(cluster: &Cluster) -> Self {
        let data = PathBuf::from(cluster.query("postgres", "SHOW data_directory"));
        let pid_file = fs::read_to_string(data.join("postmaster.pid")).unwrap();
        let memory = pid_file.lines().nth(6).unwrap().split_whitespace().last().unwrap().to_owned();
        let traces = Self { port: cluster.port(), folder: data.parent().unwrap().to_owned(), memory };
        assert_eq!(traces.left().len(), 4, "{:?}", traces.left());
        traces
    }

    fn left(&self) -> Vec<String> {
        let mut left = Vec::new();
        if self.folder.exists() {
            left.push(self.folder.display().to_string());
        }
        if TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
            left.push(format!("port {}", self.port));
        }
        let memory = fs::read_to_string("/proc/sysvipc/shm").unwrap();
        if memory.lines().any(|it| it.split_whitespace().nth(1) == Some(&self.memory)) {
            left.push(format!("memory {}", self.memory));
        }
        let processes = working_in(&self.folder);
        if processes > 0 {
            left.push(format!("{processes} processes"));
        }
        left
    }

    fn assert_gone(&self) {
        assert_eq!(self.left(), Vec::<String>::new());
    }

    fn assert_soon_gone(&self) {
        wait_until(|| self.left().is_empty());
        self.assert_gone();
    }
}

#[test]
fn nothing_is_left_of_a_dropped_server() {
    let cluster = Cluster::start();
    let traces = Traces::of(&cluster);
    drop(cluster);
    traces.assert_gone();
}

#[test]
fn nothing_is_left_of_a_server_dropped_when_it_was_stopped_killed_or_paused() {
    for end in [Cluster::stop_immediately, Cluster::kill, Cluster::pause] {
        let cluster = Cluster::start();
        let traces = Traces::of(&cluster);
        end(&cluster);
        drop(cluster);
        traces.assert_gone();
    }
}

#[test]
fn nothing_is_left_of_a_primary_a_standby_and_a_bouncer() {
    let primary = Cluster::start();
    let standby = primary.standby();
    let bouncer = Bouncer::start(&primary);
    let (traces, port) = ([Traces::of(&primary), Traces::of(&standby)], bouncer.port());
    drop((primary, standby, bouncer));
    traces.iter().for_each(Traces::assert_gone);
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
}

#[test]
fn nothing_is_left_of_a_server_in_a_test_that_panics() {
    let traces = panic::catch_unwind(|| {
        let cluster = Cluster::start();
        panic::resume_unwind(Box::new(Traces::of(&cluster)));
    });
    traces.map_err(|it| it.downcast::<Traces>().unwrap()).unwrap_err().assert_gone();
}

#[test]
fn nothing_is_left_of_the_shared_server_of_a_process_that_ends() {
    let (mut process, traces) = process_with_a_server();
    drop(process.stdin.take());
    assert!(process.wait().unwrap().success());
    traces.assert_soon_gone();
}

#[test]
fn nothing_is_left_of_the_shared_server_of_a_process_that_is_killed_or_interrupted() {
    for signal in ["-KILL", "-INT", "-HUP"] {
        let (mut process, traces) = process_with_a_server();
        // Everybody in its group, as a terminal and most runners of tests do it.
        let group = format!("-{}", process.id());
        assert!(Command::new("kill").args([signal, "--", &group]).status().unwrap().success());
        assert!(!process.wait().unwrap().success());
        traces.assert_soon_gone();
    }
}

#[test]
fn nothing_is_left_of_a_process_that_is_killed_while_its_server_starts() {
    for moment in [0, 50, 200, 400, 600, 800, 1000, 1200] {
        let folder = tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
        let left = || working_in(folder.path()) + fs::read_dir(folder.path()).unwrap().count();
        let mut process = this_with_a_server().env("TMPDIR", folder.path()).spawn().unwrap();
        wait_until(|| left() >= 2);
        thread::sleep(Duration::from_millis(moment));
        process.kill().unwrap();
        process.wait().unwrap();
        wait_until(|| left() == 0);
        assert_eq!(left(), 0, "killed after {moment} ms");
    }
}

/// The process that the tests above start; alone, it ends at once.
#[test]
#[ignore = "not a test"]
fn a_process_with_a_server() {
    let Traces { port, folder, memory } = Traces::of(shared());
    println!("\n{MARK}{port} {memory} {}", folder.display());
    io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

fn this_with_a_server() -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--ignored", "--exact", "a_process_with_a_server", "--nocapture"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).process_group(0);
    command
}

fn process_with_a_server() -> (Child, Traces) {
    let mut process = this_with_a_server().spawn().unwrap();
    let mut lines = BufReader::new(process.stdout.as_mut().unwrap()).lines().map(Result::unwrap);
    let line = lines.find_map(|it| it.strip_prefix(MARK).map(str::to_owned)).unwrap();
    let parts: Vec<&str> = line.splitn(3, ' ').collect();
    let traces = Traces { port: parts[0].parse().unwrap(), memory: parts[1].to_owned(), folder: parts[2].into() };
    (process, traces)
}

/// How many processes are somewhere in the folder, be it removed.
fn working_in(folder: &Path) -> usize {
    let processes = fs::read_dir("/proc").unwrap().map(|it| it.unwrap().path().join("cwd"));
    processes.filter(|it| fs::read_link(it).is_ok_and(|it| it.starts_with(folder))).count()
}

/// Or until patience is over: the caller sees what is the case.
fn wait_until(happened: impl Fn() -> bool) {
    let begin = Instant::now();
    while begin.elapsed() < PATIENCE && !happened() {
        thread::sleep(Duration::from_millis(10));
    }
}
