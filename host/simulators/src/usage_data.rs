//! A month of usage, as a service provider's account has it: tenants, what each of them uses, and
//! the price book and customers file that go with them.
//!
//! [`UsageData::demo`] makes the month that `skubill demo` bills; [`UsageData::bare`] starts an empty one,
//! for a situation of one's own. Nothing in here is random, and nothing depends on the clock: the
//! same first day and seed give the same bytes. Usage is defined for every day, so that a report
//! of any period can be served: a stock stands at some value at the end of each day, a counter has
//! counted up to some value.

mod books;
mod bytes;
mod catalogue;
mod data;
mod demo;
mod encode;
mod files;
mod growth;
mod item;
mod legacy;
mod prices;
mod rows;
mod tenant;

pub use books::{Customer, Price, Tier};
pub use data::{Line, UsageData};
pub use encode::Format;
pub use growth::Growth;
pub use item::{Infra, Item};
pub use rows::{Amounts, Ask, Kind, Level, Row};
pub use tenant::{Tenant, TenantKind};

#[cfg(test)]
mod tests;
