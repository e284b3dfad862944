//! Tests of the accept loop, with pages that are slow on purpose.
use std::{
    io::Write,
    time::{Duration, Instant},
};

use axum::{Router, routing::get};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
    time::{sleep, timeout},
};

use super::{
    connections::Connections,
    limits::{CONNECTIONS, HEADERS},
    *,
};

mod holding;

const SLOW: Duration = Duration::from_millis(400);
const LAME_DUCK: Duration = Duration::from_millis(600);
const HANDSHAKES: Duration = Duration::from_millis(100);
const LAST_REQUESTS: Duration = Duration::from_millis(200);
const DRAIN: Duration = Duration::from_secs(2);
/// More than two systems keep of an answer that nobody reads.
const LARGE: usize = 64 * 1024 * 1024;
const ASK: &str = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

struct Running {
    address: SocketAddr,
    stopping: Stopping,
    stop: oneshot::Sender<()>,
    served: JoinHandle<()>,
}

fn pages() -> Router {
    Router::new()
        .route("/", get(|| async { "hello" }))
        .route(
            "/slow",
            get(|| async {
                sleep(SLOW).await;
                "done"
            }),
        )
        .route("/large", get(|| async { vec![b'x'; LARGE] }))
        .route("/never", get(|| async { std::future::pending::<()>().await }))
}

fn places() -> Places {
    Places::new(CONNECTIONS, &[])
}

async fn running() -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let stop_soon = async { drop(stopped.await) };
    let stopping = Stopping::default();
    let ending = Ending { lame_duck: LAME_DUCK, handshakes: HANDSHAKES, last_requests: LAST_REQUESTS, drain: DRAIN };
    let served = tokio::spawn(connections::serve(listener, pages(), places(), stopping.clone(), stop_soon, ending));
    Running { address, stopping, stop, served }
}

impl Running {
    async fn send(&self, text: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        sleep(Duration::from_millis(50)).await;
        stream
    }

    /// How long it took to stop.
    async fn stopped(self) -> Duration {
        let begun = Instant::now();
        self.stop.send(()).unwrap();
        self.served.await.unwrap();
        begun.elapsed()
    }
}

async fn answer(mut stream: TcpStream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    text
}

#[tokio::test]
async fn a_request_in_flight_is_finished() {
    let server = running().await;
    let stream = server.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n").await;
    let took = server.stopped().await;
    assert!(took < DRAIN, "{took:?}");
    let answer = answer(stream).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("done"), "{answer}");
}

#[tokio::test]
async fn idle_connections_do_not_delay_the_end() {
    let server = running().await;
    let silent = server.send("").await;
    let mut kept = server.send(ASK).await;
    let mut first = [0; 12];
    kept.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");
    let took = server.stopped().await;
    assert!(took < DRAIN / 2, "{took:?}");
    assert!(answer(kept).await.ends_with("hello"));
    assert_eq!(answer(silent).await, "");
}

#[tokio::test]
async fn nothing_is_accepted_any_more() {
    let server = running().await;
    let address = server.address;
    let slow = server.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n").await;
    server.stop.send(()).unwrap();
    sleep(LAME_DUCK + HANDSHAKES + Duration::from_millis(50)).await;
    assert!(TcpStream::connect(address).await.is_err());
    assert!(answer(slow).await.ends_with("done"));
}

#[tokio::test]
async fn told_to_stop_it_still_accepts_but_keeps_no_connection() {
    let server = running().await;
    let mut kept = server.send(ASK).await;
    let mut first = Vec::new();
    while !first.ends_with(b"hello") {
        kept.read_buf(&mut first).await.unwrap();
    }
    assert!(!String::from_utf8(first).unwrap().contains("connection: close"));
    assert!(!server.stopping.has_begun());
    server.stop.send(()).unwrap();
    sleep(Duration::from_millis(50)).await;
    assert!(server.stopping.has_begun());
    let mut late = TcpStream::connect(server.address).await.unwrap();
    for stream in [&mut kept, &mut late] {
        stream.write_all(ASK.as_bytes()).await.unwrap();
    }
    for stream in [kept, late] {
        let answer = answer(stream).await;
        assert!(answer.contains("connection: close") && answer.ends_with("hello"), "{answer}");
    }
    // Both are closed: nobody is left to wait for, once load balancers had their time.
    timeout(LAME_DUCK + HANDSHAKES + LAST_REQUESTS, server.served).await.expect("the end should not wait").unwrap();
}

