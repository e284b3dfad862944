//! Keeps everything in one `SQLite` file: the store of an installation that has no database server.
mod abandoned;
mod accounts;
mod audit;
mod backup;
mod campaigns;
mod clients;
mod contact;
mod contracts;
mod database_error;
mod directory;
mod documents;
mod duplicates;
mod leads;
mod migrate;
mod notes;
mod paging;
mod pool;
mod repository;
mod roles;
mod schema;
mod search;
mod services;
mod spend;
mod statistics;
mod store;
#[cfg(test)]
mod tests;
mod uploads;
mod users;
mod values;
mod views;
mod work;

pub use backup::{KnownFile, Snapshot, SnapshotError};
pub use store::{OpenError, SqliteStore};
