//! Units of measurement: what a report measures in, and what a price is for.

use crate::money::Exact;

pub use skubill_contract::word::Unit;

/// How much a unit is, and what it measures.
pub trait Scale {
    /// What it measures.
    fn kind(self) -> UnitKind;

    /// Whether a row's `measurement_unit` can be converted to this unit.
    fn fits(self, measurement_unit: &str) -> bool;

    /// How many of the report's units are one of this; Acronis' GB is 1024³ bytes.
    fn size(self) -> u64;

    /// A quantity of this unit in another of its kind that is not larger, exactly.
    fn in_smaller(self, quantity: &Exact, smaller: Unit) -> Exact;
}

impl Scale for Unit {
    fn kind(self) -> UnitKind {
        match self {
            Unit::Each => UnitKind::Each,
            Unit::Byte | Unit::Gib | Unit::Tib => UnitKind::Bytes,
            Unit::Second | Unit::Hour => UnitKind::Seconds,
        }
    }

    fn fits(self, measurement_unit: &str) -> bool {
        UnitKind::of(measurement_unit) == Some(self.kind())
    }

    fn size(self) -> u64 {
        match self {
            Unit::Byte | Unit::Second | Unit::Each => 1,
            Unit::Gib => 1 << 30,
            Unit::Tib => 1 << 40,
            Unit::Hour => 3600,
        }
    }

    fn in_smaller(self, quantity: &Exact, smaller: Unit) -> Exact {
        quantity * &Exact::whole(self.size() / smaller.size())
    }
}

/// The smallest of several units of one kind.
pub fn smallest(units: impl Iterator<Item = Unit>) -> Option<Unit> {
    units.min_by_key(|unit| unit.size())
}

/// Units that can be converted to each other, in the order in which quantities of several are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum UnitKind {
    /// Pieces.
    Each,
    /// Bytes.
    Bytes,
    /// Seconds.
    Seconds,
}

/// Spellings of units of bytes or seconds whose size is ambiguous.
const AMBIGUOUS: [&str; 6] = ["bytes", "seconds", "GB", "TB", "MB", "KB"];

impl UnitKind {
    /// What a row's `measurement_unit` measures; none where a guess would be wrong by a factor.
    pub fn of(measurement_unit: &str) -> Option<UnitKind> {
        match measurement_unit {
            "bytes" => Some(UnitKind::Bytes),
            "seconds" => Some(UnitKind::Seconds),
            other => (!AMBIGUOUS.iter().any(|unit| other.eq_ignore_ascii_case(unit))).then_some(UnitKind::Each),
        }
    }

    /// The kind that rows are shown in where their price states no unit.
    pub fn shown_for(measurement_unit: &str) -> UnitKind {
        UnitKind::of(measurement_unit).unwrap_or(UnitKind::Each)
    }

    /// The unit that a report measures in.
    pub const fn smallest(self) -> Unit {
        match self {
            UnitKind::Each => Unit::Each,
            UnitKind::Bytes => Unit::Byte,
            UnitKind::Seconds => Unit::Second,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_that_a_row_fits() {
        const ALL: [Unit; 6] = [Unit::Byte, Unit::Gib, Unit::Tib, Unit::Second, Unit::Hour, Unit::Each];
        for (measurement_unit, fits) in [
            ("bytes", &ALL[..3]),
            ("seconds", &ALL[3..5]),
            ("", &ALL[5..]),
            ("quantity", &ALL[5..]),
            ("Quantity", &ALL[5..]),
            ("devices", &ALL[5..]),
            ("GiB", &ALL[5..]),
            ("Bytes", &[]),
            ("SECONDS", &[]),
            ("GB", &[]),
            ("tb", &[]),
            ("Mb", &[]),
            ("kB", &[]),
        ] {
            let found: Vec<Unit> = ALL.into_iter().filter(|unit| unit.fits(measurement_unit)).collect();
            assert_eq!(found, fits, "{measurement_unit}");
        }
        for unit in ALL {
            assert_eq!(unit.kind().smallest().kind(), unit.kind());
        }
        assert_eq!([UnitKind::shown_for("GB"), UnitKind::shown_for("bytes")], [UnitKind::Each, UnitKind::Bytes]);
    }
}
