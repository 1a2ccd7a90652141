//! No answer makes the process larger than 512 MB, however long it is, and however many of them there are; and no
//! service keeps a command for ever. The binary is measured, and the server is the test's own.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Output};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crate::network::head;
use crate::world::{Folder, command, has};

/// What no answer may make of the process.
const PEAK_BYTES_MAX: u64 = 512 << 20;

/// An answer's body, made of a path and of how many requests came before.
type Body = dyn Fn(&str, usize) -> Vec<u8> + Send + Sync;

/// A server that says whatever it likes to everybody, with a token for Acronis' clients.
fn says(body: impl Fn(&str, usize) -> Vec<u8> + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let body: Arc<Body> = Arc::new(body);
    let count = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    // It ends with the process of the tests.
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (body, count) = (Arc::clone(&body), Arc::clone(&count));
            thread::spawn(move || answer(stream, &*body, &count));
        }
    });
    address
}

fn answer(mut stream: TcpStream, body: &Body, count: &std::sync::atomic::AtomicUsize) {
    while let Some(head) = head(&mut stream) {
        let length = head.to_lowercase().lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok()).unwrap_or(0);
        let mut sent = vec![0; length];
        if stream.read_exact(&mut sent).is_err() {
            return;
        }
        let path = head.split(' ').nth(1).unwrap_or_default();
        let said = match path.ends_with("/idp/token") {
            true => br#"{"access_token": "bought-token", "expires_in": 7200}"#.to_vec(),
            false => body(path, count.fetch_add(1, std::sync::atomic::Ordering::Relaxed)),
        };
        let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", said.len());
        if stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&said)).is_err() {
            return;
        }
    }
}

/// A configuration whose services are all at one address.
fn folder(address: SocketAddr, more: &str) -> Folder {
    let folder = Folder::new();
    folder.file("secret.txt", "client-secret-of-ours");
    folder.file("prices.json", crate::world::PRICES);
    folder.file("customers.json", crate::world::CUSTOMERS);
    folder.file(
        "skubill.toml",
        format!(
            "{more}\n[[account]]\nurl = \"http://{address}\"\nclient_id = \"id\"\nclient_secret = {{ file = \"secret.txt\" }}\n\
             tenant_id = \"t-root\"\n[[account.billing]]\nprices = \"prices.json\"\ncustomers = \"customers.json\"\n\
             abiquo = {{ url = \"http://{address}/api\", token = {{ file = \"secret.txt\" }} }}\n"
        ),
    );
    folder
}

/// The largest that a process has been, where the system tells.
fn peak(child: &Child) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches("kB").trim().parse::<u64>().ok().map(|kilobytes| kilobytes << 10)
}

/// How a command ends, and how large it was.
fn measured(folder: &Folder, words: &str) -> (Output, u64) {
    let arguments: Vec<&str> = words.split(' ').collect();
    let mut child = command(folder.path(), &arguments).spawn().expect("the binary starts");
    let [stdout, stderr] =
        [Box::new(child.stdout.take().expect("stdout")) as Box<dyn Read + Send>, Box::new(child.stderr.take().expect("stderr"))].map(
            |mut pipe| {
                thread::spawn(move || {
                    let mut bytes = Vec::new();
                    pipe.read_to_end(&mut bytes).map(|_| bytes).expect("read")
                })
            },
        );
    let mut largest = 0;
    let status = loop {
        largest = largest.max(peak(&child).unwrap_or(0));
        if let Some(status) = child.try_wait().expect("a child") {
            break status;
        }
        thread::sleep(Duration::from_millis(3));
    };
    let output = Output { status, stdout: stdout.join().expect("stdout"), stderr: stderr.join().expect("stderr") };
    assert!(largest > 1 << 20 || !cfg!(target_os = "linux"), "it was measured");
    (output, largest)
}

#[track_caller]
fn small(folder: &Folder, words: &str, said: &str) {
    let (output, largest) = measured(folder, words);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(largest < PEAK_BYTES_MAX, "{words}: {} MB", largest >> 20);
    has(&format!("{stderr}{}", String::from_utf8_lossy(&output.stdout[..output.stdout.len().min(100_000)])), said);
    assert!(!stderr.contains("panicked"), "{stderr}");
}

/// So many bytes of a list of something.
fn filled(before: &str, item: &str, after: &str, bytes: usize) -> Vec<u8> {
    let mut body = before.as_bytes().to_vec();
    while body.len() + item.len() + after.len() < bytes {
        body.extend_from_slice(item.as_bytes());
    }
    body.pop();
    body.extend_from_slice(after.as_bytes());
    body
}

const LISTS: [&str; 5] = [
    "abiquo bills list --enterprise 292",
    "abiquo registers list --enterprise 292",
    "abiquo bills providers --enterprise 292",
    "acronis reports list",
    "acronis reports status 1",
];

#[test]
fn a_page_of_32_mib_is_not_read() {
    let folder = folder(says(|_, _| filled("{\"collection\": [", "{},", "]}", 32 << 20)), "");
    for words in LISTS.into_iter().chain(["abiquo registers estimate --enterprise 292"]) {
        small(&folder, words, "the answer is longer than 8388608 bytes");
    }
}

