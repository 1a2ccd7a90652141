//! One run of a period at a time.

use std::io::{BufRead, BufReader};

use super::*;

#[test]
fn a_scope_is_locked_once_until_it_is_given_back() {
    let state = State::new();
    let held = PeriodLock::take(&state, "eu2 2021-08").expect("free");
    let refused = PeriodLock::take(&state, "eu2 2021-08").expect_err("held");
    assert!(matches!(&refused, LockError::UnderWay { process: Some(id), .. } if *id == std::process::id()), "{refused:?}");
    assert!(refused.to_string().starts_with("another run of this period is under way (eu2 2021-08, process "), "{refused}");
    // Other scopes are free, also those whose names look alike.
    let others = ["eu2 2021-09", "eu2_2021-08", "eu2/2021-08", "../../eu2"].map(|scope| PeriodLock::take(&state, scope).expect(scope));
    assert_eq!(std::fs::read_dir(state.join("locks")).expect("a directory").count(), 1 + others.len());
    drop(held);
    drop(PeriodLock::take(&state, "eu2 2021-08").expect("free again"));
    let wrong = PeriodLock::take(Path::new("/dev/null"), "eu2").expect_err("no directory");
    assert!(matches!(wrong, LockError::File { .. }), "{wrong:?}");
}

#[test]
fn a_lock_ends_with_its_process() {
    if let Some(state) = given() {
        let _held = PeriodLock::take(&state, "eu2").expect("free");
        println!("held by {}", std::process::id());
        // Until it is killed, or its parent is gone and closes this.
        std::io::stdin().read_line(&mut String::new()).expect("stdin");
        return;
    }
    let state = State::new();
    let mut child = child("lock::a_lock_ends_with_its_process", &state).stdin(Stdio::piped()).spawn().expect("a child");
    let mut lines = BufReader::new(child.stdout.take().expect("stdout")).lines().map(|line| line.expect("a line"));
    let line = lines.find(|line| line.contains("held by")).expect("the child holds it");
    let refused = PeriodLock::take(&state, "eu2").expect_err("held by the child");
    assert!(matches!(&refused, LockError::UnderWay { process: Some(id), .. } if line.ends_with(&format!("held by {id}"))), "{refused:?}");
    child.kill().expect("killed");
    child.wait().expect("it is gone");
    PeriodLock::take(&state, "eu2").expect("free again");
}
