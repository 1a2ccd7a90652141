use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use super::fake::{Fake, Reply};
use super::*;

fn url() -> Url {
    Url::parse("https://service.example/api/2/things").unwrap()
}

fn get() -> Request {
    Request::get(url())
}

fn post() -> Request {
    Request::post(url(), "application/json", b"{}".to_vec())
}

async fn fetch(fake: &Fake, request: Request) -> Result<Answer, Error> {
    fake.http().fetch(&request, 100).await
}

#[tokio::test]
async fn a_read_is_tried_three_times_one_to_two_seconds_apart() {
    let fake = Fake::new([Reply::bytes(503, b""), Reply::Lost, Reply::bytes(200, b"yes")]);
    let answer = fetch(&fake, get()).await.unwrap();
    assert_eq!(answer.body, b"yes");
    let second_and_half = Duration::from_millis(1500);
    assert_eq!(fake.slept(), [second_and_half, second_and_half]);
}

#[tokio::test]
async fn the_third_server_failure_is_the_answer() {
    let fake = Fake::new([500, 502, 504].map(|status| Reply::bytes(status, b"down")));
    assert_eq!(fetch(&fake, get()).await.unwrap().status, 504);
    let fake = Fake::new([Reply::bytes(501, b"")]);
    assert_eq!(fetch(&fake, get()).await.unwrap().status, 501);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_read_again() {
    let fake = Fake::new([Reply::bytes(200, b"half of it").broken(), Reply::bytes(200, b"all of it")]);
    assert_eq!(fetch(&fake, get()).await.unwrap().body, b"all of it");
}

#[tokio::test]
async fn a_read_that_never_succeeds_says_how_often_it_was_tried() {
    let fake = Fake::new([Reply::NotSent, Reply::NotSent, Reply::NotSent]);
    let error = fetch(&fake, get()).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { attempts: 3, .. }), "{error}");
    let fake = Fake::new([Reply::Lost, Reply::Lost, Reply::Lost]);
    let error = fetch(&fake, get()).await.unwrap_err();
    assert!(matches!(error, Error::Lost { attempts: 3, .. }), "{error}");
    assert!(error.is_transient());
}

#[tokio::test]
async fn a_post_is_sent_once_whatever_happens() {
    for status in [429, 500, 502, 503, 504] {
        let fake = Fake::new([Reply::bytes(status, b"down"), Reply::bytes(201, b"{}")]);
        assert_eq!(fetch(&fake, post()).await.unwrap().status, status);
        assert_eq!((fake.seen().len(), fake.left()), (1, 1));
    }
    for (reply, unknown) in [
        (Reply::Lost, true),
        (Reply::NotSent, false),
        (Reply::bytes(201, b"{\"id\"").broken(), true),
        (Reply::bytes(201, &[b' '; 101]), true),
    ] {
        let fake = Fake::new([reply, Reply::bytes(201, b"{}")]);
        let error = fetch(&fake, post()).await.unwrap_err();
        assert_eq!(error.is_unknown(), unknown, "{error}");
        assert_eq!((fake.seen().len(), fake.left()), (1, 1));
        assert!(fake.slept().is_empty());
    }
    let delete = Fake::new([Reply::Lost]);
    let error = fetch(&delete, Request::delete(url())).await.unwrap_err();
    assert!(error.is_unknown());
}

#[tokio::test]
async fn a_post_that_is_harmless_twice_is_repeated() {
    let mut request = post();
    request.repeat = Repeat::Freely;
    let fake = Fake::new([Reply::Lost, Reply::bytes(200, b"token")]);
    assert_eq!(fetch(&fake, request).await.unwrap().body, b"token");
}

#[tokio::test]
async fn retry_after_is_obeyed_in_both_spellings_up_to_a_cap() {
    for (value, seconds) in [("7", 7), ("Wed, 01 Sep 2021 12:00:30 GMT", 30), ("Wed, 01 Sep 2021 11:00:00 GMT", 0), ("86400", 120)] {
        let limited = Reply::bytes(429, b"").with("Retry-After", value);
        let fake = Fake::new([limited, Reply::bytes(200, b"")]);
        assert_eq!(fetch(&fake, get()).await.unwrap().status, 200);
        let pause = Duration::from_millis(seconds * 1000 + 500);
        assert_eq!(fake.slept(), [pause], "{value}");
    }
}

