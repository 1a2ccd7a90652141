//! Bounds against the previous period. Each excess has a code that a person may accept.

use std::collections::BTreeSet;

use skubill_contract::answer::Excess;
use skubill_contract::code::{ENTERPRISE_GONE, FAR_ABOVE, FAR_BELOW, OTHER_CURRENCY, TENANT_GONE, TOO_MANY_LINES};

use super::comparison::{Comparison, decimal};
use crate::fault::{Refusal, shown};
use crate::money::Exact;
use crate::order::{distinct, sort_by};

fn excess(code: &'static str, message: String) -> Excess {
    Excess { code: code.into(), message, tenant_id: None }
}

/// All excesses of a posting of this total and this many lines, by code and tenant.
pub fn excesses(comparison: &Comparison, total: &Exact, lines: u64) -> Result<Vec<Excess>, Refusal> {
    let times = comparison
        .bounds
        .as_ref()
        .and_then(|bounds| bounds.times.as_deref())
        .map(|text| Times::read(text).map(|times| (text, times)))
        .transpose()?;
    let billed_before = !comparison.previous.is_empty() || !comparison.previous_tenants.is_empty();
    if lines == 0 {
        // Without a posting no bound can be exceeded, and the missing enterprise includes its tenants.
        let message = "the enterprise was billed for the previous period and has no usage line now".to_string();
        return Ok(billed_before.then(|| excess(ENTERPRISE_GONE, message)).into_iter().collect());
    }
    let mut excesses = Vec::new();
    if let Some((text, times)) = times {
        excesses.extend(times.judge(text, total, comparison));
    }
    if let Some(most) = comparison.bounds.as_ref().and_then(|bounds| bounds.lines).filter(|most| lines > *most) {
        excesses.push(excess(TOO_MANY_LINES, format!("{lines} lines are more than {most}")));
    }
    let others =
        distinct(comparison.previous.iter().map(|line| line.currency.as_str()).filter(|currency| *currency != comparison.currency));
    if !others.is_empty() {
        let message = format!("the previous period was billed in {}, not in {}", others.join(" and "), comparison.currency);
        excesses.push(excess(OTHER_CURRENCY, message));
    }
    excesses.extend(missing_tenants(comparison));
    sort_by(&mut excesses, |a, b| (&a.code, &a.tenant_id).cmp(&(&b.code, &b.tenant_id)));
    Ok(excesses)
}

fn missing_tenants(comparison: &Comparison) -> impl Iterator<Item = Excess> {
    let billed: BTreeSet<&String> = comparison.tenants.iter().collect();
    let missing = distinct(comparison.previous_tenants.iter().filter(|tenant| !billed.contains(tenant)));
    missing.into_iter().map(|tenant| Excess {
        code: TENANT_GONE.into(),
        message: format!("the tenant {} was billed for the previous period and is not billed now", shown(tenant)),
        tenant_id: Some(tenant.clone()),
    })
}

/// How many times the previous total the total may be, and how many times less.
struct Times(Exact);

impl Times {
    fn read(text: &str) -> Result<Times, Refusal> {
        let times = decimal(text).filter(|times| !times.is_negative());
        times.map(Times).ok_or_else(|| Refusal::invalid("bounds.times", text, "a decimal that is not negative"))
    }

    /// Compares a total with the previous period's lines; without a line there is no bound.
    ///
    /// The bounds are the previous total × `times` and the previous total ÷ `times`. Of a total below 0 the
    /// first is the lower one; a total of 0 has both at 0, so that every other total is beyond them.
    fn judge(&self, text: &str, total: &Exact, comparison: &Comparison) -> Option<Excess> {
        comparison.previous.first()?;
        let mut previous = Exact::default();
        for line in &comparison.previous {
            let Some(price) = decimal(&line.price) else {
                let message = format!(
                    "the previous period's total is unknown: the line {} is held at {}, which is no decimal",
                    shown(&line.usage_type),
                    shown(&line.price)
                );
                return Some(excess(FAR_ABOVE, message));
            };
            previous += &price;
        }
        let (multiplied, divided) = (total.cmp(&(&previous * &self.0)), (total * &self.0).cmp(&previous));
        let (above, below) = if previous.is_negative() { (divided, multiplied) } else { (multiplied, divided) };
        if above.is_gt() {
            Some(excess(FAR_ABOVE, format!("the total is more than {text} times that of the previous period")))
        } else if below.is_lt() {
            Some(excess(FAR_BELOW, format!("the total is less than one part in {text} of that of the previous period")))
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::{Bounds, ComparedCategory, ComparedCharge, HeldLine, compare};

    fn codes(total: &str, previous: &str, times: &str) -> Vec<String> {
        let text = |text: &str| text.to_string();
        let line = |price: &str| HeldLine {
            category: text("S"),
            usage_type: text("S"),
            price: text(price),
            currency: text("EUR"),
            period_start: text("2021-07-01"),
            period_end: text("2021-07-31"),
        };
        let usages = vec![ComparedCharge { usage_type: text("S"), price: text(total) }];
        let comparison = Comparison {
            period: text("2021-08"),
            currency: text("EUR"),
            posting: vec![ComparedCategory { category: text("S"), usages }],
            tenants: Vec::new(),
            held: Vec::new(),
            previous: vec![line(previous)],
            previous_tenants: Vec::new(),
            bounds: Some(Bounds { times: Some(text(times)), lines: None }),
        };
        compare(&comparison).expect("a comparison").excesses.into_iter().map(|excess| excess.code.into_owned()).collect()
    }

    /// Both bounds are inclusive, of a negative total too.
    #[test]
    fn totals_at_and_beyond_both_bounds() {
        for (previous, below, low, high, above) in [
            ("6.00", "1.99", "2.00", "18.00", "18.01"),
            ("10", "3.3333333333", "3.3333333334", "30", "30.0000000001"),
            ("-6.00", "-18.01", "-18.00", "-2.00", "-1.99"),
            ("0", "-0.01", "0", "0.00", "0.01"),
        ] {
            assert_eq!(codes(below, previous, "3"), [FAR_BELOW], "{below} after {previous}");
            assert_eq!(codes(low, previous, "3"), [""; 0], "{low} after {previous}");
            assert_eq!(codes(high, previous, "3"), [""; 0], "{high} after {previous}");
            assert_eq!(codes(above, previous, "3"), [FAR_ABOVE], "{above} after {previous}");
        }
        assert_eq!(codes("-5", "5", "3"), [FAR_BELOW]);
        assert_eq!(codes("5", "-5", "3"), [FAR_ABOVE]);
    }
}
