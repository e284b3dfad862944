//! Clients that hold connections: the others are served all the same.
use tokio::{net::TcpSocket, time::timeout};

use super::*;
use crate::serve::limits::{FAREWELL, IDLE, OF_ONE_ADDRESS};

/// A connection from another address of this machine.
async fn connected_from(from: &str, server: &Running) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(format!("{from}:0").parse().unwrap()).unwrap();
    socket.connect(server.address).await.unwrap()
}

async fn answer_to(mut stream: TcpStream) -> String {
    stream.write_all(ASK.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n").as_bytes()).await.unwrap();
    timeout(Duration::from_secs(5), answer(stream)).await.expect("nobody should wait for an answer")
}

async fn busy_from(from: &str, server: &Running) -> Vec<TcpStream> {
    let mut busy = Vec::new();
    for _ in 0..OF_ONE_ADDRESS {
        let mut stream = connected_from(from, server).await;
        stream.write_all(b"GET /never HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        busy.push(stream);
    }
    sleep(Duration::from_millis(200)).await;
    busy
}

#[tokio::test]
async fn an_address_above_its_limit_is_told_so_at_once_and_others_are_served() {
    let server = running().await;
    let _busy = busy_from("127.0.0.1", &server).await;
    sleep(IDLE).await;
    for _ in 0..100 {
        let refused = answer_to(connected_from("127.0.0.1", &server).await).await;
        assert!(refused.starts_with("HTTP/1.1 503") && refused.contains("\r\nRetry-After: 5\r\n"), "{refused}");
        assert!(refused.ends_with("Try again in five seconds."), "{refused}");
    }
    let other = answer_to(connected_from("127.0.0.2", &server).await).await;
    assert!(other.starts_with("HTTP/1.1 200"), "{other}");
}

#[tokio::test]
async fn idle_connections_give_way_to_newcomers_of_their_address() {
    let server = running().await;
    let mut idle = Vec::new();
    for _ in 0..OF_ONE_ADDRESS {
        idle.push(connected_from("127.0.0.1", &server).await);
    }
    sleep(IDLE + Duration::from_millis(100)).await;
    for _ in 0..10 {
        let page = answer_to(connected_from("127.0.0.1", &server).await).await;
        assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    }
    // The first one is closed, and the last one is not.
    let (first, last) = (idle.swap_remove(0), idle.pop().unwrap());
    assert_eq!(timeout(Duration::from_secs(1), answer(first)).await.unwrap(), "");
    assert!(answer_to(last).await.starts_with("HTTP/1.1 200"));
}

/// Nothing else runs here: where everybody waits, the clock goes on to the next moment at which somebody does not.
#[tokio::test(start_paused = true)]
async fn an_answer_that_nobody_reads_is_cut() {
    let server = running().await;
    let mut stream = server.send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n").await;
    sleep(Duration::from_secs(40)).await;
    let mut all = Vec::new();
    let ended = stream.read_to_end(&mut all).await;
    assert!(all.len() < LARGE, "{ended:?}: all of it came");
}

#[tokio::test]
async fn a_slow_reader_gets_a_large_answer() {
    let server = running().await;
    let mut stream = server.send("GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    // The system's own buffers are full, and the server waits.
    sleep(Duration::from_secs(1)).await;
    let mut all = Vec::new();
    stream.read_to_end(&mut all).await.unwrap();
    assert!(all.len() > LARGE, "{}", all.len());
}

#[tokio::test]
async fn a_client_that_sends_more_than_is_read_gets_its_answer() {
    let server = running().await;
    let body = vec![b'x'; 8 * 1024 * 1024];
    let head = format!("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", body.len());
    let mut stream = server.send(&head).await;
    stream.write_all(&body).await.unwrap();
    let refused = timeout(FAREWELL * 2, answer(stream)).await.unwrap();
    assert!(refused.starts_with("HTTP/1.1 405"), "{refused}");
}
