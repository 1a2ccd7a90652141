"""What a run answers, in the shape and the words of its JSON.

Amounts, quantities and other numbers that are not counts are :class:`decimal.Decimal`. It is exact,
keeps the places that are written (``23.40``), and refuses to be mixed with floats, so money cannot
become one by accident. ``json`` is the answer's own text, for whoever hands it on.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Optional


@dataclass(frozen=True)
class Period:
    start: str
    """``YYYY-MM-DD``, UTC."""
    end: str
    """The last day, inclusive."""


@dataclass(frozen=True)
class Accounting:
    """What became of each row of the report. The last six add up to the first."""

    rows: int
    billed: int
    no_sku: int
    zero_usage: int
    excluded: int
    unmapped: int
    unpriced: int


@dataclass(frozen=True)
class Finding:
    """Something in readable input that deserves a look."""

    code: str
    severity: str
    """``error``, ``warning`` or ``info``."""
    message: str
    rows: tuple[int, ...] = ()
    sku: Optional[str] = None
    tenant_id: Optional[str] = None
    enterprise: Optional[int] = None
    column: Optional[str] = None
    acceptance: Optional[str] = None
    """Of ``unused-acceptance``: what the job accepts."""


@dataclass(frozen=True)
class Charge:
    """One SKU on a tenant's bill."""

    usage_type: str
    """The SKU."""
    usage_name: str
    quantity: Decimal
    unit: str
    price: Decimal
    """The amount, not the price of one unit."""
    rows: tuple[int, ...]
    """The report's rows in this line, from 1 without the header."""


@dataclass(frozen=True)
class Category:
    category: str
    total: Decimal
    usages: tuple[Charge, ...]


@dataclass(frozen=True)
class Bill:
    """What one tenant is charged."""

    tenant_id: str
    tenant_name: str
    tenant_kind: str
    customer_id: str
    enterprise: Optional[int]
    """None without a customers file."""
    total: Decimal
    categories: tuple[Category, ...]


@dataclass(frozen=True)
class PostingCharge:
    usage_type: str
    usage_name: str
    price: Decimal


@dataclass(frozen=True)
class PostingCategory:
    category: str
    total: Decimal
    usages: tuple[PostingCharge, ...]


@dataclass(frozen=True)
class Posting:
    """What is to be posted for one enterprise."""

    enterprise: int
    total: Decimal
    tenants: tuple[str, ...]
    held: tuple[str, ...]
    """The codes of error findings that hold it. Empty: it may be posted."""
    categories: tuple[PostingCategory, ...]


@dataclass(frozen=True)
class Outcome:
    period: Period
    currency: str
    """ISO 4217."""
    total: Decimal
    bills: tuple[Bill, ...]
    postings: tuple[Posting, ...]
    """Empty without a customers file."""
    accounting: Accounting
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Billed:
    outcome: Outcome
    unaccepted: tuple[int, ...]
    """Indices of ``outcome.findings``: the errors that nobody accepted."""
    json: str


@dataclass(frozen=True)
class TenantUsage:
    """What one tenant used of one SKU in one unit."""

    tenant_id: str
    tenant_name: str
    tenant_kind: str
    customer_id: str
    enterprise: Optional[int]
    sku: str
    unit: str
    """The report's own: ``bytes``, ``seconds``, or empty for counts."""
    quantity: Decimal
    application: str
    rows: tuple[int, ...]


@dataclass(frozen=True)
class UsageOutcome:
    period: Period
    usages: tuple[TenantUsage, ...]
    accounting: Accounting
    findings: tuple[Finding, ...]
    json: str


@dataclass(frozen=True)
class Carried:
    """A line whose difference is below zero, kept back."""

    category: str
    usage_type: str
    amount: Decimal


@dataclass(frozen=True)
class Register:
    """The cost record of one enterprise for the day."""

    enterprise: int
    total: Decimal
    held: tuple[str, ...]
    done: bool
    """The day is recorded already: nothing to post."""
    categories: tuple[PostingCategory, ...]
    carried: tuple[Carried, ...]


@dataclass(frozen=True)
class Day:
    date: str
    number: int
    days: int
    currency: str
    registers: tuple[Register, ...]
    accounting: Accounting
    findings: tuple[Finding, ...]
    unaccepted: tuple[int, ...]
    json: str


@dataclass(frozen=True)
class Earlier:
    """A cost record that already stands, as the dashboard gives it back. One without category or usage type, or of
    another provider or enterprise, is passed over: the warning ``foreign-register``. Its texts may be empty."""

    enterprise: int
    """Whose records were asked for."""
    date: str = ""
    period_start: str = ""
    category: str = ""
    usage_type: str = ""
    price: Decimal | str = ""
    currency: str = ""
    provider: Optional[str] = None
    """What the record itself states."""
    stated_enterprise: Optional[int] = None
    """What the record itself states."""


Exact = str
"""A decimal, or where its decimals have no end a fraction such as ``25/18``: ``fractions.Fraction`` reads both."""


