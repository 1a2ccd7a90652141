//! Abiquo's dates, `yyyy/MM/dd HH:mm:ss Z`, and billing periods. Instants are compared, never texts: the
//! same one comes as `13:24:06 +0200` and as `11:24:06 +0000`.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;

use super::error::Error;
use skubill_contract::outcome::Period;

/// As Abiquo wants it, in UTC: `2021/08/31 23:59:59 +0000`.
pub fn format_date(instant: Timestamp) -> String {
    instant.to_zoned(TimeZone::UTC).strftime("%Y/%m/%d %H:%M:%S %z").to_string()
}

/// Abiquo's format with any offset (`+0200`, `+02:00`, `Z`), or RFC 3339, which other resources of Abiquo's
/// use. `None` for anything else, also for a date without offset.
pub fn parse_date(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let own = match (text.strip_suffix('Z'), text.rsplit_once(' ')) {
        (Some(civil), _) => format!("{} +0000", civil.trim_end()),
        (None, Some((civil, offset))) => format!("{civil} {}", offset.replace(':', "")),
        (None, None) => String::new(),
    };
    let own = strtime::parse("%Y/%m/%d %H:%M:%S %z", own);
    match own.and_then(|parsed| parsed.to_timestamp()) {
        Ok(instant) => Some(instant),
        Err(_) => text.parse().ok(),
    }
}

/// A billing period: a closed interval of instants, ending one second before the next begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BillingPeriod {
    pub start: Timestamp,
    pub end: Timestamp,
}

impl BillingPeriod {
    /// A calendar month in UTC: from the first day `00:00:00` to the last day `23:59:59`.
    pub fn month(year: i16, month: i8) -> Result<Self, Error> {
        let first = Date::new(year, month, 1).map_err(|_| Error::Invalid(format!("{year}-{month} is no month")))?;
        Self::days(first, first.last_of_month())
    }

    /// From one day to another, both whole, in UTC.
    pub fn days(first: Date, last: Date) -> Result<Self, Error> {
        if last < first {
            return Err(Error::Invalid(format!("{last} is before {first}")));
        }
        let at = |day: Date, hour, minute, second| {
            let civil = day.at(hour, minute, second, 0);
            let instant = TimeZone::UTC.to_timestamp(civil);
            instant.map_err(|_| Error::Invalid(format!("{day} is not in the calendar")))
        };
        Ok(Self { start: at(first, 0, 0, 0)?, end: at(last, 23, 59, 59)? })
    }

    /// Whether two periods share a second: Abiquo refuses the later one then (BILL-3).
    pub fn overlaps(&self, other: &BillingPeriod) -> bool {
        self.start <= other.end && other.start <= self.end
    }
}

impl TryFrom<&Period> for BillingPeriod {
    type Error = Error;

    fn try_from(period: &Period) -> Result<Self, Error> {
        let day = |text: &str| {
            let parsed = text.parse::<Date>();
            parsed.map_err(|_| Error::Invalid(format!("`{text}` is no day (YYYY-MM-DD)")))
        };
        Self::days(day(&period.start)?, day(&period.end)?)
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use jiff::civil::date;

    use super::*;

    #[test]
    fn dates_are_read_with_any_offset_and_written_in_utc() {
        let utc = "2023/06/07 11:24:06 +0000";
        for text in [
            utc,
            "2023/06/07 13:24:06 +0200",
            "2023/06/07 13:24:06 +02:00",
            "2023/06/07 06:54:06 -0430",
            "2023/06/07 11:24:06 Z",
            "2023-06-07T11:24:06.000+0000",
            " 2023/06/07 11:24:06 +0000 ",
        ] {
            let instant = parse_date(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(format_date(instant), utc, "{text}");
        }
        for text in ["", "2023/06/07", "2023/06/07 11:24:06", "2023/13/07 11:24:06 +0000", "soon Z"] {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }

    #[test]
    fn a_month_is_closed_at_its_last_second() {
        let february = BillingPeriod::month(2024, 2).unwrap();
        assert_eq!(format_date(february.start), "2024/02/01 00:00:00 +0000");
        assert_eq!(format_date(february.end), "2024/02/29 23:59:59 +0000");
        let march = BillingPeriod::month(2024, 3).unwrap();
        assert!(!february.overlaps(&march) && !march.overlaps(&february));
        let end = february.end - 1.hour();
        let eastern = BillingPeriod { start: end, end: march.end };
        assert!(february.overlaps(&eastern) && eastern.overlaps(&march));
        assert!(BillingPeriod::month(2024, 13).is_err());
        assert!(BillingPeriod::days(date(2024, 2, 2), date(2024, 2, 1)).is_err());
    }
}
