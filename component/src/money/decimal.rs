//! Decimals as they are written in reports and price books, read exactly.

use super::Exact;
use super::natural::Natural;

/// A decimal, exactly as written. Equal values are equal, however they were written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decimal {
    /// Nearly all numbers of a report: whole, and no allocation.
    Whole(i64),
    Other(Box<Exact>),
}

/// How many digits always fit an `i64`.
const WHOLE_DIGITS: usize = 18;

impl Decimal {
    pub const ZERO: Decimal = Decimal::Whole(0);

    /// Sign, digits, point, exponent. At most `digits_max` digits after leading zeros, and a
    /// written exponent within ±`digits_max`.
    pub fn parse(text: &str, digits_max: u64) -> Option<Decimal> {
        Decimal::read(text, digits_max).map(|(decimal, _)| decimal)
    }

    /// A decimal, and whether it is written with an exponent.
    pub fn read(text: &str, digits_max: u64) -> Option<(Decimal, bool)> {
        let bytes = text.as_bytes();
        let (negative, unsigned) = match bytes.split_first()? {
            (b'-', rest) => (true, rest),
            (b'+', rest) => (false, rest),
            _ => (false, bytes),
        };
        let short = unsigned.len() <= WHOLE_DIGITS && unsigned.len() as u64 <= digits_max;
        if let Some(value) = if short { whole(unsigned) } else { None } {
            return Some((Decimal::Whole(if negative { -value } else { value }), false));
        }
        let (mantissa, exponent) = split_exponent(unsigned, digits_max)?;
        let (digits, fraction) = split_point(mantissa)?;
        let significant = digits.iter().position(|b| *b != b'0').map_or(&[][..], |at| &digits[at..]);
        if significant.len() as u64 > digits_max {
            return None;
        }
        let decimal = Decimal::scaled(negative, Natural::parse(significant), exponent - fraction);
        Some((decimal, mantissa.len() < unsigned.len()))
    }

    /// `units` × 10^`exponent`.
    fn scaled(negative: bool, units: Natural, exponent: i64) -> Decimal {
        let power = Natural::power_of_ten(u32::try_from(exponent.unsigned_abs()).unwrap_or(u32::MAX));
        let value = if exponent < 0 {
            Exact::fraction(negative, units, power)
        } else {
            Exact::fraction(negative, units.times(&power), Natural::from(1))
        };
        match value.to_i64() {
            Some(whole) => Decimal::Whole(whole),
            None => Decimal::Other(Box::new(value)),
        }
    }

    pub fn is_zero(&self) -> bool {
        *self == Decimal::ZERO
    }

    pub fn exact(&self) -> Exact {
        match self {
            Decimal::Whole(value) => Exact::whole(*value),
            Decimal::Other(value) => (**value).clone(),
        }
    }
}

/// The value of 1 to 18 digits and nothing else, nine at a time: WebAssembly checks a product of 32 bits
/// in one step, and one of 64 in a function's.
fn whole(text: &[u8]) -> Option<i64> {
    let nine = |text: &[u8]| {
        let digits = text.iter().try_fold(0, |value: u32, b| b.is_ascii_digit().then(|| value * 10 + u32::from(b - b'0')));
        digits.map(i64::from)
    };
    match text.split_at(text.len().saturating_sub(9)) {
        ([], []) => None,
        ([], low) => nine(low),
        (high, low) => Some(nine(high)? * 1_000_000_000 + nine(low)?),
    }
}

