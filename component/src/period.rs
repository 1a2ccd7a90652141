//! Days and months, all UTC, and the three ways in which dates are written.
//!
//! Own code: the calendar of a few fixed spellings. A library of dates adds time zones and a clock, which the component
//! must not have.

use std::fmt;

use serde::{Serialize, Serializer};

/// Seconds of a day.
pub const DAY_SECONDS: i64 = 86_400;

/// A calendar day of the years 1 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// `YYYY-MM-DD`, exactly.
    pub fn parse(text: &str) -> Option<Date> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return None;
        }
        Date::new(digits(&bytes[..4])?, digits(&bytes[5..7])?, digits(&bytes[8..])?)
    }

    /// As people type it: `YYYY-MM-DD`, or `DD.MM.YYYY`.
    pub fn typed(text: &str) -> Option<Date> {
        let bytes = text.as_bytes();
        if bytes.len() == 10 && bytes[2] == b'.' && bytes[5] == b'.' {
            return Date::new(digits(&bytes[6..])?, digits(&bytes[3..5])?, digits(&bytes[..2])?);
        }
        Date::parse(text)
    }

    fn new(year: u32, month: u32, day: u32) -> Option<Date> {
        let in_calendar = (1..=9999).contains(&year) && (1..=12).contains(&month);
        if !in_calendar || day == 0 || day > u32::from(days_of_month(year as u16, month as u8)) {
            return None;
        }
        Some(Date { year: year as u16, month: month as u8, day: day as u8 })
    }

    /// The month of the day.
    pub fn month(self) -> Month {
        Month { year: self.year, month: self.month }
    }

    /// The day's number in its month, from 1.
    pub fn number(self) -> u32 {
        u32::from(self.day)
    }

    /// A unique number of the day, never 0.
    pub fn key(self) -> u32 {
        u32::from(self.year) << 16 | u32::from(self.month) << 8 | u32::from(self.day)
    }

    /// Days since 1970-01-01 (Hinnant's `days_from_civil`).
    pub fn unix_days(self) -> i64 {
        let year = i64::from(self.year) - i64::from(self.month <= 2);
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let month = (i64::from(self.month) + 9) % 12;
        let day_of_year = (153 * month + 2) / 5 + i64::from(self.day) - 1;
        era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
    }

    /// The day that a UNIX time falls on, where it lies in the years 1 to 9999.
    fn from_unix_seconds(seconds: i64) -> Option<Date> {
        let days = seconds.div_euclid(DAY_SECONDS) + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Date::new(u32::try_from(year).ok()?, u32::try_from(month).ok()?, u32::try_from(day).ok()?)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A billing period: one UTC calendar month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month {
    year: u16,
    month: u8,
}

impl Month {
    /// `YYYY-MM`, exactly.
    pub fn parse(text: &str) -> Option<Month> {
        Date::parse(&format!("{text}-01")).map(Date::month)
    }

    /// The first day of the month.
    pub fn first(self) -> Date {
        Date { year: self.year, month: self.month, day: 1 }
    }

    /// The last day of the month.
    pub fn last(self) -> Date {
        Date { year: self.year, month: self.month, day: days_of_month(self.year, self.month) }
    }

    /// How many days the period has.
    pub fn days(self) -> u32 {
        self.last().number()
    }

    /// Whether a day is in the month.
    pub fn contains(self, date: Date) -> bool {
        date.month() == self
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

/// Days from a first to a last one, both inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    /// The first day.
    pub first: Date,
    /// The last day.
    pub last: Date,
}

impl Days {
    /// Whether a day is one of them.
    pub fn contains(self, date: Date) -> bool {
        self.first <= date && date <= self.last
    }

    /// Whether a date is the day after the last one.
    pub fn are_followed_by(self, date: Date) -> bool {
        date.unix_days() == self.last.unix_days() + 1
    }
}

impl From<Month> for Days {
    fn from(month: Month) -> Self {
        Days { first: month.first(), last: month.last() }
    }
}

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.first, self.last)
    }
}

