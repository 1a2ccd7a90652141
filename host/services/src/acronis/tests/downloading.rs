use super::*;

const GZIP: &[u8] = b"\x1f\x8b\x08 not inflated by anybody here";

fn stored() -> StoredReport {
    StoredReport { id: Some("cc59".to_owned()), format: Format::CsvV2, created_at: None, size: Some(1), state: StoredState::Saved }
}

fn bytes() -> Reply {
    Reply::bytes(200, GZIP).with("content-length", &GZIP.len().to_string())
}

#[tokio::test]
async fn the_bytes_come_as_they_are_served() {
    let (fake, client) = with([bytes().with("content-encoding", "gzip")]);
    let mut got = Vec::new();
    let told = client.download(REPORT, &stored(), &mut got, 100).await.unwrap();
    assert_eq!(got, GZIP);
    assert_eq!(told.bytes, GZIP.len() as u64);
    let sha256 = "a76b92eed2e209c93e8768774911c4a4ec1f606bda8330e61e87b5cdd90b7cdb";
    assert_eq!(told.sha256, sha256);
    let seen = fake.seen().remove(1);
    assert_eq!(seen.line, format!("GET https://dc.example/api/2/reports/{REPORT}/stored/cc59"));
    assert_eq!(seen.header("accept-encoding"), Some("gzip"));
}

#[tokio::test]
async fn too_long_too_short_and_strangely_encoded_reports_are_refused() {
    let (_, client) = with([bytes(), bytes().with("content-encoding", "br"), bytes().broken()]);
    let mut sink = Vec::new();
    let error = client.download(REPORT, &stored(), &mut sink, 20).await.unwrap_err();
    assert!(matches!(error, Error::DownloadTooLong { limit: 20 }), "{error}");
    assert!(sink.len() <= 20);
    let error = client.download(REPORT, &stored(), &mut sink, 99).await.unwrap_err();
    assert!(matches!(error, Error::Encoding { .. }), "{error}");
    let error = client.download(REPORT, &stored(), &mut sink, 99).await.unwrap_err();
    assert!(matches!(error, Error::Http(http::Error::Lost { .. })), "{error}");
}

#[tokio::test]
async fn a_file_is_whole_or_absent_and_is_not_fetched_twice() {
    let folder = std::env::temp_dir().join(format!("skubill-{}", uuid()));
    std::fs::create_dir(&folder).unwrap();
    let path = folder.join("report.csv.gz");
    let short = Reply::bytes(200, b"half").with("content-length", "40");
    let (fake, client) = with([short, bytes().broken(), bytes(), bytes(), Reply::json(404, "{}")]);
    let first = client.download_to(REPORT, &stored(), &path, 99).await.unwrap();
    assert!(first.fetched);
    assert_eq!(std::fs::read(&path).unwrap(), GZIP);
    assert_eq!(fake.left(), 2, "begun again after each break");

    let again = client.download_to(REPORT, &stored(), &path, 99).await.unwrap();
    assert_eq!((again.fetched, &again.sha256), (false, &first.sha256));
    assert_eq!(fake.left(), 2, "nothing was fetched");

    std::fs::write(&path, b"somebody was here").unwrap();
    assert!(client.download_to(REPORT, &stored(), &path, 99).await.unwrap().fetched);
    assert_eq!(std::fs::read(&path).unwrap(), GZIP);

    let other = client.download_to("another", &stored(), &path, 99).await.unwrap_err();
    assert!(matches!(other, Error::Unexpected { status: 404, .. }), "{other}");
    let names = std::fs::read_dir(&folder).unwrap().count();
    assert_eq!(names, 2, "the file and its receipt");
    std::fs::remove_dir_all(&folder).unwrap();
}

fn uuid() -> String {
    let nanos = Timestamp::now().as_nanosecond();
    format!("{}-{nanos}", std::process::id())
}

#[tokio::test]
async fn what_is_not_saved_has_nothing_to_download() {
    let fake = Fake::new([]);
    let mut stored = stored();
    stored.id = None;
    let error = client(&fake).download(REPORT, &stored, &mut Vec::new(), 9).await.unwrap_err();
    assert!(matches!(error, Error::Invalid(_)));
}
