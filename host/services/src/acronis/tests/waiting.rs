use super::*;

fn in_progress() -> Reply {
    Reply::json(200, body!("stored-in-progress.json"))
}

fn saved() -> Reply {
    Reply::json(200, body!("stored-saved.json"))
}

async fn wait(client: &Client, format: Format) -> Result<StoredReport, Error> {
    let policy = WaitPolicy::default();
    client.wait_for(REPORT, &format, &policy, |_| {}).await
}

#[tokio::test]
async fn the_last_saved_item_of_the_format_is_taken() {
    let (_, client) = with([saved(), saved()]);
    let csv = wait(&client, Format::CsvV2).await.unwrap();
    assert_eq!(csv.id.unwrap(), "9b1d2f7e-77c5-4b86-9a3c-50f4a4e7c9d2");
    let json = wait(&client, Format::JsonV2).await.unwrap();
    assert_eq!(json.size, Some(2892));
    let without_offset = "2021-09-01T12:01:12Z".parse().unwrap();
    assert_eq!(json.created_at, Some(without_offset));
}

#[tokio::test]
async fn pauses_grow_and_each_is_told() {
    let answers = (0..5).map(|_| in_progress()).chain([saved()]);
    let (fake, client) = with(answers);
    let mut told = Vec::new();
    let policy = WaitPolicy::default();
    let wait = client.wait_for(REPORT, &Format::CsvV2, &policy, |p| told.push(p.clone()));
    wait.await.unwrap();
    let millis: Vec<_> = fake.slept().iter().map(Duration::as_millis).collect();
    assert_eq!(millis, [2200, 3300, 4950, 7425, 11137]);
    assert_eq!(told.len(), 5);
    assert_eq!((told[4].asked, told[4].waited.as_millis()), (5, 17875));
    assert_eq!(told[4].state, Some(StoredState::InProgress));
    assert_eq!(told[4].pause, fake.slept()[4]);
}

#[tokio::test]
async fn failed_is_an_end_however_it_is_spelled() {
    for body in [body!("stored-failed.json"), body!("stored-faild.json")] {
        let (_, client) = with([Reply::json(200, body)]);
        let error = wait(&client, Format::CsvV2).await.unwrap_err();
        assert!(matches!(error, Error::ReportFailed { .. }), "{error}");
    }
}

#[tokio::test]
async fn what_hangs_ends_at_the_deadline() {
    let quarantined = body!("stored-in-progress.json").replace("in_progress", "quarantined");
    let empty = r#"{"items": []}"#.to_owned();
    for (body, text) in [(quarantined, "last seen as quarantined"), (empty, "never listed")] {
        let (fake, client) = with((0..100).map(|_| Reply::json(200, &body)));
        let error = wait(&client, Format::CsvV2).await.unwrap_err();
        assert!(matches!(error, Error::NotFinished { .. }), "{error}");
        assert!(error.to_string().contains(text), "{error}");
        let slept: Duration = fake.slept().iter().sum();
        assert_eq!(slept, WaitPolicy::default().deadline);
    }
}

#[tokio::test]
async fn trouble_that_passes_is_waited_out_and_other_trouble_is_not() {
    let outage = (0..3).map(|_| Reply::bytes(503, b"<html>"));
    let (fake, client) = with(outage.chain([Reply::NotSent, Reply::NotSent, Reply::NotSent, saved()]));
    wait(&client, Format::CsvV2).await.unwrap();
    assert_eq!(fake.left(), 0);
    let (_, client) = with([Reply::json(404, "{}")]);
    let error = wait(&client, Format::CsvV2).await.unwrap_err();
    assert!(matches!(error, Error::Unexpected { status: 404, .. }), "{error}");
}
