"""Sealed text cannot be made, forged or carried over by anyone but its own lock."""

import copy
import pickle

import pytest

from gatepost.safety import Redacted, SafeMarkdown, redact, sanitise

SEALED = [Redacted, SafeMarkdown]


@pytest.mark.parametrize("kind", SEALED)
def test_nobody_else_can_make_one(kind: type):
    with pytest.raises(TypeError):
        kind("text")
    with pytest.raises(TypeError, match=r"gatepost\.safety only"):
        kind("text", seal=object())


@pytest.mark.parametrize("kind", SEALED)
def test_nobody_else_can_extend_one(kind: type):
    with pytest.raises(TypeError, match="cannot extend"):
        type("Forged", (kind,), {})


def test_plain_operations_drop_the_seal():
    text = redact("a b")

    for plain in (
        text + "c",
        text.upper(),
        text[:1],
        text.replace("a", "b"),
        f"{text}",
        "".join([text, "c"]),
    ):
        assert type(plain) is str


def test_copies_are_the_object_itself_and_pickles_are_refused():
    text = redact("a\nb")

    assert copy.copy(text) is text
    assert copy.deepcopy({"k": [text]})["k"][0] is text
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError, match="cannot be pickled"):
            pickle.dumps(text, protocol)


def test_a_part_of_redacted_text_stays_sealed():
    text = redact("one\ntwo\nthree")

    assert text.head(3) == "one"
    assert text.pick([2, 0]) == "three\none"
    assert type(text.head(3)) is type(text.pick([])) is Redacted


def test_only_like_joins_like():
    assert type(Redacted.join_all([redact("a"), redact("b")])) is Redacted
    with pytest.raises(TypeError, match="takes Redacted parts only"):
        Redacted.join_all([redact("a"), "b"])  # type: ignore[list-item]
    with pytest.raises(TypeError, match="takes Redacted parts only"):
        Redacted.join_all([sanitise("a", repository="o/r")])  # type: ignore[list-item]
