//! Just enough exact arithmetic for the twin's own estimate. Prices are stored and sent back as
//! the text they came in; this is used only to sort, to compare with zero, and to estimate.

use std::cmp::Ordering;

/// `mantissa` ÷ 10^`scale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decimal {
    pub mantissa: i128,
    pub scale: u32,
}

/// More digits than this after scaling are not computed with; a sum of products of such numbers
/// with days and counts stays within 128 bits.
const DIGITS_MAX: usize = 24;

impl Decimal {
    pub const ZERO: Decimal = Decimal { mantissa: 0, scale: 0 };

    /// The text of a JSON number. None where it is no number, or too long to compute with.
    pub fn parse(text: &str) -> Option<Decimal> {
        let (number, exponent) = match text.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let scale = i32::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
        let mut digits = format!("{whole}{fraction}");
        if scale < 0 {
            let zeros = usize::try_from(scale.unsigned_abs()).ok()?;
            if zeros > DIGITS_MAX {
                return None;
            }
            digits.push_str(&"0".repeat(zeros));
        }
        let scale = u32::try_from(scale.max(0)).ok()?;
        let significant = digits.trim_start_matches(['-', '+', '0']).len();
        if significant.max(usize::try_from(scale).ok()?) > DIGITS_MAX {
            return None;
        }
        let mantissa = digits.parse().ok()?;
        Some(Decimal { mantissa, scale })
    }

    /// The mantissa at a larger scale.
    pub fn at_scale(self, scale: u32) -> Option<i128> {
        let factor = 10i128.checked_pow(scale.checked_sub(self.scale)?)?;
        self.mantissa.checked_mul(factor)
    }

    pub fn plus(self, other: Decimal) -> Option<Decimal> {
        let scale = self.scale.max(other.scale);
        let mantissa = self.at_scale(scale)?.checked_add(other.at_scale(scale)?)?;
        Some(Decimal { mantissa, scale })
    }

    pub fn compare(self, other: Decimal) -> Ordering {
        let scale = self.scale.max(other.scale);
        self.at_scale(scale).cmp(&other.at_scale(scale))
    }
}

/// `numerator` ÷ `denominator` to so many places, half away from zero, without exponent.
pub(super) fn quotient(numerator: i128, denominator: i128, places: u32) -> Option<String> {
    let scaled = numerator.checked_abs()?.checked_mul(10i128.checked_pow(places)?)?;
    let divisor = denominator.checked_abs()?;
    let doubled = scaled.checked_mul(2)?.checked_add(divisor)?;
    let rounded = doubled.checked_div(divisor.checked_mul(2)?)?;
    let unit = 10i128.checked_pow(places)?;
    let negative = (numerator < 0) != (denominator < 0) && rounded != 0;
    let sign = if negative { "-" } else { "" };
    let whole = rounded / unit;
    if places == 0 {
        return Some(format!("{sign}{whole}"));
    }
    let width = usize::try_from(places).ok()?;
    Some(format!("{sign}{whole}.{:0width$}", rounded % unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_json_writes_them() {
        let parts = |text| Decimal::parse(text).map(|d| (d.mantissa, d.scale));
        assert_eq!(parts("16.4114"), Some((164_114, 4)));
        assert_eq!(parts("-0"), Some((0, 0)));
        assert_eq!(parts("1.5e2"), Some((150, 0)));
        assert_eq!(parts("12e-3"), Some((12, 3)));
        for wrong in ["1e999", "1e-99", "", "x", "123456789012345678901234567890"] {
            assert_eq!(parts(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn quotients_round_half_away_from_zero() {
        assert_eq!(quotient(1, 8, 2).as_deref(), Some("0.13"));
        assert_eq!(quotient(-1, 8, 2).as_deref(), Some("-0.13"));
        assert_eq!(quotient(-1, 1_000, 2).as_deref(), Some("0.00"));
        assert_eq!(quotient(5, 2, 0).as_deref(), Some("3"));
        assert_eq!(quotient(5, 0, 2), None);
    }
}
