use super::*;

fn one() -> Reply {
    Reply::json(200, body!("bills-page-1.json"))
}

fn two() -> Reply {
    Reply::json(200, body!("bills-page-2.json"))
}

fn query() -> BillsQuery {
    BillsQuery { provider: Some("ACRONIS".to_owned()), from_date: Some("2021-07-01T00:00:00Z".parse().unwrap()), ..BillsQuery::default() }
}

#[tokio::test]
async fn pages_are_walked_by_next_with_its_query_encoded_again() {
    let (fake, client) = with([one(), two()]);
    let bills = client.bills(292, &query()).unwrap().all().await.unwrap();
    let first = format!("GET {ROOT}/bills?fromdate=2021%2F07%2F01%2000%3A00%3A00%20%2B0000&provider=ACRONIS");
    let next = format!("GET {ROOT}/bills?fromdate=2021%2F07%2F01%2002%3A00%3A00%20%2B0200&provider=ACRONIS&startwith=2&limit=2&by=id");
    assert_eq!(fake.lines(), [first, next]);
    let ids: Vec<_> = bills.iter().filter_map(|bill| bill.id).collect();
    assert_eq!(ids, [9472, 9473, 9474], "the bill on both pages comes once");
    let accept = "application/vnd.abiquo.bills+json; version=6.1";
    assert!(fake.seen().iter().all(|seen| seen.header("accept") == Some(accept)));
    assert!(fake.seen().iter().all(|seen| seen.header("authorization") == Some("Token hush-hush")));
}

#[tokio::test]
async fn all_parameters_are_sent_encoded() {
    let query = BillsQuery {
        startwith: Some(50),
        by: Some("billingPeriodStartDate".to_owned()),
        has: Some("a&b=c+d é".to_owned()),
        limit: Some(0),
        asc: Some(false),
        provider: Some("AT&T".to_owned()),
        from_date: Some("2023-01-14T11:21:17+02:00".parse().unwrap()),
        enterprise: Some(1),
    };
    let (fake, client) = with([Reply::json(200, body!("bills-empty.json"))]);
    assert!(client.bills(292, &query).unwrap().all().await.unwrap().is_empty());
    let wanted = "identerprise=1&fromdate=2023%2F01%2F14%2009%3A21%3A17%20%2B0000&provider=AT%26T&startwith=50&limit=0&has=a%26b%3Dc%2Bd%20%C3%A9&by=billingPeriodStartDate&asc=false";
    assert_eq!(fake.lines(), [format!("GET {ROOT}/bills?{wanted}")]);
}

#[tokio::test]
async fn prices_keep_their_digits_and_unknown_attributes_pass() {
    let (_, client) = with([one(), two()]);
    let mut pages = client.bills(292, &query()).unwrap();
    let first = pages.next_page().await.unwrap().unwrap();
    assert_eq!(pages.total_size(), Some(3));
    let second = pages.next_page().await.unwrap().unwrap();
    assert_eq!(pages.next_page().await.unwrap(), None);
    let prices: Vec<_> = first.iter().chain(&second).map(|bill| bill.price.as_deref().unwrap()).collect();
    assert_eq!(prices, ["23.40", "0", "16.4114123456789012345678901"]);
    assert_eq!(first[0].enterprise, Some(292));
    assert_eq!(first[0].enterprise_name.as_deref(), Some("Acme"));
    assert_eq!(first[0].period(), Some(BillingPeriod::month(2021, 8).unwrap()));
}

