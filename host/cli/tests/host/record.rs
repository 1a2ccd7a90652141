//! Daily cost records against the twin: what a day costs, what a month will have cost.

use jiff::civil::{Date, date};
use skubill_runner::month::{DayResult, PostingStatus};
use skubill_simulators::usage_data::{Growth, UsageData};
use skubill_simulators::{Effect, Fault};

use crate::stage::{BILLS, Other, Stage, item, price, usage, usage_of};

/// June: 30 days.
fn june(day: i8) -> Date {
    date(2021, 6, day)
}

/// Enterprises 11, 12, …; what each has of a stock that costs 2.50 a month.
fn stocks(growths: &[Growth]) -> UsageData {
    stocks_of(7, growths)
}

fn stocks_of(seed: u64, growths: &[Growth]) -> UsageData {
    let lines: Vec<_> = growths.iter().map(|growth| (item("STO", false), *growth)).collect();
    usage_of(seed, june(1), &lines, vec![price("STO", "Storage", "2.50")])
}

/// The costs that Abiquo holds for an enterprise, in cents, in the order of their days.
fn costs(stage: &Stage, enterprise: u64) -> Vec<(String, i64)> {
    costs_of(&stage.abiquo.registers(), enterprise)
}

fn costs_of(registers: &[serde_json::Value], enterprise: u64) -> Vec<(String, i64)> {
    let of = registers.iter().filter(|register| register["enterprise"] == enterprise);
    of.map(|register| (register["date"].as_str().unwrap_or_default().to_string(), cents(register["price"].as_str().unwrap_or_default())))
        .collect()
}

fn cents(amount: &str) -> i64 {
    let (whole, part) = amount.split_once('.').unwrap_or((amount, "0"));
    assert!(part.len() <= 2, "{amount} has cents");
    format!("{whole}{part:0<2}").parse().unwrap_or_else(|error| panic!("{amount}: {error}"))
}

fn total(costs: &[(String, i64)]) -> i64 {
    costs.iter().map(|(_, cents)| cents).sum()
}

