//! The connections: how one is made, and how many there are.
use std::{
    error::Error as _,
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use deadpool::{
    Runtime,
    managed::{self, BuildError, Metrics, RecycleError, RecycleResult},
};
use diesel::connection::CacheSize;
use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{
        CertificateDer,
        pem::{self, PemObject},
    },
};
use tokio::{task::JoinHandle, time::timeout};
use tokio_postgres::{CancelToken, Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::{
    address::{Address, Trust, place},
    store::Limits,
};

pub(crate) type Pool = managed::Pool<Connector>;
pub(crate) type Object = managed::Object<Connector>;

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// What is wrong with each of the hosts, in the order in which they were tried: which of them should have been the
    /// right one, only the reader knows.
    #[error("{}", .0.join("; "))]
    Hosts(Vec<String>),
    #[error("the file of authorities {} (sslrootcert) cannot be read", path.display())]
    Authorities {
        path: PathBuf,
        #[source]
        source: pem::Error,
    },
    #[error("there is no authority that could vouch for the server")]
    NoAuthority,
    #[error("TLS cannot be used")]
    Tls(#[from] rustls::Error),
    #[error("the pool of connections could not be made")]
    Pool(#[from] BuildError),
}

/// A connection, and the task that carries its messages.
pub(crate) struct Link {
    pub(crate) conn: AsyncPgConnection,
    carrier: JoinHandle<()>,
    cancel: CancelToken,
    tls: Option<MakeRustlsConnect>,
}

impl Link {
    /// Asks the server to break off whatever it does for this connection.
    pub(crate) async fn cancel(&self) {
        // Whether it was heard is seen from the answer to the statement itself.
        let _ = match &self.tls {
            Some(tls) => self.cancel.cancel_query(tls.clone()).await,
            None => self.cancel.cancel_query(NoTls).await,
        };
    }
}

/// Makes connections as the settings say.
pub(crate) struct Connector {
    /// One for each host, in the order in which they are tried.
    hosts: Vec<Config>,
    tls: Option<MakeRustlsConnect>,
    prepared: bool,
    /// How long one host may take, its greeting included: one that takes connections and says nothing does not hide
    /// those behind it.
    patience: Duration,
}

impl Connector {
    pub(crate) fn new(address: &Address, limits: Limits) -> Result<Self, ConnectError> {
        let tls = match &address.trust {
            Trust::Anyone => None,
            Trust::System => Some(tls(system_roots())?),
            Trust::File(path) => Some(tls(roots_in(path)?)?),
        };
        let mut hosts = address.hosts();
        for host in &mut hosts {
            host.application_name("voronka");
            // A server that vanished without a word is noticed by the system, not only by the next statement.
            host.keepalives_idle(limits.statement * 2);
            host.keepalives_interval(limits.statement);
            host.keepalives_retries(2);
            host.tcp_user_timeout(limits.statement * 2);
        }
        Ok(Self { hosts, tls, prepared: limits.prepared, patience: limits.connect })
    }

    pub(crate) async fn connect(&self) -> Result<Link, ConnectError> {
        let mut reasons = Vec::new();
        for host in &self.hosts {
            let reason = match timeout(self.patience, self.try_host(host)).await {
                Ok(Ok(link)) => return Ok(link),
                Ok(Err(Refusal(reason))) => reason,
                Err(_) => "does not answer in time".to_owned(),
            };
            reasons.push(format!("{} {reason}", place(host)));
        }
        Err(ConnectError::Hosts(reasons))
    }

    async fn try_host(&self, host: &Config) -> Result<Link, Refusal> {
        let (client, carrier) = if let Some(tls) = &self.tls {
            let (client, connection) = host.connect(tls.clone()).await?;
            (client, tokio::spawn(async { drop(connection.await) }))
        } else {
            let (client, connection) = host.connect(NoTls).await?;
            (client, tokio::spawn(async { drop(connection.await) }))
        };
        let cancel = client.cancel_token();
        if self.prepared {
            let conn = AsyncPgConnection::try_from(client).await?;
            return Ok(Link { conn, carrier, cancel, tls: self.tls.clone() });
        }
        // Diesel prepares statements to set a connection up. A pooler keeps them together within a transaction only.
        client.batch_execute("BEGIN").await?;
        let mut conn = AsyncPgConnection::try_from(client).await?;
        conn.batch_execute("COMMIT").await.map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
        conn.set_prepared_statement_cache_size(CacheSize::Disabled);
        Ok(Link { conn, carrier, cancel, tls: self.tls.clone() })
    }
}

/// The result of trying a host, as the end of a sentence that its name begins.
struct Refusal(String);

const HANGS_UP: &str = "hangs up during the greeting; perhaps it is no PostgreSQL server";

impl From<tokio_postgres::Error> for Refusal {
    /// The kinds of such an error are not public, so they are told by what is inside.
    fn from(error: tokio_postgres::Error) -> Self {
        if let Some(answer) = error.as_db_error() {
            return Self(format!("refuses: {}", answer.message()));
        }
        let Some(source) = error.source() else {
            return Self(if error.is_closed() { HANGS_UP.to_owned() } else { format!("is of no use: {error}") });
        };
        let Some(source) = source.downcast_ref::<io::Error>() else {
            return Self(match &*source.to_string() {
                "password missing" => "asks for a password, and the address has none".to_owned(),
                reason => format!("is of no use: {reason}"),
            });
        };
        let is_ours = source.raw_os_error().is_none();
        Self(match source.kind() {
            _ if is_about_trust(source) => format!("is not trusted: {source}"),
            io::ErrorKind::PermissionDenied if is_ours => {
                format!("is not what target_session_attrs asks for: {source}")
            }
            io::ErrorKind::UnexpectedEof | io::ErrorKind::Other => HANGS_UP.to_owned(),
            _ => format!("cannot be reached: {source}"),
        })
    }
}

fn is_about_trust(error: &io::Error) -> bool {
    error.get_ref().and_then(|it| it.downcast_ref::<rustls::Error>()).is_some()
}

impl From<diesel::ConnectionError> for Refusal {
    fn from(error: diesel::ConnectionError) -> Self {
        Self(format!("cannot be set up: {error}"))
    }
}

fn roots_in(path: &Path) -> Result<Vec<CertificateDer<'static>>, ConnectError> {
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
    read.map_err(|source| ConnectError::Authorities { path: path.to_owned(), source })
}

/// Whichever file of the operating system cannot be read is left out; if nothing is left, that is told.
fn system_roots() -> Vec<CertificateDer<'static>> {
    rustls_native_certs::load_native_certs().certs
}

