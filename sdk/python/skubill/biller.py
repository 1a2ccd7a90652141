"""Billing a report: the package's way into the sandbox."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from decimal import Decimal
from typing import Any, Optional, TypeVar, Union

from . import read
from .errors import DefectError, refusal
from .inputs import Input
from .options import limits_named, named
from .outcome import (
    Billed,
    Checked,
    Compared,
    Day,
    Description,
    Estimated,
    Explanation,
    Listing,
    Posting,
    PostingCategory,
    UsageOutcome,
)
from .records import Earlier, HeldLine
from .sandbox import Bounds, Call, Kind, Sandbox

_Kind = TypeVar("_Kind")

Limits = Mapping[str, int]
"""Limits of the component that are not its defaults, by name: ``{"rows": 1000}``."""


class Biller:
    """The engine: make one and keep it. It serves many runs, also of several threads at once, and each run is
    in a fresh instance: they share nothing but code.

    The first run compiles the module. ``cache`` keeps what was compiled in the user's cache directory, so that the
    next process starts in milliseconds instead of two seconds. Processes may fork before or after that.
    """

    @named
    def __init__(self, bounds: Bounds = Bounds(), *, cache: bool = True) -> None:
        self._sandbox = Sandbox(bounds, cache)

    @named
    def bill(
        self,
        report: Input,
        prices: Input,
        customers: Optional[Input] = None,
        *,
        period: Optional[str] = None,
        root: Optional[str] = None,
        level: Optional[str] = None,
        measure: Optional[str] = None,
        accept: Iterable[str] = (),
        exclude_tenants: Iterable[str] = (),
        usage_name: Optional[str] = None,
        limits: Optional[Limits] = None,
    ) -> Billed:
        """Bills of a usage report, and with a customers file the postings of its enterprises.

        ``period`` is ``YYYY-MM``, and without one the month of the report's latest date. ``root`` is the report's
        root tenant, ``level`` what the report was made for (``direct_partners``, ``all_partners``, ``all_customers``,
        ``accounts``, ``itself``), ``measure`` a usage column or ``usage.billable`` (absolute production, and delta
        production of rows that are ``is_range``), ``accept`` findings that may pass, as ``CODE`` or ``CODE:SUBJECT``.
        ``exclude_tenants`` are billed by somebody else; ``usage_name`` is what a posting's usages are called, a text
        with ``{name}``, ``{sku}``, ``{quantity}`` and ``{unit}``.
        """
        job = _job(period, root, level, measure, accept, exclude_tenants, usage_name, limits)
        return self._ask(Billed, Call.BILL, job, _given(report, prices, customers))

    @named
    def usage(
        self,
        report: Input,
        customers: Optional[Input] = None,
        *,
        period: Optional[str] = None,
        root: Optional[str] = None,
        level: Optional[str] = None,
        measure: Optional[str] = None,
        accept: Iterable[str] = (),
        exclude_tenants: Iterable[str] = (),
        usage_name: Optional[str] = None,
        limits: Optional[Limits] = None,
    ) -> UsageOutcome:
        """Quantities per tenant and SKU, without a price book: for platforms that price themselves."""
        job = _job(period, root, level, measure, accept, exclude_tenants, usage_name, limits)
        return self._ask(UsageOutcome, Call.USAGE, job, _given(report, None, customers))

    @named
    def record(
        self,
        report: Input,
        prices: Input,
        customers: Input,
        *,
        day: str,
        provider: Optional[str] = None,
        earlier: Iterable[Earlier] = (),
        period: Optional[str] = None,
        root: Optional[str] = None,
        level: Optional[str] = None,
        measure: Optional[str] = None,
        accept: Iterable[str] = (),
        exclude_tenants: Iterable[str] = (),
        usage_name: Optional[str] = None,
        limits: Optional[Limits] = None,
    ) -> Day:
        """What the day has cost: the amount to date less what the month's earlier cost records hold. ``provider`` is
        yours: records of another one are passed over."""
        job = {
            "day": day,
            "provider": provider,
            "earlier": [_plain(record) for record in earlier],
            "job": _job(period, root, level, measure, accept, exclude_tenants, usage_name, limits),
        }
        return self._ask(Day, Call.RECORD, job, _given(report, prices, customers))

    @named
    def explain(
        self,
        report: Input,
        prices: Input,
        customers: Optional[Input] = None,
        *,
        tenant_id: str,
        sku: str,
        day: Optional[str] = None,
        period: Optional[str] = None,
        root: Optional[str] = None,
        level: Optional[str] = None,
        measure: Optional[str] = None,
        accept: Iterable[str] = (),
        exclude_tenants: Iterable[str] = (),
        usage_name: Optional[str] = None,
        limits: Optional[Limits] = None,
    ) -> Explanation:
        """One line of the bill that :meth:`bill` makes of the same arguments, told: the rows of the tenant and SKU as
        they stand in the report, the price that was used, and each step from their sum to the amount. With a ``day``
        it is what the line has cost up to then, of which :meth:`record` takes the day's cost."""
        job = {
            "tenant_id": tenant_id,
            "sku": sku,
            **({} if day is None else {"day": day}),
            "job": _job(period, root, level, measure, accept, exclude_tenants, usage_name, limits),
        }
        return self._ask(Explanation, Call.EXPLAIN, job, _given(report, prices, customers))

    @named
    def check(self, prices: Input, customers: Optional[Input] = None, *, limits: Optional[Limits] = None) -> Checked:
        """What a price book and a customers file hold; every mistake in them is a :class:`FaultsError`."""
        return self._ask(Checked, Call.CHECK, limits_named(limits) or {}, _given(None, prices, customers))

    @named
    def customers(self, customers: Input, *, limits: Optional[Limits] = None) -> Listing:
        """Whom a customers file maps, for hosts that have to know before a report is there."""
        return self._ask(Listing, Call.CUSTOMERS, limits_named(limits) or {}, _given(None, None, customers))

    @named
    def estimate(
        self,
        costs: Input,
        *,
        period: Optional[str] = None,
        method: Optional[str] = None,
        places: Optional[int] = None,
        limits: Optional[Limits] = None,
    ) -> Estimated:
        """What a month will have cost, from the cost records of its first days; ``method`` is ``cumulative`` (as
        without one) or ``daily``."""
        job = _said(period=period, method=method, places=places, limits=limits_named(limits))
        return self._ask(Estimated, Call.ESTIMATE, job, [(Kind.COSTS, costs)])

    @named
    def compare(
        self,
        posting: Union[Posting, Iterable[PostingCategory]],
        held: Iterable[HeldLine] = (),
        *,
        period: str,
        currency: str,
        tenants: Optional[Iterable[str]] = None,
        previous: Iterable[HeldLine] = (),
        previous_tenants: Iterable[str] = (),
        times: Union[Decimal, str, None] = None,
        lines: Optional[int] = None,
    ) -> Compared:
        """A posting beside what the dashboard holds for its enterprise and ``period`` (``YYYY-MM``); and whether it
        is more than ``times`` the ``previous`` month's total or less than one part in ``times`` of it, has more than
        that many ``lines``, or lacks one of ``previous_tenants``. ``tenants`` are the posting's own where it is a
        whole :class:`Posting`. An empty posting is an enterprise without a usage line."""
        categories: Iterable[PostingCategory]
        own: Iterable[str]
        if isinstance(posting, Posting):
            categories, own = posting.categories, posting.tenants
        else:
            categories, own = posting, ()
        comparison = {
            "period": period,
            "currency": currency,
            "posting": [_plain(category) for category in categories],
            "tenants": list(own if tenants is None else tenants),
            "held": [_plain(line) for line in held],
            "previous": [_plain(line) for line in previous],
            "previous_tenants": list(previous_tenants),
            "bounds": _said(times=_text(times), lines=lines),
        }
        return self._ask(Compared, Call.COMPARE, comparison, [])

    def describe(self) -> Description:
        """What the module is: its version, its contract's, and its limits."""
        return self._ask(Description, Call.DESCRIBE, {}, [])

    def _ask(self, kind: type[_Kind], call: Call, job: dict[str, Any], inputs: list[tuple[Kind, Input]]) -> _Kind:
        answered, text = self._sandbox.run(call, json.dumps(job, ensure_ascii=False), inputs)
        with _uncollected():
            try:
                answer = json.loads(text)
            except ValueError as error:
                raise DefectError(f"the module's answer is no JSON: {error}") from error
            if not answered:
                raise refusal(answer, text)
            return read.answer(kind, answer, text)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the collector of garbage, of which reading an answer makes none: it would walk what has been read so
    far again and again, and take longer than the reading of a large one."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _given(report: Optional[Input], prices: Optional[Input], customers: Optional[Input]) -> list[tuple[Kind, Input]]:
    """The small files first: their mistakes cost no reading of a report that is streamed."""
    inputs = [(Kind.PRICES, prices), (Kind.CUSTOMERS, customers), (Kind.REPORT, report)]
    return [(kind, given) for kind, given in inputs if given is not None]


def _job(
    period: Optional[str],
    root: Optional[str],
    level: Optional[str],
    measure: Optional[str],
    accept: Iterable[str],
    exclude_tenants: Iterable[str],
    usage_name: Optional[str],
    limits: Optional[Limits],
) -> dict[str, Any]:
    lists = {"accept": accept, "exclude_tenants": exclude_tenants}
    for name, given in lists.items():
        if isinstance(given, str):
            raise TypeError(f"{name} is a list of texts, not one text")
    texts = {"period": period, "root": root, "level": level, "measure": measure, "usage_name": usage_name}
    return _said(**texts, **{name: list(given) for name, given in lists.items()}, limits=limits_named(limits))


def _said(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _plain(record: Any) -> dict[str, Any]:
    """A dataclass as JSON has it, amounts as text."""
    return asdict(record, dict_factory=lambda fields: {name: _text(value) for name, value in fields})


def _text(value: Any) -> Any:
    """Decimals without exponent: ``str`` would write 0.0000000 as 0E-7."""
    if isinstance(value, float):
        raise TypeError(f"{value} is a float, and money never is: write Decimal(\"{value}\")")
    return f"{value:f}" if isinstance(value, Decimal) else value
