//! The six ways in which a quantity becomes an amount.

use crate::money::Exact;

/// How a quantity is priced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Model {
    PerUnit {
        price: Exact,
    },
    /// Each part of the quantity at its tier's price.
    Graduated {
        tiers: Vec<Tier>,
    },
    /// All of the quantity at the price of the tier that it falls in.
    Volume {
        tiers: Vec<Tier>,
    },
    /// By whole packages, begun ones included.
    Package {
        size: Exact,
        price: Exact,
    },
    /// The price, whenever the line exists.
    Flat {
        price: Exact,
    },
    /// 0, said on purpose.
    Free,
}

/// A tier: up to and with its upper bound; the last one has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tier {
    pub up_to: Option<Exact>,
    pub price: Exact,
    /// A fee once the quantity is above the tier's lower bound.
    pub flat: Option<Exact>,
}

impl Model {
    pub const NAMES: &str = "per-unit, graduated, volume, package, flat or free";

    /// The amount for a quantity that is not negative.
    pub fn amount(&self, quantity: &Exact) -> Exact {
        match self {
            Model::PerUnit { price } => quantity * price,
            Model::Graduated { tiers } => graduated(tiers, quantity),
            Model::Volume { tiers } => volume(tiers, quantity),
            Model::Package { size, price } => (quantity / size).ceil() * price,
            Model::Flat { price } => price.clone(),
            Model::Free => Exact::default(),
        }
    }
}

fn graduated(tiers: &[Tier], quantity: &Exact) -> Exact {
    let mut amount = Exact::default();
    let mut lower = Exact::default();
    for tier in tiers {
        if *quantity <= lower {
            break;
        }
        let upper = tier.up_to.as_ref().map_or(quantity, |up_to| up_to.min(quantity));
        amount += (upper - &lower) * &tier.price;
        amount += tier.flat.clone().unwrap_or_default();
        lower = upper.clone();
    }
    amount
}

fn volume(tiers: &[Tier], quantity: &Exact) -> Exact {
    let inside = |tier: &&Tier| tier.up_to.as_ref().is_none_or(|up_to| quantity <= up_to);
    let Some(tier) = tiers.iter().find(inside) else {
        return Exact::default();
    };
    let flat = if quantity.is_positive() { tier.flat.clone().unwrap_or_default() } else { Exact::default() };
    quantity * &tier.price + flat
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
            assert_eq!(plain(&graduated.amount(&exact(quantity))), by_parts, "graduated {quantity}");
            assert_eq!(plain(&volume.amount(&exact(quantity))), as_a_whole, "volume {quantity}");
        }
    }

    #[test]
    fn packages_are_whole() {
        let package = Model::Package { size: exact("10"), price: exact("1.5") };
        for (quantity, amount) in [("0", "0"), ("0.001", "1.5"), ("10", "1.5"), ("10.0000001", "3")] {
            assert_eq!(plain(&package.amount(&exact(quantity))), amount, "{quantity}");
        }
    }
}
