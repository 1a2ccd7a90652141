//! What the simulators' tests share.

/// A client that knows a TLS provider, which reqwest asks for though nothing here is encrypted.
pub(super) fn client() -> reqwest::Result<reqwest::Client> {
    // An error means that another test was first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build()
}
