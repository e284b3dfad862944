//! Where `PostgreSQL`'s programs are.
use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

/// Where Debian keeps the versions of `PostgreSQL`: out of the PATH, side by side.
const VERSIONS: &str = "/usr/lib/postgresql";

/// The PATH for programs of the newest version and for `pgbouncer`, which is in no user's PATH.
pub(crate) fn path() -> OsString {
    let newest_first = [folder()].into_iter().chain(in_path());
    env::join_paths(newest_first.chain(["/usr/sbin".into()])).unwrap()
}

pub(crate) fn psql() -> PathBuf {
    folder().join("psql")
}

fn folder() -> PathBuf {
    let versions = fs::read_dir(VERSIONS).into_iter().flatten().map(|it| it.unwrap().path());
    let newest = versions.filter(|it| has_server(&it.join("bin"))).max_by_key(|it| version(it));
    let found = newest.map(|it| it.join("bin")).or_else(|| in_path().into_iter().find(|it| has_server(it)));
    found.unwrap_or_else(|| panic!("no initdb and pg_ctl in {VERSIONS} or in the PATH: install the package postgresql"))
}

fn in_path() -> Vec<PathBuf> {
    env::var_os("PATH").map(|it| env::split_paths(&it).collect()).unwrap_or_default()
}

fn has_server(folder: &Path) -> bool {
    folder.join("initdb").exists() && folder.join("pg_ctl").exists()
}

fn version(folder: &Path) -> Option<u32> {
    folder.file_name()?.to_str()?.parse().ok()
}
