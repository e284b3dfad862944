//! Reads docker-compose.yml and the template of its variables.
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::text;

pub(super) fn compose() -> Value {
    yaml_serde::from_str(&text("docker-compose.yml")).unwrap()
}

pub(super) fn services() -> Map<String, Value> {
    compose()["services"].as_object().unwrap().clone()
}

/// What a service has in its environment, as it is written.
pub(super) fn environment(service: &str) -> BTreeMap<String, String> {
    let pairs = services()[service]["environment"].as_object().unwrap().clone();
    pairs.into_iter().map(|(name, value)| (name, value.as_str().unwrap().to_owned())).collect()
}

/// The variables of .env.template with their values: variables of the program, and others that only Compose reads.
pub(super) fn template() -> (BTreeMap<String, String>, BTreeMap<String, String>) {
    let template = text(".env.template");
    let (settings, for_compose) = template.split_once("\n# Only for Docker Compose").unwrap();
    let variables = |lines: &str| {
        let pairs = lines.lines().filter(|it| !it.starts_with('#')).filter_map(|it| it.split_once('='));
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    };
    (variables(settings), variables(for_compose))
}

/// All text in it, names and values.
pub(super) fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(values) => values.iter().flat_map(strings).collect(),
        Value::Object(pairs) => pairs.iter().flat_map(|it| [vec![it.0.clone()], strings(it.1)].concat()).collect(),
        _ => Vec::new(),
    }
}

/// The names of the variables that stand in the text.
pub(super) fn names(text: &str) -> BTreeSet<String> {
    pieces(text).into_iter().map(|it| it.1.to_owned()).collect()
}

/// The text as Compose makes it of these variables; an error is its message about a missing one.
pub(super) fn filled_in(text: &str, variables: &BTreeMap<String, String>) -> Result<String, String> {
    let mut filled = text.to_owned();
    for (whole, name, otherwise) in pieces(text) {
        let value = variables.get(name).filter(|it| !it.is_empty());
        let value = match (value, otherwise.split_at(2.min(otherwise.len()))) {
            (Some(value), _) => value,
            (None, (":-", default)) => default,
            (None, (":?", message)) => return Err(format!("{name}: {message}")),
            (None, _) => "",
        };
        filled = filled.replace(whole, value);
    }
    Ok(filled)
}

/// Each `${NAME}` whole, its name, and what is behind the name.
fn pieces(text: &str) -> Vec<(&str, &str, &str)> {
    assert_eq!(text.matches('$').count(), text.matches("${").count(), "{text} has a variable that is not read here");
    let starts = text.match_indices("${").map(|it| it.0);
    let piece = |start: usize| {
        let whole = &text[start..=start + text[start..].find('}').unwrap()];
        let inner = &whole[2..whole.len() - 1];
        let end = inner.find(|it: char| !it.is_ascii_alphanumeric() && it != '_').unwrap_or(inner.len());
        (whole, &inner[..end], &inner[end..])
    };
    starts.map(piece).collect()
}
