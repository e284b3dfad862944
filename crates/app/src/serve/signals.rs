//! When the process shall stop: SIGTERM from whatever runs it, or Ctrl-C.
use std::io;

use tokio::signal::unix::{SignalKind, signal};

/// Listens from now on; the future ends when the process was told so many times.
pub(super) fn told(times: u8) -> io::Result<impl Future<Output = ()>> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        for _ in 0..times {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        }
    })
}
