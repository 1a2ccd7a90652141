//! The typed interfaces beside the text interface: the same job in, and the answer as the same JSON.

use serde_json::{Map, Value, json};
use skubill::sandbox::bindings::exports::skubill::billing::{bill, check, compare, customers, estimate, explain, record, types, usage};

use crate::engine::{self, Call, Inputs, instance, ran};

/// A typed answer or refusal, as the JSON value of the text interface.
pub type Said = Result<Value, Value>;

/// A run in one typed call. `job` has to be one that can be said in types.
pub fn run(call: Call, inputs: &Inputs) -> Said {
    let mut instance = instance();
    let (store, billing) = instance.typed().expect("an instance");
    let job = if inputs.job.trim().is_empty() { json!({}) } else { engine::value(&inputs.job) };
    let (report, prices, customers) = (&inputs.report[..], &inputs.prices[..], inputs.customers.as_deref());
    match call {
        Call::Bill => said(ran(billing.skubill_billing_bill().call_bill(store, report, prices, customers, &typed_job(&job))), billed),
        Call::Usage => said(ran(billing.skubill_billing_usage().call_usage(store, report, customers, &typed_job(&job))), usages),
        Call::Record => {
            let (day, provider, earlier) = (text(&job["day"]), optional(&job["provider"]), list(&job["earlier"], earlier));
            let (job, customers) = (typed_job(&job["job"]), customers.expect("a record has a customers file"));
            let record = billing.skubill_billing_record();
            said(ran(record.call_record(store, report, prices, customers, &day, provider.as_deref(), &earlier, &job)), recorded)
        }
        Call::Explain => {
            let day = job["day"].as_str().map(str::to_string);
            let (tenant, sku, job) = (text(&job["tenant_id"]), text(&job["sku"]), typed_job(&job["job"]));
            let (explain, feed) = (billing.skubill_billing_explain(), billing.skubill_billing_feed());
            if let Err(refusal) = ran(explain.call_begin(&mut *store, &tenant, &sku, day.as_ref(), &job)) {
                return said(Err(refusal), explained);
            }
            let inputs = [(types::Input::Prices, Some(prices)), (types::Input::Customers, customers), (types::Input::Report, Some(report))];
            for (input, bytes) in inputs.into_iter().filter_map(|(input, bytes)| Some((input, bytes?))) {
                assert!(ran(feed.call_bytes(&mut *store, input, bytes)).is_ok(), "a piece is never refused");
            }
            said(ran(explain.call_finish(store)), explained)
        }
        other => panic!("{other:?} takes no report"),
    }
}

pub fn estimate(costs: &[u8], job: &str) -> Said {
    let mut instance = instance();
    let (store, billing) = instance.typed().expect("an instance");
    let job = engine::value(job);
    let method = if job["method"] == "daily" { estimate::Fit::Daily } else { estimate::Fit::Cumulative };
    let places = job["places"].as_u64().map_or(2, |places| places as u32);
    let job = estimate::Job { period: optional(&job["period"]), method, places, limits: limits(&job["limits"]) };
    said(ran(billing.skubill_billing_estimate().call_estimate(store, costs, &job)), estimated)
}

pub fn compare(comparison: &str) -> Said {
    let mut instance = instance();
    let (store, billing) = instance.typed().expect("an instance");
    let json = engine::value(comparison);
    let (held, previous) = (list(&json["held"], held_line), list(&json["previous"], held_line));
    let bounds = compare::Bounds { times: optional(&json["bounds"]["times"]), lines: json["bounds"]["lines"].as_u64() };
    let posting = list(&json["posting"], |category| bill::PostingCategory {
        category: text(&category["category"]),
        total: text(&category["total"]),
        usages: list(&category["usages"], |usage| bill::PostingCharge {
            usage_type: text(&usage["usage_type"]),
            usage_name: text(&usage["usage_name"]),
            price: text(&usage["price"]),
        }),
    });
    let (period, currency) = (text(&json["period"]), text(&json["currency"]));
    let texts = |key: &str| list(&json[key], text);
    let (tenants, previous_tenants) = (texts("tenants"), texts("previous_tenants"));
    let comparison = compare::Comparison { period, currency, posting, tenants, held, previous, previous_tenants, bounds };
    said(ran(billing.skubill_billing_compare().call_compare(store, &comparison)), compared)
}

