//! The exact number that everything is computed in.

use std::cmp::Ordering;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub};

use super::natural::Natural;

/// A fraction, always reduced; 0 is not negative. Operations are kept out of line: a run is made
/// of few of them, and their code, repeated at every use, would be half of the component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exact {
    negative: bool,
    numerator: Natural,
    denominator: Natural,
}

impl Default for Exact {
    fn default() -> Self {
        Exact::whole(0)
    }
}

impl Exact {
    pub fn whole(value: impl Into<i128>) -> Self {
        Exact::of_i128(value.into())
    }

    #[inline(never)]
    fn of_i128(value: i128) -> Self {
        Exact { negative: value < 0, numerator: value.unsigned_abs().into(), denominator: Natural::from(1) }
    }

    /// `numerator` ÷ `denominator`, which must not be 0.
    #[inline(never)]
    pub fn fraction(negative: bool, numerator: Natural, denominator: Natural) -> Self {
        let common = numerator.common_divisor(&denominator);
        let (numerator, denominator) =
            if common.is_one() { (numerator, denominator) } else { (numerator.divided(&common).0, denominator.divided(&common).0) };
        Exact { negative: negative && !numerator.is_zero(), numerator, denominator }
    }

    /// The absolute value's.
    pub fn numerator(&self) -> &Natural {
        &self.numerator
    }

    /// Always above 0.
    pub fn denominator(&self) -> &Natural {
        &self.denominator
    }

    pub fn is_zero(&self) -> bool {
        self.numerator.is_zero()
    }

    pub fn is_whole(&self) -> bool {
        self.denominator.is_one()
    }

    pub fn is_negative(&self) -> bool {
        self.negative
    }

    pub fn is_positive(&self) -> bool {
        !self.negative && !self.is_zero()
    }

    /// The value, where it is a whole number that fits.
    pub fn to_u64(&self) -> Option<u64> {
        u64::try_from(self.to_i128()?).ok()
    }

    /// The value, where it is a whole number that fits.
    pub fn to_i64(&self) -> Option<i64> {
        i64::try_from(self.to_i128()?).ok()
    }

    /// The value, where it is a whole number and not far from those of 64 bits.
    fn to_i128(&self) -> Option<i128> {
        let value = i128::from(self.numerator.to_u64().filter(|_| self.denominator.is_one())?);
        Some(if self.negative { -value } else { value })
    }

    pub fn abs(&self) -> Self {
        Exact { negative: false, ..self.clone() }
    }

    /// The next whole number that is not below.
    #[inline(never)]
    pub fn ceil(&self) -> Self {
        let (whole, rest) = self.numerator.divided(&self.denominator);
        let up = !self.negative && !rest.is_zero();
        let whole = if up { whole.plus(&Natural::from(1)) } else { whole };
        Exact::fraction(self.negative, whole, Natural::from(1))
    }

    /// Numerators over a common denominator.
    fn alike(&self, other: &Exact) -> (Natural, Natural) {
        (self.numerator.times(&other.denominator), other.numerator.times(&self.denominator))
    }