#[test]
fn as_long_a_page_as_is_read_takes_little_memory_whatever_is_in_it() {
    const BYTES: usize = (8 << 20) - 10;
    let empty = folder(says(|_, _| filled("{\"collection\": [", "{},", "], \"items\": []}", BYTES)), "");
    small(&empty, LISTS[0], "its `collection` has more than 25000 entries");
    small(&empty, LISTS[2], "it has more than 50000 values");
    let maps = folder(says(|_, _| filled("{\"items\": [", "{\"\":0},", "]}", BYTES)), "");
    for words in &LISTS[3..] {
        small(&maps, words, "it has more than 50000 values");
    }
    let links = folder(says(|_, _| filled("{\"collection\": [{\"links\": [", "{},", "]}]}", BYTES)), "");
    small(&links, LISTS[0], "Enterprise");
    let scalars = folder(says(|_, _| filled("{\"collection\": [{\"category\": [", "[],", "]}]}", BYTES)), "");
    small(&scalars, LISTS[0], "Enterprise");
    let words = folder(says(|_, _| filled("", "1 ", "", BYTES)), "");
    small(&words, "abiquo registers estimate --enterprise 292", "");
}

/// A page of bills that are all different, and a link to another page.
fn page(number: usize, bills: usize, provider: &str, name: &str) -> Vec<u8> {
    let bill = |id: usize| {
        format!(
            r#"{{"provider": "{provider}", "category": "c", "usageType": "u-{id}", "usageName": "{name}", "price": 1.5, "currencyCode": "EUR",
            "billingPeriodStartDate": "2021/08/01 00:00:00 +0000", "billingPeriodEndDate": "2021/08/31 23:59:59 +0000",
            "links": [{{"rel": "self", "href": "/api/bills/{id}"}}]}}"#
        )
    };
    let bills: Vec<String> = (number * bills..(number + 1) * bills).map(bill).collect();
    let next = format!(r#"{{"rel": "next", "href": "/api/bills?startwith={number}"}}"#);
    format!(r#"{{"collection": [{}], "links": [{next}]}}"#, bills.join(",")).into_bytes()
}

#[test]
fn pages_without_end_are_stopped() {
    let lines = folder(says(|_, number| page(number, 10_000, "ACRONIS", "n")), "");
    small(&lines, LISTS[0], "this list has more than 20000 lines that are asked for");
    let long = folder(says(|_, number| page(number, 20, "ACRONIS", &"n".repeat(100_000))), "");
    small(&long, LISTS[0], "this list has more than 8388608 bytes in the lines that are asked for");
    // What nobody asked for is not kept, and is counted all the same.
    let delete = "abiquo bills delete --enterprise 292 --period 2021-08";
    let entries = folder(says(|_, number| page(number, 20_000, "OTHER", "n")), "");
    small(&entries, delete, "this list has more than 250000 entries on all its pages");
    let bytes = folder(says(|_, number| page(number, 100, "OTHER", &"n".repeat(80_000))), "");
    small(&bytes, delete, "this list has more than 268435456 bytes on all its pages");
}

/// Each line of a table is as wide as its widest cell.
#[test]
fn a_table_of_long_names_is_no_wider_than_a_person_reads() {
    let once = |_: &str, number: usize| match number {
        0 => page(0, 50, "ACRONIS", &"n".repeat(100_000)),
        _ => b"{\"collection\": []}".to_vec(),
    };
    let folder = folder(says(once), "");
    let (output, largest) = measured(&folder, LISTS[0]);
    assert!(largest < PEAK_BYTES_MAX, "{} MB", largest >> 20);
    assert!(output.status.success() && output.stdout.len() < 100_000, "{} bytes", output.stdout.len());
}

/// A service that never says no, and never yes.
fn delays(status: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            thread::spawn(move || {
                while head(&mut stream).is_some() {
                    let said = format!("HTTP/1.1 {status}\r\nretry-after: 1\r\ncontent-length: 1000\r\n\r\n");
                    if stream.write_all(said.as_bytes()).is_err() {
                        return;
                    }
                    for _ in 0..1000 {
                        if stream.write_all(b".").is_err() {
                            return;
                        }
                        thread::sleep(if status.starts_with("200") { Duration::from_millis(20) } else { Duration::ZERO });
                    }
                }
            });
        }
    });
    address
}

#[test]
fn a_run_ends_in_its_time() {
    for status in ["429 Too Many", "200 OK"] {
        let folder = folder(delays(status), "time = { run_seconds = 3 }");
        let begun = Instant::now();
        let (output, _) = measured(&folder, "run --period 2021-08");
        assert_eq!(output.status.code(), Some(1));
        has(&String::from_utf8_lossy(&output.stderr), "the 3s that one run may take are over (run_seconds)");
        assert!(begun.elapsed() < Duration::from_secs(30), "{status}: {:?}", begun.elapsed());
        let (output, _) = measured(&folder, "abiquo bills list --enterprise 292");
        has(&String::from_utf8_lossy(&output.stderr), "(run_seconds)");
    }
    let folder = folder(delays("429"), "time = { posting_seconds = 0 }");
    let output = command(folder.path(), &["run", "--period", "2021-08"]).output().expect("the binary starts");
    assert_eq!(output.status.code(), Some(2));
}
