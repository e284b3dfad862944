//! `voronka createsuperuser`: a user who may do everything, made on the server's console.
use std::{
    collections::BTreeSet,
    io::{self, BufRead, IsTerminal, Write},
};

use domain::{
    field::Field,
    passwords::Password,
    preferences::Preferences,
    user::{PersonName, UserDetails},
    values::{Invalid, Username},
};

use crate::{
    assembly::assemble,
    console::say,
    failure::Failure,
    settings::{self, Secret, Settings},
};

/// More than any password has: whatever is poured into standard input, only this much is read.
const LINE: u64 = 4096;

pub(crate) async fn run(settings: &Settings, username: Option<String>) -> Result<(), Failure> {
    let terminal = io::stdin().is_terminal();
    let username = match username {
        Some(username) => username,
        None if terminal => ask("Username: ")?,
        None => return Err(Failure::new("Name the user with --username: there is no terminal to ask on.")),
    };
    let username = Username::parse(&username).map_err(|it| refused("The username", it))?;
    let full_name = if terminal { ask("Full name (may be left out): ")? } else { String::new() };
    let full_name = PersonName::parse(&full_name).map_err(|it| refused("The full name", it))?;
    let password = Password::new(password(terminal)?.expose(), &username).map_err(|it| refused("The password", it))?;

    let crm = assemble(settings).await?.crm;
    let details = UserDetails {
        username: username.clone(),
        full_name,
        email: None,
        roles: BTreeSet::new(),
        superuser: true,
        preferences: Preferences::default(),
    };
    crm.create_superuser(details, &password).await.map_err(|error| match error {
        application::Error::Invalid(Field::Username, Invalid::Taken) => {
            Failure::new(format!("There is a user named {username} already."))
        }
        error => error.into(),
    })?;
    say(&format!("The superuser {username} can sign in now."));
    Ok(())
}

fn refused(what: &str, invalid: Invalid) -> Failure {
    Failure::new(format!("{what} is refused: {invalid}."))
}

/// From the environment; or typed twice, unseen; or one line of whatever standard input is.
fn password(terminal: bool) -> Result<Secret, Failure> {
    if let Some(password) = settings::password() {
        return Ok(password);
    }
    if !terminal {
        return line(io::stdin().lock()).map(Secret::new);
    }
    let typed = unseen("Password: ")?;
    if typed == unseen("Password again: ")? {
        Ok(typed)
    } else {
        Err(refused("The password", Invalid::PasswordsDiffer))
    }
}

fn unseen(prompt: &str) -> Result<Secret, Failure> {
    rpassword::prompt_password(prompt).map(Secret::new).map_err(|it| unread(&it))
}

fn ask(prompt: &str) -> Result<String, Failure> {
    let mut out = io::stdout().lock();
    let _ = write!(out, "{prompt}").and_then(|()| out.flush());
    line(io::stdin().lock())
}

/// One line as it is, without its end: a password may begin or end with a space.
fn line(input: impl BufRead) -> Result<String, Failure> {
    let mut line = String::new();
    input.take(LINE).read_line(&mut line).map_err(|it| unread(&it))?;
    let line = line.strip_suffix('\n').map_or(line.as_str(), |it| it.strip_suffix('\r').unwrap_or(it));
    Ok(line.to_owned())
}

fn unread(error: &io::Error) -> Failure {
    Failure::because("What was typed could not be read", error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_keeps_everything_but_its_end() {
        for (input, read) in [(" два слона \n", " два слона "), ("a\r\nb\n", "a"), ("a", "a"), ("", "")]
        {
            assert_eq!(line(input.as_bytes()).unwrap(), read);
        }
        assert_eq!(line("я".repeat(10_000).as_bytes()).unwrap().len(), 4096);
    }
}