#[tokio::test]
async fn a_client_that_connected_at_the_last_moment_is_answered() {
    let server = running().await;
    let (address, mut early) = (server.address, server.send("").await);
    server.stop.send(()).unwrap();
    sleep(LAME_DUCK + HANDSHAKES + Duration::from_millis(50)).await;
    early.write_all(ASK.as_bytes()).await.unwrap();
    assert!(TcpStream::connect(address).await.is_err());
    assert!(answer(early).await.ends_with("hello"));
    server.served.await.unwrap();
}

/// The system neither makes the connection nor refuses it: the client tries again a second later.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn between_the_last_connection_and_the_end_none_begins() {
    let server = running().await;
    let address = server.address;
    server.stop.send(()).unwrap();
    sleep(LAME_DUCK + HANDSHAKES / 3).await;
    let begun = timeout(HANDSHAKES / 3, TcpStream::connect(address)).await;
    assert!(begun.is_err(), "{begun:?}");
    server.served.await.unwrap();
}

/// A load balancer that asks now and then has no connection open most of the time.
#[tokio::test]
async fn a_client_that_comes_in_time_is_answered_though_nobody_is_connected() {
    let server = running().await;
    let address = server.address;
    server.stop.send(()).unwrap();
    for _ in 0..2 {
        sleep(LAME_DUCK / 3).await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(ASK.as_bytes()).await.unwrap();
        assert!(answer(stream).await.ends_with("hello"));
    }
    server.served.await.unwrap();
}

/// Nothing runs between the two loops, so that the runtime does not know of the connections yet.
#[tokio::test]
async fn connections_that_wait_in_the_systems_queue_are_answered() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut streams = Vec::new();
    for _ in 0..20 {
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        stream.write_all(ASK.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n").as_bytes()).unwrap();
        stream.set_nonblocking(true).unwrap();
        streams.push(stream);
    }
    let connections = Connections::new(pages(), places());
    connections.accept_waiting(listener);
    assert!(std::net::TcpStream::connect(address).is_err());
    for stream in streams {
        assert!(answer(TcpStream::from_std(stream).unwrap()).await.ends_with("hello"));
    }
}

#[tokio::test]
async fn a_request_that_never_ends_is_cut_off() {
    let server = running().await;
    let _stream = server.send("GET /never HTTP/1.1\r\nHost: x\r\n\r\n").await;
    let took = server.stopped().await;
    let all = LAME_DUCK + HANDSHAKES + LAST_REQUESTS + DRAIN;
    assert!((all..all + DRAIN).contains(&took), "{took:?}");
}

#[tokio::test]
async fn headers_that_never_end_are_cut_off() {
    let server = running().await;
    let begun = Instant::now();
    let stream = server.send("GET / HTTP/1.1\r\nHost: x\r\n").await;
    timeout(HEADERS * 2, answer(stream)).await.expect("the connection should be closed");
    assert!(begun.elapsed() >= HEADERS);
}

#[tokio::test]
async fn headers_that_are_too_long_are_refused() {
    let server = running().await;
    let stream = server.send(&format!("GET / HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n", "x".repeat(40_000))).await;
    let answer = answer(stream).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
}

#[test]
fn the_address_shown_can_be_opened() {
    assert_eq!(local_url("0.0.0.0:8000".parse().unwrap()), "http://127.0.0.1:8000");
    assert_eq!(local_url("[::1]:8000".parse().unwrap()), "http://[::1]:8000");
}
