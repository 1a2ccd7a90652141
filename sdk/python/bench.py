"""How long 50,000 rows take in this package: `sdk/python/.venv/bin/python sdk/python/bench.py`.

Processor time, at best and in the middle of several runs, and how much of it goes where. Figures, not a test: what
is tested is the work, in `tests/test_package.py`.
"""

from __future__ import annotations

import gzip
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import skubill
from skubill import read
from skubill.sandbox import Call, Kind

sys.path.insert(0, str(Path(__file__).with_name("tests")))
from large import ROWS, TENANTS, books, report  # noqa: E402

TIMES = 9
Made = TypeVar("Made")


def timed(what: str, run: Callable[[], Made]) -> Made:
    run()
    times = []
    for _ in range(TIMES):
        started = time.process_time()
        made = run()
        times.append(1000 * (time.process_time() - started))
    print(f"{what:34} {min(times):4.0f} ms at best, {statistics.median(times):4.0f} ms in the middle of {TIMES}")
    return made


def main() -> None:
    text, (prices, customers) = report(), books()
    zipped = gzip.compress(text)
    print(f"{TENANTS * ROWS} rows, {len(text) / 1e6:.1f} MB, {len(zipped) / 1e6:.1f} MB as gzip")
    uncounted = skubill.Biller(skubill.Bounds(fuel=None))
    for biller, how in ((skubill.Biller(), ""), (uncounted, ", fuel not counted")):
        timed(f"bill{how}", lambda: biller.bill(text, prices, customers, period="2021-08"))
        timed(f"bill gzip{how}", lambda: biller.bill(zipped, prices, customers, period="2021-08"))
        timed(f"usage{how}", lambda: biller.usage(text, period="2021-08"))
    inputs: list[tuple[Kind, skubill.Input]] = [(Kind.PRICES, prices), (Kind.CUSTOMERS, customers), (Kind.REPORT, text)]
    sandbox = skubill.Biller()._sandbox
    _, answer = timed("of a bill: in the module", lambda: sandbox.run(Call.BILL, '{"period": "2021-08"}', inputs))
    timed("of a bill: JSON", lambda: json.loads(answer))
    timed("of a bill: JSON, and its classes", lambda: read.answer(skubill.Billed, json.loads(answer), answer))


if __name__ == "__main__":
    main()
