from __future__ import annotations

import pytest
import yaml

from gatepost.errors import ConfigError, GatepostError, RefusedError
from gatepost.manifests.edit import replace

NEW = "a/b:2"


def edit(raw: str | bytes, *key: str | int, new: str | int = NEW, doc: int = 0) -> bytes:
    raw = raw.encode() if isinstance(raw, str) else raw
    return replace(raw, doc=doc, key=key, new=new, name="f.yaml")


def refusal(raw: str | bytes, *key: str | int, new: str | int = NEW, doc: int = 0) -> str:
    with pytest.raises(GatepostError) as error:
        edit(raw, *key, new=new, doc=doc)
    assert error.value.fix
    return error.value.what


@pytest.mark.parametrize(
    ("raw", "key", "expected"),
    [
        ("x: a/b:1 # why\n", ("x",), "x: a/b:2 # why\n"),
        ("x:   a/b:1   \ny: 1", ("x",), "x:   a/b:2   \ny: 1"),
        ("x: 'a/b:1'\n", ("x",), "x: 'a/b:2'\n"),
        ('x: "a/b:1"# odd\n', ("x",), 'x: "a/b:2"# odd\n'),
        ("x: &img a/b:1\ny: 2\n", ("x",), "x: &img a/b:2\ny: 2\n"),
        ("x: !!str a/b:1\n", ("x",), "x: !!str a/b:2\n"),
        ("x:\n  # above\n  a/b:1 # beside\n", ("x",), "x:\n  # above\n  a/b:2 # beside\n"),
        ("x: [{n: 1, i: a/b:1}, {i: 'c'}]\n", ("x", 0, "i"), "x: [{n: 1, i: a/b:2}, {i: 'c'}]\n"),
        ('{"x": {"i": "a/b:1"}}', ("x", "i"), '{"x": {"i": "a/b:2"}}'),
        ("? [a, b]\n: 1\nx: a/b:1\n", ("x",), "? [a, b]\n: 1\nx: a/b:2\n"),
        ("cm: |\n  x: a/b:1\nx: a/b:1\n", ("x",), "cm: |\n  x: a/b:1\nx: a/b:2\n"),
        ("on: a/b:1\n", ("on",), "on: a/b:2\n"),
        ("-   - a/b:1\n", (0, 0), "-   - a/b:2\n"),
        ("%YAML 1.1\n---\nx: a/b:1\n...\n", ("x",), "%YAML 1.1\n---\nx: a/b:2\n...\n"),
        ("m: &m {i: 1}\nx: {<<: *m, i: a/b:1}\n", ("x", "i"), "m: &m {i: 1}\nx: {<<: *m, i: a/b:2}\n"),
    ],
)
def test_only_the_value_changes(raw, key, expected):
    assert edit(raw, *key) == expected.encode()


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("x:\n", "x: a/b:2\n"),
        ("x:", "x: a/b:2"),
        ("x: # why\ny: 1\n", "x: a/b:2 # why\ny: 1\n"),
        ("x: ''\n", "x: 'a/b:2'\n"),
        ("x: ~\n", "x: a/b:2\n"),
        ("x: &later\n", "x: &later a/b:2\n"),
    ],
)
def test_an_empty_value_is_filled(raw, expected):
    assert edit(raw, "x") == expected.encode()


def test_line_ends_byte_order_mark_and_wide_characters_stay():
    raw = "\ufeff# 😀 é\r\nname: '😀'\r\nx: a/b:1 # 😀\r\n".encode()

    assert edit(raw, "x") == raw.replace(b"a/b:1", b"a/b:2")


def test_the_document_is_chosen_by_number():
    raw = "x: a/b:1\n---\n# second\nx: a/b:1\n...\n---\nx: a/b:1\n"

    assert edit(raw, "x", doc=1) == b"x: a/b:1\n---\n# second\nx: a/b:2\n...\n---\nx: a/b:1\n"
    assert "3 documents" in refusal(raw, "x", doc=3)


LOOKS_LIKE_A_NUMBER = [
    "1.20",
    "0123456",
    "1e3",
    "12345e67",
    "0x1f",
    "0o17",
    "1_000",
    "1:30",
    ".5",
    ".inf",
    "+1",
]
LOOKS_LIKE_A_WORD = ["yes", "NO", "on", "null", "~", "True", "y", "<<", "=", "", "2026-11-21"]
LOOKS_LIKE_SYNTAX = [
    "a: b",
    "a #b",
    "*a",
    "&a",
    "!a",
    "@a",
    "%a",
    "- a",
    "? a",
    "| ",
    "a,b",
    "[a]",
    "{a}",
    "#a",
    " a",
    "a:",
]


