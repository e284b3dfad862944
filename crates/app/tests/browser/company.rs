//! The invented company of `voronka demo`, served.
use tempfile::{TempDir, tempdir};

use crate::support::{Server, run, voronka};

pub(crate) const PASSWORD: &str = "семь синих слонов";

/// A server with its data. It ends before its folder goes.
pub(crate) struct Company {
    pub(crate) server: Server,
    _folder: TempDir,
}

impl Company {
    pub(crate) fn with_leads(leads: u32) -> Self {
        let folder = tempdir().unwrap();
        let filled = run(voronka(folder.path()).args(["demo", "--leads", &leads.to_string()]), "");
        assert_eq!(filled.code, Some(0), "{filled:?}");
        assert!(filled.out.contains(PASSWORD), "{filled:?}");
        Self { server: Server::start(folder.path(), &[]), _folder: folder }
    }
}
