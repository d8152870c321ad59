"""What of a post could act on GitHub: read by another parser than the one that made the post."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

_MENTION = re.compile(r"(?<![\w`])@[A-Za-z0-9]")
_REFERENCE = re.compile(r"(?<![\w`])(?:[\w.-]+/[\w.-]+)?#\d+\b|\bGH-\d+\b")
_COMMAND = re.compile(r"^\s*(?:/[a-z]+|::[a-z-]+|##\[)", re.MULTILINE)
_BARE = re.compile(r"(?:https?://|www\.)[^\s)]+", re.IGNORECASE)
_TAG = re.compile(r"<summary>[^<>@]*</summary>|</?(?:details|summary)>|<!-- gatepost v1 [\w+/=]+ -->\s*\Z")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def acting(markdown: str, *, links: str) -> list[str]:
    """Return each part that notifies, refers, runs, loads, or leads elsewhere than below `links`."""
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown)
    return list(_found(tokens, links)) + _INVISIBLE.findall(markdown)


def _found(tokens: list[Token], links: str) -> Iterator[str]:
    for token in tokens:
        if token.type == "inline":
            text = "".join(map(_shown, token.children or []))
            for pattern in (_MENTION, _REFERENCE, _COMMAND, _BARE):
                yield from (text[max(0, m.start() - 20) : m.end() + 20] for m in pattern.finditer(text))
            yield from _found(token.children or [], links)
        elif token.type == "image":
            yield f"image {token.attrs.get('src')}"
        elif token.type == "link_open" and not str(token.attrs["href"]).startswith(links):
            yield f"link {token.attrs['href']}"
        elif token.type in ("html_block", "html_inline") and (rest := _TAG.sub("", token.content).strip()):
            yield f"html {rest}"


def _shown(token: Token) -> str:
    """Return the text that GitHub looks at; code is shown, and not looked at."""
    if token.type == "text":
        return token.content
    return "\n" if token.type in ("softbreak", "hardbreak") else "`" if token.type == "code_inline" else ""
