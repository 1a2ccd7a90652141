//! Findings about the report as a whole, and about rows before they are priced.

use super::inputs::RatingInputs;
use super::withheld::Withheld;
use crate::fault::shown;
use crate::finding::{self, Finding, Severity};
use crate::money::Exact;
use crate::period::{DAY_SECONDS, Days, Month};
use crate::report::json::Params;
use crate::usage::{Note, Summed, Unmatched};

/// All findings about the report and its unpriced rows; `assumed` says that the period was taken from the report.
pub fn findings(summed: &Summed, period: Month, assumed: bool, inputs: &RatingInputs<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = summed.unknown.iter().map(|column| Finding::unknown_column(column)).collect();
    findings.extend(nothing_to_bill(summed));
    findings.extend(dates(summed, inputs.days(period)));
    if assumed {
        let message = format!("no period was named; {period} is the month of the report's latest date");
        findings.push(Finding::new(finding::PERIOD_ASSUMED, Severity::Warning, message));
    }
    findings.extend(inputs.params.and_then(|params| period_differs(params, inputs.days(period))));
    for duplicate in &summed.duplicates {
        let message = "rows that agree in application, tenant, name, edition, infra, date and SKU; all are summed";
        let finding = Finding::new(finding::DUPLICATE_ROW, Severity::Error, message).rows(duplicate.rows.clone());
        findings.push(finding.tenant(&duplicate.tenant_id).sku(&duplicate.sku).touching(inputs.enterprise(&duplicate.tenant_id)));
    }
    for (tenant_id, rows) in &summed.sku_missing {
        let message = "the rows have usage and no SKU, and other rows of the same offering items have one: they are not billed";
        let finding = Finding::new(finding::SKU_MISSING, Severity::Error, message).tenant(tenant_id).rows(rows.clone());
        findings.push(finding.touching(inputs.enterprise(tenant_id)));
    }
    findings.extend(unfit(summed, inputs));
    findings.extend(summed.unmatched.iter().map(|unmatched| unmatched_reference(unmatched, inputs)));
    findings
}

/// A report that bills nobody is the wrong report, or its creator may not see SKUs.
fn nothing_to_bill(summed: &Summed) -> Option<Finding> {
    if summed.rows > 0 && !summed.any_sku {
        let message = "no row has a SKU: the partner may lack the right to see them, or the report was made without them";
        return Some(Finding::report_wide(finding::NO_SKU_COLUMN, message));
    }
    let message = "no row has a SKU and usage: nothing can be billed from this report";
    (!summed.any_used).then(|| Finding::report_wide(finding::NOTHING_BILLABLE, message))
}

/// Findings about the dates of the rows against the billed days.
fn dates(summed: &Summed, days: Days) -> Vec<Finding> {
    let mut findings = Vec::new();
    let dates = summed.dates();
    let range = dates.first().zip(dates.last()).map_or_else(String::new, |(first, last)| format!("from {first} to {last}"));
    if dates.len() > 1 {
        let message = format!("{} dates, {range}: a daily report summed as if it were a monthly one", dates.len());
        findings.push(Finding::report_wide(finding::SEVERAL_DATES, message));
    }
    // A report of the last day may be dated the day after: that is when it was made.
    if !dates.is_empty() && !dates.iter().any(|date| days.contains(*date) || days.are_followed_by(*date)) {
        let message = format!("every date of the report, {range}, lies outside {days}: it is the report of another period");
        findings.push(Finding::report_wide(finding::STALE_REPORT, message));
        return findings;
    }
    let outside = summed.outside(days);
    if !outside.is_empty() {
        let message = format!("rows with a date outside {days}");
        findings.push(Finding::new(finding::DATE_OUTSIDE_PERIOD, Severity::Warning, message).rows(outside));
    }
    findings
}

