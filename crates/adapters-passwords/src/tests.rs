//! What is promised about passwords: nothing is cut off, nothing blocks, and a name that nobody has tells nothing.
use std::time::Instant;

use domain::values::Username;

use super::*;

/// The least that bcrypt allows, for tests that are not about time.
const CHEAP: u32 = 4;

fn password(typed: &str) -> Password {
    Password::new(typed, &Username::parse("anna.orlova").unwrap()).unwrap()
}

fn cheap() -> Bcrypt {
    Bcrypt::new(CHEAP, 2)
}

async fn opens(stored: &str, typed: &str) -> bool {
    let hash = cheap().hash(&password(stored)).await.unwrap();
    cheap().verify(typed, Some(&hash), Queue::Strangers).await.unwrap()
}

#[tokio::test]
async fn the_default_is_bcrypt_of_cost_twelve() {
    let bcrypt = Bcrypt::default();
    let hash = bcrypt.hash(&password("четыре слона")).await.unwrap();
    assert!(hash.as_str().starts_with("$2b$12$"), "{}", hash.as_str());
    assert!(bcrypt.verify("четыре слона", Some(&hash), Queue::Strangers).await.unwrap());
    assert!(!bcrypt.verify("четыре осла!", Some(&hash), Queue::Strangers).await.unwrap());
}

#[tokio::test]
async fn a_password_hashed_twice_has_two_hashes() {
    let first = cheap().hash(&password("четыре слона")).await.unwrap();
    let second = cheap().hash(&password("четыре слона")).await.unwrap();
    assert!(first != second);
}

#[tokio::test]
async fn a_hash_made_at_another_cost_still_opens() {
    let hash = Bcrypt::new(CHEAP + 1, 1).hash(&password("четыре слона")).await.unwrap();
    assert!(cheap().verify("четыре слона", Some(&hash), Queue::Strangers).await.unwrap());
}

#[tokio::test]
async fn every_letter_counts() {
    let letters: String = "съешьещёэтихмягкихфранцузскихбулок".chars().cycle().take(64).collect();
    let mut last_changed: Vec<char> = letters.chars().collect();
    last_changed[63] = 'ъ';
    assert_ne!(letters.chars().last(), Some('ъ'));

    assert!(opens(&letters, &letters).await);
    assert!(!opens(&letters, &last_changed.iter().collect::<String>()).await);
    assert!(!opens(&letters, &letters.chars().take(36).collect::<String>()).await);
    assert!(!opens(&letters, &letters.chars().take(63).collect::<String>()).await);
}

#[tokio::test]
async fn a_nul_inside_counts() {
    assert!(opens("четыре\0слона", "четыре\0слона").await);
    assert!(!opens("четыре\0слона", "четыре\0осла!").await);
    assert!(!opens("четыре\0слона", "четыре").await);
}

#[tokio::test]
async fn the_longest_password_opens_and_anything_longer_does_not() {
    let longest = "ежевика-".repeat(16);
    assert_eq!(longest.chars().count(), Password::MAX);
    assert!(opens(&longest, &longest).await);
    assert!(!opens(&longest, &format!("{longest}!")).await);
    assert!(!opens(&longest, &longest.repeat(5000)).await);
}

#[tokio::test]
async fn nothing_opens_a_user_who_is_not_there() {
    for typed in ["", "четыре слона", "$2b$04$"] {
        assert_eq!(cheap().verify(typed, None, Queue::Strangers).await, Ok(false));
    }
}

#[tokio::test]
async fn a_stored_hash_that_is_none_is_a_failure() {
    let broken = PasswordHash::from_stored("четыре слона".into());
    assert_eq!(cheap().verify("четыре слона", Some(&broken), Queue::Strangers).await, Err(HasherError::Failed));
}

