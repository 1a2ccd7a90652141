//! What ends a run.

/// Why a run ended without an answer of the component's own.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the sandbox allows {0} bytes of memory for one run, and this one needs more (bound memory_bytes)")]
    Memory(usize),
    #[error("the sandbox allows {0} units of work for one run, and this one needs more (bound fuel)")]
    Fuel(u64),
    #[error("the sandbox allows {0} milliseconds of computing for one run, and this one needs more (bound time_milliseconds)")]
    Time(u64),
    #[error("the sandbox allows {0} elements in the tables of one run, and this one needs more (bound table_elements, fixed)")]
    Table(usize),
    #[error("the sandbox allows {0} bytes of stack for one run, and this one needs more (bound stack_bytes, fixed)")]
    Stack(usize),
    #[error("the sandbox takes {0} bytes from the component in one call, and it gave more (limit output_bytes, and what goes with it)")]
    Output(usize),
    #[error("the machine gave no memory to the sandbox, which sets some gigabytes of address space aside for a run: {0}")]
    NoMemory(String),
    #[error("the component stopped: it has a defect: {0}")]
    Trap(String),
    /// The run has ended before, by another of these.
    #[error("the run has ended: an instance that stopped is never used again")]
    Ended,
    #[error("the runtime cannot be set up: {0}")]
    Setup(String),
    /// The component and this library do not fit together.
    #[error("the component's refusal is not understood: {0}")]
    Refusal(String),
    /// Of a run that is verified: none of the two answers is to be trusted.
    #[error("two engines computed different answers ({0}): neither is to be trusted")]
    Differ(String),
}

pub(super) fn setup(error: wasmtime::Error) -> Error {
    let text = format!("{error:#}");
    if is_out_of_memory(&error) { Error::NoMemory(text) } else { Error::Setup(text) }
}

/// Whether it was the machine that refused: an address space or a memory of bounded size (`ulimit -v`, a container).
pub(super) fn is_out_of_memory(error: &wasmtime::Error) -> bool {
    let refused = |cause: &(dyn std::error::Error + 'static)| {
        let by_kind = cause.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::OutOfMemory);
        // Some of the engine's layers pass the system's error on as a text alone.
        by_kind || ["Cannot allocate memory", "(os error 12)", "out of memory"].iter().any(|words| cause.to_string().contains(words))
    };
    error.chain().any(refused)
}
