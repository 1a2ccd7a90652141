"""Every case of the repository: what comes out is what its file says, and the classes lose nothing of it."""

from __future__ import annotations

import json
import unittest
from pathlib import Path
from typing import Any

import skubill
from cases import family, file, job, needed, plain


class Cases(unittest.TestCase):
    def same(self, answer: Any, expected: Path) -> None:
        with self.subTest(expected.parent.name):
            said = json.loads(answer.json)
            self.assertEqual(plain(answer), said)
            self.assertEqual(said, json.loads(expected.read_text(encoding="utf-8")))

    def test_situations(self) -> None:
        for folder in family(None):
            answer = skubill.bill(needed(folder, "report"), needed(folder, "prices"), file(folder, "customers"), **job(folder))
            self.same(answer, folder / "outcome.json")

    def test_usage(self) -> None:
        for folder in family("usage"):
            answer = skubill.usage(needed(folder, "report"), file(folder, "customers"), **job(folder))
            self.same(answer, folder / "usage.json")

    def test_record(self) -> None:
        for folder in family("record"):
            asked = job(folder)
            asked = {**asked.pop("job", {}), **asked}
            asked["earlier"] = [skubill.Earlier(**earlier) for earlier in asked.get("earlier", ())]
            inputs = [needed(folder, stem) for stem in ("report", "prices", "customers")]
            self.same(skubill.record(*inputs, **asked), folder / "day.json")

    def test_explain(self) -> None:
        for folder in family("explain"):
            asked = job(folder)
            asked = {**asked.pop("job", {}), **asked}
            answer = skubill.explain(needed(folder, "report"), needed(folder, "prices"), file(folder, "customers"), **asked)
            self.same(answer, folder / "explanation.json")

    def test_check(self) -> None:
        for folder in family("check"):
            answer = skubill.check(needed(folder, "prices"), file(folder, "customers"), limits=job(folder, "limits.json"))
            self.same(answer, folder / "checked.json")

    def test_customers(self) -> None:
        for folder in family("customers"):
            answer = skubill.customers(needed(folder, "customers"), limits=job(folder, "limits.json"))
            self.same(answer, folder / "listing.json")

    def test_estimate(self) -> None:
        for folder in family("estimate"):
            self.same(skubill.estimate(needed(folder, "costs"), **job(folder)), folder / "estimate.json")

    def test_compare(self) -> None:
        for folder in family("compare"):
            asked = job(folder, "comparison.json")
            posting = [
                skubill.PostingCategory(
                    category["category"],
                    category.get("total", "0"),
                    tuple(skubill.PostingCharge(u["usage_type"], u.get("usage_name", ""), u["price"]) for u in category["usages"]),
                )
                for category in asked.pop("posting")
            ]
            held, previous = ([skubill.HeldLine(**{"category": "", "usage_type": "", "currency": "", **line}) for line in asked.pop(name, ())] for name in ("held", "previous"))
            answer = skubill.compare(posting, held, previous=previous, **asked.pop("bounds", {}), **asked)
            self.same(answer, folder / "compared.json")

    def test_faults_are_told_as_the_command_line_tells_them(self) -> None:
        told = 0
        for folder in family("fail"):
            if file(folder, "comparison") or list(folder.glob("*.recipe")) or folder.name.startswith("record-"):
                continue
            asked, report, costs = job(folder) if _fits(folder) else None, file(folder, "report"), file(folder, "costs")
            if asked is None:
                continue
            with self.subTest(folder.name), self.assertRaises((skubill.FaultsError, skubill.JobError, TypeError)) as raised:
                if costs:
                    skubill.estimate(costs, **asked)
                elif report:
                    skubill.bill(report, needed(folder, "prices"), file(folder, "customers"), **asked)
                else:
                    skubill.check(needed(folder, "prices"), file(folder, "customers"), limits=job(folder, "limits.json"))
            # What is no argument is said by Python itself.
            if not isinstance(raised.exception, TypeError):
                error = "error: " if isinstance(raised.exception, skubill.JobError) else ""
                self.assertEqual(f"{error}{raised.exception}\n", (folder / "error.txt").read_text(encoding="utf-8"))
                told += 1
        self.assertGreater(told, 80)


def _fits(folder: Path) -> bool:
    """Whether a case's job is an object, as arguments are."""
    try:
        return isinstance(job(folder), dict)
    except ValueError:
        return False


if __name__ == "__main__":
    unittest.main()
