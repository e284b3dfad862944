//! Which pages there are, and which of them are measured.
use std::collections::{HashMap, HashSet, VecDeque};

use crate::{
    Done,
    http::{Browser, encoded},
};

/// How many pages of one kind a walk opens.
const OF_A_KIND: usize = 5;
/// How many times «older» is followed to come to a page deep in the list.
const DEEP: usize = 20;

/// Where the links of a page lead.
fn links(page: &str) -> Vec<String> {
    let behind = page.split("href=\"/").skip(1).filter_map(|it| it.split_once('"'));
    behind.map(|it| format!("/{}", it.0.replace("&amp;", "&"))).collect()
}

/// The path without its ids and without its query: pages of one kind have the same.
fn kind(path: &str) -> String {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    path.split('/').map(|it| if it.len() == 36 { "*" } else { it }).collect::<Vec<_>>().join("/")
}

/// Opens a few pages of every kind that links lead to. Returns how many.
pub(crate) fn walk(browser: &mut Browser) -> Done<usize> {
    let (mut waiting, mut seen, mut kinds) = (VecDeque::from(["/".to_owned()]), HashSet::new(), HashMap::new());
    let mut opened = 0;
    while let Some(path) = waiting.pop_front() {
        let of_kind: &mut usize = kinds.entry(kind(&path)).or_default();
        if *of_kind == OF_A_KIND || !seen.insert(path.clone()) {
            continue;
        }
        *of_kind += 1;
        opened += 1;
        let answer = browser.get(&path)?;
        if answer.status != 200 {
            return Err(format!("{path} answered {}", answer.status).into());
        }
        waiting.extend(links(&answer.text()));
    }
    Ok(opened)
}

fn found(page: &str, what: &str, path: &str) -> Done<String> {
    let known = links(page).into_iter().find(|it| kind(it) == path);
    known.ok_or_else(|| format!("there is no {what} to measure").into())
}

/// The first campaign that the form of a new lead offers.
pub(crate) fn a_campaign(browser: &mut Browser) -> Done<String> {
    let form = browser.get("/leads/new")?.between("name=\"campaign\"", "</select>").unwrap_or_default();
    let mut values = form.split("value=\"").filter_map(|it| it.split_once('"')).map(|it| it.0);
    values.find(|it| it.len() == 36).map(str::to_owned).ok_or_else(|| "there is no campaign".into())
}

/// A name, a path, and how often to ask for it.
pub(crate) fn choose(browser: &mut Browser) -> Done<Vec<(String, String, usize)>> {
    let first = browser.get("/leads")?.text();
    let record = found(&first, "lead", "/leads/*")?;
    let (mut deep, mut page) = ("/leads".to_owned(), first);
    for _ in 0..DEEP {
        let next =
            page.split("<a href=\"").filter(|it| it.contains("rel=\"next\"")).filter_map(|it| it.split_once('"'));
        match next.last() {
            Some((href, _)) => deep = href.replace("&amp;", "&"),
            None => break,
        }
        page = browser.get(&deep)?.text();
    }
    let lead = browser.get(&found(&page, "lead", "/leads/*")?)?;
    let name = lead.between("<h1>", "</h1>").unwrap_or_default();
    let part: String = name.split(' ').next().unwrap_or_default().chars().take(5).collect();
    let phone = lead.between("href=\"tel:+", "\"").unwrap_or_default();
    let digits: String = phone.chars().rev().take(7).collect::<Vec<_>>().into_iter().rev().collect();
    let client = found(&browser.get("/clients")?.text(), "client", "/clients/*")?;
    let search = |typed: &str| format!("/leads?q={}", encoded(typed));
    let days = browser.get("/statistics")?.text();
    let year = links(&days).into_iter().rfind(|it| it.contains("starts_on=20") && !it.contains("lens=event"));
    let year = year.ok_or("the statistics offer no period")?;
    let fixed = [
        ("one lead", record, 2000),
        ("leads of one status", "/leads?status=qualified".into(), 2000),
        ("leads, 20 pages on", deep, 2000),
        (&format!("search: part of a name, «{part}»"), search(&part), 1000),
        (&format!("search: part of a phone, {digits}"), search(&digits), 1000),
        ("search: two letters, «ов»", search("ов"), 1000),
        ("search: nothing found", search("ничегопохожего"), 1000),
        ("form of a new lead", "/leads/new".into(), 2000),
        ("clients", "/clients".into(), 2000),
        ("one client", client, 2000),
        ("contracts", "/contracts".into(), 2000),
        ("statistics, all time", "/statistics".into(), 1000),
        ("statistics, one year", year.clone(), 1000),
        ("statistics, one year, by event", year.replace("lens=cohort", "lens=event"), 1000),
        ("home", "/".into(), 2000),
        ("whether it lives (/healthz)", "/healthz".into(), 2000),
    ];
    Ok(fixed.into_iter().map(|(name, path, most)| (name.to_owned(), path, most)).collect())
}
