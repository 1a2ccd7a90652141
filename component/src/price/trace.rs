//! The trace of a rating: its steps, recorded as they are taken, where a caller asks for them.

use serde::Serialize;

use crate::money::{Amount, Exact, Rounding, plain};

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepKind {
    /// The rows, added up.
    Sum,
    /// A sum below 0 is rated by its absolute value.
    Absolute,
    /// Divided by how many of the report's units are one of the price's.
    Convert,
    /// The quantity, rounded before pricing.
    RoundQuantity,
    /// Less what is free of charge, not below 0.
    Included,
    /// A number of units or packages, times the price.
    Price,
    /// A part of the quantity, times the tier's price.
    Tier,
    /// A tier's own fee, beside its price.
    Fee,
    /// All tiers together.
    Tiers,
    /// How many packages are begun.
    Packages,
    /// The price of a flat line.
    Flat,
    /// 0 of a free line.
    Free,
    /// Times the price's factor.
    PriceFactor,
    /// Times the customer's factor.
    CustomerFactor,
    /// Times the book's factor.
    BookFactor,
    /// Not below, and not above.
    Minimum,
    /// Not above the largest amount.
    Maximum,
    /// The amount of a sum below 0, negative.
    Credit,
    /// Of a stock: times the part of the month that is over.
    ToDate,
    /// The one rounding of the line.
    Round,
}

/// One step: numbers as text, exactly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// What the step does.
    pub kind: StepKind,
    /// What it was taken of, where that is not the result before.
    pub of: Option<String>,
    /// What it was taken with.
    pub by: Option<String>,
    /// What it gives.
    pub result: String,
}

/// A list of steps; without a caller that asks for them nothing is recorded.
#[derive(Default)]
pub struct Trace(Option<Vec<Step>>);

impl Trace {
    /// A trace that keeps its steps.
    pub fn recording() -> Self {
        Trace(Some(Vec::new()))
    }

    /// The steps, in the order in which they were taken.
    pub fn steps(self) -> Vec<Step> {
        self.0.unwrap_or_default()
    }

    /// A step that takes only the result before it.
    pub fn step(&mut self, kind: StepKind, result: &Exact) {
        self.note(kind, None, None, result);
    }

    /// A step that takes the result before it and one other number.
    pub fn step_by(&mut self, kind: StepKind, by: &Exact, result: &Exact) {
        self.note(kind, None, Some(by), result);
    }

    /// A step that takes two numbers of its own.
    pub fn step_of(&mut self, kind: StepKind, of: &Exact, by: &Exact, result: &Exact) {
        self.note(kind, Some(of), Some(by), result);
    }

    /// A step that rounds.
    pub fn rounding(&mut self, kind: StepKind, rounding: Rounding, result: &Amount) {
        if let Some(list) = &mut self.0 {
            let by = format!("{} {}", rounding.places, rounding.mode.name());
            list.push(Step { kind, of: None, by: Some(by), result: result.to_string() });
        }
    }

    /// Drops the last rounding: the next step takes the exact amount.
    pub fn drop_rounding(&mut self) {
        if let Some(list) = &mut self.0 {
            list.pop_if(|step| step.kind == StepKind::Round);
        }
    }

    #[inline(never)]
    fn note(&mut self, kind: StepKind, of: Option<&Exact>, by: Option<&Exact>, result: &Exact) {
        if let Some(list) = &mut self.0 {
            list.push(Step { kind, of: of.map(plain), by: by.map(plain), result: plain(result) });
        }
    }
}
