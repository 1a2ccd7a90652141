//! The hosts that are linked in: no process, no adapter.

use std::sync::LazyLock;

use skubill::sandbox::{Bounds, Engine, Run, Sandbox};
use skubill_component::fault::Input;
use skubill_component::instance::{Begun, Call, refused};

use crate::core_module;
use crate::engine::{self, Said};
use crate::vector::Vector;

type Host = fn(&Vector) -> Said;

pub const HOSTS: [(&str, Host); 4] = [("rust-native", native), ("rust-component", cranelift), ("rust-pulley", pulley), ("rust-core", core)];

/// The crate, linked natively, by the state machine that both skins are made of.
fn native(vector: &Vector) -> Said {
    let answer = Begun::read(vector.call, &vector.job).and_then(|mut begun| {
        for (input, bytes) in vector.inputs() {
            begun.feed(input, &bytes)?;
        }
        begun.json()
    });
    answer.map_err(|refusal| refused(&refusal))
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

/// By the JSON twins; what takes a report is fed.
fn asked(run: &mut Run, vector: &Vector) -> Said {
    let inputs = vector.inputs();
    let job = &vector.job;
    let mut fed = |call| {
        let inputs: Vec<(Input, &[u8])> = inputs.iter().map(|(input, bytes)| (*input, &bytes[..])).collect();
        engine::fed_to(run, call, job, &inputs, usize::MAX)
    };
    match vector.call {
        Call::Bill => fed(engine::Call::Bill),
        Call::Usage => fed(engine::Call::Usage),
        Call::Record => fed(engine::Call::Record),
        Call::Explain => fed(engine::Call::Explain),
        call => {
            let text = |wanted| {
                let bytes = inputs.iter().find(|(input, _)| *input == wanted).map(|(_, bytes)| bytes);
                bytes.map(|bytes| std::str::from_utf8(bytes).expect("text"))
            };
            in_one_call(run, call, job, text)
        }
    }
}

fn in_one_call<'a>(run: &mut Run, call: Call, job: &str, text: impl Fn(Input) -> Option<&'a str>) -> Said {
    let (store, billing) = run.typed().expect("an instance");
    let needed = |input| text(input).unwrap_or_default();
    engine::ran(match call {
        Call::Check => billing.skubill_billing_check().call_check_json(store, needed(Input::Prices), text(Input::Customers), job),
        Call::Customers => billing.skubill_billing_customers().call_customers_json(store, needed(Input::Customers), job),
        Call::Estimate => billing.skubill_billing_estimate().call_estimate_json(store, needed(Input::Costs), job),
        Call::Compare => billing.skubill_billing_compare().call_compare_json(store, job),
        Call::Describe => billing.skubill_billing_about().call_describe_json(store).map(Ok),
        Call::Bill | Call::Usage | Call::Record | Call::Explain => panic!("{call:?} is fed"),
    })
}
