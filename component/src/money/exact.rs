//! The exact number that everything is computed in.
//!
//! Own code around num-rational: nearly all numbers of a bill fit a fraction of 64 bits, which needs no memory of its
//! own. The library has no fraction that grows only where it must.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub};

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::{BigRational, Ratio};
use num_traits::{CheckedAdd, CheckedDiv, CheckedMul, CheckedSub, Signed, ToPrimitive};

/// A fraction of any size, always reduced. Its operations never round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exact(Value);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    /// The numerator is never `i64::MIN`, so that each value has a negative of its kind.
    Small(Ratio<i64>),
    /// Never a value that fits [`Value::Small`]: equal numbers are equal, however they were computed.
    Large(Box<BigRational>),
}

use Value::{Large, Small};

impl Default for Exact {
    fn default() -> Self {
        Exact::small(0, 1)
    }
}

impl Exact {
    /// A whole number.
    pub fn whole(value: impl Into<i128>) -> Self {
        let value = value.into();
        match i64::try_from(value) {
            Ok(value) if value != i64::MIN => Exact::small(value, 1),
            _ => Exact(Large(Box::new(BigInt::from(value).into()))),
        }
    }

    /// `numerator` ÷ `denominator`, which must not be 0.
    pub fn fraction(numerator: impl Into<BigInt>, denominator: impl Into<BigInt>) -> Self {
        BigRational::new(numerator.into(), denominator.into()).into()
    }

    /// The same of numbers of 64 bits: the numerator must not be `i64::MIN`, the denominator must be above 0.
    pub fn small_fraction(numerator: i64, denominator: i64) -> Self {
        Exact(Small(Ratio::new(numerator, denominator)))
    }

    /// A reduced fraction.
    const fn small(numerator: i64, denominator: i64) -> Self {
        Exact(Small(Ratio::new_raw(numerator, denominator)))
    }

    /// Numerator and denominator, where both fit 64 bits.
    pub fn to_small(&self) -> Option<(i64, i64)> {
        match &self.0 {
            Small(ratio) => Some((*ratio.numer(), *ratio.denom())),
            Large(_) => None,
        }
    }

    /// The fraction as the library has it.
    pub fn to_ratio(&self) -> Cow<'_, BigRational> {
        match &self.0 {
            Small(ratio) => Cow::Owned(BigRational::new_raw((*ratio.numer()).into(), (*ratio.denom()).into())),
            Large(ratio) => Cow::Borrowed(ratio),
        }
    }

    /// Whether it is 0.
    pub fn is_zero(&self) -> bool {
        self.to_small() == Some((0, 1))
    }

    /// Whether it is a whole number.
    pub fn is_whole(&self) -> bool {
        match &self.0 {
            Small(ratio) => ratio.is_integer(),
            Large(ratio) => ratio.is_integer(),
        }
    }

    /// Whether it is below 0.
    pub fn is_negative(&self) -> bool {
        match &self.0 {
            Small(ratio) => ratio.is_negative(),
            Large(ratio) => ratio.is_negative(),
        }
    }

    /// Whether it is above 0.
    pub fn is_positive(&self) -> bool {
        !self.is_negative() && !self.is_zero()
    }

    /// The value, where it is a whole number that fits.
    pub fn to_u64(&self) -> Option<u64> {
        match &self.0 {
            Small(ratio) => u64::try_from(*ratio.numer()).ok().filter(|_| ratio.is_integer()),
            Large(ratio) => ratio.numer().to_u64().filter(|_| ratio.is_integer()),
        }
    }

    /// The value, where it is a whole number that fits.
    pub fn to_i64(&self) -> Option<i64> {
        match &self.0 {
            Small(ratio) => Some(*ratio.numer()).filter(|_| ratio.is_integer()),
            Large(ratio) => ratio.numer().to_i64().filter(|_| ratio.is_integer()),
        }
    }

    /// The value without its sign.
    pub fn abs(&self) -> Self {
        if self.is_negative() { -self.clone() } else { self.clone() }
    }

    /// The smallest whole number that is not below the value.
    pub fn ceil(&self) -> Self {
        match &self.0 {
            Small(ratio) => Exact::small(Integer::div_ceil(ratio.numer(), ratio.denom()), 1),
            Large(ratio) => ratio.ceil().into(),
        }
    }

    /// An operation on whole numbers of 64 bits, which needs no divisor; on fractions of 64 bits; or on any.
    #[inline]
    fn operation(
        &self,
        other: &Exact,
        whole: impl Fn(i64, i64) -> Option<i64>,
        small: impl Fn(&Ratio<i64>, &Ratio<i64>) -> Option<Ratio<i64>>,
        large: impl Fn(&BigRational, &BigRational) -> BigRational,
    ) -> Exact {
        if let (Some((a, 1)), Some((b, 1))) = (self.to_small(), other.to_small())
            && let Some(result) = whole(a, b)
            && result != i64::MIN
        {
            return Exact::small(result, 1);
        }
        if let (Small(a), Small(b)) = (&self.0, &other.0)
            && let Some(result) = small(a, b)
            && *result.numer() != i64::MIN
        {
            return Exact(Small(result));
        }
        large(&self.to_ratio(), &other.to_ratio()).into()
    }
}

