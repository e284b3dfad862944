//! A store whose n-th call fails, to find out what a use case leaves behind when it is cut off there.
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use domain::store::{Mode, Result, Store, StoreError, UnitOfWork};

use super::guarded;

/// Counts down with each call; the call that finds it at one fails, and nothing fails at zero.
#[derive(Clone, Default)]
pub struct Fuse(Arc<AtomicUsize>);

impl Fuse {
    /// Makes the n-th call from now on fail, once.
    pub fn set(&self, n: usize) {
        self.0.store(n, Ordering::SeqCst);
    }

    /// Whether it has gone off, or never was set.
    pub fn is_out(&self) -> bool {
        self.0.load(Ordering::SeqCst) == 0
    }

    fn burn(&self) -> Result<()> {
        match self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |it| it.checked_sub(1)) {
            Ok(1) => Err(StoreError::unavailable("the fuse went off")),
            _ => Ok(()),
        }
    }
}

pub struct Failing<S> {
    pub inner: S,
    pub fuse: Fuse,
}

#[async_trait]
impl<S: Store> Store for Failing<S> {
    async fn begin(&self, mode: Mode) -> Result<Box<dyn UnitOfWork>> {
        let fuse = self.fuse.clone();
        guarded::begin(&self.inner, mode, Arc::new(move |_| fuse.burn())).await
    }

    fn readers(&self) -> usize {
        self.inner.readers()
    }
}
