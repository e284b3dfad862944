//! The list of all settings, each with its default. `.env.template` is this list as a file.

pub(crate) struct Variable {
    pub(crate) name: &'static str,
    /// What holds where the variable is not set, or empty.
    pub(crate) default: &'static str,
    /// The comment in `.env.template`.
    #[cfg_attr(not(test), expect(dead_code, reason = "people read it in the template, which a test compares"))]
    pub(crate) about: &'static str,
}

/// The password for `voronka createsuperuser` in scripts. Not a setting: it belongs into no file.
pub(crate) const PASSWORD: &str = "VORONKA_PASSWORD";

const fn variable(name: &'static str, default: &'static str, about: &'static str) -> Variable {
    Variable { name, default, about }
}

pub(crate) const VARIABLES: [Variable; 26] = [
    variable(
        "DATABASE_URL",
        "",
        "The database: sqlite:path/to/file, sqlite:///absolute/path or postgres://user:password@host:5432/database. \
         The latter with ?sslmode=verify-full for TLS, or ?sslmode=disable for none, which is the default. \
         Empty: voronka.sqlite in VORONKA_DATA_DIR.",
    ),
    variable("VORONKA_DATABASE_CONNECTIONS", "10", "For PostgreSQL: how many connections at most, 1 to 500."),
    variable(
        "VORONKA_DATABASE_CONNECT_SECONDS",
        "3",
        "For PostgreSQL: how many seconds a server may take to accept a connection, 1 to 300.",
    ),
    variable(
        "VORONKA_DATABASE_WAIT_SECONDS",
        "2",
        "For PostgreSQL: how many seconds to wait for a free connection, 1 to 300.",
    ),
    variable(
        "VORONKA_DATABASE_STATEMENT_SECONDS",
        "5",
        "For PostgreSQL: how many seconds one statement may take, 1 to 300.",
    ),
    variable(
        "VORONKA_DATABASE_PREPARED",
        "true",
        "For PostgreSQL: whether statements are prepared once (true) or each time (false, for PgBouncer before 1.24).",
    ),
    variable("VORONKA_DATA_DIR", "./data", "The folder for the database and the documents. Made when it is missing."),
    variable(
        "VORONKA_LISTEN",
        "127.0.0.1:8000",
        "Where to listen: an IP address and a port. 0.0.0.0:8000 is everywhere.",
    ),
    variable(
        "VORONKA_PUBLIC_URL",
        "",
        "The address that people type, such as https://crm.example.com. With https:// cookies are sent over TLS only.",
    ),
    variable(
        "VORONKA_TRUSTED_PROXIES",
        "",
        "The reverse proxies whose X-Forwarded-For is believed: addresses or networks parted by commas, such as \
         127.0.0.1,10.0.0.0/8.",
    ),
    variable("VORONKA_LANGUAGE", "ru", "The language of users who have not chosen one: ru or en."),
    variable("VORONKA_CURRENCY", "RUB", "The currency of all amounts: an ISO 4217 code."),
    variable("VORONKA_TIME_ZONE", "Europe/Moscow", "The time zone that days begin and end in: an IANA name."),
    variable("VORONKA_DOCUMENT_LIMIT_MIB", "25", "The largest document accepted, in MiB: 1 to 1024."),
    variable(
        "VORONKA_WAITING_UPLOADS",
        "20",
        "How many uploaded files of one user may wait for their contracts, 1 to 10000. Together they may be as large as two \
         fifths of so many largest documents, and all users together have 20 times as many files, 8 times as large.",
    ),
    variable(
        "VORONKA_DISK_RESERVE_MIB",
        "",
        "For documents in a folder: how much of the disk they leave free, in MiB, 0 to 65535. Below it files are refused, \
         and everything else goes on. Empty: 256, or two per cent of a larger disk.",
    ),
    variable("VORONKA_DOCUMENTS", "folder", "Where documents are kept: folder (in VORONKA_DATA_DIR) or s3."),
    variable("VORONKA_S3_ENDPOINT", "", "For s3: the address without the bucket, such as https://storage.example.com."),
    variable("VORONKA_S3_REGION", "us-east-1", "For s3: the region."),
    variable("VORONKA_S3_BUCKET", "", "For s3: the bucket."),
    variable("VORONKA_S3_ACCESS_KEY", "", "For s3: the name of the access key."),
    variable("VORONKA_S3_SECRET_KEY", "", "For s3: the secret of the access key."),
    variable(
        "VORONKA_S3_PATH_STYLE",
        "true",
        "For s3: whether the bucket is in the path (true) or in the host name (false).",
    ),
    variable(
        "VORONKA_S3_ALLOW_HTTP",
        "false",
        "For s3: whether the address may be http://, without encryption (true or false).",
    ),
    variable(
        "VORONKA_LOG",
        "info",
        "What is logged: off, error, warn, info, debug or trace; or target=level, parted by commas.",
    ),
    variable("VORONKA_LOG_FORMAT", "text", "How it is logged: text or json."),
];

