"""A report of 50,000 rows with its books: 500 tenants with 100 rows each, of 20 SKUs, so that there are 10,000 lines."""

from __future__ import annotations

import json

COLUMNS = (
    "application.id,application.name,date,is_range,measurement_unit,name,tenant.id,tenant.kind,tenant.name,"
    + ",".join(f"usage.{kind}.{part}" for kind in ("absolute", "delta", "effective") for part in ("production", "total", "trial"))
    + ",sku\n"
)
TENANTS, ROWS, SKUS = 500, 100, 20


def report() -> bytes:
    lines = [COLUMNS]
    for tenant in range(TENANTS):
        for row in range(ROWS):
            used = (tenant * 7919 + row * 104729) % 1000 + 1
            start = f"app-1,Cyber Protection,2021-08-31,False,quantity,item_{row},tenant-{tenant:05},customer,Tenant {tenant} GmbH"
            lines.append(f"{start},{used},{used},0,0,0,0,{used},{used},0,SKU-{row % SKUS:03}\n")
    return "".join(lines).encode()


def books() -> tuple[str, str]:
    """Prices and customers."""
    prices = [{"sku": f"SKU-{sku:03}", "name": f"Item {sku}", "category": f"Category {sku % 5}", "unit": "each", "price": "1.25"} for sku in range(SKUS)]
    customers = [{"tenant_id": f"tenant-{tenant:05}", "enterprise": tenant + 1} for tenant in range(TENANTS)]
    return json.dumps({"currency": "EUR", "prices": prices}), json.dumps({"customers": customers})
