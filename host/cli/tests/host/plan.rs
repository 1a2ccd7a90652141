//! Several billings, and what is settled before anything is fetched: nobody is billed twice, no two
//! billings write to one place, and an enterprise is who it is said to be.

use serde_json::json;
use skubill_runner::config::Billing;
use skubill_runner::month::{AccountResult, BillingResult, Error, PostingStatus};
use skubill_simulators::usage_data::UsageData;

use crate::stage::{Other, Stage, lines, servers, small, small_of};
use crate::world::{Folder, has};

/// A customers file of a month's customers, by their numbers, each with an enterprise.
fn customers(usage: &UsageData, mapped: &[(usize, u64)]) -> String {
    let mapping = |(number, enterprise): &(usize, u64)| json!({"tenant_id": usage.customers[*number].tenant_id, "enterprise": enterprise});
    json!({"customers": mapped.iter().map(mapping).collect::<Vec<_>>()}).to_string()
}

/// The small stage, its first billing mapping `first`, and another one mapping `second` in a folder of its own.
async fn two_billings(first: &[(usize, u64)], second: &[(usize, u64)]) -> (Stage, Folder) {
    let mut stage = Stage::small().await;
    stage.folder.file("customers.json", customers(&small(), first));
    let folder = Folder::new();
    folder.file("prices.json", small().price_book().replace("6.50", "10"));
    folder.file("customers.json", customers(&small(), second));
    let of_folder = |file: &str| folder.path().join(file);
    let billing = stage.config.accounts[0].billings[0].clone();
    stage.config.accounts[0].billings.push(Billing { prices: of_folder("prices.json"), customers: of_folder("customers.json"), ..billing });
    (stage, folder)
}

fn nothing_was_asked(stage: &Stage) {
    assert!(stage.acronis.requests().is_empty() && stage.abiquo.requests().is_empty());
}

/// One download, two price books: whom the one bills, the other passes over without a word.
#[tokio::test(flavor = "multi_thread")]
async fn two_billings_share_a_report_and_no_tenant() {
    let (stage, _folder) = two_billings(&[(0, 11)], &[(1, 12)]).await;
    let results = stage.run_all().await;
    let billings = results[0].result.as_ref().expect("the account's month");
    assert_eq!(billings.len(), 2);
    for billing in billings.iter().filter_map(|run| run.result.as_ref()) {
        let accounting = &billing.billed.outcome.accounting;
        // The root's own row and the other billing's tenant.
        assert_eq!((accounting.billed, accounting.unmapped, billing.billed.unaccepted.len()), (1, 0, 0), "{accounting:?}");
        assert_eq!(billing.postings.iter().map(|posted| &posted.status).collect::<Vec<_>>(), [&PostingStatus::Posted]);
    }
    assert_eq!(stage.held(), [servers(11, "13.00"), servers(12, "30.00")]);
    let reports =
        stage.acronis.requests().iter().filter(|seen| (seen.method.as_str(), seen.target.as_str()) == ("POST", "/api/2/reports")).count();
    assert_eq!(reports, 1);
    stage.stop().await;
}

