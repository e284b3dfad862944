//! The pages, requested as a browser does, with every store. All tests are one program, because linking one for each
//! file took longer than running them.
#![allow(unreachable_pub, reason = "test modules are used only in this program")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
mod bad_input;
mod bad_requests;
mod bulk;
mod deeds;
mod double;
mod duplicates;
mod escalation;
mod escaping;
mod every_hour;
mod export;
mod files;
mod first_run;
mod health;
mod home;
mod lists;
mod merging;
mod next_step;
mod orders;
mod outages;
mod packing;
mod past;
mod permissions;
mod preferences;
mod roles;
mod roles_held;
mod routes;
mod search;
mod security;
mod sign_in;
mod statistics;
mod support;
mod turns;
mod uploads;
mod views;
