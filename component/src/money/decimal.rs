//! Decimals as they are written in reports and price books, read exactly.
//!
//! Own code: the rules bound digits and exponents, and a finding needs to know whether an exponent was written; no library
//! reads decimals in this way.

use num_bigint::BigInt;

use super::exact::Exact;

/// A decimal, exactly as written. Equal values are equal, however they were written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decimal {
    /// Nearly all numbers of a report: whole, and no allocation.
    Whole(i64),
    /// Any other.
    Other(Box<Exact>),
}

/// How many digits always fit an `i64`.
const WHOLE_DIGITS: usize = 18;

impl Decimal {
    /// 0.
    pub const ZERO: Decimal = Decimal::Whole(0);

    /// Sign, digits, point, exponent. At most `digits_max` digits after leading zeros, and a
    /// written exponent within ±`digits_max`.
    pub fn parse(text: &str, digits_max: u64) -> Option<Decimal> {
        Decimal::read(text, digits_max).map(|(decimal, _)| decimal)
    }

    /// A decimal, and whether it is written with an exponent.
    pub fn read(text: &str, digits_max: u64) -> Option<(Decimal, bool)> {
        let (negative, unsigned) = split_sign(text.as_bytes());
        let short = unsigned.len() <= WHOLE_DIGITS && unsigned.len() as u64 <= digits_max;
        if let Some(value) = if short { whole(unsigned) } else { None } {
            return Some((Decimal::Whole(if negative { -value } else { value }), false));
        }
        let written = Written::read(unsigned, digits_max)?;
        let value = written.value();
        let value = if negative { -value } else { value };
        let decimal = value.to_i64().map_or_else(|| Decimal::Other(Box::new(value)), Decimal::Whole);
        Some((decimal, written.has_exponent))
    }

    /// Whether a text is a decimal within these limits: its value is not computed.
    pub fn is_valid(text: &str, digits_max: u64) -> bool {
        Written::read(split_sign(text.as_bytes()).1, digits_max).is_some()
    }

    /// Whether it is 0.
    pub fn is_zero(&self) -> bool {
        *self == Decimal::ZERO
    }

    /// Its value.
    pub fn exact(&self) -> Exact {
        match self {
            Decimal::Whole(value) => Exact::whole(*value),
            Decimal::Other(value) => (**value).clone(),
        }
    }
}

/// Whether there is a minus sign, and what follows a sign.
fn split_sign(text: &[u8]) -> (bool, &[u8]) {
    match text.split_first() {
        Some((b'-', rest)) => (true, rest),
        Some((b'+', rest)) => (false, rest),
        _ => (false, text),
    }
}

/// A decimal without its sign: `digits` × 10^`exponent`.
struct Written {
    /// Without leading zeros; 0 has none.
    digits: Vec<u8>,
    exponent: i64,
    has_exponent: bool,
}

impl Written {
    fn read(text: &[u8], digits_max: u64) -> Option<Written> {
        let (mantissa, exponent) = split_exponent(text, digits_max)?;
        let (mut digits, fraction) = split_point(mantissa)?;
        let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
        digits.drain(..zeros);
        let fits = digits.len() as u64 <= digits_max;
        fits.then_some(Written { digits, exponent: exponent - fraction, has_exponent: mantissa.len() < text.len() })
    }

    fn value(&self) -> Exact {
        let zeros = u32::try_from(self.exponent.unsigned_abs()).unwrap_or(u32::MAX);
        let small = (self.digits.len() <= WHOLE_DIGITS && zeros as usize <= WHOLE_DIGITS).then(|| whole(&self.digits).unwrap_or(0));
        match small {
            Some(digits) if self.exponent < 0 => Exact::small_fraction(digits, 10i64.pow(zeros)),
            Some(digits) => Exact::whole(i128::from(digits) * 10i128.pow(zeros)),
            None => {
                let digits = BigInt::parse_bytes(&self.digits, 10).unwrap_or_default();
                let power = BigInt::from(10).pow(zeros);
                if self.exponent < 0 { Exact::fraction(digits, power) } else { Exact::from(digits * power) }
            }
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
    /// Add a decimal.
    pub fn add(&mut self, value: &Decimal) {
        match value {
            // i128 holds 2^64 of the largest i64: more rows than any limit allows.
            Decimal::Whole(value) => self.whole += i128::from(*value),
            Decimal::Other(value) => match &mut self.other {
                Some(other) => **other += &**value,
                None => self.other = Some(value.clone()),
            },
        }
    }

    /// Add another sum.
    pub fn add_sum(&mut self, other: &Sum) {
        self.whole += other.whole;
        if let Some(other) = &other.other {
            self.add(&Decimal::Other(other.clone()));
        }
    }

    /// Its value.
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
