//! What users of the host see: the command line's stdout, stderr and exit codes; the month and the
//! day against both twins; the twins themselves as a process. One binary, so that one link serves all.

#[path = "host/books.rs"]
mod books;
#[path = "host/component.rs"]
mod component;
#[path = "host/estimate.rs"]
mod estimate;
#[path = "host/fault.rs"]
mod fault;
#[path = "host/month.rs"]
mod month;
#[path = "host/plan.rs"]
mod plan;
#[path = "host/preview.rs"]
mod preview;
#[path = "host/record.rs"]
mod record;
#[path = "host/run.rs"]
mod run;
#[path = "host/safe.rs"]
mod safe;
#[path = "host/simulate.rs"]
mod simulate;
#[path = "host/stage.rs"]
mod stage;
#[path = "host/trouble.rs"]
mod trouble;
#[path = "host/usage.rs"]
mod usage;
#[path = "host/world.rs"]
mod world;
