"""A fingerprint is the same failure's in another run, and another failure's never."""

from __future__ import annotations

import pytest

from gatepost.analysis.fingerprint import fingerprint, stable
from gatepost.analysis.rules import Rules
from tests.analysis.making import dossier, log_of

SAME = [
    ("took 3.21s on 2026-11-20T10:00:00Z", "took 99.8s on 2027-01-02T03:04:05Z"),
    ("object at 0x7f3a2c is gone", "object at 0xdeadbeef is gone"),
    ("at commit 0123abcd4567", "at commit 89ef0123abcd"),
    ("/home/runner/work/a/a/src/x.py broke", "/builds/team/a/src/x.py broke"),
    ("/opt/python3.11/site.py broke", "/opt/python3.12/site.py broke"),
    ("lib built for py311 on ubuntu-22.04", "lib built for py312 on windows-2025"),
    ("line 12 of 40", "line 99 of 38"),
]


@pytest.mark.parametrize(("one", "other"), SAME, ids=[one for one, _ in SAME])
def test_what_differs_between_runs_does_not_count(one: str, other: str) -> None:
    assert stable(one) == stable(other)


@pytest.mark.parametrize(
    ("one", "other"), [("test_1 broke", "test_2 broke"), ("KeyError: 'a'", "KeyError: 'b'"), ("a.py", "b.py")]
)
def test_what_names_the_failure_counts(one: str, other: str) -> None:
    assert stable(one) != stable(other)


def test_it_is_hex_and_knows_no_order() -> None:
    first = fingerprint("test/x", ["b", "a"])

    assert first == fingerprint("test/x", ["a", "b", "a"])
    assert int(first, 16) >= 0
    assert len(first) == 16


def print_of(text: str) -> str:
    [cause] = Rules().analyse(dossier([log_of("job", text)])).causes
    return cause.fingerprint


@pytest.mark.parametrize(
    "template",
    [
        "{root}src/app.py:{n}:1: F401 'os' imported but unused",
        "FAILED tests/test_a.py::test_x - assert 1 == 2\n====== 1 failed in {n}.1s ======",
        "{root}src/main.c:{n}:5: error: expected ';' before 'return'",
        "something no rule knows, attempt {n} in {root}tool.sh",
    ],
    ids=["lint", "test", "build", "unknown"],
)
def test_line_drift_and_folders_leave_a_cause_the_same(template: str) -> None:
    one = print_of(template.format(root="/home/runner/work/shop/shop/", n=12))

    assert one == print_of(template.format(root="/builds/acme/shop/", n=345))


def test_another_test_or_another_rule_is_another_failure() -> None:
    texts = [
        "FAILED tests/test_a.py::test_x - assert 0",
        "FAILED tests/test_a.py::test_y - assert 0",
        "FAILED tests/test_b.py::test_x - assert 0",
        "tests/test_a.py:1:1: F401 unused",
        "tests/test_a.py:1:1: E501 too long",
        "no rule knows this",
        "no rule knows that",
    ]

    assert len({print_of(text) for text in texts}) == len(texts)
