//! The unit of work: one transaction, which ends with its commit or is undone.
use std::time::Duration;

use async_trait::async_trait;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use domain::{
    chain::ChainLink,
    store::{self, Commit, Mode, StoreError},
};
use futures::future::try_join;
use tokio::time::timeout;

use crate::{
    connection::{self, Object},
    database_error::DatabaseError,
};

/// The server ends a statement that takes too long. Where the server itself is gone, or the statements of one step take
/// longer than one of them may, we do, this much later.
const GRACE: Duration = Duration::from_secs(1);
/// How long a server that says nothing keeps a connection of the pool's number. Longer, and a pool would stay empty
/// after another server has taken over; shorter, and a server that hangs would be given more and more of them.
const LOST: Duration = Duration::from_mins(1);
/// How long to wait for a turn at most. The limit of a statement would be no longer wait, but another error.
const PATIENCE: Duration = Duration::from_secs(4);
/// The commit of what fills a database looks at every reference, and a log is counted, however many there are.
const UNHURRIED: Duration = Duration::from_hours(2);

pub(crate) struct PostgresWork {
    mode: Mode,
    /// For one statement.
    limit: Duration,
    state: State,
    /// The last seal of the audit log's chain that this unit of work appends to, once it does.
    pub(crate) head: Option<ChainLink>,
    /// Empty only once it is dropped.
    link: Option<Object>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// No transaction yet: a unit of work without queries costs the server nothing.
    Fresh,
    Open,
    /// A statement is running. If the unit of work is dropped in this state, the statement was abandoned.
    Asking,
    /// The commit is on its way. It is never broken off: the server would end it half way through its standbys.
    Committing,
    /// A statement failed, and everything with it: the server refuses whatever would follow.
    Failed,
}

#[derive(Debug, thiserror::Error)]
enum Ended {
    #[error("an earlier step of this unit of work failed or was abandoned")]
    Earlier,
    #[error("the database did not answer in time")]
    Silent,
}

impl PostgresWork {
    pub(crate) fn new(link: Object, mode: Mode, limit: Duration) -> Self {
        let limit = if mode == Mode::BulkLoad { UNHURRIED } else { limit };
        Self { mode, limit, state: State::Fresh, head: None, link: Some(link) }
    }

