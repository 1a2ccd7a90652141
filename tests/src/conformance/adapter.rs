//! Hosts that are a process: a request a line in, an answer a line out, as `docs/conformance.md`
//! describes it.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::thread;

use serde::Deserialize;
use serde_json::json;

use crate::case::root;
use crate::engine::Said;
use crate::vector::{INPUTS, Vector, name};

/// A host, and the command that answers for it from the root of the repository.
pub struct Adapter {
    pub host: &'static str,
    command: [&'static str; 3],
    /// Where it lives: while this folder is not there, neither is the host.
    folder: &'static str,
}

const PYTHON: &str = "sdk/python";
const JS: &str = "sdk/js";

pub const ADAPTERS: [Adapter; 5] = [
    Adapter { host: "python-component", command: ["python3", "sdk/python/conformance.py", "component"], folder: PYTHON },
    Adapter { host: "python-core", command: ["python3", "sdk/python/conformance.py", "core"], folder: PYTHON },
    Adapter { host: "node-jco", command: ["node", "sdk/js/conformance.mjs", "jco"], folder: JS },
    Adapter { host: "node-core", command: ["node", "sdk/js/conformance.mjs", "core"], folder: JS },
    Adapter { host: "chromium", command: ["node", "sdk/js/conformance.mjs", "chromium"], folder: JS },
];

/// The exit code of an adapter whose runtime is not on this machine; why is on its stderr.
const SKIPPED: i32 = 77;

/// What became of an adapter.
#[derive(Debug, PartialEq, Eq)]
pub enum Ran {
    Answers(Vec<Said>),
    Skipped(String),
    Failed(String),
}

/// The first line of an adapter. The engine is for whoever reads a log.
#[derive(Deserialize)]
struct Hello {
    host: String,
    engine: String,
}

#[derive(Deserialize)]
struct Answer {
    id: usize,
    ok: bool,
    answer: String,
}

impl Adapter {
    pub fn is_due(&self) -> bool {
        root().join(self.folder).exists()
    }

    pub fn run(&self, vectors: &[Vector]) -> Ran {
        let [program, arguments @ ..] = &self.command;
        let mut command = Command::new(program);
        command.args(arguments).current_dir(root()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        match command.spawn() {
            Ok(child) => talk(self.host, child, vectors),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ran::Skipped(format!("{program} is not on this machine")),
            Err(error) => Ran::Failed(format!("{program}: {error}")),
        }
    }
}

fn request(id: usize, vector: &Vector) -> String {
    let mut request = json!({"id": id, "call": name(vector.call), "job": vector.job});
    for (input, _) in INPUTS {
        request[input] = vector.file(input).map(|path| path.to_string_lossy().into_owned()).into();
    }
    request.to_string()
}

/// All requests are written while the answers are read: neither side waits for the other's buffer.
fn talk(host: &str, mut child: Child, vectors: &[Vector]) -> Ran {
    let (mut stdin, stdout) = (child.stdin.take().expect("piped"), child.stdout.take().expect("piped"));
    let mut stderr = child.stderr.take().expect("piped");
    let requests: Vec<String> = vectors.iter().enumerate().map(|(id, vector)| request(id + 1, vector) + "\n").collect();
    // An adapter that ends early closes the pipe: its exit code says what that means.
    let writer = thread::spawn(move || requests.iter().try_for_each(|line| stdin.write_all(line.as_bytes())).is_ok());
    let complaints = thread::spawn(move || {
        let mut text = Vec::new();
        let _ = stderr.read_to_end(&mut text);
        String::from_utf8_lossy(&text).trim().to_string()
    });
    let answers = read(host, BufReader::new(stdout), vectors.len());
    if answers.is_err() {
        // It may wait for more; nothing more comes.
        let _ = child.kill();
    }
    let status = child.wait().expect("the adapter ends");
    let _ = writer.join();
    let complaints = complaints.join().expect("stderr is read");
    match (status.code(), answers) {
        (Some(SKIPPED), _) => Ran::Skipped(complaints),
        (Some(0), Ok(answers)) => Ran::Answers(answers),
        (_, Ok(_)) => Ran::Failed(format!("ended with {status}: {complaints}")),
        (_, Err(reason)) => Ran::Failed(format!("{reason}; ended with {status}: {complaints}")),
    }
}

/// The greeting and the answers, which may come in any order.
fn read(host: &str, lines: impl BufRead, count: usize) -> Result<Vec<Said>, String> {
    let mut lines = lines.lines();
    let mut next = || match lines.next() {
        Some(Ok(line)) => Ok(Some(line)),
        Some(Err(error)) => Err(format!("its output cannot be read: {error}")),
        None => Ok(None),
    };
    let hello = next()?.ok_or("it said nothing")?;
    let hello: Hello = serde_json::from_str(&hello).map_err(|error| format!("its first line: {error}: {hello}"))?;
    if hello.host != host || hello.engine.is_empty() {
        return Err(format!("it is the host {:?} on {:?}, not {host}", hello.host, hello.engine));
    }
    let mut answers = vec![None; count];
    while let Some(line) = next()? {
        let answer: Answer =
            serde_json::from_str(&line).map_err(|error| format!("{error}: {}", line.chars().take(200).collect::<String>()))?;
        let place = answer.id.checked_sub(1).and_then(|at| answers.get_mut(at)).ok_or(format!("nobody asked {}", answer.id))?;
        let said = if answer.ok { Ok(answer.answer) } else { Err(answer.answer) };
        if place.replace(said).is_some() {
            return Err(format!("two answers to {}", answer.id));
        }
    }
    let missing = answers.iter().position(Option::is_none);
    let all: Option<Vec<Said>> = answers.into_iter().collect();
    all.ok_or_else(|| format!("no answer to {}", missing.unwrap_or_default() + 1))
}

#[cfg(unix)]
mod protocol {
    use super::*;

