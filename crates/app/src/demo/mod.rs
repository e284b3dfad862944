//! `voronka demo`: fills an empty database with a year of an invented company, all or nothing.
use std::time::Instant;

use application::{Crm, Error};
use domain::passwords::{Password, PasswordHasher};
use indicatif::{ProgressBar, ProgressStyle};

use self::{
    company::{Company, Made, Place},
    filing::Filing,
    staff::{EMPLOYEES, Staff},
};
use crate::{
    assembly::{Assembly, assemble},
    console::say,
    failure::Failure,
    settings::Settings,
};

mod adverts;
mod agenda;
mod company;
mod days;
mod deals;
mod examples;
mod filing;
mod hours;
mod journey;
mod latin;
mod names;
mod offer;
mod pdf;
mod people;
mod random;
mod staff;
mod talk;
#[cfg(test)]
mod tests;

pub(crate) use examples::LEAST_LEADS;

pub(crate) async fn run(settings: &Settings, leads: u32) -> Result<(), Failure> {
    let begun = Instant::now();
    let Assembly { crm, files, passwords } = assemble(settings).await?;
    let progress = progress(leads);
    let filing = Filing::new(files, settings.document_limit);
    let show = |leads| progress.set_position(leads);
    let made = fill(&crm, &*passwords, filing, &settings.currency, leads, show).await?;
    progress.finish_and_clear();
    say(&told(made, begun.elapsed().as_secs_f32()));
    Ok(())
}

/// The company as of the moment that the application's clock shows. `progress` gets how many leads there are already.
async fn fill(
    crm: &Crm,
    passwords: &dyn PasswordHasher,
    filing: Filing,
    currency: &str,
    leads: u32,
    progress: impl Fn(u64),
) -> Result<Made, Failure> {
    let place = Place { calendar: crm.organisation().calendar, now: crm.now() };
    let staff = Staff::hire(crm, passwords, place.beginning()).await?;
    let work = crm.fill().await.map_err(not_empty)?;
    let mut company = Company::new(work, filing, place, currency.to_owned(), staff, leads.into());
    company.live(progress).await?;
    company.commit().await
}

fn not_empty(error: Error) -> Failure {
    match error {
        Error::Conflict => Failure::new("The database has records already; the demo fills only an empty one."),
        error => error.into(),
    }
}

/// Shows nothing where standard error is no terminal.
fn progress(leads: u32) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos} of {len} leads, {eta} left");
    let bar = ProgressBar::new(leads.into());
    style.map(|it| bar.clone().with_style(it)).unwrap_or(bar)
}

fn told(made: Made, seconds: f32) -> String {
    let Made { leads, clients, contracts } = made;
    let password = Password::of_demo();
    let users = EMPLOYEES.iter().map(|it| {
        let role = it.role.map_or("superuser".to_owned(), |it| format!("{it:?}").to_lowercase());
        format!("  {:<9} {:<14} {}\n", it.username, role, it.full_name)
    });
    format!(
        "{leads} leads, {clients} clients and {contracts} contracts were made in {seconds:.1} s.\n\
         These users can sign in, all with the password: {}\n{}\
         The password is public: use this database for trying out only.",
        password.expose(),
        users.collect::<String>()
    )
}
