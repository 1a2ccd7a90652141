//! The cases as vectors that know no language: a call by its name, its job as text, its inputs as
//! files, and the text that has to come out, to the byte.

use std::fs;
use std::path::{Path, PathBuf};

use skubill_component::about;

use crate::case::Case;
use crate::engine::{self, Call, Input, Inputs, Said};
use crate::fail;

/// The columns of the matrix: the families of cases, `describe`, and the gallery of faults.
pub const FAMILIES: [&str; 10] = ["bill", "usage", "record", "explain", "check", "customers", "estimate", "compare", "describe", "fail"];

/// The inputs, as a request names them.
pub const INPUTS: [(&str, Input); 4] =
    [("report", Input::Report), ("prices", Input::Prices), ("customers", Input::Customers), ("costs", Input::Costs)];

pub struct Vector {
    pub name: String,
    /// One of [`FAMILIES`].
    pub family: &'static str,
    pub call: Call,
    pub job: String,
    /// Files in the order of [`INPUTS`].
    files: [Option<PathBuf>; 4],
    pub expected: Said,
}

/// The name of a call in a request, its interface's in the contract.
pub fn name(call: Call) -> &'static str {
    match call {
        Call::Bill => "bill",
        Call::Usage => "usage",
        Call::Record => "record",
        Call::Explain => "explain",
        Call::Check => "check",
        Call::Customers => "customers",
        Call::Estimate => "estimate",
        Call::Compare => "compare",
        Call::Describe => "describe",
    }
}

impl Vector {
    /// Each vector that there is.
    pub fn all() -> Vec<Vector> {
        let of = |family, call| Case::all(Some(family)).into_iter().map(move |case| Vector::of(&case, family, call));
        let situations = Case::all(None).into_iter().map(|case| Vector::of(&case, "bill", Call::Bill));
        let mut all: Vec<Vector> = situations.collect();
        all.extend(of("usage", Call::Usage).chain(of("record", Call::Record)).chain(of("explain", Call::Explain)));
        all.extend(of("check", Call::Check));
        all.extend(of("customers", Call::Customers).chain(of("estimate", Call::Estimate)).chain(of("compare", Call::Compare)));
        all.extend(Case::all(Some("fail")).into_iter().map(|case| Vector::of(&case, "fail", fail::call(&case))));
        all.push(Vector {
            name: "describe".into(),
            family: "describe",
            call: Call::Describe,
            job: String::new(),
            files: [const { None }; 4],
            expected: Ok(about::json()),
        });
        all
    }

    fn of(case: &Case, family: &'static str, call: Call) -> Vector {
        let job = match call {
            Call::Compare => "comparison.json",
            Call::Check | Call::Customers => "limits.json",
            _ => "job.json",
        };
        let job = case.text(job).unwrap_or_default();
        let files = INPUTS.map(|(stem, _)| case.path(stem).map(|path| cooked(case, stem, path)));
        let mut vector = Vector { name: format!("{family}/{}", case.name), family, call, job, files, expected: Ok(String::new()) };
        vector.expected = vector.natively();
        vector
    }

    /// A vector that is no case: a case's inputs with another report.
    pub fn made(name: &str, call: Call, inputs: &Inputs, report: &[u8]) -> Vector {
        let path = |stem: &str, bytes: &[u8]| file(&format!("{}.{stem}", name.replace('/', "-")), bytes);
        let customers = inputs.customers.as_deref().map(|bytes| path("customers", bytes));
        let files = [Some(path("report", report)), Some(path("prices", &inputs.prices)), customers, None];
        let mut vector =
            Vector { name: name.into(), family: self::name(call), call, job: inputs.job.clone(), files, expected: Ok(String::new()) };
        vector.expected = vector.natively();
        vector
    }

    /// The file of an input, by its name in a request.
    pub fn file(&self, input: &str) -> Option<&Path> {
        let (_, path) = INPUTS.iter().zip(&self.files).find(|((name, _), _)| *name == input)?;
        path.as_deref()
    }

    /// What there is, in the order in which a host feeds it: the report last.
    pub fn inputs(&self) -> Vec<(Input, Vec<u8>)> {
        let files = INPUTS.iter().zip(&self.files).rev();
        files.filter_map(|((_, input), path)| Some((*input, fs::read(path.as_ref()?).expect("a file of a case")))).collect()
    }

    pub fn natively(&self) -> Said {
        let inputs = self.inputs();
        let taken: Vec<(Input, &[u8])> = inputs.iter().map(|(input, bytes)| (*input, &bytes[..])).collect();
        engine::native_of(self.call, &self.job, &taken, usize::MAX)
    }
}

/// What a test makes up is made a file, so that every host can read it.
fn file(name: &str, bytes: &[u8]) -> PathBuf {
    let made = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    // Tests side by side make the same file: each makes it whole.
    let part = made.with_extension(format!("{:?}", std::thread::current().id()));
    fs::write(&part, bytes).expect("a file in the target directory");
    fs::rename(&part, &made).expect("a file in the target directory");
    made
}

/// What a recipe describes, as a file.
fn cooked(case: &Case, stem: &str, path: PathBuf) -> PathBuf {
    if path.extension().is_none_or(|ending| ending != "recipe") {
        return path;
    }
    file(&format!("{}.{stem}", case.name), &fail::cook(fs::read_to_string(&path).expect("a recipe").trim()))
}
