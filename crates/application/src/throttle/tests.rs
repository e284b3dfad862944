//! How much somebody may guess, and whom that keeps out.
use futures::FutureExt;

use super::*;

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + second, 0).unwrap()
}

fn address(n: u32) -> IpAddr {
    std::net::Ipv4Addr::from(0xC633_6400 + n).into()
}

/// The answer without waiting.
fn now<F: Future>(attempt: F) -> F::Output {
    attempt.now_or_never().expect("it should not wait")
}

fn fails(all: &Throttle, name: &str, from: u32, second: i64) -> bool {
    now(all.sign_in(name, Some(address(from)), at(second))).map(drop).is_ok()
}

fn is_right(all: &Throttle, name: &str, from: u32, second: i64) -> bool {
    now(all.sign_in(name, Some(address(from)), at(second))).map(Attempt::forgive).is_ok()
}

/// How many attempts in a row fail before one has to wait, and for how long then.
fn run<'a, F: Future<Output = Result<Attempt<'a>>>>(attempt: impl Fn() -> F) -> (usize, TimeDelta) {
    for n in 0..10_000 {
        match now(attempt()) {
            Ok(attempt) => drop(attempt),
            Err(Error::Throttled(wait)) => return (n, wait),
            Err(other) => panic!("{other}"),
        }
    }
    panic!("nobody had to wait")
}

#[test]
fn who_guesses_has_to_wait_and_only_there() {
    let all = Throttle::default();
    let sign_in = |name: &'static str, n, second| all.sign_in(name, Some(address(n)), at(second));
    assert_eq!(run(|| sign_in("anna", 1, 0)), (5, TimeDelta::seconds(10)));
    // Another address, another name, and the browser that is known.
    assert_eq!(run(|| sign_in("anna", 2, 0)).0, 5);
    assert_eq!(run(|| sign_in("maxim", 1, 0)), (5, TimeDelta::seconds(10)));
    assert_eq!(run(|| all.known_device(UserId(uuid::Uuid::nil()), "x", at(0))), (10, TimeDelta::seconds(10)));
    // One more each time that one is forgotten.
    assert_eq!(run(|| sign_in("anna", 2, 9)), (0, TimeDelta::seconds(1)));
    assert_eq!(run(|| sign_in("anna", 2, 10)).0, 1);
    assert_eq!(run(|| sign_in("anna", 2, 1000)).0, 5);
}

#[test]
fn one_address_guesses_at_most_7200_times_an_hour_whatever_the_names() {
    let all = Throttle::default();
    let guesses = (0..3600_i64)
        .flat_map(|second| (0..20).map(move |n| (second, n)))
        .filter(|(second, n)| fails(&all, &format!("name-{second}-{n}"), 1, *second))
        .count();
    assert_eq!(guesses, 7200 + 28);
    // And 360 as one of them.
    let all = Throttle::default();
    let guesses = (0..36_000_i64).filter(|n| fails(&all, "anna", 1, n / 10)).count();
    assert_eq!(guesses, 360 + 4);
}

#[test]
fn many_addresses_guess_no_more_than_1800_times_an_hour() {
    let all = Throttle::default();
    let mut guesses = 0;
    for second in 0..3600_u32 {
        for n in 0..50_u32 {
            let from = IpAddr::V6((u128::from(second) << 80 | u128::from(n) << 64).into());
            guesses += usize::from(now(all.sign_in("anna", Some(from), at(second.into()))).map(drop).is_ok());
        }
    }
    assert_eq!(guesses, 1800 + 59);
}

#[test]
fn a_guesser_behind_a_shared_address_keeps_nobody_else_out() {
    for names in [1, 1000] {
        let all = Throttle::default();
        for second in 0..600 {
            let _ = fails(&all, &format!("name-{}", second % names), 1, second);
            let _ = fails(&all, &format!("name-{}", (second + 1) % names), 1, second);
            if second % 60 == 30 {
                assert!(is_right(&all, "anna", 1, second), "{names} names, second {second}");
            }
        }
    }
}

#[test]
fn sixty_addresses_that_guess_one_name_do_not_keep_its_user_out_at_a_sixty_first() {
    let all = Throttle::default();
    let (mut guesses, mut waits) = (0, Vec::new());
    let mut since = None;
    for second in 0..7200 {
        guesses += (1..=60).filter(|n| fails(&all, "anna", *n, second)).count();
        // Somebody comes every five minutes, each from another address, and tries again every ten seconds.
        if second % 300 == 0 {
            since = Some(second);
        }
        if let Some(came) = since.filter(|it| (second - it) % 10 == 0)
            && is_right(&all, "anna", 100 + u32::try_from(came).unwrap(), second)
        {
            waits.push(second - came);
            since = None;
        }
    }
    assert!((3600..=3600 + 60).contains(&guesses), "{guesses}");
    // Until each of them has failed twice, nothing tells the user from them; an hour later the same for a moment.
    assert!(waits.len() == 24 && waits.iter().all(|it| *it <= 130), "{waits:?}");
    assert!(waits.iter().filter(|it| **it == 0).count() >= 20, "{waits:?}");
    // A typing error from an address is forgiven.
    assert!(fails(&all, "anna", 10_000, 7200) && is_right(&all, "anna", 10_000, 7200));
}

