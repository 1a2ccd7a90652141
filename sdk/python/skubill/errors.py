"""Why there is no answer. Nothing was billed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import outcome


class SkubillError(Exception):
    """What all errors of this package are."""


@dataclass(frozen=True)
class Fault(outcome.Fault):
    """One thing that makes an input unreadable."""

    def __str__(self) -> str:
        place = self.input
        if self.row is not None:
            place += f", row {self.row}"
        if self.column is not None:
            place += f", {self.column}"
        return f"{place}: found {self.found}; expected {self.expected}"


class FaultsError(SkubillError):
    """Inputs that cannot be read, or that break a limit: the first faults, and how many there were."""

    def __init__(self, faults: tuple[Fault, ...], fault_count: int, json: str) -> None:
        super().__init__(faults, fault_count, json)
        self.faults = faults
        self.fault_count = fault_count
        self.json = json
        """The refusal as it was given."""

    def __str__(self) -> str:
        lines = [str(fault) for fault in self.faults]
        more = self.fault_count - len(self.faults)
        if more > 0:
            lines.append(f"{self.fault_count} faults, {more} of them not listed")
        return "\n".join(lines)


class JobError(SkubillError):
    """What was asked for makes no sense: a period, a measure, a limit's name."""


class BoundError(SkubillError):
    """A run needed more memory or work than the sandbox allows it."""

    def __init__(self, bound: str, allowed: int) -> None:
        super().__init__(bound, allowed)
        self.bound = bound
        """``memory_bytes`` or ``fuel``."""
        self.allowed = allowed

    def __str__(self) -> str:
        return f"the sandbox allows {self.allowed} for one run, and this one needs more (bound {self.bound})"


class DefectError(SkubillError):
    """The module stopped or cannot be loaded: a defect of this package, or of its installation."""


def refusal(answer: dict[str, Any], json: str) -> SkubillError:
    """The error that says what a refusal says."""
    if "faults" in answer:
        return FaultsError(tuple(Fault(**fault) for fault in answer["faults"]), answer["fault_count"], json)
    if "job" in answer:
        return JobError(answer["job"])
    return DefectError(str(answer.get("order", json)))
