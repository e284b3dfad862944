//! `voronka copy`: moves the whole database from one store to another, through the ports, all or nothing.
use std::{sync::Arc, time::Instant};

use domain::store::{self, Mode, Store, StoreError};
use indicatif::{ProgressBar, ProgressStyle};

use self::{
    checksum::{Sum, Summing},
    parts::{Part, Work, for_each_part},
};
use crate::{
    assembly::open,
    console::say,
    failure::Failure,
    settings::{self, Database, Settings},
};

mod checksum;
mod parts;

/// The names that the options have in messages.
const FROM: &str = "--from";
const TO: &str = "--to";

pub(crate) async fn run(settings: &Settings, from: &str, to: &str) -> Result<(), Failure> {
    let begun = Instant::now();
    let source = source(settings, from).await?;
    let target = open(&settings::database(TO, to, &settings.data_dir)?, settings.limits).await?;
    // The copy is a snapshot of one moment, however long it takes.
    let mut reading = source.begin(Mode::Read).await.map_err(unread)?;
    let mut writing = target.begin(Mode::BulkLoad).await.map_err(unwritten)?;
    for_each_part!(refuse_filled(&mut writing));
    let progress = progress();
    for_each_part!(copy(&mut reading, &mut writing, &progress));
    writing.commit().await.map_err(unwritten)?;
    progress.finish_and_clear();
    // Both are read again: so it is seen what was stored, and whether somebody wrote to the original meanwhile. One
    // after the other, because a server does not wait long for a reader that does something else.
    reading = source.begin(Mode::Read).await.map_err(unread)?;
    let mut originals = Vec::new();
    for_each_part!(sum_up(&mut reading, &mut originals));
    drop(reading);
    let mut copied = target.begin(Mode::Read).await.map_err(unwritten)?;
    let (mut originals, mut table) = (originals.into_iter(), Vec::new());
    for_each_part!(compare(&mut copied, &mut originals, &mut table));
    let seconds = begun.elapsed().as_secs_f32();
    say(&format!("{}Copied and compared in {seconds:.1} s. Documents stay where they are.", table.concat()));
    Ok(())
}

/// A file has to be there: opening it would make it.
async fn source(settings: &Settings, url: &str) -> Result<Arc<dyn Store>, Failure> {
    let database = settings::database(FROM, url, &settings.data_dir)?;
    match &database {
        Database::Sqlite(path) if !path.is_file() => {
            Err(Failure::new(format!("There is no database {} to copy from.", path.display())))
        }
        _ => open(&database, settings.limits).await,
    }
}

/// Nothing at all may be there, not even the default roles: the source has its own.
async fn refuse_filled<P: Part>(target: &mut Work) -> Result<(), Failure> {
    if P::next(target, &mut P::Place::default()).await.map_err(unwritten)?.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "The database to copy to has {} already; only an empty one is filled, one that no server was started on.",
        P::NAME
    )))
}

async fn copy<P: Part>(source: &mut Work, target: &mut Work, progress: &ProgressBar) -> Result<(), Failure> {
    progress.set_message(P::NAME);
    let mut place = P::Place::default();
    loop {
        let piece = P::next(source, &mut place).await.map_err(unread)?;
        if piece.is_empty() {
            return Ok(());
        }
        P::write(target, &piece).await.map_err(unwritten)?;
        progress.inc(piece.len() as u64);
    }
}

async fn sum<P: Part>(work: &mut Work) -> store::Result<Sum> {
    let (mut summing, mut place) = (Summing::default(), P::Place::default());
    loop {
        let piece = P::next(work, &mut place).await?;
        if piece.is_empty() {
            return Ok(summing.sum());
        }
        summing.add(&piece);
    }
}

async fn sum_up<P: Part>(source: &mut Work, originals: &mut Vec<Sum>) -> Result<(), Failure> {
    originals.push(sum::<P>(source).await.map_err(unread)?);
    Ok(())
}

async fn compare<P: Part>(
    target: &mut Work,
    originals: &mut impl Iterator<Item = Sum>,
    table: &mut Vec<String>,
) -> Result<(), Failure> {
    let (expected, found) = (originals.next(), sum::<P>(target).await.map_err(unwritten)?);
    table.push(format!("  {:<14} {found}\n", P::NAME));
    match expected {
        Some(expected) if expected == found => Ok(()),
        _ => Err(Failure::new(format!(
            "The copy differs from the original in its {}; perhaps somebody still writes to that. Do not use the copy: \
             delete its file or drop its database, stop the server, and copy again.",
            P::NAME
        ))),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` gives")]
fn unread(error: StoreError) -> Failure {
    Failure::because("The database to copy from cannot be read", &error)
}

#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` gives")]
fn unwritten(error: StoreError) -> Failure {
    Failure::because("The database to copy to cannot be written", &error)
}

/// Shows nothing where standard error is no terminal.
fn progress() -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {pos} records, {per_sec}, now {msg}");
    let bar = ProgressBar::no_length();
    style.map(|it| bar.clone().with_style(it)).unwrap_or(bar)
}
