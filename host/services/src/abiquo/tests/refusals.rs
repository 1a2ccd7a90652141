use super::*;

async fn refused(reply: Reply) -> Error {
    let (_, client) = with([reply]);
    client.unguarded().post_bill_by_categories(292, &header(), &categories()).await.unwrap_err()
}

#[tokio::test]
async fn several_errors_are_all_told_with_what_to_do() {
    let error = refused(Reply::json(409, body!("error-several.json"))).await;
    assert_eq!(error.service_errors().len(), 2);
    assert!(error.has(&Code::PeriodOverlaps) && error.is_already_there());
    assert!(error.has(&Code::Other("BILL-99".to_owned())));
    let text = error.to_string();
    assert!(text.contains("409, BILL-3: A bill for this period already exists (a bill of a period that overlaps"), "{text}");
    assert!(text.ends_with(", BILL-99: Something new"), "{text}");
}

#[tokio::test]
async fn missing_rights_name_the_role() {
    let error = refused(Reply::json(403, body!("error-forbidden.json"))).await;
    assert!(error.to_string().contains("needs the role BILLS_MANAGE"), "{error}");
    let (_, client) = with([Reply::bytes(401, b"<html>").with("www-authenticate", "Basic realm=\"Abiquo\"")]);
    let error = client.bill(292, 1).await.unwrap_err();
    assert!(matches!(error, Error::Unauthorized { role: Some(Role::BillsView), .. }));
    assert!(error.to_string().contains("needs the role BILLS_VIEW"), "{error}");
}

#[tokio::test]
async fn bodies_that_are_none_are_kept() {
    let page = body!("error-tomcat.html");
    let down = || Reply::bytes(503, page.as_bytes());
    let (fake, client) = with([down(), down(), down()]);
    let error = client.bill(292, 1).await.unwrap_err();
    assert_eq!(fake.slept().len(), 2, "a read is tried three times");
    assert!(error.is_transient());
    let Error::Unexpected { status: 503, body, .. } = &error else { panic!("{error}") };
    assert_eq!(body.text(), page);
    let moved = |status| Reply::bytes(status, b"").with("location", "https://evil.example/");
    let (_, client) = with([moved(301)]);
    let error = client.bill(292, 1).await.unwrap_err();
    assert!(error.to_string().contains("redirects are not followed"), "{error}");
    // After a post each of these may have come from whoever took it.
    for reply in [moved(301), moved(303), Reply::bytes(409, b""), Reply::bytes(425, b""), Reply::bytes(499, b""), Reply::bytes(408, b"")] {
        let error = refused(reply).await;
        assert!(error.is_unknown(), "{error}");
    }
    let error = refused(Reply::bytes(415, b"")).await;
    assert!(error.to_string().contains("wire profile"), "{error}");
    let error = refused(Reply::bytes(429, b"").with("retry-after", "60")).await;
    assert!(error.to_string().ends_with("come back in 60 s"), "{error}");
}

#[test]
fn every_code_of_the_catalogue_is_known_and_advised() {
    let bills = [0, 1, 3, 4, 5, 6, 7, 8, 9, 10].map(|n| format!("BILL-{n}"));
    let registers = [0, 1, 2, 3, 4, 5, 6].map(|n| format!("BILL_REGISTER-{n}"));
    for text in bills.iter().chain(&registers) {
        let code = Code::from(text.as_str());
        assert!(!matches!(code, Code::Other(_)), "{text}");
        assert_eq!(code.as_str(), text);
        assert!(code.advice().is_some());
    }
    assert_eq!(Code::from("BILL-2").advice(), None);
    for (text, repeats) in [("500-INTERNAL-SERVER-ERROR", true), ("BILL-10", false), ("GEN-4", false), ("", false)] {
        assert_eq!(Code::from(text).repeats_status(), repeats, "{text}");
    }
}

#[tokio::test]
async fn a_service_cannot_write_to_the_terminal() {
    let nasty = "{\"collection\": [{\"code\": \"X\\u001b[2J\", \"message\": \"a\\u202eb\\nc\"}]}";
    let text = refused(Reply::json(400, nasty)).await.to_string();
    assert!(text.ends_with("400, X[2J: ab c"), "{text}");
}
