//! What a bill cost to compute, on one line.

use skubill::bill::Cost;

/// For a person.
pub fn line(cost: &Cost) -> String {
    let stages = cost.stages.named().map(|(name, time)| format!("{name} {} µs", time.as_micros()));
    format!(
        "cost: fuel {}, memory {} bytes at most, {} bytes in, {} bytes out; {}",
        cost.fuel,
        cost.memory_bytes,
        cost.bytes_in,
        cost.bytes_out,
        stages.join(", ")
    )
}

/// For a program.
pub fn json(cost: &Cost) -> String {
    let microseconds: serde_json::Map<_, _> =
        cost.stages.named().into_iter().map(|(name, time)| (name.to_string(), (time.as_micros() as u64).into())).collect();
    let cost = serde_json::json!({
        "fuel": cost.fuel,
        "memory_bytes": cost.memory_bytes,
        "bytes_in": cost.bytes_in,
        "bytes_out": cost.bytes_out,
        "microseconds": microseconds,
    });
    serde_json::json!({ "cost": cost }).to_string()
}
