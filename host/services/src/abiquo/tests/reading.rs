use super::*;

#[tokio::test]
async fn a_providers_bills_of_a_period_are_judged_here() {
    let foreign = body!("bills-page-1.json").replace("enterprises/292", "enterprises/293").replace("startwith=2", "startwith=9");
    let page = |text: &str| Reply::json(200, text);
    let (fake, client) = with([page(&foreign), page(body!("bills-page-1.json")), page(body!("bills-page-2.json"))]);
    let july = BillingPeriod::month(2021, 7).unwrap();
    // The first page's two bills are another enterprise's, and so are their links' ids here.
    let found = client.find_bills(292, "ACRONIS", &july).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].id, Some(9474));
    let first = format!("GET {ROOT}/bills?provider=ACRONIS&limit=100&by=id");
    assert_eq!(fake.lines()[0], first);
}

#[tokio::test]
async fn a_period_is_found_whatever_the_offset_it_is_written_in() {
    let eastern = body!("bills-page-2.json")
        .replace("2021/08/01 00:00:00 +0000", "2021/08/01 02:00:00 +0200")
        .replace("2021/08/31 23:59:59 +0000", "2021/09/01 01:59:59 +0200")
        .replace("\"totalSize\": 3", "\"totalSize\": 2");
    let (_, client) = with([Reply::json(200, &eastern)]);
    let august = BillingPeriod::month(2021, 8).unwrap();
    let found = client.find_bills(292, "ACRONIS", &august).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].period(), Some(august));
}

#[tokio::test]
async fn what_cannot_be_judged_is_not_passed_over() {
    let august = BillingPeriod::month(2021, 8).unwrap();
    let without = body!("bills-page-2.json").replace("billingPeriodStartDate", "periodBegin");
    let (_, client) = with([Reply::json(200, &without)]);
    let error = client.find_bills(292, "ACRONIS", &august).await.unwrap_err();
    assert_eq!(error.to_string(), "bill 9473 cannot be judged: it states no billing period");
    let american = body!("bills-page-2.json").replace("2021/08/01 00:00:00 +0000", "08/01/2021");
    let (_, client) = with([Reply::json(200, &american)]);
    let error = client.find_bills(292, "ACRONIS", &august).await.unwrap_err();
    assert!(error.to_string().contains("`08/01/2021` is no date"), "{error}");
}

#[tokio::test]
async fn one_bill_and_one_register() {
    let bill = Reply::json(200, body!("bill.json"));
    let register = Reply::json(200, body!("register.json"));
    let (fake, client) = with([bill, register, Reply::json(200, "{}"), Reply::json(200, "[]")]);
    assert_eq!(client.bill(292, 9472).await.unwrap().price.as_deref(), Some("23.40"));
    assert_eq!(client.register(292, 31).await.unwrap().id, Some(31));
    let lines = ["bills/9472", "billregisters/31"].map(|path| format!("GET {ROOT}/{path}"));
    assert_eq!(fake.lines(), lines);
    let accept = fake.seen()[0].header("accept").map(str::to_owned);
    assert_eq!(accept.as_deref(), Some("application/vnd.abiquo.bill+json; version=6.1"));
    for _ in 0..2 {
        let error = client.bill(292, 1).await.unwrap_err();
        assert!(matches!(error, Error::Unreadable { .. }), "{error}");
    }
}

#[tokio::test]
async fn registers_come_without_a_total() {
    let (fake, client) = with([Reply::json(200, body!("registers.json"))]);
    let mut pages = client.registers(292, "MY CLOUD+").unwrap();
    let registers = pages.next_page().await.unwrap().unwrap();
    assert_eq!((registers.len(), pages.total_size()), (2, None));
    assert_eq!(fake.lines(), [format!("GET {ROOT}/billregisters?provider=MY%20CLOUD%2B")]);
    assert!(matches!(client.registers(292, " "), Err(Error::Invalid(_))));
}

