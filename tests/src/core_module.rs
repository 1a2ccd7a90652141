//! The plain core module, driven as `docs/core-module.md` says: by numbers and bytes, and nothing
//! else.

use std::sync::LazyLock;

use skubill::sandbox::{CORE_MODULE, CORE_MODULE_SHA256};
use skubill_component::fault::Input;
use skubill_component::instance::Call;
use wasmparser::{Parser, Payload, Validator, WasmFeatures};
use wasmtime::{Config, Engine, Instance, Memory, Module, Store, WasmParams, WasmResults};

use crate::engine::{Said, pieces};

/// What the page says is exported.
const FUNCTIONS: [&str; 8] = [
    "skubill_abi_version",
    "skubill_alloc",
    "skubill_answer_len",
    "skubill_answer_ptr",
    "skubill_begin",
    "skubill_feed",
    "skubill_finish",
    "skubill_free",
];

static MODULE: LazyLock<(Engine, Module)> = LazyLock::new(|| {
    let mut config = Config::new();
    config.consume_fuel(true);
    let engine = Engine::new(&config).expect("an engine");
    let module = Module::new(&engine, CORE_MODULE).expect("the core module compiles");
    (engine, module)
});

/// One instance.
pub struct Run {
    store: Store<()>,
    instance: Instance,
    memory: Memory,
}

impl Run {
    pub fn new() -> Run {
        let (engine, module) = &*MODULE;
        let mut store = Store::new(engine, ());
        store.set_fuel(u64::MAX).expect("fuel is counted");
        let instance = Instance::new(&mut store, module, &[]).expect("it imports nothing");
        let memory = instance.get_memory(&mut store, "memory").expect("a memory");
        Run { store, instance, memory }
    }

    fn call<P: WasmParams, R: WasmResults>(&mut self, name: &str, parameters: P) -> R {
        let function = self.instance.get_typed_func::<P, R>(&mut self.store, name).expect("the page's exports");
        function.call(&mut self.store, parameters).unwrap_or_else(|error| panic!("{name} trapped: {error:#}"))
    }

    /// Bytes in the instance's memory, and their place.
    pub fn give(&mut self, bytes: &[u8]) -> (i32, i32) {
        let len = i32::try_from(bytes.len()).expect("a piece is small");
        let ptr: i32 = self.call("skubill_alloc", len);
        assert_ne!(ptr, 0, "there is memory");
        self.memory.write(&mut self.store, ptr as u32 as usize, bytes).expect("within the memory");
        (ptr, len)
    }

    fn free(&mut self, place: (i32, i32)) {
        self.call("skubill_free", place)
    }

    pub fn begin_at(&mut self, call: i32, (ptr, len): (i32, i32)) -> Said {
        let status = self.call("skubill_begin", (call, ptr, len));
        self.said(status)
    }

    pub fn feed_at(&mut self, input: i32, (ptr, len): (i32, i32)) -> Said {
        let status = self.call("skubill_feed", (input, ptr, len));
        self.said(status)
    }

    pub fn finish(&mut self) -> Said {
        let status = self.call("skubill_finish", ());
        self.said(status)
    }

    pub fn begin(&mut self, call: Call, job: &str) -> Said {
        let place = self.give(job.as_bytes());
        let said = self.begin_at(number(call), place);
        self.free(place);
        said
    }

    pub fn feed(&mut self, input: Input, piece: &[u8]) -> Said {
        let place = self.give(piece);
        let said = self.feed_at(input as i32, place);
        self.free(place);
        said
    }

    fn said(&mut self, status: i32) -> Said {
        let ptr: i32 = self.call("skubill_answer_ptr", ());
        let len: i32 = self.call("skubill_answer_len", ());
        let mut bytes = vec![0; len as u32 as usize];
        self.memory.read(&self.store, ptr as u32 as usize, &mut bytes).expect("within the memory");
        let answer = String::from_utf8(bytes).expect("UTF-8");
        match status {
            0 => Ok(answer),
            1 => Err(answer),
            other => panic!("status {other}"),
        }
    }

    /// What it has taken so far.
    pub fn fuel(&self) -> u64 {
        u64::MAX - self.store.get_fuel().expect("fuel is counted")
    }
}

/// The number of a call on the page.
pub fn number(call: Call) -> i32 {
    match call {
        Call::Bill => 1,
        Call::Usage => 2,
        Call::Record => 3,
        Call::Check => 4,
        Call::Estimate => 5,
        Call::Compare => 6,
        Call::Describe => 7,
        Call::Customers => 8,
    }
}

/// A run in pieces of `size`, and the fuel it took.
pub fn run(call: Call, job: &str, inputs: &[(Input, &[u8])], size: usize) -> (Said, u64) {
    let mut run = Run::new();
    let mut said = run.begin(call, job);
    let all = inputs.iter().flat_map(|(input, bytes)| pieces(bytes, size).map(|piece| (*input, piece)));
    for (input, piece) in all {
        said = said.and_then(|_| run.feed(input, piece));
    }
    let said = said.and_then(|begun| {
        assert_eq!(begun, "", "what is fine says nothing");
        run.finish()
    });
    (said, run.fuel())
}

fn told(said: Said) -> String {
    said.expect_err("refused")
}

