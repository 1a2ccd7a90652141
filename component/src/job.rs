//! The job of a run: how the caller wants a report billed.

use std::collections::BTreeSet;

use crate::fault::{Fault, Faults, Input, Refusal, shown};
use crate::finding::{self, Finding};
use crate::json::tree::{self, Node};
use crate::limit::Limits;
use crate::period::Month;
use crate::reader::{At, Context, ObjectReader};
use crate::report::row::Measure;
use crate::template::Template;
use crate::text::alternatives;

pub use skubill_contract::word::Level;

/// An accepted finding: by code, and by SKU, tenant or enterprise where one is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// A finding's code.
    pub code: String,
    /// A SKU, a tenant or an enterprise; none is every subject.
    pub subject: Option<String>,
}

impl Acceptance {
    /// As it is written: `CODE` or `CODE:SUBJECT`.
    pub fn text(&self) -> String {
        let subject = self.subject.iter().flat_map(|subject| [":", subject.as_str()]);
        [self.code.as_str()].into_iter().chain(subject).collect()
    }

    /// `CODE` or `CODE:SUBJECT`.
    fn parse(text: &str) -> Acceptance {
        match text.split_once(':') {
            Some((code, subject)) => Acceptance { code: code.into(), subject: Some(subject.into()) },
            None => Acceptance { code: text.into(), subject: None },
        }
    }

    /// Whether it accepts a finding.
    pub fn covers(&self, finding: &Finding) -> bool {
        let subject_fits = |subject: &String| {
            finding.sku.as_ref() == Some(subject)
                || finding.tenant_id.as_ref() == Some(subject)
                || finding.enterprise.map(|enterprise| enterprise.to_string()).as_ref() == Some(subject)
        };
        self.code == finding.code && self.subject.as_ref().is_none_or(subject_fits)
    }
}

/// A valid job.
#[derive(Debug, Clone)]
pub struct Job {
    /// The billing period; none is taken from the report.
    pub period: Option<Month>,
    /// The report's root tenant, which is not billed unless the customers file maps it.
    pub root: Option<String>,
    /// The hierarchy of the report, where the caller knows it.
    pub level: Option<Level>,
    /// What is billed of a row.
    pub measure: Measure,
    /// The findings that hold no posting.
    pub accept: Vec<Acceptance>,
    /// Tenants that are not billed.
    pub exclude_tenants: BTreeSet<String>,
    /// The template of usage names in postings.
    pub usage_name: Template,
    /// The limits of the run.
    pub limits: Limits,
}

impl Default for Job {
    fn default() -> Self {
        Job {
            period: None,
            root: None,
            level: None,
            measure: Measure::EFFECTIVE_PRODUCTION,
            accept: Vec::new(),
            exclude_tenants: BTreeSet::new(),
            usage_name: Template::default(),
            limits: Limits::default(),
        }
    }
}

impl Job {
    /// Whether the job accepts a finding.
    pub fn accepts(&self, finding: &Finding) -> bool {
        self.accept.iter().any(|acceptance| acceptance.covers(finding))
    }

    /// Checks a job whose fields are typed: an accepted code must exist.
    pub fn checked(self) -> Result<Job, Refusal> {
        let unknown = self.accept.iter().find(|acceptance| !finding::FINDINGS.contains(&acceptance.code.as_str()));
        match unknown {
            Some(acceptance) => Err(Refusal::Job(format!(
                "accept: no finding has the code {}; the codes are {}",
                shown(&acceptance.code),
                finding::FINDINGS.join(", ")
            ))),
            None => Ok(self),
        }
    }
}

/// Reads a job's JSON by `read`; empty text is the default job. The error lists all mistakes.
pub fn json<T>(text: &str, read: impl FnOnce(&mut ObjectReader<'_>, &mut Context<'_>) -> Result<T, Refusal>) -> Result<T, Refusal> {
    let limits = Limits { cell_bytes: u64::MAX, ..Limits::default() };
    let mut faults = Faults::new(limits.faults);
    let text = if text.trim_ascii().is_empty() { "{}" } else { text };
    let mut context = Context { input: Input::Report, limits: &limits, faults: &mut faults };
    let node = tree::read(text.as_bytes(), context.input, &limits, context.faults);
    let object = node.as_ref().and_then(|node| ObjectReader::open(node, At::Path(String::new()), &mut context));
    let Some(mut object) = object else {
        return Err(mistakes(&faults));
    };
    // An invalid value ends reading, and is reported without the mistakes of later keys.
    let job = read(&mut object, &mut context)?;
    object.end("a key of this job", &mut context);
    if faults.is_empty() { Ok(job) } else { Err(mistakes(&faults)) }
}

