//! Certificates for a server, and a server that talks to nobody without them.
use crate::guard::Guard;

// Beside the server's own files: a standby gets them with its copy of the folder.
pub(crate) const CA_FILE: &str = "data/ca.crt";
pub(crate) const OTHER_CA_FILE: &str = "data/other-ca.crt";

const NEW_CERTIFICATE: &str = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2";

const WAYS_IN: &str = "
hostssl all all 127.0.0.1/32 scram-sha-256
hostssl replication all 127.0.0.1/32 scram-sha-256
";

/// Makes an initialised server accept connections with TLS only.
pub(crate) fn require(guard: &Guard) {
    guard.run(&format!("{NEW_CERTIFICATE} -subj /CN=voronka-test -keyout ca.key -out {CA_FILE}"));
    guard.run(&format!("{NEW_CERTIFICATE} -subj /CN=voronka-other -keyout other-ca.key -out {OTHER_CA_FILE}"));
    guard.run(&format!(
        "{NEW_CERTIFICATE} -subj /CN=localhost -CA {CA_FILE} -CAkey ca.key -addext subjectAltName=DNS:localhost \
         -addext basicConstraints=critical,CA:FALSE -keyout data/server.key -out data/server.crt"
    ));
    guard.write("data/pg_hba.conf", WAYS_IN);
}
