//! Whole numbers of any size, from 0 up.
//!
//! Nearly all numbers of a bill fit 64 bits: those are computed by the processor, without memory
//! of their own. What does not fit is computed digit by digit, and is equal all the same.

mod digits;

use std::borrow::Cow;
use std::cmp::Ordering;

use digits::Digits;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Natural {
    Small(u64),
    /// Never what fits 64 bits: equal numbers are equal, however they were computed.
    Large(Digits),
}

use Natural::{Large, Small};

/// The powers of ten of 64 bits.
const POWERS: [u64; 20] = {
    let mut powers = [1; 20];
    let mut zeros = 1;
    while zeros < powers.len() {
        powers[zeros] = powers[zeros - 1] * 10;
        zeros += 1;
    }
    powers
};

/// How many decimal digits always fit 64 bits.
const SMALL_DIGITS: usize = 19;

impl Default for Natural {
    fn default() -> Self {
        Small(0)
    }
}

impl From<u128> for Natural {
    fn from(value: u128) -> Self {
        u64::try_from(value).map_or_else(|_| Large(value.into()), Small)
    }
}

impl From<Digits> for Natural {
    fn from(digits: Digits) -> Self {
        digits.to_u64().map_or(Large(digits), Small)
    }
}

impl PartialOrd for Natural {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Natural {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Small(a), Small(b)) => a.cmp(b),
            (Small(_), Large(_)) => Ordering::Less,
            (Large(_), Small(_)) => Ordering::Greater,
            (Large(a), Large(b)) => a.cmp(b),
        }
    }
}

// The operations are kept out of line, as those of `Exact` are.
impl Natural {
    fn digits(&self) -> Cow<'_, Digits> {
        match self {
            Small(value) => Cow::Owned(u128::from(*value).into()),
            Large(digits) => Cow::Borrowed(digits),
        }
    }

    /// The value of ASCII digits.
    pub fn parse(decimal: &[u8]) -> Natural {
        if decimal.len() > SMALL_DIGITS {
            return Digits::parse(decimal).into();
        }
        Small(decimal.iter().fold(0, |value, b| value * 10 + u64::from(b - b'0')))
    }

    /// In base ten; 0 has no digit.
    pub fn decimal(&self) -> String {
        let mut text = String::new();
        self.write(&mut text, 0);
        text
    }

    /// Append it in base ten, with zeros before it where it has fewer digits.
    #[inline(never)]
    pub fn write(&self, text: &mut String, digits_min: usize) {
        match self {
            Small(value) => {
                let mut digits = [b'0'; SMALL_DIGITS + 1];
                let mut start = digits.len();
                let mut rest = *value;
                while rest > 0 {
                    start -= 1;
                    digits[start] += (rest % 10) as u8;
                    rest /= 10;
                }
                zeros(text, digits_min.saturating_sub(digits.len() - start));
                text.extend(digits[start..].iter().map(|digit| char::from(*digit)));
            }
            Large(digits) => {
                let digits = digits.decimal();
                zeros(text, digits_min.saturating_sub(digits.len()));
                text.push_str(&digits);
            }
        }
    }

    #[inline(never)]
    pub fn power_of_ten(zeros: u32) -> Natural {
        POWERS.get(zeros as usize).map_or_else(|| Large(Digits::power_of_ten(zeros)), |power| Small(*power))
    }

    pub fn is_zero(&self) -> bool {
        *self == Small(0)
    }

    pub fn is_one(&self) -> bool {
        *self == Small(1)
    }

    pub fn is_odd(&self) -> bool {
        match self {
            Small(value) => value % 2 == 1,
            Large(digits) => digits.is_odd(),
        }
    }

    /// Digits in base two; 0 has none.
    pub fn bits(&self) -> u32 {
        match self {
            Small(value) => u64::BITS - value.leading_zeros(),
            Large(digits) => digits.bits(),
        }
    }

    pub fn to_u64(&self) -> Option<u64> {
        match self {
            Small(value) => Some(*value),
            Large(_) => None,
        }
    }

    #[inline(never)]
    pub fn plus(&self, other: &Natural) -> Natural {
        match (self, other) {
            (Small(a), Small(b)) => Natural::from(u128::from(*a) + u128::from(*b)),
            _ => self.digits().plus(&other.digits()).into(),
        }
    }

    /// Less another, which must not be larger.
    #[inline(never)]
    pub fn minus(&self, other: &Natural) -> Natural {
        match (self, other) {
            (Small(a), Small(b)) => Small(a - b),
            _ => self.digits().minus(&other.digits()).into(),
        }
    }

    #[inline(never)]
    pub fn times(&self, other: &Natural) -> Natural {
        match (self, other) {
            (Small(a), Small(b)) => match (u32::try_from(*a), u32::try_from(*b)) {
                // WebAssembly multiplies 64 bits to 64, and to 128 only in a function's many steps.
                (Ok(a), Ok(b)) => Small(u64::from(a) * u64::from(b)),
                _ => Natural::from(u128::from(*a) * u128::from(*b)),
            },
            _ => self.digits().times(&other.digits()).into(),
        }
    }

    /// Quotient and remainder; the divisor must not be 0.
    #[inline(never)]
    pub fn divided(&self, divisor: &Natural) -> (Natural, Natural) {
        match (self, divisor) {
            (_, Small(1)) => (self.clone(), Small(0)),
            (Small(a), Small(b)) => (Small(a / b), Small(a % b)),
            _ => {
                let (quotient, rest) = self.digits().divided(&divisor.digits());
                (quotient.into(), rest.into())
            }
        }
    }

    /// The greatest common divisor, as Euclid has it.
    #[inline(never)]
    pub fn common_divisor(&self, other: &Natural) -> Natural {
        if self.is_one() || other.is_one() {
            return Small(1);
        }
        let (mut a, mut b) = (self.clone(), other.clone());
        while !b.is_zero() {
            if let (&Small(mut a), &Small(mut b)) = (&a, &b) {
                while b > 0 {
                    (a, b) = (b, a % b);
                }
                return Small(a);
            }
            let rest = a.divided(&b).1;
            (a, b) = (b, rest);
        }
        a
    }
}