    /// Does some statements in the transaction.
    ///
    /// They get a shared connection, so that independent queries can be sent together.
    pub(crate) async fn run<'w, R, S>(&'w mut self, step: impl FnOnce(&'w AsyncPgConnection) -> S) -> store::Result<R>
    where
        S: Future<Output = Result<R, DatabaseError>>,
    {
        let (before, begin) = (self.state, begin(self.mode, self.limit));
        let (Some(link), State::Fresh | State::Open) = (&self.link, before) else {
            return Err(StoreError::unavailable(Ended::Earlier));
        };
        let mut conn = &link.conn;
        self.state = State::Asking;
        let asked = async {
            match (before, self.mode) {
                (State::Fresh, Mode::Read) => {
                    let beginning = async { Ok(conn.batch_execute(&begin).await?) };
                    Ok(try_join(beginning, step(&link.conn)).await?.1)
                }
                // A write must not run outside of its transaction, which it would if it was sent along with a
                // beginning that fails.
                (State::Fresh, _) => {
                    conn.batch_execute(&begin).await?;
                    step(&link.conn).await
                }
                _ => step(&link.conn).await,
            }
        };
        let answer = timeout(self.limit + GRACE, asked).await;
        self.state = match &answer {
            Ok(Ok(_) | Err(DatabaseError::Store(_))) => State::Open,
            Ok(Err(DatabaseError::Database(_))) => State::Failed,
            // It is still running, and is handled like an abandoned one.
            Err(_) => State::Asking,
        };
        answer.map_err(|_| StoreError::unavailable(Ended::Silent))?.map_err(StoreError::from)
    }

    /// Lifts the limit for the statements from here on: what counts a whole log takes longer than any page may.
    pub(crate) async fn take_time(&mut self) -> store::Result<()> {
        self.limit = UNHURRIED;
        let lifted = format!("SET LOCAL statement_timeout = {}", UNHURRIED.as_millis());
        self.run(|mut conn| async move { Ok(conn.batch_execute(&lifted).await?) }).await
    }

    async fn commit_open(&mut self) -> store::Result<()> {
        let Some(link) = &self.link else { return Err(StoreError::unavailable(Ended::Earlier)) };
        self.state = State::Committing;
        let answer = timeout(self.limit + GRACE, (&link.conn).batch_execute("COMMIT")).await;
        self.state = match &answer {
            Ok(Ok(())) => State::Fresh,
            Ok(Err(_)) => State::Failed,
            Err(_) => State::Committing,
        };
        let answer = answer.map_err(|_| StoreError::unavailable(Ended::Silent))?;
        answer.map_err(|error| DatabaseError::from(error).into())
    }
}

/// One moment for all that is read, and nobody waits for it.
const READING: &str = "ISOLATION LEVEL REPEATABLE READ, READ ONLY";
/// Everything read stays true until the commit, or the commit is refused.
const WRITING: &str = "ISOLATION LEVEL SERIALIZABLE, READ WRITE";
/// Beside others who write.
const SHARED_TURN: &str = "ROW SHARE";
/// Nobody else writes. The lock comes before the transaction's moment, which its first look at a row decides: by then
/// the others are done, and no conflict with them is left.
const OWN_TURN: &str = "EXCLUSIVE";
/// How long the server waits for the next statement of a transaction. Somebody may wait for its turn meanwhile, and
/// nothing but the program's own work is in between.
const IDLE: Duration = Duration::from_secs(2);
/// A store is filled at the pace of where the records come from.
const IDLE_FILLING: Duration = Duration::from_mins(5);

/// The limits go along with each transaction, and not with the connection: behind a pooler, that is not ours.
fn begin(mode: Mode, limit: Duration) -> String {
    let (level, turn) = match mode {
        Mode::Read => (READING, None),
        Mode::Write => (WRITING, Some(SHARED_TURN)),
        Mode::Exclusive | Mode::BulkLoad => (WRITING, Some(OWN_TURN)),
    };
    let idle = if mode == Mode::BulkLoad { IDLE_FILLING } else { IDLE }.as_millis();
    let (limit, patience) = (limit.as_millis(), PATIENCE.min(limit * 4 / 5).as_millis());
    let turn = turn.map_or(String::new(), |turn| {
        format!(
            "; SET LOCAL lock_timeout = {patience}; LOCK TABLE turns IN {turn} MODE; SET LOCAL lock_timeout = DEFAULT"
        )
    });
    let references = if mode == Mode::BulkLoad { "; SET CONSTRAINTS ALL DEFERRED" } else { "" };
    format!(
        "BEGIN {level}; \
         SET LOCAL statement_timeout = {limit}; \
         SET LOCAL idle_in_transaction_session_timeout = {idle}{turn}{references}"
    )
}

#[async_trait]
impl Commit for PostgresWork {
    async fn commit(mut self: Box<Self>) -> store::Result<()> {
        match (self.mode, self.state) {
            // There is nothing to save, and the end of a reading need not be waited for.
            (_, State::Fresh) | (Mode::Read, State::Open) => Ok(()),
            (_, State::Open) => self.commit_open().await,
            _ => Err(StoreError::unavailable(Ended::Earlier)),
        }
    }
}

/// The pool would lend the connection with the transaction still open on it, locks and all. So undo it now.
impl Drop for PostgresWork {
    fn drop(&mut self) {
        let Some(link) = self.link.take() else { return };
        match (self.state, tokio::runtime::Handle::try_current()) {
            (State::Fresh, _) => drop(link),
            (State::Open | State::Failed, Ok(runtime)) => drop(runtime.spawn(undo(link, self.limit + GRACE))),
            // Behind the commit, whose answer comes first. Until then the connection counts as lent: the server has it.
            (State::Committing, Ok(runtime)) => drop(runtime.spawn(undo(link, LOST))),
            (State::Asking, Ok(runtime)) => drop(runtime.spawn(break_off(link))),
            (_, Err(_)) => connection::discard(link),
        }
    }
}

async fn undo(link: Object, limit: Duration) {
    let undone = timeout(limit, (&link.conn).batch_execute("ROLLBACK")).await;
    if !matches!(undone, Ok(Ok(()))) {
        connection::discard(link);
    }
}

/// Nobody waits for the answer any more, so the server need not look for it to the end. It may hear of that late, when
/// the connection already does something else: so it does nothing else, and is closed once the server is done with it.
async fn break_off(link: Object) {
    let _ = timeout(LOST, async {
        link.cancel().await;
        (&link.conn).batch_execute("ROLLBACK").await
    })
    .await;
    connection::discard(link);
}
