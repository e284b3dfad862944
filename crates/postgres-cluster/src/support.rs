//! Small things that every server needs: chance, a port, patience.
use std::{
    hash::{BuildHasher, RandomState},
    iter,
    net::TcpListener,
    thread,
    time::{Duration, Instant},
};

const PATIENCE: Duration = Duration::from_mins(1);
const ATTEMPTS: usize = 5;

pub(crate) fn random() -> u64 {
    RandomState::new().hash_one(0)
}

/// Starts on a free port, which it gives back. Another process may be quicker to take it: then on another one.
pub(crate) fn on_a_free_port(start: impl Fn(u16) -> Result<(), String>) -> u16 {
    let mut failed = String::new();
    for port in iter::repeat_with(free_port).take(ATTEMPTS) {
        match start(port) {
            Ok(()) => return port,
            Err(error) => failed = error,
        }
    }
    panic!("a server does not start: {failed}");
}

/// Below the ports that the system gives to clients: one of those could sit on the port while its server is down, even
/// the server's own client that tries to come back.
fn free_port() -> u16 {
    let ports = iter::repeat_with(|| 10_000 + u16::try_from(random() % 20_000).unwrap());
    ports.take(1000).find(|it| TcpListener::bind(("127.0.0.1", *it)).is_ok()).unwrap()
}

pub(crate) fn wait_until(what: &str, mut happened: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !happened() {
        assert!(begin.elapsed() < PATIENCE, "{what}: not after {PATIENCE:?}");
        thread::sleep(Duration::from_millis(20));
    }
}
