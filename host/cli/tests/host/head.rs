//! The head of an answer is bounded, in number and in bytes, by a server that says whatever it likes.

use std::io::{Read, Write};
use std::net::TcpStream;

use skubill_services::http::{Answer, Error, HEADER_BYTES_MAX, HEADERS_MAX, Options};

use crate::network::{BYTES_MAX, ended, get, head, http, post, serve};
use crate::world::has;

/// The answer to a GET, or its error, and that of a POST; each is sent once.
async fn answers(lines: String) -> [Result<Answer, Error>; 2] {
    let (address, served) = serve(2, move |mut stream: TcpStream| {
        let heads: Vec<String> = head(&mut stream).into_iter().collect();
        let _ = stream.write_all(format!("HTTP/1.1 200 OK\r\n{lines}content-length: 2\r\nconnection: close\r\n\r\nhi").as_bytes());
        // Whoever has heard enough hangs up.
        while stream.read(&mut [0]).is_ok_and(|count| count > 0) {}
        heads
    });
    let (http, url) = (http(&Options::default()), format!("http://{address}/"));
    let answers = [http.fetch(&get(&url), BYTES_MAX).await, http.fetch(&post(&url), BYTES_MAX).await];
    assert_eq!(ended(served).await.iter().map(Vec::len).collect::<Vec<_>>(), [1, 1], "neither was asked again");
    answers
}

#[track_caller]
fn too_long(answers: [Result<Answer, Error>; 2]) {
    let [got, posted] = answers.map(|answer| answer.expect_err("too long a head"));
    assert!(matches!(got, Error::HeadTooLong { .. }) && !got.is_transient(), "{got}");
    // What was posted was answered, and may have taken effect.
    assert!(posted.is_unknown(), "{posted}");
    for error in [got, posted] {
        has(&error.to_string(), &format!("more than {HEADERS_MAX} headers, or {HEADER_BYTES_MAX} bytes"));
    }
}

#[track_caller]
fn is_read(answers: [Result<Answer, Error>; 2]) {
    for answer in answers {
        assert_eq!(answer.expect("a head that is not too long").body, b"hi");
    }
}

fn many(count: usize) -> String {
    (0..count).map(|number| format!("x-{number}: y\r\n")).collect()
}

#[tokio::test]
async fn as_many_headers_as_are_allowed_and_one_more() {
    // Two are there already.
    is_read(answers(many(HEADERS_MAX - 2)).await);
    too_long(answers(many(HEADERS_MAX - 1)).await);
    too_long(answers(many(20 * HEADERS_MAX)).await);
}

#[tokio::test]
async fn as_many_bytes_as_are_allowed_and_one_more() {
    let there = "content-length2connectionclosex".len();
    let long = |bytes: usize| format!("x: {}\r\n", "y".repeat(bytes - there));
    is_read(answers(long(HEADER_BYTES_MAX)).await);
    too_long(answers(long(HEADER_BYTES_MAX + 1)).await);
    // Beyond what the library below holds at all.
    too_long(answers(long(10 * HEADER_BYTES_MAX)).await);
}

/// One header after the other, until nobody listens: nothing is held but the limit.
#[tokio::test]
async fn a_head_without_end_is_no_answer() {
    let (address, served) = serve(1, |mut stream: TcpStream| {
        let heads: Vec<String> = head(&mut stream).into_iter().collect();
        let mut said = stream.write_all(b"HTTP/1.1 200 OK\r\n");
        while said.is_ok() {
            said = stream.write_all("x: y\r\n".repeat(1000).as_bytes());
        }
        heads
    });
    let error = http(&Options::default()).fetch(&get(&format!("http://{address}/")), BYTES_MAX).await.expect_err("no end");
    assert!(matches!(error, Error::HeadTooLong { .. }), "{error}");
    ended(served).await;
}
