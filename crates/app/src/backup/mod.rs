//! `voronka backup` and `voronka restore`: the database and its documents in one file, and back again.
//!
//! An archive is a plain tar, which every tar can unpack, of ordinary files in this order:
//!
//! 1. `voronka.json` says what the archive is: format, program, moment, the steps of the schema. A restore reads it first.
//! 2. `database.sqlite` is the database at one moment.
//! 3. `documents/<id>` are the files of the documents that it knows, in the order of their ids.
//! 4. `SHA256SUMS` lists all of them, as `sha256sum --check` reads it. It is the last, because some hashes are known only
//!    when everything before it is written; and the reader of the archive makes the same list and compares the two.
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};

use crate::{
    failure::Failure,
    settings::{Database, Settings},
};

mod about;
mod layout;
mod part;
mod read;
mod restore;
mod save;
mod target;
mod write;

pub(crate) use restore::restore;
pub(crate) use save::save;

/// How much is read and written in one go. Nothing here is ever whole in memory.
const PIECE: usize = 64 * 1024;

/// The file of the embedded database. A database server has better tools of its own.
fn embedded<'a>(settings: &'a Settings, command: &str) -> Result<&'a Path, Failure> {
    match &settings.database {
        Database::Sqlite(path) => Ok(path),
        Database::Postgres(_) => Err(Failure::new(format!(
            "voronka {command} is for the embedded database; for PostgreSQL use pg_dump and pg_restore, \
             and copy the documents too, as docs/operations.md says."
        ))),
    }
}

/// Shows nothing where standard error is no terminal.
fn progress(bytes: u64, done: &str) -> ProgressBar {
    let style = format!("{{bar:40}} {{bytes}} of {{total_bytes}} {done}, {{eta}} left");
    let bar = ProgressBar::new(bytes);
    ProgressStyle::with_template(&style).map(|it| bar.clone().with_style(it)).unwrap_or(bar)
}
