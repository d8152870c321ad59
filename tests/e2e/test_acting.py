"""The check of posts must see what acts, and only that."""

from __future__ import annotations

import pytest

from tests.e2e.acting import acting

LINKS = "https://github.com/acme/model/"


@pytest.mark.parametrize(
    "text",
    [
        "thanks @acme/security", "see #12", "acme/other#3", "GH-4", "/approve", "first\n/merge", "::error::x",
        "[a](https://evil.example)", "![a](https://github.com/acme/model/x.png)", "<img src=x>",
        "www.evil.example", "https://evil.example/raw", "<https://evil.example>", "zero\u200bwidth",
        "<!-- other -->", "<details open ontoggle=x>", "<summary>@acme</summary>",
    ],
)  # fmt: skip
def test_what_acts_is_seen(text):
    assert acting(text, links=LINKS)


@pytest.mark.parametrize(
    "text",
    [
        "`@acme/security` and `#12`", "```\n@acme /approve\n<img>\n```", "a/b at 5:30 by e-mail",
        f"[file]({LINKS}blob/main/a.py#L3)",
        "<details>\n<summary>Evidence: a</summary>\n\ntext\n\n</details>",
        "text\n\n<!-- gatepost v1 AAAA -->", "no. 12 of `acme`/model",
    ],
)  # fmt: skip
def test_what_cannot_act_is_left_alone(text):
    assert acting(text, links=LINKS) == []
