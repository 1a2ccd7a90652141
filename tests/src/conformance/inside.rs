//! The hosts that are linked in: no process, no adapter.

use std::sync::LazyLock;

use skubill::sandbox::{Bounds, Engine, Run, Sandbox};

use crate::core_module;
use crate::engine::{self, Input, Said};
use crate::vector::Vector;

type Host = fn(&Vector) -> Said;

pub const HOSTS: [(&str, Host); 4] = [("rust-native", native), ("rust-component", cranelift), ("rust-pulley", pulley), ("rust-core", core)];

/// The crate, linked natively.
fn native(vector: &Vector) -> Said {
    vector.natively()
}

static CRANELIFT: LazyLock<Sandbox> = LazyLock::new(|| Sandbox::on(Engine::Cranelift).expect("the embedded component compiles"));
static PULLEY: LazyLock<Sandbox> = LazyLock::new(|| Sandbox::on(Engine::Pulley).expect("the embedded component compiles"));

fn cranelift(vector: &Vector) -> Said {
    component(&CRANELIFT, vector).0
}

/// The same work, to the instruction, whichever engine does it.
fn pulley(vector: &Vector) -> Said {
    let (said, fuel) = component(&PULLEY, vector);
    assert_eq!(fuel, component(&CRANELIFT, vector).1, "{}: fuel", vector.name);
    said
}

fn core(vector: &Vector) -> Said {
    let inputs = vector.inputs();
    let inputs: Vec<(Input, &[u8])> = inputs.iter().map(|(input, bytes)| (*input, &bytes[..])).collect();
    core_module::run(vector.call, &vector.job, &inputs, usize::MAX).0
}

/// The component's answer, and the fuel that it took.
pub fn component(sandbox: &Sandbox, vector: &Vector) -> (Said, u64) {
    let mut run = sandbox.start(Bounds::default(), 96 << 20).expect("an instance");
    let said = asked(&mut run, vector);
    (said, run.used().fuel)
}

fn asked(run: &mut Run, vector: &Vector) -> Said {
    let inputs = vector.inputs();
    let inputs: Vec<(Input, &[u8])> = inputs.iter().map(|(input, bytes)| (*input, &bytes[..])).collect();
    engine::fed_to(run, vector.call, &vector.job, &inputs, usize::MAX)
}
