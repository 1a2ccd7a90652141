use super::super::pages::Holding;
use super::super::wire;
use super::*;

fn bill(name: &str) -> Bill {
    wire::bill(format!(r#"{{"provider": "", "price": 1, "usageName": "{name}"}}"#).as_bytes()).unwrap()
}

#[test]
fn as_many_lines_are_kept_as_are_allowed_and_no_more() {
    let mut holding = Holding::default();
    (0..HELD_LINES_MAX).for_each(|_| holding.keep(bill("")).unwrap());
    let error = holding.keep(bill("")).unwrap_err();
    assert!(matches!(error, Error::ListTooLong { limit: HELD_LINES_MAX, .. }), "{error}");
}

#[test]
fn as_many_bytes_are_kept_as_are_allowed_and_no_more() {
    let mut holding = Holding::default();
    // The price is a byte, too.
    let half = "n".repeat(HELD_BYTES_MAX as usize / 2 - 1);
    holding.keep(bill(&half)).unwrap();
    holding.keep(bill(&half)).unwrap();
    let error = holding.keep(bill("")).unwrap_err();
    assert!(matches!(error, Error::ListTooLong { limit: HELD_BYTES_MAX, .. }), "{error}");
}

#[test]
fn a_page_has_as_many_entries_as_are_allowed_and_no_more() {
    let page = |entries: usize| wire::page(format!("{{\"collection\": [{}]}}", vec!["{}"; entries].join(",")).as_bytes());
    assert_eq!(page(wire::PAGE_ENTRIES_MAX).map(|page| page.bills.len()), Ok(wire::PAGE_ENTRIES_MAX));
    let error = page(wire::PAGE_ENTRIES_MAX + 1).map(|page| page.bills.len()).unwrap_err();
    assert!(error.starts_with("its `collection` has more than 25000 entries"), "{error}");
}

/// An error is never a list's end: asked again, it is the same error.
#[tokio::test]
async fn a_list_that_is_too_long_stays_so() {
    let many = format!("{{\"collection\": [{}]}}", vec!["{}"; HELD_LINES_MAX as usize + 1].join(","));
    let (_, client) = with([Reply::json(200, &many)]);
    let error = client.bills(292, &BillsQuery::default()).unwrap().all().await.unwrap_err();
    assert!(error.to_string().contains("more than 20000 lines that are asked for"), "{error}");
    assert!(!error.is_transient() && !error.is_unknown());
}

#[tokio::test]
async fn an_estimate_is_short() {
    let (_, client) = with([Reply::bytes(200, &[b'1'; 4096]), Reply::bytes(200, &[b'1'; 4097])]);
    assert!(client.estimate(292, "ACRONIS").await.is_ok());
    let error = client.estimate(292, "ACRONIS").await.unwrap_err();
    assert!(matches!(error, Error::Unreadable { .. }), "{error}");
}

/// Whatever writes or deletes refuses a name that is not what is seen of it.
#[tokio::test]
async fn nothing_is_written_under_a_name_that_reads_like_another() {
    let (fake, client) = with([]);
    let at = "2021-08-01T00:00:00Z".parse().unwrap();
    for provider in ["amazon ", "ＡＭＡＺＯＮ", "ONPREMISE\t", "AMA\u{200b}ZON", "AMAZON\u{a0}", "\0", ""] {
        let header = PostingHeader {
            provider: provider.to_owned(),
            date: at,
            period: BillingPeriod::month(2021, 8).unwrap(),
            currency: "EUR".to_owned(),
        };
        let bill = NewBill { header: header.clone(), price: "1".to_owned() };
        let register = NewRegister { header, price: Some("1".to_owned()), estimated: None };
        let refused = [
            client.unguarded().post_bill(292, &bill).await.map(drop),
            client.unguarded().post_register(292, &register).await.map(drop),
            client.unguarded().delete_bills(292, at, provider).await.map(drop),
            client.unguarded().delete_registers(292, at, provider).await.map(drop),
        ];
        assert!(refused.iter().all(|refused| matches!(refused, Err(Error::Invalid(_)))), "{provider:?}: {refused:?}");
    }
    assert!(fake.seen().is_empty());
}
