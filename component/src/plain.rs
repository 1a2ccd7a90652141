//! The exports of the plain core module, for hosts without components; `docs/core-module.md` documents them. Numbers
//! and bytes are converted to calls; no logic belongs here.
//!
//! A host writes into buffers of [`skubill_alloc`] and may pass no other addresses: a wrong pointer or length is
//! refused before memory is read.

use std::cell::RefCell;

use crate::fault::{Input, Refusal};
use crate::instance::{Begun, Call, Instance, order, refused};

/// The version of this interface. A later version keeps what an earlier one defines.
const ABI_VERSION: i32 = 1;

/// Calls by number. A number never changes its meaning.
const CALLS: [(i32, Call); 9] = [
    (1, Call::Bill),
    (2, Call::Usage),
    (3, Call::Record),
    (4, Call::Check),
    (5, Call::Estimate),
    (6, Call::Compare),
    (7, Call::Describe),
    (8, Call::Customers),
    (9, Call::Explain),
];

const INPUTS: [(i32, Input); 4] = [(0, Input::Report), (1, Input::Prices), (2, Input::Customers), (3, Input::Costs)];

/// The state of the exports: the run, the host's buffers, and the last answer.
struct Exports {
    instance: Instance,
    lent: Vec<Vec<u8>>,
    answer: String,
}

thread_local! {
    static EXPORTS: RefCell<Exports> = const { RefCell::new(Exports { instance: Instance::Fresh, lent: Vec::new(), answer: String::new() }) };
}

fn address(buffer: &[u8]) -> u64 {
    buffer.as_ptr().addr() as u64
}

/// The bytes at an address, where they lie in one of the host's buffers.
fn lent_bytes(lent: &[Vec<u8>], ptr: i32, len: i32) -> Result<&[u8], Refusal> {
    let (start, len) = (u64::from(ptr.cast_unsigned()), u64::from(len.cast_unsigned()));
    if len == 0 {
        return Ok(&[]);
    }
    let within = |buffer: &Vec<u8>| {
        let from = usize::try_from(start.checked_sub(address(buffer))?).ok()?;
        Some((from, from.checked_add(usize::try_from(len).ok()?)?)).filter(|(_, end)| *end <= buffer.len())
    };
    let found = lent.iter().find_map(|buffer| within(buffer).and_then(|(from, end)| buffer.get(from..end)));
    found.ok_or_else(|| Refusal::Order(format!("memory: {len} bytes at {start} lie in no buffer of skubill_alloc")))
}

fn nth<T: Copy>(list: &[(i32, T)], number: i32, what: &str) -> Result<T, Refusal> {
    let found = list.iter().find(|(known, _)| *known == number).map(|(_, meant)| *meant);
    found.ok_or_else(|| Refusal::Order(format!("no {what} has the number {number}")))
}

/// Runs a call and stores its answer: 0, or 1 and the refusal.
fn answer(call: impl FnOnce(&mut Exports) -> Result<String, Refusal>) -> i32 {
    EXPORTS.with_borrow_mut(|exports| {
        let (status, answer) = match call(exports) {
            Ok(answer) => (0, answer),
            Err(refusal) => (1, refused(&refusal)),
        };
        exports.answer = answer;
        status
    })
}

/// The version of this interface.
#[unsafe(no_mangle)]
pub extern "C" fn skubill_abi_version() -> i32 {
    ABI_VERSION
}

/// A buffer of `size` bytes; 0 where there is no room for it.
#[unsafe(no_mangle)]
pub extern "C" fn skubill_alloc(size: i32) -> i32 {
    // An empty buffer has an address, too.
    let size = size.cast_unsigned().max(1) as usize;
    let mut buffer = Vec::new();
    if buffer.try_reserve_exact(size).is_err() {
        return 0;
    }
    buffer.resize(size, 0);
    // Exposed: the host writes there while nothing here runs.
    let ptr = buffer.as_mut_ptr().expose_provenance() as u32;
    EXPORTS.with_borrow_mut(|exports| exports.lent.push(buffer));
    ptr.cast_signed()
}

/// Frees a buffer; any other address or size is ignored.
#[unsafe(no_mangle)]
pub extern "C" fn skubill_free(ptr: i32, size: i32) {
    let (start, size) = (u64::from(ptr.cast_unsigned()), size.cast_unsigned().max(1) as usize);
    EXPORTS.with_borrow_mut(|exports| {
        if let Some(at) = exports.lent.iter().position(|buffer| address(buffer) == start && buffer.len() == size) {
            exports.lent.swap_remove(at);
        }
    });
}

/// Begin the run of a call, by its number, with the job at `ptr`: 0, or 1 and a refusal.
#[unsafe(no_mangle)]
pub extern "C" fn skubill_begin(call: i32, ptr: i32, len: i32) -> i32 {
    answer(|exports| {
        let call = nth(&CALLS, call, "call")?;
        let job = std::str::from_utf8(lent_bytes(&exports.lent, ptr, len)?);
        let job = job.map_err(|error| Refusal::Job(format!("the job is no UTF-8 text from byte {} on", error.valid_up_to())))?;
        exports.instance.begin("skubill_begin", Begun::read(call, job)?)?;
        Ok(String::new())
    })
}

/// Feed the bytes at `ptr` to an input, by its number: 0, or 1 and a refusal.
#[unsafe(no_mangle)]
pub extern "C" fn skubill_feed(input: i32, ptr: i32, len: i32) -> i32 {
    answer(|exports| {
        let input = nth(&INPUTS, input, "input")?;
        exports.instance.feed(input, lent_bytes(&exports.lent, ptr, len)?)?;
        Ok(String::new())
    })
}

/// Finish the run: 0 and its answer, or 1 and a refusal.
#[unsafe(no_mangle)]
pub extern "C" fn skubill_finish() -> i32 {
    answer(|exports| match exports.instance.end() {
        Some(begun) => begun.json(),
        None => order("skubill_finish", "begin a run first"),
    })
}

/// Where the last answer or refusal stands, as UTF-8.
#[unsafe(no_mangle)]
pub extern "C" fn skubill_answer_ptr() -> i32 {
    EXPORTS.with_borrow(|exports| (address(exports.answer.as_bytes()) as u32).cast_signed())
}

/// How many bytes the last answer or refusal has.
#[unsafe(no_mangle)]
pub extern "C" fn skubill_answer_len() -> i32 {
    EXPORTS.with_borrow(|exports| (exports.answer.len() as u32).cast_signed())
}