pub fn check(prices: &[u8], customers: Option<&[u8]>, limits: &str) -> Said {
    let mut instance = instance();
    let (store, billing) = instance.typed().expect("an instance");
    let limits = if limits.trim().is_empty() { None } else { self::limits(&engine::value(limits)) };
    let checked = |c: check::Checked| {
        let (customers, excluded, enterprises) = (c.customers, c.excluded, c.enterprises);
        let (prices, skus) = (c.prices, c.skus);
        json!({
            "currency": c.currency, "prices": prices, "skus": skus, "customers": customers, "excluded": excluded,
            "enterprises": enterprises, "findings": findings(c.findings),
        })
    };
    said(ran(billing.skubill_billing_check().call_check(store, prices, customers, limits)), checked)
}

pub fn customers(customers: &[u8], limits: &str) -> Said {
    let mut instance = instance();
    let (store, billing) = instance.typed().expect("an instance");
    let limits = if limits.trim().is_empty() { None } else { self::limits(&engine::value(limits)) };
    let mapping =
        |m: customers::Mapping| json!({"tenant_id": m.tenant_id, "enterprise": m.enterprise, "enterprise_name": m.enterprise_name});
    let listed =
        |l: customers::Listing| json!({"customers": l.customers.into_iter().map(mapping).collect::<Vec<_>>(), "excluded": l.excluded});
    said(ran(billing.skubill_billing_customers().call_customers(store, customers, limits)), listed)
}

fn said<T>(answer: Result<T, types::Refusal>, value: impl FnOnce(T) -> Value) -> Said {
    answer.map(value).map_err(|refusal| match refusal {
        types::Refusal::Faults(faults) => {
            let list: Vec<Value> = faults.faults.into_iter().map(fault).collect();
            json!({"faults": list, "fault_count": faults.fault_count})
        }
        types::Refusal::Job(text) => json!({"job": text}),
        types::Refusal::Order(text) => json!({"order": text}),
    })
}

fn fault(fault: types::Fault) -> Value {
    let input = match fault.input {
        types::Input::Report => "report",
        types::Input::Prices => "prices",
        types::Input::Customers => "customers",
        types::Input::Costs => "costs",
    };
    json!({"input": input, "row": fault.row, "column": fault.column, "found": fault.found, "expected": fault.expected})
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_string()
}

fn optional(value: &Value) -> Option<String> {
    value.as_str().map(str::to_string)
}

fn list<T>(value: &Value, item: impl Fn(&Value) -> T) -> Vec<T> {
    value.as_array().into_iter().flatten().map(item).collect()
}

fn earlier(json: &Value) -> record::Earlier {
    record::Earlier {
        enterprise: json["enterprise"].as_u64().expect("an enterprise"),
        stated_enterprise: json["stated_enterprise"].as_u64(),
        provider: optional(&json["provider"]),
        date: text(&json["date"]),
        period_start: text(&json["period_start"]),
        category: text(&json["category"]),
        usage_type: text(&json["usage_type"]),
        price: text(&json["price"]),
        currency: text(&json["currency"]),
    }
}

fn held_line(json: &Value) -> compare::HeldLine {
    compare::HeldLine {
        category: text(&json["category"]),
        usage_type: text(&json["usage_type"]),
        price: text(&json["price"]),
        currency: text(&json["currency"]),
        period_start: text(&json["period_start"]),
        period_end: text(&json["period_end"]),
    }
}

fn period(period: types::Period) -> Value {
    json!({"start": period.start, "end": period.end})
}

fn accounting(a: types::Accounting) -> Value {
    json!({
        "rows": a.rows, "billed": a.billed, "no_sku": a.no_sku, "zero_usage": a.zero_usage, "excluded": a.excluded,
        "unmapped": a.unmapped, "unpriced": a.unpriced,
    })
}