#[tokio::test]
async fn too_many_requests_end_after_growing_pauses() {
    let fake = Fake::new((0..5).map(|_| Reply::bytes(429, b"")));
    assert_eq!(fetch(&fake, get()).await.unwrap().status, 429);
    let seconds: Vec<_> = fake.slept().iter().map(Duration::as_millis).collect();
    assert_eq!(seconds, [2500, 4500, 8500, 16500]);
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let fake = Fake::new([Reply::bytes(302, b"").with("location", "https://evil.example/")]);
    let request = get().authorization(SecretString::from("Token hush"));
    assert_eq!(fetch(&fake, request).await.unwrap().status, 302);
    assert_eq!(fake.lines(), ["GET https://service.example/api/2/things"]);
}

#[tokio::test]
async fn bodies_are_bounded() {
    let fake = Fake::new([Reply::bytes(200, &[b'x'; 101])]);
    let error = fetch(&fake, get()).await.unwrap_err();
    assert!(matches!(error, Error::TooLong { limit: 100, .. }), "{error}");
    let long = vec![b'x'; ERROR_BYTES_MAX as usize + 9];
    let fake = Fake::new([Reply::bytes(400, &long)]);
    let answer = fetch(&fake, get()).await.unwrap();
    assert_eq!(answer.body.len() as u64, ERROR_BYTES_MAX);
    let fake = Fake::new([Reply::bytes(400, b"a reason").broken()]);
    assert_eq!(fetch(&fake, post()).await.unwrap().body, b"a reason");
}

#[tokio::test]
async fn heads_are_bounded_whatever_the_network_lets_through() {
    let many = |count| (0..count).fold(Reply::bytes(200, b"x"), |reply, _| reply.with("a", "b"));
    assert_eq!(fetch(&Fake::new([many(HEADERS_MAX)]), get()).await.unwrap().status, 200);
    let long = || Reply::bytes(200, b"x").with("a", &"b".repeat(HEADER_BYTES_MAX));
    for reply in [many(HEADERS_MAX + 1), long()] {
        let fake = Fake::new([reply, Reply::bytes(200, b"")]);
        let error = fetch(&fake, get()).await.unwrap_err();
        assert!(matches!(error, Error::HeadTooLong { .. }), "{error}");
        assert_eq!(fake.left(), 1, "it is not asked again");
    }
    let error = Fake::new([long()]).http().open(&post()).await.unwrap_err();
    assert!(error.is_unknown(), "{error}");
}

#[test]
fn nothing_shows_a_secret() {
    let mut url = url();
    url.set_username("clerk").unwrap();
    url.set_password(Some("hush")).unwrap();
    let request = Request::get(url).authorization(SecretString::from("Token hush"));
    assert_eq!(format!("{} {request:?}", Call::of(&request)).matches("hush").count(), 0);
    let headers = Headers::new([("X-Abiquo-Token".to_owned(), "hush".to_owned())]);
    assert!(!format!("{headers:?}").contains("hush"));
    assert_eq!(headers.get("x-abiquo-token"), Some("hush"));
}

#[test]
fn a_base_url_is_an_address_and_nothing_else() {
    for wrong in [
        "https://clerk:hush@host.example",
        "ftp://host.example",
        "https://host.example/?a=b",
        "https://host.example/#x",
        "https://clerk:hush@[",
        "host.example",
    ] {
        let error = BaseUrl::parse(wrong).unwrap_err().to_string();
        assert!(!error.contains("hush"), "{error}");
    }
    let base = BaseUrl::parse("https://host.example:443/api/").unwrap();
    assert_eq!(base.to_string(), "https://host.example/api");
    let url = base.at(["a b", "c/d?e"]).unwrap();
    assert_eq!(url.as_str(), "https://host.example/api/a%20b/c%2Fd%3Fe");
    for segment in ["", ".", ".."] {
        assert!(matches!(base.at([segment]), Err(Error::Segment(_))));
    }
}

