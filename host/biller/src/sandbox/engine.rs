//! The engines and their configuration, shared with the build script: what it compiles ahead of
//! time runs only under the same one.

use wasmtime::Config;

/// What runs the component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// A compiler to machine code: the one that bills.
    Cranelift,
    /// An interpreter of a bytecode that is no machine's, some 25 times slower: the one that is asked
    /// for a second opinion. What a code generator gets wrong for one processor, it does not.
    Pulley,
}

/// Pulley's bytecode for the sizes and the byte order of this machine.
const PULLEY: &str = match (cfg!(target_pointer_width = "64"), cfg!(target_endian = "little")) {
    (true, true) => "pulley64",
    (true, false) => "pulley64be",
    (false, true) => "pulley32",
    (false, false) => "pulley32be",
};

/// Stack of one run. The component nests its calls with the JSON that it reads, whose depth is limited;
/// a thread that has 2 MiB, as Rust's have, keeps most of it for the host.
pub const STACK_BYTES_MAX: usize = 512 << 10;

impl Engine {
    /// Fuel counts work exactly, on every machine and every engine alike; epochs count time.
    pub fn config(self) -> wasmtime::Result<Config> {
        let mut config = Config::new();
        config.consume_fuel(true);
        config.epoch_interruption(true);
        config.max_wasm_stack(STACK_BYTES_MAX);
        if self == Engine::Pulley {
            config.target(PULLEY)?;
        }
        Ok(config)
    }
}
