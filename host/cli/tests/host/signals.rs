//! SIGTERM and SIGHUP end a run as Ctrl-C does: between two steps, with everything on the record.

use std::net::TcpListener;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use skubill_simulators::{Effect, Fault};

use crate::stage::{BILLS, Stage};
use crate::world::{command, has};

const SIGNALS: [&str; 3] = ["INT", "TERM", "HUP"];

fn send(child: &Child, signal: &str) {
    let sent = Command::new("kill").args([format!("-{signal}"), child.id().to_string()]).status();
    assert!(sent.expect("kill").success());
}

/// Waits for something, and not for ever.
#[track_caller]
fn until(what: &str, mut is: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is() {
        assert!(begun.elapsed() < Duration::from_secs(60), "{what} does not come");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_them_ends_a_run_between_two_steps() {
    let stage = Stage::small().await;
    stage.acronis.knobs(|knobs| knobs.report_hangs = true);
    stage.write();
    for words in ["run --period 2021-08 --new-report", "record --date 2021-08-10"] {
        let mut said = Vec::new();
        for signal in SIGNALS {
            let before = stage.acronis.requests().len();
            let child = command(stage.folder.path(), &words.split(' ').collect::<Vec<_>>()).spawn().expect("the binary starts");
            until("a look at the report", || stage.acronis.requests().iter().skip(before).any(|seen| seen.target.ends_with("/stored")));
            send(&child, signal);
            let output = tokio::task::block_in_place(|| child.wait_with_output()).expect("it ends");
            let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(1), "{signal}: {stderr}");
            has(&stderr, "stopping after this step; a second signal ends at once");
            has(&stderr, "stopped, as asked. Run the same again to go on");
            said.push(stderr);
        }
        assert!(said.iter().all(|one| *one == said[0]), "{said:?}");
    }
    // What was begun is on the record, and the next run goes on.
    let listed = stage.binary(&["journal", "list"]).ends(0);
    has(&listed.stdout, "create-report");
    stage.acronis.knobs(|knobs| knobs.report_hangs = false);
    stage.binary(&["run", "--period", "2021-08", "--accept", "new-provider"]).ends(0);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_one_ends_it_at_once() {
    // It takes connections, and never answers.
    let deaf = TcpListener::bind("127.0.0.1:0").expect("a port");
    let mut stage = Stage::small().await;
    stage.config.accounts[0].url = format!("http://{}", deaf.local_addr().expect("an address"));
    stage.write();
    for (first, second) in [("TERM", "TERM"), ("INT", "TERM"), ("HUP", "INT")] {
        let mut child = command(stage.folder.path(), &["run", "--period", "2021-08"]).spawn().expect("the binary starts");
        drop(deaf.accept().map(|(stream, _)| std::mem::forget(stream)));
        send(&child, first);
        std::thread::sleep(Duration::from_millis(500));
        assert_eq!(child.try_wait().expect("a child"), None, "the step is not over");
        let begun = Instant::now();
        send(&child, second);
        let status = tokio::task::block_in_place(|| child.wait()).expect("it ends");
        assert_eq!(status.code(), Some(1));
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    }
    stage.stop().await;
}

/// A look-up writes nothing: a wish to stop ends it, whatever a service has it wait for.
#[tokio::test(flavor = "multi_thread")]
async fn a_look_up_is_given_up() {
    let stage = Stage::small().await;
    stage.fault(Fault { times: None, ..Fault::next("GET", &format!("{BILLS}/11/bills"), Effect::status(429, Some("60"))) });
    stage.write();
    let child =
        command(stage.folder.path(), &["run", "--period", "2021-08", "--accept", "new-provider"]).spawn().expect("the binary starts");
    until("a look at the bills", || stage.abiquo.requests().iter().any(|seen| seen.target.contains("/11/bills")));
    let begun = Instant::now();
    send(&child, "TERM");
    let output = tokio::task::block_in_place(|| child.wait_with_output()).expect("it ends");
    assert_eq!(output.status.code(), Some(1));
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
    assert!(stage.posts().is_empty());
    stage.stop().await;
}

/// What `nohup` has ignored stays ignored.
#[tokio::test(flavor = "multi_thread")]
async fn a_hang_up_that_is_ignored_ends_nothing() {
    let stage = Stage::small().await;
    stage.acronis.knobs(|knobs| knobs.report_hangs = true);
    stage.write();
    let mut shell = Command::new("sh");
    shell.args(["-c", "trap '' HUP; exec \"$0\" run --period 2021-08"]).arg(crate::world::binary()).current_dir(stage.folder.path());
    let mut child = shell.spawn().expect("a shell");
    until("a look at the report", || stage.acronis.requests().iter().any(|seen| seen.target.ends_with("/stored")));
    send(&child, "HUP");
    std::thread::sleep(Duration::from_millis(700));
    assert_eq!(child.try_wait().expect("a child"), None, "it goes on");
    send(&child, "TERM");
    assert_eq!(tokio::task::block_in_place(|| child.wait()).expect("it ends").code(), Some(1));
    stage.stop().await;
}