#[tokio::test]
async fn a_list_that_turns_back_is_stopped() {
    // The second page leads to itself. All three bills have been seen, as the list itself says.
    let selfish = body!("bills-page-2.json").replace("\"previous\"", "\"next\"").replace("startwith=0", "startwith=2");
    let (fake, client) = with([one(), Reply::json(200, &selfish)]);
    assert_eq!(client.bills(292, &query()).unwrap().all().await.unwrap().len(), 3);
    assert_eq!(fake.left(), 0);
    // The same, but there should be more: such a list must not decide whether a bill is there.
    let more = selfish.replace("\"totalSize\": 3", "\"totalSize\": 4");
    let (_, client) = with([one(), Reply::json(200, &more)]);
    let error = client.bills(292, &query()).unwrap().all().await.unwrap_err();
    assert!(matches!(error, Error::Circle { seen: 3, total: Some(4), .. }), "{error}");
    // A clamped `startwith` that the service counts up for ever.
    let unsaid = body!("bills-page-1.json").replace("\"totalSize\": 3,", "");
    let endless = (0..9).map(|n| {
        let page = selfish.replace("\"totalSize\": 3,", "").replace("startwith=2", &format!("startwith={}", 2 + n));
        Reply::json(200, &page)
    });
    let (fake, client) = with([Reply::json(200, &unsaid)].into_iter().chain(endless));
    let error = client.bills(292, &query()).unwrap().all().await.unwrap_err();
    assert!(matches!(error, Error::Circle { .. }), "{error}");
    assert!(fake.left() > 0);
}

#[tokio::test]
async fn an_empty_page_ends_the_list_and_proves_nothing_where_it_links_on() {
    let empty = r#"{"links": [{"rel": "next", "href": "/api/more"}], "collection": []}"#;
    let (_, client) = with([Reply::json(200, empty)]);
    assert!(client.bills(292, &query()).unwrap().all().await.unwrap().is_empty());
    let (_, client) = with([Reply::json(200, empty)]);
    let error = client.bills(292, &query()).unwrap().whole(|_| Ok(true)).await.unwrap_err();
    assert!(matches!(error, Error::NotWhole { seen: 0, total: None }) && error.proves_nothing(), "{error}");
}

