//! Local twins of both services, over real HTTP on loopback.

pub mod month;
mod seed;