    /// The sum with a value of which only the sign is another.
    #[inline(never)]
    fn plus(&self, other: &Exact, negative: bool) -> Exact {
        let (a, b) = self.alike(other);
        let (negative, sum) = match (self.negative == negative, a < b) {
            (true, _) => (negative, a.plus(&b)),
            (false, true) => (negative, b.minus(&a)),
            (false, false) => (self.negative, a.minus(&b)),
        };
        Exact::fraction(negative, sum, self.denominator.times(&other.denominator))
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Exact {
    #[inline(never)]
    fn cmp(&self, other: &Self) -> Ordering {
        let (a, b) = self.alike(other);
        match (self.negative, other.negative) {
            (false, false) => a.cmp(&b),
            (true, true) => b.cmp(&a),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

impl Add<&Exact> for &Exact {
    type Output = Exact;
    fn add(self, other: &Exact) -> Exact {
        self.plus(other, other.negative)
    }
}

impl Sub<&Exact> for &Exact {
    type Output = Exact;
    fn sub(self, other: &Exact) -> Exact {
        self.plus(other, !other.negative)
    }
}

impl Mul<&Exact> for &Exact {
    type Output = Exact;
    #[inline(never)]
    fn mul(self, other: &Exact) -> Exact {
        let (numerator, denominator) = (self.numerator.times(&other.numerator), self.denominator.times(&other.denominator));
        Exact::fraction(self.negative != other.negative, numerator, denominator)
    }
}

impl Div<&Exact> for &Exact {
    type Output = Exact;
    /// The divisor must not be 0.
    #[inline(never)]
    fn div(self, other: &Exact) -> Exact {
        let (numerator, denominator) = self.alike(other);
        Exact::fraction(self.negative != other.negative, numerator, denominator)
    }
}

/// The same with operands that are given away.
macro_rules! operation {
    ($($trait:ident $method:ident)*) => {$(
        impl $trait<&Exact> for Exact {
            type Output = Exact;
            fn $method(self, other: &Exact) -> Exact {
                (&self).$method(other)
            }
        }

        impl $trait<Exact> for Exact {
            type Output = Exact;
            fn $method(self, other: Exact) -> Exact {
                (&self).$method(&other)
            }
        }

        impl $trait<Exact> for &Exact {
            type Output = Exact;
            fn $method(self, other: Exact) -> Exact {
                self.$method(&other)
            }
        }
    )*};
}

operation! { Add add Sub sub Mul mul Div div }

impl AddAssign<&Exact> for Exact {
    fn add_assign(&mut self, other: &Exact) {
        *self = &*self + other;
    }
}

impl AddAssign<Exact> for Exact {
    fn add_assign(&mut self, other: Exact) {
        *self = &*self + &other;
    }
}

impl MulAssign<&Exact> for Exact {
    fn mul_assign(&mut self, other: &Exact) {
        *self = &*self * other;
    }
}

impl Neg for Exact {
    type Output = Exact;
    fn neg(self) -> Exact {
        Exact { negative: !self.negative && !self.is_zero(), ..self }
    }
}

impl Sum for Exact {
    fn sum<I: Iterator<Item = Exact>>(values: I) -> Exact {
        values.fold(Exact::default(), |sum, value| sum + value)
    }
}

impl<'a> Sum<&'a Exact> for Exact {
    fn sum<I: Iterator<Item = &'a Exact>>(values: I) -> Exact {
        values.fold(Exact::default(), |sum, value| sum + value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_rational::BigRational;
    use num_traits::{Signed, Zero};
    use proptest::prelude::*;

    fn exact(numerator: i128, denominator: u64) -> Exact {
        Exact::fraction(numerator < 0, numerator.unsigned_abs().into(), Natural::from(u128::from(denominator)))
    }

    /// By its text: the library's fractions are reduced too.
    fn shown(value: &Exact) -> String {
        let decimal = |part: &Natural| if part.is_zero() { "0".to_string() } else { part.decimal() };
        let sign = if value.negative { "-" } else { "" };
        if value.denominator.is_one() {
            format!("{sign}{}", decimal(&value.numerator))
        } else {
            format!("{sign}{}/{}", decimal(&value.numerator), decimal(&value.denominator))
        }
    }

    fn number() -> impl Strategy<Value = (i128, u64)> {
        (prop_oneof![-20i128..20, -1_000_000_000_000i128..1_000_000_000_000, any::<i128>()], prop_oneof![1u64..20, 1u64..=u64::MAX])
    }

    proptest! {
        #[test]
        fn arithmetic_is_that_of_the_library((an, ad) in number(), (bn, bd) in number()) {
            let (a, b) = (exact(an, ad), exact(bn, bd));
            let (x, y) = (BigRational::new(an.into(), ad.into()), BigRational::new(bn.into(), bd.into()));
            prop_assert_eq!(shown(&a), x.to_string());
            prop_assert_eq!(shown(&(&a + &b)), (&x + &y).to_string());
            prop_assert_eq!(shown(&(&a - &b)), (&x - &y).to_string());
            prop_assert_eq!(shown(&(&a * &b)), (&x * &y).to_string());
            if !y.is_zero() {
                prop_assert_eq!(shown(&(&a / &b)), (&x / &y).to_string());
            }
            prop_assert_eq!(a.cmp(&b), x.cmp(&y));
            prop_assert_eq!(shown(&a.ceil()), x.ceil().to_string());
            prop_assert_eq!(shown(&a.abs()), x.abs().to_string());
            prop_assert_eq!(shown(&-a.clone()), (-&x).to_string());
            prop_assert_eq!((a.is_zero(), a.is_negative(), a.is_positive()), (x.is_zero(), x.is_negative(), x.is_positive()));
            prop_assert_eq!(&(&a - &b) + &b == a && &a - &a == Exact::default(), true);
            prop_assert_eq!(exact(an, 1).to_i64(), i64::try_from(an).ok());
            prop_assert_eq!(exact(an, 1).to_u64(), u64::try_from(an).ok());
        }
    }

    #[test]
    fn what_fits() {
        for value in [0, 1, -1, i64::MAX.into(), i64::MIN.into(), i128::from(i64::MIN) - 1, u64::MAX.into(), i128::from(u64::MAX) + 1] {
            let whole = Exact::whole(value);
            assert_eq!((whole.to_i64(), whole.to_u64()), (i64::try_from(value).ok(), u64::try_from(value).ok()));
        }
        assert_eq!(exact(1, 2).to_i64(), None);
    }
}
