"""What is posted reads as it was written, and cannot act."""

from __future__ import annotations

import html
import re
import unicodedata

import pytest

from benchmarks.reading import REPOSITORY, faults, other_outline, outline, page, rendered
from gatepost.safety import SafeMarkdown, sanitise, shorten
from gatepost.safety.sanitise import MAX_BYTES
from tests.safety.attacks import ATTACKS, BENIGN

EVERY_ATTACK = [
    pytest.param(text, id=f"{name} {n}") for name, texts in ATTACKS.items() for n, text in enumerate(texts)
]


def clean(text: str) -> SafeMarkdown:
    return sanitise(text, repository=REPOSITORY)


@pytest.mark.parametrize("attack", EVERY_ATTACK)
def test_attack_comes_out_inert_and_readable(attack: str) -> None:
    safe = clean(attack)

    assert not faults(safe)
    assert "KEEP" in safe or "KEEP" not in attack


@pytest.mark.parametrize("attack", EVERY_ATTACK)
def test_sanitising_again_changes_nothing(attack: str) -> None:
    safe = clean(attack)

    assert clean(safe) == safe


@pytest.mark.parametrize("attack", EVERY_ATTACK)
def test_unrelated_renderers_read_the_same(attack: str) -> None:
    safe = clean(attack)

    assert other_outline(safe) == outline(rendered(safe))


@pytest.mark.parametrize(("text", "kept"), BENIGN.values(), ids=BENIGN.keys())
def test_benign_text_stays_as_it_was(text: str, kept: tuple[str, ...]) -> None:
    safe = clean(text)

    shown = unicodedata.normalize("NFC", html.unescape(re.sub(r"\\(?=[^\w\s])", "", safe)))
    assert [part for part in kept if part not in safe and part not in shown] == []
    assert not faults(safe)


def test_attacks_are_told_from_benign_text_by_the_reader() -> None:
    """The reader of these tests must see each class of attack, or the tests above prove nothing."""
    unseen = [name for name, texts in ATTACKS.items() if not any(faults(text) for text in texts)]

    assert unseen == []


def test_link_that_a_keyword_would_act_on_becomes_text() -> None:
    safe = clean("Closes: [the issue](https://github.com/acme/repo/issues/9)")

    assert page(safe).find("a") is None


def test_links_follow_the_server() -> None:
    text = (
        "[a](https://ghe.example/acme/repo/blob/main/x.py) [b](https://github.com/acme/repo/blob/main/x.py)"
    )

    safe = sanitise(text, repository="acme/repo", server="https://ghe.example")

    assert [a["href"] for a in page(safe).find_all("a")] == ["https://ghe.example/acme/repo/blob/main/x.py"]


def test_secret_split_by_markup_does_not_come_out() -> None:
    token = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    split = token[:10] + "**" + token[10:20] + "**" + token[20:]

    safe = clean(f"The token is {split} here")

    assert token not in re.sub(r"[\\*_`]", "", safe)
    assert token not in page(safe).get_text()
    assert "The token is" in safe


def test_folds_are_closed_where_their_container_ends() -> None:
    safe = clean("- <details><summary>s</summary>\n\n  inside\n\noutside")

    assert page(safe).find("p", string="outside").find_parent("details") is None


def test_rows_beyond_the_limit_are_counted() -> None:
    safe = clean("| a |\n|---|\n" + "| x |\n" * 250)

    assert "50 more rows" in safe
    assert len(page(safe).find_all("tr")) == 201


@pytest.mark.parametrize(
    "text",
    [
        "word " * 30_000,
        "- item\n" * 20_000,
        "```\n" + "line\n" * 30_000,
        "<details><summary>s</summary>\n\n" + "text\n\n" * 20_000,
        "x*" * 50_000,
        "構" * 50_000,
        "/approve\n" * 10_000,
    ],
    ids=["one line", "list", "fence", "fold", "marks", "wide", "commands"],
)
def test_long_text_is_cut_to_fit_and_says_so(text: str) -> None:
    safe = clean(text)

    assert MAX_BYTES // 2 < len(safe.encode()) <= MAX_BYTES
    assert re.search(r"Cut here: \d+ more characters did not fit", safe)
    assert clean(safe) == safe
    assert not faults(safe)


def test_shortened_post_closes_what_the_cut_goes_through() -> None:
    safe = clean("<details><summary>s</summary>\n\n```\n" + "line\n" * 400 + "```\n\n</details>")

    short = shorten(safe, max_bytes=600)

    assert len(short.encode()) <= 600
    assert "more lines did not fit" in page(short).find_all("p")[-1].get_text()
    assert not faults(short)


def test_nothing_visible_yields_nothing() -> None:
    assert clean(" \n\u200b\n") == ""
