//! Bills and postings: lines by tenant and category, and added up by enterprise.

use crate::fault::shown;
use crate::finding::{self, Finding, Severity};
use crate::job::{Acceptance, Job};
use crate::money::{Amount, Exact};
use crate::order::{distinct, grouped, sort_by};
use crate::outcome::{Bill, Billed, Category, Charge, Outcome, Posting, PostingCategory, PostingCharge};
use crate::price::book::Book;
use crate::rating::quantity::short;
use crate::rating::{RatedLine, Rating};
use crate::template::{Filling, Template};
use crate::unit::{self, Scale, UnitKind};
use crate::usage::Identity;
use skubill_contract::Word;
use skubill_contract::word::Level;

/// Make bills and postings of rated lines, and say what holds a posting.
pub fn bill(rating: Rating, book: &Book, job: &Job) -> Billed {
    let (outcome, findings) = without_findings(rating, book, job);
    let unaccepted = unaccepted(&findings, job);
    Billed { outcome: Outcome { findings: finding::answered(findings), ..outcome }, unaccepted }
}

/// An outcome, and its findings beside it: those know which postings they hold.
pub fn without_findings(rating: Rating, book: &Book, job: &Job) -> (Outcome, Vec<Finding>) {
    let places = book.rounding.places;
    let mut postings = postings(&rating.lines, &job.usage_name, places);
    let bills = bills(rating.lines, places);
    let mut findings = rating.findings;
    findings.extend(postings.iter().filter(|posting| posting.total.is_negative()).map(negative_bill));
    findings.extend(partner_and_descendant(&bills, job.level));
    findings.extend(unused_acceptances(&findings, job));
    finding::sort(&mut findings);
    for posting in &mut postings {
        posting.held = holding_codes(&findings, posting.enterprise, job);
    }
    let mut total = Amount::zero(places);
    bills.iter().for_each(|bill| total += &bill.total);
    let outcome = Outcome {
        period: rating.period.into(),
        currency: book.currency.clone(),
        total,
        bills,
        postings,
        accounting: rating.accounting,
        findings: Vec::new(),
    };
    (outcome, findings)
}

/// The places of unaccepted errors in the findings.
pub fn unaccepted(findings: &[Finding], job: &Job) -> Vec<u32> {
    let stands = |(_, finding): &(usize, &Finding)| finding.severity == Severity::Error && !job.accepts(finding);
    findings.iter().enumerate().filter(stands).map(|(index, _)| index as u32).collect()
}

/// The codes that hold the postings of an enterprise.
pub fn holding_codes(findings: &[Finding], enterprise: u64, job: &Job) -> Vec<Word> {
    let holding =
        findings.iter().filter(|finding| finding.severity == Severity::Error && finding.holds(enterprise) && !job.accepts(finding));
    distinct(holding.map(|finding| finding.code.clone()))
}

/// One bill per tenant; lines come by tenant and SKU.
fn bills(lines: Vec<RatedLine>, places: u32) -> Vec<Bill> {
    let mut bills: Vec<Bill> = Vec::new();
    let mut lines = lines.into_iter().peekable();
    while let Some(first) = lines.next() {
        let (tenant_id, enterprise) = (first.tenant_id.clone(), first.enterprise);
        let mut tenant: Option<Identity> = None;
        let mut charges: Vec<(String, Charge)> = Vec::new();
        let mut next = Some(first);
        while let Some(line) = next {
            match &mut tenant {
                Some(tenant) => tenant.merge(&line.measured.tenant),
                None => tenant = Some(line.measured.tenant),
            }
            let charge = Charge {
                usage_type: line.sku,
                usage_name: line.name,
                quantity: line.shown,
                unit: line.unit.name().into(),
                price: line.amount,
                rows: line.measured.rows,
            };
            charges.push((line.category, charge));
            next = lines.next_if(|line| line.tenant_id == tenant_id);
        }
        let tenant = tenant.unwrap_or_default();
        let (categories, total) = totalled(charges, places, |charge| &charge.price);
        let category = |(category, total, usages)| Category { category, total, usages };
        bills.push(Bill {
            tenant_id,
            tenant_name: tenant.name.to_string(),
            tenant_kind: tenant.kind.to_string(),
            customer_id: tenant.customer_id.to_string(),
            enterprise,
            total,
            categories: categories.into_iter().map(category).collect(),
        });
    }
    bills
}

/// Rounded lines of an enterprise's tenants, added up by (category, SKU).
fn postings(lines: &[RatedLine], usage_name: &Template, places: u32) -> Vec<Posting> {
    let of_enterprises = lines.iter().filter_map(|line| Some((line.enterprise?, line))).collect();
    grouped(of_enterprises)
        .into_iter()
        .map(|(enterprise, lines)| {
            // Lines come by tenant: equal ones are neighbours, and in byte order.
            let tenants = lines.chunk_by(|a, b| a.tenant_id == b.tenant_id).map(|lines| lines[0].tenant_id.clone()).collect();
            let (categories, total) = merge(lines.iter().map(|line| (*line, &line.amount)), usage_name, places);
            Posting { enterprise, total, tenants, held: Vec::new(), categories }
        })
        .collect()
}

