//! Whole numbers of any size, digit by digit.
//!
//! Own code: a library for such numbers brings what is fast for thousands of digits, a tenth of
//! the component, and ours have fifty. The tests hold it against one.

use std::cmp::Ordering;

/// Digits of base 2³², the lowest first; the highest is not 0.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Digits(Vec<u32>);

const BASE: u64 = 1 << 32;

/// The largest power of ten that is a digit.
const BILLION: u32 = 1_000_000_000;
const BILLION_ZEROS: u32 = 9;

impl From<u128> for Digits {
    fn from(value: u128) -> Self {
        Digits::trimmed([value, value >> 32, value >> 64, value >> 96].map(|digit| digit as u32).into())
    }
}

impl PartialOrd for Digits {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Digits {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.len().cmp(&other.0.len()).then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }
}

// The operations are kept out of line, as those of `Exact` are.
impl Digits {
    fn trimmed(mut digits: Vec<u32>) -> Digits {
        while digits.last() == Some(&0) {
            digits.pop();
        }
        Digits(digits)
    }

    /// The value of ASCII digits.
    pub fn parse(decimal: &[u8]) -> Digits {
        let mut value = Digits::default();
        for nine in decimal.rchunks(BILLION_ZEROS as usize).rev() {
            value.scale(BILLION, nine.iter().fold(0, |value, b| value * 10 + u32::from(b - b'0')));
        }
        value
    }

    /// In base ten; 0 has no digit.
    #[inline(never)]
    pub fn decimal(&self) -> String {
        let mut rest = self.clone();
        let mut decimal = Vec::new();
        while !rest.is_zero() {
            let mut nine = rest.split(BILLION);
            for _ in 0..BILLION_ZEROS {
                decimal.push(b'0' + (nine % 10) as u8);
                nine /= 10;
            }
        }
        decimal.iter().rev().skip_while(|b| **b == b'0').map(|b| char::from(*b)).collect()
    }

    #[inline(never)]
    pub fn power_of_ten(zeros: u32) -> Digits {
        let mut power = Digits::from(1);
        for _ in 0..zeros / BILLION_ZEROS {
            power.scale(BILLION, 0);
        }
        power.scale(10u32.pow(zeros % BILLION_ZEROS), 0);
        power
    }

    pub fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    pub fn is_odd(&self) -> bool {
        self.0.first().is_some_and(|digit| digit % 2 == 1)
    }

    /// Digits in base two; 0 has none.
    pub fn bits(&self) -> u32 {
        // Numbers of 32-bit memory have fewer than 2^32 digits.
        self.0.last().map_or(0, |highest| self.0.len() as u32 * u32::BITS - highest.leading_zeros())
    }

    pub fn to_u64(&self) -> Option<u64> {
        match self.0[..] {
            [] => Some(0),
            [low] => Some(low.into()),
            [low, high] => Some(u64::from(high) << 32 | u64::from(low)),
            _ => None,
        }
    }

    /// Multiply by a digit, and add one.
    #[inline(never)]
    fn scale(&mut self, factor: u32, addend: u32) {
        let mut carry = addend;
        for digit in &mut self.0 {
            let wide = u64::from(*digit) * u64::from(factor) + u64::from(carry);
            (*digit, carry) = (wide as u32, (wide >> 32) as u32);
        }
        if carry > 0 {
            self.0.push(carry);
        }
    }

    /// Divide by a digit; the remainder.
    #[inline(never)]
    fn split(&mut self, divisor: u32) -> u32 {
        let mut rest = 0;
        for digit in self.0.iter_mut().rev() {
            let wide = u64::from(rest) << 32 | u64::from(*digit);
            (*digit, rest) = ((wide / u64::from(divisor)) as u32, (wide % u64::from(divisor)) as u32);
        }
        *self = Digits::trimmed(std::mem::take(&mut self.0));
        rest
    }

    #[inline(never)]
    pub fn plus(&self, other: &Digits) -> Digits {
        let mut sum = Vec::new();
        let mut carry = 0;
        for at in 0..self.0.len().max(other.0.len()) {
            let wide = self.digit(at) + other.digit(at) + carry;
            sum.push(wide as u32);
            carry = wide >> 32;
        }
        sum.push(carry as u32);
        Digits::trimmed(sum)
    }

    fn digit(&self, at: usize) -> u64 {
        self.0.get(at).copied().unwrap_or(0).into()
    }

    /// Less another, which must not be larger.
    #[inline(never)]
    pub fn minus(&self, other: &Digits) -> Digits {
        let mut difference = Vec::new();
        let mut borrow = 0;
        for at in 0..self.0.len() {
            let wide = self.digit(at) + BASE - other.digit(at) - borrow;
            difference.push(wide as u32);
            borrow = 1 - (wide >> 32);
        }
        Digits::trimmed(difference)
    }

    #[inline(never)]
    pub fn times(&self, other: &Digits) -> Digits {
        let mut product = vec![0; self.0.len() + other.0.len()];
        for (at, factor) in self.0.iter().enumerate() {
            let mut carry = 0;
            for (digit, of_other) in product[at..].iter_mut().zip(other.0.iter().chain([&0])) {
                let wide = u64::from(*digit) + u64::from(*factor) * u64::from(*of_other) + carry;
                *digit = wide as u32;
                carry = wide >> 32;
            }
        }
        Digits::trimmed(product)
    }