/// Whom no billing knows is said by each of them.
#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_of_no_billing_is_unmapped_in_all() {
    let (stage, _folder) = two_billings(&[(0, 11)], &[]).await;
    let results = stage.run_all().await;
    let billings = results[0].result.as_ref().expect("the account's month");
    assert_eq!(billings.iter().filter(|run| run.error.is_none()).count(), billings.len());
    for billing in billings.iter().filter_map(|run| run.result.as_ref()) {
        let codes: Vec<_> = billing.billed.outcome.findings.iter().map(|finding| finding.code.as_ref()).collect();
        assert_eq!(codes, ["unmapped-tenant"]);
    }
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_of_two_billings_is_refused_before_anything_is_fetched() {
    let (stage, _folder) = two_billings(&[(0, 11), (1, 12)], &[(1, 13)]).await;
    let tenant = &small().customers[1].tenant_id;
    for arguments in [&["run", "--period", "2021-08"][..], &["record", "--date", "2021-08-10"]] {
        let said = stage.binary(arguments).refuses(2);
        has(
            &said,
            &format!("tenant-twice: the tenant {tenant} is in the customers files of account one, billing 1 and account one, billing 2"),
        );
    }
    nothing_was_asked(&stage);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_billings_with_one_target_are_refused_before_anything_is_fetched() {
    let (mut stage, folder) = two_billings(&[(0, 11)], &[(1, 11)]).await;
    // The same place, in other words.
    let url = stage.abiquo.url();
    stage.config.accounts[0].billings[1].abiquo.url = format!("{}/", url.replace("http://", "HTTP://"));
    let said = stage.binary(&["run", "--period", "2021-08"]).refuses(2);
    has(&said, &format!("target-twice: enterprise 11 of {url} under the provider ACRONIS"));
    nothing_was_asked(&stage);
    // Another provider is another place.
    stage.config.accounts[0].billings[1].provider = "ACRONIS-2".into();
    stage.binary(&["run", "--period", "2021-08", "--accept", "new-provider"]).ends(0);
    assert_eq!(stage.held(), [servers(11, "13.00"), servers(11, "30.00")]);
    drop(folder);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enterprise_of_another_name_is_not_posted_to() {
    let stage = Stage::small().await;
    let text = stage.folder.read("customers.json");
    stage.folder.file("customers.json", text.replace("Enterprise 12", "Enterprise Twelve"));
    let run = ["run", "--period", "2021-08", "--accept", "new-provider"];
    let record = ["record", "--date", "2021-08-10", "--accept", "new-provider"];
    let said = "the customers file calls this enterprise \"Enterprise Twelve\", Abiquo \"Enterprise 12\"";
    has(&stage.binary(&record).ends(4).stdout, said);
    assert_eq!(stage.abiquo.registers().iter().map(|register| &register["enterprise"]).collect::<Vec<_>>(), [11]);
    has(&stage.binary(&run).ends(4).stdout, said);
    assert_eq!(stage.held(), [servers(11, "13.00")]);
    let accepted = |code: &str| [&run[..], &["--accept", code]].concat().iter().map(ToString::to_string).collect::<Vec<_>>();
    let binary = |arguments: Vec<String>| stage.binary(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    binary(accepted("enterprise-name:11")).ends(4);
    binary(accepted("enterprise-name:12")).ends(0);
    assert_eq!(stage.held(), [servers(11, "13.00"), servers(12, "19.50")]);
    // What was posted is known: a name is compared before a first post.
    stage.binary(&run).ends(0);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enterprise_that_does_not_exist_is_said() {
    let stage = Stage::small().await;
    stage.folder.file("customers.json", customers(&small(), &[(0, 11), (1, 99)]));
    let ran = stage.binary(&["run", "--period", "2021-08", "--accept", "new-provider"]).ends(1);
    has(&ran.stdout, "EN-0");
    assert_eq!(stage.held(), [servers(11, "13.00")]);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn names_of_usages_say_what_was_used() {
    let mut stage = Stage::small().await;
    stage.config.accounts[0].billings[0].usage_name = Some("{name} ({quantity} {unit})".into());
    stage.binary(&["record", "--date", "2021-08-10", "--accept", "new-provider"]).ends(0);
    let names = |rows: Vec<serde_json::Value>| lines(&rows).into_iter().map(|(_, [_, _, name, _])| name).collect::<Vec<_>>();
    let said = ["Server (2 each)", "Server (3 each)"];
    assert_eq!(names(stage.abiquo.registers()), said);
    stage.binary(&["run", "--period", "2021-08", "--accept", "new-provider"]).ends(0);
    assert_eq!(names(stage.abiquo.bills()), said);
    // Names are no part of what a bill is compared by.
    stage.config.accounts[0].billings[0].usage_name = None;
    stage.binary(&["run", "--period", "2021-08"]).ends(0);
    let before = stage.acronis.requests().len();
    stage.config.accounts[0].billings[0].usage_name = Some("{nom}".into());
    has(&stage.binary(&["run", "--period", "2021-08"]).ends(2).stdout, "usage_name: \"{nom}\" is not a text with {name} or {sku}");
    assert_eq!(stage.acronis.requests().len(), before);
    stage.stop().await;
}

/// Three accounts at once: one whose datacenter fails, one whose files do.
#[tokio::test(flavor = "multi_thread")]
async fn accounts_that_fail_do_not_stop_the_others() {
    let mut stage = Stage::small().await;
    let others = [Other::of(&small_of(21)).await, Other::of(&small_of(22)).await];
    others.iter().zip(["two", "three"]).for_each(|(other, name)| stage.config.accounts.push(other.account(name)));
    others[0].acronis.knobs(|knobs| knobs.failing_formats = vec!["csv_v2_0".into()]);
    others[1].folder.file("prices.json", r#"{"currency": "EUR", "prices": [{"sku": "SRV"}]}"#);
    let results = stage.run_all().await;
    let ends = |results: &[AccountResult<BillingResult>]| results.iter().map(|result| result.result.is_ok()).collect::<Vec<_>>();
    assert_eq!(ends(&results), [true, false, false]);
    assert!(matches!(results[2].result, Err(Error::Bill(_))));
    // What cannot be billed is not asked for.
    assert!(others[1].acronis.requests().is_empty());
    assert_eq!(stage.held(), [servers(11, "13.00"), servers(12, "19.50")]);
    others[0].acronis.knobs(|knobs| knobs.failing_formats.clear());
    others[1].folder.file("prices.json", small_of(22).price_book());
    assert_eq!(ends(&stage.run_all().await), [true, true, true]);
    for other in others {
        assert_eq!(lines(&other.abiquo.bills()), [servers(11, "13.00"), servers(12, "19.50")]);
        other.stop().await;
    }
    stage.stop().await;
}

/// A tenant that is mapped elsewhere once its bill stands is not billed a second time, by a new bill or by a replaced one.
#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_that_moves_within_the_month_is_billed_once() {
    // Both tenants change places; one joins the other.
    let moves = [([(0, 12), (1, 11)], vec![11, 12], vec![]), ([(0, 12), (1, 12)], vec![12], vec![11])];
    for (mapped, moved, gone) in moves {
        let mut stage = Stage::small().await;
        stage.fates().await;
        let before = stage.held();
        stage.folder.file("customers.json", customers(&small(), &mapped));
        stage.replace = true;
        let fates = stage.fates().await;
        let of = |code: &str| {
            let has = |status: &PostingStatus| match status {
                PostingStatus::OutOfBounds { excesses } => excesses.iter().any(|excess| excess.code == code),
                _ => false,
            };
            fates.iter().filter(|(_, status)| has(status)).map(|(enterprise, _)| *enterprise).collect::<Vec<_>>()
        };
        assert_eq!((of("tenant-moved"), of("enterprise-gone")), (moved, gone), "{fates:?}");
        assert_eq!(stage.held(), before, "nothing was written");
        stage.stop().await;
    }
}
