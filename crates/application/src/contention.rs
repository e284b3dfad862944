//! Work that another was in the way of is begun again: the one loop around a unit of work.
use std::time::Duration;

use crate::{Error, Result};

/// The shortest pause before each further try, in microseconds. The longest is three times that, so that those who met
/// once do not meet again.
const PAUSES: [u64; 3] = [5_000, 15_000, 45_000];

/// Whatever is done outside of the store must not be inside `attempt`: it would be done once more with each try.
/// Fails with [`Error::Busy`] when the last try was contended too.
pub(crate) async fn retried<T, W>(attempt: impl Fn() -> W) -> Result<T>
where
    W: Future<Output = Result<T>>,
{
    let mut pauses = PAUSES.into_iter();
    loop {
        match attempt().await {
            Err(Error::Contended) => match pauses.next() {
                Some(shortest) => tokio::time::sleep(pause(shortest)).await,
                None => return Err(Error::Busy),
            },
            outcome => return outcome,
        }
    }
}

fn pause(shortest: u64) -> Duration {
    // Where there is no randomness, the shortest pause is better than no further try.
    let random = getrandom::u64().unwrap_or_default();
    Duration::from_micros(shortest + random % (2 * shortest + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_one_to_three_times_its_shortest() {
        for shortest in PAUSES {
            let pauses: Vec<Duration> = (0..100).map(|_| pause(shortest)).collect();
            let range = Duration::from_micros(shortest)..=Duration::from_micros(3 * shortest);
            assert!(pauses.iter().all(|it| range.contains(it)), "{pauses:?}");
            assert!(pauses.iter().any(|it| *it != pauses[0]), "{pauses:?}");
        }
    }
}