impl From<BigRational> for Exact {
    fn from(ratio: BigRational) -> Self {
        match (ratio.numer().to_i64(), ratio.denom().to_i64()) {
            (Some(numerator), Some(denominator)) if numerator != i64::MIN => Exact::small(numerator, denominator),
            _ => Exact(Large(Box::new(ratio))),
        }
    }
}

impl From<BigInt> for Exact {
    fn from(value: BigInt) -> Self {
        BigRational::from(value).into()
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Exact {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (Small(a), Small(b)) => a.cmp(b),
            _ => self.to_ratio().cmp(&other.to_ratio()),
        }
    }
}

/// An operation on borrowed and owned operands.
macro_rules! operation {
    ($($trait:ident $method:ident $whole:expr, $checked:path;)*) => {$(
        impl $trait<&Exact> for &Exact {
            type Output = Exact;
            // Kept out of line: a run has few operations, and their code at every use would be most of the component.
            #[inline(never)]
            fn $method(self, other: &Exact) -> Exact {
                self.operation(other, $whole, $checked, |a, b| a.$method(b))
            }
        }

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

// The divisor of a division must not be 0.
operation! {
    Add add i64::checked_add, CheckedAdd::checked_add;
    Sub sub i64::checked_sub, CheckedSub::checked_sub;
    Mul mul i64::checked_mul, CheckedMul::checked_mul;
    Div div |a, b| (a.checked_rem(b) == Some(0)).then(|| a / b), CheckedDiv::checked_div;
}

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
        match self.0 {
            Small(ratio) => Exact(Small(-ratio)),
            // One negative number of 64 bits has no positive one.
            Large(ratio) => (-*ratio).into(),
        }
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
    use num_traits::Zero;
    use proptest::prelude::*;

    /// Each number has one form.
    fn is_formed(value: &Exact) -> bool {
        let ratio = value.to_ratio();
        let fits = ratio.numer().to_i64().is_some_and(|numerator| numerator != i64::MIN) && ratio.denom().to_i64().is_some();
        matches!(value.0, Small(_)) == fits
    }

    /// Numbers on both sides of where another way of computing begins.
    fn number() -> impl Strategy<Value = (i128, u128)> {
        let edge = |value: i128| (-2i128..=2).prop_map(move |more| value + more);
        let numerators = prop_oneof![
            -20i128..20,
            -1_000_000_000_000i128..1_000_000_000_000,
            edge(i64::MAX.into()),
            edge(i64::MIN.into()),
            any::<i64>().prop_map(i128::from),
            any::<i128>(),
        ];
        let denominators = prop_oneof![1u128..20, (0u32..=18).prop_map(|zeros| 10u128.pow(zeros)), 1u128..=u128::from(u64::MAX)];
        (numerators, denominators)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn arithmetic_is_that_of_the_library((an, ad) in number(), (bn, bd) in number()) {
            let (a, b) = (Exact::fraction(an, ad), Exact::fraction(bn, bd));
            let (x, y) = (BigRational::new(an.into(), ad.into()), BigRational::new(bn.into(), bd.into()));
            let divided = (!y.is_zero()).then(|| (&a / &b, &x / &y));
            let results = [(a.clone(), x.clone()), (&a + &b, &x + &y), (&a - &b, &x - &y), (&a * &b, &x * &y)];
            let of_one = [(a.ceil(), x.ceil()), (a.abs(), x.abs()), (-a.clone(), -x.clone())];
            for (ours, theirs) in results.into_iter().chain(of_one).chain(divided) {
                prop_assert_eq!(ours.to_ratio().into_owned(), theirs);
                prop_assert!(is_formed(&ours));
            }
            prop_assert_eq!(a.cmp(&b), x.cmp(&y));
            prop_assert_eq!(a == b, x == y);
            prop_assert_eq!((a.is_zero(), a.is_negative(), a.is_positive(), a.is_whole()), (x.is_zero(), x.is_negative(), x.is_positive(), x.is_integer()));
            prop_assert_eq!(&(&a - &b) + &b == a && &a - &a == Exact::default(), true);
            prop_assert_eq!(Exact::whole(an), Exact::fraction(an, 1));
            prop_assert_eq!(Exact::whole(an).to_i64(), i64::try_from(an).ok());
            prop_assert_eq!(Exact::whole(an).to_u64(), u64::try_from(an).ok());
        }
    }

    #[test]
    fn what_fits() {
        for value in [0, 1, -1, i64::MAX.into(), i64::MIN.into(), i128::from(i64::MIN) - 1, u64::MAX.into(), i128::from(u64::MAX) + 1] {
            let whole = Exact::whole(value);
            assert_eq!((whole.to_i64(), whole.to_u64()), (i64::try_from(value).ok(), u64::try_from(value).ok()));
        }
        assert_eq!(Exact::fraction(1, 2).to_i64(), None);
    }
}
