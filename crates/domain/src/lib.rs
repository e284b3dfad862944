//! The business in plain Rust: what a lead, a client and a campaign are, who may do what, what the
//! numbers mean, and the ports that adapters implement. Nothing here knows a database or a browser.
pub mod access;
pub mod audit;
pub mod calendar;
pub mod campaign;
pub mod client;
pub mod clock;
pub mod contract;
pub mod document;
pub mod field;
pub mod files;
pub mod id;
pub mod lead;
pub mod note;
pub mod page;
pub mod passwords;
pub mod record;
pub mod role;
pub mod seal;
pub mod service;
pub mod session;
pub mod spend;
pub mod statistics;
pub mod store;
pub mod user;
pub mod values;
