//! Prices: the price book, and what a quantity costs.

pub mod book;
pub mod model;
pub mod trace;

use crate::money::{Exact, Rounding};
use crate::period::{Date, Month};
use crate::reader::At;
use crate::unit::{Scale, Unit};
use model::Model;
use trace::{StepKind, Trace};

/// One price of a book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    /// The SKU that is priced.
    pub sku: String,
    /// What the bill calls it.
    pub name: String,
    /// None: the application of the line's rows.
    pub category: Option<String>,
    /// None only for `flat` and `free`: such a price takes rows of any kind of unit.
    pub unit: Option<Unit>,
    /// How a quantity becomes an amount.
    pub model: Model,
    /// Units that are free of charge, in the price's unit.
    pub included: Option<Exact>,
    /// Multiplies each amount of the price.
    pub factor: Option<Exact>,
    /// The least amount of a line, after all factors.
    pub minimum: Option<Exact>,
    /// The largest amount of a line, after all factors.
    pub maximum: Option<Exact>,
    /// The first day in force; none is since ever.
    pub from: Option<Date>,
    /// The last day in force; none is for ever.
    pub until: Option<Date>,
    /// The rounding of the quantity before pricing; without one, hours alone are rounded.
    pub round_quantity: Option<Rounding>,
    /// A price for this tenant alone.
    pub tenant_id: Option<String>,
    /// Where it stands in its book.
    pub at: At,
}

/// Acronis documents compute points in hours of two places.
const HOUR_ROUNDING: Rounding = Rounding::half_up(2);

/// The unrounded amount of a line, and its quantity.
pub struct Rated {
    /// In the price's unit, after rounding and before what is included.
    pub quantity: Exact,
    /// After all factors, `minimum` and `maximum`, unrounded.
    pub amount: Exact,
}

impl Price {
    /// Whether the price is in force on a day.
    pub fn in_force_on(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }

    /// Rate an exact sum in the report's unit. The order is fixed: sum, conversion,
    /// `round_quantity`, minus `included`, model, factors, `minimum`, `maximum`. A sum below 0 is a
    /// credit: the model on its absolute value, times the factors, negative.
    pub fn rate(&self, sum: &Exact, customer: Option<&Exact>, book: Option<&Exact>, trace: &mut Trace) -> Rated {
        let credit = sum.is_negative();
        let absolute = sum.abs();
        if credit {
            trace.step(StepKind::Absolute, &absolute);
        }
        let quantity = self.quantity(&absolute, trace);
        let counted = match &self.included {
            Some(included) if !credit => {
                let counted = (&quantity - included).max(Exact::default());
                trace.step_by(StepKind::Included, included, &counted);
                counted
            }
            _ => quantity.clone(),
        };
        let mut amount = self.model.amount(&counted, trace);
        for (kind, factor) in
            [(StepKind::PriceFactor, self.factor.as_ref()), (StepKind::CustomerFactor, customer), (StepKind::BookFactor, book)]
        {
            if let Some(factor) = factor {
                amount *= factor;
                trace.step_by(kind, factor, &amount);
            }
        }
        if credit {
            let amount = -amount;
            trace.step(StepKind::Credit, &amount);
            return Rated { quantity: -quantity, amount };
        }
        if let Some(minimum) = &self.minimum {
            amount = amount.max(minimum.clone());
            trace.step_by(StepKind::Minimum, minimum, &amount);
        }
        if let Some(maximum) = &self.maximum {
            amount = amount.min(maximum.clone());
            trace.step_by(StepKind::Maximum, maximum, &amount);
        }
        Rated { quantity, amount }
    }

    /// A sum in the report's unit, in the price's, and rounded where the price says so.
    fn quantity(&self, sum: &Exact, trace: &mut Trace) -> Exact {
        let size = self.unit.map_or(1, Unit::size);
        let converted = sum / &Exact::whole(size);
        if size > 1 {
            trace.step_by(StepKind::Convert, &Exact::whole(size), &converted);
        }
        let default = (self.unit == Some(Unit::Hour)).then_some(HOUR_ROUNDING);
        let Some(rounding) = self.round_quantity.or(default) else {
            return converted;
        };
        let rounded = rounding.apply(&converted);
        trace.rounding(StepKind::RoundQuantity, rounding, &rounded);
        rounded.exact()
    }
}

/// Of prices of one SKU and tenant, by their first days and without overlaps, the one that applies: in force
/// on the period's first day, else the first that starts within the period.
fn applying(prices: &[Price], period: Month) -> Option<&Price> {
    let later = prices.partition_point(|price| price.from.is_none_or(|from| from <= period.first()));
    let on_first = later.checked_sub(1).map(|last| &prices[last]).filter(|price| price.in_force_on(period.first()));
    let starts_within = |price: &&Price| price.from.is_some_and(|from| period.contains(from));
    on_first.or_else(|| prices.get(later).filter(starts_within))
}
