//! Exact numbers, amounts, and the only rounding in the repository.

pub mod currency;
pub mod decimal;
pub mod exact;

use std::fmt;

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::Signed;
use serde::{Serialize, Serializer};

pub use exact::Exact;
pub use skubill_contract::limits::PLACES_MAX;
pub use skubill_contract::word::Mode;

/// A rounding to decimal places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rounding {
    /// Decimal places, at most [`PLACES_MAX`] where a user states them.
    pub places: u32,
    /// How the digits beyond the last place are rounded.
    pub mode: Mode,
}

impl Rounding {
    /// Half up, away from zero: the default everywhere.
    pub const fn half_up(places: u32) -> Self {
        Rounding { places, mode: Mode::HalfUp }
    }

    /// Round an exact value, once.
    pub fn apply(self, value: &Exact) -> Amount {
        let units = match value.to_small() {
            Some((numerator, denominator)) if self.places <= SMALL_PLACES => {
                let scaled = i128::from(numerator) * 10i128.pow(self.places);
                match i64::try_from(scaled) {
                    // WebAssembly divides 64 bits in one step, and 128 in a function's many.
                    Ok(scaled) => Exact::whole(quotient(self.mode, scaled, &denominator)),
                    Err(_) => Exact::whole(quotient(self.mode, scaled, &denominator.into())),
                }
            }
            _ => {
                let ratio = value.to_ratio();
                quotient(self.mode, ratio.numer() * power_of_ten(self.places), ratio.denom()).into()
            }
        };
        Amount { units, places: self.places }
    }
}

/// So many places of a number of 64 bits fit 128 bits.
const SMALL_PLACES: u32 = 18;

/// A quotient as a whole number; the denominator must be above 0.
fn quotient<T: Integer + Signed + Clone>(mode: Mode, numerator: T, denominator: &T) -> T {
    let (units, rest) = numerator.div_rem(denominator);
    let rest = rest.abs();
    let is_odd = units.is_odd();
    // The rest is below the denominator: twice the rest against it, without a number that is larger than both.
    let half = || rest.cmp(&(denominator.clone() - rest.clone()));
    let away_from_zero = match mode {
        Mode::HalfUp => half().is_ge(),
        Mode::HalfEven => half().is_gt() || half().is_eq() && is_odd,
        Mode::Up => !rest.is_zero(),
        Mode::Down => false,
    };
    if away_from_zero { units + numerator.signum() } else { units }
}

/// 10 to a power.
fn power_of_ten(zeros: u32) -> BigInt {
    BigInt::from(10).pow(zeros)
}

/// A decimal with a fixed number of places: a rounded line, or a sum of such lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amount {
    /// A whole number.
    units: Exact,
    places: u32,
}

impl Amount {
    /// 0 with so many places.
    pub fn zero(places: u32) -> Self {
        Amount { units: Exact::default(), places }
    }

    /// Whether it is below 0.
    pub fn is_negative(&self) -> bool {
        self.units.is_negative()
    }

    /// The value as a fraction.
    pub fn exact(&self) -> Exact {
        &self.units / Exact::from(power_of_ten(self.places))
    }

    /// Without trailing zeros: how quantities are shown.
    pub fn trimmed(&self) -> String {
        let mut text = self.text();
        if self.places > 0 {
            text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
        }
        text
    }

    /// With all its places.
    fn text(&self) -> String {
        let places = self.places as usize;
        let mut text = whole_text(&self.units.abs());
        if places > 0 {
            if text.len() <= places {
                text.insert_str(0, &"0".repeat(places + 1 - text.len()));
            }
            text.insert(text.len() - places, '.');
        }
        if self.is_negative() {
            text.insert(0, '-');
        }
        text
    }
}

/// The digits of a whole number, and its sign.
fn whole_text(value: &Exact) -> String {
    match value.to_small() {
        Some((whole, _)) => whole.to_string(),
        None => value.to_ratio().numer().to_string(),
    }
}

impl std::ops::AddAssign<&Amount> for Amount {
    /// Adds an amount with the same number of places.
    fn add_assign(&mut self, other: &Amount) {
        debug_assert_eq!(self.places, other.places);
        self.units += &other.units;
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text())
    }
}

/// A fraction in full: a decimal without exponent and without trailing zeros, or where that has no
/// end numerator and denominator.
pub fn plain(value: &Exact) -> String {
    if value.is_whole() {
        return whole_text(value);
    }
    match value.to_small().map_or_else(|| places(value.to_ratio().denom().clone()), |(_, denominator)| places(denominator)) {
        Some(places) => Rounding::half_up(places).apply(value).trimmed(),
        None => value.to_ratio().to_string(),
    }
}

/// How many decimal places a fraction of this denominator has, where they have an end: those of a denominator of twos
/// and fives alone.
fn places<T: Integer + From<u8>>(mut denominator: T) -> Option<u32> {
    let mut factors = |prime: u8| {
        let prime = T::from(prime);
        let mut count = 0;
        loop {
            let (quotient, rest) = denominator.div_rem(&prime);
            if !rest.is_zero() {
                return count;
            }
            denominator = quotient;
            count += 1;
        }
    };
    let places = factors(2).max(factors(5));
    denominator.is_one().then_some(places)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::decimal::Decimal;

    fn exact(text: &str) -> Exact {
        Decimal::parse(text, 38).expect(text).exact()
    }

    fn rounded(text: &str, places: u32, mode: Mode) -> String {
        Rounding { places, mode }.apply(&exact(text)).to_string()
    }

    #[test]
    fn ties_and_signs() {
        use Mode::*;
        for (value, half_up, half_even, up, down) in [
            ("0.125", "0.13", "0.12", "0.13", "0.12"),
            ("0.135", "0.14", "0.14", "0.14", "0.13"),
            ("-0.125", "-0.13", "-0.12", "-0.13", "-0.12"),
            ("0.001", "0.00", "0.00", "0.01", "0.00"),
            ("-0.001", "0.00", "0.00", "-0.01", "0.00"),
            ("99.995", "100.00", "100.00", "100.00", "99.99"),
        ] {
            assert_eq!(rounded(value, 2, HalfUp), half_up, "{value}");
            assert_eq!(rounded(value, 2, HalfEven), half_even, "{value}");
            assert_eq!(rounded(value, 2, Up), up, "{value}");
            assert_eq!(rounded(value, 2, Down), down, "{value}");
        }
        assert_eq!(rounded("2.5", 0, HalfEven), "2");
        assert_eq!(rounded("-2.5", 0, HalfUp), "-3");
    }

    #[test]
    fn plain_text_is_exact() {
        for text in ["0", "-7", "0.5", "1234567890123456789012345678901234.5678", "-0.00000000000000000000000000000000000001"] {
            assert_eq!(plain(&exact(text)), text);
        }
        assert_eq!(plain(&exact("1e38")), format!("1{}", "0".repeat(38)));
        assert_eq!(plain(&exact("1.500")), "1.5");
    }

    #[test]
    fn what_has_no_end_is_a_fraction() {
        for (numerator, denominator, text) in [
            ("5000", "3600", "25/18"),
            ("-1", "3", "-1/3"),
            ("-3", "6", "-0.5"),
            ("0", "7", "0"),
            ("7", "7", "1"),
            ("1", "1099511627776", "0.0000000000009094947017729282379150390625"),
            ("1", "1e38", "0.00000000000000000000000000000000000001"),
            ("1", "9765625", "0.0000001024"),
        ] {
            assert_eq!(plain(&(exact(numerator) / exact(denominator))), text);
        }
    }
}
