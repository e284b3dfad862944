//! Several people at work at once, while something happens.
use std::{
    panic::resume_unwind,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use uuid::Uuid;

use crate::{
    ledger::{Ledger, Record},
    office::Random,
    site::Site,
    worker::{Door, Worker},
};

const SEED: u64 = 20_261_123;
const WORKERS: usize = 4;
/// So few that two of them often want the same one.
const LEADS: usize = 4;
const SERVICES: usize = 2;

pub(crate) struct Load {
    /// One for each worker.
    doors: Vec<Door>,
    contract_about: Uuid,
    edited: Vec<Record>,
}

impl Load {
    pub(crate) fn on(site: &Site) -> Self {
        let door = Door { address: site.server.address().into(), cookie: site.office.cookie.clone(), otherwise: None };
        Self::through(site, vec![door; WORKERS])
    }

    pub(crate) fn through(site: &Site, doors: Vec<Door>) -> Self {
        let (mut browser, mut edited) = (site.browser(), Vec::new());
        for number in 0..LEADS + SERVICES {
            let (path, name) = if number < LEADS { ("/leads", "full_name") } else { ("/services", "name") };
            let value = format!("Запись {number}");
            let phone = format!("+7901{:07}", crate::worker::number());
            let fields = [(name, value.as_str()), ("phone", phone.as_str()), ("price", "1000")];
            let answer = browser.post(path, &fields).unwrap();
            assert_eq!(answer.status, 303, "{}", answer.text());
            let id = crate::office::id(&answer.location);
            edited.push(if number < LEADS { Record::Lead(id) } else { Record::Service(id) });
        }
        Self { doors, contract_about: site.office.service, edited }
    }

    fn worker(&self, number: usize) -> Worker {
        let random = Random(SEED + u64::try_from(number).unwrap());
        Worker::new(self.doors[number].clone(), self.contract_about, random)
    }

    /// Everybody works until it is over.
    pub(crate) fn during(&self, trouble: impl FnOnce()) -> Ledger {
        let over = AtomicBool::new(false);
        thread::scope(|scope| {
            let at_work: Vec<_> = (0..self.doors.len())
                .map(|number| {
                    let over = &over;
                    scope.spawn(move || {
                        let mut worker = self.worker(number);
                        while !over.load(Ordering::Relaxed) {
                            self.step(&mut worker);
                        }
                        worker.ledger
                    })
                })
                .collect();
            let end = End(&over);
            trouble();
            drop(end);
            let mut ledger = Ledger::default();
            for it in at_work {
                ledger.add(it.join().unwrap_or_else(|panic| resume_unwind(panic)));
            }
            ledger
        })
    }

    fn step(&self, worker: &mut Worker) {
        match worker.random.within(0..self.edited.len() * 2) {
            at if at < self.edited.len() => worker.rename(self.edited[at]),
            _ => worker.win_a_client(),
        };
    }

    /// One of everything, and all of it at the first try.
    pub(crate) fn works(&self) -> Ledger {
        let mut worker = self.worker(0);
        assert!(worker.win_a_client());
        assert!(self.edited.iter().all(|it| worker.rename(*it)));
        assert!(!worker.ledger.answers.contains_key(&503), "{:?}", worker.ledger.answers);
        worker.ledger
    }
}

/// Sends everybody home, also when the test fails: they would work without end.
struct End<'a>(&'a AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
