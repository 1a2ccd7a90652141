"""What this package does beside asking: inputs, bounds, errors, threads, its own module."""

from __future__ import annotations

import gzip
import io
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError
from decimal import Decimal
from fractions import Fraction
from importlib.metadata import requires
from pathlib import Path
from typing import Any
from unittest import mock

import large
import skubill
from cases import CASES, MONTH
from skubill import outcome, sandbox
from skubill.sandbox import MODULE, load

FUEL_A_ROW = 28_000
"""Reading it, and its share of 10,000 lines, their postings and the answer."""

REPORT, PRICES, CUSTOMERS = (MONTH / name for name in ("report.csv", "prices.json", "customers.json"))


class Inputs(unittest.TestCase):
    def test_an_input_means_the_same_however_it_is_given(self) -> None:
        contents = REPORT.read_bytes()
        expected = skubill.bill(REPORT, PRICES, CUSTOMERS)
        self.assertEqual(expected.outcome.total, Decimal("61.06"))
        with REPORT.open("rb") as binary, REPORT.open(encoding="utf-8", newline="") as text:
            for given in (
                contents,
                bytearray(contents),
                memoryview(contents),
                contents.decode(),
                binary,
                text,
                io.BytesIO(gzip.compress(contents)),
                gzip.compress(contents),
                (contents[at : at + 1] for at in range(len(contents))),
            ):
                with self.subTest(type(given).__name__):
                    self.assertEqual(skubill.bill(given, PRICES.read_text(encoding="utf-8"), CUSTOMERS.read_bytes()), expected)

    def test_a_report_is_read_in_pieces_and_its_file_left_open(self) -> None:
        class File(io.BytesIO):
            largest = 0

            def read(self, size: int | None = -1, /) -> bytes:
                self.largest = max(self.largest, size if size is not None and size >= 0 else 1 << 60)
                return super().read(size)

        lines = REPORT.read_bytes().splitlines(keepends=True)
        file = File(lines[0] + lines[2] * 40_000)
        billed = skubill.bill(file, PRICES)
        self.assertEqual(billed.outcome.accounting.rows, 40_000)
        self.assertLessEqual(file.largest, 1 << 20)
        self.assertFalse(file.closed)

    def test_an_empty_customers_file_is_there(self) -> None:
        with self.assertRaises(skubill.FaultsError) as raised:
            skubill.bill(REPORT, PRICES, b"")
        self.assertEqual(raised.exception.faults[0].input, "customers")

    def test_a_report_that_cannot_be_read_says_so_itself(self) -> None:
        with self.assertRaises(FileNotFoundError):
            skubill.bill(Path("no-such-file.csv"), PRICES)