fn mistakes(faults: &Faults) -> Refusal {
    let mistake = |fault: &Fault| match &fault.column {
        Some(place) => format!("{place}: found {}, expected {}", fault.found, fault.expected),
        None => format!("found {}, expected {}", fault.found, fault.expected),
    };
    Refusal::Job(faults.list.iter().map(mistake).collect::<Vec<_>>().join("; "))
}

impl Job {
    /// From a job's JSON; every key may be left out.
    pub fn read(object: &mut ObjectReader<'_>, context: &mut Context<'_>) -> Result<Job, Refusal> {
        let period = object.text("period", context).map(month).transpose()?;
        let root = object.text("root", context).map(str::to_string);
        let level = object
            .text("level", context)
            .map(|text| Level::parse(text).ok_or_else(|| Refusal::invalid("level", text, &alternatives(Level::ALL, Level::name))));
        let measure = object.text("measure", context).map(|text| {
            Measure::parse(text)
                .ok_or_else(|| Refusal::invalid("measure", text, "a usage column such as usage.effective.production, or usage.billable"))
        });
        let mut accept = Vec::new();
        for (node, at) in object.list("accept", context).unwrap_or_default() {
            match node {
                Node::Text(text) => accept.push(Acceptance::parse(text)),
                node => context.wrong(at.itself(), node.shown(), "CODE or CODE:SUBJECT"),
            }
        }
        let mut excluded = Vec::new();
        for (node, at) in object.list("exclude_tenants", context).unwrap_or_default() {
            match node {
                Node::Text(tenant) => excluded.push(tenant.clone()),
                node => context.wrong(at.itself(), node.shown(), "a tenant's id"),
            }
        }
        let usage_name = object.text("usage_name", context).map(usage_name).transpose()?.unwrap_or_default();
        let limits = limits(object.object("limits", context), context);
        Job {
            period,
            root,
            level: level.transpose()?,
            measure: measure.transpose()?.unwrap_or(Measure::EFFECTIVE_PRODUCTION),
            accept,
            exclude_tenants: tenants(excluded)?,
            usage_name,
            limits,
        }
        .checked()
    }
}

impl Job {
    /// The `job` of a request that has more than a job; without one, the default job.
    pub fn of_request(object: &mut ObjectReader<'_>, context: &mut Context<'_>) -> Result<Job, Refusal> {
        let Some(mut object) = object.object("job", context) else {
            return Ok(Job::default());
        };
        let job = Job::read(&mut object, context)?;
        object.end("a key of a job", context);
        Ok(job)
    }
}

/// Limits from a JSON object of some of them; the others keep their defaults.
pub fn limits(object: Option<ObjectReader<'_>>, context: &mut Context<'_>) -> Limits {
    let mut limits = Limits::default();
    let Some(mut object) = object else { return limits };
    for (name, limit) in limits.fields() {
        if let Some(value) = object.whole(name, 0, Limits::most(name), context) {
            *limit = value;
        }
    }
    object.end("a limit", context);
    limits
}

/// A billing period as a job names it.
pub fn month(text: &str) -> Result<Month, Refusal> {
    Month::parse(text).ok_or_else(|| Refusal::invalid("period", text, "a month such as 2021-08"))
}

/// Tenants that a job excludes.
pub fn tenants(ids: Vec<String>) -> Result<BTreeSet<String>, Refusal> {
    let mut tenants = BTreeSet::new();
    for tenant in ids {
        if tenant.is_empty() {
            return Err(Refusal::invalid("exclude_tenants", &tenant, "a tenant's id"));
        }
        tenants.insert(tenant);
    }
    Ok(tenants)
}

/// Parses the template of usage names.
pub fn usage_name(text: &str) -> Result<Template, Refusal> {
    Template::parse(text).ok_or_else(|| Refusal::invalid("usage_name", text, Template::EXPECTED))
}
