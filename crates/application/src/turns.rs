//! Expensive work takes turns, so that everybody else's pages find a free reader of the store.
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::TimeDelta;
use domain::user::UserId;
use tokio::{sync::oneshot, time::timeout};

use crate::{Error, Result, Session};

/// Work that may keep a server busy for seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expensive {
    Statistics,
    /// For words in texts.
    Search,
    /// Looking for records that may be one.
    Duplicates,
    Export,
    /// Receiving a file.
    Upload,
}

impl Expensive {
    pub const ALL: [Self; 5] = [Self::Statistics, Self::Search, Self::Duplicates, Self::Export, Self::Upload];

    /// How many at once. Together all that read take at most half of the readers.
    fn places(self, readers: usize) -> usize {
        match self {
            // A sender may be slow, and reads nothing meanwhile.
            Self::Upload => MOST_UPLOADS,
            _ => half(half(readers)),
        }
    }

    /// Whether it keeps a reader of the store busy.
    #[must_use]
    pub const fn reads(self) -> bool {
        !matches!(self, Self::Upload)
    }

    /// How many of one user at once.
    const fn of_one_user(self) -> usize {
        match self {
            Self::Upload => 2,
            _ => 1,
        }
    }

    /// How many of one user wait. The next one takes the place of the first.
    const fn waiting_of_one_user(self) -> usize {
        match self {
            // Results for half of a word are of no use once the word is longer.
            Self::Search | Self::Duplicates => 1,
            // A file that was refused has to be sent again, and nothing is busy while it waits.
            Self::Upload => 16,
            _ => 3,
        }
    }
}

const fn half(number: usize) -> usize {
    if number < 2 { 1 } else { number / 2 }
}

/// How many exports have begun and not ended, of all and of one user. Each takes about 1 MiB of memory.
pub(crate) const MOST_EXPORTS: usize = 24;
pub(crate) const MOST_EXPORTS_OF_USER: usize = 2;
/// How many files are received at once. Each takes up to 256 KiB of memory, and 5 MiB where documents are in S3.
pub(crate) const MOST_UPLOADS: usize = 24;
/// How many wait for a turn of one kind.
const QUEUE: usize = 64;
/// How long a request waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);
/// After how many seconds a refused request is made again: one by one, so that not all of them come at once.
const AGAIN: std::ops::Range<i64> = 3..8;

/// The requests that work, and the requests that wait.
#[derive(Debug)]
pub(crate) struct Turns {
    readers: usize,
    patience: Duration,
    line: Mutex<Line>,
}

#[derive(Debug, Default)]
struct Line {
    /// In the order of their coming.
    all: Vec<Place>,
    /// How many have come.
    came: u64,
    /// How many were refused.
    refused: i64,
}

#[derive(Debug)]
struct Place {
    number: u64,
    work: Expensive,
    user: UserId,
    state: State,
}

#[derive(Debug)]
enum State {
    Waiting(oneshot::Sender<()>),
    /// As [`State::Waiting`], for the next piece of work that has begun: it is never refused.
    GoingOn(oneshot::Sender<()>),
    Working,
}

/// Lasts as long as the work: the next one begins when it is dropped.
#[derive(Debug)]
#[must_use]
pub struct Turn {
    turns: Arc<Turns>,
    number: u64,
}

impl Turns {
    pub(crate) fn new(readers: usize) -> Arc<Self> {
        Self::with_patience(readers, PATIENCE)
    }

    fn with_patience(readers: usize, patience: Duration) -> Arc<Self> {
        Arc::new(Self { readers, patience, line: Mutex::default() })
    }

    /// Fails with [`Error::NoTurn`] where too many wait already, or the turn does not come in time.
    pub(crate) async fn take(self: &Arc<Self>, work: Expensive, user: UserId) -> Result<Turn> {
        let (turn, called) = {
            let mut line = self.line();
            let waits = |it: &Place| it.work == work && matches!(it.state, State::Waiting(_));
            let own: Vec<u64> = line.all.iter().filter(|it| waits(it) && it.user == user).map(|it| it.number).collect();
            if own.len() >= work.waiting_of_one_user() {
                line.all.retain(|it| it.number != own[0]);
            }
            if line.all.iter().filter(|it| waits(it)).count() >= QUEUE {
                return Err(line.refuse());
            }
            self.join(&mut line, work, user, State::Waiting)
        };
        if let Ok(Ok(())) = timeout(self.patience, called).await {
            return Ok(turn);
        }
        // The place is given up first.
        drop(turn);
        Err(self.line().refuse())
    }

    /// For the next piece of something that is under way. It waits as long as it has to.
    pub(crate) async fn go_on(self: &Arc<Self>, work: Expensive, user: UserId) -> Turn {
        let (turn, called) = self.join(&mut self.line(), work, user, State::GoingOn);
        // Nobody takes this place away, so the call comes.
        let _ = called.await;
        turn
    }

    fn join(
        self: &Arc<Self>,
        line: &mut Line,
        work: Expensive,
        user: UserId,
        state: impl FnOnce(oneshot::Sender<()>) -> State,
    ) -> (Turn, oneshot::Receiver<()>) {
        let (call, called) = oneshot::channel();
        line.came += 1;
        let number = line.came;
        line.all.push(Place { number, work, user, state: state(call) });
        line.call_next(self.readers);
        (Turn { turns: Arc::clone(self), number }, called)
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Line {
    /// Starts every request that has a free place, in the order of arrival.
    fn call_next(&mut self, readers: usize) {
        for at in 0..self.all.len() {
            let Place { work, user, .. } = self.all[at];
            let working = || self.all.iter().filter(|it| matches!(it.state, State::Working));
            let has_place = working().filter(|it| it.work == work).count() < work.places(readers)
                && working().filter(|it| it.work == work && it.user == user).count() < work.of_one_user()
                && (!work.reads() || working().filter(|it| it.work.reads()).count() < half(readers));
            if !has_place || matches!(self.all[at].state, State::Working) {
                continue;
            }
            // A request that has gone does not hear it, and gives the turn back.
            if let State::Waiting(call) | State::GoingOn(call) =
                std::mem::replace(&mut self.all[at].state, State::Working)
            {
                let _ = call.send(());
            }
        }
    }

    fn refuse(&mut self) -> Error {
        self.refused += 1;
        Error::NoTurn(TimeDelta::seconds(AGAIN.start + self.refused % (AGAIN.end - AGAIN.start)))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut line = self.turns.line();
        line.all.retain(|it| it.number != self.number);
        line.call_next(self.turns.readers);
    }
}

impl Session {
    /// This user's turn to do expensive work. Fails with [`Error::NoTurn`] where too many others do or want the same.
    pub async fn turn(&self, work: Expensive) -> Result<Turn> {
        self.crm().turns().take(work, self.actor().id).await
    }
}

#[cfg(test)]
mod tests;
