//! Two programs on one database and one folder of documents.
use std::{
    os::unix::process::ExitStatusExt,
    sync::Barrier,
    thread,
    time::{Duration, Instant},
};

use tempfile::tempdir;

use crate::{
    clients::{Form, client, refused_for},
    http::{Answer, Browser},
    invariants::StoredFile,
    load::Load,
    office::{Random, upload},
    site::{DATABASE, IMPATIENT, Site, alone, empty_database},
    support::{Server, keep_at, run, voronka},
    worker::Door,
};

const PASSWORD: &str = "пять лис под дождём";

#[test]
fn two_that_start_at_the_same_moment_on_an_empty_database_both_serve() {
    const TIMES: usize = 5;
    let (_alone, cluster) = (alone(), empty_database());
    for time in 0..TIMES {
        let (folder, name) = (tempdir().unwrap(), format!("{DATABASE}_{time}"));
        cluster.copy_database(DATABASE, &name);
        keep_at(folder.path(), &cluster.url(&name));
        let servers = thread::scope(|scope| {
            let starting = [(); 2].map(|()| scope.spawn(|| Server::start(folder.path(), &IMPATIENT)));
            starting.map(|it| it.join().unwrap())
        });
        // Each has shown a code; both are typed in at the same moment.
        let ready = Barrier::new(2);
        let founded = thread::scope(|scope| {
            let founding = [0, 1].map(|at| {
                let (server, ready) = (&servers[at], &ready);
                scope.spawn(move || found(server, ["anna", "boris"][at], ready))
            });
            founding.map(|it| it.join().unwrap())
        });
        let first = founded.iter().position(|it| it.status == 303).unwrap();
        let (first, second) = (&founded[first], &founded[1 - first]);
        assert_eq!((first.location.as_str(), second.status), ("/", 404), "{}", second.text());
        assert_eq!(cluster.query(&name, "SELECT count(*) FROM users"), "1");
        for server in &servers {
            let mut browser = Browser::new(server.address(), first.cookie.as_ref().unwrap()).unwrap();
            assert_eq!((browser.get("/users").unwrap().status, server.get("/setup").0), (200, 404));
        }
        let roles = cluster.query(&name, "SELECT count(*), count(DISTINCT name) FROM roles");
        assert_eq!(roles, "4|4");
    }
}

/// Makes the first user.
fn found(server: &Server, username: &str, ready: &Barrier) -> Answer {
    let mut browser = Browser::new(server.address(), "").unwrap();
    let fields = [
        ("setup_code", server.setup_code.as_deref().unwrap()),
        ("username", username),
        ("full_name", ""),
        ("password", PASSWORD),
        ("password_again", PASSWORD),
    ];
    ready.wait();
    browser.post("/setup", &fields).unwrap()
}

#[test]
fn what_was_done_at_one_is_known_at_the_other() {
    let mut site = Site::open();
    let second = site.second_server();
    let mut here = Browser::signed_in(site.server.address(), "anna", PASSWORD).unwrap();
    let mut there = Browser::new(second.address(), &here.cookie).unwrap();
    assert_eq!(there.get("/leads").unwrap().status, 200);

    let lead = site.office.lead(&mut here);
    let paper = upload(&mut here, &Random(1).pdf(5000)).unwrap();
    let form = Form::fill_in(&mut there, lead, site.office.service, paper.clone()).unwrap();
    let made = client(&form.send(&mut there).unwrap());
    assert_eq!(here.get(&format!("/clients/{made}")).unwrap().status, 200);
    let stored = StoredFile::checked(&site.data());
    assert_eq!(stored.conversions[&lead].document, paper.id);

    let signed_out = there.post("/sign-out", &[]).unwrap();
    assert_eq!(signed_out.status, 303, "{}", signed_out.text());
    let now = here.get("/leads").unwrap();
    assert!(now.status == 303 && now.location.starts_with("/sign-in"), "{}", now.status);
}

#[test]
fn fifty_times_one_lead_is_converted_at_both_at_the_same_moment() {
    const TIMES: usize = 50;
    let mut site = Site::open();
    let second = site.second_server();
    let mut operator = site.browser();
    let vera = site.office.manager(&second, "vera");
    let mut managers = [site.office.manager(&site.server, "boris"), vera];
    let (mut random, mut first_wins) = (Random(20_261_125), 0);
    for _ in 0..TIMES {
        let lead = site.office.lead(&mut operator);
        let (ready, service) = (Barrier::new(2), site.office.service);
        let papers = managers.each_ref().map(|_| random.pdf(2000));
        let answers: Vec<Answer> = thread::scope(|scope| {
            let at_work: Vec<_> = managers
                .iter_mut()
                .zip(&papers)
                .map(|(manager, bytes)| {
                    let ready = &ready;
                    scope.spawn(move || {
                        let paper = upload(manager, bytes).unwrap();
                        let form = Form::fill_in(manager, lead, service, paper).unwrap();
                        ready.wait();
                        form.send(manager).unwrap()
                    })
                })
                .collect();
            at_work.into_iter().map(|it| it.join().unwrap()).collect()
        });
        let (winner, loser) = if answers[0].status == 303 { (0, 1) } else { (1, 0) };
        refused_for(&answers[loser], client(&answers[winner]));
        first_wins += loser;
    }
    let stored = StoredFile::checked(&site.data());
    assert_eq!((stored.conversions.len(), stored.papers.len()), (TIMES, 2 * TIMES));
    println!("{TIMES} races: the first program won {first_wins}");
}

#[test]
fn users_of_one_instance_go_on_when_the_other_is_killed() {
    let site = Site::open();
    let mut second = site.second_server();
    let here = site.server.address().to_owned();
    let mut command = voronka(site.office.folder.path());
    command.args(["createsuperuser", "--username", "vera"]).env("VORONKA_PASSWORD", PASSWORD);
    assert_eq!(run(&mut command, "").code, Some(0));
    let vera = Browser::signed_in(second.address(), "vera", PASSWORD).unwrap().cookie;
    let vera = Door { address: second.address().to_owned(), cookie: vera, otherwise: Some(here.clone()) };
    let anna = Door { address: here, cookie: site.office.cookie.clone(), otherwise: None };
    let load = Load::through(&site, vec![anna.clone(), vera.clone(), anna, vera]);
    let mut ledger = load.during(|| {
        thread::sleep(Duration::from_secs(2));
        second.signal("KILL");
        assert_eq!(second.ended(Duration::from_secs(5)).signal(), Some(9));
        let begun = Instant::now();
        println!("the first page of the other one {:.2?} after the kill", site.time_until_a_page());
        thread::sleep(Duration::from_secs(2).saturating_sub(begun.elapsed()));
    });
    ledger.add(load.works());
    ledger.check(&site);
    assert!(ledger.lost >= 2 && ledger.converted() > 5 && ledger.edited() > 10);
}
