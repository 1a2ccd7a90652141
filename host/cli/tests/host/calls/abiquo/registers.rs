//! Cost records, fixed estimates, and the estimate.

use skubill_services::abiquo::{NewRegister, Reading};
use skubill_simulators::abiquo::{EstimateText, NoEstimate};

use super::*;

fn september(day: u8) -> PostingHeader {
    PostingHeader {
        date: format!("2021-09-{day:02}T23:59:59Z").parse().expect("an instant"),
        period: BillingPeriod::month(2021, 9).expect("a month"),
        ..header()
    }
}

pub(super) fn register(day: u8, price: Option<&str>, estimated: Option<&str>) -> NewRegister {
    NewRegister { header: september(day), price: price.map(Into::into), estimated: estimated.map(Into::into) }
}

async fn post_register(client: &Client, day: u8, price: Option<&str>, estimated: Option<&str>) -> Bill {
    let register = register(day, price, estimated);
    client.unguarded().post_register(ENTERPRISE, &register).await.expect("posted").bills.pop().expect("a register")
}

async fn estimate(client: &Client) -> String {
    client.estimate(ENTERPRISE, "ACRONIS").await.expect("an estimate").text
}

async fn list(client: &Client) -> Vec<Bill> {
    client.registers(ENTERPRISE, "ACRONIS").expect("an address").all().await.expect("a list")
}

#[tokio::test]
async fn costs_are_estimated_unless_the_last_word_is_a_fixed_estimate() {
    let lab = Lab::new();
    let client = lab.abiquo_client();
    assert_eq!(estimate(&client).await, "");
    for (day, price, fixed, estimated) in [
        (1, Some("10"), Some("0"), "300.00"),
        (2, Some("10.00"), Some("0"), "300.00"),
        // An estimate alone; it holds for records that state none.
        (3, None, Some("512.50"), "512.50"),
        (4, Some("10"), None, "512.50"),
        // Both at once.
        (5, Some("10"), Some("99"), "99"),
        // All prices count again, also those that stood beside a fixed estimate: 10, 20, 20, 30, 40, 50 on days 1 to 6.
        (6, Some("10"), Some("0"), "232.76"),
    ] {
        let told = post_register(&client, day, price, fixed).await;
        assert_eq!(told.price.as_deref(), Some(price.unwrap_or("0")), "day {day}");
        assert_eq!(estimate(&client).await, estimated, "day {day}");
    }
    // The digits of an estimate are kept, and never told as an attribute.
    assert_eq!(lab.abiquo.registers()[2]["estimated"], "512.50");
    let told = serde_json::to_string(&list(&client).await).expect("JSON");
    assert!(!told.contains("512"), "{told}");
}

#[tokio::test]
async fn registers_by_categories_are_one_record_of_several_rows() {
    let lab = Lab::new();
    let client = lab.abiquo_client();
    let usages =
        vec![category("Storage", vec![charge("STO", "6.50"), charge("LOC", "1.50")]), category("Workloads", vec![charge("SRV", "2")])];
    let posted = client.unguarded().post_registers_by_categories(ENTERPRISE, &september(1), Some("0"), &usages).await.expect("posted");
    assert_eq!(told(&posted.bills), [["Storage", "STO", "6.50"], ["Storage", "LOC", "1.50"], ["Workloads", "SRV", "2"]]);
    assert_eq!(estimate(&client).await, "300.00");
    assert!(lab.abiquo.registers().iter().all(|row| row["estimated"] == "0"));
    let refused = client.unguarded().post_registers_by_categories(ENTERPRISE, &september(1), Some("0"), &usages).await;
    assert!(refused.expect_err("the same day").is_already_there());
    assert_eq!(list(&client).await, posted.bills);
}