fn tls(roots: Vec<CertificateDer<'static>>) -> Result<MakeRustlsConnect, ConnectError> {
    let mut store = RootCertStore::empty();
    let (added, _) = store.add_parsable_certificates(roots);
    if added == 0 {
        return Err(ConnectError::NoAuthority);
    }
    let provider = rustls::crypto::ring::default_provider();
    let config = ClientConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()?
        .with_root_certificates(store)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

impl managed::Manager for Connector {
    type Type = Link;
    type Error = ConnectError;

    async fn create(&self) -> Result<Link, ConnectError> {
        self.connect().await
    }

    /// A connection whose other end is gone is not lent again. Nothing is asked of the server for that: a question
    /// and its answer would make every page slower, and could be outdated already when the answer comes.
    async fn recycle(&self, link: &mut Link, _: &Metrics) -> RecycleResult<ConnectError> {
        if link.carrier.is_finished() { Err(RecycleError::message("the server hung up")) } else { Ok(()) }
    }
}

pub(crate) fn pool(connector: Connector, limits: Limits) -> Result<Pool, ConnectError> {
    let pool = Pool::builder(connector).max_size(limits.connections).wait_timeout(Some(limits.wait));
    Ok(pool.runtime(Runtime::Tokio1).build()?)
}

/// Closes a connection, and with it whatever transaction it has open, instead of giving it back.
pub(crate) fn discard(link: Object) {
    drop(Object::take(link));
}
