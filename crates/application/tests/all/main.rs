//! The use cases, each as every role, on every store. One program, because linking one for each
//! file took longer than running them.
#![allow(unreachable_pub, reason = "modules of tests are of their program alone")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
mod accounts;
mod administration;
mod audit;
mod bulk;
mod choices;
mod contention;
mod conversion;
mod documents;
mod duplicates;
mod editing;
mod export;
mod flood;
mod history;
mod known_clients;
mod listing;
mod merging;
mod next_step;
mod own_account;
mod pages;
mod password_link;
mod permissions;
mod plans;
mod roles;
mod search;
mod sign_in;
mod statistics;
mod support;
mod views;
mod waiting_uploads;
