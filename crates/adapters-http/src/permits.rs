//! The turns and permits of a request: for expensive work, and for a large body. It keeps them until its response is made.
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use application::{Expensive, Session, Turn};
use tokio::sync::SemaphorePermit;

use crate::error::WebError;

/// Clones share the same permits. The outermost layer keeps one clone until the response is made.
#[derive(Clone, Default)]
pub(crate) struct RequestPermits(Arc<Mutex<All>>);

#[derive(Default)]
struct All {
    turns: Vec<(Expensive, Turn)>,
    permit: Option<SemaphorePermit<'static>>,
}

impl RequestPermits {
    /// Waits for a turn. A request never holds two reading turns, because it would wait for itself. Fails with
    /// [`application::Error::NoTurn`].
    pub(crate) async fn turn(&self, session: &Session, work: Expensive) -> Result<(), WebError> {
        if work.reads() && self.all().turns.iter().any(|(it, _)| it.reads()) {
            return Ok(());
        }
        let turn = session.turn(work).await?;
        self.all().turns.push((work, turn));
        Ok(())
    }

    /// Keeps the permit for a large body, because the memory is in use until the response is made.
    pub(crate) fn keep(&self, permit: SemaphorePermit<'static>) {
        self.all().permit = Some(permit);
    }

    fn all(&self) -> MutexGuard<'_, All> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
