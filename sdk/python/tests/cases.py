"""The cases of the repository, as the tests of this package read them."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Optional

ROOT = Path(__file__).resolve().parents[3]
CASES = ROOT / "tests" / "cases"
MONTH = ROOT / "docs" / "hosts" / "month"
FAMILIES = ("check", "compare", "customers", "estimate", "explain", "fail", "record", "usage")


def family(name: Optional[str]) -> Iterator[Path]:
    """The folders of a family, or with none the situations of a bill."""
    folders = sorted(folder for folder in (CASES / (name or "")).iterdir() if folder.is_dir())
    found = [folder for folder in folders if name or folder.name not in FAMILIES]
    assert found, name
    yield from found


def file(folder: Path, stem: str) -> Optional[Path]:
    found = [path for path in folder.glob(f"{stem}.*") if path.suffix != ".recipe"]
    return found[0] if found else None


def needed(folder: Path, stem: str) -> Path:
    found = file(folder, stem)
    assert found is not None, (folder, stem)
    return found


def job(folder: Path, name: str = "job.json") -> dict[str, Any]:
    path = folder / name
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return read


def plain(answer: Any) -> Any:
    """An answer as its JSON has it: the reverse of what this package does."""
    if dataclasses.is_dataclass(answer):
        named = {field.name: getattr(answer, field.name) for field in dataclasses.fields(answer)}
        assert vars(answer).keys() <= named.keys(), vars(answer)
        named.pop("json", None)
        # A finding or an excess leaves out what it does not have.
        if "message" in named:
            named = {name: value for name, value in named.items() if value not in (None, ())}
        return {name: plain(value) for name, value in named.items()}
    if isinstance(answer, tuple):
        return [plain(part) for part in answer]
    return f"{answer:f}" if isinstance(answer, Decimal) else answer
