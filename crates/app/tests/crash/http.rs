//! A browser in a few lines: one connection that is kept alive, the cookie of a session, forms and files.
use std::{
    fmt::Write as _,
    io::{self, BufRead, BufReader, Error, ErrorKind, Read, Write},
    net::TcpStream,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

/// How much of a body is sent at once.
const PIECE: usize = 64 * 1024;
const BOUNDARY: &str = "----voronka5f0c2a9be1d74386";
/// Nothing here takes as long; a server that hangs is an error and not a wait without end.
const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Where a redirect leads.
    pub(crate) location: String,
    /// The session's cookie as `name=value`, when one is set.
    pub(crate) cookie: Option<String>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// What stands between the first of two texts and the second one.
    pub(crate) fn between(&self, before: &str, after: &str) -> Option<String> {
        let text = self.text();
        let (_, rest) = text.split_once(before)?;
        rest.split_once(after).map(|it| it.0.to_owned())
    }

    /// The value of a hidden field of a form.
    pub(crate) fn hidden(&self, name: &str) -> Option<String> {
        self.between(&format!("name=\"{name}\" value=\""), "\"")
    }
}

pub(crate) struct Browser {
    stream: BufReader<TcpStream>,
    host: String,
    pub(crate) cookie: String,
    /// Grows with each piece that was sent and each answer that came, so that another thread can strike in between.
    steps: Arc<AtomicUsize>,
    /// How much more is sent before it hangs up.
    left: Option<usize>,
}

impl Browser {
    pub(crate) fn open(host: &str, cookie: &str, steps: &Arc<AtomicUsize>) -> io::Result<Self> {
        let stream = TcpStream::connect(host)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let (stream, steps) = (BufReader::new(stream), Arc::clone(steps));
        Ok(Self { stream, host: host.into(), cookie: cookie.into(), steps, left: None })
    }

    /// For when nobody watches its steps.
    pub(crate) fn new(host: &str, cookie: &str) -> io::Result<Self> {
        Self::open(host, cookie, &Arc::default())
    }

    /// Signs in. A test without a session is wrong.
    pub(crate) fn signed_in(host: &str, username: &str, password: &str) -> io::Result<Self> {
        let mut browser = Self::new(host, "")?;
        let answer = browser.post("/sign-in", &[("username", username), ("password", password)])?;
        browser.cookie = answer.cookie.ok_or_else(|| Error::other(format!("{username} is not let in")))?;
        Ok(browser)
    }

    /// Sends no more than so many bytes of its next request, and hears no answer: all that is left is to drop it.
    #[allow(dead_code, reason = "only the tests of faults have clients that go away")]
    pub(crate) fn hang_up_after(&mut self, bytes: usize) {
        self.left = Some(bytes);
    }

    pub(crate) fn get(&mut self, path: &str) -> io::Result<Answer> {
        self.exchange("GET", path, "", b"")
    }

    pub(crate) fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> io::Result<Answer> {
        let pairs: Vec<String> = fields.iter().map(|it| format!("{}={}", it.0, encoded(it.1))).collect();
        let about = "Content-Type: application/x-www-form-urlencoded\r\n";
        self.exchange("POST", path, about, pairs.join("&").as_bytes())
    }

    /// A form with a file in it, or with a field for one that was left alone.
    pub(crate) fn post_with_file(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        (file, bytes): (&str, &[u8]),
    ) -> io::Result<Answer> {
        let mut body = Vec::with_capacity(bytes.len() + 4096);
        for (name, value) in fields {
            write!(body, "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")?;
        }
        let name = format!("name=\"file\"; filename=\"{file}\"");
        write!(body, "--{BOUNDARY}\r\nContent-Disposition: form-data; {name}\r\n")?;
        body.extend_from_slice(b"Content-Type: application/octet-stream\r\n\r\n");
        body.extend_from_slice(bytes);
        write!(body, "\r\n--{BOUNDARY}--\r\n")?;
        self.exchange("POST", path, &format!("Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n"), &body)
    }

    fn exchange(&mut self, method: &str, path: &str, about: &str, body: &[u8]) -> io::Result<Answer> {
        let (host, cookie, length) = (&self.host, &self.cookie, body.len());
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nSec-Fetch-Site: same-origin\r\nCookie: {cookie}\r\n{about}\
             Content-Length: {length}\r\n\r\n"
        )
        .into_bytes();
        let (first, rest) = body.split_at(body.len().min(PIECE));
        request.extend_from_slice(first);
        self.send(&request)?;
        for piece in rest.chunks(PIECE) {
            self.steps.fetch_add(1, Ordering::Relaxed);
            self.send(piece)?;
        }
        if self.left.is_some() {
            return Err(ErrorKind::Interrupted.into());
        }
        let answer = self.answer()?;
        self.steps.fetch_add(1, Ordering::Relaxed);
        Ok(answer)
    }

    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        let Some(left) = &mut self.left else { return self.stream.get_mut().write_all(bytes) };
        let (sent, cut) = bytes.split_at(bytes.len().min(*left));
        *left -= sent.len();
        self.stream.get_mut().write_all(sent)?;
        if cut.is_empty() { Ok(()) } else { Err(ErrorKind::Interrupted.into()) }
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        match line.strip_suffix("\r\n") {
            Some(whole) => Ok(whole.to_owned()),
            None => Err(ErrorKind::UnexpectedEof.into()),
        }
    }

    fn answer(&mut self) -> io::Result<Answer> {
        let first = self.line()?;
        let status = first.split(' ').nth(1).and_then(|it| it.parse().ok());
        let status = status.ok_or_else(|| Error::other(format!("no answer of HTTP: {first}")))?;
        let mut answer = Answer { status, location: String::new(), cookie: None, body: Vec::new() };
        let mut length = None;
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(": ") else { break };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse().ok(),
                "location" => value.clone_into(&mut answer.location),
                "set-cookie" if value.starts_with("sid=") => {
                    answer.cookie = value.split(';').next().map(str::to_owned);
                }
                _ => {}
            }
        }
        answer.body = vec![0; length.ok_or_else(|| Error::other("an answer without its length"))?];
        self.stream.read_exact(&mut answer.body)?;
        Ok(answer)
    }
}

/// Percent-encoded for a form or a query.
pub(crate) fn encoded(value: &str) -> String {
    value.bytes().fold(String::new(), |mut text, it| {
        if it.is_ascii_alphanumeric() || b"-._".contains(&it) {
            text.push(it.into());
        } else {
            // Writing to a string cannot fail.
            let _ = write!(text, "%{it:02X}");
        }
        text
    })
}
