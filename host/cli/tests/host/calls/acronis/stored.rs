//! Waiting for a stored report, and its bytes.

use skubill_services::acronis::StoredState;
use skubill_simulators::acronis::Download;

use super::*;
use crate::world::Folder;

#[tokio::test]
async fn waiting_takes_growing_pauses_until_the_report_is_saved() {
    let lab = Lab::new();
    let client = lab.acronis_client();
    lab.acronis.knobs(|knobs| knobs.report_polls = 5);
    let report = create(&lab, &client).await;
    wait(&client, &report, &Format::CsvV2).await.expect("it is saved");
    assert_eq!(lab.slept().iter().map(Duration::as_millis).collect::<Vec<_>>(), [2_000, 3_000, 4_500, 6_750, 10_125]);

    // 90 seconds by the clock, under a word for progress that nobody knows.
    lab.acronis.knobs(|knobs| {
        knobs.report_polls = 0;
        knobs.report_delay_seconds = 90;
        knobs.in_progress_status = "queued".into();
    });
    let report = create(&lab, &client).await;
    let mut states = Vec::new();
    client.wait_for(&report.id, &Format::CsvV2, &WaitPolicy::default(), |seen| states.push(seen.state.clone())).await.expect("it is saved");
    let waited = lab.slept().iter().sum::<Duration>().as_secs();
    assert!((90..120).contains(&waited), "{waited}");
    assert!(states.iter().all(|state| *state == Some(StoredState::Other("queued".into()))), "{states:?}");
}

#[tokio::test]
async fn waiting_ends_where_the_report_fails_or_hangs() {
    let lab = Lab::new();
    let client = lab.acronis_client();
    lab.acronis.knobs(|knobs| knobs.failing_formats = vec!["csv_v2_0".into()]);
    for (spelling, known) in [("faild", true), ("failed", true), ("broken", false)] {
        lab.acronis.knobs(|knobs| knobs.failed_status = spelling.into());
        let formats = vec![Format::CsvV2, Format::JsonV2];
        let report = client.create_report(&ReportRequest { formats, ..billing(&lab) }).await.expect("a report");
        // Each format is stored by itself, and fails by itself.
        wait(&client, &report, &Format::JsonV2).await.expect("it is saved");
        lab.slept();
        let error = wait(&client, &report, &Format::CsvV2).await.expect_err("it failed");
        let waited: Duration = lab.slept().iter().sum();
        if known {
            assert!(matches!(error, Error::ReportFailed { .. }), "{error}");
            assert_eq!(waited, Duration::ZERO);
        } else {
            has(&error.to_string(), "last seen as broken");
            assert_eq!(waited, WaitPolicy::default().deadline);
        }
    }
    lab.acronis.knobs(|knobs| knobs.report_hangs = true);
    let report = create(&lab, &client).await;
    let error = wait(&client, &report, &Format::CsvV2).await.expect_err("it hangs");
    assert!(matches!(error, Error::NotFinished { state: Some(StoredState::InProgress), .. }), "{error}");
    assert_eq!(lab.slept().iter().sum::<Duration>(), WaitPolicy::default().deadline);
}

#[tokio::test]
async fn gzip_comes_as_the_body_as_its_encoding_or_not_at_all() {
    let lab = Lab::new();
    let client = lab.acronis_client();
    let report = create(&lab, &client).await;
    let stored = wait(&client, &report, &Format::CsvV2).await.expect("it is saved");
    let mut served = Vec::new();
    for download in [Download::Gzip, Download::ContentEncoding, Download::Plain] {
        lab.acronis.knobs(|knobs| knobs.download = download);
        served.push(bytes(&client, &report, &stored).await);
    }
    assert_eq!(served[0], served[1]);
    assert_eq!(text(&served[0]).into_bytes(), served[2]);
    assert_eq!(stored.size, Some(served[0].len() as u64));
    let limit = served[2].len() as u64 - 1;
    let error = client.download(&report.id, &stored, &mut Vec::new(), limit).await.expect_err("too long");
    assert!(matches!(error, Error::DownloadTooLong { .. }), "{error}");
}

#[tokio::test]
async fn a_file_is_whole_and_fetched_once() {
    let lab = Lab::new();
    let client = lab.acronis_client();
    let report = create(&lab, &client).await;
    let stored = wait(&client, &report, &Format::CsvV2).await.expect("it is saved");
    let folder = Folder::new();
    let path = folder.path().join("report.csv.gz");
    let download = async || client.download_to(&report.id, &stored, &path, DOWNLOAD_MAX).await;
    let downloads = || count(&lab, "GET", &format!("{REPORTS}/{}/stored/", report.id));

    lab.acronis.fault(Fault { times: Some(2), ..Fault::next("GET", REPORTS, Effect::Cut { bytes: 50 }) });
    let first = download().await.expect("the third attempt");
    assert_eq!((first.fetched, downloads()), (true, 3));
    let whole = bytes(&client, &report, &stored).await;
    assert_eq!(std::fs::read(&path).expect("the file"), whole);
    let again = download().await.expect("it is there");
    assert_eq!((again.fetched, &again.sha256, downloads()), (false, &first.sha256, 4));
    folder.file("report.csv.gz", "somebody was here");
    assert!(download().await.expect("fetched again").fetched);
    assert_eq!(std::fs::read(&path).expect("the file"), whole);

    // Where it breaks off each time, the file that is there stays, and no part of another is left.
    folder.file("report.csv.gz", "somebody was here");
    lab.acronis.fault(Fault { times: None, ..Fault::next("GET", REPORTS, Effect::Cut { bytes: 50 }) });
    let error = download().await.expect_err("it breaks off");
    assert!(matches!(error, Error::Http(http::Error::Lost { .. })), "{error}");
    assert_eq!(folder.read("report.csv.gz"), "somebody was here");
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 2, "the file and its receipt");
}
