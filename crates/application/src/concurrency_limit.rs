//! Uploads and exports in progress in this process: each one keeps a connection and memory.
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::user::UserId;

use crate::{Error, Result};

/// Counts one kind of them.
pub(crate) struct ConcurrencyLimit {
    of_all: usize,
    of_user: usize,
    by_user: Mutex<HashMap<UserId, usize>>,
}

/// One of them, until it is dropped.
pub(crate) struct Slot {
    all: Arc<ConcurrencyLimit>,
    user: UserId,
    /// How many other ones the same user has.
    pub(crate) others: usize,
}

impl ConcurrencyLimit {
    /// At most this many of all users, and of one.
    pub(crate) fn new(of_all: usize, of_user: usize) -> Arc<Self> {
        Arc::new(Self { of_all, of_user, by_user: Mutex::default() })
    }

    /// Fails with [`Error::Busy`] where there are too many already.
    pub(crate) fn acquire(self: &Arc<Self>, user: UserId) -> Result<Slot> {
        let mut by_user = self.by_user();
        let others = by_user.get(&user).copied().unwrap_or_default();
        if others >= self.of_user || by_user.values().sum::<usize>() >= self.of_all {
            return Err(Error::Busy);
        }
        by_user.insert(user, others + 1);
        Ok(Slot { all: Arc::clone(self), user, others })
    }

    fn by_user(&self) -> MutexGuard<'_, HashMap<UserId, usize>> {
        self.by_user.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut by_user = self.all.by_user();
        if let Some(left) = by_user.get_mut(&self.user) {
            *left -= 1;
            if *left == 0 {
                by_user.remove(&self.user);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn user(n: u128) -> UserId {
        UserId(Uuid::from_u128(n))
    }

    #[test]
    fn they_are_counted_by_user_until_they_end() {
        let counter = ConcurrencyLimit::new(6, 4);
        let all: Vec<_> = (0..6).map(|n| counter.acquire(user(n % 2)).unwrap()).collect();
        assert_eq!(all.last().unwrap().others, 2);
        assert!(matches!(counter.acquire(user(7)), Err(Error::Busy)));
        drop(all);
        assert_eq!(counter.acquire(user(1)).unwrap().others, 0);
        assert!(counter.by_user().is_empty());
    }

    #[test]
    fn one_user_leaves_some_for_others() {
        let counter = ConcurrencyLimit::new(6, 4);
        let _all: Vec<_> = (0..4).map(|_| counter.acquire(user(1)).unwrap()).collect();
        assert!(matches!(counter.acquire(user(1)), Err(Error::Busy)));
        assert!(counter.acquire(user(2)).is_ok());
    }
}