/// What is not there has no key.
fn finding(finding: types::Finding) -> Value {
    let severity = match finding.severity {
        types::Severity::Error => "error",
        types::Severity::Warning => "warning",
        types::Severity::Info => "info",
    };
    let mut map = Map::new();
    map.insert("code".into(), finding.code.into());
    map.insert("severity".into(), severity.into());
    map.insert("message".into(), finding.message.into());
    map.extend((!finding.rows.is_empty()).then(|| ("rows".into(), finding.rows.into())));
    map.extend(finding.sku.map(|sku| ("sku".into(), sku.into())));
    map.extend(finding.tenant_id.map(|tenant| ("tenant_id".into(), tenant.into())));
    map.extend(finding.enterprise.map(|enterprise| ("enterprise".into(), enterprise.into())));
    map.extend(finding.column.map(|column| ("column".into(), column.into())));
    map.extend(finding.acceptance.map(|acceptance| ("acceptance".into(), acceptance.into())));
    Value::Object(map)
}

fn findings(list: Vec<types::Finding>) -> Vec<Value> {
    list.into_iter().map(finding).collect()
}

fn billed(billed: bill::Billed) -> Value {
    let outcome = billed.outcome;
    let bills: Vec<Value> = outcome.bills.into_iter().map(tenant_bill).collect();
    let postings: Vec<Value> = outcome.postings.into_iter().map(posting).collect();
    let outcome = json!({
        "period": period(outcome.period), "currency": outcome.currency, "total": outcome.total, "bills": bills, "postings": postings,
        "accounting": accounting(outcome.accounting), "findings": findings(outcome.findings),
    });
    json!({"outcome": outcome, "unaccepted": billed.unaccepted})
}

fn tenant_bill(bill: bill::TenantBill) -> Value {
    let categories = bill.categories.into_iter().map(|category| {
        let usages = category.usages.into_iter().map(|charge| {
            json!({
                "usage_type": charge.usage_type, "usage_name": charge.usage_name, "quantity": charge.quantity, "unit": charge.unit,
                "price": charge.price, "rows": charge.rows,
            })
        });
        json!({"category": category.category, "total": category.total, "usages": usages.collect::<Vec<_>>()})
    });
    json!({
        "tenant_id": bill.tenant_id, "tenant_name": bill.tenant_name, "tenant_kind": bill.tenant_kind, "customer_id": bill.customer_id,
        "enterprise": bill.enterprise, "total": bill.total, "categories": categories.collect::<Vec<_>>(),
    })
}

fn posting_category(category: bill::PostingCategory) -> Value {
    let usage =
        |charge: bill::PostingCharge| json!({"usage_type": charge.usage_type, "usage_name": charge.usage_name, "price": charge.price});
    json!({"category": category.category, "total": category.total, "usages": category.usages.into_iter().map(usage).collect::<Vec<_>>()})
}

fn posting(posting: bill::Posting) -> Value {
    let categories: Vec<Value> = posting.categories.into_iter().map(posting_category).collect();
    json!({
        "enterprise": posting.enterprise, "total": posting.total, "tenants": posting.tenants, "held": posting.held,
        "categories": categories,
    })
}

fn usages(outcome: usage::UsageOutcome) -> Value {
    let usages = outcome.usages.into_iter().map(|usage| {
        json!({
            "tenant_id": usage.tenant_id, "tenant_name": usage.tenant_name, "tenant_kind": usage.tenant_kind,
            "customer_id": usage.customer_id, "enterprise": usage.enterprise, "sku": usage.sku, "unit": usage.unit,
            "quantity": usage.quantity, "application": usage.application, "rows": usage.rows,
        })
    });
    let usages: Vec<Value> = usages.collect();
    let (accounting, findings) = (accounting(outcome.accounting), findings(outcome.findings));
    json!({"period": period(outcome.period), "usages": usages, "accounting": accounting, "findings": findings})
}

