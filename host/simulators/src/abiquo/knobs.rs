//! The switches of the Abiquo twin.

use crate::twin::{Knobs, status};
use serde::{Deserialize, Serialize};

/// Switches of the Abiquo twin; `PUT /control/knobs` takes these names. Each default is what Abiquo's own clients
/// and its documents expect, or, where they are silent, the choice listed in [`crate`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AbiquoKnobs {
    /// API versions that media types may name; the last is the newest, used where none is named.
    pub versions: Vec<String>,
    /// What a bill by categories is sent as.
    pub by_categories_media_type: String,
    /// The key of its list of categories, and of a category's list of usage types.
    pub categories_key: String,
    pub usage_types_key: String,
    /// The status of a post: 201, as most other resources answer, and of which Abiquo's Go client takes 201, 202 and 204
    /// alone; or 200, as documented for bills. 204 has no body.
    pub created_status: u16,
    /// Whether a price may be a JSON string.
    pub strings_as_prices: bool,
    /// The currency of what is posted without `currencyCode`; none refuses it.
    pub default_currency: Option<String>,
    /// Whether a register of a negative cost is refused with BILL_REGISTER-5.
    pub negative_registers_refused: bool,
    /// What the prices of registers are.
    pub register_amounts: RegisterAmounts,
    pub estimate_method: EstimateMethod,
    pub estimate_text: EstimateText,
    pub no_estimate: NoEstimate,
    /// Decimal places of a calculated estimate.
    pub estimate_places: u32,
    /// Providers that are listed though they have no bill.
    pub providers: Vec<String>,
    pub providers_shape: ProvidersShape,
    /// What `fromdate` is compared with.
    pub fromdate: FromDate,
    /// What `has` is looked for in.
    pub has: Has,
    /// What `identerprise` does.
    pub identerprise: IdEnterprise,
    /// Whether page links are percent-encoded: Abiquo's Python and Go clients follow them as they are. The documented
    /// ones are not.
    pub hrefs_encoded: bool,
    /// Replaces `http://HOST/api` in links: another host, a host without its port.
    pub href_base: Option<String>,
    /// The `next` link leads back to the page that it stands on.
    pub next_repeats: bool,
    /// Whether the list of registers tells its `totalSize`.
    pub registers_total_size: bool,
    /// 204, or 404 with BILL-4 or BILL_REGISTER-1, for a delete that finds nothing.
    pub delete_nothing_status: u16,
    /// Whether a second post for one period or day is refused (BILL-3, BILL-9, BILL_REGISTER-0). Abiquo's own catalogue of
    /// errors says so; a service that stores both is what a client must not rely on being absent.
    pub duplicates_refused: bool,
    /// Whether an enterprise has the links of its bills.
    pub enterprise_links: bool,
    /// Every credential is refused.
    pub tokens_expired: bool,
}

/// Whether registers hold the cost of a day or the cost so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RegisterAmounts {
    Daily,
    /// A register below the one before is refused with BILL_REGISTER-5.
    Cumulative,
}

/// The regression behind an estimate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EstimateMethod {
    /// The line through the cost so far, at the period's last day.
    Cumulative,
    /// The line through the daily costs, summed over the period.
    Daily,
}

/// How an estimate is spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EstimateText {
    Number,
    Sentence,
    Empty,
    Nan,
    Zero,
}

/// What is answered without any register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoEstimate {
    /// 204.
    NoContent,
    /// 200 without a body.
    Empty,
    Zero,
    Nan,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProvidersShape {
    /// `{"collection": ["AMAZON"]}`
    Strings,
    /// `{"collection": [{"name": "AMAZON"}]}`
    Objects,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FromDate {
    /// `billingPeriodStartDate` is that moment or later.
    PeriodStart,
    /// `date` is.
    Date,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Has {
    UsageName,
    /// Category, usage type or usage name.
    Any,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IdEnterprise {
    /// Narrows the path's enterprise.
    Narrows,
    /// Stands in for the path's enterprise.
    Replaces,
}

impl Default for AbiquoKnobs {
    fn default() -> AbiquoKnobs {
        AbiquoKnobs {
            versions: ["4.2", "5.4", "6.0", "6.1"].map(Into::into).to_vec(),
            by_categories_media_type: "application/vnd.abiquo.billbycategories+json".into(),
            categories_key: "categories".into(),
            usage_types_key: "usageTypes".into(),
            created_status: 201,
            strings_as_prices: false,
            default_currency: Some("EUR".into()),
            negative_registers_refused: true,
            register_amounts: RegisterAmounts::Daily,
            estimate_method: EstimateMethod::Cumulative,
            estimate_text: EstimateText::Number,
            no_estimate: NoEstimate::NoContent,
            estimate_places: 2,
            providers: ["AMAZON", "ONPREMISE"].map(Into::into).to_vec(),
            providers_shape: ProvidersShape::Strings,
            fromdate: FromDate::PeriodStart,
            has: Has::UsageName,
            identerprise: IdEnterprise::Narrows,
            hrefs_encoded: true,
            href_base: None,
            next_repeats: false,
            registers_total_size: true,
            delete_nothing_status: 204,
            duplicates_refused: true,
            enterprise_links: true,
            tokens_expired: false,
        }
    }
}

impl Knobs for AbiquoKnobs {
    fn mistake(&self) -> Option<String> {
        if self.versions.is_empty() {
            return Some("versions: at least one is needed".into());
        }
        match self.delete_nothing_status {
            404 => None,
            other => status("delete_nothing_status", other, 200..=299),
        }
        .or_else(|| status("created_status", self.created_status, 200..=299))
    }
}
