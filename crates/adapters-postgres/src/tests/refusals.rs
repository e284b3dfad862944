//! Why there is no connection, in words that name the host and the part that is wrong.
use std::{
    io::{Read, Write},
    net::TcpListener,
    path::Path,
    thread,
    time::Duration,
};

use postgres_cluster::{Cluster, Locale, shared};

use super::LIMITS;
use crate::{Limits, OpenError, PostgresStore};

const QUICK: Limits = Limits { connect: Duration::from_secs(2), ..LIMITS };

/// The whole chain of reasons.
async fn refusal(url: &str) -> String {
    let error = PostgresStore::open(&super::address(url), QUICK).await.unwrap_err();
    let OpenError::NoConnection(error) = error else { panic!("{error:?}") };
    match std::error::Error::source(&error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

fn unused_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Takes one connection, hears something, says this and hangs up. Without anything to say, it never does.
fn answering(answer: &'static [u8]) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let mut stream = listener.accept().unwrap().0;
        while stream.read(&mut [0; 1024]).unwrap() > 0 {
            if !answer.is_empty() {
                return stream.write_all(answer).unwrap();
            }
        }
    });
    port
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_cannot_be_reached_is_named_with_its_port() {
    let port = unused_port();
    let refused = refusal(&format!("postgres://anna:slon@127.0.0.1:{port}/crm")).await;
    assert_eq!(refused, format!("127.0.0.1:{port} cannot be reached: Connection refused (os error 111)"));

    let refused = refusal("postgres://anna:slon@nowhere.invalid:5433/crm").await;
    assert!(refused.starts_with("nowhere.invalid:5433 cannot be reached: failed to lookup address"), "{refused}");

    let refused = refusal("postgres://anna:slon@%2Fnowhere/crm").await;
    assert_eq!(refused, "/nowhere/.s.PGSQL.5432 cannot be reached: No such file or directory (os error 2)");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_says_is_told_in_its_own_words() {
    let (port, url) = (shared().port(), shared().url("postgres"));
    let wrong = |from: &str, to: &str| url.replace(from, to);
    let password = url.split([':', '@']).nth(2).unwrap();

    let refused = refusal(&wrong(password, "slon")).await;
    let said = "refuses: password authentication failed for user \"voronka\"";
    assert_eq!(refused, format!("127.0.0.1:{port} {said}"));

    let refused = refusal(&wrong("voronka:", "anna:")).await;
    assert_eq!(refused, format!("127.0.0.1:{port} {}", said.replace("voronka", "anna")));

    let refused = refusal(&shared().url("nowhere")).await;
    assert_eq!(refused, format!("127.0.0.1:{port} refuses: database \"nowhere\" does not exist"));

    let refused = refusal(&wrong(&format!(":{password}"), "")).await;
    assert_eq!(refused, format!("127.0.0.1:{port} asks for a password, and the address has none"));

    let refused = refusal(&format!("{url}?options=-c%20work_mem%3Dlots")).await;
    let said = "refuses: invalid value for parameter \"work_mem\": \"lots\"";
    assert_eq!(refused, format!("127.0.0.1:{port} {said}"));

    let refused = refusal(&format!("{url}?target_session_attrs=read-only")).await;
    let said = "is not what target_session_attrs asks for: database is not read only";
    assert_eq!(refused, format!("127.0.0.1:{port} {said}"));

    let refused = refusal(&format!("{url}?channel_binding=require")).await;
    assert!(
        refused.starts_with(&format!("127.0.0.1:{port} is of no use: server did not use channel binding")),
        "{refused}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_server_is_told_from_one_that_is_away() {
    let hangs_up = "hangs up during the greeting; perhaps it is no PostgreSQL server";
    for (answer, said) in [
        (b"".as_slice(), "does not answer in time"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", hangs_up),
        (b"220 mail.example.com\r\n", hangs_up),
    ] {
        let port = answering(answer);
        let refused = refusal(&format!("postgres://anna:slon@127.0.0.1:{port}/crm")).await;
        assert_eq!(refused, format!("127.0.0.1:{port} {said}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_several_hosts_has_its_own_reason() {
    let (away, silent, alive) = (unused_port(), answering(b""), shared().port());
    let refused =
        refusal(&format!("postgres://anna:slon@127.0.0.1:{away},127.0.0.1:{silent},localhost:{alive}/crm")).await;
    let reasons = [
        format!("127.0.0.1:{away} cannot be reached: Connection refused (os error 111)"),
        format!("127.0.0.1:{silent} does not answer in time"),
        format!("localhost:{alive} refuses: password authentication failed for user \"anna\""),
    ];
    assert_eq!(refused, reasons.join("; "));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_the_encryption_is_told() {
    let cluster = Cluster::with_tls();
    cluster.create_database("crm", Locale::C);
    let (by_number, port) = (cluster.url("crm"), cluster.port());
    let by_name = by_number.replace("127.0.0.1", "localhost");
    let verified = |url: &str, file: &Path| format!("{url}?sslmode=verify-full&sslrootcert={}", file.display());

    let refused = refusal(&verified(&by_name, cluster.other_ca_file())).await;
    assert_eq!(refused, format!("localhost:{port} is not trusted: invalid peer certificate: UnknownIssuer"));

    let refused = refusal(&verified(&by_number, cluster.ca_file())).await;
    assert!(refused.starts_with(&format!("127.0.0.1:{port} is not trusted: invalid peer certificate: ")), "{refused}");

    for plain in ["", "?sslmode=disable"] {
        let refused = refusal(&format!("{by_name}{plain}")).await;
        let said = format!("localhost:{port} refuses: no pg_hba.conf entry for host \"127.0.0.1\"");
        assert!(refused.starts_with(&said) && refused.ends_with("no encryption"), "{refused}");
    }

    let refused = refusal(&verified(&shared().url("postgres"), cluster.ca_file())).await;
    assert_eq!(refused, format!("127.0.0.1:{} is of no use: server does not support TLS", shared().port()));

    let refused = refusal(&verified(&by_name, Path::new("/nowhere/ca.pem"))).await;
    let said = "the file of authorities /nowhere/ca.pem (sslrootcert) cannot be read: ";
    assert!(refused.starts_with(said) && refused.contains("No such file or directory"), "{refused}");
}