fn recorded(day: record::Day) -> Value {
    let registers = day.registers.into_iter().map(|register| {
        let carried =
            |carried: record::Carried| json!({"category": carried.category, "usage_type": carried.usage_type, "amount": carried.amount});
        let carried: Vec<Value> = register.carried.into_iter().map(carried).collect();
        let categories: Vec<Value> = register.categories.into_iter().map(posting_category).collect();
        json!({
            "enterprise": register.enterprise, "total": register.total, "held": register.held, "done": register.done,
            "categories": categories, "carried": carried,
        })
    });
    json!({
        "date": day.date, "number": day.number, "days": day.days, "currency": day.currency, "registers": registers.collect::<Vec<_>>(),
        "accounting": accounting(day.accounting), "findings": findings(day.findings), "unaccepted": day.unaccepted,
    })
}

fn explained(explanation: explain::Explanation) -> Value {
    let rows = explanation.rows.into_iter().map(|row| {
        let outcome = match row.outcome {
            explain::RowOutcome::Excluded => "excluded",
            explain::RowOutcome::ZeroUsage => "zero_usage",
            explain::RowOutcome::Unmapped => "unmapped",
            explain::RowOutcome::Unpriced => "unpriced",
            explain::RowOutcome::Billed => "billed",
        };
        json!({
            "row": row.row, "date": row.date, "name": row.name, "unit": row.unit, "value": row.value, "outcome": outcome, "text": row.text,
        })
    });
    let rows: Vec<Value> = rows.collect();
    json!({
        "tenant_id": explanation.tenant_id, "sku": explanation.sku, "period": period(explanation.period), "currency": explanation.currency,
        "measure": explanation.measure, "rows": rows, "line": explanation.line.map(told_line), "findings": findings(explanation.findings),
    })
}

fn told_line(line: explain::Line) -> Value {
    let steps = line.steps.into_iter().map(|step| json!({"kind": kind(step.kind), "of": step.of, "by": step.by, "result": step.result}));
    let (steps, price) = (steps.collect::<Vec<_>>(), line.price);
    let price = json!({"place": price.place, "name": price.name, "model": price.model, "unit": price.unit, "for_tenant": price.for_tenant});
    json!({
        "tenant_name": line.tenant_name, "enterprise": line.enterprise, "category": line.category, "price": price, "steps": steps,
        "quantity": line.quantity, "exact": line.exact, "amount": line.amount,
    })
}

fn kind(kind: explain::StepKind) -> &'static str {
    use explain::StepKind::*;
    match kind {
        Sum => "sum",
        Absolute => "absolute",
        Convert => "convert",
        RoundQuantity => "round-quantity",
        Included => "included",
        Price => "price",
        Tier => "tier",
        Tiers => "tiers",
        Packages => "packages",
        Fee => "fee",
        Flat => "flat",
        Free => "free",
        PriceFactor => "price-factor",
        CustomerFactor => "customer-factor",
        BookFactor => "book-factor",
        Minimum => "minimum",
        Maximum => "maximum",
        Credit => "credit",
        ToDate => "to-date",
        Round => "round",
    }
}

fn estimated(estimated: estimate::Estimated) -> Value {
    let method = match estimated.method {
        estimate::Method::Cumulative => "cumulative",
        estimate::Method::Daily => "daily",
        estimate::Method::RunRate => "run-rate",
        estimate::Method::Fixed => "fixed",
        estimate::Method::None => "none",
    };
    json!({
        "estimate": estimated.estimate, "method": method, "records": estimated.records, "days": estimated.days,
        "slope": estimated.slope, "intercept": estimated.intercept, "below_to_date": estimated.below_to_date,
    })
}

