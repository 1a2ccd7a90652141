//! Calendar months.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::error::Error;

/// A calendar month that is to be billed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    pub(super) name: String,
    pub(super) first: Date,
    pub(super) last: Date,
}

impl std::str::FromStr for Period {
    type Err = Error;

    /// `YYYY-MM`.
    fn from_str(text: &str) -> Result<Self, Error> {
        let first: Date = format!("{text}-01").parse().map_err(|_| Error::Period(text.into()))?;
        if text.len() != 7 {
            return Err(Error::Period(text.into()));
        }
        Ok(Period { name: text.into(), first, last: first.last_of_month() })
    }
}

impl std::fmt::Display for Period {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}

impl Period {
    /// A month that is not over has not been used up yet.
    pub(super) fn must_be_over(&self, now: Timestamp) -> Result<(), Error> {
        let today = now.to_zoned(TimeZone::UTC).date();
        if today > self.last { Ok(()) } else { Err(Error::NotOver { period: self.name.clone(), last: self.last, today }) }
    }
}
