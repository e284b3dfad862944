//! The pace of a connection's peer: how long it may keep the server waiting, and for how few bytes.
use std::time::Duration;

use tokio::time::Instant;

/// How long the peer may be silent, and over how much waiting its rate is measured.
///
/// A phone that changes from one network to another is silent for some seconds. Thirty are enough for it.
const WINDOW: Duration = Duration::from_secs(30);
/// The bytes that the other side has to take or send within a window of waiting: 1 KiB each second.
///
/// A modem of 1995 is three times as fast.
const LEAST: u64 = 30 * 1024;

/// Measures one direction of one connection. Only time in which the server waits for the peer counts.
#[derive(Debug, Default)]
pub struct Pace {
    /// When the server began to wait without any bytes moving.
    silent_since: Option<Instant>,
    /// When the current wait began within this window. It is later than `silent_since` if a window ended meanwhile.
    counted_since: Option<Instant>,
    /// The sum of the earlier waits of this window.
    waited: Duration,
    /// The bytes that moved in this window.
    bytes: u64,
}

impl Pace {
    /// Records that `bytes` bytes moved. This ends the current wait, if there is one.
    pub fn moved(&mut self, bytes: usize) {
        if let Some(since) = self.counted_since.take() {
            self.waited += Instant::now() - since;
        }
        self.silent_since = None;
        self.bytes += bytes as u64;
    }

    /// Records that the server waits. Returns the time at which it must check again, or `None` if the peer is too slow.
    pub fn waits(&mut self) -> Option<Instant> {
        let now = Instant::now();
        let silent_since = *self.silent_since.get_or_insert(now);
        let mut counted_since = *self.counted_since.get_or_insert(now);
        if now - silent_since >= WINDOW {
            return None;
        }
        if self.waited + (now - counted_since) >= WINDOW {
            if self.bytes < LEAST {
                return None;
            }
            (self.waited, self.bytes, counted_since) = (Duration::ZERO, 0, now);
            self.counted_since = Some(now);
        }
        Some((silent_since + WINDOW).min(counted_since + WINDOW.saturating_sub(self.waited)))
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::{advance, sleep_until};

    use super::*;

    /// Moves `bytes` bytes after each pause, for an hour. Returns after how many seconds the peer was too slow.
    async fn cut_after(bytes: usize, pause: Duration) -> Option<u64> {
        let begun = Instant::now();
        let mut pace = Pace::default();
        while begun.elapsed() < Duration::from_hours(1) {
            let next = Instant::now() + pause;
            while Instant::now() < next {
                let Some(until) = pace.waits() else { return Some(begun.elapsed().as_secs()) };
                sleep_until(until.min(next)).await;
            }
            pace.moved(bytes);
        }
        None
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_peer_is_cut_off_after_a_window() {
        assert_eq!(cut_after(1_000_000, Duration::from_secs(31)).await, Some(30));
        assert_eq!(cut_after(1_000_000, Duration::from_secs(29)).await, None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_few_bytes_now_and_then_do_not_count_as_progress() {
        for (bytes, seconds) in [(1, 1), (1, 20), (1000, 1), (10_000, 10), (20_000, 29)] {
            let after = cut_after(bytes, Duration::from_secs(seconds)).await;
            assert!(after.is_some_and(|it| it <= 60), "{bytes} bytes each {seconds} s: {after:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_but_steady_peer_is_never_cut_off() {
        for (bytes, seconds) in [(1100, 1), (20_000, 1), (200_000, 10), (60_000, 25)] {
            assert_eq!(cut_after(bytes, Duration::from_secs(seconds)).await, None, "{bytes} bytes each {seconds} s");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn time_without_waiting_does_not_count() {
        let mut pace = Pace::default();
        for _ in 0..100 {
            assert!(pace.waits().is_some());
            pace.moved(1);
            advance(Duration::from_mins(1)).await;
        }
    }
}
