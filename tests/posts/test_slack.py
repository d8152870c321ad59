"""The Slack summary says what failed and links to the post; nothing in it links or notifies by itself."""

from __future__ import annotations

import json

import pytest

from gatepost.model import Analysis, Cause, FailureType
from gatepost.posts.slack import failed, green, text
from tests.analysis.making import run

LINK = "https://github.com/acme/shop/pull/3#issuecomment-1"


def cause(title: str, **fields: object) -> Cause:
    known: dict[str, object] = {"why": "", "fix": "Do it.", "subjects": ("a", "b")}
    return Cause(failure=FailureType.SCA, title=title, **{**known, **fields})  # type: ignore[arg-type]


def analysis(*titles: str) -> Analysis:
    return Analysis(causes=tuple(cause(t) for t in titles), author="rules")


def test_it_says_what_failed_where_and_links_to_the_post() -> None:
    message = failed(run(), analysis("CVE-2026-1 in jinja2"), link=LINK, title="ci fails")

    said = json.dumps(message, ensure_ascii=False)
    assert "ci failed on main" in said
    assert "sca: CVE-2026-1 in jinja2 (2 jobs)" in said
    assert "Fix: Do it." in said
    assert f"<{LINK}|Read the explanation>" in said
    assert message["unfurl_links"] is False


def test_many_causes_are_counted() -> None:
    assert "and 3 more" in json.dumps(failed(run(), analysis(*"abcdefgh"), link=LINK, title="t"))


@pytest.mark.parametrize(
    "attack",
    [
        "<!channel> come",
        "<https://evil.example|click>",
        "see https://evil.example/x now",
        "mailto:a@b.example",
    ],
)
def test_untrusted_words_stay_words(attack: str) -> None:
    message = failed(run(workflow=attack, branch=attack), analysis(attack), link=LINK, title=attack)

    for block in message["blocks"]:
        part = block.get("text") or block["elements"][0]
        if part["type"] == "mrkdwn":
            assert part["text"] == f"<{LINK}|Read the explanation>"
        else:
            assert "://" not in part["text"]
            assert "evil.example" not in part["text"]
    assert "://" not in message["text"]
    assert "<" not in message["text"], "unlike a plain block, this text would read <!channel>"


def test_a_link_that_is_none_falls_back_to_the_run() -> None:
    assert f"<{run().url}|" in json.dumps(failed(run(), analysis("x"), link="x|y> <!here>", title="t"))


def test_a_long_header_keeps_to_slacks_limit() -> None:
    message = failed(run(workflow="w" * 500), analysis("x" * 5000, "y" * 5000), link=LINK, title="t" * 900)

    assert len(message["blocks"][0]["text"]["text"]) <= 150
    assert len(message["blocks"][1]["text"]["text"]) <= 3000


def test_a_green_run_closes_the_story() -> None:
    assert "green again on main" in json.dumps(green(run(conclusion="success"), link=LINK))


def test_a_secret_never_reaches_the_channel() -> None:
    token = "ghp_" + "a1B2" * 9

    assert token not in text(f"uses {token}", most=300)
