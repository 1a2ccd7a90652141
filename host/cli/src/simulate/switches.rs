//! The twins' switches on the command line: what their control endpoints take, before anybody calls.

use std::str::FromStr;

use serde_json::{Map, Value};
use skubill_simulators::{Abiquo, AbiquoKnobs, Acronis, AcronisKnobs, Fault, Service, Twin};

use crate::fail::Fail;

/// Which of the two.
#[derive(Debug, Clone, Copy)]
enum Which {
    Acronis,
    Abiquo,
}

impl FromStr for Which {
    type Err = String;

    fn from_str(text: &str) -> Result<Which, String> {
        match text {
            "acronis" => Ok(Which::Acronis),
            "abiquo" => Ok(Which::Abiquo),
            other => Err(format!("`{other}` is neither acronis nor abiquo")),
        }
    }
}

/// `acronis.report_delay_seconds=90`
#[derive(Debug, Clone)]
pub struct Knob {
    given: String,
    twin: Which,
    name: String,
    value: String,
}

impl FromStr for Knob {
    type Err = String;

    fn from_str(text: &str) -> Result<Knob, String> {
        let parts = text.split_once('=').and_then(|(path, value)| Some((path.split_once('.')?, value)));
        let Some(((twin, name), value)) = parts else {
            return Err("write TWIN.NAME=VALUE, such as acronis.report_delay_seconds=90".into());
        };
        Ok(Knob { given: text.into(), twin: twin.parse()?, name: name.into(), value: value.into() })
    }
}

impl Knob {
    /// The value as JSON, if it is JSON and fits; else as a text, so that nobody has to quote quotes.
    fn turn<S: Service>(&self, twin: &Twin<S>) -> Result<(), serde_json::Error> {
        let named = |value| Map::from_iter([(self.name.clone(), value)]);
        let text = Value::String(self.value.clone());
        match serde_json::from_str(&self.value) {
            Ok(value) => twin.turn(named(value)).or_else(|error| twin.turn(named(text)).map_err(|_| error)),
            Err(_) => twin.turn(named(text)),
        }
    }
}

/// `abiquo={"method": "POST", "effect": {"do": "drop", "taken": true}}`
#[derive(Debug, Clone)]
pub struct Rule {
    twin: Which,
    fault: Fault,
}

impl FromStr for Rule {
    type Err = String;

    fn from_str(text: &str) -> Result<Rule, String> {
        let example = r#"write TWIN=JSON, such as abiquo={"method": "POST", "effect": {"do": "drop", "taken": true}}"#;
        let (twin, json) = text.split_once('=').ok_or(example)?;
        let twin = twin.parse()?;
        let fault = serde_json::from_str(json).map_err(|error| error.to_string())?;
        Ok(Rule { twin, fault })
    }
}

/// Turns the knobs and adds the rules, in the order in which they were named.
pub fn set(knobs: &[Knob], rules: &[Rule], acronis: &Twin<Acronis>, abiquo: &Twin<Abiquo>) -> Result<(), Fail> {
    for knob in knobs {
        let turned = match knob.twin {
            Which::Acronis => knob.turn(acronis),
            Which::Abiquo => knob.turn(abiquo),
        };
        turned.map_err(|error| Fail::Usage(format!("--knob {}: {error}", knob.given)))?;
    }
    for Rule { twin, fault } in rules {
        match twin {
            Which::Acronis => acronis.fault(fault.clone()),
            Which::Abiquo => abiquo.fault(fault.clone()),
        }
    }
    Ok(())
}

/// For `--help`: every knob, and what it is unless it is turned; and what a rule is made of.
pub fn help() -> String {
    let mut text = "Knobs, as they are unless turned:\n".to_string();
    let all = [("acronis", serde_json::to_value(AcronisKnobs::default())), ("abiquo", serde_json::to_value(AbiquoKnobs::default()))];
    for (twin, knobs) in all {
        for (name, value) in knobs.ok().as_ref().and_then(Value::as_object).into_iter().flatten() {
            let value = value.as_str().map_or_else(|| value.to_string(), Into::into);
            text += &format!("  {twin}.{name}={value}\n");
        }
    }
    text + RULES
}

const RULES: &str = r#"
Rules of --fault, with `method`, `path` (what the path begins with), `skip` and `times`, each of which may be left out, and an `effect`:
  {"do": "status", "status": 429, "retry_after": "30"}   another answer; also `body`, `content_type`, `taken`
  {"do": "drop", "taken": true}                          no answer; where taken, the request takes effect all the same
  {"do": "slow", "bytes": 100, "pause_ms": 500}          the body comes in pieces
  {"do": "cut", "bytes": 100}                            the body breaks off

All of it can be changed while the twins run, under /control of each."#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_effect_of_the_help_is_one() {
        let effects = RULES.lines().filter(|line| line.starts_with("  {"));
        let rules: Vec<_> =
            effects.filter_map(|line| line.split("   ").next()).map(|effect| format!("acronis={{\"effect\": {effect}}}")).collect();
        assert_eq!(rules.len(), 4);
        for rule in rules {
            assert!(rule.parse::<Rule>().is_ok(), "{rule}");
        }
    }
}