@pytest.mark.parametrize("new", [*LOOKS_LIKE_A_NUMBER, *LOOKS_LIKE_A_WORD, *LOOKS_LIKE_SYNTAX])
def test_text_stays_text_whatever_it_looks_like(new):
    for raw in ("x: old\n", "x: 'old'\n", 'x: "old"\n', "x: [old, 1]\n", "x: 1.10\n", "x:\n"):
        key = ("x", 0) if "[" in raw else ("x",)

        value = yaml.safe_load(edit(raw, *key, new=new))["x"]

        assert (value[0] if "[" in raw else value) == new


@pytest.mark.parametrize(
    "new", ["v1.2.3", "1.2.3", "sha256:" + "a" * 64, "gs://bucket/m?v=1&x=2", "a/b@sha256:0"]
)
def test_what_is_text_to_every_reader_gets_no_quotes(new):
    assert edit("x: old\n", "x", new=new) == f"x: {new}\n".encode()


def test_a_number_is_written_as_one():
    assert edit("x: 10 # %\n", "x", new=25) == b"x: 25 # %\n"
    assert "text" in refusal("x: '10'\n", "x", new=25)


@pytest.mark.parametrize(
    ("raw", "key", "why"),
    [
        ("x: a\nx: b\n", ("x",), "twice"),
        ("x: a\n'x': b\n", ("x",), "twice"),
        ("y: &i a\nx: *i\n", ("x",), "alias *i"),
        ("x: &i a\ny: *i\n", ("x",), "alias *i on line 2"),
        ("x: &i {i: a}\ny: *i\n", ("x", "i"), "alias *i"),
        ("x: &i {i: a}\ny: *i\n", ("y", "i"), "alias *i"),
        ("m: &m {i: a}\nx: {<<: *m}\n", ("x", "i"), "merge key"),
        ("m: &m {i: a}\nx: {<<: *m}\n", ("m", "i"), "alias *m"),
        ("k: &k x\n*k : a\n", ("x",), "alias as a key"),
        ("x: |\n  a\n", ("x",), "block of text"),
        ("x: >-\n  a\n", ("x",), "block of text"),
        ("x: a\n  b\n", ("x",), "several lines"),
        ("x: !secret a\n", ("x",), "tagged !secret"),
        ("x: !!int 5\n", ("x",), "not text"),
        ("x: {tag}\n", ("x", "tag"), "changing something else"),
    ],
)
def test_what_could_mean_two_things_is_refused(raw, key, why):
    with pytest.raises(RefusedError) as error:
        edit(raw, *key)

    assert why in error.value.what
    assert "f.yaml:" in error.value.what


@pytest.mark.parametrize(
    ("raw", "key", "why"),
    [
        ("x: a\n", ("y",), "no key 'y'; it has x"),
        ("x: [a]\n", ("x", 1), "1 entries"),
        ("x: [a]\n", ("x", "y"), "none at 'y'"),
        ("x: a\n", ("x", "y"), "single value"),
        ("x: {y: a}\n", ("x",), "is a mapping"),
        ("x: a\n---\n", ("x",), "is empty"),
        ("x: - a\n", ("x",), "cannot be read as YAML"),
        (b"x: \xff\n", ("x",), "not UTF-8"),
        ("x: a\n".encode("utf-16"), ("x",), "UTF-16"),
        ("image: {{ .Values.image }}\n{{- if .x }}\n", ("image",), "template"),
        ("x: " + "[" * 150 + "]" * 150, ("x",), "deeper than"),
    ],
)
def test_a_wrong_address_or_file_is_said(raw, key, why):
    doc = 1 if "empty" in why else 0
    with pytest.raises(ConfigError) as error:
        edit(raw, *key, doc=doc)

    assert why in error.value.what


@pytest.mark.parametrize("new", ["a\nb", "a\tb", "\x00", "a\u2028b"])
def test_a_new_value_of_several_lines_is_refused(new):
    assert "line break" in refusal("x: a\n", "x", new=new)
