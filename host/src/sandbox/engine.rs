//! The runtime's configuration, shared with the build script: what it compiles ahead of time runs
//! only under the same one.

use wasmtime::Config;

/// Fuel counts work exactly, on every machine alike; an epoch would count time.
pub fn config() -> Config {
    let mut config = Config::new();
    config.consume_fuel(true);
    config
}
