"""What a model says holds as far as the evidence bears it out, and no further."""

from __future__ import annotations

import pytest

from gatepost.analysis.answer import AnsweredCause, AnsweredQuote
from gatepost.analysis.citations import dropped, merge
from gatepost.model import Cause, FailureType
from tests.analysis.making import log_of

LOG = log_of(
    "test", "E   assert 401 == 200\nFAILED t.py::test_login - assert 401 == 200", line_numbers=(7, 9)
)
RULED = Cause(
    failure=FailureType.TEST,
    title="test_login failed",
    why="",
    fix="look",
    subjects=("test",),
    cites=("log:test",),
    fingerprint="ab",
)


def told(**fields: object) -> AnsweredCause:
    known: dict[str, object] = {
        "cause": 1,
        "failure_type": "build",
        "title": "The login is refused",
        "why": "The token expired.",
        "fix": "Renew it.",
        "details": [],
        "cites": ["log:test"],
        "quotes": [],
        "confidence": 0.7,
    }
    return AnsweredCause.model_validate({**known, **fields})


def test_the_rules_type_stands() -> None:
    cause = merge(RULED, told(), evidence=[LOG])

    assert cause.failure is FailureType.TEST
    assert cause.title == "The login is refused"
    assert cause.supported
    assert cause.fingerprint == "ab"


def test_an_unknown_type_is_refined_only_with_a_quote_that_is_there() -> None:
    unknown = Cause(failure=FailureType.UNKNOWN, title="?", why="", fix="", subjects=())
    real = {"evidence": "log:test", "line": "9| FAILED t.py::test_login - assert 401 == 200"}
    made_up = {"evidence": "log:test", "line": "error: the compiler crashed"}

    assert merge(unknown, told(quotes=[real]), evidence=[LOG]).failure is FailureType.BUILD
    assert merge(unknown, told(quotes=[made_up]), evidence=[LOG]).failure is FailureType.UNKNOWN


def test_a_quote_is_the_evidence_s_own_line_with_its_number() -> None:
    quoted = told(quotes=[{"evidence": "log:test", "line": "assert   401 == 200"}])

    [quote] = merge(RULED, quoted, evidence=[LOG]).quotes

    assert quote.text == "E   assert 401 == 200"
    assert quote.line_numbers == (7,)


@pytest.mark.parametrize(
    "quote",
    [
        {"evidence": "log:other", "line": "E   assert 401 == 200"},
        {"evidence": "log:test", "line": "E   assert 500 == 200"},
        {"evidence": "log:test", "line": "E"},
        {"evidence": "log:test", "line": ""},
    ],
    ids=["no such evidence", "no such line", "too short to tell", "empty"],
)
def test_a_quote_that_is_not_in_the_evidence_is_dropped_and_counted(quote: dict[str, str]) -> None:
    answered = told(quotes=[AnsweredQuote.model_validate(quote)])

    assert merge(RULED, answered, evidence=[LOG]).quotes == ()
    assert dropped([answered], evidence=[LOG]) == 1


def test_without_a_citation_the_words_are_unsupported_and_the_rules_title_stays() -> None:
    cause = merge(RULED, told(cites=["log:invented"]), evidence=[LOG])

    assert not cause.supported
    assert cause.title == RULED.title
    assert cause.why == "The token expired."


def test_a_secret_in_an_answer_is_blanked() -> None:
    token = "ghp_" + "a1B2" * 9

    assert token not in merge(RULED, told(why=f"It used {token}."), evidence=[LOG]).why
