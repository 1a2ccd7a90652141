//! The exact number that everything is computed in.

use std::cmp::Ordering;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub};

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive, Zero};

/// A fraction of big integers. Operations are kept out of line: a run is made of few of them,
/// and their code, repeated at every use, would be half of the component.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Exact(BigRational);

impl Exact {
    /// `numerator` ÷ `denominator`, which must not be 0.
    #[inline(never)]
    pub fn ratio(numerator: BigInt, denominator: BigInt) -> Self {
        Exact(BigRational::new(numerator, denominator))
    }

    #[inline(never)]
    pub fn whole(value: impl Into<BigInt>) -> Self {
        Exact(BigRational::from_integer(value.into()))
    }

    pub fn numerator(&self) -> &BigInt {
        self.0.numer()
    }

    /// Always above 0.
    pub fn denominator(&self) -> &BigInt {
        self.0.denom()
    }


    pub fn is_zero(&self) -> bool {
        self.0.is_zero()
    }

    pub fn is_negative(&self) -> bool {
        self.0.is_negative()
    }

    pub fn is_positive(&self) -> bool {
        self.0.is_positive()
    }

    /// The value, where it is a whole number that fits.
    pub fn to_u64(&self) -> Option<u64> {
        self.0.is_integer().then(|| self.0.numer().to_u64()).flatten()
    }

    /// The value, where it is a whole number that fits.
    pub fn to_i64(&self) -> Option<i64> {
        self.0.is_integer().then(|| self.0.numer().to_i64()).flatten()
    }

    #[inline(never)]
    pub fn abs(&self) -> Self {
        Exact(self.0.abs())
    }

    /// The next whole number that is not below.
    #[inline(never)]
    pub fn ceil(&self) -> Self {
        Exact(self.0.ceil())
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
        self.0.cmp(&other.0)
    }
}

macro_rules! operation {
    ($($trait:ident $method:ident)*) => {$(
        impl $trait<&Exact> for &Exact {
            type Output = Exact;
            #[inline(never)]
            fn $method(self, other: &Exact) -> Exact {
                Exact((&self.0).$method(&other.0))
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
        Exact(-self.0)
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
