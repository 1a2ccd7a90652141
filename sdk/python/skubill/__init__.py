"""skubill turns usage reports of Acronis Cyber Cloud into bills, exactly.

    >>> from pathlib import Path
    >>> import skubill
    >>> billed = skubill.bill(Path("report.csv"), Path("prices.json"), Path("customers.json"), period="2021-08")
    >>> billed.outcome.total
    Decimal('61.06')

Everything is computed in a WebAssembly module that imports nothing: no clock, no file, no network. A report is
read in pieces and never held whole. What cannot be read is a :class:`FaultsError` with all its faults.

The functions here share one engine, which is made by the first call; :class:`Biller` is one of your own, with
bounds of your own.
"""

from __future__ import annotations

from ._built import SHA256, VERSION
from .biller import Biller, Limits
from .errors import BoundError, DefectError, Fault, FaultsError, JobError, SkubillError
from .inputs import Input
from .outcome import (
    Accounting,
    Approximation,
    AskedRow,
    Bill,
    Billed,
    Carried,
    Category,
    Charge,
    Checked,
    Compared,
    CustomerMapping,
    Day,
    Description,
    Difference,
    Estimated,
    Exact,
    Excess,
    ExplainedLine,
    Explanation,
    Finding,
    Listing,
    Outcome,
    Period,
    Posting,
    PostingCategory,
    PostingCharge,
    Register,
    Step,
    TenantUsage,
    UsageOutcome,
    UsedPrice,
)
from .records import Earlier, HeldLine
from .sandbox import Bounds

_shared = Biller()

bill = _shared.bill
usage = _shared.usage
record = _shared.record
explain = _shared.explain
check = _shared.check
customers = _shared.customers
estimate = _shared.estimate
compare = _shared.compare
describe = _shared.describe

__version__ = VERSION

__all__ = [
    "Accounting",
    "Approximation",
    "AskedRow",
    "Bill",
    "Billed",
    "Biller",
    "BoundError",
    "Bounds",
    "Carried",
    "Category",
    "Charge",
    "Checked",
    "Compared",
    "CustomerMapping",
    "Day",
    "DefectError",
    "Description",
    "Difference",
    "Earlier",
    "Estimated",
    "Exact",
    "Excess",
    "ExplainedLine",
    "Explanation",
    "Fault",
    "FaultsError",
    "Finding",
    "HeldLine",
    "Input",
    "JobError",
    "Limits",
    "Listing",
    "Outcome",
    "Period",
    "Posting",
    "PostingCategory",
    "PostingCharge",
    "Register",
    "SHA256",
    "SkubillError",
    "Step",
    "TenantUsage",
    "UsageOutcome",
    "UsedPrice",
    "bill",
    "check",
    "compare",
    "customers",
    "describe",
    "estimate",
    "explain",
    "record",
    "usage",
]
