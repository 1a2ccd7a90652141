//! One instance is one run: the order of its calls and the inputs that each takes. Both bindings (`guest.rs`,
//! `plain.rs`) convert to and from it and have no logic.

use serde::Serialize;

use crate::about;
use crate::compare::{self, Comparison};
use crate::customer;
use crate::estimate;
use crate::explain;
use crate::fault::{Input, Refusal};
use crate::job::{self, Job};
use crate::limit::{self, Limits};
use crate::record;
use crate::run::{self, Run};
use crate::write;

pub use skubill_contract::call::Call;

/// A run that has begun.
pub enum Begun {
    /// Bills and postings.
    Bill(Box<Run>),
    /// Usage without prices.
    Usage(Box<Run>),
    /// The explanation of a line.
    Explain(Box<Run>),
    /// The cost of a day.
    Record(Box<Run>, record::DayRequest),
    /// What a price book and a customers file hold.
    Check {
        /// What was fed of the price book.
        prices: Vec<u8>,
        /// What was fed of the customers file; none where nothing was.
        customers: Option<Vec<u8>>,
        /// The limits of the run.
        limits: Limits,
    },
    /// The content of a customers file.
    Customers {
        /// What was fed of the customers file.
        customers: Vec<u8>,
        /// The limits of the run.
        limits: Limits,
    },
    /// An estimate of a period's cost.
    Estimate {
        /// What was fed of the cost records.
        costs: Vec<u8>,
        /// What is to be estimated.
        job: estimate::Job,
    },
    /// A posting against what the dashboard holds.
    Compare(Comparison),
    /// What the component is.
    Describe,
}

impl Begun {
    /// From the job's JSON: of a comparison the comparison itself, of books the limits.
    pub fn read(call: Call, text: &str) -> Result<Begun, Refusal> {
        Ok(match call {
            Call::Bill => Begun::Bill(Box::new(Run::new(job::json(text, Job::read)?))),
            Call::Usage => Begun::Usage(Box::new(Run::new(job::json(text, Job::read)?))),
            Call::Explain => {
                let (request, job) = job::json(text, explain::LineRequest::read)?;
                Begun::Explain(Box::new(Run::explaining(job, request)))
            }
            Call::Record => {
                let (request, job) = job::json(text, record::read)?;
                Begun::Record(Box::new(Run::new(job)), request)
            }
            Call::Check => Begun::Check { prices: Vec::new(), customers: None, limits: limits(text)? },
            Call::Customers => Begun::Customers { customers: Vec::new(), limits: limits(text)? },
            Call::Estimate => Begun::Estimate { costs: Vec::new(), job: job::json(text, estimate::Job::read)? },
            Call::Compare => Begun::Compare(job::json(text, compare::read)?),
            Call::Describe => Begun::Describe,
        })
    }

    /// A piece of an input, of any size.
    pub fn feed(&mut self, input: Input, piece: &[u8]) -> Result<(), Refusal> {
        match (self, input) {
            (Begun::Bill(run) | Begun::Usage(run) | Begun::Explain(run) | Begun::Record(run, _), _) => return run.feed(input, piece),
            (Begun::Check { prices, limits, .. }, Input::Prices) => run::keep(prices, piece, limits),
            (Begun::Check { customers, limits, .. }, Input::Customers) => run::keep(customers.get_or_insert_default(), piece, limits),
            (Begun::Check { .. }, _) => return wrong_input(input, "prices and customers"),
            (Begun::Customers { customers, limits }, Input::Customers) => run::keep(customers, piece, limits),
            (Begun::Customers { .. }, _) => return wrong_input(input, "customers"),
            (Begun::Estimate { costs, job }, Input::Costs) => run::keep(costs, piece, &job.limits),
            (Begun::Estimate { .. }, _) => return wrong_input(input, "costs"),
            (Begun::Compare(_) | Begun::Describe, _) => return wrong_input(input, "no input"),
        }
        Ok(())
    }

    /// The answer as JSON.
    pub fn json(self) -> Result<String, Refusal> {
        match self {
            Begun::Bill(run) => with_limits(*run, Run::bill),
            Begun::Usage(run) => with_limits(*run, Run::usage),
            Begun::Explain(run) => with_limits(*run, Run::explain),
            Begun::Record(run, request) => with_limits(*run, |run| run.record(&request)),
            Begun::Check { prices, customers, limits } => text(&run::check(&prices, customers.as_deref(), &limits)?, &limits),
            Begun::Customers { customers, limits } => text(&customer::list(&customers, &limits)?, &limits),
            Begun::Estimate { costs, job } => text(&estimate::estimate(&costs, &job)?, &job.limits),
            Begun::Compare(comparison) => text(&compare::compare(&comparison)?, &Limits::default()),
            Begun::Describe => Ok(about::json()),
        }
    }
}

fn limits(text: &str) -> Result<Limits, Refusal> {
    job::json(text, |object, context| Ok(job::limits(Some(object.take_all()), context)))
}

