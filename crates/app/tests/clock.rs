//! The program by the clock of the machine, whatever that shows: `bin/test-clock` runs these at moments of all kinds.
#![expect(clippy::unwrap_used, reason = "this is a test, even outside of functions marked as such")]
#[allow(dead_code, reason = "of this browser, a part is used here")]
#[path = "crash/http.rs"]
mod http;
mod support;

use std::{collections::BTreeSet, thread, time::Duration};

use domain::{calendar::days_after, values::Day};
use http::Browser;
use support::{Server, calendar, now, run, stay_in_one_day, until_midnight, voronka};
use tempfile::{TempDir, tempdir};

/// Of everybody in the invented company.
const PASSWORD: &str = "семь синих слонов";
/// Longer than any test here takes.
const TEST: Duration = Duration::from_secs(45);

/// The smallest company that there is, served.
struct Company {
    server: Server,
    _folder: TempDir,
}

impl Company {
    fn open() -> Self {
        let folder = tempdir().unwrap();
        let filled = run(voronka(folder.path()).args(["demo", "--leads", "9"]), "");
        assert_eq!(filled.code, Some(0), "{filled:?}");
        Self { server: Server::start(folder.path(), &[]), _folder: folder }
    }

    fn sign_in(&self, username: &str) -> Browser {
        Browser::signed_in(self.server.address(), username, PASSWORD).unwrap()
    }
}

fn page(browser: &mut Browser, path: &str) -> String {
    let answer = browser.get(path).unwrap();
    assert_eq!(answer.status, 200, "{path} at {}: {}", now(), answer.text());
    answer.text()
}

/// Where the links of a page lead that are pages of ours.
fn links(page: &str) -> BTreeSet<String> {
    let all = page.split("href=\"").skip(1).filter_map(|it| it.split(['"', '#']).next());
    let pages =
        all.filter(|it| it.starts_with('/') && !["/static", "/export", "/document"].iter().any(|no| it.contains(no)));
    pages.map(|it| it.replace("&amp;", "&")).collect()
}

/// The paths of the records of a list.
fn rows(browser: &mut Browser, list: &str) -> Vec<String> {
    let page = page(browser, list);
    let records = page.split("class=\"row-link\" href=\"").skip(1);
    records.map(|it| it.split(['"', '?']).next().unwrap().to_owned()).collect()
}

fn today() -> Day {
    calendar().day(now())
}

#[test]
fn every_page_that_is_linked_opens() {
    let company = Company::open();
    let mut director = company.sign_in("director");
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut pages = BTreeSet::from(["/".to_owned()]);
    // To the sections, from there to records, filters and periods, and one step on.
    for _ in 0..3 {
        let found: BTreeSet<String> = pages.iter().flat_map(|it| links(&page(&mut director, it))).collect();
        seen.append(&mut pages);
        // Of all the ways to put lists and tables in order, those of the first page.
        pages = found
            .difference(&seen)
            .filter(|it| !it.contains("from=") && it.matches('&').count() < 2)
            .cloned()
            .collect();
    }
    assert!(seen.len() > 80, "{seen:?}");
}

#[test]
fn each_kind_of_work_waits_for_somebody() {
    stay_in_one_day(TEST);
    let company = Company::open();
    let mut director = company.sign_in("director");
    for list in [
        "/leads?status=new",
        "/leads?status=new&assignee=none",
        "/leads?status=in_progress",
        "/leads?status=qualified",
        "/leads?status=lost",
        "/leads?status=converted",
        "/leads?due=overdue",
        "/leads?due=today",
        "/leads?status=in_progress&due=none",
        "/clients",
        "/contracts?free=1",
        "/campaigns?archived=1",
        "/campaigns?over_budget=1",
        "/campaigns?unspent=1",
    ] {
        assert!(!rows(&mut director, list).is_empty(), "{list} is empty at {}", now());
    }
    let later = [rows(&mut director, "/leads?due=week").len(), rows(&mut director, "/leads?due=later").len()];
    assert!(later.iter().sum::<usize>() > rows(&mut director, "/leads?due=today").len(), "{later:?}");
    let home = page(&mut company.sign_in("maxim"), "/");
    for nothing in ["ничего не запланировано", "никто не готов", "ни один договор"]
    {
        assert!(!home.to_lowercase().contains(nothing), "{nothing}: {home}");
    }
}

#[test]
fn forms_begin_with_the_day_that_it_is() {
    stay_in_one_day(TEST);
    let company = Company::open();
    let mut director = company.sign_in("director");
    let form = page(&mut director, "/contracts/new");
    assert!(form.contains(&format!("value=\"{}\"", today())), "{}: {form}", today());
    let statistics = links(&page(&mut director, "/statistics"));
    let until = format!("ends_on={}", today());
    assert!(statistics.iter().any(|it| it.contains(&until)), "{until}: {statistics:?}");

    let lead = rows(&mut director, "/leads?status=new&assignee=none").remove(0);
    for (when, days) in [("today", 0), ("tomorrow", 1), ("in_3_days", 3), ("in_a_week", 7)] {
        let version = director.get(&lead).unwrap().hidden("version").unwrap();
        let planned = [("version", version.as_str()), ("next_step", "Перезвонить"), ("when", when)];
        let answer = director.post(&format!("{lead}/next-step"), &planned).unwrap();
        assert_eq!(answer.status, 303, "{}", answer.text());
        let due = days_after(today(), days).to_string();
        assert!(page(&mut director, &lead).contains(&format!("value=\"{due}\"")), "{when} is {due}");
    }
}

/// Over midnight, and so only just before one.
#[test]
#[ignore = "bin/test-clock runs it half a minute before midnight"]
fn what_was_due_today_is_overdue_after_midnight() {
    assert!(until_midnight() < Duration::from_secs(40), "it is {} in {}", calendar().local(now()), calendar().name());
    let company = Company::open();
    let mut director = company.sign_in("director");
    let lead = rows(&mut director, "/leads?status=new&assignee=none").remove(0);
    let version = director.get(&lead).unwrap().hidden("version").unwrap();
    let planned = [("version", version.as_str()), ("next_step", "Перезвонить"), ("when", "today")];
    assert_eq!(director.post(&format!("{lead}/next-step"), &planned).unwrap().status, 303);
    let before = today();
    assert!(rows(&mut director, "/leads?due=today").contains(&lead), "at {}", now());
    assert!(!rows(&mut director, "/leads?due=overdue").contains(&lead));

    thread::sleep(until_midnight());
    assert_eq!(today(), days_after(before, 1));
    // Who was signed in still is, though over a new connection, and the page knows what day it is.
    let mut director = Browser::new(company.server.address(), &director.cookie).unwrap();
    assert!(rows(&mut director, "/leads?due=overdue").contains(&lead), "at {}", now());
    assert!(page(&mut director, &lead).contains("Просрочено на 1 день"));
    assert!(page(&mut director, "/contracts/new").contains(&format!("value=\"{}\"", today())));
}