/// Only a list that shows as many entries as it says that it has proves that something is absent.
#[tokio::test]
async fn a_list_short_of_its_total_size_is_not_whole() {
    let period = BillingPeriod::month(2021, 8).unwrap();
    for (total, whole) in [("3", true), ("4", false), ("2", false)] {
        let [first, second] = [body!("bills-page-1.json"), body!("bills-page-2.json")]
            .map(|page| Reply::json(200, &page.replace("\"totalSize\": 3", &format!("\"totalSize\": {total}"))));
        let (_, client) = with([first, second]);
        match client.find_bills(292, "ACRONIS", &period).await {
            Ok(_) => assert!(whole, "{total}"),
            Err(error) => assert!(!whole && matches!(error, Error::NotWhole { seen: 3, .. }), "{error}"),
        }
        let shown = format!(r#"{{"totalSize": {}, "links": [], "collection": []}}"#, if whole { 0 } else { 3 });
        let (_, client) = with([Reply::json(200, &shown)]);
        assert_eq!(client.find_registers(292, "ACRONIS").await.is_ok(), whole, "{total}");
    }
}

/// Registers are judged as bills are: by provider and enterprise.
#[tokio::test]
async fn registers_of_others_are_told_apart() {
    let line = |provider: &str, enterprise: u64| {
        format!(
            r#"{{"provider": "{provider}", "price": 1, "links": [{{"rel": "enterprise", "href": "https://abiquo.example.com/api/admin/enterprises/{enterprise}"}},
                {{"rel": "self", "href": "https://abiquo.example.com/api/x/{provider}-{enterprise}"}}]}}"#
        )
    };
    let list = [line("ACRONIS", 292), line("AMAZON", 292), line("ACRONIS", 7)].join(",");
    let (_, client) = with([Reply::json(200, &format!(r#"{{"totalSize": 3, "links": [], "collection": [{list}]}}"#))]);
    let found = client.find_registers(292, "ACRONIS").await.unwrap();
    assert_eq!((found.ours.len(), found.foreign.len()), (1, 2));
}

#[tokio::test]
async fn credentials_do_not_follow_a_page_to_another_host() {
    let evil = body!("bills-page-1.json").replace("abiquo.example.com:443/api/statistics/enterpriseresources/292/bills?", "evil.example/?");
    let (fake, client) = with([Reply::json(200, &evil)]);
    let error = client.bills(292, &query()).unwrap().all().await.unwrap_err();
    assert!(matches!(error, Error::Http(http::Error::ForeignLink { .. })), "{error}");
    assert_eq!(fake.seen().len(), 1);
}

#[test]
fn hrefs_are_made_readable() {
    let base = BaseUrl::parse("https://host.example/api").unwrap();
    for (href, wanted) in [
        ("/api/bills?d=2021/07/01 02:00:00 +0200", "d=2021%2F07%2F01%2002%3A00%3A00%20%2B0200"),
        // Already encoded, in either way: not encoded twice.
        ("/api/bills?d=2021%2F07%2F01%2002%3A00%3A00%20%2B0200", "d=2021%2F07%2F01%2002%3A00%3A00%20%2B0200"),
        ("/api/bills?d=2021%2F07%2F01+02%3A00%3A00+%2B0200", "d=2021%2F07%2F01%2002%3A00%3A00%20%2B0200"),
        ("/api/bills?provider=AT&T&limit=2", "provider=AT%26T&limit=2"),
        ("/api/bills?provider=C#&limit=2", "provider=C%23&limit=2"),
        ("/api/bills?provider=100% ours&has=a=b", "provider=100%25%20ours&has=a%3Db"),
    ] {
        let url = links::readable(&base, href).unwrap();
        assert_eq!(url.query(), Some(wanted), "{href}");
    }
    let plain = links::readable(&base, "https://host.example:443/api/bills/7").unwrap();
    assert_eq!(plain.as_str(), "https://host.example/api/bills/7");
}

#[tokio::test]
async fn after_an_error_a_list_is_not_at_its_end() {
    let (_, client) = with([one(), Reply::json(404, "{}"), two()]);
    let mut pages = client.bills(292, &query()).unwrap();
    assert_eq!(pages.next_page().await.unwrap().map(|page| page.len()), Some(2));
    assert!(pages.next_page().await.is_err());
    assert_eq!(pages.next_page().await.unwrap().map(|page| page.len()), Some(1));
}

/// A list that says something unreadable of its length, or of where it goes on, proves nothing.
#[tokio::test]
async fn a_total_or_a_next_page_that_cannot_be_read_is_an_error() {
    let found = async |list: &str| {
        let (_, client) = with([Reply::json(200, list)]);
        client.find_bills(292, "ACRONIS", &BillingPeriod::month(2021, 8).unwrap()).await
    };
    for total in ["1.0", "3e0", "-1", "\"three\"", "{\"$\": 3}", "[1]", "true"] {
        let list = format!(r#"{{"totalSize": {total}, "links": [], "collection": []}}"#);
        assert!(matches!(found(&list).await, Err(Error::Unreadable { .. })), "{total}");
    }
    for next in [r#"{"rel": "next", "href": null}"#, r#"{"rel": "NEXT"}"#, r#"{"rel": "Next", "href": 3.5, "title": "x"}"#] {
        let list = format!(r#"{{"links": [{next}], "collection": []}}"#);
        assert!(found(&list).await.is_err(), "{next}");
    }
    for whole in ["0", "\"0\"", "\" 0 \"", "null", "\"\""] {
        let list = format!(r#"{{"totalSize": {whole}, "links": [], "collection": []}}"#);
        assert_eq!(found(&list).await.expect("a whole list"), [], "{whole}");
    }
}

/// A database may give a name back in another case, or composed otherwise.
#[test]
fn a_bill_is_ours_however_its_provider_is_spelled() {
    let of = |provider: &str| Bill { provider: Some(provider.into()), ..Bill::default() };
    for spelled in ["Zoë", "Zoe\u{308}", "ZOË", " zoe ", "Ｚｏë", "Zo\u{200b}ë"] {
        assert!(of(spelled).is_of(292, "Zoë"), "{spelled:?}");
    }
    assert!(!of("Zo").is_of(292, "Zoë") && !of("Zoë 2").is_of(292, "Zoë"));
}
