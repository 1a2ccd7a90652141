//! A run on one engine, or the same run on two that have to agree to the byte.

use skubill_contract::refusal::Refusal;

use crate::sandbox::{Answer, Error, Run, Used};

/// The first answers; a second one, step by step beside it, is only compared.
pub struct Runs {
    first: Run,
    second: Option<Run>,
}

impl Runs {
    pub fn new(first: Run, second: Option<Run>) -> Runs {
        Runs { first, second }
    }

    /// A step on every engine.
    pub fn each(&mut self, step: impl Fn(&mut Run) -> Answer<()>) -> Answer<()> {
        let first = step(&mut self.first)?;
        if let Some(second) = &mut self.second
            && step(second)? != first
        {
            return Err(Error::Differ("one was refused an input, the other was not".into()));
        }
        Ok(first)
    }

    /// The last step: the answer.
    pub fn end(self) -> Answer<(String, Used)> {
        let first = self.first.finish()?;
        if let Some(second) = self.second {
            agree(&first, &second.finish()?)?;
        }
        Ok(first)
    }
}

type Said<'a> = &'a Result<(String, Used), Refusal>;

/// Texts are compared as bytes; nothing here is read as a number.
fn agree(first: Said<'_>, second: Said<'_>) -> Result<(), Error> {
    match (first, second) {
        (Ok((first, _)), Ok((second, _))) if first == second => Ok(()),
        (Err(first), Err(second)) if first == second => Ok(()),
        (Ok((first, _)), Ok((second, _))) => {
            let at = first.bytes().zip(second.bytes()).take_while(|(a, b)| a == b).count();
            Err(Error::Differ(format!("from byte {} on", at + 1)))
        }
        (Err(_), Err(_)) => Err(Error::Differ("both refused, for different reasons".into())),
        _ => Err(Error::Differ("one answered, the other refused".into())),
    }
}
