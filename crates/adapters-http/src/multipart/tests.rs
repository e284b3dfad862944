//! Truncated, endless and malformed forms with files.
use std::{
    convert::Infallible,
    time::{Duration, Instant},
};

use axum::http::HeaderValue;
use futures::{StreamExt, stream};

use super::*;

const LIMIT: u64 = 64 * 1024 * 1024;
const TYPE: &str = "multipart/form-data; boundary=b";
const HEAD: &str = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n";

fn headers(media_type: &str) -> HeaderMap {
    HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_str(media_type).unwrap())])
}

fn of(pieces: impl Iterator<Item = Bytes> + Send + 'static) -> Multipart {
    let body = Body::from_stream(stream::iter(pieces.map(Ok::<_, Infallible>)));
    Multipart::new(&headers(TYPE), body, LIMIT).unwrap()
}

/// The body in chunks of `length` bytes.
fn cut(body: &[u8], length: usize) -> Multipart {
    let pieces: Vec<Bytes> = body.chunks(length).map(Bytes::copy_from_slice).collect();
    of(pieces.into_iter())
}

/// This beginning, then one chunk repeated without end.
fn endless(begin: &str, piece: &'static [u8]) -> Multipart {
    of([Bytes::copy_from_slice(begin.as_bytes())].into_iter().chain(std::iter::repeat(Bytes::from_static(piece))))
}

/// Every part with its content, and the largest size of the buffer.
async fn read(mut form: Multipart) -> (Result<Vec<(String, Option<String>, Vec<u8>)>>, usize) {
    let (mut all, mut most) = (Vec::new(), 0);
    loop {
        let mut part = match form.next_part().await {
            Ok(Some(part)) => part,
            Ok(None) => return (Ok(all), most),
            Err(broken) => return (Err(broken), most.max(form.buffer.len())),
        };
        let mut content = Vec::new();
        loop {
            match part.piece().await {
                Ok(Some(piece)) => content.extend_from_slice(&piece),
                Ok(None) => break,
                Err(broken) => return (Err(broken), most),
            }
            most = most.max(part.whole.buffer.len());
        }
        all.push((part.name, part.file_name, content));
    }
}

#[tokio::test]
async fn parts_do_not_depend_on_chunk_boundaries() {
    let tricky = b"\r\n--\r\n--a\r\r\n--\r\n-".as_slice();
    let body = [
        b"ignored\r\n--b  \r\ncontent-disposition: form-data; name=\"text\"\r\n\r\n".as_slice(),
        tricky,
        b"\r\n--b\r\nX: y\r\nContent-Disposition: form-data; name=file; filename=\"\xD1\x8F.pdf\"\r\n\r\n\r\n--b\r\n\r\n\r\n--b--\r\nepilogue",
    ]
    .concat();
    for length in [1, 2, 3, 5, 7, 16, 1000] {
        let (parts, _) = read(cut(&body, length)).await;
        let expected = vec![
            ("text".to_owned(), None, tricky.to_vec()),
            ("file".to_owned(), Some("я.pdf".to_owned()), Vec::new()),
            (String::new(), None, Vec::new()),
        ];
        assert_eq!(parts.unwrap(), expected, "in chunks of {length}");
    }
}

#[tokio::test]
async fn unread_data_of_a_part_is_skipped() {
    let body = format!("{HEAD}\r\n{}\r\n--b\r\n{}\r\n\r\nx\r\n--b--", "y".repeat(100_000), &HEAD[5..].trim_end());
    let mut form = cut(body.as_bytes(), 1000);
    form.next_part().await.unwrap().unwrap().piece().await.unwrap();
    let second = form.next_part().await.unwrap().unwrap();
    assert_eq!(second.text().await.unwrap(), "x");
    assert!(form.next_part().await.unwrap().is_none() && form.next_part().await.unwrap().is_none());
}

