//! The operator's response times in a scenario, and their limits.
use std::{net::Ipv4Addr, sync::Arc, time::Duration};

use tokio::time::{Instant, sleep};

use crate::{
    Result,
    client::Client,
    scenarios::{Counts, OPERATOR, Scenario, Sessions},
    server::{Memory, Server},
};

/// The operator opens the list five times a second, if it comes that quickly.
const EVERY: Duration = Duration::from_millis(200);
/// How much slower the list may be than in quiet, which counts as at least this much.
const SLOWER: u32 = 5;
const QUIET: Duration = Duration::from_millis(10);
/// In MiB.
const MOST_MEMORY: u64 = 150;
const WELL_AGAIN: Duration = Duration::from_secs(10);

pub(crate) struct Report {
    name: &'static str,
    /// In ascending order.
    times: Vec<Duration>,
    statuses: Counts,
    others: Counts,
    memory: Memory,
    /// After the end, until everybody is served again; none: not within twice the time that it may take.
    well_again: Option<Duration>,
}

pub(crate) async fn run(
    scenario: &Scenario,
    server: &Server,
    sessions: &Arc<Sessions>,
    duration: Duration,
) -> Result<Report> {
    server.forget_peak()?;
    let until = Instant::now() + duration;
    let operator = server.client(OPERATOR);
    let (others, (times, statuses)) = tokio::join!(
        scenario.act(server.client(Ipv4Addr::LOCALHOST), sessions, until),
        lists(operator, &sessions.operator, until)
    );
    let memory = server.memory()?;
    let well_again = well_again(server, &sessions.operator).await;
    Ok(Report { name: scenario.name, times, statuses, others, memory, well_again })
}

async fn lists(operator: Client, cookie: &str, until: Instant) -> (Vec<Duration>, Counts) {
    let (mut times, mut statuses) = (Vec::new(), Counts::new());
    while Instant::now() < until {
        let begun = Instant::now();
        let status = operator.get("/leads", cookie).await.status;
        times.push(begun.elapsed());
        *statuses.entry(status).or_default() += 1;
        sleep(EVERY.saturating_sub(begun.elapsed())).await;
    }
    times.sort_unstable();
    (times, statuses)
}

/// Until a newcomer of either address and the operator are served within a second.
async fn well_again(server: &Server, cookie: &str) -> Option<Duration> {
    let begun = Instant::now();
    while begun.elapsed() < WELL_AGAIN * 2 {
        let asked = Instant::now();
        let (one, other, list) = tokio::join!(
            server.client(Ipv4Addr::LOCALHOST).get("/sign-in", ""),
            server.client(OPERATOR).get("/healthz", ""),
            server.client(OPERATOR).get("/leads", cookie)
        );
        let all_served = [one, other, list].iter().all(|it| it.status == 200);
        if all_served && asked.elapsed() < Duration::from_secs(1) {
            return Some(asked - begun);
        }
        sleep(Duration::from_millis(100)).await;
    }
    None
}

impl Report {
    pub(crate) const HEADER: &'static str =
        "scenario     lists    p50    p95    max  not 200  MiB peak  well again  verdict";

    fn at(&self, percent: usize) -> Duration {
        let last = self.times.len().saturating_sub(1);
        self.times.get(last * percent / 100).copied().unwrap_or_default()
    }

    /// The exceeded limits. The quiet scenario is compared with nothing.
    pub(crate) fn failures(&self, quiet: Option<&Self>) -> Vec<String> {
        let mut failures = Vec::new();
        let allowed = quiet.map_or(Duration::MAX, |it| it.at(95).max(QUIET) * SLOWER);
        if self.at(95) > allowed {
            failures.push(format!("p95 over {} ms", allowed.as_millis()));
        }
        let errors: u64 = self.statuses.iter().filter(|it| *it.0 == 0 || *it.0 >= 500).map(|it| it.1).sum();
        if errors > 0 {
            failures.push(format!("{errors} lists not served"));
        }
        if self.memory.peak > MOST_MEMORY {
            failures.push(format!("over {MOST_MEMORY} MiB"));
        }
        if self.well_again.is_none_or(|it| it > WELL_AGAIN) {
            failures.push(format!("not well again after {} s", WELL_AGAIN.as_secs()));
        }
        failures
    }

    fn well_again(&self) -> String {
        self.well_again.map_or_else(|| "never".to_owned(), |it| format!("{:.1} s", it.as_secs_f64()))
    }

    pub(crate) fn print(&self, quiet: Option<&Self>) {
        let [p50, p95, max] = [50, 95, 100].map(|it| self.at(it).as_millis());
        println!("  list: p50 {p50} ms, p95 {p95} ms, max {max} ms; answers {:?}", self.statuses);
        println!("  others: answers {:?}", self.others);
        println!("  memory: VmHWM {} MiB, VmRSS {} MiB", self.memory.peak, self.memory.now);
        println!("  everybody is served again after {}", self.well_again());
        for failure in self.failures(quiet) {
            println!("  FAIL: {failure}");
        }
    }

    pub(crate) fn row(&self, quiet: Option<&Self>) -> String {
        let [p50, p95, max] = [50, 95, 100].map(|it| self.at(it).as_millis());
        let bad: u64 = self.statuses.iter().filter(|it| *it.0 != 200).map(|it| it.1).sum();
        let failures = self.failures(quiet);
        let verdict = if failures.is_empty() { "pass".to_owned() } else { format!("FAIL: {}", failures.join(", ")) };
        let (name, lists, peak, well) = (self.name, self.times.len(), self.memory.peak, self.well_again());
        format!("{name:<11} {lists:>6} {p50:>6} {p95:>6} {max:>6} {bad:>8} {peak:>9} {well:>11}  {verdict}")
    }
}
