"""Untrusted values in our own templates read as they are."""

from __future__ import annotations

import pytest

from benchmarks.reading import REPOSITORY, faults, outline, page, rendered
from gatepost.safety import sanitise
from gatepost.safety.markdown import block, code, inline, plain
from tests.safety.attacks import ATTACKS, BENIGN

TEXTS = [text for texts in ATTACKS.values() for text in texts] + [text for text, _ in BENIGN.values()]
TICKS = ("`", "``", "` `` ```", "a`b", "`a`", " a ", "  ", "```\n```", "~~~", "a\\", "\\`")


@pytest.mark.parametrize("text", TEXTS)
def test_inline_text_is_one_inert_line_that_sanitising_shows_alike(text: str) -> None:
    written = f"Branch {inline(text)} failed"

    assert "\n" not in written
    assert not faults(written)
    safe = sanitise(written, repository=REPOSITORY)
    assert outline(rendered(safe)) == outline(rendered(written))


@pytest.mark.parametrize("text", [*TEXTS, *TICKS])
def test_block_holds_any_content(text: str) -> None:
    soup = page(f"before\n\n{block(text, 'python')}\n\nafter")

    assert [p.get_text() for p in soup.find_all("p")] == ["before", "after"]
    assert len(soup.find_all("pre")) == 1


@pytest.mark.parametrize("text", ["x = '`'", "```\nx\n```", "a\n\n    b", "<b> &amp; @you #1", "~~~\n````"])
def test_block_shows_its_content_letter_by_letter(text: str) -> None:
    assert page(block(text)).find("pre").get_text() == f"{text}\n"


@pytest.mark.parametrize("text", [*TEXTS, *TICKS])
def test_code_holds_any_content(text: str) -> None:
    written = code(text)

    assert "\n" not in written
    assert len(page(f"a {written} b").find_all("code")) == (1 if written else 0)
    assert not faults(f"a {written} b")


@pytest.mark.parametrize("text", ["a`b", "`", "``a``", "x|y", "<b>&amp;", "@you", "\\"])
def test_code_shows_its_content_letter_by_letter(text: str) -> None:
    assert page(code(text)).find("code").get_text() == text


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("ci #7 on main", "ci # 7 on main"),
        ("@octocat\n::error::x", "@ octocat ::error::x"),
        ("a\u202eb\x1b[31mc", "abc"),
        ("fixes acme/repo#1 and GH-2", "fixes acme/repo# 1 and GH- 2"),
        ("x" * 300, "x" * 249 + "…"),
    ],
)
def test_title_is_one_line_that_refers_to_nothing(text: str, title: str) -> None:
    assert plain(text) == title


def test_language_that_draws_is_left_out() -> None:
    assert block("graph TD", "mermaid").startswith("```\n")
    assert block("x", "python").startswith("```python\n")
    assert block("x", "python\n```\n@you").startswith("```\n")
