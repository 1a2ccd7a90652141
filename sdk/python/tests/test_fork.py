"""Processes that fork, as servers and task queues do: before the first run, after it, and while a thread compiles."""

from __future__ import annotations

import multiprocessing
import threading
import unittest
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, wait
from typing import Any
from unittest import mock

import skubill
from cases import MONTH
from skubill import sandbox

REPORT, PRICES = MONTH / "report.csv", MONTH / "prices.json"

SECONDS = 120
"""For a child: a compilation takes two of them, on a busy machine some more."""

CAN_FORK = "fork" in multiprocessing.get_all_start_methods()


def total(biller: skubill.Biller) -> str:
    return str(biller.bill(REPORT, PRICES).outcome.total)


def fresh_total(fuel: int | None) -> str:
    """By an engine of one's own, which has to compile."""
    return total(skubill.Biller(skubill.Bounds(fuel=fuel), cache=False))


@unittest.skipUnless(CAN_FORK, "processes do not fork here")
class Fork(unittest.TestCase):
    def forked(self, target: Callable[[], str]) -> str:
        """What a forked child answers. One that hangs is ended, and is a failure."""
        context = multiprocessing.get_context("fork")
        answers: Any = context.SimpleQueue()
        child = context.Process(target=lambda: answers.put(target()))
        child.start()
        child.join(SECONDS)
        hangs = child.is_alive()
        if hangs:
            child.kill()
            child.join()
        self.assertFalse(hangs, "the child hangs")
        self.assertEqual(child.exitcode, 0)
        return str(answers.get())

    def test_a_child_compiles_after_its_parent_has(self) -> None:
        for fuel in (sandbox.FUEL, None):
            with self.subTest(fuel=fuel):
                expected = fresh_total(fuel)
                self.assertEqual(self.forked(lambda: fresh_total(fuel)), expected)

    def test_a_child_uses_what_its_parent_has_compiled(self) -> None:
        biller = skubill.Biller(cache=False)
        expected = total(biller)
        self.assertEqual(self.forked(lambda: total(biller)), expected)
        self.assertEqual(self.forked(lambda: total(skubill.Biller())), expected)

    def test_a_child_of_a_parent_that_is_compiling(self) -> None:
        biller = skubill.Biller(cache=False)
        inside, go_on = threading.Event(), threading.Event()

        def slow(*arguments: Any) -> bytes:
            inside.set()
            go_on.wait(SECONDS)
            return load(*arguments)

        load = sandbox.load
        with mock.patch.object(sandbox, "load", slow):
            thread = threading.Thread(target=total, args=(biller,))
            thread.start()
            self.assertTrue(inside.wait(SECONDS))

            def child() -> str:
                go_on.set()
                return total(biller)

            answer = self.forked(child)
            go_on.set()
            thread.join(SECONDS)
        self.assertEqual(answer, total(biller))


class Servers(unittest.TestCase):
    def test_threads_beside_a_server_of_processes(self) -> None:
        """As many methods as there are to start a process, with threads that bill at the same time."""
        biller = skubill.Biller()
        expected = total(biller)
        for method in multiprocessing.get_all_start_methods():
            with self.subTest(method):
                context = multiprocessing.get_context(method)
                with ThreadPoolExecutor(4) as threads, ProcessPoolExecutor(2, mp_context=context) as processes:
                    beside = [threads.submit(total, biller) for _ in range(8)]
                    answers = [processes.submit(fresh_total, fuel) for fuel in (sandbox.FUEL, None, sandbox.FUEL, None)]
                    done, hang = wait([*beside, *answers], SECONDS)
                    if hang:
                        # Else they are waited for at the end of the block.
                        for process in multiprocessing.active_children():
                            process.kill()
                    self.assertEqual(hang, set(), "they hang")
                    self.assertEqual({answer.result() for answer in done}, {expected})


if __name__ == "__main__":
    unittest.main()