/// Amounts added up by (category, SKU), named by the job's template.
pub fn merge<'a>(
    lines: impl Iterator<Item = (&'a RatedLine, &'a Amount)>,
    usage_name: &Template,
    places: u32,
) -> (Vec<PostingCategory>, Amount) {
    let mut lines: Vec<(&RatedLine, &Amount)> = lines.collect();
    sort_by(&mut lines, |(a, _), (b, _)| (&a.category, &a.sku).cmp(&(&b.category, &b.sku)));
    let charges = lines.chunk_by(|(a, _), (b, _)| (&a.category, &a.sku) == (&b.category, &b.sku)).map(|of_one| {
        let first = of_one[0].0;
        let mut price = Amount::zero(places);
        of_one.iter().for_each(|(_, amount)| price += *amount);
        let usage_name = usage_name_of(usage_name, first, of_one.iter().map(|(line, _)| *line));
        (first.category.clone(), PostingCharge { usage_type: first.sku.clone(), usage_name, price })
    });
    posting_categories(charges.collect(), places)
}

/// Lines of a posting by category, with the categories' totals, and the total of these.
pub fn posting_categories(charges: Vec<(String, PostingCharge)>, places: u32) -> (Vec<PostingCategory>, Amount) {
    let (categories, total) = totalled(charges, places, |charge| &charge.price);
    let category = |(category, total, usages)| PostingCategory { category, total, usages };
    (categories.into_iter().map(category).collect(), total)
}

/// The usage name of the lines of one SKU. Their prices may be for several units: units of one kind are added up in the
/// smallest of them, and kinds are listed.
fn usage_name_of<'a>(usage_name: &Template, first: &RatedLine, lines: impl Iterator<Item = &'a RatedLine> + Clone) -> String {
    let name = lines.clone().map(|line| &line.name).min().unwrap_or(&first.name);
    if !usage_name.says_quantity() {
        return usage_name.fill(&Filling { name, sku: &first.sku, quantity: "", unit: "" });
    }
    let of_kinds = grouped(lines.map(|line| (line.unit.kind(), line)).collect());
    let added: Vec<(String, &str)> = of_kinds.into_iter().map(|(kind, lines)| added_up(kind, &lines)).collect();
    let (quantity, unit) = match &added[..] {
        [(quantity, unit)] => (quantity.clone(), *unit),
        several => (several.iter().map(|(quantity, unit)| format!("{quantity} {unit}")).collect::<Vec<_>>().join(" + "), ""),
    };
    usage_name.fill(&Filling { name, sku: &first.sku, quantity: &quantity, unit })
}

/// The quantities of lines whose units are of one kind, and the unit.
fn added_up(kind: UnitKind, lines: &[&RatedLine]) -> (String, &'static str) {
    let unit = unit::smallest(lines.iter().map(|line| line.unit)).unwrap_or(kind.smallest());
    let mut quantity = Exact::default();
    lines.iter().for_each(|line| quantity += &line.unit.in_smaller(&line.quantity, unit));
    (short(&quantity), unit.name())
}

/// Charges by category, with the categories' totals, and the total of these.
fn totalled<C>(charges: Vec<(String, C)>, places: u32, price: impl Fn(&C) -> &Amount) -> (Vec<(String, Amount, Vec<C>)>, Amount) {
    let mut sum = Amount::zero(places);
    let categories = grouped(charges).into_iter().map(|(category, usages)| {
        let mut total = Amount::zero(places);
        usages.iter().for_each(|charge| total += price(charge));
        sum += &total;
        (category, total, usages)
    });
    (categories.collect(), sum)
}

fn negative_bill(posting: &Posting) -> Finding {
    let message = format!("the total {} is below zero", posting.total);
    Finding::new(finding::NEGATIVE_BILL, Severity::Error, message).enterprise(posting.enterprise).touching([posting.enterprise])
}

/// Acceptances without a finding: written for another month, or misspelled. Accepting this code itself is never unused,
/// because the finding would exist only where it is not accepted.
fn unused_acceptances(findings: &[Finding], job: &Job) -> Vec<Finding> {
    let unused = |acceptance: &&Acceptance| {
        acceptance.code != finding::UNUSED_ACCEPTANCE && !findings.iter().any(|finding| acceptance.covers(finding))
    };
    let texts = distinct(job.accept.iter().filter(unused).map(Acceptance::text));
    let finding = |text: String| {
        let message = format!("the job accepts {}, and there is no such finding", shown(&text));
        Finding::new(finding::UNUSED_ACCEPTANCE, Severity::Info, message).acceptance(text)
    };
    texts.into_iter().map(finding).collect()
}

/// A partner's own usage beside that of its customers may be a roll-up of it.
fn partner_and_descendant(bills: &[Bill], level: Option<Level>) -> Option<Finding> {
    let any = |kinds: &[&str]| bills.iter().any(|bill| kinds.contains(&bill.tenant_kind.as_str()));
    let partner_too = any(&["partner", "folder", "root"]) && any(&["customer", "unit"]);
    let unit_too = any(&["customer"]) && any(&["unit"]);
    let code = finding::PARTNER_AND_DESCENDANT;
    let message = "tenants that contain others are billed beside tenants that others contain: a roll-up may be counted twice";
    match level {
        Some(Level::DirectPartners) => None,
        Some(_) => (partner_too || unit_too).then(|| Finding::report_wide(code, message)),
        None => partner_too.then(|| Finding::new(code, Severity::Warning, message)),
    }
}
