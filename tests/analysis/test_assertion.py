"""A failing test is told by what it said, not by what pytest's summary left of it."""

from __future__ import annotations

import pytest

from gatepost.analysis.rules import Rules
from gatepost.model import Cause, Facts, Place
from tests.analysis.making import dossier, log_of

LONG = """\
____________________________ test_total ____________________________
    def test_total():
>       assert total(cart) == 42, "the discount is applied twice"
E       AssertionError: the discount is applied twice
E       assert 38 == 42
E        +  where 38 = total([20, 22])
E       assert something further
tests/test_cart.py:9: AssertionError
_________________________ TestStock.test_left[0] _________________________
    tests/test_stock.py:5:
E       KeyError: 'a shelf whose name nobody wrote down'
src/stock.py:31: KeyError
============================= warnings summary =============================
  /venv/site-packages/old.py:7: DeprecationWarning: gone soon
========================= short test summary info =========================
FAILED tests/test_cart.py::test_total - AssertionError: the disc...
FAILED tests/test_stock.py::TestStock::test_left[0] - KeyError: 'a sh...
"""


def told(text: str, **facts: object) -> Cause:
    [cause] = Rules().analyse(dossier([log_of("test", text, facts=Facts(**facts))])).causes  # type: ignore[arg-type]
    return cause


def test_a_title_says_what_the_summary_cut_off() -> None:
    cause = told(LONG)

    assert cause.title == "2 tests failed, first `test_total`: AssertionError: the discount is applied twice"
    assert cause.details == (
        "`tests/test_cart.py::test_total` AssertionError: the discount is applied twice",
        "`tests/test_stock.py::TestStock::test_left[0]` KeyError: 'a shelf whose name nobody wrote down'",
    )


def test_the_quote_holds_statement_message_and_place_and_no_warning() -> None:
    lines = told(LONG).quotes[0].text.split("\n")

    assert [line.strip() for line in lines[:5]] == [
        '>       assert total(cart) == 42, "the discount is applied twice"',
        "E       AssertionError: the discount is applied twice",
        "E       assert 38 == 42",
        "E        +  where 38 = total([20, 22])",
        "tests/test_cart.py:9: AssertionError",
    ]
    assert not any("Deprecation" in line for line in lines)
    assert len(lines) <= 12


def test_where_to_look_begins_where_the_error_was_raised() -> None:
    named = (Place(path="tests/test_stock.py", line=5), Place(path="tests/test_cart.py", line=9))

    assert told(LONG, places=named).places[0] == Place(path="tests/test_cart.py", line=9)


def test_the_words_of_another_test_are_not_borrowed() -> None:
    cause = told(
        "_____ test_a _____\nE   ValueError: the first of two\nFAILED t.py::test_b - ValueError: the sec...\n"
    )

    assert cause.title == "`test_b` failed: ValueError: the sec..."


def test_two_messages_that_begin_alike_are_not_guessed_between() -> None:
    cause = told(
        "E   ValueError: row 1 is empty\ntests/t.py:3: ValueError\nE   ValueError: row 2 is empty\n"
        "FAILED tests/t.py::test_rows - ValueError: row...\n"
    )

    assert cause.title == "`test_rows` failed: ValueError: row..."


@pytest.mark.parametrize("header", ["_ test_x _", "____ ERROR at setup of test_x ____"])
def test_a_summary_without_a_message_is_told_by_the_test_s_own_section(header: str) -> None:
    cause = told(
        f"{header}\nE   KeyError: 'id'\nDuring handling of the above exception:\nE   ValueError: no id\n"
        "FAILED tests/t.py::test_x\n"
    )

    assert cause.title == "`test_x` failed: ValueError: no id"


UNITTEST = """\
FAIL: test_total (tests.test_cart.TestCart.test_total)
Traceback (most recent call last):
  File "/builds/acme/shop/tests/test_cart.py", line 9, in test_total
    self.assertEqual(total(cart), 42)
AssertionError: 38 != 42
ERROR: test_load (tests.test_cart.TestCart.test_load)
Traceback (most recent call last):
  File "/builds/acme/shop/src/cart.py", line 3, in load
KeyError: 'id'
The above exception was the direct cause of the following exception:
ValueError: no id
Ran 2 tests in 0.002s
FAILED (failures=1, errors=1)
"""


def test_unittest_s_headline_is_told_with_what_stands_below_it() -> None:
    cause = told(
        UNITTEST, places=(Place(path="src/cart.py", line=3), Place(path="tests/test_cart.py", line=9))
    )

    assert (
        cause.title
        == "2 tests failed, first `test_total` (tests.test_cart.TestCart): AssertionError: 38 != 42"
    )
    assert cause.details[1] == "`tests.test_cart.TestCart.test_load` ValueError: no id"
    assert cause.places[0] == Place(path="tests/test_cart.py", line=9)
    assert "AssertionError: 38 != 42" in cause.quotes[0].text


def test_a_unittest_headline_alone_borrows_no_message() -> None:
    cause = told("FAIL: test_a (t.T)\nERROR: test_b (t.T)\nKeyError: 'id'\nRan 2 tests in 0.1s\n")

    assert cause.details == ("`t.T.test_a`", "`t.T.test_b` KeyError: 'id'")


def test_a_failure_keeps_its_identity_however_much_of_it_was_printed() -> None:
    short = "\n".join(line for line in LONG.split("\n") if line.startswith("FAILED"))

    assert told(LONG).fingerprint == told(short).fingerprint
