//! The address of a database, and how far its server is trusted.
use std::{fmt, path::PathBuf, str::FromStr};

use tokio_postgres::{
    Config,
    config::{Host, SslMode},
};

/// `postgres://user:password@host:port/database`, with several hosts parted by commas where a standby may take over.
///
/// Two options are read here, all others by `tokio-postgres`:
/// `sslmode`, which is `disable` (the default) or `verify-full`, and `sslrootcert`, a file of the authorities that may
/// vouch for the server; without it those of the operating system may.
#[derive(Clone)]
pub struct Address {
    pub(crate) config: Config,
    pub(crate) trust: Trust,
}

/// Who is believed to be the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    /// Whoever answers, without encryption.
    Anyone,
    /// Whoever has a certificate for the host's name from an authority of the operating system.
    System,
    /// The same from an authority in this file of PEM certificates.
    File(PathBuf),
}

/// Why an address is none. Its text never repeats the address: there is a password in it.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    /// What exactly is wrong with it would repeat a part: a password with an unescaped `?` looks like an option.
    #[error(
        "it cannot be read; it should be like postgres://user:password@host:5432/database, with special characters of \
         the password written like %40"
    )]
    Unreadable,
    #[error("it names no {0}")]
    Missing(&'static str),
    /// The other modes of `libpq` encrypt what anybody may then receive.
    #[error("its sslmode should be disable or verify-full, which also checks who answers")]
    UnknownMode,
    #[error("its sslrootcert is only looked at with sslmode=verify-full")]
    Unused,
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(url: &str) -> Result<Self, AddressError> {
        let (place, query) = url.split_once('?').unwrap_or((url, ""));
        let (mut mode, mut root) = (None, None);
        let mut others = form_urlencoded::Serializer::new(String::new());
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "sslmode" => mode = Some(value.into_owned()),
                "sslrootcert" => root = Some(value.into_owned()),
                _ => drop(others.append_pair(&name, &value)),
            }
        }
        // What is left is read as a URL, in which a plus is a plus and only %20 is a space.
        let others = others.finish().replace('+', "%20");
        let mut config: Config = format!("{place}?{others}").parse().map_err(|_| AddressError::Unreadable)?;
        let trust = match (mode.as_deref(), root) {
            (None | Some("disable"), None) => Trust::Anyone,
            (None | Some("disable"), Some(_)) => return Err(AddressError::Unused),
            (Some("verify-full"), None) => Trust::System,
            (Some("verify-full"), Some(file)) => Trust::File(file.into()),
            _ => return Err(AddressError::UnknownMode),
        };
        config.ssl_mode(if trust == Trust::Anyone { SslMode::Disable } else { SslMode::Require });
        // What follows an unescaped @ of the password, which messages would show as the host.
        if config.get_hosts().iter().any(|it| matches!(it, Host::Tcp(name) if name.contains('@'))) {
            return Err(AddressError::Unreadable);
        }
        if config.get_hosts().is_empty() {
            return Err(AddressError::Missing("host"));
        }
        // Without one the server would take the user's name, and a slip of the pen would make an empty installation.
        if config.get_dbname().is_none_or(str::is_empty) {
            return Err(AddressError::Missing("database"));
        }
        Ok(Self { config, trust })
    }
}

impl Address {
    /// The same for each of the hosts alone.
    pub(crate) fn hosts(&self) -> Vec<Config> {
        let all = &self.config;
        let alone = |(at, host): (usize, &Host)| {
            let mut one = Config::new();
            match host {
                Host::Tcp(name) => one.host(name),
                Host::Unix(path) => one.host_path(path),
            };
            if let Some(port) = all.get_ports().get(at).or(all.get_ports().first()) {
                one.port(*port);
            }
            if let Some(address) = all.get_hostaddrs().get(at) {
                one.hostaddr(*address);
            }
            if let Some(user) = all.get_user() {
                one.user(user);
            }
            if let Some(password) = all.get_password() {
                one.password(password);
            }
            if let Some(database) = all.get_dbname() {
                one.dbname(database);
            }
            if let Some(options) = all.get_options() {
                one.options(options);
            }
            one.ssl_mode(all.get_ssl_mode());
            one.ssl_negotiation(all.get_ssl_negotiation());
            one.channel_binding(all.get_channel_binding());
            one.target_session_attrs(all.get_target_session_attrs());
            one
        };
        all.get_hosts().iter().enumerate().map(alone).collect()
    }
}

/// Without the password, and so without anything.
impl fmt::Debug for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Address(…)")
    }
}

impl fmt::Display for Address {
    /// The database and its hosts, as a message may name them.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hosts = self.config.get_hosts().iter().map(|it| match it {
            Host::Tcp(name) => name.clone(),
            Host::Unix(path) => path.display().to_string(),
        });
        let hosts: Vec<String> = hosts.collect();
        write!(out, "{} at {}", self.config.get_dbname().unwrap_or_default(), hosts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str) -> Result<Address, AddressError> {
        url.parse()
    }

    #[test]
    fn a_server_may_have_a_standby() {
        let address = read("postgres://anna:p%40ss@one:5433,two/crm?target_session_attrs=read-write").unwrap();
        assert_eq!(address.to_string(), "crm at one, two");
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
    fn what_is_no_address_is_refused_without_repeating_it() {
        for url in [
            "postgres://",
            "postgres://слон@db",
            "postgres:///crm",
            "postgres://слон:5x/crm",
            "postgres://anna:s?слон@db/crm",
        ] {
            let refused = read(url).unwrap_err();
            assert!(!format!("{refused}{refused:?}").contains("слон"), "{refused:?}");
        }
    }

    #[test]
    fn nothing_shows_a_password() {
        let address = read("postgres://anna:slon@db/crm").unwrap();
        assert!(!format!("{address:?} {address}").contains("slon"));
    }
}
