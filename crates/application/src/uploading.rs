//! Uploads under way in this process: each one keeps a connection and memory, before any row says so.
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use domain::user::UserId;

use crate::{Error, Result};

/// How many there are at once. Each has up to 256 KiB in memory, and 5 MiB where documents are in S3.
const MOST: u64 = 48;

#[derive(Default)]
pub(crate) struct Uploading {
    by_user: Mutex<HashMap<UserId, u64>>,
}

/// One of them, until it is dropped.
pub(crate) struct UnderWay<'a> {
    uploading: &'a Uploading,
    user: UserId,
    /// How many other ones the same user has.
    pub(crate) others: u64,
}

impl Uploading {
    /// Fails with [`Error::Busy`] where there are too many already.
    pub(crate) fn begin(&self, user: UserId) -> Result<UnderWay<'_>> {
        let mut by_user = self.by_user();
        if by_user.values().sum::<u64>() >= MOST {
            return Err(Error::Busy);
        }
        let of_user = by_user.entry(user).or_default();
        let others = *of_user;
        *of_user += 1;
        Ok(UnderWay { uploading: self, user, others })
    }

    fn by_user(&self) -> MutexGuard<'_, HashMap<UserId, u64>> {
        self.by_user.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        let mut by_user = self.uploading.by_user();
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

    #[test]
    fn uploads_are_counted_by_user_until_they_end() {
        let (uploading, user) = (Uploading::default(), |n| UserId(Uuid::from_u128(n)));
        let all: Vec<_> = (0..MOST).map(|n| uploading.begin(user(u128::from(n % 2))).unwrap()).collect();
        assert_eq!(all.last().unwrap().others, MOST / 2 - 1);
        assert!(matches!(uploading.begin(user(7)), Err(Error::Busy)));
        drop(all);
        assert_eq!(uploading.begin(user(1)).unwrap().others, 0);
        assert!(uploading.by_user().is_empty());
    }
}