#[tokio::test]
async fn an_endless_form_is_refused_with_bounded_memory() {
    for (begin, piece, broken) in [
        // A header of one line, of many lines, and one without a line break.
        (HEAD.to_owned() + "X-A: ", b"aaaaaaaaaaaaaaaa".as_slice(), MultipartError::Interrupted),
        (HEAD.to_owned(), b"X-A: aaaa\r\n", MultipartError::Interrupted),
        (HEAD.trim_end().to_owned(), b"\r", MultipartError::Interrupted),
        // The line of a delimiter.
        ("--b".to_owned(), b"        ", MultipartError::Interrupted),
        // The preamble before the first part, with invalid delimiters.
        (String::new(), b"aaaaaaaaaaaaaaaa", MultipartError::TooLarge),
        (String::new(), b"\r\n--\r\n--", MultipartError::TooLarge),
        (String::new(), b"\r", MultipartError::TooLarge),
        // The epilogue behind the last one.
        ("--b--\r\n".to_owned(), b"aaaaaaaaaaaaaaaa", MultipartError::TooLarge),
        // A file.
        (HEAD.to_owned() + "\r\n", &[b'\r'; 16_000], MultipartError::TooLarge),
        // Empty parts.
        ("--b".to_owned(), b"\r\n\r\n\r\n--b", MultipartError::Interrupted),
    ] {
        let (parts, most) = read(endless(&begin, piece)).await;
        assert_eq!(parts.unwrap_err(), broken, "{begin:?} {piece:?}");
        assert!(most <= HEADER + 20_100, "{most} bytes: {begin:?} {piece:?}");
    }
}

#[tokio::test]
async fn a_text_is_limited_to_the_size_of_a_form() {
    let mut form = endless("--b\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n", &[b'x'; 1000]);
    assert_eq!(form.next_part().await.unwrap().unwrap().text().await.unwrap_err(), MultipartError::TooLarge);
}

#[tokio::test]
async fn a_truncated_body_is_refused() {
    let body = format!("{HEAD}\r\ncontent\r\n--b--");
    for length in 0..body.len() {
        let (parts, _) = read(cut(&body.as_bytes()[..length], 10)).await;
        assert_eq!(parts.unwrap_err(), MultipartError::Interrupted, "{length}");
    }
    assert_eq!(read(cut(body.as_bytes(), 10)).await.0.unwrap().len(), 1);
}

#[tokio::test]
async fn reading_single_bytes_takes_linear_time() {
    async fn seconds(bytes: usize) -> f64 {
        let begun = Instant::now();
        let head = HEAD.to_owned() + "\r\n";
        let content = std::iter::repeat_n(b"\r\n--".as_slice(), bytes / 4).flatten();
        let body = head.into_bytes().into_iter().chain(content.copied()).chain(*b"\r\n--b--");
        let (parts, _) = read(of(body.map(|it| Bytes::copy_from_slice(&[it])))).await;
        assert_eq!(parts.unwrap()[0].2.len(), bytes);
        begun.elapsed().as_secs_f64()
    }
    let (few, many) = (seconds(100_000).await, seconds(800_000).await);
    assert!(many < few * 40.0 + 0.5, "{few} s for 100 000, {many} s for 800 000");
}

#[test]
fn only_boundaries_of_a_usual_length_are_accepted() {
    let made = |media_type: &str| Multipart::new(&headers(media_type), Body::empty(), LIMIT).map(drop);
    for boundary in ["x", &"x".repeat(70), "\"quoted; one\""] {
        assert_eq!(made(&format!("multipart/form-data; boundary={boundary}")), Ok(()));
    }
    for media_type in ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"\""] {
        assert_eq!(made(media_type), Err(MultipartError::Interrupted), "{media_type}");
    }
    assert_eq!(made(&format!("multipart/form-data; boundary={}", "x".repeat(5000))), Err(MultipartError::Interrupted));
}

#[test]
fn a_body_with_too_large_a_declared_length_is_not_read() {
    let mut headers = headers(TYPE);
    headers.insert(header::CONTENT_LENGTH, (LIMIT + 1).into());
    assert_eq!(Multipart::new(&headers, Body::empty(), LIMIT).map(drop), Err(MultipartError::TooLarge));
}

#[tokio::test(start_paused = true)]
async fn a_sender_of_almost_nothing_is_cut_off() {
    for (pause, wait) in [(1000, 31), (20, 120)] {
        for begin in ["", "--b\r\nX-A: ", &format!("{HEAD}\r\n"), "--b--"] {
            let slow = stream::iter(1..1000).then(move |_| async move {
                tokio::time::sleep(Duration::from_secs(pause)).await;
                Ok::<_, Infallible>(Bytes::from_static(b"x"))
            });
            let first = Bytes::copy_from_slice(begin.as_bytes());
            let body = Body::from_stream(stream::iter([Ok(first)]).chain(slow));
            let form = Multipart::new(&headers(TYPE), body, LIMIT).unwrap();
            let broken = tokio::time::timeout(Duration::from_secs(wait), read(form)).await;
            assert_eq!(broken.unwrap().0.unwrap_err(), MultipartError::Interrupted, "{begin:?} each {pause} s");
        }
    }
}