fn zeros(text: &mut String, count: usize) {
    (0..count).for_each(|_| text.push('0'));
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_bigint::BigUint;
    use num_integer::Integer;
    use proptest::prelude::*;

    fn theirs(value: &Natural) -> BigUint {
        value.decimal().parse().unwrap_or_default()
    }

    /// Numbers on both sides of where another way of computing begins.
    fn natural() -> impl Strategy<Value = Natural> {
        let near = |value: u128| (0u128..3).prop_map(move |more| Natural::from(value + more));
        let edge = [0, 1 << 32, 1 << 64, 1 << 96].map(|edge: u128| near(edge.saturating_sub(1)));
        let [zero, half, small, large] = edge;
        prop_oneof![zero, half, small, large, any::<u64>().prop_map(Small), any::<u128>().prop_map(Natural::from)]
    }

    /// Each number has one form.
    fn formed(value: &Natural) -> bool {
        matches!(value, Small(_)) == u64::try_from(theirs(value)).is_ok()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2048))]

        #[test]
        fn arithmetic_is_that_of_the_library(a in natural(), b in natural(), c in natural()) {
            let (x, y) = (theirs(&a), theirs(&b));
            let (sum, product) = (a.plus(&b), a.times(&b));
            prop_assert_eq!(theirs(&sum), &x + &y);
            prop_assert_eq!(theirs(&product), &x * &y);
            prop_assert!(formed(&sum) && formed(&product) && formed(&sum.minus(&b)));
            prop_assert_eq!(&sum.minus(&b), &a);
            prop_assert_eq!(a.cmp(&b), x.cmp(&y));
            prop_assert_eq!(a == b, x == y);
            prop_assert_eq!(theirs(&a.common_divisor(&b)), x.gcd(&y));
            prop_assert_eq!(a.to_u64(), u64::try_from(&x).ok());
            prop_assert_eq!(u64::from(a.bits()), x.bits());
            prop_assert_eq!((a.is_odd(), a.is_zero(), a.is_one()), (x.is_odd(), x == BigUint::ZERO, x == BigUint::from(1u32)));
            for (dividend, divisor) in [(&a, &b), (&product.plus(&c), &b), (&product, &a)] {
                if !divisor.is_zero() {
                    let (quotient, rest) = dividend.divided(divisor);
                    prop_assert!(formed(&quotient) && formed(&rest));
                    prop_assert_eq!((theirs(&quotient), theirs(&rest)), theirs(dividend).div_rem(&theirs(divisor)));
                }
            }
        }

        #[test]
        fn decimal_text_is_that_of_the_library(a in natural(), before in 0usize..30, zeros in 0u32..60) {
            let text = "0".repeat(before) + &theirs(&a).to_string();
            prop_assert_eq!(&Natural::parse(text.as_bytes()), &a);
            let mut written = String::from("-");
            a.write(&mut written, before);
            prop_assert_eq!(written, format!("-{:0>before$}", a.decimal()));
            let power = Natural::power_of_ten(zeros);
            prop_assert!(formed(&power));
            prop_assert_eq!(theirs(&power), BigUint::from(10u32).pow(zeros));
        }
    }
}
