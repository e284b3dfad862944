//! A store where others are in the way of a step as often as a test wants.
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use domain::store::{Mode, Result, Store, StoreError, UnitOfWork};

use super::guarded::{self, Step};

const TURN: Duration = Duration::from_millis(10);

/// Another unit of work on the store at the same moment.
#[derive(Clone, Default)]
pub struct Others(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// A kind of step, and which of that kind in each unit of work, counted from one.
    in_the_way_of: Option<(Step, usize)>,
    times: usize,
    /// How many steps of that kind the unit of work has come to.
    reached: usize,
    begun: Vec<Mode>,
}

impl Others {
    /// From now on puts them in the way of the n-th step of this kind, in as many units of work as said.
    pub fn get_in_the_way(&self, of: Step, nth: usize, times: usize) {
        *self.0.lock().unwrap() = State { in_the_way_of: Some((of, nth)), times, reached: 0, begun: Vec::new() };
    }

    pub fn leave(&self) {
        *self.0.lock().unwrap() = State::default();
    }

    /// How often they will still be in the way.
    pub fn times_left(&self) -> usize {
        self.0.lock().unwrap().times
    }

    /// The units of work that were asked for since they got in the way.
    pub fn begun(&self) -> Vec<Mode> {
        self.0.lock().unwrap().begun.clone()
    }

    fn meet(&self, step: Step) -> Result<()> {
        let mut it = self.0.lock().unwrap();
        let step = match step {
            Step::Begin(mode) => {
                it.begun.push(mode);
                it.reached = 0;
                // Where a test wants them in the way of a writer, they are in the way of one that is alone, too.
                Step::Begin(if mode == Mode::Exclusive { Mode::Write } else { mode })
            }
            other => other,
        };
        let Some((_, nth)) = it.in_the_way_of.filter(|(kind, _)| *kind == step) else { return Ok(()) };
        it.reached += 1;
        if it.times > 0 && it.reached == nth {
            it.times -= 1;
            return Err(StoreError::Contended);
        }
        Ok(())
    }
}

pub struct Contended<S> {
    pub inner: S,
    pub others: Others,
}

#[async_trait]
impl<S: Store> Store for Contended<S> {
    async fn begin(&self, mode: Mode) -> Result<Box<dyn UnitOfWork>> {
        if mode == Mode::Exclusive {
            // Its turn comes when the others are done with what they do.
            tokio::time::sleep(TURN).await;
        }
        let others = self.others.clone();
        guarded::begin(&self.inner, mode, Arc::new(move |step| others.meet(step))).await
    }

    fn readers(&self) -> usize {
        self.inner.readers()
    }
}
