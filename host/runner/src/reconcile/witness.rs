//! The services' clocks.

use std::sync::Arc;

use skubill_services::http::Skew;

/// The clock of a service, as its answers tell it.
#[derive(Debug, Clone)]
pub struct Witness {
    /// What a person calls the service.
    pub service: &'static str,
    pub skew: Arc<Skew>,
}
