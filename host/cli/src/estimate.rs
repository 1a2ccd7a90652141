//! `skubill estimate`: what a month will have cost, from cost records.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use skubill::answer::Estimated;
use skubill::bill::Biller;
use skubill::job::EstimateJob;
use skubill::word::Fit;

use crate::check::Format;
use crate::exit::Exit;
use crate::fail::Fail;
use crate::{input, show};

#[derive(Args)]
pub struct Estimate {
    /// Cost records: CSV `date,price[,estimated]` or JSON `[{"date": …, "price": …}]`; `-` for stdin.
    costs: PathBuf,
    /// The month, YYYY-MM; without it, the month of the latest record.
    #[arg(long, value_name = "YYYY-MM")]
    period: Option<String>,
    /// The method of the least-squares line.
    #[arg(long, value_enum, default_value = "cumulative")]
    method: Method,
    /// Decimal places of the estimate, 0 to 12.
    #[arg(long, value_name = "N", default_value_t = 2)]
    places: u32,
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Method {
    /// Through the total cost up to each day, read off at the last day.
    Cumulative,
    /// Through the cost of each day, summed over the month.
    Daily,
}

impl From<Method> for Fit {
    fn from(method: Method) -> Self {
        match method {
            Method::Cumulative => Fit::Cumulative,
            Method::Daily => Fit::Daily,
        }
    }
}

impl Estimate {
    pub fn wants_json(&self) -> bool {
        self.format == Format::Json
    }

    pub fn run(&self) -> Result<Exit, Fail> {
        let costs = input::read(&self.costs)?;
        let job = EstimateJob {
            period: self.period.clone(),
            method: Some(Fit::from(self.method).name().into()),
            places: Some(self.places),
            ..EstimateJob::default()
        };
        let job = serde_json::to_string(&job).map_err(skubill::bill::Error::Answer)?;
        let answer = Biller::new()?.estimate(&costs, &job)?;
        if self.format == Format::Json {
            show::print(&format!("{answer}\n"))?;
            return Ok(Exit::Done);
        }
        let estimated: Estimated = serde_json::from_str(&answer).map_err(skubill::bill::Error::Answer)?;
        show::print(&text(&estimated))?;
        Ok(Exit::Done)
    }
}

fn text(estimated: &Estimated) -> String {
    let Estimated { method, records, days, .. } = estimated;
    let estimate = estimated.estimate.as_deref().unwrap_or("none");
    let mut text = format!("estimate  {estimate}\nmethod    {method}, from {records} records, for a period of {days} days\n");
    if let (Some(slope), Some(intercept)) = (&estimated.slope, &estimated.intercept) {
        text += &format!("line      {slope} a day, from {intercept}\n");
    }
    if estimated.below_to_date {
        text += "note      the estimate is lower than what was already spent\n";
    }
    text
}
