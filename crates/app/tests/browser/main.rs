//! The product in a real Chromium, the way its users see it.
//!
//! Chromium and chromedriver have to be installed (Debian: `chromium chromium-driver`): without them the tests fail.
#![expect(clippy::unwrap_used, reason = "this is a test, even outside of functions marked as such")]
mod access;
mod accessibility;
mod acts;
mod browser;
mod bulk;
mod company;
mod duplicates;
mod figures;
mod inspection;
mod keeps_what_was_typed;
mod longest;
mod next_step;
mod outages;
mod pages;
mod palette;
mod story;
mod typed_values;
mod without_javascript;

#[allow(dead_code, reason = "of this browser, a part is used here")]
#[path = "../crash/http.rs"]
mod http;
#[path = "../support/mod.rs"]
mod support;
