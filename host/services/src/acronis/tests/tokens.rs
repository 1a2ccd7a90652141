use super::*;

fn reports() -> Reply {
    Reply::json(200, body!("reports-of-tenant.json"))
}

#[tokio::test]
async fn one_token_serves_many_calls_even_at_once() {
    let (fake, client) = with([reports(), reports(), reports()]);
    let (a, b) = tokio::join!(client.reports_of(TENANT), client.reports_of(TENANT));
    assert_eq!(a.unwrap(), b.unwrap());
    client.reports_of(TENANT).await.unwrap();
    let seen = fake.seen();
    assert_eq!(seen[0].line, "POST https://dc.example/api/2/idp/token");
    assert_eq!(seen[0].body, "grant_type=client_credentials");
    let basic = "Basic dGhlLWNsaWVudDpodXNoLWh1c2g=";
    assert_eq!(seen[0].header("authorization"), Some(basic));
    let bearer = "Bearer eyJhbGciOiJSUzI1NiJ9.own-example.signature";
    assert_eq!(seen.len(), 4);
    assert!(seen[1..].iter().all(|s| s.header("authorization") == Some(bearer)));
}

#[tokio::test]
async fn it_is_renewed_a_quarter_of_an_hour_before_its_end() {
    let (fake, client) = with([reports(), reports(), token(), reports()]);
    client.reports_of(TENANT).await.unwrap();
    fake.set_now("2021-09-01T13:44:59Z");
    client.reports_of(TENANT).await.unwrap();
    assert_eq!(fake.seen().len(), 3);
    fake.set_now("2021-09-01T13:45:00Z");
    client.reports_of(TENANT).await.unwrap();
    assert_eq!(fake.seen().len(), 5);
}

#[tokio::test]
async fn short_lived_and_silent_tokens_are_still_used_more_than_once() {
    for json in [r#"{"access_token": "a", "expires_in": 600}"#, r#"{"access_token": "a"}"#, r#"{"access_token": "a", "expires_on": 1}"#] {
        let fake = Fake::new([Reply::json(200, json), reports(), reports()]);
        let client = client(&fake);
        client.reports_of(TENANT).await.unwrap();
        client.reports_of(TENANT).await.unwrap();
        assert_eq!(fake.left(), 0, "{json}");
    }
}

#[tokio::test]
async fn a_401_renews_it_once() {
    let (fake, client) = with([Reply::json(401, "{}"), token(), reports()]);
    client.reports_of(TENANT).await.unwrap();
    assert_eq!(fake.left(), 0);
    let (fake, client) = with([Reply::json(401, "{}"), token(), Reply::json(401, "{}")]);
    let error = client.reports_of(TENANT).await.unwrap_err();
    assert!(matches!(error, Error::Unauthorized { .. }), "{error}");
    assert_eq!(fake.left(), 0);
}

#[tokio::test]
async fn a_refused_client_is_told_what_to_check() {
    let fake = Fake::new([Reply::json(401, body!("token-refused.json"))]);
    let error = client(&fake).root_tenant().await.unwrap_err();
    assert!(matches!(&error, Error::Credentials { code, .. } if code == "invalid_client"));
    assert!(error.to_string().contains("Client authentication failed"));
}

#[tokio::test]
async fn losing_a_tokens_answer_is_harmless() {
    let fake = Fake::new([Reply::Lost, token(), Reply::json(200, body!("client.json"))]);
    assert_eq!(client(&fake).root_tenant().await.unwrap(), TENANT);
    let line = "GET https://dc.example/api/2/clients/the-client";
    assert_eq!(fake.lines()[2], line);
}

#[tokio::test]
async fn no_secret_is_ever_shown() {
    let unreadable = r#"{"token": "sesame", "access_token": 7.5e400}"#;
    for answer in [Reply::json(200, unreadable), Reply::json(200, r#"{"x": "sesame"}"#)] {
        let fake = Fake::new([answer]);
        let client = client(&fake);
        let error = client.root_tenant().await.unwrap_err();
        let shown = format!("{error} {error:?} {client:?} {:?}", client.http);
        assert!(!shown.contains("sesame") && !shown.contains("hush-hush"), "{shown}");
    }
    let url = "https://clerk:hush-hush@dc.example";
    let http = Http::new(&Options::default()).unwrap();
    let error = Client::new(http, url, "c", SecretString::from("s")).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("hush-hush"));
}
