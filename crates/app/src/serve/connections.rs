//! Accepts connections and serves them. Not with `axum::serve`: it sets no timer, so that a client who never finishes
//! its headers would be waited for without end, and it has no limit to how many connections there are.
use std::{io, pin::pin, sync::Arc, time::Duration};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{sleep, timeout},
};

/// How long the headers of a request may take; an idle connection that is kept alive ends after it, too.
pub(super) const HEADERS: Duration = Duration::from_secs(10);
/// How long requests in flight may take once the server stops.
pub(super) const DRAIN: Duration = Duration::from_secs(25);
/// How many connections there are at once; further ones wait in the system's queue.
const CONNECTIONS: usize = 1024;
/// The headers of one request in bytes, and what is buffered of a connection in each direction.
const BUFFER: usize = 32 * 1024;
/// When no connection can be accepted, such as with too many open files, trying again at once would only be noise.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves until `stop`, then accepts nothing new and lets requests in flight finish, for at most `drain`.
pub(super) async fn serve(listener: TcpListener, pages: Router, stop: impl Future<Output = ()>, drain: Duration) {
    let (http, open, slots) = (protocol(), GracefulShutdown::new(), Arc::new(Semaphore::new(CONNECTIONS)));
    let mut stop = pin!(stop);
    loop {
        let accepted = tokio::select! {
            () = &mut stop => break,
            accepted = accept(&listener, &slots) => accepted,
        };
        let (stream, slot) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                sleep(PAUSE).await;
                continue;
            }
        };
        let connection = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(pages.clone()));
        let connection = open.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
            drop(slot);
        });
    }
    drop(listener);
    tracing::info!("stopping: requests in flight are finished first");
    if timeout(drain, open.shutdown()).await.is_err() {
        tracing::warn!("some requests did not finish in time and are cut off");
    }
}

fn protocol() -> http1::Builder {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEADERS).max_header_size(BUFFER).max_buf_size(BUFFER);
    http
}

/// The next connection, when there is room for it.
async fn accept(listener: &TcpListener, slots: &Arc<Semaphore>) -> io::Result<(TcpStream, OwnedSemaphorePermit)> {
    let slot = Arc::clone(slots).acquire_owned().await.map_err(io::Error::other)?;
    let (stream, _) = listener.accept().await?;
    // Answers are written whole; waiting for more to send would only delay them.
    stream.set_nodelay(true)?;
    Ok((stream, slot))
}
