"""However many jobs failed, each reason is told once."""

from __future__ import annotations

from gatepost.analysis.rules import Rules
from gatepost.model import FailureType
from tests.analysis.making import dossier, log_of


def test_a_matrix_of_256_jobs_with_one_reason_is_one_cause() -> None:
    jobs = [
        log_of(f"test (3.{n})", f"FAILED tests/t.py::test_x - assert {n}\n1 failed in {n}.0s")
        for n in range(256)
    ]

    [cause] = Rules().analyse(dossier(jobs)).causes

    assert len(cause.subjects) == 256
    assert len(cause.cites) == 256
    assert len(cause.quotes) == 1


def test_different_reasons_stay_apart_with_the_widest_first() -> None:
    analysis = Rules().analyse(
        dossier(
            [
                log_of("odd", "nobody knows"),
                log_of("lint", "a.py:1:1: F401 unused"),
                log_of("test (1)", "FAILED t.py::test_x - no"),
                log_of("test (2)", "FAILED t.py::test_x - no"),
            ]
        )
    )

    assert [c.failure for c in analysis.causes] == [FailureType.TEST, FailureType.LINT, FailureType.UNKNOWN]


def test_jobs_whose_logs_were_merged_still_count() -> None:
    [cause] = Rules().analyse(dossier([log_of("a", "FAILED t.py::test_x - no", alike=("b", "c"))])).causes

    assert cause.subjects == ("a", "b", "c")
