//! Components of our own contract that do what no component of ours does.

use std::iter::repeat_n;

use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, DataSection, ExportKind, ExportSection, Function, FunctionSection, HeapType, InstructionSink,
    MemorySection, MemoryType, Module, RefType, StartSection, TableSection, TableType, TypeSection, ValType,
};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::abi::{AbiVariant, WasmSignature, WasmType};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve, WasmExport, WasmExportKind, WorldId, WorldItem};

use crate::case::root;

/// What every call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// Traps, for no reason of the sandbox's.
    Stop,
    /// Takes memory, a page at a time, until there is none; then it stops.
    GrowMemory,
    /// The same, in the second of two memories.
    GrowSecondMemory,
    /// Takes elements of its table, a thousand at a time, until there are none; then it stops.
    GrowTable,
    /// Has a table of so many elements from the start.
    LargeTable,
    /// Calls itself.
    Recurse,
    /// Does nothing, for ever.
    Loop,
    /// The same, before any call.
    LoopAtStart,
    /// Answers with this many bytes of nothing.
    Answer(u32),
}

/// Where an answer is told: a discriminant of 1, the place of its text and its length.
const ANSWER_AT: i32 = 16;
/// Where its text is.
const TEXT_AT: u32 = 64;
const PAGE_BYTES: u64 = 64 << 10;

pub fn component(deed: Deed) -> Vec<u8> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_path(root().join("wit")).expect("the contract");
    let world = resolve.select_world(&[package], None).expect("its world");
    let mut module = module(deed, &calls(&resolve, world));
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8, false).expect("a contract");
    let mut encoder = ComponentEncoder::default();
    let encoder = encoder.validate(true).module(&module).expect("a module of the contract");
    encoder.encode().unwrap_or_else(|error| panic!("{deed:?}: {error:#}"))
}

/// Everything that the contract exports: its name and signature in a core module.
fn calls(resolve: &Resolve, world: WorldId) -> Vec<(String, WasmSignature)> {
    let mut calls = Vec::new();
    for (key, item) in &resolve.worlds[world].exports {
        let WorldItem::Interface { id, .. } = item else { continue };
        for func in resolve.interfaces[*id].functions.values() {
            let export = WasmExport::Func { interface: Some(key), func, kind: WasmExportKind::Normal };
            let name = resolve.wasm_export_name(ManglingAndAbi::Legacy(LiftLowerAbi::Sync), export);
            calls.push((name, resolve.wasm_signature(AbiVariant::GuestExport, func)));
        }
    }
    assert!(calls.len() > 20, "the contract has calls");
    calls
}

fn types(types: &[WasmType]) -> Vec<ValType> {
    let core = |kind: &WasmType| match kind {
        WasmType::I64 | WasmType::PointerOrI64 => ValType::I64,
        WasmType::F32 => ValType::F32,
        WasmType::F64 => ValType::F64,
        WasmType::I32 | WasmType::Pointer | WasmType::Length => ValType::I32,
    };
    types.iter().map(core).collect()
}

/// Function 0 does the deed, 1 is the allocator, the others are the calls.
fn module(deed: Deed, calls: &[(String, WasmSignature)]) -> Vec<u8> {
    let (mut kinds, mut functions, mut exports, mut code) =
        (TypeSection::new(), FunctionSection::new(), ExportSection::new(), CodeSection::new());
    let mut define = |parameters: Vec<ValType>, results: Vec<ValType>, body: &dyn Fn(&mut InstructionSink<'_>)| {
        functions.function(functions.len());
        kinds.ty().function(parameters, results);
        let mut function = Function::new([]);
        let mut sink = function.instructions();
        body(&mut sink);
        sink.end();
        code.function(&function);
    };
    define(vec![], vec![], &|sink| does(deed, sink));
    // All that is handed in lies in one place: nobody reads it.
    define(vec![ValType::I32; 4], vec![ValType::I32], &|sink| {
        sink.i32_const(1024);
    });
    exports.export("memory", ExportKind::Memory, 0);
    exports.export("cabi_realloc", ExportKind::Func, 1);
    for (number, (name, signature)) in calls.iter().enumerate() {
        define(types(&signature.params), types(&signature.results), &|sink| {
            sink.call(0);
            if signature.results.is_empty() {
                return;
            }
            sink.i32_const(ANSWER_AT);
        });
        exports.export(name, ExportKind::Func, number as u32 + 2);
    }
    let mut module = Module::new();
    module.section(&kinds).section(&functions).section(&tables(deed)).section(&memories(deed)).section(&exports);
    if deed == Deed::LoopAtStart {
        module.section(&StartSection { function_index: 0 });
    }
    module.section(&code).section(&answer(deed));
    module.finish()
}

fn does(deed: Deed, sink: &mut InstructionSink<'_>) {
    let mut until_refused = |grow: &dyn Fn(&mut InstructionSink<'_>)| {
        sink.loop_(BlockType::Empty);
        grow(sink);
        sink.i32_const(-1).i32_ne().br_if(0).end().unreachable();
    };
    match deed {
        Deed::GrowMemory => until_refused(&|sink| {
            sink.i32_const(1).memory_grow(0);
        }),
        Deed::GrowSecondMemory => until_refused(&|sink| {
            sink.i32_const(1).memory_grow(1);
        }),
        Deed::GrowTable => until_refused(&|sink| {
            sink.ref_null(HeapType::FUNC).i32_const(1000).table_grow(0);
        }),
        Deed::Recurse => {
            // Twice, so that no call is the last thing done.
            sink.call(0).call(0);
        }
        Deed::Loop | Deed::LoopAtStart => {
            sink.loop_(BlockType::Empty).br(0).end();
        }
        Deed::Stop | Deed::LargeTable => {
            sink.unreachable();
        }
        Deed::Answer(_) => {}
    }
}

fn tables(deed: Deed) -> TableSection {
    let minimum = if deed == Deed::LargeTable { 100_000 } else { 1 };
    let mut tables = TableSection::new();
    tables.table(TableType { element_type: RefType::FUNCREF, table64: false, minimum, maximum: None, shared: false });
    tables
}

fn memories(deed: Deed) -> MemorySection {
    let pages = match deed {
        Deed::Answer(bytes) => u64::from(TEXT_AT + bytes).div_ceil(PAGE_BYTES),
        _ => 1,
    };
    let count = if deed == Deed::GrowSecondMemory { 2 } else { 1 };
    let mut memories = MemorySection::new();
    for memory in repeat_n(MemoryType { minimum: pages, maximum: None, memory64: false, shared: false, page_size_log2: None }, count) {
        memories.memory(memory);
    }
    memories
}

fn answer(deed: Deed) -> DataSection {
    let bytes = if let Deed::Answer(bytes) = deed { bytes } else { 0 };
    let mut data = DataSection::new();
    let told = [1, TEXT_AT, bytes].map(u32::to_le_bytes).concat();
    data.active(0, &ConstExpr::i32_const(ANSWER_AT), told);
    data
}
