//! Media types and query parameters.

pub(in crate::abiquo) const BILL: &str = "application/vnd.abiquo.bill+json";
/// The documentation's table says `bill+json` here, its cURL example `bills+json`; a list is the latter.
pub(in crate::abiquo) const BILLS: &str = "application/vnd.abiquo.bills+json";
pub(in crate::abiquo) const PROVIDERS: &str = "application/vnd.abiquo.billproviders+json";
pub(in crate::abiquo) const ENTERPRISE: &str = "application/vnd.abiquo.enterprise+json";
pub(in crate::abiquo) const ESTIMATE: &str = "text/plain";

pub(in crate::abiquo) const PROVIDER: &str = "provider";
/// Of a DELETE of bills: their `billingPeriodStartDate`.
pub(in crate::abiquo) const START_BILL_DATE: &str = "startBillDate";
/// Of a DELETE of registers: their `date`.
pub(in crate::abiquo) const BILL_DATE: &str = "billDate";
