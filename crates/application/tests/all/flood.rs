//! Signing in while others guess, while nothing can be written, and after the clock was set back.
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use crate::support::{Office, PASSWORD, Person, is_on};
use application::{Browser, Crm, Error, NewSecret, SignIn};
use chrono::TimeDelta;
use domain::{second_factor::SecondFactor, store::Mode};
use futures::future::join_all;
use totp_rs::{Builder, Secret};

async fn is_in(crm: &Crm, name: &str, device: &str) -> bool {
    matches!(crm.sign_in(name, PASSWORD, Browser { session: None, device }).await, Ok(SignIn::In(_)))
}

async fn known_device(office: &Office, name: &str) -> String {
    match office.crm.sign_in(name, PASSWORD, Browser::default()).await.unwrap() {
        SignIn::In(entry) => entry.device.unwrap().cookie(),
        _ => panic!("{name} could not sign in"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_sixty_addresses_guess_a_known_device_always_signs_in_and_a_new_one_does_soon() {
    for office in Office::each().await {
        let device = known_device(&office, "anna").await;
        let (stop, guesses) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)));
        let attackers: Vec<_> = (0..60_u8)
            .map(|n| {
                let (crm, stop, guesses) =
                    (office.crm.asked_from([203, 0, 113, n].into()), Arc::clone(&stop), Arc::clone(&guesses));
                tokio::spawn(async move {
                    let names = ["anna".to_owned(), "maxim".to_owned(), format!("nobody-{n}"), format!("nobody-{n}-2")];
                    for name in names.iter().cycle() {
                        if stop.load(Ordering::Relaxed) {
                            break;
                        }
                        if let Ok(SignIn::In(_)) = crm.sign_in(name, "не тот пароль", Browser::default()).await
                        {
                            panic!("a wrong password let somebody in");
                        }
                        guesses.fetch_add(1, Ordering::Relaxed);
                        tokio::task::yield_now().await;
                    }
                })
            })
            .collect();
        while guesses.load(Ordering::Relaxed) < 600 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        for n in 0..5 {
            let began = Instant::now();
            assert!(is_in(&office.crm.asked_from([203, 0, 113, n].into()), "anna", &device).await);
            assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
        }
        // In a browser and at an address that nobody knows: with some tries, while the guessers go on.
        let elsewhere = office.crm.asked_from([198, 51, 100, 7].into());
        let mut tries = 0;
        while !is_in(&elsewhere, "maxim", "").await {
            tries += 1;
            assert!(tries < 20, "the right password was refused twenty times");
            office.clock.advance(TimeDelta::seconds(10));
        }
        stop.store(true, Ordering::Relaxed);
        for it in join_all(attackers).await {
            it.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_who_guesses_behind_a_shared_address_keeps_no_colleague_out() {
    let office = Office::new().await;
    let shared = office.crm.asked_from([192, 0, 2, 1].into());
    for second in 0..60_u32 {
        // Two tries in a second, of names that there are and of others.
        for name in ["anna".to_owned(), format!("name-{second}")] {
            let _ = shared.sign_in(&name, "не тот пароль", Browser::default()).await;
        }
        if second % 6 == 0 {
            assert!(is_in(&shared, "maxim", "").await, "second {second}");
        }
        office.clock.advance(TimeDelta::seconds(1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn right_passwords_that_come_at_the_same_moment_are_all_right() {
    for office in Office::each().await {
        let here = office.crm.asked_from([192, 0, 2, 1].into());
        let all = join_all((0..12).map(|_| is_in(&here, "anna", ""))).await;
        assert_eq!(all, [true; 12]);
        // None of them counts as a failure.
        for n in 0..5 {
            assert!(matches!(here.sign_in("anna", "x", Browser::default()).await, Ok(SignIn::Refused)), "{n}");
        }
        assert!(matches!(here.sign_in("anna", "x", Browser::default()).await, Err(Error::Throttled(_))));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_nothing_can_be_written_a_wrong_password_takes_as_long_under_any_name() {
    let office = Office::kept().await;
    let _writing = office.store.begin(Mode::Write).await.unwrap();
    let took = async |name: &str| {
        let began = Instant::now();
        assert!(matches!(office.crm.sign_in(name, "не тот пароль", Browser::default()).await, Ok(SignIn::Refused)));
        began.elapsed()
    };
    for _ in 0..2 {
        let (known, unknown) = (took("anna").await, took("olga").await);
        assert!(known.abs_diff(unknown) < Duration::from_millis(250), "{known:?} and {unknown:?}");
    }
}

#[tokio::test]
async fn a_clock_that_is_set_back_locks_nobody_out_and_lets_no_session_live_for_ever() {
    let month = TimeDelta::days(30);
    for office in Office::each().await {
        let real = office.crm.now();
        office.clock.set(real + month);
        let (secret, gleb) = (NewSecret::random().unwrap(), office.session(Person::Gleb).await);
        let shown = || {
            let secret = Secret::try_from_base32(secret.base32()).unwrap();
            let seconds = u64::try_from(office.crm.now().timestamp()).unwrap();
            Builder::new().with_secret(secret).build().unwrap().generate(seconds).to_string()
        };
        gleb.turn_on_second_factor(PASSWORD, &secret, &shown()).await.unwrap();
        let enter = async |name: &str| match office.crm.sign_in(name, PASSWORD, Browser::default()).await.unwrap() {
            SignIn::In(entry) => entry.token,
            _ => panic!("{name} could not sign in"),
        };
        let (used, forgotten) = (enter("anna").await, enter("maxim").await);

        office.clock.set(real);
        enter("anna").await;
        assert!(is_on(&office, &used).await, "it does not die at once");
        office.crm.maintenance().await.unwrap();
        office.clock.advance(TimeDelta::hours(7));
        assert!(is_on(&office, &used).await);
        office.clock.advance(TimeDelta::hours(1));
        assert!(is_on(&office, &used).await && !is_on(&office, &forgotten).await);
        for _ in 0..16 {
            office.clock.advance(TimeDelta::hours(1));
            is_on(&office, &used).await;
        }
        assert!(!is_on(&office, &used).await, "a day after the clock was set back it is over");

        office.clock.advance(TimeDelta::seconds(SecondFactor::STEP));
        let SignIn::CodeWanted(waiting) = office.crm.sign_in("gleb", PASSWORD, Browser::default()).await.unwrap()
        else {
            panic!()
        };
        assert!(office.crm.confirm_sign_in(&waiting, &shown(), "").await.is_ok(), "the code of the app is still good");
    }
}
