//! What users of the host see: the command line's stdout, stderr and exit codes; the month and the
//! day against both twins; the twins themselves as a process. One binary, so that one link serves all.

#[path = "host/abiquo.rs"]
mod abiquo;
#[path = "host/acronis.rs"]
mod acronis;
#[path = "host/books.rs"]
mod books;
#[path = "host/bounds.rs"]
mod bounds;
#[path = "host/calls.rs"]
mod calls;
#[path = "host/component.rs"]
mod component;
#[path = "host/curl.rs"]
mod curl;
#[path = "host/doctor.rs"]
mod doctor;
#[path = "host/estimate.rs"]
mod estimate;
#[path = "host/explain.rs"]
mod explain;
#[path = "host/fault.rs"]
mod fault;
#[path = "host/files.rs"]
mod files;
#[path = "host/goes_wrong.rs"]
mod goes_wrong;
#[path = "host/head.rs"]
mod head;
#[path = "host/journal.rs"]
mod journal;
#[path = "host/kills.rs"]
mod kills;
#[path = "host/lab.rs"]
mod lab;
#[path = "host/month.rs"]
mod month;
#[path = "host/network.rs"]
mod network;
#[path = "host/once.rs"]
mod once;
#[path = "host/origin.rs"]
mod origin;
#[path = "host/plan.rs"]
mod plan;
#[path = "host/preview.rs"]
mod preview;
#[path = "host/record.rs"]
mod record;
#[path = "host/registers.rs"]
mod registers;
#[path = "host/replay.rs"]
mod replay;
#[path = "host/run.rs"]
mod run;
#[path = "host/safe.rs"]
mod safe;
#[path = "host/secret.rs"]
mod secret;
#[path = "host/seen.rs"]
mod seen;
#[path = "host/shape.rs"]
mod shape;
#[path = "host/signals.rs"]
mod signals;
#[path = "host/simulate.rs"]
mod simulate;
#[path = "host/simulation.rs"]
mod simulation;
#[path = "host/stage.rs"]
mod stage;
#[path = "host/trouble.rs"]
mod trouble;
#[path = "host/usage.rs"]
mod usage;
#[path = "host/vouched.rs"]
mod vouched;
#[path = "host/wire.rs"]
mod wire;
#[path = "host/world.rs"]
mod world;