#[tokio::test]
async fn providers_in_every_likely_shape() {
    for body in [
        body!("providers.json"),
        r#"["AMAZON", "ONPREMISE"]"#,
        r#"{"collection": [{"name": "AMAZON"}, {"provider": "ONPREMISE"}]}"#,
        r#"{"providers": ["AMAZON", "ONPREMISE"]}"#,
    ] {
        let (fake, client) = with([Reply::json(200, body)]);
        assert_eq!(client.providers(292).await.unwrap(), ["AMAZON", "ONPREMISE"], "{body}");
        assert_eq!(fake.lines(), [format!("GET {ROOT}/bills/action/providers")]);
    }
    let (_, client) = with([Reply::json(200, r#"{"collection": [{"title": "?"}]}"#)]);
    let error = client.providers(292).await.unwrap_err();
    assert!(matches!(error, Error::Unreadable { .. }), "{error}");
}

#[tokio::test]
async fn the_estimate_is_asked_for_as_text() {
    let number = Reply::bytes(200, body!("estimate.txt").as_bytes());
    let sentence = Reply::bytes(200, body!("estimate-sentence.txt").as_bytes());
    let (fake, client) = with([number, sentence, Reply::bytes(204, b"")]);
    let estimate = client.estimate(292, "ACRONIS").await.unwrap();
    assert_eq!((estimate.number(), estimate.text.as_str()), (Some("25.00"), "25.00"));
    let estimate = client.estimate(292, "ACRONIS").await.unwrap();
    let currency = Some("EUR".to_owned());
    assert_eq!(estimate.reading, Reading::Amount { number: "25.00".to_owned(), currency });
    assert_eq!(client.estimate(292, "ACRONIS").await.unwrap().reading, Reading::None);
    let line = format!("GET {ROOT}/billregisters/action/estimate?provider=ACRONIS");
    assert_eq!(fake.lines()[0], line);
    assert_eq!(fake.seen()[0].header("accept"), Some("text/plain"));
}

#[tokio::test]
async fn an_enterprises_own_links_are_followed_where_they_stay_at_home() {
    let empty = || Reply::json(200, body!("bills-empty.json"));
    let (fake, client) = with([Reply::json(200, body!("enterprise.json")), empty(), empty()]);
    let acme = client.enterprise(292).await.unwrap();
    assert_eq!(acme.name, "Acme");
    assert_eq!(acme.foreign.len(), 1, "{:?}", acme.foreign);
    client.bills(292, &BillsQuery::default()).unwrap().all().await.unwrap();
    client.registers(292, "ACRONIS").unwrap().all().await.unwrap();
    assert_eq!(
        fake.lines(),
        [
            "GET https://abiquo.example.com/api/admin/enterprises/292".to_owned(),
            "GET https://abiquo.example.com/api/billing/v2/292/bills".to_owned(),
            format!("GET {ROOT}/billregisters?provider=ACRONIS"),
        ]
    );
}

#[tokio::test]
async fn each_way_to_say_who_we_are() {
    let secret = || SecretString::from("hush-hush");
    let user = "clerk".to_owned();
    let ways = [
        (Auth::Token(secret()), "Token hush-hush"),
        (Auth::Bearer(secret()), "Bearer hush-hush"),
        (Auth::Basic { user, password: secret() }, "Basic Y2xlcms6aHVzaC1odXNo"),
    ];
    for (auth, wanted) in ways {
        let shown = format!("{auth:?}");
        let fake = Fake::new([Reply::json(500, "{}"), Reply::json(500, "{}"), Reply::json(500, "{}")]);
        let client = Client::new(fake.http(), "https://abiquo.example.com/api/", auth).unwrap();
        let error = client.enterprise(7).await.unwrap_err();
        assert_eq!(fake.seen()[0].header("authorization"), Some(wanted));
        let shown = format!("{shown} {client:?} {error} {error:?}");
        assert!(!shown.contains("hush") && !shown.contains("Y2xlcms6"), "{shown}");
    }
}
