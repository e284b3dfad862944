//! Who has a turn, who waits, and who is refused.
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;

use uuid::Uuid;

use super::*;

fn user(n: u128) -> UserId {
    UserId(Uuid::from_u128(n))
}

/// Whether the future is done, without waiting for it.
async fn at_once<F: Future>(mut future: Pin<&mut F>) -> Option<F::Output> {
    // The runtime lets a task go on only so often before others have their turn.
    tokio::task::yield_now().await;
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(it) => Poll::Ready(Some(it)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}

async fn taken(turns: &Arc<Turns>, work: Expensive, n: u128) -> Turn {
    at_once(pin!(turns.take(work, user(n)))).await.expect("nobody should be in front").unwrap()
}

async fn waits(turns: &Arc<Turns>, work: Expensive, n: u128) -> bool {
    at_once(pin!(turns.take(work, user(n)))).await.is_none()
}

fn seconds(refused: Result<Turn>) -> i64 {
    match refused {
        Err(Error::NoTurn(wait)) => wait.num_seconds(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn whatever_is_asked_for_half_of_the_readers_are_left_for_ordinary_pages() {
    for readers in 1..=40 {
        let turns = Turns::new(readers);
        let mut all = Vec::new();
        for n in 0..100 {
            for work in Expensive::ALL.into_iter().filter(|it| it.reads()) {
                all.extend(at_once(pin!(turns.take(work, user(n)))).await);
            }
        }
        assert_eq!(all.len(), half(readers), "{readers} readers");
        assert!(readers == 1 || all.len() <= readers - all.len());
    }
}

#[tokio::test]
async fn no_kind_of_work_takes_the_places_of_the_others() {
    for readers in [4, 10, 50] {
        for work in Expensive::ALL.into_iter().filter(|it| it.reads()) {
            let turns = Turns::new(readers);
            let mut all = Vec::new();
            for n in 0..100 {
                all.extend(at_once(pin!(turns.take(work, user(n)))).await);
            }
            assert_eq!(all.len(), work.places(readers));
            for other in Expensive::ALL.into_iter().filter(|it| *it != work) {
                drop(taken(&turns, other, 1).await);
            }
        }
    }
}

#[tokio::test]
async fn one_user_has_one_turn_of_a_kind_and_leaves_the_others_theirs() {
    let turns = Turns::new(16);
    let first = taken(&turns, Expensive::Statistics, 1).await;
    assert!(waits(&turns, Expensive::Statistics, 1).await);
    let _others = [taken(&turns, Expensive::Statistics, 2).await, taken(&turns, Expensive::Search, 1).await];
    drop(first);
    drop(taken(&turns, Expensive::Statistics, 1).await);
    let _uploads = [taken(&turns, Expensive::Upload, 1).await, taken(&turns, Expensive::Upload, 1).await];
    assert!(waits(&turns, Expensive::Upload, 1).await);
}

#[tokio::test]
async fn who_came_first_is_served_first_and_who_went_away_is_not_waited_for() {
    let turns = Turns::new(4);
    let working = taken(&turns, Expensive::Export, 1).await;
    let (mut second, mut third) =
        (Box::pin(turns.take(Expensive::Export, user(2))), Box::pin(turns.take(Expensive::Export, user(3))));
    assert!(at_once(second.as_mut()).await.is_none() && at_once(third.as_mut()).await.is_none());
    drop(working);
    assert!(at_once(third.as_mut()).await.is_none());
    // It was called, and never looks.
    drop(second);
    assert!(at_once(third.as_mut()).await.unwrap().is_ok());
    drop(third);
    assert!(turns.line().all.is_empty());
}

#[tokio::test]
async fn the_newest_words_take_the_place_of_those_before_them() {
    let turns = Turns::new(4);
    let working = taken(&turns, Expensive::Search, 1).await;
    let mut half_a_word = Box::pin(turns.take(Expensive::Search, user(1)));
    assert!(at_once(half_a_word.as_mut()).await.is_none());
    let mut word = Box::pin(turns.take(Expensive::Search, user(1)));
    assert!(at_once(word.as_mut()).await.is_none());
    assert!((3..8).contains(&seconds(at_once(half_a_word.as_mut()).await.unwrap())));
    drop(working);
    assert!(at_once(word.as_mut()).await.unwrap().is_ok());
}

#[tokio::test]
async fn a_full_queue_refuses_at_once_and_not_everybody_comes_back_at_the_same_moment() {
    let turns = Turns::new(4);
    let _working = taken(&turns, Expensive::Statistics, 0).await;
    let mut waiting: Vec<_> = (1..=64).map(|n| Box::pin(turns.take(Expensive::Statistics, user(n)))).collect();
    for it in &mut waiting {
        assert!(at_once(it.as_mut()).await.is_none());
    }
    let mut times = std::collections::BTreeSet::new();
    for n in 100..110 {
        times.insert(seconds(at_once(pin!(turns.take(Expensive::Statistics, user(n)))).await.unwrap()));
    }
    assert_eq!(times, (3..8).collect());
    waiting.pop();
    assert!(waits(&turns, Expensive::Statistics, 200).await, "there is a place again");
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_ever_but_what_was_begun_goes_on() {
    let turns = Turns::new(4);
    let working = taken(&turns, Expensive::Export, 1).await;
    let mut next_piece = Box::pin(turns.go_on(Expensive::Export, user(2)));
    assert!(at_once(next_piece.as_mut()).await.is_none());
    let began = tokio::time::Instant::now();
    assert!((3..8).contains(&seconds(turns.take(Expensive::Export, user(3)).await)));
    assert_eq!(began.elapsed(), PATIENCE);
    tokio::time::sleep(PATIENCE * 10).await;
    assert!(at_once(next_piece.as_mut()).await.is_none());
    drop(working);
    drop(at_once(next_piece.as_mut()).await.expect("its turn should have come"));
}
