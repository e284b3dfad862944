//! Tests of the settings.
use super::*;

fn values(set: &[(&str, &str)]) -> Values {
    Values(set.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
}

fn read(set: &[(&str, &str)]) -> Result<Settings, Failure> {
    Settings::of(&values(set))
}

const S3: [(&str, &str); 5] = [
    ("VORONKA_DOCUMENTS", "s3"),
    ("VORONKA_S3_ENDPOINT", "https://storage.example.com"),
    ("VORONKA_S3_BUCKET", "documents"),
    ("VORONKA_S3_ACCESS_KEY", "voronka"),
    ("VORONKA_S3_SECRET_KEY", "четыре-слона"),
];

#[test]
fn nothing_set_is_the_defaults_and_so_is_the_template() {
    let template = Values::of_file(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../.env.template"))).unwrap();
    assert!(template.0.len() > 10);
    for settings in [read(&[]).unwrap(), Settings::of(&template).unwrap()] {
        assert!(matches!(&settings.database, Database::Sqlite(it) if it == Path::new("./data/voronka.sqlite")));
        assert_eq!((settings.limits.connections, settings.limits.prepared), (10, true));
        assert_eq!(
            [settings.limits.connect, settings.limits.wait, settings.limits.statement].map(|it| it.as_secs()),
            [3, 2, 5]
        );
        assert_eq!(settings.data_dir, Path::new("./data"));
        assert_eq!(settings.listen.to_string(), "127.0.0.1:8000");
        assert_eq!(settings.public_url, None);
        assert_eq!(settings.language, Language::Russian);
        assert_eq!(settings.currency, "RUB");
        assert_eq!(settings.calendar, Calendar::named("Europe/Moscow").unwrap());
        assert_eq!(settings.document_limit, 25 * 1024 * 1024);
        assert!(matches!(settings.documents, Documents::Folder));
        assert_eq!(settings.log, LogSettings { filter: "info".into(), format: LogFormat::Text });
    }
}

#[test]
fn the_database_is_a_file_in_the_data_folder_or_where_it_is_said() {
    for (url, path) in [
        ("", "/srv/crm/voronka.sqlite"),
        ("sqlite:my.db", "my.db"),
        ("sqlite:./a/b.sqlite", "./a/b.sqlite"),
        ("sqlite:///var/lib/voronka.sqlite", "/var/lib/voronka.sqlite"),
        ("sqlite:/var/lib/voronka.sqlite", "/var/lib/voronka.sqlite"),
    ] {
        let settings = read(&[("VORONKA_DATA_DIR", "/srv/crm"), ("DATABASE_URL", url)]).unwrap();
        assert!(matches!(&settings.database, Database::Sqlite(it) if it == Path::new(path)), "{url}");
    }
}

#[test]
fn every_wrong_value_is_named_and_shown() {
    for (name, value) in [
        ("DATABASE_URL", "sqlite:"),
        ("DATABASE_URL", "sqlite://relative/path"),
        ("DATABASE_URL", "sqlite::memory:"),
        ("DATABASE_URL", "sqlite:a.db?mode=ro"),
        ("VORONKA_DATABASE_CONNECTIONS", "0"),
        ("VORONKA_DATABASE_CONNECT_SECONDS", "0.5"),
        ("VORONKA_DATABASE_WAIT_SECONDS", "301"),
        ("VORONKA_DATABASE_STATEMENT_SECONDS", "5s"),
        ("VORONKA_DATABASE_PREPARED", "no"),
        ("VORONKA_LISTEN", "8000"),
        ("VORONKA_LISTEN", "localhost:8000"),
        ("VORONKA_PUBLIC_URL", "crm.example.com"),
        ("VORONKA_PUBLIC_URL", "https://crm.example.com/app"),
        ("VORONKA_PUBLIC_URL", "ftp://crm.example.com"),
        ("VORONKA_LANGUAGE", "de"),
        ("VORONKA_CURRENCY", "RUR"),
        ("VORONKA_CURRENCY", "rub"),
        ("VORONKA_CURRENCY", "JPY"),
        ("VORONKA_TIME_ZONE", "Moscow"),
        ("VORONKA_DOCUMENT_LIMIT_MIB", "0"),
        ("VORONKA_DOCUMENT_LIMIT_MIB", "1025"),
        ("VORONKA_DOCUMENT_LIMIT_MIB", "25 MB"),
        ("VORONKA_DOCUMENTS", "disk"),
        ("VORONKA_LOG", "inof"),
        ("VORONKA_LOG", "5"),
        ("VORONKA_LOG", "info,hyper=loud"),
        ("VORONKA_LOG_FORMAT", "xml"),
    ] {
        let sentence = read(&[(name, value)]).unwrap_err().to_string();
        let start = format!("{name} is \"{value}\", but should be ");
        assert!(sentence.starts_with(&start) && sentence.ends_with('.'), "{sentence}");
    }
}

#[test]
fn a_database_server_is_named_by_its_address() {
    for scheme in ["postgres", "postgresql"] {
        let settings = read(&[("DATABASE_URL", &format!("{scheme}://anna:slon@db,standby/crm"))]).unwrap();
        let Database::Postgres(address) = &settings.database else { panic!("{settings:?}") };
        assert_eq!(address.to_string(), "crm at db:5432, standby:5432");
        assert!(!format!("{settings:?}").contains("slon"));
    }
}

#[test]
fn the_address_of_a_database_server_is_never_shown() {
    for url in [
        "postgres://anna:слон@",
        "postgresql://anna:слон@db",
        "postgres://anna:слон@db/crm?sslmode=require",
        "mysql://anna:слон@db/crm",
        "слон",
    ] {
        let sentence = read(&[("DATABASE_URL", url)]).unwrap_err().to_string();
        assert!(sentence.starts_with("DATABASE_URL ") && sentence.ends_with('.'), "{sentence}");
        assert!(!sentence.contains("слон"), "{sentence}");
    }
}

#[test]
fn the_wrong_part_of_an_address_is_named() {
    for (url, reason) in [
        ("postgres://anna:слон@db:5x/crm", "its port should be a whole number from 1 to 65535"),
        ("postgres://anna:слон@db", "it names no database"),
        (
            "postgres://anna:слон@db/crm?connect_timeout=9",
            "its connect_timeout has no effect here and should be left out",
        ),
    ] {
        let sentence = read(&[("DATABASE_URL", url)]).unwrap_err().to_string();
        assert_eq!(sentence, format!("DATABASE_URL cannot be used: {reason}."));
    }
    // A `?` in the password, and not an option.
    let sentence = read(&[("DATABASE_URL", "postgres://anna:p?слон@db/crm")]).unwrap_err().to_string();
    assert!(sentence.contains("%3F (?)") && !sentence.contains("option that is none of"), "{sentence}");
}

#[test]
fn a_mistyped_name_is_told_with_the_right_one() {
    let sentence = read(&[("VORONKA_LISTN", "x")]).unwrap_err().to_string();
    assert!(sentence.contains("VORONKA_LISTN") && sentence.contains("VORONKA_LISTEN "), "{sentence}");
}

#[test]
fn a_password_is_taken_from_the_environment_alone() {
    let mut environment = Values::default();
    environment.add_environment([(variables::PASSWORD.into(), "четыре слона".into())].into_iter()).unwrap();
    assert!(environment.0.is_empty());

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(".env");
    std::fs::write(&file, "VORONKA_PASSWORD='четыре слона'").unwrap();
    let sentence = Values::of_file(&file).err().unwrap().to_string();
    assert!(sentence.contains(variables::PASSWORD) && !sentence.contains("слона"), "{sentence}");
}

#[test]
fn a_line_that_cannot_be_read_is_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(".env");
    std::fs::write(&file, "VORONKA_LANGUAGE=ru\nVORONKA_S3_SECRET_KEY=четыре слона\n").unwrap();
    let sentence = Values::of_file(&file).err().unwrap().to_string();
    assert!(sentence.contains("near VORONKA_LANGUAGE") && !sentence.contains("слона"), "{sentence}");
}

#[test]
fn s3_needs_all_that_has_no_default() {
    let Documents::S3(s3) = read(&S3).unwrap().documents else { panic!("not s3") };
    assert_eq!((s3.region.as_str(), s3.path_style, s3.allow_http), ("us-east-1", true, false));
    for missing in 1..S3.len() {
        let mut set = S3.to_vec();
        let (name, _) = set.remove(missing);
        let sentence = read(&set).unwrap_err().to_string();
        assert_eq!(sentence, format!("{name} is not set, but VORONKA_DOCUMENTS=s3 needs it."));
    }
    for (name, value) in [
        ("VORONKA_S3_ENDPOINT", "http://storage.example.com"),
        ("VORONKA_S3_ENDPOINT", "storage.example.com"),
        ("VORONKA_S3_PATH_STYLE", "yes"),
        ("VORONKA_S3_ALLOW_HTTP", "1"),
    ] {
        let mut set = S3.to_vec();
        set.retain(|it| it.0 != name);
        set.push((name, value));
        let sentence = read(&set).unwrap_err().to_string();
        assert!(sentence.starts_with(&format!("{name} is \"{value}\", but should be ")), "{sentence}");
    }
}

#[test]
fn nothing_shows_a_secret() {
    let settings = read(&S3).unwrap();
    assert!(!format!("{settings:?}").contains("слона"));
}

#[test]
fn the_environment_has_precedence_over_the_file_and_empty_is_not_set() {
    let mut both = values(&[("VORONKA_LANGUAGE", "en"), ("VORONKA_CURRENCY", "EUR")]);
    let environment = [("VORONKA_LANGUAGE", "ru"), ("VORONKA_CURRENCY", " "), ("HOME", "/root")];
    both.add_environment(environment.iter().map(|it| (it.0.into(), it.1.into()))).unwrap();
    let settings = Settings::of(&both).unwrap();
    assert_eq!((settings.language, settings.currency.as_str()), (Language::Russian, "RUB"));
    assert!(!both.0.contains_key("HOME"));
}
