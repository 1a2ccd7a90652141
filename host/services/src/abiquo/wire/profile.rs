//! How a post by categories is written.

use serde::{Deserialize, Serialize};

use super::names::BILLS;

/// How a post by categories is written. **Unverified**: Abiquo's documentation says that such a post has "a
/// different type of media type … which contains a category and its array of usage types and costs", and
/// publishes neither its name nor its keys. The defaults are the best guess; where they are wrong, they are
/// changed here, in the configuration, without touching code. The header's keys are those of a bill, which
/// are published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WireProfile {
    /// `Content-Type`; the version is added unless it names one.
    pub media_type: String,
    /// The same for registers, if it is another one.
    pub register_media_type: Option<String>,
    /// `Accept`: the answer is taken to be a list of bills.
    pub accept: String,
    /// Key of the list of categories.
    pub categories: String,
    /// Key of a category's name.
    pub category: String,
    /// Key of a category's list of usage types.
    pub usage_types: String,
    /// Key of a usage type (the SKU).
    pub usage_type: String,
    pub usage_name: String,
    pub price: String,
    /// Lists as `{"links": [], "collection": […]}`, as some resources of Abiquo's have them, and not plain.
    pub nested: bool,
}

impl Default for WireProfile {
    fn default() -> Self {
        Self {
            media_type: "application/vnd.abiquo.billbycategories+json".to_owned(),
            register_media_type: None,
            accept: BILLS.to_owned(),
            categories: "categories".to_owned(),
            category: "category".to_owned(),
            usage_types: "usageTypes".to_owned(),
            usage_type: "usageType".to_owned(),
            usage_name: "usageName".to_owned(),
            price: "price".to_owned(),
            nested: false,
        }
    }
}