/// Where the report's own period is another. Midnight after the last day is the last day.
fn period_differs(params: &Params, days: Days) -> Option<Finding> {
    let start = Exact::whole(days.first.unix_days() * DAY_SECONDS);
    let last = Exact::whole(days.last.unix_days() * DAY_SECONDS);
    let day = Exact::whole(DAY_SECONDS);
    let begins_elsewhere = params.begin_date.as_ref().is_some_and(|begin| *begin < start || *begin >= &start + &day);
    let ends_elsewhere = params.end_date.as_ref().is_some_and(|end| *end < last || *end > last + day);
    let message = || format!("the report says that it begins or ends on another day than {days}");
    (begins_elsewhere || ends_elsewhere).then(|| Finding::report_wide(finding::PERIOD_DIFFERS, message()))
}

/// Rows that the job's measure does not fit, by SKU.
fn unfit(summed: &Summed, inputs: &RatingInputs<'_>) -> impl Iterator<Item = Finding> {
    let mut withheld = Withheld::default();
    for line in &summed.lines {
        let rows: Vec<u32> = line.measured.iter().flat_map(|measured| measured.noted(Note::Unfit)).collect();
        if !rows.is_empty() {
            withheld.add_rows(&line.sku, inputs.enterprise(&line.tenant_id), rows);
        }
    }
    let measure = inputs.job.measure.name();
    withheld.findings(finding::MEASURE_UNFIT, move |sku| {
        format!("{measure} is not what rows of the SKU {} are billed by; usage.billable takes for each row what fits it", shown(sku))
    })
}

/// A tenant that an input names and no row has; an error where it is probably a misspelled one that has rows.
fn unmatched_reference(unmatched: &Unmatched, inputs: &RatingInputs<'_>) -> Finding {
    let name = shown(&unmatched.tenant_id);
    let finding = match unmatched.alike.first() {
        None => {
            let message = format!("a price or an exclusion names the tenant {name}, and no row has it");
            Finding::new(finding::UNMATCHED_REFERENCE, Severity::Warning, message)
        }
        Some(alike) => {
            let message = format!(
                "a price, an exclusion or the root names the tenant {name}, and no row has it; rows have {}, which differs in case or white \
                 space alone",
                shown(alike)
            );
            let enterprises = unmatched.alike.iter().filter_map(|tenant| inputs.enterprise(tenant));
            Finding::new(finding::UNMATCHED_REFERENCE, Severity::Error, message).touching(enterprises)
        }
    };
    finding.tenant(&unmatched.tenant_id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::period::Date;

    /// 2021-08-01T00:00:00Z and 2021-08-31T00:00:00Z.
    const FIRST: i64 = 1_627_776_000;
    const LAST: i64 = 1_630_368_000;

    fn differs(begin: Option<i64>, end: Option<i64>, days: Days) -> bool {
        let mut params = Params::default();
        (params.begin_date, params.end_date) = (begin.map(Exact::whole), end.map(Exact::whole));
        period_differs(&params, days).is_some()
    }

    #[test]
    fn a_report_begins_on_the_first_day_and_ends_on_the_last() {
        let august = Days::from(Month::parse("2021-08").expect("a month"));
        for (begin, differs_by) in [(FIRST - 1, true), (FIRST, false), (FIRST + DAY_SECONDS - 1, false), (FIRST + DAY_SECONDS, true)] {
            assert_eq!(differs(Some(begin), None, august), differs_by, "begins at {begin}");
            assert_eq!(differs(Some(begin), Some(LAST), august), differs_by, "begins at {begin}, ends well");
        }
        for (end, differs_by) in
            [(LAST - 1, true), (LAST, false), (LAST + DAY_SECONDS - 1, false), (LAST + DAY_SECONDS, false), (LAST + DAY_SECONDS + 1, true)]
        {
            assert_eq!(differs(None, Some(end), august), differs_by, "ends at {end}");
            assert_eq!(differs(Some(FIRST), Some(end), august), differs_by, "begins well, ends at {end}");
        }
        assert!(!differs(None, None, august));
        let to_the_tenth = Days { last: Date::parse("2021-08-10").expect("a date"), ..august };
        let tenth = FIRST + 9 * DAY_SECONDS;
        assert!(!differs(Some(FIRST), Some(tenth), to_the_tenth) && !differs(None, Some(tenth + DAY_SECONDS), to_the_tenth));
        assert!(differs(None, Some(LAST), to_the_tenth) && differs(None, Some(tenth - 1), to_the_tenth));
    }
}