#[test]
fn links_stay_with_their_service() {
    let base = BaseUrl::parse("https://host.example/api").unwrap();
    for own in ["https://host.example:443/api/x", "https://HOST.example/y", "/api/z"] {
        assert!(base.admit_text(own).is_ok(), "{own}");
    }
    for foreign in [
        "http://host.example/api",
        "https://host.example:8443/api",
        "https://host.example.evil.example/",
        "//evil.example/api",
        "https://clerk:hush@host.example/",
        "data:text/plain,hi",
    ] {
        let error = base.admit_text(foreign).unwrap_err();
        assert!(matches!(error, Error::ForeignLink { .. }), "{foreign}");
        assert!(!error.to_string().contains("hush"));
    }
}

#[test]
fn an_excerpt_is_bounded_and_cannot_steer_a_terminal() {
    let excerpt = Excerpt::of("a\u{1b}[31m\n\n b\u{202e}\u{7}".as_bytes());
    assert_eq!(excerpt.to_string(), "“a[31m b” (14 bytes)");
    let long = Excerpt::of(&[0xff; 10_000]);
    assert_eq!(long.text().chars().count(), 4096);
    assert!(long.to_string().ends_with("…” (10000 bytes)"));
    assert_eq!(Excerpt::of(b" ").to_string(), "an empty body");
}

/// The one test on a real socket: refused connections are told from lost answers, the user agent is sent,
/// and a redirect is not followed.
#[tokio::test]
async fn the_real_network() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = tokio::spawn(async move {
        let (mut first, _) = listener.accept().await.unwrap();
        let mut heard = vec![0; 4096];
        let count = first.read(&mut heard).await.unwrap();
        let answer = "HTTP/1.1 302 Found\r\nlocation: /b\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\nconnection: close\r\n\r\nhi";
        first.write_all(answer.as_bytes()).await.unwrap();
        drop(first);
        let (mut second, _) = listener.accept().await.unwrap();
        let _ = second.read(&mut [0; 4096]).await.unwrap();
        drop(second);
        String::from_utf8_lossy(&heard[..count]).into_owned()
    });
    let options = Options { connect_timeout: Duration::from_secs(2), ..Options::default() };
    let http = Http::new(&options).unwrap();
    let url = Url::parse(&format!("http://127.0.0.1:{port}/a")).unwrap();
    let answer = http.fetch(&Request::get(url.clone()), 100).await.unwrap();
    assert_eq!((answer.status, answer.body.as_slice()), (302, b"hi".as_slice()));

    let post = Request::post(url, "text/plain", b"x".to_vec());
    assert!(http.fetch(&post, 100).await.unwrap_err().is_unknown());
    let heard = server.await.unwrap();
    assert!(heard.contains(concat!("user-agent: skubill/", env!("CARGO_PKG_VERSION"))));

    let error = http.fetch(&post, 100).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { attempts: 1, .. }), "{error}");
}

#[tokio::test]
async fn a_server_that_does_not_answer_in_time_may_have_acted() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let options = Options { read_timeout: Duration::from_millis(50), ..Options::default() };
    let http = Http::new(&options).unwrap();
    let url = Url::parse(&format!("http://localhost:{port}/")).unwrap();
    let post = Request::post(url, "text/plain", b"x".to_vec());
    let error = http.fetch(&post, 100).await.unwrap_err();
    assert!(error.is_unknown(), "{error}");
    assert!(error.to_string().contains("timed out"), "{error}");
}

#[test]
fn a_ca_file_that_is_none_is_named() {
    let folder = std::env::temp_dir();
    let path = folder.join(format!("skubill-ca-{}.pem", std::process::id()));
    let options = Options { ca_file: Some(path.clone()), ..Options::default() };
    let missing = Http::new(&options).unwrap_err();
    assert!(matches!(missing, Error::CaFile { .. }), "{missing}");
    std::fs::write(&path, "not a certificate").unwrap();
    let empty = Http::new(&options).unwrap_err().to_string();
    std::fs::remove_file(&path).unwrap();
    assert!(empty.contains("holds no PEM certificate"), "{empty}");
}

#[tokio::test]
async fn the_clock_of_whoever_answers_is_watched() {
    let dated = |date| Reply::bytes(200, b"").with("date", date);
    let replies = [Reply::bytes(200, b""), dated("Wed, 01 Sep 2021 12:05:00 GMT"), dated("soon"), dated("Wed, 01 Sep 2021 11:59:00 GMT")];
    let (http, skew) = Fake::new(replies).http().watched();
    for ahead in [None, Some(300), Some(300), Some(-60)] {
        http.fetch(&get(), 100).await.unwrap();
        assert_eq!(skew.ahead().map(|ahead| ahead.as_secs()), ahead);
    }
}

