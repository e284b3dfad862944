//! Tests of the accept loop, with pages that are slow on purpose.
use std::time::{Duration, Instant};

use axum::{Router, routing::get};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
    time::{sleep, timeout},
};

use super::*;

const SLOW: Duration = Duration::from_millis(400);
const DRAIN: Duration = Duration::from_secs(2);

struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    served: JoinHandle<()>,
}

async fn running() -> Running {
    let pages = Router::new()
        .route("/", get(|| async { "hello" }))
        .route(
            "/slow",
            get(|| async {
                sleep(SLOW).await;
                "done"
            }),
        )
        .route("/never", get(|| async { std::future::pending::<()>().await }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let stop_soon = async { drop(stopped.await) };
    Running { address, stop, served: tokio::spawn(connections::serve(listener, pages, stop_soon, DRAIN)) }
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
    let mut kept = server.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
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
    sleep(Duration::from_millis(50)).await;
    assert!(TcpStream::connect(address).await.is_err());
    assert!(answer(slow).await.ends_with("done"));
}

#[tokio::test]
async fn a_request_that_never_ends_is_cut_off() {
    let server = running().await;
    let _stream = server.send("GET /never HTTP/1.1\r\nHost: x\r\n\r\n").await;
    let took = server.stopped().await;
    assert!((DRAIN..DRAIN * 2).contains(&took), "{took:?}");
}

#[tokio::test]
async fn headers_that_never_end_are_cut_off() {
    let server = running().await;
    let begun = Instant::now();
    let stream = server.send("GET / HTTP/1.1\r\nHost: x\r\n").await;
    timeout(connections::HEADERS * 2, answer(stream)).await.expect("the connection should be closed");
    assert!(begun.elapsed() >= connections::HEADERS);
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
