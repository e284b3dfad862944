//! The shape of the code: who may depend on whom, and what a file looks like.
#![expect(clippy::unwrap_used, reason = "this is a test, even outside of functions marked as such")]
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

/// What each crate of the workspace may know of the others. A crate that is not here may not exist.
const MAY_KNOW: [(&str, &[&str]); 12] = [
    ("domain", &[]),
    ("application", &["domain"]),
    ("conformance", &["domain"]),
    ("postgres-cluster", &[]),
    ("load-test", &[]),
    ("adapters-memory", &["domain"]),
    ("adapters-sqlite", &["domain"]),
    ("adapters-postgres", &["domain"]),
    ("adapters-files", &["domain"]),
    ("adapters-passwords", &["domain"]),
    ("adapters-http", &["application", "domain"]),
    (
        "app",
        &[
            "adapters-files",
            "adapters-http",
            "adapters-passwords",
            "adapters-postgres",
            "adapters-sqlite",
            "application",
            "domain",
        ],
    ),
];

/// Libraries that only these crates may know.
const ONLY_IN: [(&str, &[&str]); 5] = [
    ("diesel", &["adapters-postgres", "adapters-sqlite"]),
    ("diesel-async", &["adapters-postgres", "adapters-sqlite"]),
    ("diesel_migrations", &["adapters-postgres", "adapters-sqlite"]),
    ("axum", &["adapters-http", "app"]),
    ("maud", &["adapters-http"]),
];

const MOST_LINES: usize = 400;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The normal dependencies of each crate of the workspace.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let asked = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(asked.status.success(), "{}", String::from_utf8_lossy(&asked.stderr));
    let metadata: Value = serde_json::from_slice(&asked.stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let packages = metadata["packages"].as_array().unwrap();
    let of = |package: &Value| {
        let all = package["dependencies"].as_array().unwrap();
        all.iter().filter(|it| it["kind"].is_null()).map(|it| text(&it["name"])).collect()
    };
    packages.iter().map(|it| (text(&it["name"]), of(it))).collect()
}

#[test]
fn a_crate_knows_only_the_crates_that_it_may() {
    let dependencies = dependencies();
    for (name, known) in &dependencies {
        let (_, may) = MAY_KNOW.iter().find(|it| it.0 == name).unwrap_or_else(|| panic!("{name} has no rule here"));
        let others = known.iter().filter(|it| dependencies.contains_key(*it));
        let forbidden: Vec<&String> = others.filter(|it| !may.contains(&it.as_str())).collect();
        assert!(forbidden.is_empty(), "{name} may not know {forbidden:?}");
    }
}

#[test]
fn a_library_is_known_only_where_it_belongs() {
    for (name, known) in dependencies() {
        for (library, places) in ONLY_IN {
            assert!(!known.contains(library) || places.contains(&name.as_str()), "{name} may not know {library}");
        }
    }
}

#[test]
fn every_file_says_what_it_is_for_and_is_short() {
    let mut files = Vec::new();
    collect(&root().join("crates"), &mut files);
    assert!(files.len() > 50);
    for file in files {
        let (text, name) = (fs::read_to_string(&file).unwrap(), file.display());
        assert!(text.starts_with("//! "), "{name} does not open with a line that says what it is for");
        let lines = text.lines().count();
        assert!(lines <= MOST_LINES, "{name} has {lines} lines, more than {MOST_LINES}");
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|it| it == "rs") {
            files.push(path);
        }
    }
}
