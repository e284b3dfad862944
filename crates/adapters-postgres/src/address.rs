//! The address of a database, and how far its server is trusted.
use std::{fmt, path::PathBuf, str::FromStr};

use tokio_postgres::{
    Config,
    config::{Host, SslMode},
};

/// `postgres://user:password@host:port/database`, with several hosts parted by commas where a standby may take over.
///
/// Two options are read here, some others by `tokio-postgres`, and all the rest are refused:
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
    /// Any server, without encryption.
    Anyone,
    /// A server with a certificate for the host's name from an authority of the operating system.
    System,
    /// The same from an authority in this file of PEM certificates.
    File(PathBuf),
}

/// The wrong part of an address. Its text never repeats the input: any part may be one of a password.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    #[error("it should be like postgres://user:password@host:5432/database")]
    Unreadable,
    /// Text after an unescaped `@` or `?` of the password would be taken for a host, a database or an option.
    #[error(
        "it should have one @, between the password and the host; special characters of the user, the password and the \
         options are written like %40 (@), %3F (?) and %25 (%)"
    )]
    Unescaped,
    #[error("it names no {0}")]
    Missing(&'static str),
    #[error("its {0} is not text in UTF-8")]
    NotText(&'static str),
    #[error("its host cannot be read; an IPv6 address is written like [::1]")]
    Host,
    #[error("its port should be a whole number from 1 to 65535")]
    Port,
    #[error("it should have one port for all hosts, or one for each")]
    Ports,
    /// The other modes of `libpq` encrypt what anybody may then receive.
    #[error("its sslmode should be disable or verify-full, which also checks who answers")]
    UnknownMode,
    #[error("its sslrootcert is only looked at with sslmode=verify-full")]
    Unused,
    #[error("its {name} should be {expected}")]
    Value { name: &'static str, expected: &'static str },
    /// An error, because its author believes that it does something.
    #[error("its {0} has no effect here and should be left out")]
    Idle(&'static str),
    #[error("it has an option that is none of sslmode, sslrootcert, {}", known())]
    UnknownOption,
}

/// The options that are left to `tokio-postgres`, and the values that it accepts. None: any text.
const OPTIONS: [(&str, &str); 10] = [
    ("target_session_attrs", "any, read-write or read-only"),
    ("channel_binding", "disable, prefer or require"),
    ("sslnegotiation", "postgres or direct"),
    HOSTADDR,
    ("host", ""),
    ("port", ""),
    ("user", ""),
    ("password", ""),
    ("dbname", ""),
    ("options", ""),
];
const HOSTADDR: (&str, &str) = ("hostaddr", "one IP address for each host");

/// It reads these, too, but the settings of the program decide over them.
const IDLE: [&str; 8] = [
    "application_name",
    "connect_timeout",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_retries",
    "load_balance_hosts",
    "tcp_user_timeout",
];

fn known() -> String {
    OPTIONS.map(|it| it.0).join(", ")
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(url: &str) -> Result<Self, AddressError> {
        let rest = url.strip_prefix("postgres://").or_else(|| url.strip_prefix("postgresql://"));
        let rest = rest.ok_or(AddressError::Unreadable)?;
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        if rest.matches('@').count() > 1 || query.contains('@') {
            return Err(AddressError::Unescaped);
        }
        check_place(place)?;
        let (others, trust) = read_options(query)?;
        let mut config: Config =
            format!("postgres://{place}?{others}").parse().map_err(|_| AddressError::Unreadable)?;
        config.ssl_mode(if trust == Trust::Anyone { SslMode::Disable } else { SslMode::Require });
        check_hosts(&config)?;
        // Without one the server would take the user's name, and a slip of the pen would make an empty installation.
        if config.get_dbname().is_none_or(str::is_empty) {
            return Err(AddressError::Missing("database"));
        }
        Ok(Self { config, trust })
    }
}

/// What stands before the options. The parser's own errors cannot be told apart, so it gets one part after the other.
fn check_place(place: &str) -> Result<(), AddressError> {
    let (login, server) = place.split_once('@').unwrap_or(("", place));
    let (user, _) = login.split_once(':').unwrap_or((login, ""));
    let (hosts, database) = server.split_once('/').unwrap_or((server, ""));
    for host in hosts.split(',') {
        let port = match host.strip_prefix('[') {
            Some(host) => host.split_once(']').ok_or(AddressError::Host)?.1,
            None => host.find(':').map_or("", |at| &host[at..]),
        };
        match port.strip_prefix(':') {
            Some(number) if number.contains(':') => return Err(AddressError::Host),
            Some(number) if !number.is_empty() => drop(number.parse::<u16>().map_err(|_| AddressError::Port)?),
            None if !port.is_empty() => return Err(AddressError::Host),
            _ => {}
        }
    }
    for (name, part) in [
        ("user", format!("postgres://{user}@")),
        ("host", format!("postgres://{hosts}")),
        ("database", format!("postgres:///{database}")),
    ] {
        part.parse::<Config>().map_err(|_| AddressError::NotText(name))?;
    }
    Ok(())
}

/// The options for `tokio-postgres`, and what ours say.
fn read_options(query: &str) -> Result<(String, Trust), AddressError> {
    let (mut mode, mut root, mut others) = (None, None, Vec::new());
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match &*name {
            "sslmode" => mode = Some(value.into_owned()),
            "sslrootcert" => root = Some(value.into_owned()),
            // In a URL, `tokio-postgres` takes these for one host with commas in its name.
            "host" => value.split(',').try_for_each(|it| read_option("host", it).map(|it| others.push(it)))?,
            name => others.push(read_option(name, &value)?),
        }
    }
    let trust = match (mode.as_deref(), root) {
        (None | Some("disable"), None) => Trust::Anyone,
        (None | Some("disable"), Some(_)) => return Err(AddressError::Unused),
        (Some("verify-full"), None) => Trust::System,
        (Some("verify-full"), Some(file)) => Trust::File(file.into()),
        _ => return Err(AddressError::UnknownMode),
    };
    Ok((others.join("&"), trust))
}

fn read_option(name: &str, value: &str) -> Result<String, AddressError> {
    if let Some(name) = IDLE.iter().find(|it| **it == name) {
        return Err(AddressError::Idle(name));
    }
    let Some((name, expected)) = OPTIONS.iter().find(|it| it.0 == name) else {
        return Err(AddressError::UnknownOption);
    };
    let pair = form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish();
    // It is read as a part of a URL, in which a plus is a plus and only %20 is a space.
    let pair = pair.replace('+', "%20");
    match format!("postgres://?{pair}").parse::<Config>() {
        Ok(_) => Ok(pair),
        Err(_) if *name == "port" => Err(AddressError::Port),
        Err(_) => Err(AddressError::Value { name, expected }),
    }
}

/// Hosts, addresses and ports may come from both places, and belong together by their order.
fn check_hosts(config: &Config) -> Result<(), AddressError> {
    let (hosts, ports) = (config.get_hosts(), config.get_ports());
    if hosts.is_empty() || hosts.iter().any(|it| matches!(it, Host::Tcp(name) if name.is_empty())) {
        return Err(AddressError::Missing("host"));
    }
    if ports.contains(&0) {
        return Err(AddressError::Port);
    }
    if ports.len() > 1 && ports.len() != hosts.len() {
        return Err(AddressError::Ports);
    }
    match config.get_hostaddrs().len() {
        0 => Ok(()),
        number if number == hosts.len() => Ok(()),
        _ => Err(AddressError::Value { name: HOSTADDR.0, expected: HOSTADDR.1 }),
    }
}

/// The one host of such a configuration with its port, as a message may name them.
pub(crate) fn place(one: &Config) -> String {
    let port = one.get_ports().first().copied().unwrap_or(5432);
    match one.get_hosts().first() {
        Some(Host::Tcp(address)) if address.contains(':') => format!("[{address}]:{port}"),
        Some(Host::Tcp(name)) => format!("{name}:{port}"),
        Some(Host::Unix(folder)) => folder.join(format!(".s.PGSQL.{port}")).display().to_string(),
        None => String::new(),
    }
}

impl Address {
    /// Its name alone.
    pub fn database(&self) -> &str {
        self.config.get_dbname().unwrap_or_default()
    }

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
        let hosts: Vec<String> = self.hosts().iter().map(place).collect();
        write!(out, "{} at {}", self.database(), hosts.join(", "))
    }
}
