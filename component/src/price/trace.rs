//! The trace of a rating: its steps, recorded as they are taken, where a caller asks for them.

pub use skubill_contract::explanation::Step;
pub use skubill_contract::word::StepKind;

use crate::money::{Amount, Exact, Rounding, plain};

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
