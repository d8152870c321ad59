"""Where to look is in the repository."""

from __future__ import annotations

from dataclasses import replace

from gatepost.analysis.rules import Rules
from gatepost.model import EvidenceKind, Facts, Place
from tests.analysis.making import dossier, log_of

NAMED = (
    Place(path="vendor.py", line=3),
    Place(path="cart.py", line=14),
    Place(path="build/lib/src/stock.py", line=2),
)


def where(*files: str) -> tuple[Place, ...]:
    log = log_of("test", "FAILED tests/t.py::test_x - ValueError", facts=Facts(places=NAMED))
    sources = [
        replace(log_of(f, "x = 1"), name=f"source:{f}", kind=EvidenceKind.SOURCE, subject=f, facts=None)
        for f in files
    ]
    [cause] = Rules().analyse(dossier([log, *sources])).causes
    return cause.places


def test_what_was_found_in_the_repository_is_named_as_the_repository_names_it() -> None:
    assert where("src/cart.py", "src/stock.py") == (
        Place(path="src/cart.py", line=14),
        Place(path="src/stock.py", line=2),
    )


def test_a_path_that_two_files_end_in_is_not_guessed() -> None:
    assert where("src/cart.py", "old/cart.py", "src/stock.py") == (Place(path="src/stock.py", line=2),)


def test_without_a_repository_the_log_is_taken_at_its_word() -> None:
    assert where() == NAMED
    assert where(".github/workflows/ci.yml") == NAMED