/// The mantissa, and the exponent as a number; 0 where none is written.
fn split_exponent(text: &[u8], digits_max: u64) -> Option<(&[u8], i64)> {
    let Some(at) = text.iter().position(|b| matches!(b, b'e' | b'E')) else {
        return Some((text, 0));
    };
    let written = &text[at + 1..];
    let (negative, digits) = match written.split_first()? {
        (b'-', rest) => (true, rest),
        (b'+', rest) => (false, rest),
        _ => (false, written),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let limit = i64::try_from(digits_max).unwrap_or(i64::MAX);
    let value = digits.iter().try_fold(0i64, |value, b| {
        let next = value.checked_mul(10)?.checked_add(i64::from(b - b'0'))?;
        (next <= limit).then_some(next)
    })?;
    Some((&text[..at], if negative { -value } else { value }))
}

/// All digits without the point, and how many stand after it. At least one digit.
fn split_point(text: &[u8]) -> Option<(Vec<u8>, i64)> {
    let mut parts = text.splitn(2, |b| *b == b'.');
    let whole = parts.next()?;
    let fraction = parts.next().unwrap_or_default();
    let digits = [whole, fraction].concat();
    let valid = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    valid.then_some((digits, i64::try_from(fraction.len()).ok()?))
}

/// An exact sum of decimals.
#[derive(Debug, Clone, Default)]
pub struct Sum {
    whole: i128,
    other: Option<Box<Exact>>,
}

impl Sum {
    pub fn add(&mut self, value: &Decimal) {
        match value {
            // i128 holds 2^64 of the largest i64: more rows than any limit lets in.
            Decimal::Whole(value) => self.whole += i128::from(*value),
            Decimal::Other(value) => match &mut self.other {
                Some(other) => **other += &**value,
                None => self.other = Some(value.clone()),
            },
        }
    }

    pub fn add_sum(&mut self, other: &Sum) {
        self.whole += other.whole;
        if let Some(other) = &other.other {
            self.add(&Decimal::Other(other.clone()));
        }
    }

    pub fn exact(&self) -> Exact {
        let whole = Exact::whole(self.whole);
        match &self.other {
            Some(other) => whole + &**other,
            None => whole,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::plain;

    #[test]
    fn what_is_a_decimal() {
        for (text, value) in [
            ("0", "0"),
            ("-0", "0"),
            ("+7", "7"),
            (".5", "0.5"),
            ("5.", "5"),
            ("1e3", "1000"),
            ("1E-3", "0.001"),
            ("1.50", "1.5"),
            ("007", "7"),
            ("1e+0002", "100"),
            ("0.0e38", "0"),
            ("99999999999999999999999999999999999999", "99999999999999999999999999999999999999"),
            ("0000099999999999999999999999999999999999999", "99999999999999999999999999999999999999"),
        ] {
            assert_eq!(Decimal::parse(text, 38).map(|d| plain(&d.exact())).as_deref(), Some(value), "{text}");
        }
        let no_more = "1".repeat(39);
        for text in
            ["", "-", "+", ".", "1,5", "NaN", "inf", "1e", "1e39", "1e-39", "1e400", "--1", "1 2", "1.2.3", "0x1", "1_0", "１", &no_more]
        {
            assert_eq!(Decimal::parse(text, 38), None, "{text}");
        }
    }

    #[test]
    fn an_exponent_is_told() {
        for (text, exponent) in
            [("1E+14", true), ("1e0", true), ("-2.5e-3", true), ("14", false), ("1.5", false), ("00000000000000000000014", false)]
        {
            assert_eq!(Decimal::read(text, 38).map(|(_, exponent)| exponent), Some(exponent), "{text}");
        }
    }

    #[test]
    fn equal_values_are_equal() {
        let parse = |text| Decimal::parse(text, 38).expect(text);
        assert_eq!(parse("1.0"), parse("1"));
        assert_eq!(parse("100e-2"), parse("1"));
        assert_eq!(parse("0.10"), parse("1e-1"));
        assert!(parse("0.000").is_zero());
    }

    #[test]
    fn a_sum_is_exact() {
        let mut sum = Sum::default();
        for text in ["1e38", "1e-38", "-1e38", "9223372036854775807", "1"] {
            sum.add(&Decimal::parse(text, 38).expect(text));
        }
        assert_eq!(plain(&sum.exact()), "9223372036854775808.00000000000000000000000000000000000001");
    }
}
