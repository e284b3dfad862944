//! The settings of the database: which one, and how long to wait for it.
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use adapters_postgres::{Address, Limits};

use super::{
    Database, Values,
    parse::{truth, whole},
    wrong,
};
use crate::failure::Failure;

const EXPECTED: &str = "sqlite:path/to/file, sqlite:///absolute/path or postgres://user:password@host:5432/database";

/// The value is never shown: the address of a database server has a password in it.
pub(crate) fn database(name: &str, url: &str, data_dir: &Path) -> Result<Database, Failure> {
    if url.is_empty() {
        return Ok(Database::Sqlite(data_dir.join("voronka.sqlite")));
    }
    let (scheme, rest) = url.split_once(':').unwrap_or(("", url));
    match scheme {
        "sqlite" => sqlite_path(rest).map(Database::Sqlite).ok_or_else(|| wrong(name, url, EXPECTED)),
        "postgres" | "postgresql" => url
            .parse::<Address>()
            .map(|it| Database::Postgres(Box::new(it)))
            .map_err(|error| Failure::setting(format!("{name} cannot be used: {error}."))),
        _ => Err(Failure::setting(format!("{name} names a database of an unknown kind; it should be {EXPECTED}."))),
    }
}

/// `sqlite:path` as it is, `sqlite:///path` without the empty host; options behind a `?` are not known here.
fn sqlite_path(rest: &str) -> Option<PathBuf> {
    let path = match rest.strip_prefix("//") {
        Some(absolute) => absolute.starts_with('/').then_some(absolute)?,
        None => rest,
    };
    let is_file = !path.is_empty() && !path.ends_with('/') && !path.starts_with(':') && !path.contains('?');
    is_file.then(|| PathBuf::from(path))
}

pub(super) fn limits(values: &Values) -> Result<Limits, Failure> {
    let number = |name: &str, most: u16| whole(name, values.get(name), 1..=most);
    let seconds = |name: &str| number(name, 300).map(|it| Duration::from_secs(it.into()));
    Ok(Limits {
        connections: number("VORONKA_DATABASE_CONNECTIONS", 500)?.into(),
        connect: seconds("VORONKA_DATABASE_CONNECT_SECONDS")?,
        wait: seconds("VORONKA_DATABASE_WAIT_SECONDS")?,
        statement: seconds("VORONKA_DATABASE_STATEMENT_SECONDS")?,
        prepared: truth("VORONKA_DATABASE_PREPARED", values.get("VORONKA_DATABASE_PREPARED"))?,
    })
}
