//! Closed sets of words.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Enums whose variants are words in JSON: `ALL` in the order in which messages list them, `name` and `parse`.
macro_rules! words {
    ($(#[$doc:meta])* $kind:ident { $($(#[$of:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum $kind {
            $($(#[$of])* #[serde(rename = $word)] $variant,)+
        }

        impl $kind {
            /// All of them, in the order in which messages list them.
            pub const ALL: &[$kind] = &[$($kind::$variant),+];

            /// The word in JSON.
            pub const fn name(self) -> &'static str {
                match self {
                    $($kind::$variant => $word,)+
                }
            }

            /// By its word, exactly.
            pub fn parse(word: &str) -> Option<$kind> {
                match word {
                    $($word => Some($kind::$variant),)+
                    _ => None,
                }
            }
        }

        impl fmt::Display for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

words! {
    /// The reporting hierarchy that a report was made for.
    Level {
        /// The root's own customers and partners.
        DirectPartners = "direct_partners",
        /// All partners below the root.
        AllPartners = "all_partners",
        /// All customers below the root.
        AllCustomers = "all_customers",
        /// Down to the user accounts.
        Accounts = "accounts",
        /// The root alone.
        Itself = "itself",
    }
}

words! {
    /// What is billed of a row: one of the report's usage columns, or the one that fits the row.
    Measure {
        /// Production usage of a stock or a counter, as held.
        AbsoluteProduction = "usage.absolute.production",
        /// Production and trial usage, as held.
        AbsoluteTotal = "usage.absolute.total",
        /// Trial usage, as held.
        AbsoluteTrial = "usage.absolute.trial",
        /// Production usage, as changed in the period.
        DeltaProduction = "usage.delta.production",
        /// Production and trial usage, as changed in the period.
        DeltaTotal = "usage.delta.total",
        /// Trial usage, as changed in the period.
        DeltaTrial = "usage.delta.trial",
        /// What the vendor tells partners to bill from: the default.
        EffectiveProduction = "usage.effective.production",
        /// Production and trial usage, by the vendor's choice of column.
        EffectiveTotal = "usage.effective.total",
        /// Trial usage, by the vendor's choice of column.
        EffectiveTrial = "usage.effective.trial",
        /// Absolute production, and delta production of a row that is `is_range`. It is no column.
        Billable = "usage.billable",
    }
}

words! {
    /// The unit of a price, and of the quantities that it prices.
    Unit {
        /// One byte.
        Byte = "byte",
        /// 1024³ bytes, which Acronis calls GB.
        Gib = "GiB",
        /// 1024⁴ bytes.
        Tib = "TiB",
        /// One second.
        Second = "second",
        /// 3,600 seconds.
        Hour = "hour",
        /// One of what is counted.
        Each = "each",
    }
}

words! {
    /// How a quantity becomes an amount.
    Model {
        /// Quantity × price. The model of a price that names none.
        PerUnit = "per-unit",
        /// Each part of the quantity at its tier's price.
        Graduated = "graduated",
        /// All of the quantity at the price of the tier that it falls in.
        Volume = "volume",
        /// By whole packages, begun ones included.
        Package = "package",
        /// The price, whatever the quantity.
        Flat = "flat",
        /// 0.
        Free = "free",
    }
}

words! {
    /// How the part that does not fit the places is rounded.
    Mode {
        /// To the nearest; ties away from zero.
        HalfUp = "half-up",
        /// To the nearest; ties to the even digit.
        HalfEven = "half-even",
        /// Away from zero.
        Up = "up",
        /// Toward zero.
        Down = "down",
    }
}

words! {
    /// What the line of an estimate is fitted to.
    Fit {
        /// The total cost up to each day.
        Cumulative = "cumulative",
        /// The cost of each day.
        Daily = "daily",
    }
}

words! {
    /// How an estimate was computed.
    Method {
        /// A least-squares line through the total cost up to each day.
        Cumulative = "cumulative",
        /// A least-squares line through the cost of each day.
        Daily = "daily",
        /// The cost of the only day, extrapolated.
        RunRate = "run-rate",
        /// Stated by the last record that states one.
        Fixed = "fixed",
        /// There is no record.
        None = "none",
    }
}

words! {
    /// How grave a finding is.
    Severity {
        /// It holds the postings that it touches, unless it is accepted.
        Error = "error",
        /// It deserves a look.
        Warning = "warning",
        /// It is good to know.
        Info = "info",
    }
}

words! {
    /// In what a posting and what the dashboard holds differ.
    DifferenceKind {
        /// In the posting, not held.
        Missing = "missing",
        /// Held, not in the posting.
        Extra = "extra",
        /// Another amount.
        Amount = "amount",
        /// Another currency.
        Currency = "currency",
        /// Another period.
        Period = "period",
    }
}

words! {
    /// The outcome of a row: the names of the accounting.
    RowOutcome {
        /// Its tenant is excluded by the job or the customers file, or is the report's root.
        Excluded = "excluded",
        /// Its measure is 0.
        ZeroUsage = "zero_usage",
        /// The customers file does not have its tenant.
        Unmapped = "unmapped",
        /// No price applies, or its unit does not fit the price's.
        Unpriced = "unpriced",
        /// It is part of the line.
        Billed = "billed",
    }
}

words! {
    /// What a step of a rating does.
    StepKind {
        /// The rows, added up, in the report's unit.
        Sum = "sum",
        /// The sum is below 0: its absolute value is rated.
        Absolute = "absolute",
        /// Divided by how many of the report's units are one of the price's.
        Convert = "convert",
        /// The quantity, rounded before pricing.
        RoundQuantity = "round-quantity",
        /// Less what is free of charge, not below 0.
        Included = "included",
        /// `of` units or packages, times the price.
        Price = "price",
        /// `of` units in a tier, times its price.
        Tier = "tier",
        /// Plus the tier's own fee.
        Fee = "fee",
        /// All tiers together.
        Tiers = "tiers",
        /// How many packages of the size `by` are begun.
        Packages = "packages",
        /// The price of a flat line.
        Flat = "flat",
        /// 0 of a free line.
        Free = "free",
        /// Times the price's factor.
        PriceFactor = "price-factor",
        /// Times the customer's factor.
        CustomerFactor = "customer-factor",
        /// Times the book's factor.
        BookFactor = "book-factor",
        /// Not below `by`.
        Minimum = "minimum",
        /// Not above `by`.
        Maximum = "maximum",
        /// The sum is below 0, so the amount is.
        Credit = "credit",
        /// Of a stock, up to a day: times the part `by` of its month.
        ToDate = "to-date",
        /// The one rounding of the line.
        Round = "round",
    }
}
