//! The threads of the process: few, because each one costs memory.
use std::{num::NonZero, thread::available_parallelism, time::Duration};

use tokio::runtime::{Builder, Runtime};

use crate::failure::Failure;

/// More would only wait for the database's one writer.
const WORKERS: usize = 4;
/// Threads that may wait for the disk or hash a password. The store uses at most five of them at once, and passwords
/// one for each worker; the others are for documents.
const BLOCKING: usize = 16;
/// An idle one ends: what it had in its own corner of the heap is given back.
const IDLE: Duration = Duration::from_secs(10);
/// How long work that nobody waits for any more may take to end.
const ENDING: Duration = Duration::from_secs(1);

/// How many threads answer requests.
pub(crate) fn workers() -> usize {
    available_parallelism().map_or(1, NonZero::get).min(WORKERS)
}

/// For many requests at the same time.
pub(crate) fn for_serving() -> Result<Runtime, Failure> {
    begin(Builder::new_multi_thread().worker_threads(workers()))
}

/// For one command: a step that is awaited right away need not wake another thread.
pub(crate) fn for_a_command() -> Result<Runtime, Failure> {
    begin(&mut Builder::new_current_thread())
}

fn begin(builder: &mut Builder) -> Result<Runtime, Failure> {
    let builder = builder.max_blocking_threads(BLOCKING).thread_keep_alive(IDLE).thread_name("voronka").enable_all();
    builder.build().map_err(|error| Failure::because("The program's threads could not be started", &error))
}

pub(crate) fn stop(runtime: Runtime) {
    runtime.shutdown_timeout(ENDING);
}
