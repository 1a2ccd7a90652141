//! Existing cost records: ours are read, others are reported.

pub use skubill_contract::job::Earlier;

use crate::fault::{Refusal, shown};
use crate::finding::{FOREIGN_REGISTER, Finding, Severity};
use crate::money::Exact;
use crate::money::decimal::Decimal;
use crate::order::grouped;
use crate::period::{Date, Moment};
use crate::reader::{Context, ObjectReader};

/// An earlier cost record of ours, read.
#[derive(Debug, Clone)]
pub struct Standing {
    pub enterprise: u64,
    pub moment: Moment,
    /// The UTC day of the moment.
    pub date: Date,
    pub period_start: Date,
    pub category: String,
    pub usage_type: String,
    pub price: Exact,
    pub currency: String,
}

/// Why a record is not ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Foreign<'a> {
    Enterprise(u64),
    Provider(&'a str),
    Uncategorised,
}

/// From JSON; all but `enterprise` may be left out.
pub fn read(object: &mut ObjectReader<'_>, context: &mut Context<'_>) -> Option<Earlier> {
    let enterprise = object.need("enterprise", "the enterprise whose records were asked for", context);
    let enterprise = enterprise.and_then(|node| object.as_whole("enterprise", node, 1, u64::MAX, context));
    let stated_enterprise = object.whole("stated_enterprise", 0, u64::MAX, context);
    let provider = object.label("provider", context).map(str::to_string);
    let [date, period_start, category, usage_type, price, currency] =
        ["date", "period_start", "category", "usage_type", "price", "currency"]
            .map(|name| object.label(name, context).unwrap_or_default().to_string());
    Some(Earlier { enterprise: enterprise?, stated_enterprise, provider, date, period_start, category, usage_type, price, currency })
}

/// Why the record is not ours, if it is not. Provider names are compared without case, as in Abiquo; a record
/// without provider or enterprise has those of the query.
pub fn foreign<'a>(record: &'a Earlier, provider: Option<&str>) -> Option<Foreign<'a>> {
    let stated = record.provider.as_deref().map(str::trim).filter(|stated| !stated.is_empty());
    if let Some(other) = record.stated_enterprise.filter(|stated| *stated != record.enterprise) {
        return Some(Foreign::Enterprise(other));
    }
    if let (Some(ours), Some(stated)) = (provider, stated)
        && stated.to_uppercase() != ours.trim().to_uppercase()
    {
        return Some(Foreign::Provider(stated));
    }
    let is_empty = |text: &str| text.trim().is_empty();
    (is_empty(&record.category) || is_empty(&record.usage_type)).then_some(Foreign::Uncategorised)
}

/// Reads a record of ours; a missing or invalid value is an error.
pub fn standing(record: Earlier, digits: u64) -> Result<Standing, Refusal> {
    let refused =
        |key: &str, text: &str, expected: &str| Refusal::invalid(key, text, &format!("{expected} (enterprise {})", record.enterprise));
    let moment = |key: &str, text: &str| {
        let moment = Moment::parse(text).and_then(|moment| Some((moment, moment.date()?)));
        moment.ok_or_else(|| refused(key, text, "a date"))
    };
    let (moment_of_record, date) = moment("earlier.date", &record.date)?;
    let (_, period_start) = moment("earlier.period_start", &record.period_start)?;
    let price = Decimal::parse(&record.price, digits).ok_or_else(|| refused("earlier.price", &record.price, "a decimal"))?;
    Ok(Standing {
        enterprise: record.enterprise,
        moment: moment_of_record,
        date,
        period_start,
        price: price.exact(),
        category: record.category,
        usage_type: record.usage_type,
        currency: record.currency,
    })
}

/// The most reasons that a message names.
const REASONS_SHOWN_MAX: usize = 5;

/// One finding for each enterprise that has records of others: how many, and whose.
pub fn foreign_findings(records: &[Earlier], provider: Option<&str>) -> Vec<Finding> {
    let by_enterprise = records.iter().filter_map(|record| Some((record.enterprise, foreign(record, provider)?)));
    let findings = grouped(by_enterprise.collect()).into_iter().map(|(enterprise, reasons)| {
        let count = reasons.len();
        let reasons = grouped(reasons.into_iter().map(|reason| (reason, ())).collect());
        let described = reasons.iter().take(REASONS_SHOWN_MAX).map(|(reason, records)| {
            let whose = match reason {
                Foreign::Enterprise(other) => format!("of enterprise {other}"),
                Foreign::Provider(other) => format!("of provider {}", shown(other)),
                Foreign::Uncategorised => "without category or usage type".into(),
            };
            format!("{} {whose}", records.len())
        });
        let mut described: Vec<String> = described.collect();
        if reasons.len() > REASONS_SHOWN_MAX {
            described.push("and others".into());
        }
        let message = format!("cost records of others are passed over: {count} ({})", described.join(", "));
        Finding::new(FOREIGN_REGISTER, Severity::Warning, message).enterprise(enterprise)
    });
    findings.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the host judges them: a record that one of the two passes over would be posted again.
    #[test]
    fn a_provider_is_the_same_in_any_case() {
        let of = |provider: Option<&str>| Earlier {
            enterprise: 292,
            stated_enterprise: None,
            provider: provider.map(str::to_string),
            date: "2021-08-10".into(),
            period_start: "2021-08-01".into(),
            category: "Storage".into(),
            usage_type: "STO".into(),
            price: "1.00".into(),
            currency: "EUR".into(),
        };
        for ours in [Some("MÜNCH"), Some("Münch "), Some(""), None] {
            assert_eq!(foreign(&of(ours), Some("Münch")), None, "{ours:?}");
        }
        assert_eq!(foreign(&of(Some("MUNCH")), Some("Münch")), Some(Foreign::Provider("MUNCH")));
    }
}
