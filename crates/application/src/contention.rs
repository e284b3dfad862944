//! Work that another was in the way of is begun again: the one loop around a unit of work.
use domain::store::Mode;

use crate::{Error, Result};

/// First beside others, then alone, where nobody of this program can be in the way: a third time is needed only where
/// somebody works on the database by other means.
const TRIES: [Mode; 3] = [Mode::Write, Mode::Exclusive, Mode::Exclusive];

/// Whatever is done outside of the store must not be inside `attempt`: it would be done once more with each try.
/// Fails with [`Error::Busy`] when the last try was contended too.
pub(crate) async fn retried<T, W>(attempt: impl Fn(Mode) -> W) -> Result<T>
where
    W: Future<Output = Result<T>>,
{
    for mode in TRIES {
        match attempt(mode).await {
            Err(Error::Contended) => {}
            outcome => return outcome,
        }
    }
    Err(Error::Busy)
}
