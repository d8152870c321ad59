"""What an analyst receives: within the budget, shared fairly, every cut counted."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gatepost.dossier import Dossier
from gatepost.model import Evidence, EvidenceKind, Signal
from gatepost.safety import redact

SIGNAL = Signal(kind="ci-failure", subject="x", url="", at=datetime(2026, 11, 20, tzinfo=UTC))


def evidence(name: str, *, lines: int, text: str = "0123456789") -> Evidence:
    return Evidence(
        name=name,
        kind=EvidenceKind.LOG,
        body=redact("\n".join([text] * lines)),
        source="",
        line_numbers=tuple(range(1, lines + 1)),
    )


def test_what_fits_is_left_whole():
    item = evidence("a", lines=3)

    assert Dossier.pack(SIGNAL, [item], budget_bytes=32).evidence == (item,)


def test_a_large_piece_does_not_crowd_out_a_small_one():
    large, small = evidence("large", lines=1000), evidence("small", lines=5)

    packed = Dossier.pack(SIGNAL, [large, small], budget_bytes=500).evidence

    assert packed[1] == small
    assert packed[0].body.count("\n") > 30


@pytest.mark.parametrize("budget", [0, 1, 9, 10, 11, 21, 22, 23, 500])
def test_the_budget_holds_and_every_cut_line_is_counted(budget):
    (packed,) = Dossier.pack(SIGNAL, [evidence("a", lines=40)], budget_bytes=budget).evidence

    kept = packed.body.count("\n") + 1 if packed.body else 0
    assert len(packed.body.encode()) <= budget
    assert kept + packed.dropped_lines == 40
    assert len(packed.line_numbers) == kept


def test_bytes_are_counted_and_not_characters():
    (packed,) = Dossier.pack(SIGNAL, [evidence("a", lines=10, text="é" * 10)], budget_bytes=50).evidence

    assert packed.dropped_lines == 8


def test_nothing_can_be_put_in_that_is_not_redacted():
    raw = Evidence(name="a", kind=EvidenceKind.LOG, body="password", source="")

    with pytest.raises(TypeError, match="not Redacted"):
        Dossier(signal=SIGNAL, evidence=(raw,), budget_bytes=100)


def test_nothing_can_be_put_in_beyond_the_budget():
    with pytest.raises(ValueError, match="over the budget"):
        Dossier(signal=SIGNAL, evidence=(evidence("a", lines=10),), budget_bytes=10)
