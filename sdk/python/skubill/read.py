"""From the JSON of an answer to its classes, by the types of their fields. The nodes are given away: what is made of them
keeps them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from decimal import Decimal
from functools import cache
from typing import Any, Optional, TypeVar, Union, get_args, get_origin, get_type_hints

Node = dict[str, Any]
Read = Callable[[Any], Any]
_Kind = TypeVar("_Kind")


def answer(kind: type[_Kind], node: Node, json: str) -> _Kind:
    """An answer, of its JSON and its text."""
    node["json"] = json
    of: Any = kind
    made: _Kind = _reader(of)(node)
    return made


@cache
def _reader(kind: Any) -> Read:
    """What makes an instance that has a node's own fields, and the node with it. The classes are frozen, which makes their
    constructors set each field by a call: for the lines of a large report that took longer than all other reading. A key
    that is absent has its class's default."""
    hints = get_type_hints(kind)
    reads = [(field.name, read) for field in fields(kind) if (read := _read(hints[field.name])) is not None]

    def made(node: Node) -> Any:
        for name, read in reads:
            if name in node:
                node[name] = read(node[name])
        instance: Any = object.__new__(kind)
        object.__setattr__(instance, "__dict__", node)
        return instance

    return made


def _read(hint: Any) -> Optional[Read]:
    """What makes a value of a type; none where JSON has it already."""
    if hint is Decimal:
        return Decimal
    if is_dataclass(hint) and isinstance(hint, type):
        return _reader(hint)
    if get_origin(hint) is tuple:
        item = _read(get_args(hint)[0])
        return tuple if item is None else lambda nodes: tuple(map(item, nodes))
    if get_origin(hint) is Union:
        (some,) = (_read(argument) for argument in get_args(hint) if argument is not type(None))
        return None if some is None else lambda node: None if node is None else some(node)
    return None
