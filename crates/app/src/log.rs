//! The log, on standard error: for operators, without personal data.
use std::io::{self, IsTerminal};

use tracing_subscriber::{EnvFilter, filter::LevelFilter};

use crate::{
    failure::Failure,
    settings::{LogFormat, LogSettings},
};

pub(crate) fn start(settings: &LogSettings) -> Result<(), Failure> {
    // The filter was read once already, so that a wrong one is told like every wrong setting.
    let mut filter = EnvFilter::try_new(&settings.filter).unwrap_or_default();
    // In detail these would write out the values of statements, which are personal data.
    if filter.max_level_hint().is_none_or(|it| it > LevelFilter::INFO) {
        for quiet in ["tokio_postgres=info", "diesel=info"] {
            let quiet = quiet.parse().map_err(|error| Failure::because("The log could not be started", &error))?;
            filter = filter.add_directive(quiet);
        }
    }
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    let started = match settings.format {
        LogFormat::Text => log.with_ansi(io::stderr().is_terminal()).try_init(),
        LogFormat::Json => log.json().flatten_event(true).try_init(),
    };
    started.map_err(|error| Failure::because("The log could not be started", &*error))
}
