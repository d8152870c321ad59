"""The answer as a person reads it in a terminal."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from gatepost.dossier import Dossier
from gatepost.model import Analysis, Cause, Evidence, EvidenceKind, FailureType, Place, Quote, Signal
from gatepost.posts.terminal import Terminal
from gatepost.safety import redact

AT = datetime(2026, 11, 20, tzinfo=UTC)
SIGNAL = Signal(kind="ci-failure", subject="build.log", url="", at=AT)


def log(**facts: object) -> Evidence:
    defaults = {"name": "log:test", "kind": EvidenceKind.LOG, "body": redact("a\nb"), "source": "build.log"}
    return Evidence(**(defaults | facts))


def cause(**facts: object) -> Cause:
    defaults = {
        "failure": FailureType.TEST,
        "title": "`test_scale` failed",
        "why": "",
        "fix": "Multiply.",
        "subjects": ("test",),
        "cites": ("log:test",),
    }
    return Cause(**(defaults | facts))


def render(*causes: Cause, evidence: tuple[Evidence, ...] = (), width: int = 80, colour: bool = False) -> str:
    dossier = Dossier(signal=SIGNAL, evidence=evidence or (log(),), budget_bytes=100_000)
    return Terminal(width=width, colour=colour).render(dossier, Analysis(causes=causes, author="rules"))


def test_cause_place_and_fix_come_before_the_proof_and_the_proof_before_what_was_cut():
    quote = Quote(evidence="log:test", text=redact("E assert 5 == 6"), line_numbers=(14,))

    text = render(
        cause(places=(Place(path="src/a.py", line=3),), quotes=(quote,)), evidence=(log(dropped_lines=1234),)
    )

    order = [
        "test_scale",
        "src/a.py:3",
        "Multiply.",
        "14 │ E assert 5 == 6",
        "1,234 more lines",
        "without a model",
    ]
    assert [text.index(part) for part in order] == sorted(text.index(part) for part in order)


def test_quoted_lines_stand_in_the_order_of_the_log_and_gaps_show():
    quote = Quote(evidence="log:test", text=redact("late\nearly\nnext"), line_numbers=(120, 7, 8))

    lines = render(cause(quotes=(quote,))).split("\n")

    at = lines.index("    7 │ early")
    assert lines[at : at + 4] == ["    7 │ early", "    8 │ next", "    ⋮", "  120 │ late"]


@pytest.mark.parametrize("width", [40, 80, 110])
def test_no_line_is_wider_than_the_terminal(width):
    long = "word " * 60
    quote = Quote(evidence="log:test", text=redact("x" * 900), line_numbers=(1,))
    text = render(
        cause(title=long, fix=long, why=long, quotes=(quote,)), evidence=(log(note=long),), width=width
    )

    assert max(len(line) for line in text.split("\n")) <= width


def test_nothing_in_the_evidence_commands_the_terminal():
    evil = "\x1b]0;title\x07\x1b[2J\u202eevil\r"
    quote = Quote(evidence=evil, text=redact(evil), line_numbers=(1,), url=evil)

    text = render(
        cause(title=evil, fix=evil, why=evil, subjects=(evil,), details=(evil,), quotes=(quote,)),
        evidence=(log(name=evil, note=evil),),
    )

    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202e]", text)


def test_colour_is_only_what_it_was_asked_to_be():
    assert "\x1b[1;31m" in render(cause(), colour=True)
    assert re.sub(r"\x1b\[[\d;]*m", "", render(cause(), colour=True)) == render(cause())


def test_a_claim_without_evidence_is_called_unsupported():
    assert "unsupported" in render(cause(cites=()))
    assert "unsupported" not in render(cause())


def test_a_job_without_a_log_is_not_proved_by_another_s():
    other = log(name="log:other", subject="other", body=redact("E assert 5 == 6"))
    gone = log(subject="test", body=redact(""), note="The log cannot be read: it expired.")

    text = render(cause(), cause(subjects=("other",), cites=()), evidence=(gone, other))

    assert text.count("E assert 5 == 6") == 1


def test_a_log_file_is_not_called_a_job():
    assert "jobs" not in render(cause(subjects=("build.log",)))
    assert "jobs" in render(cause())


def test_long_points_stay_within_the_width():
    text = render(cause(details=("a point that goes on " * 12,)), width=60)

    assert max(map(len, text.split("\n"))) <= 60


def test_a_matrix_names_a_few_jobs_and_counts_the_rest():
    text = render(cause(subjects=tuple(f"job {n}" for n in range(256))))

    assert "job 5 and 250 more" in " ".join(text.split())


def test_of_many_causes_the_first_are_explained_and_the_rest_named():
    causes = [cause(title=f"Failure number {n}") for n in range(60)]

    text = render(*causes)

    assert text.count("Multiply.") == 8
    assert "Failure number 20" in text
    assert "and 12 further ones" in text


def test_a_failure_met_before_is_said():
    before = log(name="history", kind=EvidenceKind.HISTORY, body=redact("It: met in 3 earlier runs"))

    assert "Met before\n  · It: met in 3 earlier runs" in render(cause(), evidence=(log(), before))
