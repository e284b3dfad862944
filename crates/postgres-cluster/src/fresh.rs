//! A database of its own for each test, prepared once and then copied.
use std::{
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use crate::{Locale, shared, support::wait_until};

/// A database of the shared server. It goes when this goes.
#[derive(Debug)]
pub struct Fresh {
    name: String,
}

impl Fresh {
    /// A database that `prepare` has prepared, given its URL: the first of each locale is, the others are its copies.
    /// Every call in a process passes the same `prepare`.
    pub fn new(locale: Locale, prepare: fn(&str)) -> Self {
        static C: OnceLock<&str> = OnceLock::new();
        static UTF8: OnceLock<&str> = OnceLock::new();
        static NUMBER: AtomicUsize = AtomicUsize::new(1);
        let template = match locale {
            Locale::C => C.get_or_init(|| prepared("prepared_c", locale, prepare)),
            Locale::Utf8 => UTF8.get_or_init(|| prepared("prepared_utf8", locale, prepare)),
        };
        let name = format!("fresh_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        shared().copy_database(template, &name);
        Self { name }
    }

    pub fn url(&self) -> String {
        shared().url(&self.name)
    }

    /// The result of the SQL, as of [`crate::Cluster::query`].
    pub fn query(&self, sql: &str) -> String {
        shared().query(&self.name, sql)
    }

    pub fn try_query(&self, sql: &str) -> Result<String, String> {
        shared().try_query(&self.name, sql)
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        shared().drop_database(&self.name);
    }
}

fn prepared(name: &'static str, locale: Locale, prepare: fn(&str)) -> &'static str {
    shared().create_database(name, locale);
    let url = shared().url(name);
    // In a thread of its own, so that it may run a runtime even where the test is in one.
    thread::spawn(move || prepare(&url)).join().unwrap();
    let connected = format!("SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}'");
    wait_until("the preparing client hangs up", || shared().query("postgres", &connected) == "0");
    name
}
