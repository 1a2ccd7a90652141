//! The words of the reports API: kinds, levels, formats, states. All are open, for Acronis adds to them: an
//! unknown word of an answer is kept as `Other`, and what we ask for is checked by `FromStr`, which accepts
//! the known ones only.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A word that is none of those known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is none of {known}")]
pub struct UnknownWord {
    pub given: String,
    /// All known words, separated by commas.
    pub known: String,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $word:ident = $text:literal $(or $alias:literal)?,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$word_doc])* $word,)+
            /// A word that this version does not know, as it came.
            Other(String),
        }

        impl $name {
            /// All that this version knows.
            pub const KNOWN: &'static [&'static str] = &[$($text),+];

            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$word => $text,)+
                    Self::Other(text) => text,
                }
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                match text {
                    $($text $(| $alias)? => Self::$word,)+
                    other => Self::Other(other.to_owned()),
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                match Self::from(text) {
                    Self::Other(given) => Err(UnknownWord { given, known: Self::KNOWN.join(", ") }),
                    known => Ok(known),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map(|text| Self::from(text.as_str()))
            }
        }
    };
}

words! {
    /// What a report counts.
    Kind {
        /// The state at the period's end and the difference since its start: what a month is billed from.
        UsageSummary = "usage_summary",
        /// The previous day, within each child's own billing period; takes no period.
        UsageCurrent = "usage_current",
        UsageDaily = "usage_daily",
        /// Metrics and their changes for each day of the period.
        UsageBreakdown = "usage_breakdown",
    }
}

words! {
    /// Whose usage a report lists, seen from its tenant.
    Level {
        /// Direct customers and partners: what a bill is made from.
        DirectPartners = "direct_partners",
        AllPartners = "all_partners",
        /// All customers and partners.
        AllCustomers = "all_customers",
        /// All of them, with details by user account.
        Accounts = "accounts",
        /// The tenant alone; in Acronis' OpenAPI description, not in its guide.
        Itself = "itself",
    }
}

words! {
    /// How a report is written.
    Format {
        /// One row per tenant, offering item and infrastructure; raw bytes and seconds. Billable.
        CsvV2 = "csv_v2_0",
        /// The same as JSON. Billable.
        JsonV2 = "json_v2_0",
        /// A table for people, in GiB and hours: not billable.
        Csv = "csv",
        Html = "html",
        JsonV1 = "json_v1",
    }
}

words! {
    /// When a report is made.
    Schedule {
        /// Once, on its generation date (today, where none is given).
        Once = "once",
        /// At 23:59:59 UTC of each first day of a month.
        Monthly = "monthly",
    }
}

words! {
    /// What becomes of a report.
    ResultAction {
        /// It is stored, and can be downloaded.
        Save = "save",
        /// It is mailed to its recipients (only `csv` and `html`).
        Send = "send",
    }
}

words! {
    /// How far one format of a report is.
    StoredState {
        InProgress = "in_progress",
        Saved = "saved",
        /// Also spelled `faild`, as Acronis' article prints it.
        Failed = "failed" or "faild",
    }
}
