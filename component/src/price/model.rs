//! The six ways in which a quantity becomes an amount.

use super::trace::{StepKind, Trace};
use crate::money::Exact;

/// How a quantity is priced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Model {
    /// Each unit at one price.
    PerUnit {
        /// The price of a unit.
        price: Exact,
    },
    /// Each part of the quantity at its tier's price.
    Graduated {
        /// The tiers, by rising bounds.
        tiers: Vec<Tier>,
    },
    /// All of the quantity at the price of the tier that it falls in.
    Volume {
        /// The tiers, by rising bounds.
        tiers: Vec<Tier>,
    },
    /// By whole packages, begun ones included.
    Package {
        /// Units in a package, above 0.
        size: Exact,
        /// The price of a package.
        price: Exact,
    },
    /// The price, whenever the line exists.
    Flat {
        /// The amount of the line.
        price: Exact,
    },
    /// Free of charge, explicitly.
    Free,
}

/// A tier: up to and with its upper bound; the last one has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tier {
    /// The upper bound, in the price's unit; none of the last tier.
    pub up_to: Option<Exact>,
    /// The price of a unit.
    pub price: Exact,
    /// A fee once the quantity is above the tier's lower bound.
    pub flat: Option<Exact>,
}

impl Model {
    /// All names, for a message.
    pub const NAMES: &str = "per-unit, graduated, volume, package, flat or free";

    /// The model of a price that names none.
    pub const DEFAULT: &str = "per-unit";

    /// Whether a price of the model must state a unit: in `flat` and `free` the quantity does not change the amount.
    pub fn needs_unit(name: &str) -> bool {
        !matches!(name, "flat" | "free")
    }

    /// The name in a price book.
    pub const fn name(&self) -> &'static str {
        match self {
            Model::PerUnit { .. } => "per-unit",
            Model::Graduated { .. } => "graduated",
            Model::Volume { .. } => "volume",
            Model::Package { .. } => "package",
            Model::Flat { .. } => "flat",
            Model::Free => "free",
        }
    }

    /// The amount for a quantity that is not negative.
    pub fn amount(&self, quantity: &Exact, trace: &mut Trace) -> Exact {
        match self {
            Model::PerUnit { price } => priced(quantity, price, trace),
            Model::Graduated { tiers } => graduated(tiers, quantity, trace),
            Model::Volume { tiers } => volume(tiers, quantity, trace),
            Model::Package { size, price } => {
                let packages = packages(quantity, size);
                trace.step_by(StepKind::Packages, size, &packages);
                priced(&packages, price, trace)
            }
            Model::Flat { price } => {
                trace.step(StepKind::Flat, price);
                price.clone()
            }
            Model::Free => {
                trace.step(StepKind::Free, &Exact::default());
                Exact::default()
            }
        }
    }
}

/// How many packages a quantity takes, begun ones included.
pub fn packages(quantity: &Exact, size: &Exact) -> Exact {
    (quantity / size).ceil()
}

fn priced(quantity: &Exact, price: &Exact, trace: &mut Trace) -> Exact {
    let amount = quantity * price;
    trace.step_of(StepKind::Price, quantity, price, &amount);
    amount
}

/// The amount of a tier for its part of the quantity.
fn of_tier(tier: &Tier, part: &Exact, trace: &mut Trace) -> Exact {
    let mut amount = part * &tier.price;
    trace.step_of(StepKind::Tier, part, &tier.price, &amount);
    if let Some(fee) = tier.flat.as_ref().filter(|_| part.is_positive()) {
        amount += fee;
        trace.step_by(StepKind::Fee, fee, &amount);
    }
    amount
}

fn graduated(tiers: &[Tier], quantity: &Exact, trace: &mut Trace) -> Exact {
    let mut amount = Exact::default();
    let mut lower = Exact::default();
    for tier in tiers {
        if *quantity <= lower {
            break;
        }
        let upper = tier.up_to.as_ref().map_or(quantity, |up_to| up_to.min(quantity));
        amount += of_tier(tier, &(upper - &lower), trace);
        lower = upper.clone();
    }
    trace.step(StepKind::Tiers, &amount);
    amount
}

fn volume(tiers: &[Tier], quantity: &Exact, trace: &mut Trace) -> Exact {
    let inside = |tier: &&Tier| tier.up_to.as_ref().is_none_or(|up_to| quantity <= up_to);
    // The last tier has no upper bound: there is always one.
    tiers.iter().find(inside).map_or_else(Exact::default, |tier| of_tier(tier, quantity, trace))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::decimal::Decimal;
    use crate::money::plain;

    fn exact(text: &str) -> Exact {
        Decimal::parse(text, 38).expect(text).exact()
    }

    fn tiers() -> Vec<Tier> {
        let tier =
            |up_to: Option<&str>, price, flat: Option<&str>| Tier { up_to: up_to.map(exact), price: exact(price), flat: flat.map(exact) };
        vec![tier(Some("250"), "0.10", None), tier(Some("500"), "0.08", Some("3")), tier(None, "0.06", Some("0.5"))]
    }

    #[test]
    fn amounts_at_and_around_tier_boundaries() {
        let (graduated, volume) = (Model::Graduated { tiers: tiers() }, Model::Volume { tiers: tiers() });
        for (quantity, by_parts, as_a_whole) in
            [("0", "0", "0"), ("250", "25", "25"), ("250.5", "28.04", "23.04"), ("500", "48", "43"), ("501", "48.56", "30.56")]
        {
            assert_eq!(plain(&graduated.amount(&exact(quantity), &mut Trace::default())), by_parts, "graduated {quantity}");
            assert_eq!(plain(&volume.amount(&exact(quantity), &mut Trace::default())), as_a_whole, "volume {quantity}");
        }
    }

    #[test]
    fn packages_are_whole() {
        let package = Model::Package { size: exact("10"), price: exact("1.5") };
        for (quantity, amount) in [("0", "0"), ("0.001", "1.5"), ("10", "1.5"), ("10.0000001", "3")] {
            assert_eq!(plain(&package.amount(&exact(quantity), &mut Trace::default())), amount, "{quantity}");
        }
    }
}
