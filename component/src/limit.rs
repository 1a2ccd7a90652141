//! The limits of inputs and answers, each with its reason.

use serde::Serialize;

use crate::fault::{Faults, Input, Place, Refusal};
use crate::write;

pub use skubill_contract::limits::*;

/// Below this many bytes a bomb is too small to hurt, and short reports of zeros shrink a lot.
pub const INFLATED_RATIO_FROM: u64 = 64 << 20;
/// An amount is a quantity × a price × three factors: five numbers, each of at most 2 × `digits` digits
/// before the point, and a sum of them. `compare` reads amounts of all limits that an embedder may set.
pub const AMOUNT_DIGITS_MAX: u64 = 12 * DIGITS_BOUND;

/// Checks limits whose values are typed.
pub fn checked(mut limits: Limits) -> Result<Limits, Refusal> {
    for (name, limit) in limits.fields() {
        let most = Limits::most(name);
        if *limit > most {
            return Err(Refusal::invalid(&format!("limits.{name}"), &limit.to_string(), &format!("a whole number from 0 to {most}")));
        }
    }
    Ok(limits)
}

/// An answer, unless its JSON takes more bytes than `output_bytes` allows.
pub fn bounded<T: Serialize>(answer: T, limits: &Limits) -> Result<T, Refusal> {
    if write::fits(&answer, limits.output_bytes) { Ok(answer) } else { Err(too_large(limits)) }
}

/// The refusal of an answer that is larger than `output_bytes`.
pub fn too_large(limits: &Limits) -> Refusal {
    let max = limits.output_bytes;
    let mut faults = Faults::new(limits.faults);
    let (found, expected) = (format!("an answer of more than {max} bytes"), format!("at most {max} bytes (limit output_bytes)"));
    faults.add(Input::Report, Place::whole(), found, expected);
    Refusal::Faults(faults)
}