#[tokio::test]
async fn an_unknown_user_costs_as_much_as_a_wrong_password() {
    let bcrypt = Bcrypt::new(8, 1);
    let hash = bcrypt.hash(&password("четыре слона")).await.unwrap();
    let (mut wrong, mut unknown) = (Vec::new(), Vec::new());
    // In turns, so that a busy moment of the machine falls on both.
    for _ in 0..15 {
        for (hash, times) in [(Some(&hash), &mut wrong), (None, &mut unknown)] {
            let start = Instant::now();
            assert!(!bcrypt.verify("четыре осла!", hash, Queue::Strangers).await.unwrap());
            times.push(start.elapsed());
        }
    }
    let median = |mut times: Vec<Duration>| {
        times.sort();
        times[times.len() / 2].as_secs_f64()
    };
    let ratio = median(unknown) / median(wrong);
    assert!((0.5..2.0).contains(&ratio), "{ratio}");
}

#[tokio::test(flavor = "current_thread")]
async fn other_work_goes_on_during_a_hash() {
    let bcrypt = Bcrypt::new(11, 1);
    let password = password("четыре слона");
    let mut hash = std::pin::pin!(bcrypt.hash(&password));
    let mut ticks = 0;
    loop {
        tokio::select! {
            biased;
            hash = &mut hash => break drop(hash.unwrap()),
            () = tokio::time::sleep(Duration::from_millis(1)) => ticks += 1,
        }
    }
    assert!(ticks >= 5, "{ticks} ticks of a millisecond while a hash took its time");
}

#[tokio::test]
async fn a_full_queue_refuses_at_once() {
    let bcrypt = Bcrypt::with_queue(8, 1, 1, PATIENCE);
    let verify = |typed| bcrypt.verify(typed, None, Queue::Strangers);
    let (first, second, third) = tokio::join!(verify("раз"), verify("два"), verify("три"));
    assert_eq!((first, second, third), (Ok(false), Ok(false), Err(HasherError::Busy)));
    assert_eq!(verify("четыре").await, Ok(false), "the queue is free again");
}

#[tokio::test]
async fn nobody_waits_for_ever() {
    let bcrypt = Bcrypt::with_queue(CHEAP, 1, 1, Duration::from_millis(20));
    let held = Arc::clone(&bcrypt.threads).acquire_many_owned(2).await.unwrap();
    for queue in [Queue::Known, Queue::Strangers] {
        assert_eq!(bcrypt.verify("раз", None, queue).await, Err(HasherError::Busy));
    }
    drop(held);
    for queue in [Queue::Known, Queue::Strangers] {
        assert_eq!(bcrypt.verify("раз", None, queue).await, Ok(false));
    }
}

#[tokio::test]
async fn a_caller_who_gave_up_keeps_the_turn_until_the_thread_is_done() {
    let bcrypt = Bcrypt::with_queue(11, 1, 0, PATIENCE);
    assert!(timeout(Duration::from_millis(1), bcrypt.verify("раз", None, Queue::Strangers)).await.is_err());
    assert_eq!(bcrypt.verify("два", None, Queue::Strangers).await, Err(HasherError::Busy));
}

#[tokio::test(flavor = "multi_thread")]
async fn however_many_strangers_wait_the_known_have_a_turn_and_a_place() {
    for at_once in [1, 2, 4] {
        let bcrypt = Bcrypt::with_queue(9, at_once, 60, PATIENCE);
        let began = Instant::now();
        assert!(!bcrypt.verify("четыре осла!", None, Queue::Known).await.unwrap());
        let alone = began.elapsed();
        let strangers: Vec<_> = (0..60)
            .map(|_| {
                let bcrypt = bcrypt.clone();
                tokio::spawn(async move { bcrypt.verify("четыре осла!", None, Queue::Strangers).await })
            })
            .collect();
        while bcrypt.places[1].available_permits() > at_once.max(2) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        for _ in 0..5 {
            let began = Instant::now();
            assert!(!bcrypt.verify("четыре осла!", None, Queue::Known).await.unwrap());
            // Not one of the sixty is in front; but the processors are shared with other hashes, and with other tests.
            assert!(began.elapsed() < alone * 15, "{:?}, {alone:?} alone", began.elapsed());
        }
        assert!(strangers.iter().any(|it| !it.is_finished()), "the strangers should still be waiting");
        for it in strangers {
            assert_eq!(it.await.unwrap(), Ok(false), "strangers are served, too");
        }
    }
}
