//! What is read of a value where a text or a number belongs, and of a list of links: nothing else is kept, so that
//! the memory of an answer is bounded by its bytes.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// The text of a string that is not empty, or a number as it is written; nothing for any other value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scalar(pub Option<String>);

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        Ok(Scalar(match raw.as_bytes().first() {
            Some(b'"') => Some(serde_json::from_str::<String>(raw).map_err(D::Error::custom)?).filter(|text| !text.is_empty()),
            Some(b'-' | b'0'..=b'9') => Some(raw.to_owned()),
            _ => None,
        }))
    }
}

/// Where a link leads, and what it is called.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(default)]
pub struct Link {
    rel: Scalar,
    pub href: Scalar,
    pub title: Scalar,
}

/// Of a list of links, the first of each relation that is followed or read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    this: Option<Link>,
    next: Option<Link>,
    enterprise: Option<Link>,
    bills: Option<Link>,
    registers: Option<Link>,
    estimate: Option<Link>,
    providers: Option<Link>,
}

impl Links {
    fn place(&mut self, rel: &str) -> Option<&mut Option<Link>> {
        // Relations have no case (RFC 8288).
        Some(match rel.to_ascii_lowercase().as_str() {
            "self" => &mut self.this,
            "next" => &mut self.next,
            "enterprise" => &mut self.enterprise,
            "bills" => &mut self.bills,
            "billregisters" => &mut self.registers,
            "estimation" => &mut self.estimate,
            "billproviders" => &mut self.providers,
            _ => return None,
        })
    }

    /// The link of a relation; an empty one where there is none.
    pub fn take(&mut self, rel: &str) -> Link {
        self.take_if_any(rel).unwrap_or_default()
    }

    /// The link of a relation, if there is one.
    pub fn take_if_any(&mut self, rel: &str) -> Option<Link> {
        self.place(rel).and_then(Option::take)
    }

    /// Where the link of a relation leads.
    pub fn href(&mut self, rel: &str) -> Option<String> {
        self.take(rel).href.0
    }
}

impl<'de> Deserialize<'de> for Links {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfLinks;
        impl<'de> Visitor<'de> for OfLinks {
            type Value = Links;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of links")
            }

            fn visit_unit<E>(self) -> Result<Links, E> {
                Ok(Links::default())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Links, A::Error> {
                let mut links = Links::default();
                while let Some(link) = items.next_element::<Link>()? {
                    let rel = link.rel.0.clone().unwrap_or_default();
                    if let Some(place) = links.place(&rel) {
                        place.get_or_insert(link);
                    }
                }
                Ok(links)
            }
        }
        deserializer.deserialize_any(OfLinks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_and_nothing_else() {
        let read = |text: &str| serde_json::from_str::<Scalar>(text).expect(text).0;
        assert_eq!(read("\"\\u00e9\""), Some("é".into()));
        assert_eq!(read("23.40"), Some("23.40".into()));
        for none in ["\"\"", "null", "true", "[[{}]]", "{\"a\": \"b\"}"] {
            assert_eq!(read(none), None, "{none}");
        }
    }

    #[test]
    fn the_first_link_of_a_relation_counts() {
        let text = r#"[{"rel": "next"}, {}, {"rel": "next", "href": "b"}, {"rel": "other", "href": "c"}, {"rel": "self", "href": "d", "title": 7}]"#;
        let mut links: Links = serde_json::from_str(text).expect("links");
        assert_eq!((links.href("next"), links.href("enterprise")), (None, None));
        let this = links.take("self");
        assert_eq!((this.href.0.as_deref(), this.title.0.as_deref()), (Some("d"), Some("7")));
        assert_eq!(serde_json::from_str::<Links>("null").expect("links"), Links::default());
        assert!(serde_json::from_str::<Links>("{}").is_err());
    }
}
