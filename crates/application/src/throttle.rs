//! Who guesses passwords and codes has to wait, and nobody else has to.
//!
//! Kept in memory: each instance counts for itself, and a restart forgets.
use std::{
    collections::HashMap,
    hash::{BuildHasher, Hash, RandomState},
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use domain::user::UserId;
use tokio::{
    sync::{Notify, Semaphore},
    time::{Instant, timeout_at},
};

use crate::{Error, Result};

/// How many attempts may fail at once, and how long each takes to be forgotten.
#[derive(Clone, Copy)]
struct Rate {
    burst: i32,
    every: TimeDelta,
}

const fn rate(burst: i32, milliseconds: i64) -> Rate {
    Rate { burst, every: TimeDelta::milliseconds(milliseconds) }
}

/// From one address as one user.
const PAIR: Rate = rate(5, 10_000);
/// From one address as anybody: an office, or all visitors of a proxy that is not known, have it in common. Who guesses one
/// name is stopped by [`PAIR`] long before.
const ADDRESS: Rate = rate(30, 500);
/// From one IPv6 site: providers give a customer 2¹⁶ networks, each of which counts as an address.
const SITE: Rate = rate(240, 62);
/// As one user from everywhere: an attacker with many addresses has 1 800 guesses an hour, beside the first 60.
const ACCOUNT: Rate = rate(60, 2_000);
/// The same from an address that failed as this user before. The rest is for addresses that did not.
const ACCOUNT_AGAIN: Rate = rate(40, 2_000);
/// How often an address fails as one user before it counts as such, and for how long.
const FAILED_BEFORE: Rate = rate(2, 60 * 60_000);
/// As one user in a browser that this user signed in with before.
const DEVICE: Rate = rate(10, 10_000);
/// Codes of a second factor, which are short, after the right password.
const CODE: Rate = rate(5, 60_000);

/// The most that is remembered at once: some 5 MiB.
const LIMIT: usize = 100_000;
/// How many requests wait for what becomes of others.
const WAITING: usize = 256;
/// How long each of them waits.
const PATIENCE: Duration = Duration::from_secs(20);

/// Something with a rate of its own.
#[derive(Clone, Copy)]
struct Bucket {
    key: u64,
    rate: Rate,
}

#[derive(Clone, Copy)]
struct Level {
    /// When all failures will be forgotten (the theoretical arrival time of the generic cell rate algorithm).
    forgotten_at: DateTime<Utc>,
    /// How many of these attempts may still turn out to be right.
    under_way: i32,
}

#[derive(Default)]
struct Levels {
    all: HashMap<u64, Level>,
    clock: Forward,
}

pub(crate) struct Throttle {
    hasher: RandomState,
    levels: Mutex<Levels>,
    /// An attempt that was under way has ended.
    ended: Notify,
    waiting: Semaphore,
}

impl Default for Throttle {
    fn default() -> Self {
        let (hasher, levels) = (RandomState::default(), Mutex::default());
        Self { hasher, levels, ended: Notify::new(), waiting: Semaphore::new(WAITING) }
    }
}

/// An attempt under way. It counts from its beginning, because many may be under way at once, until it is
/// [taken back](Attempt::take_back): also when the client does not wait for the answer.
pub(crate) struct Attempt<'a> {
    throttle: &'a Throttle,
    buckets: Vec<Bucket>,
}

/// Why an attempt may not begin.
struct Full {
    wait: TimeDelta,
    /// Whether it might, if those under way turn out to be right.
    hopeful: bool,
}

