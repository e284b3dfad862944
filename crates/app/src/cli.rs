//! The commands and their options.
use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::demo;

const SETTINGS: &str = "Settings are environment variables, or lines of the file .env in the current folder. \
                        The file .env.template lists them all.";

/// Voronka, a CRM for a team that sells services through advertising.
#[derive(Parser)]
#[command(name = "voronka", version, after_help = SETTINGS)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Serve the pages. Without any command, this is done
    Serve,
    /// Make a user who may do everything
    ///
    /// Asks for the name and the password. In scripts, name the user with --username, and give the password in the
    /// variable `VORONKA_PASSWORD` or as one line on standard input.
    #[command(name = "createsuperuser")]
    CreateSuperuser {
        /// The name to sign in with
        #[arg(long, value_name = "NAME")]
        username: Option<String>,
    },
    /// Fill an empty database with an invented company, for trying out
    Demo {
        /// How many leads the company has: at least 9, so that there is one of each kind
        #[arg(long, value_name = "N", default_value_t = 6000, value_parser = leads)]
        leads: u32,
    },
    /// Copy the whole database into another, empty one, such as from a file to a server
    ///
    /// Nobody may use the database meanwhile: what is written after the beginning is not copied. Documents stay where
    /// they are. URLs are written as in `DATABASE_URL`.
    Copy {
        /// The database to read
        #[arg(long, value_name = "URL")]
        from: String,
        /// The database to fill
        #[arg(long, value_name = "URL")]
        to: String,
    },
    /// Look through the audit log
    #[command(subcommand)]
    Audit(Audit),
    /// Save the database and all documents in one file, also while the server runs
    Backup {
        /// The file to make. It must not be there yet
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Bring a backup back, where no data are yet
    Restore {
        /// The file that `voronka backup` made
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

const MOST_LEADS: u32 = 1_000_000;

fn leads(text: &str) -> Result<u32, String> {
    let number = text.parse().ok().filter(|it| (demo::LEAST_LEADS..=MOST_LEADS).contains(it));
    number.ok_or_else(|| format!("give a number from {} to {MOST_LEADS}", demo::LEAST_LEADS))
}

#[derive(Subcommand)]
pub(crate) enum Audit {
    /// Find entries that were changed or taken away
    ///
    /// Ends with code 1 where there are any. Also prints the last hash of each chain. A user who can write to the
    /// database could recompute all hashes, which only shows beside hashes that were noted elsewhere.
    Verify,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_commands_are_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn without_a_command_there_is_none() {
        assert!(Cli::try_parse_from(["voronka"]).unwrap().command.is_none());
    }

    #[test]
    fn a_company_has_as_many_leads_as_its_help_says() {
        for (leads, accepted) in [
            ("9", true),
            ("20", true),
            ("1000000", true),
            ("1000001", false),
            ("8", false),
            ("0", false),
            ("-1", false),
            ("x", false),
        ] {
            let parsed = Cli::try_parse_from(["voronka", "demo", &format!("--leads={leads}")]);
            assert_eq!(parsed.is_ok(), accepted, "{leads}");
            let Err(error) = parsed else { continue };
            assert!(error.to_string().contains("give a number from 9 to 1000000"), "{error}");
        }
        let mut cli = Cli::command();
        let help = cli.find_subcommand_mut("demo").unwrap().render_help().to_string();
        assert!(help.contains(&format!("at least {}", demo::LEAST_LEADS)), "{help}");
    }
}