#[test]
fn it_is_what_its_page_says() {
    let (mut functions, mut others) = (Vec::new(), Vec::new());
    for payload in Parser::new(0).parse_all(CORE_MODULE) {
        match payload.expect("a module") {
            Payload::ImportSection(imports) => assert_eq!(imports.count(), 0),
            Payload::StartSection { .. } => panic!("a start function"),
            Payload::ExportSection(exports) => {
                for export in exports.into_iter().map(|export| export.expect("an export")) {
                    let list = if export.kind == wasmparser::ExternalKind::Func { &mut functions } else { &mut others };
                    list.push(export.name);
                }
            }
            _ => {}
        }
    }
    functions.sort_unstable();
    others.sort_unstable();
    assert_eq!(functions, FUNCTIONS);
    assert_eq!(others, ["__data_end", "__heap_base", "memory"]);
    let page = std::fs::read_to_string(crate::case::root().join("docs/core-module.md")).expect("the page");
    for name in functions.iter().chain(&others) {
        assert!(page.contains(&format!("`{name}")), "the page has no {name}");
    }
    assert_eq!(CORE_MODULE_SHA256.len(), 64);
}

/// Old runtimes have no more than this.
#[test]
fn it_needs_no_more_than_webassembly_2_without_simd() {
    let features = WasmFeatures::WASM2.difference(WasmFeatures::SIMD);
    Validator::new_with_features(features).validate_all(CORE_MODULE).expect("valid");
}

#[test]
fn its_version_is_the_pages() {
    let version: i32 = Run::new().call("skubill_abi_version", ());
    assert_eq!(version, 1);
}

#[test]
fn calls_out_of_order_are_refused() {
    let mut run = Run::new();
    assert!(told(run.feed(Input::Report, b"x")).contains(r#"{"order":"feed: begin a run first"#));
    assert!(told(run.finish()).contains(r#"{"order":"skubill_finish: begin a run first"#));
    // Whoever finishes nothing has had the run.
    assert!(told(run.begin(Call::Bill, "")).contains("only a fresh instance"));
    let mut run = Run::new();
    assert_eq!(run.begin(Call::Estimate, ""), Ok(String::new()));
    assert!(told(run.feed(Input::Report, b"")).contains("report: this run takes costs"));
    assert_eq!(run.feed(Input::Costs, b"[]"), Ok(String::new()));
    assert!(told(run.finish()).contains("\"job\":\"period"));
    for _ in 0..2 {
        assert!(told(run.finish()).contains("order"));
    }
}

#[test]
fn numbers_that_nothing_has_are_refused() {
    for call in [0, -1, 1000, i32::MIN, i32::MAX] {
        assert_eq!(told(Run::new().begin_at(call, (0, 0))), format!("{{\"order\":\"no call has the number {call}\"}}"));
    }
    let mut run = Run::new();
    assert!(run.begin(Call::Bill, "").is_ok());
    for input in [4, -1, i32::MIN, i32::MAX] {
        assert_eq!(told(run.feed_at(input, (0, 0))), format!("{{\"order\":\"no input has the number {input}\"}}"));
    }
    assert!(told(Run::new().begin(Call::Bill, "[]")).starts_with("{\"job\":"));
    let mut run = Run::new();
    let place = run.give(b"{\"root\": \"\xff\"}");
    assert_eq!(told(run.begin_at(1, place)), "{\"job\":\"the job is no UTF-8 text from byte 10 on\"}");
}

/// Nothing is read, written or freed where the host was lent nothing.
#[test]
fn a_pointer_that_leads_elsewhere_is_refused() {
    let mut run = Run::new();
    let (ptr, len) = run.give(b"{\"period\": \"2021-08\"}");
    for (ptr, len) in
        [(ptr - 1, len), (ptr, len + 1), (ptr, -1), (0, 1), (-1, 1), (-1, -1), (i32::MIN, i32::MAX), (16, 16), (ptr + len, 1), (1 << 30, 4)]
    {
        assert!(told(run.begin_at(1, (ptr, len))).contains("lie in no buffer of skubill_alloc"), "{ptr} {len}");
        run.free((ptr, len));
    }
    // A part of a buffer is the host's, too.
    assert!(told(run.begin_at(1, (ptr + 1, len - 1))).starts_with("{\"job\":"));
    assert_eq!(run.begin_at(1, (ptr, len)), Ok(String::new()));
    assert!(told(run.feed_at(1, (ptr, len + 1))).contains("lie in no buffer"));
    run.free((ptr, len));
    assert!(told(run.feed_at(1, (ptr, len))).contains("lie in no buffer"), "it was given back");
    run.free((ptr, len));
    // The pointer of an empty piece is not looked at.
    assert_eq!(run.feed_at(1, (-1, 0)), Ok(String::new()));
    assert!(told(run.finish()).contains("\"input\":\"prices\""));
}

#[test]
fn memory_that_there_is_not_is_refused() {
    let mut run = Run::new();
    for size in [-1, i32::MIN] {
        let ptr: i32 = run.call("skubill_alloc", size);
        assert_eq!(ptr, 0, "{size}");
    }
    let empty = run.give(b"");
    assert_eq!(run.begin_at(7, empty), Ok(String::new()));
    assert!(run.finish().is_ok());
}
