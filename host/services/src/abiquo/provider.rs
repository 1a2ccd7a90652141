//! Names of providers: which may be used, and under which nothing is written.

use crate::text::{canonical, folded, quoted};

/// Providers that Abiquo fills itself. Bills are deleted by provider, so ours must not be theirs.
const PROVIDERS_REFUSED: [&str; 2] = ["AMAZON", "ONPREMISE"];
const PROVIDER_PREFIX_REFUSED: &str = "AZURE";

/// Why a provider's name cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// Abiquo, or a proxy before it, might take it for the other one.
    #[error("the provider's name {} is not what is seen of it: write {}", quoted(name), quoted(canonical))]
    NotCanonical { name: String, canonical: String },
    #[error("a provider's name has at least one character that is seen")]
    Empty,
    #[error(
        "the provider {} is not allowed: Abiquo fills AMAZON, ONPREMISE and AZURE… itself, and deleting by provider would take its bills",
        quoted(_0)
    )]
    Refused(String),
}

/// Whether a name is what is seen of it: composed, printable, and without white space but single spaces inside.
pub fn check_provider_name(provider: &str) -> Result<(), ProviderError> {
    let canonical = canonical(provider);
    match provider {
        _ if canonical.is_empty() => Err(ProviderError::Empty),
        name if name == canonical => Ok(()),
        name => Err(ProviderError::NotCanonical { name: name.into(), canonical }),
    }
}

/// Whether bills may be posted and deleted under this name. Compared as a database may do it: without case and accents.
pub fn check_provider(provider: &str) -> Result<(), ProviderError> {
    check_provider_name(provider)?;
    let name = folded(provider);
    let refused = PROVIDERS_REFUSED.contains(&name.as_str()) || name.starts_with(PROVIDER_PREFIX_REFUSED);
    if refused { Err(ProviderError::Refused(provider.into())) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_abiquos_own_is_refused_in_every_spelling() {
        for name in ["AMAZON", "amazon", "Amazon", "ÁMAZON", "OnPremise", "AZURE", "azure-east", "Azürè", "AZURE_CSP"] {
            assert!(matches!(check_provider(name), Err(ProviderError::Refused(_))), "{name}");
        }
        for name in [
            "AMAZON ",
            " AMAZON",
            "AMAZON\u{a0}",
            "AMA\u{200b}ZON",
            "AMAZON\u{feff}",
            "ＡＭＡＺＯＮ",
            "ONPREMISE\t",
            "ONPREMISE\0",
            "A\u{ad}ZURE",
            "AZURE\u{2060}-east",
            "my  cloud",
            "my\u{a0}cloud",
            "my\ncloud",
            "ｍｙ cloud",
            "Zoe\u{308}",
            "cloud\u{e0041}",
            "\u{202e}cloud",
        ] {
            assert!(matches!(check_provider(name), Err(ProviderError::NotCanonical { .. })), "{name:?}");
        }
        for name in ["", " ", "\u{200b}", "\t"] {
            assert_eq!(check_provider(name), Err(ProviderError::Empty), "{name:?}");
        }
        for name in ["ACRONIS", "Zoë's cloud", "AT&T", "amazonas", "on-premise", "देव", "My Azure"] {
            assert_eq!(check_provider(name), Ok(()), "{name}");
        }
    }
}