#[tokio::test]
async fn a_deadline_ends_attempts_pauses_and_what_is_not_sent_yet() {
    let limited = || Reply::bytes(429, b"").with("retry-after", "100");
    // Each pause is 100 s and a half: two fit into 250, a third does not begin.
    let fake = Fake::new([limited(), limited(), limited(), limited(), limited()]);
    let http = fake.http().within(Scope::Posting, Duration::from_secs(250));
    let error = http.fetch(&get(), 100).await.unwrap_err();
    assert!(matches!(error, Error::TimeUp { attempts: 3, .. }) && !error.is_transient() && !error.is_unknown(), "{error}");
    assert!(
        error
            .to_string()
            .contains("the 250s that one posting may take are over (posting_seconds); 3 attempt(s) failed, the last one: answered 429"),
        "{error}"
    );
    assert_eq!((fake.slept().len(), fake.left()), (2, 2));
    // What may not be repeated is not begun once the time is over: it surely had no effect.
    http.sleep(Duration::from_secs(1000)).await;
    let error = http.fetch(&post(), 100).await.unwrap_err();
    assert!(matches!(error, Error::TimeUp { attempts: 0, .. }) && !error.is_unknown(), "{error}");
    assert!(error.to_string().ends_with("nothing was sent"), "{error}");
    assert_eq!(fake.left(), 2);
    // Nobody sleeps beyond it, and what has more time is another's.
    assert!(fake.slept().iter().all(|slept| *slept <= Duration::from_secs(250)), "{:?}", fake.slept());
    assert!(fake.http().fetch(&post(), 100).await.is_ok());
}

#[tokio::test]
async fn the_nearest_of_several_deadlines_holds() {
    let fake = Fake::new([Reply::bytes(200, b"a"), Reply::bytes(200, b"b")]);
    let run = fake.http().within(Scope::Run, Duration::from_secs(10));
    let posting = run.within(Scope::Posting, Duration::from_secs(60));
    assert_eq!(posting.fetch(&get(), 100).await.unwrap().body, b"a");
    fake.set_now("2021-09-01T12:00:11Z");
    let error = posting.fetch(&get(), 100).await.unwrap_err().to_string();
    assert!(error.contains("the 10s that one run may take are over (run_seconds)"), "{error}");
    // A post that was sent in time, and whose answer did not come, is unknown.
    let fake = Fake::new([Reply::Lost]);
    assert!(fake.http().within(Scope::Run, Duration::from_secs(1)).fetch(&post(), 100).await.unwrap_err().is_unknown());
}

/// The real network cuts an exchange off where the time ends.
#[tokio::test]
async fn an_exchange_takes_no_longer_than_is_left() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    let http = Http::new(&Options::default()).unwrap().within(Scope::Posting, Duration::from_millis(200));
    let begun = std::time::Instant::now();
    let error = http.fetch(&Request::post(url.clone(), "text/plain", b"x".to_vec()), 100).await.unwrap_err();
    assert!(error.is_unknown(), "{error}");
    let error = http.fetch(&Request::get(url), 100).await.unwrap_err();
    assert!(matches!(error, Error::TimeUp { .. }), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(10));
}

#[test]
fn http_goes_to_this_machine_alone() {
    for local in [
        "http://127.0.0.1:8080",
        "http://127.9.9.9/api",
        "http://[::1]:1/api",
        "http://localhost/api",
        "http://LOCALHOST",
        "https://host.example",
    ] {
        assert!(BaseUrl::parse(local).is_ok(), "{local}");
    }
    for away in [
        "http://host.example/api",
        "HTTP://host.example",
        "http://10.0.0.1",
        "http://0.0.0.0",
        "http://localhost.example",
        "http://[::2]",
        "http://128.0.0.1",
        "http://1",
    ] {
        let error = BaseUrl::parse(away).unwrap_err().to_string();
        assert!(error.contains("insecure_http = true"), "{away}: {error}");
        assert!(BaseUrl::insecure(away).is_ok(), "{away}");
    }
    // Asked for or not, it is a service's address.
    for wrong in ["ftp://host.example", "http://a:b@host.example", "host.example"] {
        assert!(BaseUrl::insecure(wrong).is_err(), "{wrong}");
    }
}