    /// Quotient and remainder; the divisor must not be 0. Long division, in Knuth's form (The Art
    /// of Computer Programming 4.3.1, algorithm D): both are scaled so that the divisor's highest
    /// digit is large, and then a quotient's digit that is guessed from two digits is at most one
    /// too high.
    #[inline(never)]
    pub fn divided(&self, divisor: &Digits) -> (Digits, Digits) {
        let (Some(highest), false) = (divisor.0.last(), self < divisor) else {
            return (Digits::default(), self.clone());
        };
        let scale = 1 << highest.leading_zeros();
        let (mut rest, mut divisor) = (self.clone(), divisor.clone());
        rest.scale(scale, 0);
        divisor.scale(scale, 0);
        rest.0.push(0);
        let (digits, count) = (&divisor.0[..], divisor.0.len());
        let mut quotient = vec![0; rest.0.len() - count];
        for (at, digit) in quotient.iter_mut().enumerate().rev() {
            let part = &mut rest.0[at..=at + count];
            *digit = guess(part, digits);
            if subtract(part, *digit, digits) {
                *digit -= 1;
                add(part, digits);
            }
        }
        let mut rest = Digits::trimmed(rest.0);
        rest.split(scale);
        (Digits::trimmed(quotient), rest)
    }
}

/// A quotient's digit by the highest digits, right or one too high. `part` has one digit more than
/// `divisor`, and is less than it times the base.
fn guess(part: &[u32], divisor: &[u32]) -> u32 {
    let from_top = |digits: &[u32], at: usize| digits.len().checked_sub(at).map_or(0, |at| u64::from(digits[at]));
    let high = from_top(divisor, 1);
    let two = from_top(part, 1) << 32 | from_top(part, 2);
    let (mut guess, mut rest) = (two / high, two % high);
    while rest < BASE && (guess >= BASE || guess * from_top(divisor, 2) > (rest << 32 | from_top(part, 3))) {
        guess -= 1;
        rest += high;
    }
    guess as u32
}

/// Take `factor` times `digits` from `part`; whether that was too much.
fn subtract(part: &mut [u32], factor: u32, digits: &[u32]) -> bool {
    let mut carry = 0;
    for (digit, of_divisor) in part.iter_mut().zip(digits.iter().chain([&0])) {
        let product = u64::from(factor) * u64::from(*of_divisor) + carry;
        let (difference, borrow) = digit.overflowing_sub(product as u32);
        *digit = difference;
        carry = (product >> 32) + u64::from(borrow);
    }
    carry > 0
}

/// Give `digits` back to `part`, past its end.
fn add(part: &mut [u32], digits: &[u32]) {
    let mut carry = 0;
    for (digit, of_divisor) in part.iter_mut().zip(digits.iter().chain([&0])) {
        let wide = u64::from(*digit) + u64::from(*of_divisor) + carry;
        *digit = wide as u32;
        carry = wide >> 32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_bigint::BigUint;
    use num_integer::Integer;
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn theirs(value: &Digits) -> BigUint {
        BigUint::new(value.0.clone())
    }

    /// Digits that carry, borrow and make a guess too high more often than random ones do.
    fn natural() -> impl Strategy<Value = Digits> {
        let digit = prop_oneof![Just(0), Just(1), Just(1 << 31), Just((1 << 31) - 1), Just(u32::MAX), Just(u32::MAX - 1), any::<u32>()];
        vec(digit, 0..9).prop_map(Digits::trimmed)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1024))]

        #[test]
        fn arithmetic_is_that_of_the_library(a in natural(), b in natural(), c in natural()) {
            let (x, y) = (theirs(&a), theirs(&b));
            prop_assert_eq!(theirs(&a.plus(&b)), &x + &y);
            prop_assert_eq!(theirs(&a.times(&b)), &x * &y);
            prop_assert_eq!(a.cmp(&b), x.cmp(&y));
            prop_assert_eq!(theirs(&a.plus(&b).minus(&b)), x.clone());
            prop_assert_eq!(a.to_u64(), u64::try_from(&x).ok());
            prop_assert_eq!(u64::from(a.bits()), x.bits());
            prop_assert_eq!(a.is_odd(), x.is_odd());
            for (dividend, divisor) in [(&a, &b), (&a.times(&b).plus(&c), &b), (&a.times(&b), &a)] {
                if !divisor.is_zero() {
                    let (quotient, rest) = dividend.divided(divisor);
                    prop_assert_eq!((theirs(&quotient), theirs(&rest)), theirs(dividend).div_rem(&theirs(divisor)));
                    prop_assert!(quotient.0.last() != Some(&0) && rest.0.last() != Some(&0));
                }
            }
        }

        #[test]
        fn decimal_text_is_that_of_the_library(a in natural(), zeros in 0u32..100) {
            let text = theirs(&a).to_string();
            prop_assert_eq!(a.decimal(), text.trim_start_matches('0'));
            prop_assert_eq!(Digits::parse(text.as_bytes()), a);
            prop_assert_eq!(theirs(&Digits::power_of_ten(zeros)), BigUint::from(10u32).pow(zeros));
        }

        #[test]
        fn of_128_bits(value: u128) {
            prop_assert_eq!(theirs(&Digits::from(value)), BigUint::from(value));
        }
    }

    #[test]
    fn a_guess_that_is_one_too_high() {
        // The only digits for which the third step of the guess is not enough are this rare.
        let a = Digits(vec![3, 0, 1 << 31]);
        let b = Digits(vec![1, 0, 1 << 29]);
        let c = Digits(vec![0, u32::MAX - 1, 1 << 31]);
        let d = Digits(vec![u32::MAX, 1 << 31]);
        for (dividend, divisor) in [(&a, &b), (&c, &d)] {
            let (quotient, rest) = dividend.divided(divisor);
            assert_eq!((theirs(&quotient), theirs(&rest)), theirs(dividend).div_rem(&theirs(divisor)));
        }
    }
}