class Answers(unittest.TestCase):
    def test_amounts_are_decimals_with_their_places(self) -> None:
        bill = skubill.bill(REPORT, PRICES).outcome.bills[0]
        self.assertIsInstance(bill.total, Decimal)
        self.assertEqual(str(bill.total), "31.50")
        with self.assertRaises(TypeError):
            bill.total + 0.1  # type: ignore[operator]
        with self.assertRaises(FrozenInstanceError):
            bill.total = Decimal(0)  # type: ignore[misc]

    def test_money_is_never_a_float(self) -> None:
        posting = skubill.bill(REPORT, PRICES, CUSTOMERS).outcome.postings[0]
        line = skubill.HeldLine("Storage", "STO", 12.0, "EUR", "2021-08-01", "2021-08-31")  # type: ignore[arg-type]
        with self.assertRaisesRegex(TypeError, "12.0 is a float"):
            skubill.compare(posting, [line], period="2021-08", currency="EUR")

    def test_a_decimal_is_written_without_an_exponent(self) -> None:
        category = skubill.PostingCategory("A", Decimal(0), (skubill.PostingCharge("S", "S", Decimal("0E-12")),))
        compared = skubill.compare([category], period="2021-08", currency="EUR")
        self.assertEqual(compared.differences[0].posting, "0.000000000000")

    def test_whom_a_customers_file_maps(self) -> None:
        text = "tenant_id,enterprise,enterprise_name,factor,exclude\nt-2,7,Two,,\nt-1,9,,1.5,\nt-3,,,,true\n"
        listing = skubill.customers(text)
        self.assertEqual(listing.customers, (skubill.CustomerMapping("t-1", 9, None), skubill.CustomerMapping("t-2", 7, "Two")))
        self.assertEqual(listing.excluded, ("t-3",))
        for wrong in (text.replace("7", "seven"), b"\xff"):
            with self.assertRaises(skubill.FaultsError):
                skubill.customers(wrong)

    def test_every_line_is_explained_to_its_amount(self) -> None:
        outcome = skubill.bill(REPORT, PRICES, CUSTOMERS, period="2021-08").outcome
        lines = [(bill.tenant_id, charge) for bill in outcome.bills for category in bill.categories for charge in category.usages]
        self.assertGreater(len(lines), 1)
        for tenant_id, charge in lines:
            with self.subTest(tenant_id, sku=charge.usage_type):
                told = skubill.explain(REPORT, PRICES, CUSTOMERS, tenant_id=tenant_id, sku=charge.usage_type, period="2021-08")
                assert told.line is not None
                self.assertEqual((told.line.amount, told.line.quantity), (charge.price, charge.quantity))
                self.assertEqual(told.line.steps[-1].result, str(charge.price))
                self.assertEqual(tuple(row.row for row in told.rows if row.outcome == "billed"), charge.rows)
                self.assertEqual(sum((row.value for row in told.rows), Decimal(0)), Decimal(told.line.steps[0].result))

    def test_what_has_no_end_is_a_fraction(self) -> None:
        folder = CASES / "explain" / "hours-that-have-no-end"
        told = skubill.explain(folder / "report.csv", folder / "prices.json", tenant_id="t-acme", sku="CPU", period="2021-08")
        assert told.line is not None
        self.assertEqual([Fraction(step.result) for step in told.line.steps][:2], [Fraction(5000), Fraction(5000, 3600)])

    def test_nobody_is_explained(self) -> None:
        told = skubill.explain(REPORT, PRICES, tenant_id="nobody", sku="none")
        self.assertEqual((told.rows, told.line), ((), None))
        with self.assertRaisesRegex(skubill.JobError, "tenant_id"):
            skubill.explain(REPORT, PRICES, tenant_id="", sku="none")

    def test_what_it_is(self) -> None:
        description = skubill.describe()
        self.assertEqual(description.version, skubill.__version__)
        self.assertEqual(description.limits["rows"], 10_000_000)


class Errors(unittest.TestCase):
    def test_all_faults_are_listed(self) -> None:
        report = REPORT.read_text(encoding="utf-8").replace(",5000,", ",5.000,,", 1).replace(",3,", ",three,")
        with self.assertRaises(skubill.FaultsError) as raised:
            skubill.bill(report, "{", CUSTOMERS)
        error = raised.exception
        self.assertEqual({fault.input for fault in error.faults}, {"report", "prices"})
        self.assertEqual(error.fault_count, len(error.faults))
        self.assertIn("found three; expected a decimal such as 1.5", str(error))
        self.assertIsInstance(error, skubill.SkubillError)

    def test_limits(self) -> None:
        with self.assertRaisesRegex(skubill.FaultsError, "limit rows"):
            skubill.bill(REPORT, PRICES, limits={"rows": 4})
        with self.assertRaises(TypeError):
            skubill.bill(REPORT, PRICES, accept="unpriced-sku")
        self.assertEqual(sorted(skubill.describe().limits), sorted(outcome.LIMITS))

    def test_what_nobody_knows_is_refused_in_every_call(self) -> None:
        """A dropped option is a wrong bill: a tenant that was to be left out is billed."""
        calls: dict[str, dict[str, Any]] = {
            "bill": {"report": REPORT, "prices": PRICES},
            "usage": {"report": REPORT},
            "record": {"report": REPORT, "prices": PRICES, "customers": CUSTOMERS, "day": "2021-08-31"},
            "explain": {"report": REPORT, "prices": PRICES, "tenant_id": "t-acme", "sku": "STO"},
            "check": {"prices": PRICES},
            "customers": {"customers": CUSTOMERS},
            "estimate": {"costs": "date,price\n2021-08-01,1\n"},
            "compare": {"posting": [], "period": "2021-08", "currency": "EUR"},
        }
        for name, arguments in calls.items():
            call = getattr(skubill, name)
            call(**arguments)
            for wrong in ("perod", "exlude_tenants", "customer", "limit", "Period"):
                with self.subTest(name, wrong=wrong), self.assertRaisesRegex(TypeError, f"{name}.. has no argument '{wrong}'"):
                    call(**arguments, **{wrong: "x"})
            if name != "compare":
                with self.subTest(name), self.assertRaisesRegex(skubill.JobError, "no 'rowz'; did you mean 'rows'"):
                    call(**arguments, limits={"rowz": 4})
        misspelt: list[tuple[Any, str, str]] = [
            (skubill.bill, "exlude_tenants", "exclude_tenants"),
            (skubill.bill, "customer", "customers"),
            (skubill.bill, "perod", "period"),
            (skubill.Biller, "bound", "bounds"),
        ]
        for call, wrong, near in misspelt:
            with self.subTest(wrong), self.assertRaisesRegex(TypeError, f"did you mean '{near}'"):
                call(**{wrong: None})
        for limits in ([("rows", 4)], "rows", 4):
            with self.assertRaises(TypeError):
                skubill.bill(REPORT, PRICES, limits=limits)  # type: ignore[arg-type]
        with self.assertRaises(TypeError):
            skubill.Bounds(feul=1)  # type: ignore[call-arg]
        with self.assertRaises(TypeError):
            skubill.compare([], [{"category": "S"}], period="2021-08", currency="EUR")  # type: ignore[list-item]


