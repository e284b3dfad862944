//! When the process shall stop: SIGTERM from whatever runs it, or Ctrl-C.
use std::io;

use tokio::signal::unix::{SignalKind, signal};

/// Listens from now on; the future ends with the first signal.
pub(super) fn stop() -> io::Result<impl Future<Output = ()>> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