fn fates(day: &DayResult) -> Vec<&PostingStatus> {
    day.registers.iter().map(|recorded| &recorded.status).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stock_of_25_a_month_is_estimated_at_25() {
    let stage = Stage::of(&stocks(&[Growth::Constant(10)])).await;
    for day in 1..=30 {
        let recorded = stage.record(june(day)).await;
        assert_eq!(fates(&recorded), [&PostingStatus::Posted], "day {day}");
        let costs = costs(&stage, 11);
        // 25.00 × d ÷ 30, rounded half up, is what stands after day d.
        assert_eq!(total(&costs), (2 * 2500 * i64::from(day) + 30) / 60, "day {day}");
        // The twin estimates from the same records in the same way.
        let [register] = recorded.registers.as_slice() else { panic!("one enterprise") };
        // Before that, cents that were rounded weigh more than one at the month's end.
        if day >= 9 {
            assert_eq!(register.estimate.as_deref(), Some("25.00"), "day {day}");
        }
        if day > 1 {
            assert_eq!(register.abiquo_estimate, register.estimate, "day {day}");
        }
    }
    let costs = costs(&stage, 11);
    assert_eq!((costs.len(), costs[0].clone()), (30, ("2021/06/01 23:59:59 +0000".to_string(), 83)));
    assert_eq!(costs[29].0, "2021/06/30 23:59:59 +0000");
    for register in stage.abiquo.registers() {
        assert_eq!(
            (&register["usageType"], &register["provider"], &register["estimated"]),
            (&"STO".into(), &"ACRONIS".into(), &"0".into())
        );
        assert_eq!(register["billingPeriodStartDate"], "2021/06/01 00:00:00 +0000");
        assert_eq!(register["billingPeriodEndDate"], "2021/06/30 23:59:59 +0000");
    }
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stock_that_doubles_ends_at_what_the_bill_will_be() {
    let doubles = Growth::Step { day: 16, before: 10, after: 20 };
    let stage = Stage::of(&stocks(&[doubles])).await;
    for day in 1..=30 {
        stage.record(june(day)).await;
    }
    let registers = costs(&stage, 11);
    // The day it doubles makes up for the half that had been charged: 50.00 × 16/30 − 12.50.
    assert_eq!((registers[14].1, registers[15].1), (83, 2667 - 1250));
    let last = stage.record(june(30)).await;
    assert_eq!(last.registers[0].estimate.as_deref().map(|estimate| estimate.contains('.')), Some(true));
    // The month's bill, by the month itself.
    let billing = stage
        .run_period("2021-06")
        .await
        .expect("the month")
        .remove(0)
        .result
        .expect("the account")
        .remove(0)
        .into_result()
        .expect("the billing");
    assert_eq!(billing.billed.outcome.postings[0].total, "50.00");
    assert_eq!(total(&registers), 5000);
    // A bill takes the place of its period's cost records.
    assert_eq!((stage.held().len(), stage.abiquo.registers().len()), (1, 0));
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_counter_costs_what_it_has_counted() {
    let lines = [(item("PTS", true), Growth::Counter { before: 100, per_day: 4, wobble: 0 })];
    let stage = Stage::of(&usage(june(1), &lines, vec![price("PTS", "Points", "0.50")])).await;
    for day in [1, 2, 10] {
        stage.record(june(day)).await;
    }
    let costs: Vec<i64> = costs(&stage, 11).into_iter().map(|(_, cents)| cents).collect();
    // What `usage.effective` says of a counter is the twin's choice; two days cost twice as much as one.
    assert_eq!((costs.len(), costs[2]), (3, 8 * costs[1]), "{costs:?}");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missed_day_is_made_up_by_the_next_and_a_day_twice_posts_nothing() {
    let stage = Stage::of(&stocks(&[Growth::Constant(12), Growth::Constant(24)])).await;
    for day in [1, 2, 5] {
        assert_eq!(fates(&stage.record(june(day)).await), [&PostingStatus::Posted, &PostingStatus::Posted]);
    }
    // 30.00 a month is 1.00 a day; days 3 and 4 stand in day 5.
    let cents = |enterprise| costs(&stage, enterprise).into_iter().map(|(_, cents)| cents).collect::<Vec<_>>();
    assert_eq!((cents(11), cents(12)), (vec![100, 100, 300], vec![200, 200, 600]));
    let (posts, registers) = (stage.posts().len(), stage.abiquo.registers());
    for day in [5, 4, 1] {
        let again = stage.record(june(day)).await;
        assert_eq!(fates(&again), [&PostingStatus::Recorded, &PostingStatus::Recorded], "day {day}");
    }
    assert_eq!((stage.posts().len(), stage.abiquo.registers()), (posts, registers));
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stock_that_shrinks_is_carried_and_never_posted_below_zero() {
    let shrinks = Growth::Step { day: 3, before: 30, after: 12 };
    let stage = Stage::of(&stocks(&[shrinks])).await;
    for day in 1..=2 {
        stage.record(june(day)).await;
    }
    assert_eq!(total(&costs(&stage, 11)), 500);
    // To date: 3.00 of a stock of 30.00 a month, where 5.00 stand already.
    let third = stage.record(june(3)).await;
    let carried: Vec<_> = third.day.registers[0].carried.iter().map(|line| (line.usage_type.as_str(), line.amount.as_str())).collect();
    assert_eq!((carried, fates(&third)), (vec![("STO", "-2.00")], vec![&PostingStatus::Nothing]));
    assert_eq!((stage.posts().len(), total(&costs(&stage, 11))), (2, 500));
    stage.record(june(10)).await;
    assert_eq!(total(&costs(&stage, 11)), 1000);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_earlier_month_that_stands_open_holds_the_next() {
    let stage = Stage::of(&stocks(&[Growth::Constant(12)])).await;
    stage.record(june(30)).await;
    let posts = stage.posts().len();
    let july = stage.record(date(2021, 7, 1)).await;
    assert_eq!(fates(&july), [&PostingStatus::Held { codes: vec!["previous-period-open".into()] }]);
    assert!(!july.day.unaccepted.is_empty());
    assert_eq!(stage.posts().len(), posts);
    // The bill of June closes it.
    stage.run_period("2021-06").await.expect("the month");
    assert_eq!(fates(&stage.record(date(2021, 7, 1)).await), [&PostingStatus::Posted]);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_whose_answer_was_lost_is_there_once() {
    let mut stage = Stage::of(&stocks(&[Growth::Constant(12), Growth::Constant(24)])).await;
    stage.fault(Fault::next("POST", BILLS, Effect::Drop { taken: true }));
    assert_eq!(fates(&stage.record(june(1)).await), [&PostingStatus::Posted, &PostingStatus::Posted]);
    assert_eq!((stage.posts().len(), stage.abiquo.registers().len()), (2, 2));
    // One that never arrived is told, and its cost is not lost.
    stage.fault(Fault::next("POST", BILLS, Effect::Drop { taken: false }));
    let second = stage.record(june(2)).await;
    assert!(matches!(fates(&second).as_slice(), [PostingStatus::Unknown { .. }, PostingStatus::Posted]), "{:?}", second.registers);
    assert_eq!((total(&costs(&stage, 11)), total(&costs(&stage, 12))), (100, 400));
    // As long as it may still arrive, the next day is not computed without it either.
    let third = stage.record(june(3)).await;
    assert!(matches!(fates(&third).as_slice(), [PostingStatus::Unknown { .. }, PostingStatus::Posted]), "{:?}", third.registers);
    stage.config.settle = std::time::Duration::ZERO;
    stage.record(june(2)).await;
    assert_eq!((total(&costs(&stage, 11)), total(&costs(&stage, 12))), (200, 600));
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_estimate_that_cannot_be_made_keeps_nothing_from_being_recorded() {
    let stage = Stage::of(&stocks(&[Growth::Constant(12), Growth::Constant(24)])).await;
    // What stands is asked for once an enterprise, and again before its post; then come Abiquo's estimate and our own.
    let estimate = format!("{BILLS}/11/billregisters");
    stage.fault(Fault { skip: 2, times: None, ..Fault::next("GET", &estimate, Effect::status(503, None)) });
    let day = stage.record(june(1)).await;
    assert_eq!(fates(&day), [&PostingStatus::Posted, &PostingStatus::Posted]);
    let estimates: Vec<_> = day.registers.iter().map(|recorded| recorded.estimate.as_deref()).collect();
    assert_eq!(estimates, [None, Some("60.00")]);
    stage.stop().await;
}

/// Three accounts at once, one of them failing: the others' records and estimates are right.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_fails_does_not_stop_the_others() {
    let mut stage = Stage::of(&stocks(&[Growth::Constant(10)])).await;
    let mut others = Vec::new();
    for (name, seed) in [("two", 21), ("three", 22)] {
        let other = Other::of(&stocks_of(seed, &[Growth::Constant(10)])).await;
        stage.config.accounts.push(other.account(name));
        others.push(other);
    }
    others[0].acronis.fault(Fault { times: None, ..Fault::next("POST", "/api/2/reports", Effect::status(500, None)) });
    for day in 1..=30 {
        let results = stage.record_all(june(day)).await;
        let well: Vec<_> = results.iter().map(|result| (result.account.as_str(), result.result.is_ok())).collect();
        assert_eq!(well, [("one", true), ("two", false), ("three", true)]);
        if day == 30 {
            let estimates = [&results[0], &results[2]]
                .map(|result| result.result.as_ref().ok().and_then(|days| days[0].result.as_ref()?.registers[0].estimate.clone()));
            assert_eq!(estimates, [Some("25.00".to_string()), Some("25.00".to_string())]);
        }
    }
    let three = costs_of(&others[1].abiquo.registers(), 11);
    assert_eq!((total(&costs(&stage, 11)), total(&three), three.len()), (2500, 2500, 30));
    assert!(others[0].abiquo.registers().is_empty());
    for other in others {
        other.stop().await;
    }
    stage.stop().await;
}

/// A day that holds another cost than was sent is not taken for recorded, not by that day's next run and not by the days
/// after it, until somebody has taken it away.
#[tokio::test(flavor = "multi_thread")]
async fn a_day_that_holds_another_cost_than_was_sent_is_not_recorded() {
    let mut stage = Stage::small().await;
    stage.config.settle = std::time::Duration::ZERO;
    let path = format!("{BILLS}/11/billregisters");
    stage.fault(Fault::next("POST", &path, Effect::Drop { taken: false }));
    assert!(matches!(stage.record(date(2021, 8, 10)).await.registers[0].status, PostingStatus::Unknown { .. }));
    // What arrives is 4.20; 4.19 was sent.
    let sent = stage
        .folder
        .file("other.json", r#"[{"category": "Workloads", "usages": [{"usage_type": "SRV", "usage_name": "Server", "price": "4.20"}]}]"#);
    let post =
        ["abiquo", "registers", "post", "--enterprise", "11", "--date", "2021-08-10", "--currency", "EUR", "--accept", "new-provider"];
    let at_hand = [&post[..], &["--categories", sent]].concat();
    let state = stage.folder.path().join("state");
    std::fs::rename(&state, stage.folder.path().join("kept")).expect("the journal is put aside");
    stage.binary(&at_hand).ends(0);
    std::fs::remove_dir_all(&state).expect("its journal is gone");
    std::fs::rename(stage.folder.path().join("kept"), &state).expect("the journal is back");
    for day in [10, 11, 10] {
        let status = stage.record(date(2021, 8, day)).await.registers.remove(0).status;
        let PostingStatus::Different { differences } = status else { panic!("{day}: {status:?}") };
        assert_eq!((differences[0].posting.as_deref(), differences[0].held.as_deref()), (Some("4.19"), Some("4.20")));
    }
    let delete = ["abiquo", "registers", "delete", "--enterprise", "11", "--date", "2021-08-10", "--yes"];
    stage.binary(&delete).ends(0);
    assert_eq!(stage.record(date(2021, 8, 11)).await.registers[0].status, PostingStatus::Posted);
    stage.stop().await;
}
