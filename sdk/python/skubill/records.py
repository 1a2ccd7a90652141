"""What the dashboard holds, as it is handed to a run. Amounts may be text or :class:`decimal.Decimal`."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Optional


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


@dataclass(frozen=True)
class HeldLine:
    """One bill line as the dashboard holds it."""

    category: str
    usage_type: str
    price: Decimal | str
    currency: str
    period_start: str
    period_end: str
