"""The adapter of the conformance kit: questions on stdin, answers on stdout, a JSON object a line.

``python3 conformance.py component`` asks the component, ``python3 conformance.py core`` what the package has
inside, the core module. `docs/conformance.md` has the protocol. Exit 77: the runtime is not on this machine.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn, Optional

HERE = Path(__file__).resolve().parent
COMPONENT = HERE.parent / "built" / "skubill.wasm"
INPUTS = ("prices", "customers", "report", "costs")

Question = dict[str, Any]
Said = tuple[bool, str]


def unavailable(reason: str) -> NoReturn:
    print(reason, file=sys.stderr)
    raise SystemExit(77)


def in_its_venv() -> None:
    """Goes on in the environment of `make sdk`, which has wasmtime."""
    venv = HERE / ".venv"
    if sys.prefix == str(venv):
        return
    python = venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        unavailable("the environment with wasmtime is not there: run `make sdk`")
    os.execv(python, [str(python), *sys.argv])


def given(question: Question) -> Iterator[tuple[str, Path]]:
    """The files that there are, the report last."""
    for name in INPUTS:
        if question.get(name) is not None:
            yield name, Path(question[name])


def core() -> Callable[[Question], Said]:
    from skubill.inputs import Input
    from skubill.sandbox import Bounds, Call, Kind, Sandbox

    sandbox = Sandbox(Bounds(), cache=True)

    def ask(question: Question) -> Said:
        inputs: list[tuple[Kind, Input]] = [(Kind[name.upper()], path) for name, path in given(question)]
        return sandbox.run(Call[question["call"].upper()], question["job"], inputs)

    return ask


PIECE_CHARACTERS = 1 << 20


def component() -> Callable[[Question], Said]:
    import wasmtime
    from wasmtime import component as model

    config = wasmtime.Config()
    config.cache = True
    engine = wasmtime.Engine(config)
    compiled = model.Component.from_file(engine, str(COMPONENT))

    def ask(question: Question) -> Said:
        store = wasmtime.Store(engine)
        instance = model.Linker(engine).instantiate(store, compiled)

        door = instance.get_export_index(store, "skubill:billing/text@0.1.0")

        def call(function: str, *arguments: Any) -> Any:
            name = instance.get_export_index(store, function, door)
            found = name and instance.get_func(store, name)
            assert found, f"text has no {function}"
            return found(store, *arguments)

        def said(answer: Any) -> Said:
            """wasmtime-py names the side of a result only where a value does not tell it."""
            if answer is None or isinstance(answer, str):
                return answer is None, answer or ""
            return answer.tag == "ok", answer.payload

        begun = said(call("begin", question["call"], question["job"]))
        if not begun[0]:
            return begun
        for input, path in given(question):
            feed(call, input, path.read_bytes())
        return said(call("finish"))

    return ask


def feed(call: Callable[..., Any], input: str, contents: bytes) -> None:
    """As text, which is 70 times faster; as bytes, one by one, only where it is no text."""
    try:
        whole = contents.decode()
    except UnicodeDecodeError:
        call("feed", input, contents)
        return
    for start in range(0, max(len(whole), 1), PIECE_CHARACTERS):
        call("feed-text", input, whole[start : start + PIECE_CHARACTERS])


def main() -> None:
    if sys.version_info < (3, 10):
        unavailable("Python 3.10 or later is needed")
    in_its_venv()
    if not COMPONENT.exists():
        unavailable("the component is not there: run `make sdk`")
    from importlib.metadata import version

    host = sys.argv[1]
    ask = {"component": component, "core": core}[host]()
    print(json.dumps({"host": f"python-{host}", "engine": f"wasmtime {version('wasmtime')}"}), flush=True)
    for line in sys.stdin:
        question = json.loads(line)
        ok, answer = ask(question)
        print(json.dumps({"id": question["id"], "ok": ok, "answer": answer}), flush=True)


main()
