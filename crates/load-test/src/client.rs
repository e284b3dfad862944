//! One HTTP request on a connection of its own, from an address of this machine that can be chosen.
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::timeout,
};

use crate::Result;

/// After this nobody waits for an answer any more.
const PATIENCE: Duration = Duration::from_secs(15);

#[derive(Clone, Copy, Debug)]
pub(crate) struct Client {
    pub(crate) server: SocketAddr,
    pub(crate) from: Ipv4Addr,
}

pub(crate) struct Answer {
    /// 0 where there was none.
    pub(crate) status: u16,
    pub(crate) head: String,
}

impl Client {
    pub(crate) async fn connect(self, receive_buffer: Option<u32>) -> Result<TcpStream> {
        let socket = TcpSocket::new_v4()?;
        if let Some(bytes) = receive_buffer {
            socket.set_recv_buffer_size(bytes)?;
        }
        socket.bind(SocketAddr::new(IpAddr::V4(self.from), 0))?;
        Ok(timeout(PATIENCE, socket.connect(self.server)).await??)
    }

    pub(crate) async fn get(self, path: &str, cookie: &str) -> Answer {
        self.ask(&format!("GET {path} HTTP/1.1\r\nHost: {}\r\nCookie: {cookie}\r\n", self.server), "").await
    }

    pub(crate) async fn post(self, path: &str, form: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nSec-Fetch-Site: same-origin\r\nContent-Length: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n",
            self.server,
            body.len()
        );
        self.ask(&head, &body).await
    }

    async fn ask(self, head: &str, body: &str) -> Answer {
        let request = format!("{head}Connection: close\r\n\r\n{body}");
        let asked = async {
            let mut stream = self.connect(None).await?;
            stream.write_all(request.as_bytes()).await?;
            Result::<Answer>::Ok(answer(&mut stream).await)
        };
        let none = Answer { status: 0, head: String::new() };
        match timeout(PATIENCE, asked).await {
            Ok(Ok(answer)) => answer,
            _ => none,
        }
    }
}

/// Reads until the connection ends, and keeps the head.
pub(crate) async fn answer(stream: &mut TcpStream) -> Answer {
    let (mut head, mut piece) = (Vec::new(), vec![0; 16 * 1024]);
    while let Ok(read @ 1..) = stream.read(&mut piece).await {
        if head.len() < 4096 {
            head.extend_from_slice(&piece[..read]);
        }
    }
    let text = String::from_utf8_lossy(&head);
    let head = text.split("\r\n\r\n").next().unwrap_or_default().to_owned();
    let status = head.split(' ').nth(1).and_then(|it| it.parse().ok()).unwrap_or(0);
    Answer { status, head }
}

impl Answer {
    /// The cookie of this name, as the browser sends it back.
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        let lines = self.head.lines().filter_map(|it| it.split_once(": "));
        let cookies = lines.filter(|it| it.0.eq_ignore_ascii_case("set-cookie")).map(|it| it.1);
        let pairs = cookies.filter_map(|it| it.split(';').next());
        pairs.into_iter().find(|it| it.starts_with(&format!("{name}="))).map(str::to_owned)
    }
}
