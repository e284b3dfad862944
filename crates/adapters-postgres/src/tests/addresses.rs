//! What an address says, and which part of a wrong one is named.
use tokio_postgres::config::{Host, SslMode};

use crate::address::{Address, AddressError, Trust};

fn read(url: &str) -> Result<Address, AddressError> {
    url.parse()
}

#[test]
fn a_server_may_have_a_standby() {
    let address = read("postgres://anna:p%40ss@one:5433,two/crm?target_session_attrs=read-write").unwrap();
    assert_eq!(address.to_string(), "crm at one:5433, two:5432");
    assert_eq!(address.config.get_ports(), [5433, 5432]);
    assert_eq!(address.config.get_password(), Some(b"p@ss".as_slice()));
    assert_eq!(address.trust, Trust::Anyone);
}

#[test]
fn each_host_is_tried_with_all_that_is_asked_of_it() {
    let all =
        read("postgres://anna:p@one:5433,two:5434/crm?target_session_attrs=read-write&options=-c%20a%3D1").unwrap();
    let [one, two] = all.hosts().try_into().unwrap();
    assert_eq!((one.get_hosts(), one.get_ports()), ([Host::Tcp("one".into())].as_slice(), [5433].as_slice()));
    assert_eq!((two.get_hosts(), two.get_ports()), ([Host::Tcp("two".into())].as_slice(), [5434].as_slice()));
    for host in [one, two] {
        assert_eq!(host.get_user(), Some("anna"));
        assert_eq!(host.get_password(), Some(b"p".as_slice()));
        assert_eq!((host.get_dbname(), host.get_options()), (Some("crm"), Some("-c a=1")));
        assert_eq!(host.get_target_session_attrs(), all.config.get_target_session_attrs());
        assert_eq!(host.get_ssl_mode(), SslMode::Disable);
    }
}

#[test]
fn who_answers_is_checked_or_nothing_is_encrypted() {
    assert_eq!(read("postgres://db/crm?sslmode=disable").unwrap().trust, Trust::Anyone);
    let system = read("postgresql://db/crm?sslmode=verify-full").unwrap();
    assert_eq!((system.trust, system.config.get_ssl_mode()), (Trust::System, SslMode::Require));
    let file = read("postgres://db/crm?sslrootcert=/etc/my%20ca.pem&sslmode=verify-full").unwrap();
    assert_eq!(file.trust, Trust::File("/etc/my ca.pem".into()));
    for mode in ["allow", "prefer", "require", "verify-ca", "", "VERIFY-FULL"] {
        let refused = read(&format!("postgres://db/crm?sslmode={mode}"));
        assert!(matches!(refused, Err(AddressError::UnknownMode)), "{mode}: {refused:?}");
    }
    assert!(matches!(read("postgres://db/crm?sslrootcert=ca.pem"), Err(AddressError::Unused)));
}

#[test]
fn a_host_is_named_with_its_port() {
    for (url, named) in [
        ("postgres://db/crm", "crm at db:5432"),
        ("postgres://db:/crm", "crm at db:5432"),
        ("postgres://[::1]:5433,[::2]/crm", "crm at [::1]:5433, [::2]:5432"),
        ("postgres://%2Frun%2Fpostgresql:5433/crm", "crm at /run/postgresql/.s.PGSQL.5433"),
        ("postgres:///crm?host=/run/postgresql", "crm at /run/postgresql/.s.PGSQL.5432"),
        ("postgres:///crm?host=one,two&port=5433", "crm at one:5433, two:5433"),
        ("postgres:///?host=one,two&port=5433,5434&dbname=crm", "crm at one:5433, two:5434"),
    ] {
        assert_eq!(read(url).unwrap().to_string(), named, "{url}");
    }
}

