//! stub
pub const COMPONENT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/skubill.wasm"));
