//! Who guesses passwords and codes has to wait, and nobody else has to.
//!
//! Kept in memory: each instance counts for itself, and a restart forgets.
use std::{
    collections::HashMap,
    hash::{BuildHasher, Hash, RandomState},
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use domain::user::UserId;

use crate::{Error, Result};

/// How many attempts may fail at once, and how long each takes to be forgotten.
#[derive(Clone, Copy)]
struct Rate {
    burst: i32,
    every: TimeDelta,
}

const fn rate(burst: i32, seconds: i64) -> Rate {
    Rate { burst, every: TimeDelta::seconds(seconds) }
}

/// From one address: an office behind one has typing errors in common.
const ADDRESS: Rate = rate(10, 6);
/// From one address as one user.
const PAIR: Rate = rate(5, 10);
/// As one user from everywhere: an hour for whoever has many addresses makes 1 800 guesses, beside the first 60.
const ACCOUNT: Rate = rate(60, 2);
/// As one user in a browser that this user signed in with before.
const DEVICE: Rate = rate(10, 10);
/// Codes of a second factor, which are short, after the right password.
const CODE: Rate = rate(5, 60);

/// The most that is remembered at once: some 4 MiB.
const LIMIT: usize = 100_000;

/// Something with a rate of its own.
#[derive(Clone, Copy)]
struct Bucket {
    key: u64,
    rate: Rate,
}

#[derive(Default)]
pub(crate) struct Throttle {
    hasher: RandomState,
    /// When all failures of a bucket will be forgotten (the theoretical arrival time of the generic cell rate algorithm).
    forgotten_at: Mutex<HashMap<u64, DateTime<Utc>>>,
}

/// An attempt under way. It counts from its beginning, because many may be under way at once, until it is
/// [taken back](Attempt::take_back): also when whoever made it does not wait for the answer.
pub(crate) struct Attempt<'a> {
    throttle: &'a Throttle,
    buckets: Vec<Bucket>,
}

impl Throttle {
    /// To sign in under a name, be there such a user or not.
    pub(crate) fn sign_in(&self, name: &str, from: Option<IpAddr>, now: DateTime<Utc>) -> Result<Attempt<'_>> {
        let from = from.map(network);
        let mut buckets = vec![self.bucket(("pair", name, from), PAIR), self.bucket(("account", name), ACCOUNT)];
        buckets.extend(from.map(|it| self.bucket(("address", it), ADDRESS)));
        self.begin(buckets, now)
    }

    /// To sign in from a browser that this user has signed in with before.
    pub(crate) fn known_device(&self, user: UserId, device: &str, now: DateTime<Utc>) -> Result<Attempt<'_>> {
        self.begin(vec![self.bucket(("device", user, device), DEVICE)], now)
    }

    /// To say the password once more, being signed in.
    pub(crate) fn own_password(&self, user: UserId, now: DateTime<Utc>) -> Result<Attempt<'_>> {
        self.begin(vec![self.bucket(("own", user), PAIR)], now)
    }

    /// To say the code of the second factor, from a device that is known or from any other.
    pub(crate) fn code(&self, user: UserId, device: Option<&str>, now: DateTime<Utc>) -> Result<Attempt<'_>> {
        self.begin(vec![self.bucket(("code", user, device), CODE)], now)
    }

    fn bucket(&self, key: impl Hash, rate: Rate) -> Bucket {
        Bucket { key: self.hasher.hash_one(key), rate }
    }

    /// Fails with [`Error::Throttled`] while one of the buckets is full, and then counts in none.
    fn begin(&self, buckets: Vec<Bucket>, now: DateTime<Utc>) -> Result<Attempt<'_>> {
        let mut forgotten_at = self.lock();
        let full_until = |it: &Bucket| {
            let at = *forgotten_at.get(&it.key)?;
            Some(at - it.rate.every * (it.rate.burst - 1)).filter(|it| *it > now)
        };
        if let Some(until) = buckets.iter().filter_map(full_until).max() {
            return Err(Error::Throttled(until - now));
        }
        for it in &buckets {
            make_room(&mut forgotten_at, now);
            let at = forgotten_at.entry(it.key).or_insert(now);
            *at = (*at).max(now) + it.rate.every;
        }
        drop(forgotten_at);
        Ok(Attempt { throttle: self, buckets })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, DateTime<Utc>>> {
        self.forgotten_at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Attempt<'_> {
    /// It was right, or was not looked at.
    pub(crate) fn take_back(self) {
        let mut forgotten_at = self.throttle.lock();
        for it in &self.buckets {
            if let Some(at) = forgotten_at.get_mut(&it.key) {
                *at -= it.rate.every;
            }
        }
    }
}

