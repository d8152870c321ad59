"""What a post remembers survives the way through GitHub, and nothing else passes for it."""

from __future__ import annotations

import base64
import zlib
from dataclasses import replace
from datetime import timedelta

import pytest

from gatepost.model import Cause, FailureType
from gatepost.report import marker
from gatepost.report.earlier import Earlier
from gatepost.report.marker import Marker, Seen
from tests.analysis.making import AT

NEW = Marker(key="ab12", run_id=0, attempt=0)


def explained(fingerprint: str, *, words: str = "Because.", days: int = 0) -> Earlier:
    cause = Cause(
        failure=FailureType.TEST, title="t", why=words, fix="f", subjects=(), fingerprint=fingerprint
    )
    return Earlier(cause=cause, author="m", at=AT - timedelta(days=days))


def test_it_arrives_as_it_left() -> None:
    sent = replace(NEW, earlier=(explained("aa"),)).after(run_id=7, attempt=2, fingerprints=("aa",), at=AT)

    assert marker.read(f"Some text\n\n{sent.line()}\n") == sent
    assert marker.without(f"Some text\n{sent.line()}") == "Some text"


def test_a_further_run_counts_up_and_a_further_attempt_does_not() -> None:
    first = NEW.after(run_id=7, attempt=1, fingerprints=("aa",), at=AT)
    again = first.after(run_id=7, attempt=2, fingerprints=("aa",), at=AT)
    later = again.after(run_id=8, attempt=1, fingerprints=("aa", "bb"), at=AT + timedelta(days=1))

    assert first.seen["aa"].count == again.seen["aa"].count == 1
    assert later.seen["aa"] == Seen(count=2, first=AT, last=AT + timedelta(days=1))
    assert later.seen["bb"].count == 1


def test_it_stays_small_by_forgetting_the_oldest_words() -> None:
    words = [base64.b64encode(bytes(range(n, n + 150))).decode() * 8 for n in range(20)]
    full = replace(NEW, earlier=tuple(explained(f"{n:02x}", words=w, days=n) for n, w in enumerate(words)))

    line = full.line()

    kept = marker.read(line)
    assert len(line.encode()) <= marker.MOST_BYTES
    assert kept is not None
    assert 0 < len(kept.earlier) <= 20
    assert kept.earlier[0].cause.fingerprint == "00"


def test_only_fresh_words_are_used_again_and_the_newest_win() -> None:
    old, new = explained("aa", words="old", days=5), explained("aa", words="new", days=1)
    stale = explained("bb", days=40)
    markers = (replace(NEW, earlier=(new, stale)), replace(NEW, earlier=(old,)))

    found = marker.fresh(markers, since=marker.window(AT, days=14))

    assert set(found) == {"aa"}
    assert found["aa"].cause.why == "new"


def packed(data: bytes) -> str:
    return f"<!-- gatepost v1 {base64.b64encode(zlib.compress(data)).decode()} -->"


@pytest.mark.parametrize(
    "line",
    [
        "",
        "<!-- gatepost v1 -->",
        "<!-- gatepost v1 !!!! -->",
        "<!-- gatepost v1 AAAA -->",
        "<!-- gatepost v2 AAAA -->",
        packed(b"[]"),
        packed(b'{"version":1,"key":"ab","run_id":1,"attempt":1,"run":"rm"}'),
        packed(b'{"version":1,"key":"-->","run_id":1,"attempt":1}'),
        packed(b" " * 5_000_000),
        packed(b'{"version":1,"key":"ab","run_id":1,"attempt":1}') + "\nmore text",
    ],
    ids=["none", "empty", "no base64", "no zlib", "version", "shape", "extra", "key", "bomb", "not last"],
)
def test_what_is_no_marker_of_ours_is_none(line: str) -> None:
    assert marker.read(f"text\n{line}") is None