fn days_of_month(year: u16, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

/// A moment, in seconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub i64);

impl Moment {
    /// `YYYY-MM-DD`, RFC 3339, or `yyyy/MM/dd HH:mm:ss Z`; without an offset it is UTC. Parts of
    /// a second are dropped: days are what counts.
    pub fn parse(text: &str) -> Option<Moment> {
        let bytes = text.as_bytes();
        let slashes = bytes.get(4) == Some(&b'/');
        let date = Date::parse(&if slashes { text.get(..10)?.replace('/', "-") } else { text.get(..10)?.into() })?;
        if slashes && bytes.get(7) != Some(&b'/') {
            return None;
        }
        let start = date.unix_days() * DAY_SECONDS;
        let Some((separator, time)) = bytes[10..].split_first() else {
            return (!slashes).then_some(Moment(start));
        };
        let fits = if slashes { *separator == b' ' } else { matches!(separator, b'T' | b't' | b' ') };
        let seconds = time_of_day(time, slashes)?;
        if !fits { None } else { Some(Moment(start + seconds)) }
    }

    /// The first second of a day.
    pub fn first_of(day: Date) -> Moment {
        Moment(day.unix_days() * DAY_SECONDS)
    }

    /// The last second of a day.
    pub fn last_of(day: Date) -> Moment {
        Moment(day.unix_days() * DAY_SECONDS + DAY_SECONDS - 1)
    }

    /// As people type it: one of the three spellings, or `DD.MM.YYYY`.
    pub fn typed(text: &str) -> Option<Moment> {
        Moment::parse(text).or_else(|| Date::typed(text).map(Moment::first_of))
    }

    /// The UTC day, where it lies in the years 1 to 9999.
    pub fn date(self) -> Option<Date> {
        Date::from_unix_seconds(self.0)
    }
}

/// `HH:mm:ss`, an optional fraction (RFC 3339 only) and an optional offset, in seconds of the UTC
/// day; the offset may carry it out of the day.
fn time_of_day(time: &[u8], slashes: bool) -> Option<i64> {
    if time.len() < 8 || time[2] != b':' || time[5] != b':' {
        return None;
    }
    let (hour, minute, second) = (digits(&time[..2])?, digits(&time[3..5])?, digits(&time[6..8])?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let mut rest = &time[8..];
    if let (false, Some((b'.', fraction))) = (slashes, rest.split_first()) {
        let end = fraction.iter().position(|b| !b.is_ascii_digit()).unwrap_or(fraction.len());
        if end == 0 {
            return None;
        }
        rest = &fraction[end..];
    }
    if slashes && !rest.is_empty() {
        rest = rest.strip_prefix(b" ")?;
        if rest.is_empty() {
            return None;
        }
    }
    Some(i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second) - offset(rest)?)
}

/// An offset in seconds east of UTC: none, `Z`, `+HH:MM` or `+HHMM`.
fn offset(text: &[u8]) -> Option<i64> {
    let (sign, rest) = match text.split_first() {
        None => return Some(0),
        Some((b'Z' | b'z', [])) => return Some(0),
        Some((b'+', rest)) => (1, rest),
        Some((b'-', rest)) => (-1, rest),
        Some(_) => return None,
    };
    let (hours, minutes) = match rest.len() {
        4 => (digits(&rest[..2])?, digits(&rest[2..])?),
        5 if rest[2] == b':' => (digits(&rest[..2])?, digits(&rest[3..])?),
        _ => return None,
    };
    if hours > 23 || minutes > 59 {
        return None;
    }
    Some(sign * (i64::from(hours) * 3600 + i64::from(minutes) * 60))
}

fn digits(bytes: &[u8]) -> Option<u32> {
    bytes.iter().try_fold(0, |value, b| b.is_ascii_digit().then(|| value * 10 + u32::from(b - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_unix_days_agree() {
        for (text, days) in [("1970-01-01", 0), ("2000-02-29", 11_016), ("0001-01-01", -719_162), ("9999-12-31", 2_932_896)] {
            let date = Date::parse(text).expect(text);
            assert_eq!(date.unix_days(), days, "{text}");
            assert_eq!(Date::from_unix_seconds(days * DAY_SECONDS), Some(date));
            assert_eq!(Date::from_unix_seconds(days * DAY_SECONDS + DAY_SECONDS - 1), Some(date));
            assert_eq!(date.to_string(), text);
        }
    }

    #[test]
    fn days_end_with_their_last_one() {
        let date = |text| Date::parse(text).expect(text);
        let days = Days { first: date("2021-08-01"), last: date("2021-08-31") };
        assert_eq!(Days::from(Month::parse("2021-08").expect("a month")), days);
        for (text, inside, after) in [
            ("2021-07-31", false, false),
            ("2021-08-01", true, false),
            ("2021-08-31", true, false),
            ("2021-09-01", false, true),
            ("2021-09-02", false, false),
        ] {
            assert_eq!((days.contains(date(text)), days.are_followed_by(date(text))), (inside, after), "{text}");
        }
    }

    #[test]
    fn dates_that_are_none() {
        for text in ["2021-02-29", "2021-13-01", "0000-01-01", "2021-1-01", "2021-01-01 ", "２021-01-0", "2021-00-10"] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
    }

    #[test]
    fn dates_that_people_type() {
        let last = Date::parse("2021-08-31");
        assert_eq!((Date::typed("31.08.2021"), Date::typed("2021-08-31"), Date::parse("31.08.2021")), (last, last, None));
        assert_eq!(Moment::typed("31.08.2021"), Moment::parse("2021-08-31"));
        assert_eq!(Moment::typed("2021/08/31 12:00:00 +0000"), Moment::parse("2021-08-31T12:00:00Z"));
        for text in ["31.8.2021", "08.31.2021", "30.02.2021", "31.08.21", "31-08-2021", "31.08-2021", "31.08.2021 ", "+1.08.2021"] {
            assert_eq!(Date::typed(text), None, "{text}");
            assert_eq!(Moment::typed(text), None, "{text}");
        }
    }

    #[test]
    fn moments_in_three_spellings() {
        let noon = Moment::parse("2023-06-07T12:00:00Z").expect("RFC 3339");
        for text in ["2023/06/07 14:00:00 +0200", "2023-06-07 06:30:00.123-05:30", "2023/06/07 12:00:00", "2023-06-07t12:00:00"] {
            assert_eq!(Moment::parse(text), Some(noon), "{text}");
        }
        assert_eq!(Moment::parse("2023-06-07").map(|m| m.0), Some(noon.0 - 43_200));
        for text in [
            "2023/06/07",
            "2023-06/07",
            "2023-06-07T12:00",
            "2023-06-07T12:00:00.Z",
            "2023-06-07T24:00:00Z",
            "2023/06/07 12:00:00 ",
            "",
            "yesterday",
        ] {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
    }
}
