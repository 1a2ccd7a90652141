"""The sandbox: the core module, run in a fresh instance each time, with bounds on memory and work, and
with nothing linked in. The only file that knows wasmtime.

It is the core module and not the component because wasmtime's Python binding passes bytes to a component
one by one; a core module's memory takes them as they are, gzip or not.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import threading
import weakref
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Optional

import wasmtime

from ._built import SHA256
from .errors import BoundError, DefectError
from .inputs import Input, pieces

MEMORY_BYTES = 1 << 30
"""Memory of one run. Ten million rows take 40 bytes each and a million lines 400."""

FUEL = 10**12
"""Work of one run, about one an instruction. The largest report let in, 4 GiB of text, takes about 200 a byte."""

PIECE_BYTES = 1 << 20
"""Bytes of a piece in which an input is handed over."""

ABI_VERSION = 1

MODULE = Path(__file__).with_name("skubill.wasm")


@dataclass(frozen=True)
class Bounds:
    """Bounds of one run, outside of the component's own limits: not whether an input can be read, but how
    much it may take to read it."""

    memory_bytes: int = MEMORY_BYTES
    fuel: Optional[int] = FUEL
    """Fuel is the same on every machine, run after run. None: work is neither bounded nor counted."""


class Call(IntEnum):
    BILL = 1
    USAGE = 2
    RECORD = 3
    CHECK = 4
    ESTIMATE = 5
    COMPARE = 6
    DESCRIBE = 7
    CUSTOMERS = 8
    EXPLAIN = 9


class Kind(IntEnum):
    REPORT = 0
    PRICES = 1
    CUSTOMERS = 2
    COSTS = 3


class Sandbox:
    """The compiled module. One serves many runs, also of several threads at once; they share nothing but code."""

    def __init__(self, bounds: Bounds, cache: bool) -> None:
        self._bounds = bounds
        self._cache = cache
        self._lock = threading.Lock()
        self._compiled: Optional[tuple[wasmtime.Engine, wasmtime.Module]] = None
        _all.add(self)

    def after_fork(self) -> None:
        """In a forked child: another thread of the parent may have held the lock, and there is no such thread here."""
        self._lock = threading.Lock()

    def run(self, call: Call, job: str, inputs: Iterable[tuple[Kind, Input]]) -> tuple[bool, str]:
        """A run from its beginning to its end: whether there is an answer, and the answer or refusal as JSON."""
        run = _Run(*self._ready(), self._bounds)
        if not run.begin(call, job):
            return False, run.answer()
        for kind, given in inputs:
            for piece in pieces(given, PIECE_BYTES):
                if not run.feed(kind, piece):
                    return False, run.answer()
        return run.finish(), run.answer()

    def _ready(self) -> tuple[wasmtime.Engine, wasmtime.Module]:
        """Compiled by the first run."""
        with self._lock:
            if self._compiled is None:
                config = wasmtime.Config()
                # By one thread. Several are a pool that the process starts once; a forked child has the pool and none
                # of its threads, and would wait for them for ever. It takes 2 s where two threads take one.
                config.parallel_compilation = False
                config.consume_fuel = self._bounds.fuel is not None
                if self._cache:
                    _keep_compiled(config)
                engine = wasmtime.Engine(config)
                self._compiled = engine, wasmtime.Module(engine, load(MODULE, SHA256))
            return self._compiled


_all: weakref.WeakSet[Sandbox] = weakref.WeakSet()
"""Those of this process."""


def _after_fork() -> None:
    for sandbox in list(_all):
        sandbox.after_fork()


# Not on every system do processes fork.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


class _Run:
    """One instance. After an error it is dropped, as all of them are after their answer."""

    def __init__(self, engine: wasmtime.Engine, module: wasmtime.Module, bounds: Bounds) -> None:
        self._store = wasmtime.Store(engine)
        self._bounds = bounds
        self._store.set_limits(memory_size=bounds.memory_bytes)
        if bounds.fuel is not None:
            self._store.set_fuel(bounds.fuel)
        try:
            # Nothing is linked in: a module that imported anything would end here.
            self._exports = wasmtime.Instance(self._store, module, []).exports(self._store)
        except wasmtime.WasmtimeError as error:
            raise BoundError("memory_bytes", bounds.memory_bytes) from error
        self._memory: wasmtime.Memory = self._exports["memory"]  # type: ignore[assignment]
        self._buffer, self._buffer_size = 0, 0
        version = self._call("abi_version")
        if version != ABI_VERSION:
            raise DefectError(f"the module speaks version {version} of its interface, and this package {ABI_VERSION}")

    def begin(self, call: Call, job: str) -> bool:
        return self._call("begin", call, *self._lend(job.encode())) == 0

    def feed(self, kind: Kind, piece: bytes | memoryview) -> bool:
        return self._call("feed", kind, *self._lend(piece)) == 0

    def finish(self) -> bool:
        self._call("free", self._buffer, self._buffer_size)
        return self._call("finish") == 0

    def answer(self) -> str:
        start, length = _unsigned(self._call("answer_ptr")), _unsigned(self._call("answer_len"))
        if start + length > self._memory.data_len(self._store):
            raise DefectError("the answer lies outside of the module's memory")
        return ctypes.string_at(self._address(start), length).decode() if length else ""

    def _lend(self, piece: bytes | memoryview) -> tuple[int, int]:
        """Copies bytes into the module's memory: where they are, and how many."""
        size = len(piece)
        if size > self._buffer_size:
            if self._buffer:
                self._call("free", self._buffer, self._buffer_size)
            self._buffer_size = max(size, 64 << 10)
            self._buffer = self._call("alloc", self._buffer_size)
            if self._buffer == 0:
                raise BoundError("memory_bytes", self._bounds.memory_bytes)
        start = _unsigned(self._buffer)
        if size:
            # The memory may have moved since the last piece: its address is asked for each time.
            ctypes.memmove(self._address(start), bytes(piece), size)
        return self._buffer, size

    def _address(self, start: int) -> int:
        return ctypes.addressof(self._memory.data_ptr(self._store).contents) + start

    def _call(self, name: str, *arguments: int) -> int:
        function: wasmtime.Func = self._exports[f"skubill_{name}"]  # type: ignore[assignment]
        try:
            return function(self._store, *arguments) or 0
        except wasmtime.Trap as trap:
            raise self._why(trap) from trap

    def _why(self, trap: wasmtime.Trap) -> Exception:
        if self._bounds.fuel is not None and self._store.get_fuel() == 0:
            return BoundError("fuel", self._bounds.fuel)
        # A module that is refused memory stops, and cannot say so. What it asks for is at most some times
        # what it has: below that, it stopped for another reason.
        if self._memory.data_len(self._store) * 4 > self._bounds.memory_bytes:
            return BoundError("memory_bytes", self._bounds.memory_bytes)
        return DefectError(f"the module stopped: {trap.message}")


def _unsigned(value: int) -> int:
    return value & 0xFFFF_FFFF


def _keep_compiled(config: wasmtime.Config) -> None:
    """In the user's cache directory, if there can be one."""
    try:
        config.cache = True
    except wasmtime.WasmtimeError:
        pass


def load(path: Path, sha256: str) -> bytes:
    """The module's bytes, if they are those that this package was made with."""
    wasm = path.read_bytes()
    found = hashlib.sha256(wasm).hexdigest()
    if found != sha256:
        raise DefectError(f"{path.name} is not the file that this package was made with: sha256 {found}, not {sha256}")
    return wasm