fn wrong_input<T>(input: Input, taken: &str) -> Result<T, Refusal> {
    Err(Refusal::Order(format!("{}: this run takes {taken}", input.name())))
}

fn with_limits<T: Serialize>(run: Run, finish: impl FnOnce(Run) -> Result<T, Refusal>) -> Result<String, Refusal> {
    let limits = run.limits().clone();
    let answer = finish(run)?;
    let text = text(&answer, &limits);
    // In WebAssembly the instance ends here and its memory is released as a whole.
    if cfg!(target_arch = "wasm32") {
        std::mem::forget(answer);
    }
    text
}

/// The writer counts bytes, so that an answer is written only once.
fn text<T: Serialize>(answer: &T, limits: &Limits) -> Result<String, Refusal> {
    write::json(answer, limits.output_bytes).ok_or_else(|| limit::too_large(limits))
}

/// A refusal as JSON.
pub fn refused(refusal: &Refusal) -> String {
    write::json(&skubill_contract::refusal::Refusal::from(refusal), u64::MAX).unwrap_or_default()
}

/// The state of an instance.
pub enum Instance {
    /// Nothing was asked of it.
    Fresh,
    /// A run has begun.
    Begun(Box<Begun>),
    /// Its run is over.
    Spent,
}

impl Instance {
    /// Starts a call that is a whole run. The instance is spent, also where the call fails.
    pub fn whole(&mut self, called: &str) -> Result<(), Refusal> {
        match std::mem::replace(self, Instance::Spent) {
            Instance::Fresh => Ok(()),
            _ => order(called, "only a fresh instance may be asked"),
        }
    }

    /// Begin a run; a refusal names the call, `called`.
    pub fn begin(&mut self, called: &str, begun: Begun) -> Result<(), Refusal> {
        self.whole(called)?;
        *self = Instance::Begun(Box::new(begun));
        Ok(())
    }

    /// A piece of an input, of any size, for the run that has begun.
    pub fn feed(&mut self, input: Input, piece: &[u8]) -> Result<(), Refusal> {
        match self {
            Instance::Begun(begun) => begun.feed(input, piece),
            Instance::Fresh | Instance::Spent => order("feed", "begin a run first"),
        }
    }

    /// Takes the run that was begun, if any; the instance is spent.
    pub fn end(&mut self) -> Option<Begun> {
        match std::mem::replace(self, Instance::Spent) {
            Instance::Begun(begun) => Some(*begun),
            Instance::Fresh | Instance::Spent => None,
        }
    }
}

/// The refusal of a call that came out of order.
pub fn order<T>(called: &str, allowed: &str) -> Result<T, Refusal> {
    Err(Refusal::Order(format!("{called}: {allowed}; one instance is one run")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal_text(result: Result<impl Sized, Refusal>) -> String {
        refused(&result.err().expect("a refusal"))
    }

    #[test]
    fn one_instance_is_one_run() {
        let mut instance = Instance::Fresh;
        assert!(refusal_text(instance.feed(Input::Costs, b"")).contains("begin a run first"));
        let begun = || Begun::read(Call::Estimate, "").expect("an empty job");
        assert!(instance.begin("begin", begun()).is_ok());
        assert!(instance.feed(Input::Costs, b"date,price\n2021-08-").is_ok());
        assert!(instance.feed(Input::Costs, b"31,3.10\n").is_ok());
        assert!(refusal_text(instance.feed(Input::Report, b"x")).contains("report: this run takes costs"));
        let answer = instance.end().expect("a run").json().expect("an answer");
        assert!(answer.contains("\"estimate\":\"3.10\""), "{answer}");
        assert!(instance.end().is_none());
        assert!(refusal_text(instance.begin("begin", begun())).contains("only a fresh instance"));
    }

    #[test]
    fn each_call_takes_its_own_inputs() {
        let all = [Input::Report, Input::Prices, Input::Customers, Input::Costs];
        let takes = |call, job: &str| {
            let fed = |input| Begun::read(call, job).expect("a job").feed(input, b"x").is_ok();
            all.map(fed)
        };
        for call in [Call::Bill, Call::Usage] {
            assert_eq!(takes(call, ""), [true, true, true, false], "{call:?}");
        }
        assert_eq!(takes(Call::Explain, r#"{"tenant_id": "t", "sku": "s"}"#), [true, true, true, false]);
        assert_eq!(takes(Call::Record, r#"{"day": "2021-08-10"}"#), [true, true, true, false]);
        assert_eq!(takes(Call::Check, ""), [false, true, true, false]);
        assert_eq!(takes(Call::Customers, ""), [false, false, true, false]);
        assert_eq!(takes(Call::Estimate, ""), [false, false, false, true]);
        let comparison = r#"{"period": "2021-08", "currency": "EUR", "posting": [], "held": []}"#;
        assert_eq!(takes(Call::Compare, comparison), [false; 4]);
        assert_eq!(takes(Call::Describe, "passed over"), [false; 4]);
    }
}
