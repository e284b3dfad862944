//! Files that wait for their contract: how many, and which nobody waits for any more.
use chrono::TimeDelta;
use domain::{
    document::{Document, WaitingFiles},
    record::Stamp,
    store::Store,
    user::UserId,
};

use crate::{
    fixtures,
    support::{reading, save, writing},
    world::World,
};

/// An uploaded file of this user.
fn upload(n: u32, size: u64, user: UserId) -> Document {
    Document { size, stamp: Stamp::new(Some(user), fixtures::moment_of(n)), ..fixtures::document(n) }
}

pub async fn files_that_wait_are_counted_by_user_and_together(store: &dyn Store) {
    let world = World::new(1);
    world.save(store).await;
    let (anna, maxim) = (fixtures::user(101, "anna2", ""), fixtures::user(102, "maxim2", ""));
    for user in [&anna, &maxim] {
        save(store, user).await;
    }
    let waiting = |user: Option<UserId>| async move { reading(store).await.waiting(user).await.unwrap() };
    assert_eq!(waiting(None).await, WaitingFiles::default(), "that of a contract does not wait");
    for (n, size, user) in [(100, 7, anna.id), (101, 1 << 40, anna.id), (102, 30, maxim.id)] {
        save(store, &upload(n, size, user)).await;
    }
    assert_eq!(waiting(Some(anna.id)).await, WaitingFiles { files: 2, bytes: (1 << 40) + 7 });
    assert_eq!(waiting(Some(maxim.id)).await, WaitingFiles { files: 1, bytes: 30 });
    assert_eq!(waiting(Some(fixtures::id(999))).await, WaitingFiles::default());
    assert_eq!(waiting(None).await, WaitingFiles { files: 3, bytes: (1 << 40) + 37 });
    let mut work = writing(store).await;
    work.remove_waiting(fixtures::id(101)).await.unwrap();
    assert_eq!(work.waiting(Some(anna.id)).await.unwrap(), WaitingFiles { files: 1, bytes: 7 });
}

pub async fn a_file_is_abandoned_after_its_time_or_without_its_session(store: &dyn Store) {
    let world = World::new(1);
    world.save(store).await;
    let user = fixtures::user(101, "anna2", "");
    save(store, &user).await;
    for n in 100..104 {
        save(store, &upload(n, 1, user.id)).await;
    }
    let (ends, stays) =
        (fixtures::session(1, user.id, user.stamp.created_at), fixtures::session(2, user.id, user.stamp.created_at));
    let mut work = writing(store).await;
    for session in [&ends, &stays] {
        work.insert_session(session).await.unwrap();
    }
    // Of the first nothing is known.
    for (n, session) in [(101, &ends), (102, &stays), (103, &ends)] {
        work.uploaded_by(fixtures::id(n), session.token).await.unwrap();
    }
    // A file that a contract took is nobody's upload any more.
    work.uploaded_by(world.document.id, ends.token).await.unwrap();
    work.commit().await.unwrap();
    let (early, late) = (fixtures::moment_of(0), fixtures::moment_of(102) + TimeDelta::microseconds(1));
    let abandoned = |before, limit| async move { reading(store).await.abandoned(before, limit).await.unwrap() };
    assert_eq!(abandoned(early, 10).await, []);
    assert_eq!(abandoned(late, 10).await, [fixtures::id(100), fixtures::id(101), fixtures::id(102)]);
    let mut work = writing(store).await;
    work.remove_session(ends.token).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!(abandoned(early, 10).await, [fixtures::id(101), fixtures::id(103)]);
    assert_eq!(abandoned(early, 1).await, [fixtures::id(101)]);
    assert_eq!(abandoned(late, 10).await.len(), 4);
}
