"""From the JSON of an answer to its classes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Optional

from . import outcome as o

Node = dict[str, Any]


def billed(node: Node, json: str) -> o.Billed:
    outcome = node["outcome"]
    return o.Billed(
        outcome=o.Outcome(
            period=o.Period(**outcome["period"]),
            currency=outcome["currency"],
            total=Decimal(outcome["total"]),
            bills=tuple(map(_bill, outcome["bills"])),
            postings=tuple(map(_posting, outcome["postings"])),
            accounting=o.Accounting(**outcome["accounting"]),
            findings=_findings(outcome["findings"]),
        ),
        unaccepted=tuple(node["unaccepted"]),
        json=json,
    )


def usage(node: Node, json: str) -> o.UsageOutcome:
    return o.UsageOutcome(
        period=o.Period(**node["period"]),
        usages=tuple(
            o.TenantUsage(**{**usage, "quantity": Decimal(usage["quantity"]), "rows": tuple(usage["rows"])})
            for usage in node["usages"]
        ),
        accounting=o.Accounting(**node["accounting"]),
        findings=_findings(node["findings"]),
        json=json,
    )


def day(node: Node, json: str) -> o.Day:
    return o.Day(
        date=node["date"],
        number=node["number"],
        days=node["days"],
        currency=node["currency"],
        registers=tuple(map(_register, node["registers"])),
        accounting=o.Accounting(**node["accounting"]),
        findings=_findings(node["findings"]),
        unaccepted=tuple(node["unaccepted"]),
        json=json,
    )


def listing(node: Node, json: str) -> o.Listing:
    customers = tuple(o.CustomerMapping(**mapping) for mapping in node["customers"])
    return o.Listing(customers=customers, excluded=tuple(node["excluded"]), json=json)


def estimated(node: Node, json: str) -> o.Estimated:
    numbers = {name: _decimal(node[name]) for name in ("estimate", "slope", "intercept")}
    return o.Estimated(**{**node, **numbers}, json=json)


def compared(node: Node, json: str) -> o.Compared:
    return o.Compared(
        absent=node["absent"],
        equal=node["equal"],
        differences=tuple(o.Difference(**difference) for difference in node["differences"]),
        excesses=tuple(o.Excess(**excess) for excess in node["excesses"]),
        json=json,
    )


def _decimal(text: Optional[str]) -> Optional[Decimal]:
    return None if text is None else Decimal(text)


def _bill(node: Node) -> o.Bill:
    return o.Bill(
        node["tenant_id"],
        node["tenant_name"],
        node["tenant_kind"],
        node["customer_id"],
        node["enterprise"],
        Decimal(node["total"]),
        tuple(
            o.Category(category["category"], Decimal(category["total"]), tuple(map(_charge, category["usages"])))
            for category in node["categories"]
        ),
    )


def _charge(node: Node) -> o.Charge:
    return o.Charge(
        node["usage_type"],
        node["usage_name"],
        Decimal(node["quantity"]),
        node["unit"],
        Decimal(node["price"]),
        tuple(node["rows"]),
    )


def _posting(node: Node) -> o.Posting:
    return o.Posting(
        enterprise=node["enterprise"],
        total=Decimal(node["total"]),
        tenants=tuple(node["tenants"]),
        held=tuple(node["held"]),
        categories=_posting_categories(node["categories"]),
    )


def _posting_categories(nodes: list[Node]) -> tuple[o.PostingCategory, ...]:
    return tuple(
        o.PostingCategory(
            node["category"],
            Decimal(node["total"]),
            tuple(o.PostingCharge(usage["usage_type"], usage["usage_name"], Decimal(usage["price"])) for usage in node["usages"]),
        )
        for node in nodes
    )


def _register(node: Node) -> o.Register:
    return o.Register(
        enterprise=node["enterprise"],
        total=Decimal(node["total"]),
        held=tuple(node["held"]),
        done=node["done"],
        categories=_posting_categories(node["categories"]),
        carried=tuple(o.Carried(line["category"], line["usage_type"], Decimal(line["amount"])) for line in node["carried"]),
    )


def _findings(nodes: list[Node]) -> tuple[o.Finding, ...]:
    return tuple(o.Finding(**{**node, "rows": tuple(node.get("rows", ()))}) for node in nodes)
