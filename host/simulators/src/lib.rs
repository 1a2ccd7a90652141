//! Local twins of both services, over real HTTP on loopback: what an integrator develops against,
//! with `skubill simulate` or from Rust.
//!
//! ```
//! use skubill_simulators::{Abiquo, AbiquoConfig, Acronis, AcronisConfig, SimulatedClock, Effect, Fault, usage_data::UsageData};
//!
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let month = UsageData::demo(jiff::civil::date(2021, 8, 1), 1);
//! let (prices, customers) = (month.price_book(), month.customers());
//!
//! // Both twins live on the morning after the month.
//! let clock = SimulatedClock::fixed("2021-09-01T07:00:00Z".parse()?);
//! let mut config = AbiquoConfig::of_month(&month);
//! config.clock = clock.clone();
//! let abiquo = Abiquo::start(config).await?;
//! let mut config = AcronisConfig::new(month);
//! config.clock = clock.clone();
//! let acronis = Acronis::start(config).await?;
//!
//! // A report takes its time, and the first answer to a post is lost after it took effect.
//! acronis.knobs(|knobs| knobs.report_delay_seconds = 90);
//! abiquo.fault(Fault::next("POST", "/api/statistics", Effect::Drop { taken: true }));
//!
//! println!("{} {} {}", acronis.url(), acronis.client_id(), acronis.client_secret());
//! println!("{} {}", abiquo.url(), abiquo.token());
//! // … run the month against them, then look at what they have seen.
//! assert!(abiquo.bills().is_empty() && acronis.requests().is_empty());
//! # abiquo.stop().await;
//! acronis.stop().await;
//! # Ok::<_, Box<dyn std::error::Error>>(()) })?;
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```
//!
//! They are deterministic: identifiers follow from a seed and a count, time from a [`SimulatedClock`] that
//! can be set, and usage from a [`usage_data::UsageData`]. [`Twin::call`] and [`Twin::router`] reach them
//! without a socket. Every switch is a knob ([`AcronisKnobs`], [`AbiquoKnobs`]), from Rust or by
//! `PUT /control/knobs`; what goes wrong is a [`Fault`], from Rust or by `/control/faults`:
//!
//! | call, on either twin | what it does |
//! |---|---|
//! | `GET`, `PUT /control/knobs` | every switch; `PUT` changes those it names, and answers with all |
//! | `GET`, `PUT /control/clock` | `{"now": "2021-09-01T06:00:00Z", "running": false}`, `{"advance_seconds": 60}`, `{"now": null}` for real time |
//! | `GET`, `PUT`, `POST`, `DELETE /control/faults` | what goes wrong: see, replace by a list, add one, clear |
//! | `GET`, `DELETE /control/requests` | the requests seen so far, with what was answered |
//! | `GET`, `DELETE /control/events` | the service's event log |
//! | `GET`, `DELETE /control/state` | what is stored, and Abiquo's users with their tokens and roles; forget what is stored, and both logs |
//!
//! A name or value that means nothing is refused. `/control` answers only where `Host` is an address or `localhost`, and
//! to no other page of a browser. Both logs keep the latest 10,000.
//!
//! `skubill simulate` takes the same as flags: `--now 2021-09-01T07:00:00Z`, `--knob abiquo.estimate_text=sentence`,
//! `--fault 'abiquo={"method": "POST", "effect": {"do": "drop", "taken": true}}'`. Answers are dated by the twin's clock.
//!
//! # What no document settles
//!
//! The defaults are what the vendors' own clients expect; where those and the documents differ, both are named, and the
//! other is a switch. Each choice has one: a knob, a field of the configuration or of the month.
//!
//! | Acronis | chosen | switch |
//! |---|---|---|
//! | status of a created report | 200, as the article's text has it; an SDK says 201 | `created_status` |
//! | version of a new report | 1 | `first_version` |
//! | what the answer to a creation leaves out | `hide_zero_usage`, as the article's does | `answer_leaves_out` |
//! | `generation_date` and `period` of a monthly report that names none | the day of its next run and the month before it, since the schema asks for both | `answer_leaves_out` |
//! | `recipients` | optional, as every example has it, though the schema asks for it; each a UUID | `recipients_required` |
//! | keys inside `parameters`, `schedule` and `period` that the schema does not name | accepted, as the schema has it; they change nothing | `unknown_keys_refused` |
//! | what `PUT` takes | `recipients`, `parameters`, `schedule.enabled`, as the schema has it, each optional | `change_takes` (`changes`, `whole`) |
//! | an `Accept` without JSON, where a report is created or changed | 415 | `accept_checked` |
//! | a scope that is not granted; `openid` is | 403, as the schema has it | `scope_refused_status` |
//! | booleans sent as text | accepted, as the official samples send them | `booleans_as_text` |
//! | formats of a report that names none | `csv_v2_0` | `default_formats` |
//! | how long a report is in progress | one look | `report_polls`, `report_delay_seconds`, `report_hangs` |
//! | formats that fail | none | `failing_formats` |
//! | spelling of a failure | `failed`, as the schema and the SDK have it; the article prints `faild` | `failed_status` |
//! | spelling of progress | `in_progress` | `in_progress_status` |
//! | offset of `created_at` | `+00:00` | `created_at_offset` |
//! | status of a version that does not match | 409 | `version_conflict_status` |
//! | how a stored report is sent | gzip with `Content-Encoding: gzip`, as Acronis' samples need it; the article's "gzipped octet-stream" may be that, or a gzip file without | `download` (`content-encoding`, `gzip`, `plain`) |
//! | what `size` is | compressed bytes | `download` |
//! | place of `sku` | the last column; empty or no column for partners without the right | `skus` (`shown`, `blank`, `absent`) |
//! | when the usage history is missing | never; or 01:00 to 06:00 UTC; or late | `history` (`ready`, `nightly`, `late`) |
//! | life of a token | 2 hours | `token_seconds`, `token_uses` |
//! | role of the API client | one that may do everything; one that only reads gets 403 and 1002 | `read_only` |
//! | whether a partner's rows count what is below it | they do | `UsageData::roll_up` |
//! | rows of `json_v2_0` | the CSV's names, nested at their dots | `instead_of_report` |
//! | rows of `usage_daily` and `usage_breakdown` | the last day's change; a row for each day | `instead_of_report` |
//! | the other formats' layout | our own | `instead_of_report` |
//! | codes of refusals other than 1001 and 1005 | 1000, or the status | [`fault`]s |
//!
//! | Abiquo | chosen | switch |
//! |---|---|---|
//! | media type of a post by categories | `application/vnd.abiquo.billbycategories+json` | `by_categories_media_type` |
//! | its keys | `categories`, `usageTypes` | `categories_key`, `usage_types_key` |
//! | status of a post | 201, as most resources answer and Abiquo's Go client asks for; documented for bills is 200 | `created_status` |
//! | accepted versions | 4.2, 5.4, 6.0, 6.1 | `versions` |
//! | price as a JSON string | refused | `strings_as_prices` |
//! | a usage type twice in one category | refused with GEN-2 | [`fault`]s |
//! | a register without a price | 0 where it states an estimate, else refused with GEN-2 | [`fault`]s |
//! | missing `currencyCode` | EUR, the platform's default | `default_currency` |
//! | what the prices of registers are | costs of a day | `register_amounts` (`daily`, `cumulative`) |
//! | a register of a negative cost | refused with BILL_REGISTER-5 | `negative_registers_refused` |
//! | the regression | the line through the cost so far, at the period's last day | `estimate_method` (`cumulative`, `daily`) |
//! | text of an estimate | a bare number of two places | `estimate_text` (`number`, `sentence`, `empty`, `nan`, `zero`), `estimate_places` |
//! | answer without a register | 204 | `no_estimate` (`no-content`, `empty`, `zero`, `nan`) |
//! | JSON of providers | a collection of strings: built-in ones, and those of the enterprise's bills | `providers`, `providers_shape` |
//! | what `fromdate` compares | `billingPeriodStartDate`, that moment or later | `fromdate` (`period-start`, `date`) |
//! | what `has` looks in | the usage name | `has` (`usage-name`, `any`) |
//! | what `identerprise` does | narrows the path's enterprise | `identerprise` (`narrows`, `replaces`) |
//! | a second post for one period or day | refused, as the catalogue of errors says | `duplicates_refused` |
//! | encoding of page links | encoded, since Abiquo's Python and Go clients follow them as they are; printed in the documents are decoded ones | `hrefs_encoded`, `href_base`, `next_repeats` |
//! | `totalSize` of registers | told | `registers_total_size` |
//! | a delete that finds nothing | 204 | `delete_nothing_status` |
//! | life of a token | for ever | `tokens_expired` |
//! | links of an enterprise | as in Abiquo's tenant guide | `enterprise_links` |
//! | status of BILL-* and BILL_REGISTER-* | 400 where the body is wrong, 404 where it is missing, 409 where it collides | [`fault`]s |
//! | the same bill again | BILL-9 where the date is the same, BILL-3 where only the periods overlap | [`fault`]s |

pub mod abiquo;
pub mod acronis;
pub mod clock;
mod control;
mod exchange;
pub mod fault;
mod log;
mod seed;
mod server;
#[cfg(test)]
mod testing;
pub mod twin;
pub mod usage_data;

pub use abiquo::{Abiquo, AbiquoConfig, AbiquoKnobs, Enterprise};
pub use acronis::{Acronis, AcronisConfig, AcronisKnobs};
pub use clock::SimulatedClock;
pub use fault::{Effect, Fault};
pub use server::Served;
pub use twin::{Dropped, Event, Knobs, Seen, Service, Twin};

use std::sync::{Mutex, MutexGuard, PoisonError};

/// A panic of another request must not take the simulator with it: its state is whole after every
/// statement that changes it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text before the code: what the documentation shows.
    fn docs() -> impl Iterator<Item = &'static str> {
        let lines = include_str!("lib.rs").lines();
        lines.take_while(|line| line.starts_with("//!"))
    }

    #[test]
    fn every_knob_stands_in_the_table_of_choices() -> anyhow::Result<()> {
        for knobs in [serde_json::to_value(AcronisKnobs::default())?, serde_json::to_value(AbiquoKnobs::default())?] {
            let names = knobs.as_object().map(|all| all.keys()).into_iter().flatten();
            for name in names {
                let row = docs().any(|line| line.contains(&format!("`{name}`")));
                assert!(row, "{name} has no row");
            }
        }
        Ok(())
    }

    #[test]
    fn every_choice_names_a_switch() {
        let tables = docs().skip_while(|line| !line.contains("# What no document settles"));
        for row in tables.filter(|line| line.starts_with("//! | ")) {
            let switch = row.trim_end_matches(" |").rsplit(" | ").next().unwrap_or("");
            assert!(switch.contains('`') || switch == "switch", "{row}");
        }
    }
}
