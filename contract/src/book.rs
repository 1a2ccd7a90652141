//! Files that people keep, where they are JSON: price books, customers files and cost records. `component/docs/prices.md`
//! has their CSV, and what a schema cannot say: prices that overlap, tiers out of order.
//!
//! A number may be text or a JSON number, and is exact in both; here it is text. `null` is the same as an absent key.

use serde::Serialize;

#[cfg(feature = "schema")]
use crate::form;
use crate::word::{Mode, Unit};

/// A price book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PriceBook {
    /// The currency of all prices, ISO 4217, in capitals.
    #[cfg_attr(feature = "schema", schemars(with = "form::CurrencyCode"))]
    pub currency: String,
    /// How amounts are rounded: to the currency's digits and half up unless stated.
    pub rounding: Option<AmountRounding>,
    /// Multiplies every amount.
    #[cfg_attr(feature = "schema", schemars(with = "Option<form::Number>"))]
    pub factor: Option<String>,
    /// The prices. Two of one SKU and tenant may not be in force on the same day.
    pub prices: Vec<Price>,
}

/// How amounts are rounded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AmountRounding {
    /// Decimal places; the currency's unless stated.
    #[cfg_attr(feature = "schema", schemars(with = "Option<form::Places>"))]
    pub places: Option<u32>,
    /// How ties and rests are rounded; half up unless stated.
    pub mode: Option<Mode>,
}

/// How a quantity is rounded before it is priced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct QuantityRounding {
    /// Decimal places.
    #[cfg_attr(feature = "schema", schemars(with = "form::Places"))]
    pub places: u32,
    /// How ties and rests are rounded; half up unless stated.
    pub mode: Option<Mode>,
}

/// The price of a SKU.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Price {
    /// The SKU.
    #[cfg_attr(feature = "schema", schemars(with = "form::NonEmptyText"))]
    pub sku: String,
    /// The name of the usage on the bill.
    #[cfg_attr(feature = "schema", schemars(with = "form::NonEmptyText"))]
    pub name: String,
    /// The heading on the bill; without one, the application of the line's rows.
    pub category: Option<String>,
    /// The model, and the keys that it uses.
    #[serde(flatten)]
    pub model: Model,
    /// Units free of charge.
    #[cfg_attr(feature = "schema", schemars(with = "Option<form::Number>"))]
    pub included: Option<String>,
    /// Multiplies the amount.
    #[cfg_attr(feature = "schema", schemars(with = "Option<form::Number>"))]
    pub factor: Option<String>,
    /// The smallest amount.
    #[cfg_attr(feature = "schema", schemars(with = "Option<form::Number>"))]
    pub minimum: Option<String>,
    /// The largest amount.
    #[cfg_attr(feature = "schema", schemars(with = "Option<form::Number>"))]
    pub maximum: Option<String>,
    /// The first day in force.
    #[cfg_attr(feature = "schema", schemars(with = "Option<form::TypedDate>"))]
    pub from: Option<String>,
    /// The last day in force.
    #[cfg_attr(feature = "schema", schemars(with = "Option<form::TypedDate>"))]
    pub until: Option<String>,
    /// How the quantity is rounded before it is priced.
    pub round_quantity: Option<QuantityRounding>,
    /// The only tenant that the price is for; without one it is for everybody.
    #[cfg_attr(feature = "schema", schemars(with = "Option<form::NonEmptyText>"))]
    pub tenant_id: Option<String>,
}

/// How a quantity becomes an amount. A price that names no model is `per-unit`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "model", rename_all = "kebab-case")]
pub enum Model {
    /// Quantity × price.
    #[cfg_attr(feature = "schema", schemars(transform = form::model_is_optional))]
    PerUnit {
        /// The unit of the quantity.
        unit: Unit,
        /// The price of one unit.
        #[cfg_attr(feature = "schema", schemars(with = "form::Number"))]
        price: String,
    },
    /// Each part of the quantity at its tier's price.
    Graduated {
        /// The unit of the quantity.
        unit: Unit,
        /// The tiers, rising.
        #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
        tiers: Vec<Tier>,
    },
    /// All of the quantity at the price of the tier that it falls in.
    Volume {
        /// The unit of the quantity.
        unit: Unit,
        /// The tiers, rising.
        #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
        tiers: Vec<Tier>,
    },
    /// By whole packages, begun ones included.
    Package {
        /// The unit of the quantity.
        unit: Unit,
        /// The price of one package.
        #[cfg_attr(feature = "schema", schemars(with = "form::Number"))]
        price: String,
        /// The units of one package, above 0.
        #[cfg_attr(feature = "schema", schemars(with = "form::Number"))]
        size: String,
    },
    /// The price, whatever the quantity.
    Flat {
        /// The unit in which the quantity is shown.
        unit: Option<Unit>,
        /// The price.
        #[cfg_attr(feature = "schema", schemars(with = "form::Number"))]
        price: String,
    },
    /// No charge.
    Free {
        /// The unit in which the quantity is shown.
        unit: Option<Unit>,
        /// 0, where stated.
        #[cfg_attr(feature = "schema", schemars(with = "Option<form::Zero>"))]
        price: Option<String>,
    },
}

/// A tier, up to and with its upper bound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Tier {
    /// The upper bound, inclusive; the last tier has none.
    #[cfg_attr(feature = "schema", schemars(with = "Option<form::Number>"))]
    pub up_to: Option<String>,
    /// The price of one unit.
    #[cfg_attr(feature = "schema", schemars(with = "form::Number"))]
    pub price: String,
    /// A fee once the quantity is above the tier's lower bound.
    #[cfg_attr(feature = "schema", schemars(with = "Option<form::Number>"))]
    pub flat: Option<String>,
}

/// A customers file: whose usage is billed to whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CustomersFile {
    /// Tenants that are not billed.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Vec<form::NonEmptyText>>"))]
    pub exclude_tenants: Vec<String>,
    /// Tenants that are billed.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Vec<Customer>>"))]
    pub customers: Vec<Customer>,
}

/// A tenant that is billed to an enterprise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Customer {
    /// The tenant's id.
    #[cfg_attr(feature = "schema", schemars(with = "form::NonEmptyText"))]
    pub tenant_id: String,
    /// The dashboard's id of the enterprise.
    #[cfg_attr(feature = "schema", schemars(with = "form::AnEnterprise"))]
    pub enterprise: u64,
    /// The name that the dashboard should have for the enterprise.
    pub enterprise_name: Option<String>,
    /// Multiplies each of the tenant's amounts.
    #[cfg_attr(feature = "schema", schemars(with = "Option<form::Number>"))]
    pub factor: Option<String>,
}

/// A cost record: one of the list that `estimate` takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "CostRecord"))]
pub struct Cost {
    /// When it was recorded: `YYYY-MM-DD`, `DD.MM.YYYY`, RFC 3339 or `yyyy/MM/dd HH:mm:ss Z`.
    #[cfg_attr(feature = "schema", schemars(with = "form::Moment"))]
    pub date: String,
    /// The cost of the day.
    #[cfg_attr(feature = "schema", schemars(with = "form::SignedNumber"))]
    pub price: String,
    /// The cost of the whole period, where the record states one.
    #[cfg_attr(feature = "schema", schemars(with = "Option<form::SignedNumber>"))]
    pub estimated: Option<String>,
}