#[tokio::test(start_paused = true)]
async fn the_right_password_waits_for_those_under_way_and_a_wrong_one_tells_it_at_once() {
    let all = Throttle::default();
    let sign_in = || all.sign_in("anna", Some(address(1)), at(0));
    let mut under_way: Vec<_> = (0..5).map(|_| now(sign_in()).unwrap()).collect();
    let (sixth, ()) = tokio::join!(sign_in(), async { under_way.pop().unwrap().forgive() });
    sixth.unwrap().forgive();
    // All six were right: nothing is left of them.
    under_way.drain(..).for_each(Attempt::forgive);
    assert_eq!(run(sign_in).0, 5);

    let all = Throttle::default();
    let sign_in = || all.sign_in("anna", Some(address(1)), at(0));
    let mut under_way: Vec<_> = (0..5).map(|_| now(sign_in()).unwrap()).collect();
    let began = Instant::now();
    let (sixth, ()) = tokio::join!(sign_in(), async { under_way.clear() });
    assert!(matches!(sixth, Err(Error::Throttled(wait)) if wait == TimeDelta::seconds(10)));
    assert_eq!(began.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_ever_for_what_becomes_of_others() {
    let all = Throttle::default();
    let sign_in = || all.sign_in("anna", Some(address(1)), at(0));
    let under_way: Vec<_> = (0..5).map(|_| now(sign_in()).unwrap()).collect();
    let began = Instant::now();
    let late = futures::future::join_all((0..WAITING + 10).map(|_| sign_in())).await;
    assert!(late.iter().all(|it| matches!(it, Err(Error::Throttled(_)))));
    assert_eq!(began.elapsed(), PATIENCE);
    drop(under_way);
}

#[tokio::test]
async fn attempts_count_from_their_beginning_until_they_are_taken_back() {
    let all = Throttle::default();
    let sign_in = || all.sign_in("anna", Some(address(1)), at(0));
    let under_way: Vec<_> = (0..5).map(|_| now(sign_in()).unwrap()).collect();
    assert!(sign_in().now_or_never().is_none(), "the sixth should not begin");
    let abandoned = 2;
    let (wrong, right): (Vec<_>, Vec<_>) = under_way.into_iter().enumerate().partition(|it| it.0 < abandoned);
    drop(wrong);
    for (_, it) in right {
        it.forgive();
    }
    assert_eq!(run(sign_in).0, 5 - abandoned);
}

#[test]
fn a_clock_that_is_set_back_makes_nobody_wait_longer() {
    const MONTH: i64 = 30 * 86_400;
    let all = Throttle::default();
    assert!(is_right(&all, "anna", 1, MONTH));
    let sign_in = |name: &'static str, second| all.sign_in(name, Some(address(1)), at(second));
    assert_eq!(run(|| sign_in("maxim", MONTH)).0, 5);
    assert!(is_right(&all, "anna", 1, 0));
    assert_eq!(run(|| sign_in("maxim", 0)), (0, TimeDelta::seconds(10)), "what failed is not forgotten by it");
    assert_eq!(run(|| sign_in("maxim", 10)).0, 1);
    assert_eq!(run(|| sign_in("anna", 20)).0, 5);
    // And again, a little.
    assert_eq!(run(|| sign_in("anna", 15)), (0, TimeDelta::seconds(10)));
    assert_eq!(run(|| sign_in("anna", 25)).0, 1);
}

#[test]
fn one_network_of_version_6_is_one_address() {
    let all = Throttle::default();
    let v6 = |text: &str| Some(text.parse().unwrap());
    assert_eq!(run(|| all.sign_in("anna", v6("2001:db8::1"), at(0))).0, 5);
    assert_eq!(run(|| all.sign_in("anna", v6("2001:db8::2"), at(0))).0, 0);
    assert_eq!(run(|| all.sign_in("anna", v6("2001:db8:0:1::1"), at(0))).0, 5);
    assert_eq!(run(|| all.sign_in("anna", v6("::ffff:192.0.2.7"), at(0))).0, 5);
    assert_eq!(run(|| all.sign_in("anna", v6("192.0.2.7"), at(0))).0, 0);
}

#[test]
fn what_is_remembered_is_bounded() {
    let all = Throttle::default();
    for n in 0..40_000_u128 {
        let _ = now(all.sign_in(&n.to_string(), Some(IpAddr::V6((n << 64).into())), at(0))).map(drop);
        let _ = now(all.code(UserId(uuid::Uuid::from_u128(n)), None, at(0))).map(drop);
    }
    assert!(all.lock().all.len() <= LIMIT, "{}", all.lock().all.len());
}

#[test]
fn the_networks_of_one_ipv6_site_guess_together() {
    let all = Throttle::default();
    let guess = |site: u16, network: u16| {
        let from = IpAddr::from([0x2001, 0xdb8, site, network, 0, 0, 0, 1]);
        now(all.sign_in(&format!("name-{site}-{network}"), Some(from), at(0))).map(drop).is_ok()
    };
    assert_eq!((0..1000).filter(|network| guess(1, *network)).count(), 240);
    assert!(guess(2, 0));
}
