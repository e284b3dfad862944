//! `voronka.json`: the description of an archive.
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

/// The layout that this program writes, and the only one that it reads.
const FORMAT: u32 = 1;
/// More than it ever is.
pub(super) const LONGEST: u64 = 64 * 1024;

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct About {
    format: u32,
    /// The version of the program.
    program: String,
    made_at: String,
    /// The steps of the schema that the database has. For people: a restore asks the database itself.
    migrations: Vec<String>,
}

/// The one field that every format has.
#[derive(Deserialize)]
struct Format {
    format: u32,
}

impl About {
    pub(super) fn new(made_at: DateTime<Utc>, migrations: &[String]) -> Self {
        Self {
            format: FORMAT,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            made_at: made_at.to_rfc3339_opts(SecondsFormat::Secs, true),
            migrations: migrations.to_vec(),
        }
    }

    /// The error, as the end of a sentence.
    pub(super) fn parse(text: &[u8]) -> Result<Self, &'static str> {
        const UNREADABLE: &str = "its voronka.json cannot be read";
        let Format { format } = serde_json::from_slice(text).map_err(|_| UNREADABLE)?;
        if format > FORMAT {
            return Err("a newer version of Voronka made it, which can restore it");
        }
        let about: Self = serde_json::from_slice(text).map_err(|_| UNREADABLE)?;
        if about.format == FORMAT && about.made_at().is_some() { Ok(about) } else { Err(UNREADABLE) }
    }

    pub(super) fn text(&self) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec_pretty(self)
    }

    pub(super) fn made_at(&self) -> Option<DateTime<Utc>> {
        DateTime::parse_from_rfc3339(&self.made_at).ok().map(|it| it.to_utc())
    }
}
