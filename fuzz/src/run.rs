use skubill_component::fault::Input;
use skubill_component::instance::{Begun, Call, refused};

use serde_json::Value;

/// The answer or the refusal, each as JSON.
pub type Said = Result<String, String>;

/// What a run is given.
#[derive(Clone, Copy)]
pub struct Inputs<'a> {
    pub report: &'a [u8],
    pub prices: &'a [u8],
    pub customers: Option<&'a [u8]>,
    pub costs: &'a [u8],
    pub job: &'a str,
}

impl<'a> Inputs<'a> {
    fn each(&self, call: Call) -> Vec<(Input, &'a [u8])> {
        let all = [
            (Input::Prices, Some(self.prices)),
            (Input::Customers, self.customers),
            (Input::Report, Some(self.report)),
            (Input::Costs, Some(self.costs)),
        ];
        let taken = |input| match call {
            Call::Bill | Call::Record | Call::Explain => input != Input::Costs,
            Call::Usage => matches!(input, Input::Customers | Input::Report),
            Call::Check => matches!(input, Input::Prices | Input::Customers),
            Call::Customers => input == Input::Customers,
            Call::Estimate => input == Input::Costs,
            Call::Compare | Call::Describe => false,
        };
        all.into_iter().filter(|(input, _)| taken(*input)).filter_map(|(input, bytes)| Some((input, bytes?))).collect()
    }
}

/// Each input in one piece.
pub fn whole(call: Call, inputs: &Inputs<'_>) -> Said {
    fed(call, inputs.job, inputs.each(call))
}

/// The last input first.
pub fn turned(call: Call, inputs: &Inputs<'_>) -> Said {
    fed(call, inputs.job, inputs.each(call).into_iter().rev())
}

/// In pieces, all inputs by turns.
pub fn pieces(call: Call, inputs: &Inputs<'_>, size: usize) -> Said {
    let mut rest: Vec<(Input, Vec<&[u8]>)> = inputs
        .each(call)
        .into_iter()
        .map(|(input, bytes)| (input, [&b""[..]].into_iter().chain(bytes.chunks(size)).rev().collect()))
        .collect();
    let mut order = Vec::new();
    while rest.iter().any(|(_, pieces)| !pieces.is_empty()) {
        order.extend(rest.iter_mut().filter_map(|(input, pieces)| Some((*input, pieces.pop()?))));
    }
    fed(call, inputs.job, order)
}

fn fed<'a>(call: Call, job: &str, order: impl IntoIterator<Item = (Input, &'a [u8])>) -> Said {
    let answer = Begun::read(call, job).and_then(|mut begun| {
        order.into_iter().try_for_each(|(input, piece)| begun.feed(input, piece))?;
        begun.json()
    });
    answer.map_err(|refusal| refused(&refusal))
}

/// The answer in one piece, which is that of any pieces and any order.
pub fn said(call: Call, inputs: &Inputs<'_>) -> Said {
    let said = whole(call, inputs);
    let length = inputs.report.len() + inputs.prices.len();
    for size in [1, 2 + length % 61] {
        assert_eq!(pieces(call, inputs, size), said, "in pieces of {size}");
    }
    assert_eq!(turned(call, inputs), said, "the last input first");
    if let Err(refusal) = &said {
        faults_are_named(refusal);
    }
    said
}

/// A refusal says at least one thing, and each says what was found and what was expected.
pub fn faults_are_named(refusal: &str) {
    let refusal = value(refusal);
    if let Some(job) = refusal["job"].as_str() {
        assert!(!job.is_empty(), "a job is refused for a reason");
        return;
    }
    let faults = refusal["faults"].as_array().unwrap_or_else(|| panic!("faults: {refusal}"));
    let count = refusal["fault_count"].as_u64();
    assert!(count >= Some(1) && count >= Some(faults.len() as u64), "{refusal}");
    for fault in faults {
        let said = |key: &str| fault[key].as_str().is_some_and(|text| !text.is_empty());
        assert!(said("input") && said("found") && said("expected"), "{fault}");
    }
}

/// JSON text that has to be one.
pub fn value(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{error} in {json}"))
}