fn compared(compared: compare::Compared) -> Value {
    let differences = compared.differences.into_iter().map(|difference| {
        let kind = match difference.kind {
            compare::DifferenceKind::Missing => "missing",
            compare::DifferenceKind::Extra => "extra",
            compare::DifferenceKind::Amount => "amount",
            compare::DifferenceKind::Currency => "currency",
            compare::DifferenceKind::Period => "period",
        };
        let (posting, held) = (difference.posting, difference.held);
        json!({"kind": kind, "category": difference.category, "usage_type": difference.usage_type, "posting": posting, "held": held})
    });
    let approximations = compared
        .approximations
        .into_iter()
        .map(|line| json!({"category": line.category, "usage_type": line.usage_type, "posting": line.posting, "held": line.held}));
    let excesses = compared.excesses.into_iter().map(|excess| {
        let mut json = json!({"code": excess.code, "message": excess.message});
        if let Some(tenant) = excess.tenant_id {
            json["tenant_id"] = tenant.into();
        }
        json
    });
    let (differences, excesses) = (differences.collect::<Vec<_>>(), excesses.collect::<Vec<_>>());
    let approximations = approximations.collect::<Vec<_>>();
    json!({
        "absent": compared.absent, "equal": compared.equal, "differences": differences, "approximations": approximations,
        "excesses": excesses,
    })
}

/// The typed contract's job, from the JSON one.
pub fn typed_job(job: &Value) -> bill::Job {
    let text = |key: &str| job[key].as_str().map(str::to_string);
    let level = text("level").map(|level| match level.as_str() {
        "direct_partners" => types::Level::DirectPartners,
        "all_partners" => types::Level::AllPartners,
        "all_customers" => types::Level::AllCustomers,
        "itself" => types::Level::Itself,
        _ => types::Level::Accounts,
    });
    let accept = job["accept"].as_array().into_iter().flatten().filter_map(Value::as_str).map(|text| {
        let (code, subject) = text.split_once(':').map_or((text, None), |(code, subject)| (code, Some(subject)));
        types::Acceptance { code: code.to_string(), subject: subject.map(str::to_string) }
    });
    let (accept, measure) = (accept.collect(), measure(text("measure").as_deref()));
    bill::Job {
        period: text("period"),
        root: text("root"),
        level,
        measure,
        accept,
        exclude_tenants: list(&job["exclude_tenants"], self::text),
        usage_name: text("usage_name"),
        limits: limits(&job["limits"]),
    }
}

fn measure(name: Option<&str>) -> types::Measure {
    match name.map(|name| name.trim_start_matches("usage.")) {
        Some("absolute.production") => types::Measure::AbsoluteProduction,
        Some("absolute.total") => types::Measure::AbsoluteTotal,
        Some("absolute.trial") => types::Measure::AbsoluteTrial,
        Some("delta.production") => types::Measure::DeltaProduction,
        Some("delta.total") => types::Measure::DeltaTotal,
        Some("delta.trial") => types::Measure::DeltaTrial,
        Some("effective.total") => types::Measure::EffectiveTotal,
        Some("effective.trial") => types::Measure::EffectiveTrial,
        Some("billable") => types::Measure::Billable,
        _ => types::Measure::EffectiveProduction,
    }
}

/// All limits are stated where one is: those that the component says are in force, and `set`.
fn limits(set: &Value) -> Option<types::Limits> {
    let set = set.as_object()?;
    let mut run = instance();
    let (store, billing) = run.typed().expect("an instance");
    let mut limits = ran(billing.skubill_billing_about().call_describe(store)).limits;
    for (name, limit) in set {
        let limit = limit.as_u64().unwrap_or_else(|| panic!("limit {name}"));
        *match name.as_str() {
            "compressed_bytes" => &mut limits.compressed_bytes,
            "inflated_bytes" => &mut limits.inflated_bytes,
            "inflated_ratio" => &mut limits.inflated_ratio,
            "rows" => &mut limits.rows,
            "columns" => &mut limits.columns,
            "cell_bytes" => &mut limits.cell_bytes,
            "digits" => &mut limits.digits,
            "depth" => &mut limits.depth,
            "lines" => &mut limits.lines,
            "book_bytes" => &mut limits.book_bytes,
            "faults" => &mut limits.faults,
            "output_bytes" => &mut limits.output_bytes,
            other => panic!("no limit is called {other}"),
        } = limit;
    }
    Some(limits)
}