    /// An adapter in the shell.
    fn ran(script: &'static str) -> Ran {
        let adapter = Adapter { host: "shell", command: ["sh", "-c", script], folder: "tests" };
        assert!(adapter.is_due());
        let vectors: Vec<Vector> = Vector::all().into_iter().take(2).collect();
        adapter.run(&vectors)
    }

    fn failed(script: &'static str) -> String {
        match ran(script) {
            Ran::Failed(reason) => reason,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn answers_come_in_any_order() {
        let script = r#"echo '{"host": "shell", "engine": "none"}'; cat >/dev/null
            echo '{"id": 2, "ok": true, "answer": "b"}'; echo '{"id": 1, "ok": false, "answer": "a"}'"#;
        assert_eq!(ran(script), Ran::Answers(vec![Err("a".into()), Ok("b".into())]));
    }

    #[test]
    fn what_an_adapter_gets_wrong_is_said() {
        assert!(failed("exit 1").contains("it said nothing"));
        assert!(failed("echo hello; cat >/dev/null").contains("its first line"));
        assert!(failed(r#"echo '{"host": "another", "engine": "x"}'"#).contains("not shell"));
        assert!(
            failed(r#"echo '{"host": "shell", "engine": "x"}'; echo '{"id": 1, "ok": true, "answer": ""}'"#).contains("no answer to 2")
        );
        assert!(
            failed(r#"echo '{"host": "shell", "engine": "x"}'; echo '{"id": 3, "ok": true, "answer": ""}'"#).contains("nobody asked 3")
        );
        let twice = r#"echo '{"host": "shell", "engine": "x"}'; for id in 1 1; do echo '{"id": 1, "ok": true, "answer": ""}'; done"#;
        assert!(failed(twice).contains("two answers to 1"));
        let fails = r#"echo '{"host": "shell", "engine": "x"}'; for id in 1 2; do echo "{\"id\": $id, \"ok\": true, \"answer\": \"\"}"; done
            echo broken >&2; exit 3"#;
        assert!(failed(fails).contains("broken"));
    }

    #[test]
    fn a_runtime_that_is_not_there_is_skipped_with_its_reason() {
        assert_eq!(ran("echo 'no chromium here' >&2; exit 77"), Ran::Skipped("no chromium here".into()));
        let adapter = Adapter { host: "none", command: ["no-such-program-anywhere", "", ""], folder: "tests" };
        assert_eq!(adapter.run(&[]), Ran::Skipped("no-such-program-anywhere is not on this machine".into()));
    }
}
