//! What every place for documents must do.
use std::{collections::BTreeSet, time::Duration};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use domain::{
    document::{Checksum, DocumentId},
    files::{ByteStream, Files, FilesError, StoredFile},
};
use futures::{StreamExt, TryStreamExt, stream};
use sha2::{Digest, Sha256};

/// Where documents are, seen from outside.
pub(super) trait Place {
    fn files(&self) -> &dyn Files;

    /// How much there is: whole files, and what unfinished uploads have left so far.
    fn left(&self) -> usize;

    fn set_modified(&self, id: DocumentId, moment: DateTime<Utc>);
}

pub(super) const MIB: usize = 1024 * 1024;
pub(super) const NO_LIMIT: u64 = u64::MAX;

pub(super) fn moment(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub(super) fn future() -> DateTime<Utc> {
    moment("2100-01-01T00:00:00Z")
}

pub(super) fn new_id() -> DocumentId {
    DocumentId::new(moment("2026-03-02T09:00:00Z"))
}

/// Bytes that repeat too rarely for two pieces to be alike.
pub(super) fn content(length: usize) -> Bytes {
    (0..length).map(|at| (at.wrapping_mul(2_654_435_761) >> 13).to_le_bytes()[0]).collect()
}

/// The content in chunks of that length, some of them empty.
pub(super) fn chunks(content: &Bytes, length: usize) -> impl Iterator<Item = Result<Bytes, FilesError>> + use<> {
    let chunks: Vec<Bytes> = content.chunks(length).map(Bytes::copy_from_slice).collect();
    chunks.into_iter().flat_map(|chunk| [Ok(chunk), Ok(Bytes::new())])
}

pub(super) fn sent(content: &Bytes, length: usize) -> ByteStream {
    stream::iter(chunks(content, length)).boxed()
}

pub(super) async fn read(files: &dyn Files, id: DocumentId) -> Vec<u8> {
    let pieces: Vec<Bytes> = files.open(id).await.unwrap().try_collect().await.unwrap();
    assert!(pieces.iter().all(|it| (1..=64 * 1024).contains(&it.len())));
    pieces.concat()
}

async fn put(files: &dyn Files, length: usize) -> DocumentId {
    let id = new_id();
    files.put(id, sent(&content(length), 1000), NO_LIMIT).await.unwrap();
    id
}

pub(super) async fn what_was_stored_comes_back(place: &dyn Place) {
    let sizes = [(0, 1), (1, 1), (4099, 1), (65_536, 4096), (256 * 1024, 65_536), (5 * MIB, 8191), (5 * MIB, 6 * MIB)];
    for (length, chunk) in sizes.into_iter().chain([(12 * MIB + 3, 4093), (12 * MIB + 3, 7 * MIB + 1)]) {
        let (id, content) = (new_id(), content(length));
        let stored = place.files().put(id, sent(&content, chunk), NO_LIMIT).await.unwrap();
        let checksum = Checksum(Sha256::digest(&content).into());
        assert_eq!(stored, StoredFile { size: length as u64, checksum }, "{length} bytes by {chunk}");
        assert!(read(place.files(), id).await == content, "{length} bytes by {chunk}");
    }
    assert_eq!(place.left(), 9);
}

pub(super) async fn the_limit_itself_is_allowed_and_one_byte_more_is_not(place: &dyn Place) {
    for (kept, length) in [1, 100_000, 5 * MIB, 11 * MIB].into_iter().enumerate() {
        let (content, limit) = (content(length), length as u64);
        let id = new_id();
        let refused = place.files().put(id, sent(&content, 65_000), limit - 1).await;
        assert!(matches!(refused, Err(FilesError::TooLarge { limit: it }) if it == limit - 1), "{refused:?}");
        assert!(matches!(place.files().open(id).await, Err(FilesError::Missing)));
        assert_eq!(place.left(), kept);

        assert_eq!(place.files().put(id, sent(&content, 65_000), limit).await.unwrap().size, limit);
        assert_eq!(place.left(), kept + 1);
    }
}

pub(super) async fn an_endless_upload_ends_at_the_limit(place: &dyn Place) {
    let endless = stream::repeat_with(|| Ok(Bytes::from_static(&[7; 10_000]))).boxed();
    let refused = place.files().put(new_id(), endless, 8_000_000).await;
    assert!(matches!(refused, Err(FilesError::TooLarge { limit: 8_000_000 })), "{refused:?}");
    assert_eq!(place.left(), 0);
}

pub(super) async fn an_upload_that_breaks_off_leaves_nothing(place: &dyn Place) {
    for length in [0, 1, 300_000, 5 * MIB, 11 * MIB] {
        let id = new_id();
        let broken = FilesError::unavailable("the connection was reset");
        let bytes = stream::iter(chunks(&content(length), 65_000)).chain(stream::iter([Err(broken)])).boxed();
        let refused = place.files().put(id, bytes, NO_LIMIT).await;
        assert!(matches!(refused, Err(FilesError::Interrupted)), "{refused:?}");
        assert!(matches!(place.files().open(id).await, Err(FilesError::Missing)));
        assert_eq!(place.left(), 0);
    }
}

pub(super) async fn an_upload_that_nobody_waits_for_leaves_nothing_after_the_sweep(place: &dyn Place) {
    for length in [0, 300_000, 11 * MIB] {
        let id = new_id();
        let bytes = stream::iter(chunks(&content(length), 65_000)).chain(stream::pending()).boxed();
        let given_up = tokio::time::timeout(Duration::from_millis(300), place.files().put(id, bytes, NO_LIMIT)).await;
        assert!(given_up.is_err());
        assert!(place.left() <= 1);
        assert!(matches!(place.files().open(id).await, Err(FilesError::Missing)));
        // What the upload was just doing may take a moment to end.
        for _ in 0..100 {
            assert_eq!(place.files().older_than(future(), 10).await.unwrap(), []);
            if place.left() == 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(place.left(), 0);
    }
}

pub(super) async fn a_removed_file_is_missing_and_removing_it_again_is_no_error(place: &dyn Place) {
    let id = put(place.files(), 1000).await;
    for _ in 0..2 {
        place.files().remove(id).await.unwrap();
        assert!(matches!(place.files().open(id).await, Err(FilesError::Missing)));
    }
    place.files().remove(new_id()).await.unwrap();
    assert_eq!(place.left(), 0);
}

pub(super) async fn a_file_put_aside_is_missing_but_not_gone(place: &dyn Place) {
    let (kept, aside) = (put(place.files(), 100).await, put(place.files(), 10).await);
    for _ in 0..2 {
        place.files().put_aside(aside).await.unwrap();
        assert!(matches!(place.files().open(aside).await, Err(FilesError::Missing)));
        assert_eq!(place.left(), 2);
    }
    assert_eq!(place.files().older_than(future(), 10).await.unwrap(), [kept]);
    place.files().put_aside(new_id()).await.unwrap();
    assert_eq!((place.left(), read(place.files(), kept).await.len()), (2, 100));
}

pub(super) async fn uploads_at_once_do_not_mix(place: &dyn Place) {
    let contents: Vec<Bytes> = (1..=8).map(|it| content(it * 900_001).slice(it..)).collect();
    let ids: Vec<DocumentId> = contents.iter().map(|_| new_id()).collect();
    let puts = ids.iter().zip(&contents).map(|(id, it)| place.files().put(*id, sent(it, 70_000), NO_LIMIT));
    futures::future::try_join_all(puts).await.unwrap();
    for (id, content) in ids.iter().zip(&contents) {
        assert!(read(place.files(), *id).await == *content);
    }
    assert_eq!(place.left(), 8);
}

pub(super) async fn two_uploads_of_one_file_leave_one_of_them_whole(place: &dyn Place) {
    let (id, first, second) = (new_id(), content(6 * MIB), content(7 * MIB).slice(1..));
    let puts = [&first, &second].map(|it| place.files().put(id, sent(it, 70_000), NO_LIMIT));
    futures::future::try_join_all(puts).await.unwrap();
    let left = read(place.files(), id).await;
    assert!(left == first || left == second);
    assert_eq!(place.left(), 1);
}

pub(super) async fn only_files_older_than_the_moment_are_listed(place: &dyn Place) {
    let noon = moment("2026-03-02T12:00:00Z");
    let mut old = BTreeSet::new();
    for seconds in [-86_400, -1, 0, 1, 86_400] {
        let id = put(place.files(), 10).await;
        place.set_modified(id, noon + chrono::TimeDelta::seconds(seconds));
        if seconds < 0 {
            old.insert(id);
        }
    }
    let listed = place.files().older_than(noon, 10).await.unwrap();
    assert_eq!(listed.len(), 2);
    assert_eq!(BTreeSet::from_iter(listed), old);
    assert_eq!(place.files().older_than(future(), 10).await.unwrap().len(), 5);
}

pub(super) async fn a_limited_list_comes_round_to_every_file(place: &dyn Place) {
    let mut ids = BTreeSet::new();
    for _ in 0..7 {
        ids.insert(put(place.files(), 10).await);
    }
    assert_eq!(place.files().older_than(future(), 0).await.unwrap(), []);
    let mut seen = Vec::new();
    for _ in 0..7 {
        let listed = place.files().older_than(future(), 3).await.unwrap();
        assert_eq!(listed.len(), 3);
        seen.extend(listed);
    }
    assert!(seen.chunks(7).all(|round| round.iter().copied().collect::<BTreeSet<_>>() == ids), "{seen:?}");

    let all = place.files().older_than(future(), 100).await.unwrap();
    assert_eq!((all.len(), BTreeSet::from_iter(all)), (7, ids), "each once, wherever the last list ended");
}

/// Makes each case a test of the place.
macro_rules! every_case_holds {
    ($place:expr) => {
        $crate::tests::cases::every_case_holds! { $place =>
            what_was_stored_comes_back
            the_limit_itself_is_allowed_and_one_byte_more_is_not
            an_endless_upload_ends_at_the_limit
            an_upload_that_breaks_off_leaves_nothing
            an_upload_that_nobody_waits_for_leaves_nothing_after_the_sweep
            a_removed_file_is_missing_and_removing_it_again_is_no_error
            a_file_put_aside_is_missing_but_not_gone
            uploads_at_once_do_not_mix
            two_uploads_of_one_file_leave_one_of_them_whole
            only_files_older_than_the_moment_are_listed
            a_limited_list_comes_round_to_every_file
        }
    };
    ($place:expr => $($case:ident)*) => {
        $(#[tokio::test]
        async fn $case() {
            $crate::tests::cases::$case(&$place.await).await;
        })*
    };
}
pub(super) use every_case_holds;
