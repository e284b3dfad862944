//! The one binary: reads the settings, chooses the adapters, runs a command.
use std::process::ExitCode;

use clap::Parser;

use crate::{
    cli::{Audit, Cli, Command},
    failure::Failure,
    settings::Settings,
};

mod assembly;
mod audit;
mod backup;
mod cli;
mod clock;
mod console;
mod copy;
mod demo;
mod failure;
mod log;
mod runtime;
mod serve;
mod settings;
mod superuser;
mod words;

fn main() -> ExitCode {
    let command = Cli::parse().command.unwrap_or(Command::Serve);
    match run(command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            console::complain(&failure);
            failure.exit_code()
        }
    }
}

fn run(command: Command) -> Result<(), Failure> {
    let settings = Settings::read()?;
    log::start(&settings.log)?;
    let runtime = match command {
        Command::Serve => runtime::for_serving()?,
        _ => runtime::for_a_command()?,
    };
    let outcome = runtime.block_on(async {
        match command {
            Command::Serve => serve::run(settings).await,
            Command::CreateSuperuser { username } => superuser::run(&settings, username).await,
            Command::Demo { leads } => demo::run(&settings, leads).await,
            Command::Copy { from, to } => copy::run(&settings, &from, &to).await,
            Command::Audit(Audit::Verify) => audit::verify(&settings).await,
            Command::Backup { file } => backup::save(&settings, &file).await,
            Command::Restore { file } => backup::restore(&settings, &file).await,
        }
    });
    runtime::stop(runtime);
    outcome
}
