//! Files: those that are named are regular ones of bounded size, and those that are made are their owner's alone.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::stage::Stage;
use crate::world::{CUSTOMERS, Folder, PRICES, Ran, command, has, small_folder};

/// How a command ends, which it does soon.
#[track_caller]
fn soon(folder: &Path, words: &str) -> Ran {
    let arguments: Vec<&str> = words.split(' ').collect();
    let mut child = command(folder, &arguments).stdin(Stdio::null()).spawn().expect("the binary starts");
    let begun = Instant::now();
    while child.try_wait().expect("a child").is_none() {
        if begun.elapsed() > Duration::from_secs(60) {
            child.kill().expect("killed");
            panic!("{words} waits for ever");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let output = child.wait_with_output().expect("it has ended");
    let [stdout, stderr] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).expect("text"));
    Ran { code: output.status.code(), stdout, stderr }
}

fn pipe(folder: &Folder, name: &str) {
    let path = folder.path().join(name);
    let _ = std::fs::remove_file(&path);
    assert!(Command::new("mkfifo").arg(&path).status().expect("mkfifo").success());
}

#[test]
fn a_pipe_or_a_device_is_no_file_of_ours() {
    let folder = small_folder();
    pipe(&folder, "pipe");
    folder.file("costs.csv", "date,price\n2021-08-01,1\n");
    for kind in ["pipe", "/dev/zero", "."] {
        for words in [
            "preview FILE --prices prices.json",
            "preview report.csv --prices FILE",
            "preview report.csv --prices prices.json --customers FILE",
            "check FILE",
            "check prices.json --customers FILE",
            "estimate FILE",
            "init FILE",
            "explain --report FILE --prices prices.json t-1 SRV",
            "run --period 2021-08 --config FILE",
            "doctor --config FILE",
            "journal verify --config FILE",
            "acronis reports list --config FILE",
        ] {
            let ran = soon(folder.path(), &words.replace("FILE", kind));
            assert!(matches!(ran.code, Some(1 | 2)), "{words} of {kind}: {ran:?}");
            has(&ran.stderr, "and a regular file is needed");
        }
    }
}

#[test]
fn what_a_configuration_names_is_a_file() {
    let folder = Folder::new();
    folder.file("prices.json", PRICES);
    folder.file("customers.json", CUSTOMERS);
    folder.file("secret.txt", "client-secret");
    pipe(&folder, "pipe");
    folder.file("long", vec![b'x'; (64 << 10) + 1]);
    let good = "ca_file = \"CA\"\n[[account]]\nurl = \"http://127.0.0.1:9\"\nclient_id = \"id\"\nclient_secret = { file = \"SECRET\" }\n\
                [[account.billing]]\nprices = \"PRICES\"\ncustomers = \"CUSTOMERS\"\n\
                abiquo = { url = \"http://127.0.0.1:9/api\", token = { file = \"TOKEN\" } }\n";
    let usual = [("SECRET", "secret.txt"), ("TOKEN", "secret.txt"), ("PRICES", "prices.json"), ("CUSTOMERS", "customers.json")];
    for place in ["SECRET", "TOKEN", "PRICES", "CUSTOMERS", "CA"] {
        for kind in ["pipe", "/dev/zero"] {
            let mut text = good.replace(&format!("\"{place}\""), &format!("\"{kind}\""));
            for (name, file) in usual {
                text = text.replace(&format!("\"{name}\""), &format!("\"{file}\""));
            }
            let text = text.replace("ca_file = \"CA\"\n", "");
            folder.file("skubill.toml", text);
            for words in ["run --period 2021-08", "doctor"] {
                let ran = soon(folder.path(), words);
                assert!(matches!(ran.code, Some(1 | 2)), "{place} {kind} {words}: {ran:?}");
                has(&format!("{}{}", ran.stdout, ran.stderr), "and a regular file is needed");
            }
        }
    }
    folder.file(
        "skubill.toml",
        good.replace("ca_file = \"CA\"\n", "").replace("\"SECRET\"", "\"long\"").replace("\"TOKEN\"", "\"secret.txt\""),
    );
    has(&soon(folder.path(), "run --period 2021-08").stderr, "it has more than 65536 bytes");
    // The journal, too.
    folder.file("skubill.toml", usual.iter().fold(good.replace("ca_file = \"CA\"\n", ""), |text, (name, file)| text.replace(name, file)));
    std::fs::create_dir_all(folder.path().join("state")).expect("a folder");
    pipe(&folder, "state/journal.sqlite");
    for words in ["journal list", "journal verify", "run --period 2021-08"] {
        let ran = soon(folder.path(), words);
        assert_eq!(ran.code, Some(1), "{words}: {ran:?}");
        has(&ran.stderr, "this is no regular file, and no journal");
    }
}

