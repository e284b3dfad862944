//! Reads whose request is gone: they stop at the next row.
//!
//! `SQLite` can interrupt a statement, but Diesel does not offer that. So a reading connection sees the large tables through
//! temporary views, and each view asks for every row whether somebody still waits.
use std::{
    cell::RefCell,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use diesel::{
    QueryResult, SqliteConnection,
    connection::SimpleConnection,
    serialize::{IsNull, Output, Result, ToSql},
    sql_types::{BigInt, Bool},
    sqlite::Sqlite,
};

/// The tables that grow with the work of a company. The others stay so small that reading them to the end costs nothing.
pub(crate) const LARGE: [&str; 7] =
    ["leads", "clients", "contracts", "documents", "notes", "spend_entries", "audit_log"];

#[diesel::declare_sql_function]
extern "SQL" {
    /// True; or an error, which ends the statement. It takes a row, so that `SQLite` calls it for each one.
    fn still_wanted(row: BigInt) -> Bool;
}

/// Puts the views in front of the large tables. Temporary views may call functions of the program, those of a file may not.
pub(crate) fn look_through_views(conn: &mut SqliteConnection) -> QueryResult<()> {
    still_wanted_utils::register_nondeterministic_impl(conn, |_: i64| StillWanted)?;
    // Told that it leaves out no row, SQLite plans as if it was not there.
    for table in LARGE {
        conn.batch_execute(&format!(
            "CREATE TEMP VIEW {table} AS SELECT rowid AS rowid, * FROM main.{table} WHERE likelihood(still_wanted(rowid), 1.0)"
        ))?;
    }
    Ok(())
}

/// The end of a task's use, as the thread that works on it sees it.
#[derive(Clone, Default)]
pub(crate) struct Abandonment(Arc<AtomicBool>);

/// Held while the answer is waited for. Dropped, the answer is no longer wanted.
pub(crate) struct Waiting(Abandonment);

thread_local! {
    /// Of the task that this thread works on.
    static OF_THIS_TASK: RefCell<Abandonment> = RefCell::default();
}

impl Abandonment {
    pub(crate) fn unless_waited_for(&self) -> Waiting {
        Waiting(self.clone())
    }

    /// Does the work of a task on this thread.
    pub(crate) fn watched<R>(self, work: impl FnOnce() -> R) -> R {
        let before = OF_THIS_TASK.replace(self);
        let answer = work();
        OF_THIS_TASK.set(before);
        answer
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Relaxed);
    }
}

#[derive(Debug, thiserror::Error)]
#[error("nobody waits for the answer any more")]
struct Abandoned;

#[derive(Debug)]
struct StillWanted;

impl ToSql<Bool, Sqlite> for StillWanted {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> Result {
        if OF_THIS_TASK.with_borrow(|it| it.0.load(Ordering::Relaxed)) {
            return Err(Abandoned.into());
        }
        out.set_value(1);
        Ok(IsNull::No)
    }
}