@dataclass(frozen=True)
class AskedRow:
    """A row of the tenant and SKU that were asked for."""

    row: int
    """From 1 without the header."""
    date: Optional[str]
    name: str
    """The offering item."""
    unit: str
    """The report's own: ``bytes``, ``seconds``, or empty for counts."""
    value: Decimal
    """Of the measure that is billed."""
    outcome: str
    """What became of it, as in :class:`Accounting`: ``billed``, ``zero_usage``, ``excluded``, ``unmapped``, ``unpriced``."""
    text: str
    """The row as it stands in the report, after decompression."""


@dataclass(frozen=True)
class UsedPrice:
    place: str
    """Where it stands in its book: ``prices[3]``, or ``row 4`` of a CSV file."""
    name: str
    model: str
    unit: str
    for_tenant: bool
    """It is for this tenant alone."""


@dataclass(frozen=True)
class Step:
    """One step of the rating, in the order in which it was taken."""

    kind: str
    """``sum``, ``convert``, ``price``, ``tier``, ``customer-factor``, ``round``, …: all are in ``wit/explain.wit``."""
    of: Optional[Exact]
    """What it was taken of, where that is not the result before."""
    by: Optional[str]
    """What it was taken with; of a rounding its places and mode, ``2 half-up``."""
    result: Exact


@dataclass(frozen=True)
class ExplainedLine:
    """The line as it is billed."""

    tenant_name: str
    enterprise: Optional[int]
    category: str
    price: UsedPrice
    steps: tuple[Step, ...]
    quantity: Decimal
    """As the bill shows it."""
    exact: Exact
    """The amount before the one rounding."""
    amount: Decimal


@dataclass(frozen=True)
class Explanation:
    """One line of a bill, told: its rows, the price that was used, and each step from their sum to the amount."""

    tenant_id: str
    sku: str
    period: Period
    currency: str
    measure: str
    """What is billed of a row: a usage column, or ``usage.billable``."""
    rows: tuple[AskedRow, ...]
    """All rows of the tenant and SKU, ascending."""
    line: Optional[ExplainedLine]
    """None where no row is billed: the rows say why."""
    findings: tuple[Finding, ...]
    """Those about the line, its tenant, or its SKU."""
    json: str


@dataclass(frozen=True)
class Checked:
    """What a price book and a customers file hold; the three counts of customers are none without the latter."""

    currency: str
    prices: int
    skus: int
    customers: Optional[int]
    excluded: Optional[int]
    enterprises: Optional[int]
    findings: tuple[Finding, ...]
    """What can be seen without a report: prices for tenants that the customers file does not have."""
    json: str


@dataclass(frozen=True)
class CustomerMapping:
    """One tenant's place in the dashboard."""

    tenant_id: str
    enterprise: int
    enterprise_name: Optional[str]


@dataclass(frozen=True)
class Listing:
    """Whom a customers file maps, by tenant, and whom it excludes."""

    customers: tuple[CustomerMapping, ...]
    excluded: tuple[str, ...]
    json: str


@dataclass(frozen=True)
class Estimated:
    estimate: Optional[Decimal]
    """None where there is no record: not the same as 0."""
    method: str
    records: int
    days: int
    slope: Optional[Decimal]
    intercept: Optional[Decimal]
    below_to_date: bool
    json: str


@dataclass(frozen=True)
class HeldLine:
    """One bill line as the dashboard holds it."""

    category: str
    usage_type: str
    price: Decimal | str
    currency: str
    period_start: str
    period_end: str


@dataclass(frozen=True)
class Difference:
    kind: str
    """``missing``, ``extra``, ``amount``, ``currency`` or ``period``."""
    category: str
    usage_type: str
    posting: Optional[str]
    held: Optional[str]


@dataclass(frozen=True)
class Approximation:
    """A line that is equal though another number is held: less than 10⁻⁶ apart, and the same once rounded."""

    category: str
    usage_type: str
    posting: Decimal
    held: str
    """As the dashboard writes it."""


@dataclass(frozen=True)
class Excess:
    """What makes the posting suspicious beside the previous period's."""

    code: str
    """``enterprise-gone``, ``far-above-last-month``, ``far-below-last-month``, ``other-currency``, ``tenant-gone`` or
    ``too-many-lines``."""
    message: str
    tenant_id: Optional[str] = None
    """The tenant that is gone."""


@dataclass(frozen=True)
class Compared:
    absent: bool
    """Nothing is held: the posting may be posted."""
    equal: bool
    """What is held is the posting: nothing is to be done."""
    differences: tuple[Difference, ...]
    approximations: tuple[Approximation, ...]
    excesses: tuple[Excess, ...]
    """Whatever is held; by code and tenant."""
    json: str


@dataclass(frozen=True)
class Description:
    name: str
    version: str
    contract: str
    limits: dict[str, int]
    """In force unless a call says otherwise."""
    json: str


