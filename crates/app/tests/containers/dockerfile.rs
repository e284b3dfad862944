//! Reads the Dockerfile and what is kept from it.
use std::collections::BTreeMap;

use super::text;

/// From one FROM to the next.
pub(super) struct Stage {
    pub(super) name: String,
    pub(super) image: String,
    /// Each instruction with what it is told.
    pub(super) steps: Vec<(String, String)>,
}

impl Stage {
    pub(super) fn all(&self, instruction: &str) -> Vec<&str> {
        self.steps.iter().filter(|it| it.0 == instruction).map(|it| it.1.as_str()).collect()
    }

    pub(super) fn one(&self, instruction: &str) -> &str {
        let all = self.all(instruction);
        assert_eq!(all.len(), 1, "{instruction} in the stage {:?}", self.name);
        all[0]
    }

    /// The words of a command that needs no shell.
    pub(super) fn command(&self, instruction: &str) -> Vec<String> {
        let (_, words) = self.one(instruction).split_once('[').unwrap();
        serde_json::from_str(&format!("[{words}")).unwrap()
    }

    pub(super) fn environment(&self) -> BTreeMap<String, String> {
        let pairs = self.all("ENV").into_iter().flat_map(str::split_whitespace).filter_map(|it| it.split_once('='));
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }
}

pub(super) fn stages() -> Vec<Stage> {
    let text = text("Dockerfile");
    let lines: Vec<&str> = text.lines().filter(|it| !it.starts_with('#')).collect();
    let whole = lines.join("\n").replace("\\\n", " ");
    let (mut values, mut stages): (Vec<(String, &str)>, Vec<Stage>) = (Vec::new(), Vec::new());
    for line in whole.lines().filter(|it| !it.trim().is_empty()) {
        let (instruction, told) = line.split_once(' ').unwrap();
        match (instruction, stages.last_mut()) {
            ("ARG", None) => {
                let (name, value) = told.split_once('=').unwrap();
                values.push((format!("${{{name}}}"), value));
            }
            ("FROM", _) => {
                let (image, name) = told.split_once(" AS ").unwrap_or((told, ""));
                let image = values.iter().fold(image.to_owned(), |image, (name, value)| image.replace(name, value));
                stages.push(Stage { name: name.to_owned(), image, steps: Vec::new() });
            }
            (_, Some(stage)) => stage.steps.push((instruction.to_owned(), told.trim().to_owned())),
            (_, None) => panic!("{line} is in no stage"),
        }
    }
    stages
}

/// Whether the path is kept from the images: the last line of .dockerignore that fits it, or a folder that it is in,
/// decides.
pub(super) fn is_ignored(path: &str) -> bool {
    let ignore = text(".dockerignore");
    let lines = ignore.lines().map(str::trim).filter(|it| !it.is_empty() && !it.starts_with('#'));
    let ends: Vec<usize> = path.match_indices('/').map(|it| it.0).chain([path.len()]).collect();
    let fits = |pattern: &str| ends.iter().any(|end| fits(pattern, &path[..*end]));
    let deciding = lines.rev().find(|it| fits(it.trim_start_matches('!')));
    deciding.is_some_and(|it| !it.starts_with('!'))
}

/// A star is anything within one name.
fn fits(pattern: &str, path: &str) -> bool {
    assert!(!pattern.contains("**") && !pattern.contains(['?', '[', '\\']), "{pattern} is not understood here");
    let (patterns, names) = (pattern.split('/'), path.split('/'));
    let name_fits = |(pattern, name): (&str, &str)| match pattern.split_once('*') {
        None => pattern == name,
        Some((start, end)) => name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end),
    };
    patterns.clone().count() == names.clone().count() && patterns.zip(names).all(name_fits)
}