impl Throttle {
    /// To sign in under a name, be there such a user or not.
    pub(crate) async fn sign_in(&self, name: &str, from: Option<IpAddr>, now: DateTime<Utc>) -> Result<Attempt<'_>> {
        let site = from.and_then(site);
        let from = from.map(network);
        let failed_before = self.bucket(("failed before", name, from), FAILED_BEFORE);
        let mut buckets = vec![self.bucket(("pair", name, from), PAIR)];
        buckets.extend(from.map(|it| self.bucket(("address", it), ADDRESS)));
        buckets.extend(site.map(|it| self.bucket(("site", it), SITE)));
        let account = |rate| self.bucket(("account", name), rate);
        self.begin(now, move |levels, now| {
            let failed = levels.full(failed_before, now).is_some();
            let account = account(if failed { ACCOUNT_AGAIN } else { ACCOUNT });
            let counted = Some(failed_before).filter(|_| !failed);
            (buckets.iter().copied().chain([account]).collect(), counted)
        })
        .await
    }

    /// To sign in from a browser that this user has signed in with before.
    pub(crate) async fn known_device(&self, user: UserId, device: &str, now: DateTime<Utc>) -> Result<Attempt<'_>> {
        self.only(self.bucket(("device", user, device), DEVICE), now).await
    }

    /// To say the password once more, being signed in.
    pub(crate) async fn own_password(&self, user: UserId, now: DateTime<Utc>) -> Result<Attempt<'_>> {
        self.only(self.bucket(("own", user), PAIR), now).await
    }

    /// To say the code of the second factor, from a device that is known or from any other.
    pub(crate) async fn code(&self, user: UserId, device: Option<&str>, now: DateTime<Utc>) -> Result<Attempt<'_>> {
        self.only(self.bucket(("code", user, device), CODE), now).await
    }

    fn bucket(&self, key: impl Hash, rate: Rate) -> Bucket {
        Bucket { key: self.hasher.hash_one(key), rate }
    }

    async fn only(&self, bucket: Bucket, now: DateTime<Utc>) -> Result<Attempt<'_>> {
        self.begin(now, |_, _| (vec![bucket], None)).await
    }

    /// Waits for those under way where only they are in the way. Fails with [`Error::Throttled`] while one of the
    /// buckets is full, and then counts in none. The last bucket counts only.
    async fn begin(
        &self,
        now: DateTime<Utc>,
        buckets: impl Fn(&Levels, DateTime<Utc>) -> (Vec<Bucket>, Option<Bucket>),
    ) -> Result<Attempt<'_>> {
        let (mut now, start) = (self.lock().clock.at(now), Instant::now());
        let (begun, deadline) = (now, start + PATIENCE);
        let mut place = None;
        loop {
            let ended = self.ended.notified();
            let full = {
                let mut levels = self.lock();
                let (asked, counted) = buckets(&levels, now);
                match levels.most_full(&asked, now) {
                    None => {
                        let buckets: Vec<_> = asked.into_iter().chain(counted).collect();
                        levels.count(&buckets, now);
                        return Ok(Attempt { throttle: self, buckets });
                    }
                    Some(full) => full,
                }
            };
            if place.is_none() {
                place = self.waiting.try_acquire().ok();
            }
            if !full.hopeful || place.is_none() || timeout_at(deadline, ended).await.is_err() {
                return Err(Error::Throttled(full.wait));
            }
            now = begun + start.elapsed();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Levels> {
        self.levels.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Levels {
    fn full(&self, bucket: Bucket, now: DateTime<Utc>) -> Option<Full> {
        let level = self.all.get(&bucket.key)?;
        let Rate { burst, every } = bucket.rate;
        let wait = level.forgotten_at - every * (burst - 1) - now;
        let hopeful = wait <= every * level.under_way;
        Some(Full { wait, hopeful }).filter(|it| it.wait > TimeDelta::zero())
    }

    /// Of all that are full, the one that is so for the longest time.
    fn most_full(&self, buckets: &[Bucket], now: DateTime<Utc>) -> Option<Full> {
        let full: Vec<Full> = buckets.iter().filter_map(|it| self.full(*it, now)).collect();
        let hopeful = full.iter().all(|it| it.hopeful);
        full.iter().map(|it| it.wait).max().map(|wait| Full { wait, hopeful })
    }

    fn count(&mut self, buckets: &[Bucket], now: DateTime<Utc>) {
        for it in buckets {
            self.make_room(now);
            let level = self.all.entry(it.key).or_insert(Level { forgotten_at: now, under_way: 0 });
            level.forgotten_at = level.forgotten_at.max(now) + it.rate.every;
            level.under_way += 1;
        }
    }

    /// Forgets full recoveries, or, if there are none, any buckets: nobody may fill the memory.
    fn make_room(&mut self, now: DateTime<Utc>) {
        if self.all.len() < LIMIT {
            return;
        }
        self.all.retain(|_, it| it.forgotten_at > now || it.under_way > 0);
        if self.all.len() >= LIMIT {
            let some: Vec<u64> = self.all.keys().take(LIMIT / 10).copied().collect();
            for key in some {
                self.all.remove(&key);
            }
        }
    }
}

impl Attempt<'_> {
    /// It was right, or was not looked at.
    pub(crate) fn forgive(self) {
        let mut levels = self.throttle.lock();
        for it in &self.buckets {
            if let Some(level) = levels.all.get_mut(&it.key) {
                level.forgotten_at -= it.rate.every;
            }
        }
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        let mut levels = self.throttle.lock();
        for it in &self.buckets {
            if let Some(level) = levels.all.get_mut(&it.key) {
                level.under_way = (level.under_way - 1).max(0);
            }
        }
        drop(levels);
        self.throttle.ended.notify_waiters();
    }
}

/// The time of a clock that may be set back: where it was, this one goes on from there. Otherwise everybody would have
/// to wait until the clock is again where it was.
#[derive(Default)]
struct Forward {
    latest: Option<DateTime<Utc>>,
    ahead: TimeDelta,
}

impl Forward {
    /// Requests come in any order, and each read the clock a moment ago.
    const MOMENT: TimeDelta = TimeDelta::seconds(1);

    fn at(&mut self, now: DateTime<Utc>) -> DateTime<Utc> {
        let mut at = now + self.ahead;
        if let Some(latest) = self.latest.filter(|it| *it > at) {
            if latest - at > Self::MOMENT {
                self.ahead += latest - at;
            }
            at = latest;
        }
        self.latest = Some(at);
        at
    }
}

/// One network of a provider's customer has 2⁶⁴ addresses of version 6.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(it) => IpAddr::V6((u128::from(it) >> 64 << 64).into()),
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// The first 48 bits of an address of version 6.
fn site(address: IpAddr) -> Option<u64> {
    match address.to_canonical() {
        IpAddr::V6(it) => u64::try_from(it.to_bits() >> 80).ok(),
        IpAddr::V4(_) => None,
    }
}

#[cfg(test)]
mod tests;
