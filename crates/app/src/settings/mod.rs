//! The settings: from the environment, or from the file `.env` in the current folder. Read here and nowhere else.
use std::{
    collections::BTreeMap,
    ffi::OsString,
    fmt,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use adapters_files::{Reserve, S3Settings};
use adapters_http::Language;
use adapters_postgres::{Address, Limits};
use domain::calendar::Calendar;
use ipnet::IpNet;

use crate::failure::Failure;

mod database;
mod documents;
mod parse;
mod secret;
#[cfg(test)]
mod tests;
mod variables;

pub(crate) use database::database;
pub(crate) use secret::Secret;

#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) database: Database,
    /// Of a database server.
    pub(crate) limits: Limits,
    pub(crate) data_dir: PathBuf,
    pub(crate) listen: SocketAddr,
    /// Without a slash at its end.
    pub(crate) public_url: Option<String>,
    pub(crate) proxies: Vec<IpNet>,
    pub(crate) language: Language,
    pub(crate) currency: String,
    pub(crate) calendar: Calendar,
    /// In bytes.
    pub(crate) document_limit: u64,
    /// Files of one user.
    pub(crate) waiting_uploads: u64,
    pub(crate) documents: Documents,
    /// Of the disk that the folder of documents is on.
    pub(crate) disk_reserve: Reserve,
    pub(crate) log: LogSettings,
}

#[derive(Clone, Debug)]
pub(crate) enum Database {
    /// A file.
    Sqlite(PathBuf),
    Postgres(Box<Address>),
}

impl fmt::Display for Database {
    /// Where it is, without a password.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => path.display().fmt(out),
            Self::Postgres(address) => address.fmt(out),
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) enum Documents {
    Folder,
    S3(S3Settings),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LogSettings {
    pub(crate) filter: String,
    pub(crate) format: LogFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

/// The values of the variables that are set, as text.
#[derive(Default)]
pub(crate) struct Values(BTreeMap<String, String>);

impl Settings {
    pub(crate) fn read() -> Result<Self, Failure> {
        let mut values = Values::of_file(Path::new(".env"))?;
        values.add_environment(std::env::vars_os())?;
        Self::of(&values)
    }

    fn of(values: &Values) -> Result<Self, Failure> {
        values.refuse_unknown()?;
        let data_dir = PathBuf::from(values.get("VORONKA_DATA_DIR"));
        Ok(Self {
            database: database("DATABASE_URL", values.get("DATABASE_URL"), &data_dir)?,
            limits: database::limits(values)?,
            listen: parse::listen(values.get("VORONKA_LISTEN"))?,
            public_url: parse::public_url(values.get("VORONKA_PUBLIC_URL"))?,
            proxies: parse::proxies(values.get("VORONKA_TRUSTED_PROXIES"))?,
            language: parse::language(values.get("VORONKA_LANGUAGE"))?,
            currency: parse::currency(values.get("VORONKA_CURRENCY"))?,
            calendar: parse::time_zone(values.get("VORONKA_TIME_ZONE"))?,
            document_limit: parse::document_limit(values.get("VORONKA_DOCUMENT_LIMIT_MIB"))?,
            waiting_uploads: parse::waiting_uploads(values.get("VORONKA_WAITING_UPLOADS"))?,
            documents: documents::documents(values)?,
            disk_reserve: parse::disk_reserve(values.get("VORONKA_DISK_RESERVE_MIB"))?,
            log: LogSettings {
                filter: parse::log_filter(values.get("VORONKA_LOG"))?,
                format: parse::log_format(values.get("VORONKA_LOG_FORMAT"))?,
            },
            data_dir,
        })
    }
}

/// The password that a script gives to `createsuperuser`: from the environment alone, never from a file.
pub(crate) fn password() -> Option<Secret> {
    #[expect(clippy::disallowed_methods, reason = "settings are read in this module")]
    std::env::var(variables::PASSWORD).ok().map(Secret::new)
}

impl Values {
    fn of_file(path: &Path) -> Result<Self, Failure> {
        let lines = match dotenvy::from_path_iter(path) {
            Ok(lines) => lines,
            Err(error) if error.not_found() => return Ok(Self::default()),
            Err(error) => return Err(Failure::setting(format!("The file .env cannot be read: {error}."))),
        };
        let mut values = Self::default();
        for line in lines {
            // The error would quote the line, and with it perhaps a secret.
            let (name, value) = line.map_err(|_| {
                let after = values.0.keys().next_back().map(|it| format!(" near {it}")).unwrap_or_default();
                Failure::setting(format!(
                    "The file .env has a line{after} that is not NAME=value; put values with spaces, $ or # in single quotes."
                ))
            })?;
            if name == variables::PASSWORD {
                return Err(Failure::setting(format!("{name} is in the file .env; a password belongs into no file.")));
            }
            values.0.insert(name, value);
        }
        Ok(values)
    }

    /// Environment variables have precedence over the file.
    fn add_environment(&mut self, variables: impl Iterator<Item = (OsString, OsString)>) -> Result<(), Failure> {
        for (name, value) in variables {
            let is_ours =
                |it: &&str| it.starts_with("VORONKA_") && *it != variables::PASSWORD || variables::is_known(it);
            let Some(name) = name.to_str().filter(is_ours) else { continue };
            let value = value.into_string().map_err(|_| Failure::setting(format!("{name} is not text in UTF-8.")))?;
            self.0.insert(name.to_owned(), value);
        }
        Ok(())
    }

    fn refuse_unknown(&self) -> Result<(), Failure> {
        let unknown = self.0.keys().find(|it| it.starts_with("VORONKA_") && !variables::is_known(it));
        match unknown {
            Some(name) => Err(Failure::setting(format!(
                "There is no setting {name}; perhaps {} is meant. The file .env.template lists them all.",
                variables::nearest(name)
            ))),
            None => Ok(()),
        }
    }

    /// The value, or the default where there is none.
    fn get(&self, name: &str) -> &str {
        let value = self.0.get(name).map(|it| it.trim()).filter(|it| !it.is_empty());
        value.unwrap_or_else(|| variables::default_of(name))
    }
}

/// The one way in which a wrong value is told.
fn wrong(name: &str, value: impl fmt::Display, expected: &str) -> Failure {
    Failure::setting(format!("{name} is \"{value}\", but should be {expected}."))
}
