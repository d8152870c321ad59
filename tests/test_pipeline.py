"""The corridor: what fails on the way costs a line, never the answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from gatepost.dossier import Dossier
from gatepost.errors import ConfigError, GatepostError, UpstreamError
from gatepost.model import Analysis, Cause, Evidence, EvidenceKind, FailureType, Post, Signal
from gatepost.pipeline import explain, gather, publish
from gatepost.safety import redact, sanitise

SIGNAL = Signal(kind="ci-failure", subject="x", url="", at=datetime(2026, 11, 20, tzinfo=UTC))


def evidence(name: str) -> Evidence:
    return Evidence(name=name, kind=EvidenceKind.LOG, body=redact(name), source="")


@dataclass
class Gives:
    """Collects one piece, or raises."""

    name: str
    error: GatepostError | None = None
    wait: Callable[[], object] = lambda: None

    def collect(self) -> Iterable[Evidence]:
        self.wait()
        if self.error:
            raise self.error
        yield evidence(self.name)


@dataclass
class Follows:
    """Says what it was given."""

    name: str

    def follow(self, evidence_: Sequence[Evidence]) -> Iterable[Evidence]:
        yield evidence(f"{self.name} after {' '.join(e.name for e in evidence_)}")


@dataclass
class Says:
    """Explains as it was told, or raises."""

    author: str
    error: GatepostError | None = None

    def analyse(self, dossier: Dossier) -> Analysis:
        if self.error:
            raise self.error
        cause = Cause(
            failure=FailureType.TEST,
            title=" ".join(e.name for e in dossier.evidence),
            why="",
            fix="",
            subjects=(),
        )
        return Analysis(causes=(cause,), author=self.author)


def told(model: Says | None) -> Analysis:
    return explain(
        SIGNAL, collectors=[Gives("a")], rules=Says("rules"), model=model, budget_bytes=100
    ).analysis


def test_collectors_run_side_by_side_and_keep_their_order():
    both = threading.Barrier(2, timeout=10)

    found = gather([Gives("a", wait=both.wait), Gives("b", wait=both.wait)])

    assert [e.name for e in found] == ["a", "b"]


def test_followers_see_all_that_came_before_their_group():
    found = gather([Gives("a")], [[Follows("f"), Follows("g")], [Follows("h")]])

    assert [e.name for e in found[1:]] == ["f after a", "g after a", "h after a f after a g after a"]


@pytest.mark.parametrize(
    "error", [UpstreamError("GitHub slept", fix="wait"), ConfigError("no token", fix="set it")]
)
def test_a_collector_that_fails_costs_a_line(error):
    first, second = gather([Gives("a", error=error), Gives("b")])

    assert (first.name, first.note) == ("a", f"a could not be read: {error.what}")
    assert second.body == "b"


def test_a_secret_in_an_error_does_not_get_out():
    token = "ghp_" + "a1B2" * 9

    (found,) = gather([Gives("a", error=UpstreamError(f"no {token}", fix="x"))])

    assert token not in found.note


def test_the_model_speaks_when_it_can():
    assert told(Says("gemini")).author == "gemini"


def test_without_a_model_the_rules_speak():
    assert told(None).author == "rules"


def test_a_model_that_fails_costs_a_note():
    analysis = told(Says("gemini", error=UpstreamError("the quota is used up", fix="wait")))

    assert analysis.author == "rules"
    assert analysis.notes == ("Without a model: the quota is used up.",)


@dataclass
class Writes:
    """A place to post to."""

    name: str
    error: GatepostError | None = None

    def publish(self, post: Post) -> str:
        if self.error:
            raise self.error
        return f"https://example.com/{self.name}"


def test_one_place_that_fails_does_not_keep_a_post_from_the_others():
    post = Post(key="k", title="t", body=sanitise("x", repository="o/r"))

    broken, good = publish(post, [Writes("a", error=UpstreamError("no", fix="x")), Writes("b")])

    assert "no" in broken.problem
    assert good.url == "https://example.com/b"
