"""How long a report of 50,000 rows takes in this package: `sdk/python/.venv/bin/python sdk/python/bench.py`.

500 tenants with 100 rows each; 20 SKUs, so that there are 10,000 lines. A figure, not a test.
"""

from __future__ import annotations

import gzip
import json
import statistics
import time
from collections.abc import Callable

import skubill

COLUMNS = (
    "application.id,application.name,date,is_range,measurement_unit,name,tenant.id,tenant.kind,tenant.name,"
    + ",".join(f"usage.{kind}.{part}" for kind in ("absolute", "delta", "effective") for part in ("production", "total", "trial"))
    + ",sku\n"
)
TENANTS, ROWS, SKUS, TIMES = 500, 100, 20, 9


def report() -> bytes:
    lines = [COLUMNS]
    for tenant in range(TENANTS):
        for row in range(ROWS):
            used = (tenant * 7919 + row * 104729) % 1000 + 1
            start = f"app-1,Cyber Protection,2021-08-31,False,quantity,item_{row},tenant-{tenant:05},customer,Tenant {tenant} GmbH"
            lines.append(f"{start},{used},{used},0,0,0,0,{used},{used},0,SKU-{row % SKUS:03}\n")
    return "".join(lines).encode()


def timed(what: str, run: Callable[[], object]) -> None:
    times = []
    for _ in range(TIMES):
        started = time.perf_counter()
        run()
        times.append(time.perf_counter() - started)
    print(f"{what:28} {min(times):.3f} s at best, {statistics.median(times):.3f} s in the middle of {TIMES}")


def main() -> None:
    text = report()
    prices = [{"sku": f"SKU-{sku:03}", "name": f"Item {sku}", "category": f"Category {sku % 5}", "unit": "each", "price": "1.25"} for sku in range(SKUS)]
    customers = [{"tenant_id": f"tenant-{tenant:05}", "enterprise": tenant + 1} for tenant in range(TENANTS)]
    books = json.dumps({"currency": "EUR", "prices": prices}), json.dumps({"customers": customers})
    zipped = gzip.compress(text)
    print(f"{TENANTS * ROWS} rows, {len(text) / 1e6:.1f} MB, {len(zipped) / 1e6:.1f} MB as gzip")
    uncounted = skubill.Biller(skubill.Bounds(fuel=None))
    for biller, how in ((skubill.Biller(), ""), (uncounted, ", fuel not counted")):
        biller.describe()
        timed(f"bill{how}", lambda: biller.bill(text, *books, period="2021-08"))
        timed(f"bill gzip{how}", lambda: biller.bill(zipped, *books, period="2021-08"))
        timed(f"usage{how}", lambda: biller.usage(text, period="2021-08"))


if __name__ == "__main__":
    main()
