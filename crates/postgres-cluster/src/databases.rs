//! Databases of a server, and SQL in them.
use std::process::Command;

use crate::{cluster::Cluster, programs};

/// How a database sorts and compares texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Locale {
    /// By their bytes.
    C,
    /// The way that Russian readers expect.
    Utf8,
}

impl Cluster {
    pub fn create_database(&self, name: &str, locale: Locale) {
        let locale = match locale {
            Locale::C => "LOCALE 'C'",
            Locale::Utf8 if system_knows_russian() => "LOCALE 'ru_RU.UTF-8'",
            Locale::Utf8 => "LOCALE 'C.UTF-8' LOCALE_PROVIDER icu ICU_LOCALE 'ru-RU'",
        };
        self.query("postgres", &format!("CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8' {locale}"));
    }

    /// Nobody may be connected to the template meanwhile.
    pub fn copy_database(&self, template: &str, name: &str) {
        self.query("postgres", &format!("CREATE DATABASE \"{name}\" TEMPLATE \"{template}\""));
    }

    /// Its connections are closed.
    pub fn drop_database(&self, name: &str) {
        self.query("postgres", &format!("DROP DATABASE \"{name}\" WITH (FORCE)"));
    }

    /// The result of the SQL: a line for each row, `|` between columns.
    pub fn query(&self, database: &str, sql: &str) -> String {
        self.try_query(database, sql).unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    pub fn try_query(&self, database: &str, sql: &str) -> Result<String, String> {
        try_query(&self.url(database), sql)
    }
}

/// Like [`Cluster::try_query`], for any URL.
pub fn try_query(url: &str, sql: &str) -> Result<String, String> {
    let mut psql = Command::new(programs::psql());
    psql.args(["-XAtq", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql]);
    // A paused server lets everybody in and then never says anything.
    let asked = psql.env("PGCONNECT_TIMEOUT", "10").output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if asked.status.success() { Ok(text(&asked.stdout)) } else { Err(text(&asked.stderr)) }
}

fn system_knows_russian() -> bool {
    let known = Command::new("locale").arg("-a").output().unwrap().stdout;
    String::from_utf8_lossy(&known).lines().any(|it| it.eq_ignore_ascii_case("ru_RU.utf8"))
}
