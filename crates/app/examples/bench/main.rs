//! The costs of the program: time to start, memory, time and CPU of each page.
//!
//! `cargo build --release -p app && cargo run --release -p app --example bench [-- --leads N]`. The program is the one
//! that was built beside this example; it runs on this machine with everything else that does, so compare figures of
//! one run with each other, and CPU rather than time with those of another one. Most of a run is spent on filling the
//! large database: each document is synced to the disk.
#[path = "../../tests/crash/http.rs"]
#[expect(dead_code, reason = "shared with a test that sends files, too")]
mod http;
mod measure;
mod pages;
mod server;

use std::{error::Error, fs, path::Path, process::ExitCode, thread, time::Instant};

use clap::Parser;
use http::Browser;
use measure::{Figures, heading, measured, together};
use server::{Program, Running};
use tempfile::{TempDir, tempdir};

type Done<T> = Result<T, Box<dyn Error>>;

/// Measures the program that was built beside this example.
#[derive(Parser)]
struct Options {
    /// How many leads the large database has.
    #[arg(long, default_value_t = 100_000)]
    leads: u32,
}

const PASSWORD: &str = "семь синих слонов";
const DEFAULT_LEADS: u32 = 6000;
const FEW_LEADS: u32 = 1000;

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Done<()> {
    let program = Program::beside_this()?;
    machine(&program)?;
    starts(&program)?;

    let few = filled(&program, FEW_LEADS)?;
    let few = list(&program, few.path())?;
    let usual = filled(&program, DEFAULT_LEADS)?;
    at_rest(&program, usual.path())?;
    let large = filled(&program, options.leads)?;
    let list = every_page(&program, large.path())?;

    let ratio = |of: fn(&Figures) -> f64| of(&list) / of(&few);
    println!("\n{}\n{few}", heading(&format!("with {FEW_LEADS} leads")));
    println!(
        "the list with {} leads costs {:.2} of the one with {FEW_LEADS} in CPU, {:.2} in time",
        options.leads,
        ratio(Figures::cpu),
        ratio(Figures::median),
    );
    Ok(())
}

fn machine(program: &Program) -> Done<()> {
    let cpus = fs::read_to_string("/proc/cpuinfo")?;
    let model = cpus.lines().find_map(|it| it.strip_prefix("model name")).unwrap_or("unknown");
    let load = fs::read_to_string("/proc/loadavg")?;
    let load = load.split(' ').next().unwrap_or_default();
    let cores = thread::available_parallelism()?;
    println!("{cores} cores, {}; load before: {load}", model.trim_start_matches([' ', '\t', ':']));
    println!("binary: {:.1} MiB", mib(program.size()?));
    Ok(())
}

fn mib(bytes: u64) -> f64 {
    kib(bytes) / 1024.0
}

#[expect(clippy::cast_precision_loss, reason = "shown with one digit after the point")]
fn kib(bytes: u64) -> f64 {
    bytes as f64 / 1024.0
}

/// On an empty database `/sign-in` redirects to `/setup`, the first page that answers 200.
fn starts(program: &Program) -> Done<()> {
    let mut times = Vec::new();
    for _ in 0..5 {
        let folder = tempdir()?;
        let begun = Instant::now();
        let server = Running::start(program, folder.path())?;
        let mut browser = Browser::new(&server.address, "")?;
        let first = browser.get("/sign-in")?;
        if (first.status, first.location.as_str()) != (303, "/setup") || browser.get("/setup")?.status != 200 {
            return Err("a new server does not show its first page".into());
        }
        times.push(begun.elapsed());
    }
    times.sort();
    println!("empty folder, from exec to the first 200 (/sign-in, then /setup): {:.1?}; all: {times:.1?}", times[2]);
    Ok(())
}

fn filled(program: &Program, leads: u32) -> Done<TempDir> {
    let folder = tempdir()?;
    let begun = Instant::now();
    let told = program.command(folder.path()).args(["demo", "--leads", &leads.to_string()]).output()?;
    if !told.status.success() {
        return Err(String::from_utf8_lossy(&told.stderr).into_owned().into());
    }
    let took = begun.elapsed();
    let size = fs::metadata(folder.path().join("data/voronka.sqlite"))?.len();
    let told = String::from_utf8_lossy(&told.stdout).lines().next().unwrap_or_default().to_owned();
    println!("demo: {took:.1?}, {:.1} MiB; {told}", mib(size));
    Ok(folder)
}

fn signed_in(server: &Running) -> Done<Browser> {
    Ok(Browser::signed_in(&server.address, "director", PASSWORD)?)
}

fn list(program: &Program, folder: &Path) -> Done<Figures> {
    let server = Running::start(program, folder)?;
    let mut browser = signed_in(&server)?;
    measured(&server, "leads", 2000, || browser.get("/leads"))
}

fn tell_memory(server: &Running, when: &str) -> Done<()> {
    let (now, most) = server.memory()?;
    println!("memory {when}: {:.1} MiB resident, {:.1} MiB at most", mib(now), mib(most));
    Ok(())
}

fn at_rest(program: &Program, folder: &Path) -> Done<()> {
    let server = Running::start(program, folder)?;
    tell_memory(&server, "after the start")?;
    let mut browser = signed_in(&server)?;
    tell_memory(&server, "after signing in")?;
    let walked = pages::walk(&mut browser)?;
    tell_memory(&server, &format!("after a walk over {walked} pages"))
}

/// Returns the figures of the list of leads.
fn every_page(program: &Program, folder: &Path) -> Done<Figures> {
    let begun = Instant::now();
    let server = Running::start(program, folder)?;
    let mut browser = signed_in(&server)?;
    println!("started and signed in: {:.1?}", begun.elapsed());
    tell_memory(&server, "at rest")?;
    let walked = pages::walk(&mut browser)?;
    tell_memory(&server, &format!("after a walk over {walked} pages"))?;

    let chosen = pages::choose(&mut browser)?;
    println!("\n{}", heading("one connection, one request after the other"));
    let list = measured(&server, "leads", 2000, || browser.get("/leads"))?;
    println!("{list}");
    for (name, path, most) in chosen {
        println!("{}", measured(&server, &name, most, || browser.get(&path))?);
    }
    let mut number = 0;
    let campaign = pages::a_campaign(&mut browser)?;
    let create = || {
        number += 1;
        let (name, phone) = (format!("Замеров Лид {number}"), format!("+7999{number:07}"));
        browser.post("/leads", &[("full_name", &name), ("phone", &phone), ("campaign", &campaign)])
    };
    println!("{}", measured(&server, "a new lead (POST)", 300, create)?);
    tell_memory(&server, "after that load")?;
    println!("\n{}", together(&server, &browser.cookie, "/leads")?);
    tell_memory(&server, "after that load")?;
    Ok(list)
}
