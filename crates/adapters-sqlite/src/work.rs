//! The unit of work: one transaction, which ends with its commit or is undone.
use async_trait::async_trait;
use diesel::{SqliteConnection, connection::SimpleConnection};
use domain::store::{self, Commit, Mode, StoreError};

use crate::{
    abandoned::Abandonment,
    database_error::DatabaseError,
    pool::{self, Object},
};

pub(crate) struct SqliteWork {
    mode: Mode,
    /// Away while a task uses it; gone for good after a task that failed.
    lent: Option<Lent>,
}

#[derive(Debug, thiserror::Error)]
#[error("an earlier step of this unit of work failed or was abandoned")]
struct Ended;

impl SqliteWork {
    pub(crate) fn new(conn: Object, mode: Mode) -> Self {
        let begin = match mode {
            Mode::Read => "BEGIN",
            // Takes the lock at once: reads stay true until the commit, and no other unit of work writes.
            Mode::Write | Mode::Exclusive => "BEGIN IMMEDIATE",
            Mode::BulkLoad => "BEGIN IMMEDIATE; PRAGMA defer_foreign_keys = ON",
        };
        Self { mode, lent: Some(Lent { conn: Some(conn), begin, begun: false }) }
    }

    /// Does some queries in the transaction, off the threads that answer requests.
    ///
    /// Several at once: going to another thread and back costs more than a small query.
    pub(crate) async fn run<R: Send + 'static>(
        &mut self,
        task: impl FnOnce(&mut SqliteConnection) -> Result<R, DatabaseError> + Send + 'static,
    ) -> store::Result<R> {
        self.lend(|lent, abandonment| lent.run(task, abandonment)).await
    }

    async fn lend<R, F>(&mut self, task: impl FnOnce(Lent, Abandonment) -> F) -> store::Result<R>
    where
        R: Send + 'static,
        F: Future<Output = (Lent, Result<R, DatabaseError>)> + Send + 'static,
    {
        let lent = self.lent.take().ok_or_else(|| StoreError::unavailable(Ended))?;
        let abandonment = Abandonment::default();
        // A read that nobody waits for is stopped. What writes runs to its end, and is undone as a whole.
        let _waiting = (self.mode == Mode::Read).then(|| abandonment.unless_waited_for());
        // A task of its own, because the request that awaits this may go away: only after the query
        // the connection is dropped and the transaction undone.
        let (lent, answer) = tokio::spawn(task(lent, abandonment)).await.map_err(StoreError::unavailable)?;
        let answer = answer.map_err(StoreError::from);
        // A full disk, for one, makes SQLite end the transaction by itself, and a later step would then be
        // saved on its own. So after any failure but a refusal nothing more is done.
        if !matches!(answer, Err(StoreError::Unavailable(_))) {
            self.lent = Some(lent);
        }
        answer
    }
}

#[async_trait]
impl Commit for SqliteWork {
    async fn commit(mut self: Box<Self>) -> store::Result<()> {
        match (self.mode, &self.lent) {
            // There is nothing to save: its end need not be waited for.
            (Mode::Read, Some(_)) => Ok(()),
            _ => self.lend(Lent::commit).await,
        }
    }
}

/// A connection out of the pool. It goes back only without a transaction.
struct Lent {
    /// Empty only once it is dropped.
    conn: Option<Object>,
    begin: &'static str,
    begun: bool,
}

impl Lent {
    async fn run<R: Send + 'static>(
        mut self,
        task: impl FnOnce(&mut SqliteConnection) -> Result<R, DatabaseError> + Send + 'static,
        abandonment: Abandonment,
    ) -> (Self, Result<R, DatabaseError>) {
        // Begun together with the first query, which saves a trip to the other thread.
        let begin = if self.begun { "" } else { self.begin };
        self.begun = true;
        let Some(conn) = &mut self.conn else { return (self, Err(StoreError::unavailable(Ended).into())) };
        let answer = conn.spawn_blocking(move |conn| {
            abandonment.watched(|| {
                conn.batch_execute(begin)?;
                Ok(task(conn))
            })
        });
        let answer = answer.await.unwrap_or_else(|error| Err(error.into()));
        (self, answer)
    }

    async fn commit(self, abandonment: Abandonment) -> (Self, Result<(), DatabaseError>) {
        if !self.begun {
            return (self, Ok(()));
        }
        let (mut lent, answer) = self.run(|conn| Ok(conn.batch_execute("COMMIT")?), abandonment).await;
        // References that are checked at the commit leave the transaction open when they refuse it.
        lent.begun = answer.is_err();
        (lent, answer)
    }
}

/// The pool would lend the connection with the transaction still open on it, locks and all. So undo it now.
impl Drop for Lent {
    fn drop(&mut self) {
        let Some(mut conn) = self.conn.take() else { return };
        if !self.begun {
            return;
        }
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => {
                runtime.spawn(async move {
                    let undone = conn.spawn_blocking(|conn| conn.batch_execute("ROLLBACK")).await;
                    if undone.is_err() {
                        pool::discard(conn);
                    }
                });
            }
            Err(_) => pool::discard(conn),
        }
    }
}
