"""What may be given as an input, and how it becomes pieces of bytes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Protocol, Union, runtime_checkable


@runtime_checkable
class Readable(Protocol):
    """A file object, of bytes or of text, that is read in pieces and left open."""

    def read(self, size: int, /) -> Union[bytes, str, None]: ...


Input = Union[bytes, bytearray, memoryview, str, "os.PathLike[str]", Readable, Iterable[bytes]]
"""The contents as bytes or as text; a path object, of a file to read; a file object; or pieces of bytes.

A ``str`` is always contents, never the name of a file: write ``Path("report.csv")`` for that.
"""


def pieces(given: Input, size: int) -> Iterator[Union[bytes, memoryview]]:
    """Pieces of at most ``size`` bytes; an empty input is one empty piece."""
    yielded = False
    for part in _parts(given, size):
        for start in range(0, len(part), size):
            yielded = True
            yield part[start : start + size]
    if not yielded:
        yield b""


def _parts(given: Input, size: int) -> Iterator[memoryview]:
    if isinstance(given, str):
        yield memoryview(given.encode())
    elif isinstance(given, (bytes, bytearray, memoryview)):
        yield memoryview(given).cast("B")
    elif isinstance(given, os.PathLike):
        with open(given, "rb") as file:
            yield from _read(file, size)
    elif isinstance(given, Readable):
        yield from _read(given, size)
    else:
        for part in given:
            yield memoryview(part).cast("B")


def _read(file: Readable, size: int) -> Iterator[memoryview]:
    while piece := file.read(size):
        yield memoryview(piece.encode() if isinstance(piece, str) else piece)
