//! What becomes of a connection for which there is no place: it is told so at once.
use std::{
    io::{Read, Write},
    net::Shutdown,
    sync::Arc,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::Semaphore,
    time::{sleep, timeout},
};

use super::limits::{BUFFER, FAREWELL, REFUSALS, REST};

/// Nothing is known of the client, not even its language.
const ANSWER: &str = "HTTP/1.1 503 Service Unavailable\r\n\
    Retry-After: 5\r\n\
    Content-Type: text/plain; charset=utf-8\r\n\
    Content-Length: 48\r\n\
    Cache-Control: no-store\r\n\
    Connection: close\r\n\
    \r\n\
    Too many connections. Try again in five seconds.";

/// Refuses newcomers. So many are waited for at once at most.
pub(super) struct Refusals {
    waited_for: Arc<Semaphore>,
}

impl Refusals {
    pub(super) fn new() -> Self {
        Self { waited_for: Arc::new(Semaphore::new(REFUSALS)) }
    }

    /// Answers and closes. A client whose request is still on its way is given a moment, because closing on unread
    /// bytes would make its system forget the answer.
    pub(super) fn refuse(&self, stream: TcpStream) {
        match Arc::clone(&self.waited_for).try_acquire_owned() {
            Ok(turn) => drop(tokio::spawn(async move {
                let _ = timeout(FAREWELL, farewell(stream)).await;
                drop(turn);
            })),
            Err(_) => at_once(stream),
        }
    }
}

/// Where a step fails, the client is gone.
async fn farewell(mut stream: TcpStream) {
    if stream.write_all(ANSWER.as_bytes()).await.is_err() || stream.shutdown().await.is_err() {
        return;
    }
    let mut forgotten = vec![0; BUFFER / 2];
    while stream.read(&mut forgotten).await.is_ok_and(|it| it > 0) {
        sleep(REST).await;
    }
}

/// The system takes so few bytes without waiting.
fn at_once(stream: TcpStream) {
    let Ok(mut stream) = stream.into_std() else { return };
    let _ = stream.read(&mut [0; BUFFER / 4]);
    let _ = stream.write(ANSWER.as_bytes());
    let _ = stream.shutdown(Shutdown::Both);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_as_long_as_it_says() {
        let (head, body) = ANSWER.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("Content-Length: {}\r\n", body.len())), "{}", body.len());
    }
}
