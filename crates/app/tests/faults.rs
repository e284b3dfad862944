//! The program on a real `PostgreSQL` server that fails, is overloaded, or serves more than one program.
//!
//! Whatever happens, nobody sees an error that is not a page, what was answered stays, and nothing is there by half.
#![expect(clippy::unwrap_used, reason = "this is a test, even outside of functions marked as such")]
#[path = "crash/clients.rs"]
#[allow(dead_code, reason = "the crash test uses all of it")]
mod clients;
#[path = "faults/conflicts.rs"]
mod conflicts;
#[path = "faults/crowds.rs"]
mod crowds;
#[path = "crash/figures.rs"]
#[allow(dead_code, reason = "the crash test uses all of it")]
mod figures;
#[path = "faults/hang_ups.rs"]
mod hang_ups;
#[path = "crash/http.rs"]
mod http;
#[path = "faults/instances.rs"]
mod instances;
#[path = "crash/invariants.rs"]
#[allow(dead_code, reason = "the crash test uses all of it")]
mod invariants;
#[path = "faults/ledger.rs"]
mod ledger;
#[path = "faults/load.rs"]
mod load;
#[path = "crash/office.rs"]
#[allow(dead_code, reason = "the crash test uses all of it")]
mod office;
#[path = "faults/outages.rs"]
mod outages;
#[path = "faults/site.rs"]
mod site;
mod support;
#[path = "faults/worker.rs"]
mod worker;