#[tokio::test]
async fn registers_are_listed_read_and_deleted_by_their_date() {
    let lab = Lab::new();
    let client = lab.abiquo_client();
    for total_size in [true, false] {
        lab.abiquo.knobs(|knobs| knobs.registers_total_size = total_size);
        let day = if total_size { 1 } else { 2 };
        let posted = post_register(&client, day, Some("1.50"), Some("0")).await;
        assert_eq!(client.register(ENTERPRISE, posted.id.expect("an id")).await.expect("the register"), posted);
        assert_eq!(list(&client).await.last(), Some(&posted));
    }
    // In Athens it was the day after, already.
    let date = "2021-09-02T02:59:59+03:00".parse().expect("an instant");
    for (provider, left) in [("AMAZON", 2), ("ACRONIS", 1)] {
        assert_eq!(client.unguarded().delete_registers(ENTERPRISE, date, provider).await.expect("an answer"), Deleted::Done);
        assert_eq!(list(&client).await.len(), left);
    }
    lab.abiquo.knobs(|knobs| knobs.delete_nothing_status = 404);
    assert_eq!(client.unguarded().delete_registers(ENTERPRISE, date, "ACRONIS").await.expect("an answer"), Deleted::NothingThere);
}

#[tokio::test]
async fn the_periods_bill_takes_the_place_of_its_registers() {
    let lab = Lab::new();
    let client = lab.abiquo_client();
    post_register(&client, 1, Some("10"), Some("0")).await;
    let other = NewRegister { header: PostingHeader { provider: "OTHER".into(), ..september(1) }, ..register(1, Some("1"), None) };
    client.unguarded().post_register(ENTERPRISE, &other).await.expect("posted");

    let bill = NewBill { header: PostingHeader { period: september(1).period, ..header() }, price: "300".into() };
    client.unguarded().post_bill(ENTERPRISE, &bill).await.expect("posted");
    assert_eq!((list(&client).await.len(), estimate(&client).await.as_str()), (0, ""));
    assert_eq!(lab.abiquo.registers().len(), 1, "another provider's stay");
    client.unguarded().post_register(ENTERPRISE, &register(2, Some("10"), Some("0"))).await.expect_err("the period is billed");
    let events: Vec<_> = lab.abiquo.events().into_iter().map(|event| (event.entity, event.action)).collect();
    assert_eq!(events, [("BILL_REGISTER", "CREATE"), ("BILL_REGISTER", "CREATE"), ("BILL", "CREATE"), ("BILL_REGISTER", "DELETE")]);
}

#[tokio::test]
async fn every_spelling_of_an_estimate_is_read() {
    let lab = Lab::new();
    let client = lab.abiquo_client();
    let reading = async || client.estimate(ENTERPRISE, "ACRONIS").await.expect("an estimate").reading;
    let amount = |number: &str, currency: Option<&str>| Reading::Amount { number: number.into(), currency: currency.map(Into::into) };
    for (spelling, wanted) in [
        (NoEstimate::NoContent, Reading::None),
        (NoEstimate::Empty, Reading::None),
        (NoEstimate::Zero, amount("0", None)),
        (NoEstimate::Nan, Reading::NotANumber),
    ] {
        lab.abiquo.knobs(|knobs| knobs.no_estimate = spelling);
        assert_eq!(reading().await, wanted, "{spelling:?}");
    }
    post_register(&client, 1, Some("0.8333"), Some("0")).await;
    for (spelling, places, wanted) in [
        (EstimateText::Number, 2, amount("25.00", None)),
        (EstimateText::Number, 4, amount("24.9990", None)),
        (EstimateText::Sentence, 2, amount("25.00", Some("EUR"))),
        (EstimateText::Empty, 2, Reading::None),
        (EstimateText::Nan, 2, Reading::NotANumber),
        (EstimateText::Zero, 2, amount("0", None)),
    ] {
        lab.abiquo.knobs(|knobs| (knobs.estimate_text, knobs.estimate_places) = (spelling, places));
        assert_eq!(reading().await, wanted, "{spelling:?}");
    }
}