class Sandbox(unittest.TestCase):
    def test_bounds(self) -> None:
        for bounds, bound in ((skubill.Bounds(fuel=10_000), "fuel"), (skubill.Bounds(memory_bytes=1 << 16), "memory_bytes")):
            with self.subTest(bound), self.assertRaises(skubill.BoundError) as raised:
                skubill.Biller(bounds).bill(REPORT, PRICES)
            self.assertEqual(raised.exception.bound, bound)

    def test_memory_that_is_needed_later_is_bounded_too(self) -> None:
        lines = REPORT.read_bytes().splitlines(keepends=True)
        report = lines[0] + b"".join(lines[2].replace(b"t-acme", b"t-%d" % tenant) for tenant in range(20_000))
        self.assertEqual(len(skubill.bill(report, PRICES).outcome.bills), 20_000)
        with self.assertRaises(skubill.BoundError) as raised:
            skubill.Biller(skubill.Bounds(memory_bytes=4 << 20)).bill(report, PRICES)
        self.assertEqual(raised.exception.bound, "memory_bytes")

    def test_what_fifty_thousand_rows_take(self) -> None:
        """In fuel and in calls, which are the same on every machine; times are in `docs/hosts/python.md`."""
        text, (prices, customers) = large.report(), large.books()
        rows = large.TENANTS * large.ROWS

        def billed(fuel_a_row: int) -> skubill.Billed:
            return skubill.Biller(skubill.Bounds(fuel=fuel_a_row * rows)).bill(text, prices, customers, period="2021-08")

        with mock.patch.object(sandbox._Run, "_call", autospec=True, side_effect=sandbox._Run._call) as call:
            self.assertEqual(billed(FUEL_A_ROW).outcome.accounting.billed, rows)
        pieces = 2 + -(-len(text) // sandbox.PIECE_BYTES)
        self.assertEqual(sum(made.args[1] == "feed" for made in call.call_args_list), pieces)
        self.assertLess(call.call_count, pieces + 20)
        # As much as it says, and not much less.
        with self.assertRaises(skubill.BoundError) as raised:
            billed(FUEL_A_ROW * 3 // 4)
        self.assertEqual(raised.exception.bound, "fuel")

    def test_no_bound_on_work(self) -> None:
        biller = skubill.Biller(skubill.Bounds(fuel=None), cache=False)
        self.assertEqual(biller.bill(REPORT, PRICES), skubill.bill(REPORT, PRICES))

    def test_threads_share_an_engine_and_nothing_else(self) -> None:
        biller = skubill.Biller()
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: biller.bill(REPORT, PRICES, CUSTOMERS).json, range(40)))
        self.assertEqual(set(answers), {skubill.bill(REPORT, PRICES, CUSTOMERS).json})

    def test_another_module_is_not_loaded(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            other = Path(folder) / "skubill.wasm"
            other.write_bytes(MODULE.read_bytes() + b"\0")
            with self.assertRaisesRegex(skubill.DefectError, "is not the file that this package was made with"):
                load(other, skubill.SHA256)

    def test_it_depends_on_wasmtime_alone(self) -> None:
        self.assertEqual([need.split(">")[0].split("<")[0] for need in requires("skubill") or ()], ["wasmtime"])


if __name__ == "__main__":
    unittest.main()
