//! The conformance kit: every host answers every vector, and all answers are equal to the byte.
//! `docs/conformance.md` says how a host joins, and holds the matrix that comes out.

mod adapter;
pub mod inside;
mod matrix;

use std::io::Write;

use adapter::{ADAPTERS, Ran};
use matrix::Matrix;

use crate::case::Wrong;
use crate::engine::Said;
use crate::vector::{Vector, name};

#[test]
fn every_host_answers_every_vector_alike() {
    let vectors = Vector::all();
    let (mut matrix, mut wrong) = (Matrix::default(), Wrong::default());
    for (host, answer) in inside::HOSTS {
        let answers: Vec<Said> = vectors.iter().map(answer).collect();
        judge(host, &vectors, &answers, &mut wrong);
        matrix.ran(host, &vectors);
    }
    for adapter in ADAPTERS.iter().filter(|adapter| adapter.is_due()) {
        match adapter.run(&vectors) {
            Ran::Answers(answers) => {
                judge(adapter.host, &vectors, &answers, &mut wrong);
                matrix.ran(adapter.host, &vectors);
            }
            Ran::Skipped(reason) => {
                say(&format!("SKIPPED: host {}: {reason}", adapter.host));
                if std::env::var_os("CI").is_some() {
                    wrong.say(adapter.host, format!("in CI nothing is skipped: {reason}"));
                }
                matrix.skipped(adapter.host);
            }
            Ran::Failed(reason) => wrong.say(adapter.host, reason),
        }
    }
    matrix.is_current(&mut wrong);
    say(&matrix.table());
    wrong.end();
}

/// Past what a test's output is caught by: it is there to be seen.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

fn judge(host: &str, vectors: &[Vector], answers: &[Said], wrong: &mut Wrong) {
    wrong.differ(host, "answers", &answers.len(), &vectors.len());
    for (vector, answer) in vectors.iter().zip(answers).filter(|(vector, answer)| vector.expected != **answer) {
        let of = format!("{host}, {}", vector.name);
        let (expected, came_out) = (text(&vector.expected), text(answer));
        let at = expected.bytes().zip(came_out.bytes()).take_while(|(a, b)| a == b).count();
        let around = |text: &str| text.bytes().skip(at.saturating_sub(40)).take(80).map(char::from).collect::<String>();
        let what = format!("{}: byte {at}\n    expected {}\n    came out {}", name(vector.call), around(&expected), around(&came_out));
        wrong.say(&of, what);
    }
}

fn text(said: &Said) -> String {
    match said {
        Ok(answer) => format!("ok {answer}"),
        Err(refusal) => format!("refused {refusal}"),
    }
}