/// Forgets what is over; and where that is nothing, anything: nobody may fill the memory.
fn make_room(forgotten_at: &mut HashMap<u64, DateTime<Utc>>, now: DateTime<Utc>) {
    if forgotten_at.len() < LIMIT {
        return;
    }
    forgotten_at.retain(|_, at| *at > now);
    if forgotten_at.len() >= LIMIT {
        let some: Vec<u64> = forgotten_at.keys().take(LIMIT / 10).copied().collect();
        for key in some {
            forgotten_at.remove(&key);
        }
    }
}

/// One customer of a provider has 2⁶⁴ addresses of version 6.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(it) => IpAddr::V6((u128::from(it) >> 64 << 64).into()),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + second, 0).unwrap()
    }

    fn address(n: u8) -> IpAddr {
        [192, 0, 2, n].into()
    }

    /// How many attempts in a row fail before one has to wait, and for how long then.
    fn run<'a>(attempt: impl Fn() -> Result<Attempt<'a>>) -> (usize, TimeDelta) {
        for n in 0..10_000 {
            match attempt() {
                Ok(attempt) => drop(attempt),
                Err(Error::Throttled(wait)) => return (n, wait),
                Err(other) => panic!("{other}"),
            }
        }
        panic!("nobody had to wait")
    }

    #[test]
    fn who_guesses_has_to_wait_and_only_there() {
        let all = Throttle::default();
        assert_eq!(run(|| all.sign_in("anna", Some(address(1)), at(0))), (5, TimeDelta::seconds(10)));
        // Another address, another name, and the browser that is known.
        assert_eq!(run(|| all.sign_in("anna", Some(address(2)), at(0))).0, 5);
        assert_eq!(run(|| all.sign_in("maxim", Some(address(1)), at(0))), (5, TimeDelta::seconds(10)));
        assert_eq!(run(|| all.known_device(UserId(uuid::Uuid::nil()), "x", at(0))), (10, TimeDelta::seconds(10)));
        // By then the address has failed ten times.
        assert_eq!(run(|| all.sign_in("alla", Some(address(1)), at(0))), (0, TimeDelta::seconds(6)));
        // One more each time that one is forgotten.
        assert_eq!(run(|| all.sign_in("anna", Some(address(2)), at(9))), (0, TimeDelta::seconds(1)));
        assert_eq!(run(|| all.sign_in("anna", Some(address(2)), at(10))).0, 1);
        assert_eq!(run(|| all.sign_in("anna", Some(address(2)), at(1000))).0, 5);
    }

    #[test]
    fn many_addresses_guess_no_more_than_1800_times_an_hour() {
        let all = Throttle::default();
        let mut guesses = 0;
        for second in 0..3600_u32 {
            for n in 0..50_u32 {
                if let Ok(attempt) = all.sign_in(
                    "anna",
                    Some(IpAddr::V6((u128::from(second) << 80 | u128::from(n) << 64).into())),
                    at(second.into()),
                ) {
                    drop(attempt);
                    guesses += 1;
                }
            }
        }
        assert_eq!(guesses, 1800 + 59);
    }

    #[test]
    fn attempts_count_from_their_beginning_until_they_are_taken_back() {
        let all = Throttle::default();
        let under_way: Vec<_> = (0..5).map(|_| all.sign_in("anna", Some(address(1)), at(0)).unwrap()).collect();
        assert!(matches!(all.sign_in("anna", Some(address(1)), at(0)), Err(Error::Throttled(_))));
        let abandoned = 2;
        under_way.into_iter().skip(abandoned).for_each(Attempt::take_back);
        assert_eq!(run(|| all.sign_in("anna", Some(address(1)), at(0))).0, 5 - abandoned);
    }

    #[test]
    fn one_network_of_version_6_is_one_address() {
        let all = Throttle::default();
        let v6 = |text: &str| Some(text.parse().unwrap());
        assert_eq!(run(|| all.sign_in("anna", v6("2001:db8::1"), at(0))).0, 5);
        assert_eq!(run(|| all.sign_in("anna", v6("2001:db8::2"), at(0))).0, 0);
        assert_eq!(run(|| all.sign_in("anna", v6("2001:db8:0:1::1"), at(0))).0, 5);
        assert_eq!(run(|| all.sign_in("anna", v6("::ffff:192.0.2.7"), at(0))).0, 5);
        assert_eq!(run(|| all.sign_in("anna", Some(address(7)), at(0))).0, 0);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let all = Throttle::default();
        for n in 0..250_000_u128 {
            let _ = all.sign_in("anna", Some(IpAddr::V6((n << 64).into())), at(0)).map(drop);
            let _ = all.code(UserId(uuid::Uuid::from_u128(n)), None, at(0)).map(drop);
        }
        assert!(all.lock().len() <= LIMIT, "{}", all.lock().len());
    }
}
