use super::run::Inputs;

/// Every model of price, a credit, a quantity without an end, one at the limit of digits, rows that are not billed.
pub const REPORT: &[u8] = include_bytes!("month/report.csv");
pub const PRICES: &[u8] = include_bytes!("month/prices.json");
pub const CUSTOMERS: &[u8] = include_bytes!("month/customers.json");

pub const COSTS: &[u8] = b"date,price,estimated\n2021-08-01,10,\n2021-08-02,12.5,\n2021/08/02 23:00:00 -0100,1e-3,0\n";

/// A report that tells its own period is judged as one that does not, and one whose numbers have exponents too.
pub const JOB: &str = r#"{"period": "2021-08", "root": "t-root", "accept": ["period-differs", "rounded-usage"]}"#;

pub const INPUTS: Inputs<'static> = Inputs { report: REPORT, prices: PRICES, customers: Some(CUSTOMERS), costs: COSTS, job: JOB };
