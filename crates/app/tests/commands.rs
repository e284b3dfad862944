//! The commands and the settings, as their user sees them.
mod support;

use std::{fs, net::TcpListener, path::Path};

use support::{Database, Ended, database, run, voronka};
use tempfile::tempdir;

const PASSWORD: &str = "пять лис под дождём";

/// Neither a folder nor a table is there.
fn nothing_was_begun(folder: &Path) {
    assert!(!folder.join("data").exists());
    let database = database(folder);
    if matches!(database, Database::Server(_)) {
        let tables = "SELECT relname AS it FROM pg_class WHERE relnamespace = 'public'::regnamespace";
        assert_eq!(database.rows(tables), [""; 0]);
    }
}

#[test]
fn a_superuser_is_made_with_the_password_from_the_environment() {
    let folder = tempdir().unwrap();
    let mut command = voronka(folder.path());
    command.args(["createsuperuser", "--username", "anna"]).env("VORONKA_PASSWORD", PASSWORD);
    let first = run(&mut command, "");
    assert_eq!((first.code, first.out.as_str()), (Some(0), "The superuser anna can sign in now.\n"), "{first:?}");

    let second = run(&mut command, "");
    assert_eq!(second.code, Some(1));
    assert_eq!(second.err, "voronka: There is a user named anna already.\n");
}

#[test]
fn a_superuser_is_made_with_the_password_from_standard_input() {
    let folder = tempdir().unwrap();
    let made = run(voronka(folder.path()).args(["createsuperuser", "--username", "Анна"]), &format!("{PASSWORD}\n"));
    assert_eq!((made.code, made.out.as_str()), (Some(0), "The superuser Анна can sign in now.\n"), "{made:?}");
}

#[test]
fn a_bad_password_or_name_makes_nobody() {
    let folder = tempdir().unwrap();
    for (username, password, reason) in [
        ("anna", "слон", "The password is refused: shorter than 12 characters."),
        ("anna", "", "The password is refused: a value is required."),
        ("anna", "anna-anna-77", "The password is refused: too easy to guess"),
        ("an na", PASSWORD, "The username is refused: has characters other than"),
    ] {
        let refused = run(voronka(folder.path()).args(["createsuperuser", "--username", username]), password);
        assert_eq!(refused.code, Some(1));
        assert!(refused.err.starts_with(&format!("voronka: {reason}")), "{refused:?}");
        assert!(password.is_empty() || !refused.err.contains(password), "{refused:?}");
    }
    let nobody = run(voronka(folder.path()).arg("createsuperuser"), PASSWORD);
    assert_eq!(nobody.code, Some(1));
    assert!(nobody.err.contains("--username"), "{nobody:?}");
    nothing_was_begun(folder.path());
}

#[test]
fn a_company_that_would_lack_a_kind_of_leads_is_refused() {
    let folder = tempdir().unwrap();
    for leads in ["0", "1", "8"] {
        let refused = run(voronka(folder.path()).args(["demo", "--leads", leads]), "");
        assert_eq!(refused.code, Some(2), "{refused:?}");
        assert!(refused.err.contains("give a number from 9 to 1000000"), "{refused:?}");
    }
    nothing_was_begun(folder.path());
}

#[test]
fn a_wrong_setting_stops_every_command_with_one_sentence() {
    let folder = tempdir().unwrap();
    for command in ["serve", "createsuperuser", "demo"] {
        let wrong = run(voronka(folder.path()).arg(command).env("VORONKA_LANGUAGE", "de"), "");
        assert_eq!(wrong.code, Some(2));
        assert_eq!(wrong.err, "voronka: VORONKA_LANGUAGE is \"de\", but should be ru or en.\n");
    }
    let mistyped = run(voronka(folder.path()).env("VORONKA_LISTN", "127.0.0.1:0"), "");
    assert_eq!(mistyped.code, Some(2));
    assert!(mistyped.err.contains("VORONKA_LISTN") && mistyped.err.lines().count() == 1, "{mistyped:?}");
    nothing_was_begun(folder.path());
}

#[test]
fn the_file_env_is_read_and_the_environment_has_precedence() {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join(".env"), "VORONKA_CURRENCY=RUR\nVORONKA_LANGUAGE=en\n").unwrap();
    let wrong = run(&mut voronka(folder.path()), "");
    assert!(wrong.code == Some(2) && wrong.err.contains("VORONKA_CURRENCY is \"RUR\""), "{wrong:?}");

    let mut command = voronka(folder.path());
    let made = run(
        command
            .args(["createsuperuser", "--username", "anna"])
            .env("VORONKA_CURRENCY", "EUR")
            .env("VORONKA_PASSWORD", PASSWORD),
        "",
    );
    assert_eq!(made.code, Some(0), "{made:?}");
}

#[test]
fn a_database_of_a_newer_version_is_left_alone() {
    let folder = tempdir().unwrap();
    let create = |name: &str| -> Ended {
        let mut command = voronka(folder.path());
        run(command.args(["createsuperuser", "--username", name]).env("VORONKA_PASSWORD", PASSWORD), "")
    };
    assert_eq!(create("anna").code, Some(0));

    database(folder.path()).execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')");
    let refused = create("boris");
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.err.contains("belongs to a newer version of Voronka") && refused.err.contains("9999"),
        "{refused:?}"
    );
}

#[test]
fn a_port_in_use_is_told() {
    let folder = tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let refused = run(voronka(folder.path()).env("VORONKA_LISTEN", &address), "");
    assert_eq!(refused.code, Some(1));
    assert!(refused.err.contains(&format!("Another program listens on {address} already")), "{refused:?}");
    nothing_was_begun(folder.path());
}
