//! Asking for the same page again and again, and what that took.
use std::{
    fmt, io, thread,
    time::{Duration, Instant},
};

use crate::{
    Done,
    http::{Answer, Browser},
    server::Running,
};

const WARM_UP: usize = 200;
/// A page that is slow is asked for less often rather than for long.
const LONGEST: Duration = Duration::from_secs(8);
/// Connections at once, and for how long.
const AT_ONCE: usize = 16;
const TOGETHER: Duration = Duration::from_secs(5);

pub(crate) struct Figures {
    name: String,
    /// In order.
    times: Vec<Duration>,
    took: Duration,
    cpu: Duration,
    bytes: usize,
}

impl Figures {
    fn at(&self, hundredth: usize) -> f64 {
        self.times[(self.times.len() * hundredth / 100).min(self.times.len() - 1)].as_secs_f64() * 1000.0
    }

    pub(crate) fn median(&self) -> f64 {
        self.at(50)
    }

    #[expect(clippy::cast_precision_loss, reason = "a few thousand requests")]
    fn count(&self) -> f64 {
        self.times.len() as f64
    }

    /// In milliseconds a request.
    pub(crate) fn cpu(&self) -> f64 {
        self.cpu.as_secs_f64() * 1000.0 / self.count()
    }
}

pub(crate) fn heading(of: &str) -> String {
    let line = format!(
        "{:<34} {:>5} {:>9} {:>8} {:>8} {:>8} {:>9} {:>8}",
        "milliseconds a request", "n", "median", "95 %", "99 %", "CPU", "a second", "bytes"
    );
    format!("{of}\n{line}")
}

impl fmt::Display for Figures {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (median, most, nearly_all, cpu) = (self.median(), self.at(95), self.at(99), self.cpu());
        let (name, n, second) = (&self.name, self.times.len(), self.count() / self.took.as_secs_f64());
        let bytes = self.bytes;
        write!(out, "{name:<34} {n:>5} {median:>9.3} {most:>8.3} {nearly_all:>8.3} {cpu:>8.3} {second:>9.0} {bytes:>8}")
    }
}

fn fine(answer: &Answer) -> io::Result<()> {
    match answer.status {
        200 | 303 => Ok(()),
        other => Err(io::Error::other(format!("answered {other}: {}", answer.text()))),
    }
}

/// So many requests after a tenth of them, at most 200, to warm up; fewer where they take long.
pub(crate) fn measured(
    server: &Running,
    name: &str,
    most: usize,
    mut ask: impl FnMut() -> io::Result<Answer>,
) -> Done<Figures> {
    let begun = Instant::now();
    for _ in 0..WARM_UP.min(most / 10) {
        fine(&ask()?)?;
        if begun.elapsed() > LONGEST / 4 {
            break;
        }
    }
    let (mut times, mut bytes) = (Vec::with_capacity(most), 0);
    let (begun, cpu) = (Instant::now(), server.cpu()?);
    while times.len() < most && (begun.elapsed() < LONGEST || times.is_empty()) {
        let asked = Instant::now();
        let answer = ask()?;
        times.push(asked.elapsed());
        fine(&answer)?;
        bytes = answer.body.len();
    }
    let (took, cpu) = (begun.elapsed(), server.cpu()?.saturating_sub(cpu));
    times.sort_unstable();
    Ok(Figures { name: name.to_owned(), times, took, cpu, bytes })
}

/// Many connections at once, on the same cores as the server.
pub(crate) fn together(server: &Running, cookie: &str, path: &str) -> Done<String> {
    let (begun, cpu) = (Instant::now(), server.cpu()?);
    let one = || -> io::Result<u32> {
        let (mut browser, mut asked) = (Browser::new(&server.address, cookie)?, 0);
        while begun.elapsed() < TOGETHER {
            fine(&browser.get(path)?)?;
            asked += 1;
        }
        Ok(asked)
    };
    let asked: io::Result<u32> = thread::scope(|scope| {
        let all: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(one)).collect();
        all.into_iter().map(|it| it.join().unwrap_or_else(|_| Err(io::Error::other("a client panicked")))).sum()
    });
    let (asked, took) = (asked?, begun.elapsed());
    let cpu = server.cpu()?.saturating_sub(cpu).as_secs_f64() * 1000.0 / f64::from(asked);
    let second = f64::from(asked) / took.as_secs_f64();
    Ok(format!("{path} over {AT_ONCE} connections at once: {second:.0} requests a second, {cpu:.3} ms CPU each"))
}
