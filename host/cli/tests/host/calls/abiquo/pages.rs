//! Lists: every parameter, and pages walked by their links.

use skubill_services::abiquo::BillsQuery;

use super::*;

/// Seven usage types of August, priced 1 to 7 and called "Thing T1" to "Thing T7", for this provider.
async fn seven(client: &Client, provider: &str) {
    let usages = (1..=7).map(|n| charge(&format!("T{n}"), &n.to_string())).collect();
    let header = PostingHeader { provider: provider.into(), ..header() };
    client.unguarded().post_bill_by_categories(ENTERPRISE, &header, &[category("Storage", usages)]).await.expect("posted");
}

async fn first_page(client: &Client, query: BillsQuery) -> Vec<String> {
    let page = client.bills(ENTERPRISE, &query).expect("an address").next_page().await.expect("a page").unwrap_or_default();
    page.into_iter().filter_map(|bill| bill.price).collect()
}

#[tokio::test]
async fn every_parameter_of_the_list_is_understood() {
    let lab = Lab::new();
    let client = lab.abiquo_client();
    seven(&client, "ACRONIS").await;
    let amazon = PostingHeader { provider: "AMAZON".into(), ..header() };
    client.unguarded().post_bill(ENTERPRISE, &NewBill { header: amazon, price: "0.5".into() }).await.expect("posted");

    let start = august().start;
    let default = BillsQuery::default();
    for (query, prices) in [
        (default.clone(), "1 2 3 4 5 6 7 0.5"),
        (BillsQuery { startwith: Some(6), ..default.clone() }, "7 0.5"),
        (BillsQuery { limit: Some(2), ..default.clone() }, "1 2"),
        (BillsQuery { limit: Some(0), ..default.clone() }, "1 2 3 4 5 6 7 0.5"),
        // Past the end it is the last page, not an empty one.
        (BillsQuery { startwith: Some(90), limit: Some(3), ..default.clone() }, "6 7 0.5"),
        (BillsQuery { by: Some("price".into()), limit: Some(3), ..default.clone() }, "0.5 1 2"),
        (BillsQuery { by: Some("price".into()), asc: Some(false), limit: Some(3), ..default.clone() }, "7 6 5"),
        (BillsQuery { has: Some("thing t4".into()), ..default.clone() }, "4"),
        (BillsQuery { provider: Some("AMAZON".into()), ..default.clone() }, "0.5"),
        (BillsQuery { from_date: Some(start), provider: Some("AMAZON".into()), ..default.clone() }, "0.5"),
        (BillsQuery { from_date: Some(august().end), ..default.clone() }, ""),
        (BillsQuery { enterprise: Some(ENTERPRISE), limit: Some(1), ..default.clone() }, "1"),
        (BillsQuery { enterprise: Some(301), ..default.clone() }, ""),
    ] {
        assert_eq!(first_page(&client, query.clone()).await.join(" "), prices, "{query:?}");
    }
    let error = client.bills(ENTERPRISE, &BillsQuery { by: Some("colour".into()), ..default }).expect("an address").all().await;
    has(&error.expect_err("no such attribute").to_string(), "QUERY-0");
}

#[tokio::test]
async fn pages_are_walked_by_next_with_their_queries_encoded_again() {
    let provider = "AT&T + C# 100%";
    for encoded in [false, true] {
        let lab = Lab::new();
        lab.abiquo.knobs(|knobs| knobs.hrefs_encoded = encoded);
        let client = lab.abiquo_client();
        seven(&client, provider).await;
        let query = BillsQuery {
            limit: Some(3),
            provider: Some(provider.into()),
            from_date: Some("2021-08-01T00:00:00Z".parse().expect("an instant")),
            ..BillsQuery::default()
        };
        let mut pages = client.bills(ENTERPRISE, &query).expect("an address");
        let mut sizes = Vec::new();
        while let Some(page) = pages.next_page().await.expect("a page") {
            sizes.push(page.len());
        }
        assert_eq!((sizes, pages.total_size()), (vec![3, 3, 1], Some(7)));
        let asked = Lab::seen(&lab.abiquo.requests()).split_off(1);
        let part = "fromdate=2021%2F08%2F01%2000%3A00%3A00%20%2B0000&provider=AT%26T%20%2B%20C%23%20100%25";
        assert_eq!(
            asked,
            [
                format!("GET {BILLS}?{part}&limit=3"),
                format!("GET {BILLS}?{part}&startwith=3&limit=3&by=id"),
                format!("GET {BILLS}?{part}&startwith=6&limit=3&by=id"),
            ]
        );
    }
}

#[tokio::test]
async fn a_list_that_leads_in_a_circle_or_away_is_stopped() {
    let lab = Lab::new();
    let client = lab.abiquo_client();
    seven(&client, "ACRONIS").await;
    let query = BillsQuery { limit: Some(3), ..BillsQuery::default() };
    let all = async || client.bills(ENTERPRISE, &query).expect("an address").all().await;
    assert_eq!(all().await.expect("a list").len(), 7);

    let before = lab.abiquo.requests().len();
    lab.abiquo.knobs(|knobs| knobs.next_repeats = true);
    let error = all().await.expect_err("a circle");
    assert!(matches!(error, Error::Circle { seen: 3, total: Some(7), .. }), "{error}");
    lab.abiquo.knobs(|knobs| {
        knobs.next_repeats = false;
        knobs.href_base = Some("https://elsewhere.test/api".into());
    });
    let error = all().await.expect_err("another host");
    assert!(matches!(error, Error::Http(http::Error::ForeignLink { .. })), "{error}");
    assert!(lab.abiquo.requests().len() - before <= 3, "neither was followed far");
}

#[tokio::test]
async fn a_page_that_fails_is_asked_for_again_and_no_bill_comes_twice() {
    let lab = Lab::new();
    let client = lab.abiquo_client();
    seven(&client, "ACRONIS").await;
    let query = BillsQuery { limit: Some(3), ..BillsQuery::default() };
    let mut pages = client.bills(ENTERPRISE, &query).expect("an address");
    assert_eq!(pages.next_page().await.expect("a page").map(|page| page.len()), Some(3));
    lab.abiquo.fault(Fault::next("GET", BILLS, Effect::status(503, None)).times(3));
    pages.next_page().await.expect_err("three times 503");
    let rest = pages.all().await.expect("the rest");
    assert_eq!(rest.iter().filter_map(|bill| bill.id).collect::<Vec<_>>(), [4, 5, 6, 7]);
}
