//! Measures how one operator is served while others hold or ask for as much as they can. `bin/load-test` builds and runs it.
use std::{path::PathBuf, process::ExitCode, sync::Arc, time::Duration};

use crate::{
    measure::{Report, run},
    scenarios::SCENARIOS,
    server::Server,
};

mod client;
mod measure;
mod scenarios;
mod server;

const USAGE: &str = "load-test --program PATH [--short] [--leads N] [--only SCENARIO]";

pub(crate) type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;

struct Options {
    program: PathBuf,
    /// How long each scenario takes.
    seconds: u64,
    leads: u32,
    only: Option<String>,
}

fn options() -> Result<Options> {
    let mut options = Options { program: PathBuf::new(), seconds: 40, leads: 20_000, only: None };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(USAGE);
        match argument.as_str() {
            "--program" => options.program = std::path::absolute(value()?)?,
            "--short" => options.seconds = 5,
            "--leads" => options.leads = value()?.parse()?,
            "--only" => options.only = Some(known(value()?)?),
            _ => return Err(USAGE.into()),
        }
    }
    if options.program.is_file() { Ok(options) } else { Err(USAGE.into()) }
}

fn known(scenario: String) -> std::result::Result<String, String> {
    let names: Vec<&str> = SCENARIOS.iter().map(|it| it.name).collect();
    let sentence = || format!("there is no scenario {scenario}; there are {}", names.join(", "));
    if names.contains(&scenario.as_str()) { Ok(scenario) } else { Err(sentence()) }
}

async fn measured(options: &Options) -> Result<bool> {
    println!("Filling a demo of {} leads, with {} more users …", options.leads, scenarios::USERS);
    let server = Server::start(&options.program, options.leads).await?;
    let sessions = Arc::new(server.sign_in().await?);
    let mut reports: Vec<Report> = Vec::new();
    for scenario in &SCENARIOS {
        // The others are compared with the quiet one.
        if scenario.name != "quiet" && options.only.as_ref().is_some_and(|it| it != scenario.name) {
            continue;
        }
        println!("\n{}: {}", scenario.name, scenario.about);
        let report = run(scenario, &server, &sessions, Duration::from_secs(options.seconds)).await?;
        report.print(reports.first());
        reports.push(report);
    }
    println!("\n{}", Report::HEADER);
    let quiet = reports.first();
    for report in &reports {
        println!("{}", report.row(quiet));
    }
    Ok(reports.iter().all(|it| it.failures(quiet).is_empty()))
}

fn main() -> ExitCode {
    let done = options().and_then(|options| {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let passed = runtime.block_on(measured(&options));
        runtime.shutdown_timeout(Duration::from_secs(1));
        passed
    });
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("load-test: {error}");
            ExitCode::from(2)
        }
    }
}
