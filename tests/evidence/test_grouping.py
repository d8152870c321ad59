"""Which failures are the same one."""

from __future__ import annotations

import pytest

from gatepost.evidence.grouping import group_alike
from gatepost.model import Evidence, EvidenceKind
from gatepost.safety import redact


def log(subject: str, body: str) -> Evidence:
    return Evidence(
        name=f"log:{subject}", kind=EvidenceKind.LOG, body=redact(body), source="", subject=subject
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1 failed in 0.05s", "1 failed in 12.31s"),
        ("Killed process 4711 after 3,021 ms", "Killed process 12 after 871 ms"),
        ("object at 0x7f3a2b1c", "object at 0x55d0a1"),
        ("checkout of 3f2a9c1d failed", "checkout of 9b8e7d6c failed"),
        ("id 123e4567-e89b-12d3-a456-426614174000", "id 00000000-aaaa-bbbb-cccc-426614174abc"),
        ("error in /opt/py/3.11/lib/x.py", "error in /opt/py/3.12/lib/x.py"),
        ("Python 3.11.9 cannot", "Python 3.12.1 cannot"),
        ("a\nb", "b\na"),
    ],
)
def test_what_a_matrix_varies_makes_no_second_failure(one, other):
    (found,) = group_alike([log("a", one), log("b", other)])

    assert (found.subject, found.alike) == ("a", ("b",))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("FAILED test_case_1", "FAILED test_case_2"),
        ("KeyError: 'x'", "KeyError: 'y'"),
        ("error in src/a.py", "error in src/b.py"),
        ("a", "a\nb"),
    ],
)
def test_what_names_something_else_is_another_failure(one, other):
    assert len(group_alike([log("a", one), log("b", other)])) == 2


def test_logs_that_say_nothing_are_grouped_by_why():
    unread = [
        Evidence(name=name, kind=EvidenceKind.LOG, body=redact(""), source="", note=note, subject=name)
        for name, note in (("a", "job 7: gone"), ("b", "job 9: gone"), ("c", ""), ("d", ""))
    ]

    assert [e.subject for e in group_alike(unread)] == ["a", "c", "d"]
