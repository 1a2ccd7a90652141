"""The classes of answers are those of the schemas, and what is handed to a run has the keys of its schema."""

from __future__ import annotations

import json
import sys
import unittest
from dataclasses import fields
from pathlib import Path

import skubill

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "sdk/python"))

import shapes  # noqa: E402


class Shapes(unittest.TestCase):
    def test_the_classes_are_current(self) -> None:
        self.assertEqual(shapes.WRITTEN.read_text(encoding="utf-8"), shapes.rendered(), "`make sdk` writes them")

    def test_records_have_the_keys_of_their_schemas(self) -> None:
        for kind, file in ((skubill.Earlier, "record-job"), (skubill.HeldLine, "comparison")):
            schema = json.loads((ROOT / f"schemas/{file}.json").read_text(encoding="utf-8"))["$defs"][kind.__name__]
            self.assertEqual({field.name for field in fields(kind)}, set(schema["properties"]))
