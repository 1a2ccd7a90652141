"""Options by their names: one that nobody knows is refused, and the nearest one that there is, named."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Optional, ParamSpec, TypeVar

from .errors import JobError
from .outcome import LIMITS

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")

def named(function: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
    """Refuses a keyword that the function does not have, as Python does, and says which one is near."""
    known = [name for name in inspect.signature(function).parameters if name != "self"]

    @functools.wraps(function)
    def checked(*arguments: _Parameters.args, **options: _Parameters.kwargs) -> _Result:
        for name in options:
            if name not in known:
                raise TypeError(f"{function.__name__}() has no argument {name!r}{nearest(name, known)}")
        return function(*arguments, **options)

    return checked


def limits_named(limits: Optional[Mapping[str, int]]) -> Optional[dict[str, int]]:
    """Limits. A name that is near one that there is, is refused with it; any other by the component, with all else that
    is wrong with the job."""
    if limits is None:
        return None
    if not isinstance(limits, Mapping):
        raise TypeError(f"limits is a mapping, not {limits!r}")
    for name in limits:
        near = get_close_matches(str(name).lower(), LIMITS, n=1, cutoff=0.6)
        if near and name not in LIMITS:
            raise JobError(f"limits: there is no {name!r}; did you mean {near[0]!r}?")
    return dict(limits)


def nearest(name: str, known: Iterable[str]) -> str:
    names = list(known)
    found = get_close_matches(name.lower(), names, n=1, cutoff=0.5)
    return f"; did you mean {found[0]!r}?" if found else f": there is {', '.join(names)}"
