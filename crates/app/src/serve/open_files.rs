//! How many connections the system lets the process have: each one is an open file.
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::limits::{CONNECTIONS, OTHER_FILES};

/// Asks the system for as many open files as it gives, and says for how many connections they are enough.
pub(super) fn connections() -> usize {
    let needed = (CONNECTIONS + OTHER_FILES) as u64;
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let mut files = current.unwrap_or(u64::MAX);
    if files < needed {
        let more = maximum.map_or(needed, |it| it.min(needed));
        if setrlimit(Resource::Nofile, Rlimit { current: Some(more), maximum }).is_ok() {
            files = more;
        }
    }
    let connections = enough_for(files);
    if connections < CONNECTIONS {
        tracing::warn!(
            connections,
            files,
            "the limit of open files (ulimit -n) is low: fewer connections are accepted"
        );
    }
    connections
}

/// At least half of the files are connections, however few there are.
fn enough_for(files: u64) -> usize {
    let files = usize::try_from(files).unwrap_or(usize::MAX);
    files.saturating_sub(OTHER_FILES).max(files / 2).min(CONNECTIONS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_files_mean_few_connections() {
        let enough = [u64::MAX, 1152, 1024, 256, 64].map(enough_for);
        assert_eq!(enough, [1024, 1024, 896, 128, 32]);
    }
}
