"""From the JSON of an answer to its classes. The nodes are given away: what is made of them keeps them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Optional, TypeVar

from . import outcome as o

Node = dict[str, Any]
_Kind = TypeVar("_Kind")


def billed(node: Node, json: str) -> o.Billed:
    outcome = node["outcome"]
    outcome["period"] = o.Period(**outcome["period"])
    outcome["total"] = Decimal(outcome["total"])
    outcome["bills"] = tuple(map(_bill, outcome["bills"]))
    outcome["postings"] = tuple(map(_posting, outcome["postings"]))
    outcome["accounting"] = o.Accounting(**outcome["accounting"])
    outcome["findings"] = _findings(outcome["findings"])
    return o.Billed(outcome=_made(o.Outcome, outcome), unaccepted=tuple(node["unaccepted"]), json=json)


def usage(node: Node, json: str) -> o.UsageOutcome:
    return o.UsageOutcome(
        period=o.Period(**node["period"]),
        usages=tuple(map(_tenant_usage, node["usages"])),
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


def explanation(node: Node, json: str) -> o.Explanation:
    return o.Explanation(
        tenant_id=node["tenant_id"],
        sku=node["sku"],
        period=o.Period(**node["period"]),
        currency=node["currency"],
        measure=node["measure"],
        rows=tuple(o.AskedRow(**{**row, "value": Decimal(row["value"])}) for row in node["rows"]),
        line=None if node["line"] is None else _explained(node["line"]),
        findings=_findings(node["findings"]),
        json=json,
    )


def listing(node: Node, json: str) -> o.Listing:
    customers = tuple(o.CustomerMapping(**mapping) for mapping in node["customers"])
    return o.Listing(customers=customers, excluded=tuple(node["excluded"]), json=json)


def checked(node: Node, json: str) -> o.Checked:
    return o.Checked(**{**node, "findings": _findings(node["findings"])}, json=json)


def description(node: Node, json: str) -> o.Description:
    return o.Description(**node, json=json)


def estimated(node: Node, json: str) -> o.Estimated:
    numbers = {name: _decimal(node[name]) for name in ("estimate", "slope", "intercept")}
    return o.Estimated(**{**node, **numbers}, json=json)


def compared(node: Node, json: str) -> o.Compared:
    return o.Compared(
        absent=node["absent"],
        equal=node["equal"],
        differences=tuple(o.Difference(**difference) for difference in node["differences"]),
        approximations=tuple(
            o.Approximation(**{**line, "posting": Decimal(line["posting"])}) for line in node["approximations"]
        ),
        excesses=tuple(o.Excess(**excess) for excess in node["excesses"]),
        json=json,
    )


def _decimal(text: Optional[str]) -> Optional[Decimal]:
    return None if text is None else Decimal(text)


def _made(kind: type[_Kind], node: Node) -> _Kind:
    """An instance that has a node's own fields, and the node with it. The classes are frozen, which makes their
    constructors set each field by a call: for the lines of a large report that took longer than all other reading."""
    made = object.__new__(kind)
    object.__setattr__(made, "__dict__", node)
    return made


def _bill(node: Node) -> o.Bill:
    node["total"] = Decimal(node["total"])
    node["categories"] = tuple(_category(o.Category, _charge, category) for category in node["categories"])
    return _made(o.Bill, node)


def _category(kind: type[_Kind], line: Callable[[Node], object], node: Node) -> _Kind:
    node["total"] = Decimal(node["total"])
    node["usages"] = tuple(map(line, node["usages"]))
    return _made(kind, node)


def _charge(node: Node) -> o.Charge:
    node["quantity"] = Decimal(node["quantity"])
    node["price"] = Decimal(node["price"])
    node["rows"] = tuple(node["rows"])
    return _made(o.Charge, node)


def _posting_charge(node: Node) -> o.PostingCharge:
    node["price"] = Decimal(node["price"])
    return _made(o.PostingCharge, node)


def _posting(node: Node) -> o.Posting:
    node["total"] = Decimal(node["total"])
    node["tenants"] = tuple(node["tenants"])
    node["held"] = tuple(node["held"])
    node["categories"] = _posting_categories(node["categories"])
    return _made(o.Posting, node)


def _posting_categories(nodes: list[Node]) -> tuple[o.PostingCategory, ...]:
    return tuple(_category(o.PostingCategory, _posting_charge, node) for node in nodes)


def _register(node: Node) -> o.Register:
    node["total"] = Decimal(node["total"])
    node["held"] = tuple(node["held"])
    node["categories"] = _posting_categories(node["categories"])
    node["carried"] = tuple(o.Carried(line["category"], line["usage_type"], Decimal(line["amount"])) for line in node["carried"])
    return _made(o.Register, node)


def _explained(node: Node) -> o.ExplainedLine:
    return o.ExplainedLine(
        tenant_name=node["tenant_name"],
        enterprise=node["enterprise"],
        category=node["category"],
        price=o.UsedPrice(**node["price"]),
        steps=tuple(o.Step(**step) for step in node["steps"]),
        quantity=Decimal(node["quantity"]),
        exact=node["exact"],
        amount=Decimal(node["amount"]),
    )


def _tenant_usage(node: Node) -> o.TenantUsage:
    node["quantity"] = Decimal(node["quantity"])
    node["rows"] = tuple(node["rows"])
    return _made(o.TenantUsage, node)


def _findings(nodes: list[Node]) -> tuple[o.Finding, ...]:
    return tuple(o.Finding(**{**node, "rows": tuple(node.get("rows", ()))}) for node in nodes)
