//! Units of measurement: what a report measures in, and what a price is for.

use crate::money::Exact;

/// The unit of a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Byte,
    Gib,
    Tib,
    Second,
    Hour,
    Each,
}

impl Unit {
    pub const NAMES: &str = "byte, GiB, TiB, second, hour or each";

    pub fn parse(text: &str) -> Option<Unit> {
        [Unit::Byte, Unit::Gib, Unit::Tib, Unit::Second, Unit::Hour, Unit::Each].into_iter().find(|unit| unit.name() == text)
    }

    pub const fn name(self) -> &'static str {
        match self {
            Unit::Byte => "byte",
            Unit::Gib => "GiB",
            Unit::Tib => "TiB",
            Unit::Second => "second",
            Unit::Hour => "hour",
            Unit::Each => "each",
        }
    }

    /// Whether a row's `measurement_unit` can be converted to this unit.
    pub fn fits(self, measurement_unit: &str) -> bool {
        match measurement_unit {
            "bytes" => matches!(self, Unit::Byte | Unit::Gib | Unit::Tib),
            "seconds" => matches!(self, Unit::Second | Unit::Hour),
            "" | "quantity" => self == Unit::Each,
            _ => false,
        }
    }

    /// How many of the report's units are one of this; Acronis' GB is 1024³ bytes.
    fn size(self) -> u64 {
        match self {
            Unit::Byte | Unit::Second | Unit::Each => 1,
            Unit::Gib => 1 << 30,
            Unit::Tib => 1 << 40,
            Unit::Hour => 3600,
        }
    }

    /// A quantity of this unit in another of its kind that is not larger, exactly.
    pub fn in_smaller(self, quantity: &Exact, smaller: Unit) -> Exact {
        quantity * &Exact::whole(self.size() / smaller.size())
    }

    /// The smallest of several units of one kind.
    pub fn smallest(units: impl Iterator<Item = Unit>) -> Option<Unit> {
        units.min_by_key(|unit| unit.size())
    }

    /// A quantity of a fitting `measurement_unit`, in this unit, exactly.
    pub fn convert(self, quantity: &Exact) -> Exact {
        quantity / Exact::whole(self.size())
    }
}