/// Every file and folder below, with its mode.
fn modes(folder: &Path, found: &mut Vec<(PathBuf, u32)>) {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| path.symlink_metadata().expect("it is there").permissions().mode() & 0o7777;
    found.push((folder.into(), mode(folder)));
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { modes(&path, found) } else { found.push((path.clone(), mode(&path))) }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_of_the_state_directory_is_its_owners_alone() {
    let stage = Stage::small().await;
    stage.write();
    let state = stage.folder.path().join("state");
    // As an earlier version, or somebody, may have made it.
    std::fs::create_dir_all(state.join("reports")).expect("folders");
    std::fs::create_dir_all(state.join("runs")).expect("folders");
    for path in [&state, &state.join("reports"), &state.join("runs")] {
        std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("a mode");
    }
    stage.binary(&["doctor"]).ends(0);
    stage.binary(&["run", "--period", "2021-08", "--accept", "new-provider"]).ends(0);
    let run = std::fs::read_dir(state.join("runs")).expect("runs").next().expect("a run").expect("an entry");
    stage.binary(&["replay", &format!("state/runs/{}", run.file_name().to_str().expect("a name"))]).ends(0);
    let list = stage.binary(&["acronis", "reports", "list", "--format", "json"]).ends(0).json();
    let report = list[0].as_str().expect("a report").to_owned();
    stage.binary(&["acronis", "reports", "download", &report, "--out", "state/reports/by-hand.csv.gz"]).ends(0);
    stage.abiquo.knobs(|_| {});
    stage.binary(&["record", "--date", "2021-09-01", "--accept", "new-provider", "--accept", "stale-report"]);
    // A download that breaks off leaves nothing either.
    let mut found = Vec::new();
    modes(&state, &mut found);
    let names: Vec<String> = found.iter().map(|(path, _)| path.display().to_string()).collect();
    for part in ["journal.sqlite", "reports/by-hand.csv.gz", ".receipt.json", "locks/", "components/", "manifest.json", "answers.json"] {
        assert!(names.iter().any(|name| name.contains(part)), "{part} is not in {names:?}");
    }
    for (path, mode) in &found[1..] {
        assert_eq!(mode & 0o077, 0, "{} has mode {mode:o}", path.display());
    }
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_says_which_secret_others_can_read() {
    let stage = Stage::small().await;
    stage.write();
    for (mode, state) in [(0o600, "ok"), (0o400, "ok"), (0o640, "warning"), (0o604, "warning"), (0o620, "warning")] {
        let secret = stage.folder.path().join("token-one.txt");
        std::fs::set_permissions(&secret, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("a mode");
        stage.write();
        std::fs::set_permissions(&secret, std::os::unix::fs::PermissionsExt::from_mode(mode)).expect("a mode");
        let ran = tokio::task::block_in_place(|| stage.folder.skubill(&["doctor", "--format", "json"])).ends(0);
        let answer = ran.json();
        let rows: Vec<_> = answer["checks"].as_array().expect("checks").iter().filter(|row| row["check"] == "secrets").collect();
        assert_eq!((rows.len(), &rows[0]["state"]), (1, &state.into()), "{mode:o}: {rows:?}");
        if state == "warning" {
            has(&rows[0].to_string(), "abiquo.token");
            has(&rows[0].to_string(), "chmod 600 token-one.txt");
        }
    }
    stage.stop().await;
}

/// Where the machine gives no memory, that is said; there is no defect.
#[cfg(target_os = "linux")]
#[test]
fn a_machine_that_gives_no_memory_is_said_to_give_none() {
    let folder = small_folder();
    // In kilobytes: what the engine sets aside for one memory is more.
    let limited = |kilobytes: u64| {
        let mut shell = Command::new("sh");
        let line = format!("ulimit -v {kilobytes}; exec \"$0\" preview report.csv --prices prices.json");
        let output = shell.args(["-c", &line]).arg(crate::world::binary()).current_dir(folder.path()).output().expect("a shell");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, stderr) = limited(4 << 20);
    assert_eq!(code, Some(6), "{stderr}");
    has(&stderr, "the machine gave no memory to the sandbox");
    assert!(!stderr.contains("defect"), "{stderr}");
    let (code, stderr) = limited(64 << 20);
    assert_eq!(code, Some(0), "{stderr}");
}