/// Whether there is such a setting.
pub(crate) fn is_known(name: &str) -> bool {
    VARIABLES.iter().any(|it| it.name == name)
}

pub(crate) fn default_of(name: &str) -> &'static str {
    VARIABLES.iter().find(|it| it.name == name).map_or("", |it| it.default)
}

/// The known name that a mistyped one resembles most.
pub(crate) fn nearest(name: &str) -> &'static str {
    let settings = VARIABLES.iter().map(|it| it.name);
    settings.min_by_key(|it| distance(it, name)).unwrap_or_default()
}

/// How many letters must be added, removed or changed to make one word of the other.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.bytes().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], at + 1);
        for (column, it) in other.bytes().enumerate() {
            let changed = diagonal + usize::from(it != letter);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What docker-compose.yml reads, and the program does not: none may begin with `VORONKA_`, because the program gets
    /// the whole file.
    const ONLY_FOR_COMPOSE: [Variable; 4] = [
        variable(
            "POSTGRES_PASSWORD",
            "",
            "The password that the database is made with. It becomes a part of an address: only letters and digits. \
             To change it later, change it in the database, too.",
        ),
        variable(
            "PUBLISH",
            "127.0.0.1:8000",
            "Where this machine offers the pages: an IP address and a port. \
             0.0.0.0:8000 is everywhere, firewalls such as ufw notwithstanding.",
        ),
        variable("SUBNET", "172.31.83.0/24", "The network of the containers. Another one only where this is taken."),
        variable(
            "GATEWAY",
            "172.31.83.1",
            "Its gateway, an address of SUBNET. For the program a reverse proxy on this machine has this address: \
             behind one, set VORONKA_TRUSTED_PROXIES=172.31.83.1.",
        ),
    ];

    #[test]
    fn a_mistyped_name_is_recognised() {
        assert_eq!(distance("kitten", "sitting"), 3);
        for (typed, meant) in [
            ("VORONKA_LISTN", "VORONKA_LISTEN"),
            ("VORONKA_DATADIR", "VORONKA_DATA_DIR"),
            ("VORONKA_TIMEZONE", "VORONKA_TIME_ZONE"),
            ("VORONKA_S3_SECRETKEY", "VORONKA_S3_SECRET_KEY"),
        ] {
            assert_eq!(nearest(typed), meant);
        }
    }

    #[test]
    fn the_template_is_this_list() {
        let template = include_str!("../../../../.env.template");
        let (settings, for_compose) = (VARIABLES.iter(), ONLY_FOR_COMPOSE.iter());
        for Variable { name, default, about } in settings.chain(for_compose) {
            let lines = format!("\n# {about}\n{name}={default}\n");
            assert!(template.contains(&lines), ".env.template does not have these lines:{lines}");
        }
        let names = template.lines().filter(|it| !it.starts_with('#')).filter_map(|it| it.split_once('='));
        let is_for_compose = |name: &str| ONLY_FOR_COMPOSE.iter().any(|it| it.name == name);
        let unknown: Vec<&str> = names.map(|it| it.0).filter(|it| !is_known(it) && !is_for_compose(it)).collect();
        assert!(unknown.is_empty(), ".env.template names what is no setting: {unknown:?}");
    }
}
