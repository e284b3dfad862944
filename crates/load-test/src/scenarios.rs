//! What others do to the server meanwhile. Each ends at its deadline by itself.
use std::{collections::BTreeMap, io, net::Ipv4Addr, sync::Arc, time::Duration};

use tokio::{
    io::AsyncWriteExt,
    net::TcpStream,
    task::JoinSet,
    time::{Instant, sleep, timeout_at},
};

use crate::client::{Client, answer};

/// How many users look at statistics, and search.
pub(crate) const USERS: usize = 40;
/// Nobody else comes from here.
pub(crate) const OPERATOR: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
/// However quick the answers are, nobody asks more often than this.
const PAUSE: Duration = Duration::from_millis(20);
/// A thousand clients that connect anew take this much longer, or this machine would be busy with them alone.
const CROWD_PAUSE: Duration = Duration::from_millis(500);

/// The cookies of the signed-in users.
pub(crate) struct Sessions {
    pub(crate) operator: String,
    pub(crate) manager: String,
    pub(crate) users: Vec<String>,
}

/// One of the many who take part, with a number.
#[derive(Clone)]
pub(crate) struct Guest {
    number: usize,
    client: Client,
    sessions: Arc<Sessions>,
    until: Instant,
}

/// How many answers of each status there were; 0 is none.
pub(crate) type Counts = BTreeMap<u16, u64>;

/// What one guest does again and again.
#[derive(Clone, Copy)]
enum AuditAction {
    Unread,
    Idle,
    EndlessHeader,
    Statistics,
    Search,
    Guess,
}

pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    guests: usize,
    act: AuditAction,
}

const fn scenario(name: &'static str, about: &'static str, guests: usize, act: AuditAction) -> Scenario {
    Scenario { name, about, guests, act }
}

pub(crate) const SCENARIOS: [Scenario; 7] = [
    scenario("quiet", "nobody else is there", 0, AuditAction::Idle),
    scenario("unread", "1100 connections of one address ask for pages and read nothing", 1100, AuditAction::Unread),
    scenario("idle", "1400 connections of one address are opened anew whenever they are cut", 1400, AuditAction::Idle),
    scenario("headers", "40 uploads whose header never ends, up to 16 MiB each", 40, AuditAction::EndlessHeader),
    scenario("statistics", "40 users look at statistics all the time", USERS, AuditAction::Statistics),
    scenario("search", "40 users search for words that nothing has", USERS, AuditAction::Search),
    scenario("guessing", "60 guess passwords, each time from another address", 60, AuditAction::Guess),
];

impl Scenario {
    /// All of them at once, until then.
    pub(crate) async fn act(&self, client: Client, sessions: &Arc<Sessions>, until: Instant) -> Counts {
        let mut guests = JoinSet::new();
        for number in 0..self.guests {
            let guest = Guest { number, client, sessions: Arc::clone(sessions), until };
            guests.spawn(guest.repeat(self.act));
        }
        let mut all = Counts::new();
        // A guest that is late is not waited for: its connection ends with it.
        while let Ok(Some(counts)) = timeout_at(until + Duration::from_secs(1), guests.join_next()).await {
            for (status, count) in counts.unwrap_or_default() {
                *all.entry(status).or_default() += count;
            }
        }
        all
    }
}

impl Guest {
    async fn repeat(self, act: AuditAction) -> Counts {
        let mut counts = Counts::new();
        let mut round = 0;
        while let Ok(status) = timeout_at(self.until, self.once(act, round)).await {
            *counts.entry(status).or_default() += 1;
            round += 1;
            sleep(if matches!(act, AuditAction::Unread | AuditAction::Idle) { CROWD_PAUSE } else { PAUSE }).await;
        }
        counts
    }

    /// The status of the answer.
    async fn once(&self, act: AuditAction, round: usize) -> u16 {
        match act {
            AuditAction::Unread => self.unread().await,
            AuditAction::Idle => match self.client.connect(None).await {
                Ok(mut stream) => answer(&mut stream).await.status,
                Err(_) => 0,
            },
            AuditAction::EndlessHeader => self.endless_header().await,
            AuditAction::Statistics => self.client.get("/statistics", self.cookie()).await.status,
            AuditAction::Search => {
                let path = format!("/leads?q={}", word(self.number * 1_000_000 + round));
                self.client.get(&path, self.cookie()).await.status
            }
            AuditAction::Guess => self.guess(round).await,
        }
    }

    fn cookie(&self) -> &str {
        &self.sessions.users[self.number % self.sessions.users.len()]
    }

    async fn unread(&self) -> u16 {
        let Ok(mut stream) = self.client.connect(Some(2048)).await else { return 0 };
        let requests = format!("GET /sign-in HTTP/1.1\r\nHost: {}\r\n\r\n", self.client.server).repeat(400);
        // The server stops reading sooner or later; then this waits, until the server ends the connection.
        let mut sent = stream.write_all(requests.as_bytes()).await;
        while sent.is_ok() {
            sleep(Duration::from_secs(1)).await;
            sent = stream.write_all(b"\r\n").await;
        }
        0
    }

    async fn endless_header(&self) -> u16 {
        let Ok(mut stream) = self.client.connect(None).await else { return 0 };
        // The answer may come before all is sent.
        let _ = self.send_header(&mut stream).await;
        answer(&mut stream).await.status
    }

    async fn send_header(&self, stream: &mut TcpStream) -> io::Result<()> {
        const PIECE: usize = 64 * 1024;
        const ALL: usize = 16 * 1024 * 1024;
        let head = format!(
            "POST /uploads HTTP/1.1\r\nHost: {}\r\nSec-Fetch-Site: same-origin\r\nCookie: {}\r\n\
             Content-Type: multipart/form-data; boundary=b\r\nTransfer-Encoding: chunked\r\n\r\n",
            self.client.server, self.sessions.manager
        );
        let begin = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\nX-A: ";
        let piece = format!("{PIECE:x}\r\n{}\r\n", "a".repeat(PIECE));
        stream.write_all(format!("{head}{:x}\r\n{begin}\r\n", begin.len()).as_bytes()).await?;
        for _ in 0..ALL / PIECE {
            stream.write_all(piece.as_bytes()).await?;
        }
        Ok(())
    }

    async fn guess(&self, round: usize) -> u16 {
        let at = self.number * 1000 + round % 1000;
        let byte = |n: usize| u8::try_from(n % 250).unwrap_or_default();
        let client = Client { from: Ipv4Addr::new(127, 1, byte(at / 250), byte(at) + 1), ..self.client };
        client.post("/sign-in", &[("username", "polina"), ("password", &word(at))]).await.status
    }
}

/// Ten letters that depend on the number.
fn word(number: usize) -> String {
    let mut state = number as u64;
    let letter = |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b'a' + u8::try_from(state >> 40 & 0xFF).unwrap_or_default() % 26)
    };
    (0..10).map(letter).collect()
}