#[test]
fn each_wrong_part_has_its_own_sentence() {
    let port = "its port should be a whole number from 1 to 65535";
    let host = "its host cannot be read; an IPv6 address is written like [::1]";
    let attributes = "its target_session_attrs should be any, read-write or read-only";
    for (url, sentence) in [
        ("mysql://anna:p@db/crm", "it should be like postgres://user:password@host:5432/database"),
        ("postgres:anna:p@db/crm", "it should be like postgres://user:password@host:5432/database"),
        ("postgres://", "it names no host"),
        ("postgres:///crm", "it names no host"),
        ("postgres://anna:p@:5432/crm", "it names no host"),
        ("postgres://anna:p@one,/crm", "it names no host"),
        ("postgres://anna:p@db", "it names no database"),
        ("postgres://anna:p@db/", "it names no database"),
        ("postgres://anna:p@db/?sslmode=disable", "it names no database"),
        ("postgres://anna:p@db:5x/crm", port),
        ("postgres://anna:p@db:0/crm", port),
        ("postgres://anna:p@db:65536/crm", port),
        ("postgres://anna:p@one,two:-1/crm", port),
        ("postgres://anna:p@[::1]:5x/crm", port),
        ("postgres:///crm?host=db&port=5x", port),
        ("postgres://anna:p@::1/crm", host),
        ("postgres://anna:p@[::1/crm", host),
        ("postgres://anna:p@[::1]5432/crm", host),
        ("postgres://anna:p@db:5432:5433/crm", host),
        ("postgres://db/crm?port=5433", "it should have one port for all hosts, or one for each"),
        ("postgres://db/crm?hostaddr=here", "its hostaddr should be one IP address for each host"),
        ("postgres://one,two/crm?hostaddr=127.0.0.1", "its hostaddr should be one IP address for each host"),
        ("postgres://%FF:p@db/crm", "its user is not text in UTF-8"),
        ("postgres://anna:p@%FF/crm", "its host is not text in UTF-8"),
        ("postgres://anna:p@db/%FF", "its database is not text in UTF-8"),
        ("postgres://db/crm?target_session_attrs=primary", attributes),
        ("postgres://db/crm?target_session_attrs", attributes),
        ("postgres://db/crm?channel_binding=yes", "its channel_binding should be disable, prefer or require"),
        ("postgres://db/crm?sslnegotiation=tls", "its sslnegotiation should be postgres or direct"),
        ("postgres://db/crm?connect_timeout=5", "its connect_timeout has no effect here and should be left out"),
        ("postgres://db/crm?application_name=crm", "its application_name has no effect here and should be left out"),
        (
            "postgres://db/crm?sslmode=require",
            "its sslmode should be disable or verify-full, which also checks who answers",
        ),
        ("postgres://db/crm?sslrootcert=a", "its sslrootcert is only looked at with sslmode=verify-full"),
        (
            "postgres://db/crm?sslmod=disable",
            "it has an option that is none of sslmode, sslrootcert, target_session_attrs, channel_binding, \
             sslnegotiation, hostaddr, host, port, user, password, dbname, options",
        ),
    ] {
        assert_eq!(read(url).unwrap_err().to_string(), sentence, "{url}");
    }
}

/// Whatever of a password is taken for another part, because its special characters are written as they are.
#[test]
fn an_address_with_such_a_password_is_refused_without_repeating_it() {
    for password in [
        "слон@",
        "@слон",
        "a@слон",
        "a@слон/b",
        "a@b/слон",
        "a@b:5432/слон",
        "a@b,слон",
        "a@b:слон",
        "a@b?слон",
        "a@b/c?слон",
        "a@b/c?слон=d",
        "a@b/c?host=слон",
        "a?слон",
        "?слон",
        "слон?",
        "a?sslmode=слон",
        "a?sslrootcert=слон",
        "a?dbname=слон&host=b",
        "a/?слон",
    ] {
        for end in ["db/crm", "db:5432/crm?sslmode=disable", "db", ""] {
            let refused = read(&format!("postgres://anna:{password}@{end}")).unwrap_err();
            assert_eq!(refused, AddressError::Unescaped, "{password}@{end}");
            assert!(!format!("{refused}{refused:?}").contains("слон"), "{password}@{end}");
        }
    }
}

#[test]
fn what_is_no_address_is_refused_without_repeating_it() {
    for url in [
        "слон",
        "слон://anna:p@db/crm",
        "postgres://слон",
        "postgres://слон@db",
        "postgres://anna:слон@",
        "postgres://anna:слон@/crm",
        "postgres://anna:слон/crm",
        "postgres://anna:слон@db:слон/crm",
        "postgres://anna:слон@[слон/crm",
        "postgres://anna:слон@db:1:слон/crm",
        "postgres://anna:слон@db/crm?слон",
        "postgres://anna:слон@db/crm?слон=слон",
        "postgres://anna:слон@db/crm?sslmode=слон",
        "postgres://anna:слон@db/crm?port=слон",
        "postgres://anna:слон@db/crm?sslnegotiation=слон",
        "postgres://anna:слон@db/crm?connect_timeout=слон",
        "postgres://anna:слон@db/%FFслон",
    ] {
        let refused = read(url).unwrap_err();
        assert!(!format!("{refused}{refused:?}").contains("слон"), "{refused:?}");
    }
}

#[test]
fn a_password_may_have_any_character() {
    for (written, password) in [
        ("%40%3F%2F%3A%25%26%23+%20", "@?/:%&#+ "),
        ("a/b:c#d&e=f%zz", "a/b:c#d&e=f%zz"),
        ("%D1%81%D0%BB%D0%BE%D0%BD", "слон"),
        ("слон", "слон"),
    ] {
        let address = read(&format!("postgres://anna:{written}@db:5433/crm")).unwrap();
        assert_eq!(address.config.get_password(), Some(password.as_bytes()));
        assert_eq!(address.to_string(), "crm at db:5433");
    }
}

#[test]
fn nothing_shows_a_password() {
    let address = read("postgres://anna:slon@db/crm").unwrap();
    assert!(!format!("{address:?} {address}").contains("slon"));
}
