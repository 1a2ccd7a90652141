//! Abiquo's dates: `yyyy/MM/dd HH:mm:ss Z`, to the second, with an offset such as `+0000`.

use jiff::Timestamp;
use jiff::tz::TimeZone;

const FORMAT: &str = "%Y/%m/%d %H:%M:%S %z";

/// A date with any offset; none where it is no such date. The server answers in UTC.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    // A strict reading: the offset has its sign and four digits.
    let (_, offset) = text.rsplit_once(' ')?;
    let digits = offset.strip_prefix(['+', '-'])?;
    if digits.len() != 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    jiff::fmt::strtime::parse(FORMAT, text).and_then(|broken_down| broken_down.to_timestamp()).ok()
}

pub(super) fn format(moment: Timestamp) -> String {
    let utc = moment.to_zoned(TimeZone::UTC);
    format!("{} +0000", utc.strftime("%Y/%m/%d %H:%M:%S"))
}

/// Seconds in a UTC day.
const DAY: i64 = 86_400;

/// The day's number in its period: 1 on its first.
pub(super) fn day_of(date: Timestamp, start: Timestamp) -> i64 {
    (date.as_second() - start.as_second()).div_euclid(DAY) + 1
}

/// How many days a period has that ends at its last second.
pub(super) fn days_of(start: Timestamp, end: Timestamp) -> i64 {
    (end.as_second() - start.as_second() + 1 + DAY - 1).div_euclid(DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_offset_in_utc_out() {
        let read = parse("2023/01/14 11:21:17 +0200").map(format);
        assert_eq!(read.as_deref(), Some("2023/01/14 09:21:17 +0000"));
        for wrong in [
            "2023/01/14 11:21:17  0200",
            "2023/01/14 11:21:17 0200",
            "2023/01/14 11:21:17",
            "2023-01-14 11:21:17 +0000",
            "2023/02/30 11:21:17 +0000",
            "2023/01/14 11:21:17 +02:00",
            "",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn days_are_counted_from_the_periods_start() -> anyhow::Result<()> {
        let start: Timestamp = "2023-06-01T00:00:00Z".parse()?;
        let end: Timestamp = "2023-06-30T23:59:59Z".parse()?;
        assert_eq!(days_of(start, end), 30);
        assert_eq!((day_of(start, start), day_of(end, start)), (1, 30));
        assert_eq!(day_of("2023-06-07T11:24:06Z".parse()?, start), 7);
        Ok(())
    }
}
