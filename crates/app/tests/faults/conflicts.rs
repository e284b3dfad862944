//! Many who want the same records at the same moment.
use std::{sync::Barrier, thread, time::Instant};

use crate::{
    ledger::{Ledger, Record},
    office::Random,
    site::Site,
    worker::{Door, Worker},
};

const WORKERS: usize = 8;
const LEADS: usize = 3;
const EDITS: usize = 6;
const ROUNDS: usize = 6;

#[test]
fn eight_who_edit_and_convert_the_same_three_leads_get_an_answer_each_and_lose_nothing() {
    let mut site = Site::open();
    let door = Door { address: site.server.address().into(), cookie: site.office.cookie.clone(), otherwise: None };
    let mut ledger = Ledger::default();
    for round in 0..ROUNDS {
        let mut browser = site.browser();
        let leads = [(); LEADS].map(|()| site.office.lead(&mut browser));
        let together = Barrier::new(WORKERS);
        thread::scope(|scope| {
            let at_work: Vec<_> = (0..WORKERS)
                .map(|number| {
                    let random = Random(u64::try_from(WORKERS * round + number).unwrap());
                    let mut worker = Worker::new(door.clone(), site.office.service, random);
                    let together = &together;
                    scope.spawn(move || {
                        for _ in 0..EDITS {
                            let lead = leads[worker.random.within(0..LEADS)];
                            let opened = worker.open(Record::Lead(lead));
                            together.wait();
                            opened.map(|it| worker.save(it));
                        }
                        let form = worker.open_conversion(leads[number % LEADS]);
                        together.wait();
                        form.map(|it| worker.convert(it));
                        worker.ledger
                    })
                })
                .collect();
            for it in at_work {
                ledger.add(it.join().unwrap());
            }
        });
    }
    let log = site.cluster.log();
    let [conflicts, deadlocks] = ["could not serialize", "deadlock detected"].map(|it| log.matches(it).count());
    println!("{conflicts} conflicts and {deadlocks} deadlocks on the server");
    // An error means that nothing was saved here: no connection was lost.
    assert_eq!(ledger.check(&site), 0);
    assert!(conflicts > 0 && ledger.answers[&409] > 0 && ledger.converted() <= ROUNDS * LEADS);
    assert!(ledger.edited() >= ROUNDS * EDITS && ledger.converted() > ROUNDS, "hardly anybody came through");
}

const NEIGHBOURS: usize = 8;
const CLIENTS_EACH: usize = 25;

/// What they write lies side by side in the indexes all the same, and the database takes that for a conflict.
#[test]
fn eight_who_never_pause_and_share_no_record_are_never_turned_away() {
    let site = Site::open();
    let door = Door { address: site.server.address().into(), cookie: site.office.cookie.clone(), otherwise: None };
    let begun = Instant::now();
    let mut ledger = Ledger::default();
    thread::scope(|scope| {
        let at_work: Vec<_> = (0..NEIGHBOURS)
            .map(|number| {
                let random = Random(u64::try_from(number).unwrap());
                let mut worker = Worker::new(door.clone(), site.office.service, random);
                scope.spawn(move || {
                    assert!((0..CLIENTS_EACH).all(|_| worker.win_a_client()));
                    worker.ledger
                })
            })
            .collect();
        for it in at_work {
            ledger.add(it.join().unwrap());
        }
    });
    let (took, conflicts) = (begun.elapsed(), site.cluster.log().matches("could not serialize").count());
    println!("{} clients in {took:.1?}, {conflicts} conflicts, slowest {:.2?}", ledger.converted(), ledger.slowest);
    assert_eq!((ledger.answers.get(&503), ledger.check(&site)), (None, 0));
    assert!(conflicts > 0, "they did not meet, so this shows nothing");
}
