//! Clients that go away in the middle of what they ask.
use std::{
    thread,
    time::{Duration, Instant},
};

use uuid::Uuid;

use crate::{
    clients::Form,
    http::Browser,
    invariants::StoredFile,
    load::Load,
    office::{Random, upload},
    site::Site,
};

/// And one that stays to the end, to show how long that is.
const HANG_UPS: usize = 100;
/// How soon after the last one nothing of them is left on the server.
const SOON: Duration = Duration::from_millis(150);
/// More than any of the requests has.
const ALL: usize = 1_000_000;

/// What somebody wants to send and does not get to the end of.
enum Half {
    Conversion(Form),
    Edit(Uuid),
    Upload(Vec<u8>),
}

#[test]
fn clients_that_hang_up_leave_no_transaction_open_and_nothing_by_half() {
    let mut site = Site::open();
    let (mut random, mut browser) = (Random(20_261_124), site.browser());
    let halves: Vec<Half> = (0..=HANG_UPS)
        .map(|number| match number % 3 {
            0 => {
                let lead = site.office.lead(&mut browser);
                let paper = upload(&mut browser, &random.pdf(3000)).unwrap();
                Half::Conversion(Form::fill_in(&mut browser, lead, site.office.service, paper).unwrap())
            }
            1 => Half::Edit(site.office.lead(&mut browser)),
            _ => Half::Upload(random.pdf(30_000)),
        })
        .collect();

    let usual = halves[0].time(&mut browser);
    let begun = Instant::now();
    for (number, half) in halves.iter().enumerate().skip(1) {
        let mut leaving = site.browser();
        // One half is cut off somewhere, the other goes when everything is sent.
        let cut = number % 2 == 0;
        leaving.hang_up_after(if cut { random.within(1..4000) } else { ALL });
        let left = half.send(&mut leaving);
        assert!(left.is_err_and(|it| it.kind() == std::io::ErrorKind::Interrupted));
        if !cut {
            // Before the work has begun, or in the middle of it, or after its end, which is later than usually: the
            // connection of the client before is broken off, and has to be replaced.
            thread::sleep(usual * u32::try_from(random.within(0..500)).unwrap() / 100);
        }
        drop(leaving);
    }
    let took = begun.elapsed();
    thread::sleep(SOON);
    assert_eq!(site.database().open_transactions(), [""; 0]);

    let stored = StoredFile::checked_after_edits(&site.data());
    let edits = "SELECT concat(id) AS it FROM leads WHERE full_name = 'Ушёл'";
    let done = stored.conversions.len() - 1 + site.database().rows(edits).len();
    let broken_off = site.cluster.log().matches("canceling statement due to user request").count();
    println!(
        "{HANG_UPS} hung up in {took:.2?}, usually it takes {usual:.2?} each: {done} conversions and edits were done \
         nevertheless, {broken_off} statements were broken off"
    );
    assert!(done > 0, "all of them went before the work had begun");
    let load = Load::on(&site);
    let mut ledger = load.works();
    ledger.add(load.during(|| thread::sleep(Duration::from_millis(500))));
    assert!(ledger.converted() > 1);
    StoredFile::checked_after_edits(&site.data());
}

impl Half {
    /// How long it takes to the end.
    fn time(&self, browser: &mut Browser) -> Duration {
        let begun = Instant::now();
        assert_eq!(self.send(browser).unwrap().status, 303);
        begun.elapsed()
    }

    fn send(&self, browser: &mut Browser) -> std::io::Result<crate::http::Answer> {
        match self {
            Self::Conversion(form) => form.send(browser),
            Self::Edit(lead) => {
                let fields = [("full_name", "Ушёл"), ("phone", "+79005550142"), ("version", "1")];
                browser.post(&format!("/leads/{lead}/edit"), &fields)
            }
            Self::Upload(bytes) => browser.post_with_file("/uploads", &[], ("Договор.pdf", bytes)),
        }
    }
}
