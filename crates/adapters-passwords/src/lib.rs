//! Passwords hashed with bcrypt, off the async threads and a bounded number at once.
use std::{num::NonZero, sync::Arc, thread::available_parallelism, time::Duration};

use async_trait::async_trait;
use base64::{Engine, prelude::BASE64_STANDARD};
use domain::passwords::{HasherError, Password, PasswordHash, PasswordHasher, Queue};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tokio::{
    sync::{AcquireError, OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

#[cfg(test)]
mod tests;

/// Makes the digests unlike those of any other program, so that SHA-256 digests leaked elsewhere cannot be tried
/// against these hashes. It is no secret, and must never change: no stored hash would match any more.
const KEY: &[u8] = b"voronka: passwords before bcrypt, 1";
/// How many calls of each queue may wait for their turn; the next one is refused at once.
const WAITING: usize = 128;
/// How long a call waits for its turn. With one thread for strangers, some seventy of them are served in this time.
const PATIENCE: Duration = Duration::from_secs(20);

/// Clones share their turns.
#[derive(Clone)]
pub struct Bcrypt {
    cost: u32,
    /// What a name that nobody has is checked against: a hash of the same cost that no password is known to match.
    nobody: Arc<str>,
    /// A permit for each thread that hashes.
    threads: Arc<Semaphore>,
    /// A permit for each thread that hashes for strangers: fewer than all.
    strangers: Arc<Semaphore>,
    /// For each queue a permit for each call that hashes or waits.
    places: [Arc<Semaphore>; 2],
    patience: Duration,
}

impl Bcrypt {
    pub const COST: u32 = 12;

    /// `cost` is the power of two of bcrypt's rounds, 4–31 (with any other, hashing fails); `at_once` is how many
    /// threads hash at the same time, at least two: strangers have all but one of them.
    pub fn new(cost: u32, at_once: usize) -> Self {
        Self::with_queue(cost, at_once, WAITING, PATIENCE)
    }

    fn with_queue(cost: u32, at_once: usize, waiting: usize, patience: Duration) -> Self {
        let at_once = at_once.max(2);
        let places = |hashing: usize| Arc::new(Semaphore::new(hashing + waiting));
        Self {
            cost,
            // A salt and a digest of zero bits, written down rather than computed: starting costs no time.
            nobody: format!("$2b${cost:02}${:.<22}{:.<31}", "", "").into(),
            threads: Arc::new(Semaphore::new(at_once)),
            strangers: Arc::new(Semaphore::new(at_once - 1)),
            places: [places(at_once), places(at_once - 1)],
            patience,
        }
    }

    /// Runs the work on a thread of its own when its turn comes.
    async fn in_turn<T: Send + 'static>(
        &self,
        queue: Queue,
        work: impl FnOnce() -> Result<T, HasherError> + Send + 'static,
    ) -> Result<T, HasherError> {
        let turn = self.turn(queue).await?;
        let worked = tokio::task::spawn_blocking(move || {
            // The turn lasts as long as the work, not as long as the caller: a caller who gives up does not stop
            // the thread, and must not let the next one start beside it.
            let _turn = turn;
            work()
        });
        worked.await.map_err(|_| HasherError::Failed)?
    }

    async fn turn(&self, queue: Queue) -> Result<Vec<OwnedSemaphorePermit>, HasherError> {
        let place = Arc::clone(&self.places[queue as usize]).try_acquire_owned().map_err(|_| HasherError::Busy)?;
        let turn = async {
            let mut turn = vec![place];
            // Strangers come to the threads one by one, so that a known device has at most these in front.
            if queue == Queue::Strangers {
                turn.push(Arc::clone(&self.strangers).acquire_owned().await?);
            }
            turn.push(Arc::clone(&self.threads).acquire_owned().await?);
            Ok::<_, AcquireError>(turn)
        };
        timeout(self.patience, turn).await.map_err(|_| HasherError::Busy)?.map_err(|_| HasherError::Failed)
    }
}

impl Default for Bcrypt {
    /// As many at once as there are cores.
    fn default() -> Self {
        Self::new(Self::COST, available_parallelism().map_or(1, NonZero::get))
    }
}

#[async_trait]
impl PasswordHasher for Bcrypt {
    async fn hash(&self, password: &Password) -> Result<PasswordHash, HasherError> {
        let (digest, cost) = (digest(password.expose())?, self.cost);
        let hash = move || bcrypt::non_truncating_hash(digest, cost).map_err(|_| HasherError::Failed);
        self.in_turn(Queue::Known, hash).await.map(PasswordHash::from_stored)
    }

    async fn verify<'a>(&self, typed: &str, hash: Option<&'a PasswordHash>, queue: Queue) -> Result<bool, HasherError> {
        let digest = digest(no_longer_than_matters(typed))?;
        let known = hash.is_some();
        let hash = hash.map_or(&*self.nobody, PasswordHash::as_str).to_owned();
        let check = move || bcrypt::non_truncating_verify(digest, &hash).map_err(|_| HasherError::Failed);
        Ok(self.in_turn(queue, check).await? && known)
    }
}

/// What bcrypt is given instead of the password. It reads at most 72 bytes, which is 36 Russian letters, and other
/// implementations stop at a NUL; base64 of an HMAC is always 44 ASCII characters, so nothing of a password is lost.
fn digest(password: &str) -> Result<String, HasherError> {
    let mut mac = Hmac::<Sha256>::new_from_slice(KEY).map_err(|_| HasherError::Failed)?;
    mac.update(password.as_bytes());
    Ok(BASE64_STANDARD.encode(mac.finalize().into_bytes()))
}

/// The beginning of what was typed, one character longer than a password may be: still wrong if it was too long,
/// and a megabyte of it costs no more than a word.
fn no_longer_than_matters(typed: &str) -> &str {
    typed.char_indices().nth(Password::MAX + 1).map_or(typed, |(end, _)| &typed[..end])
}
