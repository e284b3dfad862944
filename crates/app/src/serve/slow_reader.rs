//! A connection whose client has to read: the stream fails where an answer makes no progress.
use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
};

use adapters_http::Pace;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep_until},
};

use super::limits::{BUFFER, FAREWELL, LONGEST_FAREWELL, REST};

/// Passes everything on, and measures how fast the client takes what is written.
pub(super) struct SlowReader<S> {
    stream: S,
    pace: Pace,
    timer: Pin<Box<Sleep>>,
    state: Arc<State>,
    /// When the connection is closed at the latest, once the client was told its end.
    ends: Option<Instant>,
    /// Nothing is read until the timer.
    rests: bool,
}

/// The state of a connection, shared with its place.
#[derive(Default)]
pub(super) struct State {
    /// Some of an answer waits until the client takes it.
    pub(super) waits: AtomicBool,
    /// The body of the last request was not read to its end.
    pub(super) sends: AtomicBool,
}

impl<S> SlowReader<S> {
    pub(super) fn new(stream: S, state: Arc<State>) -> Self {
        let timer = Box::pin(sleep_until(Instant::now()));
        Self { stream, pace: Pace::default(), timer, state, ends: None, rests: false }
    }

    /// What becomes of a step that wrote some bytes, or has to wait for the client.
    fn measured(&mut self, cx: &mut Context<'_>, step: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        self.state.waits.store(step.is_pending(), Ordering::Relaxed);
        if let Poll::Ready(written) = step {
            self.pace.moved(written.as_ref().map_or(0, |it| *it));
            return Poll::Ready(written);
        }
        loop {
            let Some(until) = self.pace.waits() else {
                let slow = io::Error::new(io::ErrorKind::TimedOut, "the client does not read its answer");
                return Poll::Ready(Err(slow));
            };
            self.timer.as_mut().reset(until);
            ready!(self.timer.as_mut().poll(cx));
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for SlowReader<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for SlowReader<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let step = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.measured(cx, step)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let step = Pin::new(&mut self.stream).poll_write_vectored(cx, bytes);
        self.measured(cx, step)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// A socket has nothing to flush: what was written is the system's.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    /// A client that is still sending is listened to for a while: a system that closes on unread bytes tells it to forget the
    /// answer.
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let ends = if let Some(ends) = self.ends {
            ends
        } else {
            ready!(Pin::new(&mut self.stream).poll_shutdown(cx))?;
            let now = Instant::now();
            self.timer.as_mut().reset(now + FAREWELL);
            *self.ends.insert(now + LONGEST_FAREWELL)
        };
        let mut forgotten = [0; BUFFER / 2];
        loop {
            if self.rests {
                ready!(self.timer.as_mut().poll(cx));
                self.rests = false;
                let now = Instant::now();
                if now >= ends {
                    return Poll::Ready(Ok(()));
                }
                self.timer.as_mut().reset(ends.min(now + FAREWELL));
            }
            let mut piece = ReadBuf::new(&mut forgotten);
            match Pin::new(&mut self.stream).poll_read(cx, &mut piece) {
                Poll::Ready(Ok(())) if !piece.filled().is_empty() => {
                    // More may come.
                    self.state.sends.store(true, Ordering::Relaxed);
                    self.rests = true;
                    self.timer.as_mut().reset(Instant::now() + REST);
                }
                Poll::Pending if self.state.sends.load(Ordering::Relaxed) => {
                    ready!(self.timer.as_mut().poll(cx));
                    return Poll::Ready(Ok(()));
                }
                _ => return Poll::Ready(Ok(())),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex},
        time::{sleep, timeout},
    };

    use super::*;

    const ANSWER: usize = 2 * 1024 * 1024;

    fn connected() -> (SlowReader<DuplexStream>, DuplexStream) {
        let (server, client) = duplex(16 * 1024);
        (SlowReader::new(server, Arc::default()), client)
    }

    /// Whether the whole answer is written to a client that reads so many bytes after each pause.
    async fn is_answered(bytes: usize, pause: Duration) -> bool {
        let (mut server, mut client) = connected();
        let reading = tokio::spawn(async move {
            let mut piece = vec![0; bytes];
            loop {
                sleep(pause).await;
                if client.read(&mut piece).await.unwrap() == 0 {
                    break;
                }
            }
        });
        let written = server.write_all(&vec![b'x'; ANSWER]).await;
        assert!(!server.state.waits.load(Ordering::Relaxed) || written.is_err());
        drop(server);
        reading.abort();
        written.is_ok()
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_nobody_reads_is_cut_after_thirty_seconds() {
        let (mut server, _client) = connected();
        let begun = Instant::now();
        let error = server.write_all(&vec![b'x'; ANSWER]).await.unwrap_err();
        assert_eq!((error.kind(), begun.elapsed().as_secs()), (io::ErrorKind::TimedOut, 30));
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_is_read_byte_by_byte_is_cut() {
        assert!(!is_answered(1, Duration::from_secs(1)).await);
        assert!(!is_answered(500, Duration::from_secs(1)).await);
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_reader_gets_all_of_it() {
        assert!(is_answered(20 * 1024, Duration::from_secs(1)).await);
        assert!(is_answered(2 * 1024, Duration::from_secs(1)).await);
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_still_sends_is_listened_to_for_a_while() {
        let (mut server, mut client) = connected();
        let sending = tokio::spawn(async move {
            while client.write_all(&[b'x'; 1000]).await.is_ok() {
                sleep(Duration::from_millis(10)).await;
            }
        });
        sleep(Duration::from_millis(100)).await;
        let begun = Instant::now();
        server.shutdown().await.unwrap();
        assert_eq!(begun.elapsed().as_secs(), LONGEST_FAREWELL.as_secs());
        drop(server);
        timeout(Duration::from_secs(1), sending).await.unwrap().unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn only_a_client_that_owes_something_is_waited_for() {
        for (sends, seconds) in [(false, 0), (true, FAREWELL.as_secs())] {
            let (mut server, _client) = connected();
            server.state.sends.store(sends, Ordering::Relaxed);
            let begun = Instant::now();
            server.shutdown().await.unwrap();
            assert_eq!(begun.elapsed().as_secs(), seconds);
        }
    }
}
