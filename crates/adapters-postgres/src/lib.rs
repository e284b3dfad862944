//! Keeps everything in `PostgreSQL`: the store of a team, and of several instances of the program side by side.
mod accounts;
mod address;
mod audit;
mod campaigns;
mod clients;
mod connection;
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
mod views;
mod work;

pub use address::{Address, AddressError};
pub use connection::ConnectError;
pub use store::{Limits, OpenError, PostgresStore};
