use super::*;

fn posted() -> Reply {
    Reply::json(201, body!("bills-posted.json"))
}

#[tokio::test]
async fn a_bill_by_categories_is_written_digit_by_digit() {
    for status in [200, 201] {
        let (fake, client) = with([Reply::json(status, body!("bills-posted.json"))]);
        let answer = client.unguarded().post_bill_by_categories(292, &header(), &categories()).await.unwrap();
        assert_eq!((answer.status, answer.bills.len()), (status, 2));
        let seen = fake.seen().remove(0);
        assert_eq!(seen.line, format!("POST {ROOT}/bills"));
        assert_eq!(seen.body, compact(body!("bill-by-categories-request.json")));
        let media_type = "application/vnd.abiquo.billbycategories+json; version=6.1";
        assert_eq!(seen.header("content-type"), Some(media_type));
        let accept = "application/vnd.abiquo.bills+json; version=6.1";
        assert_eq!(seen.header("accept"), Some(accept));
    }
}

#[tokio::test]
async fn the_wire_profile_names_it_all_anew() {
    let profile: WireProfile = serde_json::from_str(
        r#"{"media_type": "application/vnd.abiquo.categorized+json; version=7", "register_media_type": "application/vnd.abiquo.other+json",
            "categories": "groups", "category": "group", "usage_types": "usages", "usage_type": "kind", "usage_name": "label", "price": "cost", "nested": true}"#,
    )
    .unwrap();
    assert_eq!(profile.accept, WireProfile::default().accept);
    assert!(serde_json::from_str::<WireProfile>(r#"{"mediatype": "x"}"#).is_err());
    let (fake, client) = with([posted(), posted()]);
    let client = client.with_profile(profile).with_version("6.0");
    let mut categories = categories();
    categories[0].usages.truncate(1);
    client.unguarded().post_bill_by_categories(292, &header(), &categories).await.unwrap();
    let seen = fake.seen().remove(0);
    assert!(seen.body.ends_with(
        r#","groups":{"links":[],"collection":[{"group":"Storage","usages":{"links":[],"collection":[{"kind":"STO","label":"Cloud \"storage\"","cost":23.40}]}}]}}"#
    ), "{}", seen.body);
    assert_eq!(seen.header("content-type"), Some("application/vnd.abiquo.categorized+json; version=7"));
    client.unguarded().post_registers_by_categories(292, &header(), None, &categories).await.unwrap();
    let register_type = "application/vnd.abiquo.other+json; version=6.0";
    assert_eq!(fake.seen()[1].header("content-type"), Some(register_type));
}

#[tokio::test]
async fn plain_bills_and_registers() {
    let (fake, client) = with([Reply::json(200, body!("bill.json")), Reply::json(201, body!("register.json"))]);
    let bill = NewBill { header: header(), price: "23.40".to_owned() };
    let answer = client.unguarded().post_bill(292, &bill).await.unwrap();
    assert_eq!(answer.bills[0].id, Some(9472));
    let register = NewRegister { header: header(), price: Some("1.00".to_owned()), estimated: Some("0".to_owned()) };
    client.unguarded().post_register(292, &register).await.unwrap();
    let seen = fake.seen();
    assert_eq!(seen[0].body, compact(body!("bill-request.json")));
    assert_eq!(seen[1].body, compact(body!("register-request.json")));
    assert_eq!(seen[1].line, format!("POST {ROOT}/billregisters"));
    let media_type = Some("application/vnd.abiquo.bill+json; version=6.1");
    for seen in &seen {
        assert_eq!((seen.header("content-type"), seen.header("accept")), (media_type, media_type));
    }
    let neither = NewRegister { price: None, estimated: None, ..register };
    assert!(matches!(client.unguarded().post_register(292, &neither).await, Err(Error::Invalid(_))));
}

#[tokio::test]
async fn registers_by_categories() {
    let (fake, client) = with([posted()]);
    client.unguarded().post_registers_by_categories(292, &header(), Some("0"), &categories()).await.unwrap();
    assert_eq!(fake.seen()[0].body, compact(body!("registers-by-categories-request.json")));
}

#[tokio::test]
async fn an_accepted_post_is_accepted_whatever_its_answer_looks_like() {
    for (body, unread) in [("", false), ("{\"odd\": 1}", true), ("<html>", true)] {
        let (_, client) = with([Reply::bytes(201, body.as_bytes())]);
        let answer = client.unguarded().post_bill_by_categories(292, &header(), &categories()).await.unwrap();
        assert_eq!((answer.bills.len(), answer.unread.is_some()), (0, unread), "{body}");
    }
}

#[tokio::test]
async fn nothing_is_posted_twice() {
    let html = || Reply::bytes(503, body!("error-tomcat.html").as_bytes());
    let internal = Reply::json(500, body!("error-internal.json"));
    let cut = Reply::json(201, "{\"links\":").broken();
    for lost in [Reply::Lost, html(), internal, cut] {
        let (fake, client) = with([lost, posted()]);
        let error = client.unguarded().post_bill_by_categories(292, &header(), &categories()).await.unwrap_err();
        assert!(error.is_unknown() && !error.is_transient(), "{error}");
        assert_eq!((fake.seen().len(), fake.left()), (1, 1), "{error}");
    }
    let (fake, client) = with([Reply::NotSent, posted()]);
    let error = client.unguarded().post_bill_by_categories(292, &header(), &categories()).await.unwrap_err();
    assert!(!error.is_unknown() && error.is_transient(), "{error}");
    assert_eq!(fake.left(), 1);
    let explained = body!("error-several.json");
    let (_, client) = with([Reply::json(500, explained)]);
    let error = client.unguarded().post_bill_by_categories(292, &header(), &categories()).await.unwrap_err();
    assert!(!error.is_unknown() && error.is_already_there(), "{error}");
}

#[tokio::test]
async fn mistakes_are_found_before_anything_is_sent() {
    let (fake, client) = with([]);
    let mut cases = vec![(header(), Vec::new())];
    for break_it in [
        |c: &mut PostingCategory| c.category.clear(),
        |c: &mut PostingCategory| c.usages.clear(),
        |c: &mut PostingCategory| c.usages[0].usage_type.clear(),
        |c: &mut PostingCategory| c.usages[0].price = "1,5".to_owned(),
        |c: &mut PostingCategory| c.usages[0].price = "\"1.5\"".to_owned(),
        |c: &mut PostingCategory| c.usages[0].price = "NaN".to_owned(),
        |c: &mut PostingCategory| c.usages[0].price = " 1".to_owned(),
    ] {
        let mut categories = categories();
        break_it(&mut categories[0]);
        cases.push((header(), categories));
    }
    for break_it in [
        |h: &mut PostingHeader| h.provider.clear(),
        |h: &mut PostingHeader| h.currency = "EURO".to_owned(),
        |h: &mut PostingHeader| std::mem::swap(&mut h.period.start, &mut h.period.end),
    ] {
        let mut header = header();
        break_it(&mut header);
        cases.push((header, categories()));
    }
    for (header, categories) in cases {
        let answer = client.unguarded().post_bill_by_categories(292, &header, &categories).await;
        assert!(matches!(answer, Err(Error::Invalid(_))), "{answer:?}");
    }
    assert!(client.unguarded().delete_bills(292, header().date, "").await.is_err());
    assert!(fake.seen().is_empty());
}

#[tokio::test]
async fn deletes_name_date_and_provider() {
    let gone = || Reply::bytes(204, b"");
    let nothing = r#"{"collection": [{"code": "BILL-4", "message": "The requested bill does not exist"}]}"#;
    let (fake, client) = with([gone(), gone(), Reply::json(404, nothing), Reply::json(404, "{}"), Reply::Lost]);
    let start = header().period.start;
    let day = "2023-06-07T13:24:06+02:00".parse().unwrap();
    assert_eq!(client.unguarded().delete_bills(292, start, "MY CLOUD").await.unwrap(), Deleted::Done);
    assert_eq!(client.unguarded().delete_registers(292, day, "A+B").await.unwrap(), Deleted::Done);
    assert_eq!(client.unguarded().delete_bills(292, start, "X").await.unwrap(), Deleted::NothingThere);
    assert!(client.unguarded().delete_bills(292, start, "X").await.is_err());
    assert!(client.unguarded().delete_bills(292, start, "X").await.unwrap_err().is_unknown());
    let bills = format!("DELETE {ROOT}/bills?startBillDate=2021%2F08%2F01%2000%3A00%3A00%20%2B0000&provider=MY%20CLOUD");
    let registers = format!("DELETE {ROOT}/billregisters?billDate=2023%2F06%2F07%2011%3A24%3A06%20%2B0000&provider=A%2BB");
    assert_eq!(fake.lines()[..2], [bills, registers]);
}

#[tokio::test]
async fn the_media_type_can_be_probed_without_writing() {
    let code = |code: &str| format!(r#"{{"collection": [{{"code": "{code}", "message": "no"}}]}}"#);
    let answers = [
        Reply::json(400, &code("BILL-6")),
        Reply::json(415, &code("415-UNSUPPORTED-MEDIA-TYPE")),
        Reply::bytes(415, b"<html>"),
        Reply::json(400, &code("BILL-7")),
        Reply::json(403, &code("403-FORBIDDEN")),
        posted(),
    ];
    let (fake, client) = with(answers);
    let mut told = Vec::new();
    for _ in 0..6 {
        told.push(match client.probe_categories(292, &header()).await.unwrap() {
            Probe::Understood => "understood",
            Probe::WrongMediaType(_) => "wrong",
            Probe::Other(_) => "other",
            Probe::Accepted(_) => "accepted",
        });
    }
    assert_eq!(told, ["understood", "wrong", "wrong", "wrong", "other", "accepted"]);
    assert!(fake.seen()[0].body.ends_with(r#","categories":[]}"#));
}
