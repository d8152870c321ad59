"""
The second lock: nothing model-written or foreign acts once it is posted.

Markdown is parsed, what is allowed is kept, and the whole is written anew with everything else as
plain text or code. GitHub therefore never reads the author's own characters in a place of meaning.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from gatepost.safety import markdown
from gatepost.safety.redaction import redact
from gatepost.safety.sanitise.blocks import Blocks
from gatepost.safety.sanitise.cutting import shorten
from gatepost.safety.sanitise.links import Links
from gatepost.safety.sanitise.page import Page
from gatepost.safety.sanitise.tree import branches
from gatepost.safety.types import SEAL, SafeMarkdown
from gatepost.safety.visible import visible

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

__all__ = ["MAX_BYTES", "sanitise", "shorten"]

MAX_BYTES = 65_536 - 4_096
"""GitHub takes 65,536 bytes of UTF-8; the rest is for what the poster adds itself."""

# Quotes within lists within quotes: deeper than anyone writes, shallow enough for every reader.
_MAX_LEVEL = 20

# Writing anew settles at once for what people write; hostile text gets this many rounds.
_ROUNDS = 6


def sanitise(
    text: str, *, repository: str, server: str = "https://github.com", max_bytes: int = MAX_BYTES
) -> SafeMarkdown:
    """
    Return `text` so that it reads the same and cannot act: no mention, load, foreign link or command.

    Links into `repository` (`owner/name`) stay. The result is at most `max_bytes` of UTF-8; what
    was cut is said at its end. Sanitising again changes nothing. Secrets that redaction knows go too.
    """
    links = Links(root=f"{server}/{repository}/")
    source = str(redact(visible(text)))
    kept = min(len(source), max_bytes)
    while True:
        note = (
            f"\n\n*Cut here: {len(source) - kept} more characters did not fit.*\n"
            if kept < len(source)
            else ""
        )
        written = _written(source[:kept], links).rstrip("\n") + (note or "\n")
        if (size := len(written.encode())) <= max_bytes or not kept:
            written = _settled(written, links)
            size = len(written.encode())
        if size <= max_bytes or not kept:
            return SafeMarkdown(written if written.strip() else "", seal=SEAL)
        kept = _shorter(source, kept, kept * max_bytes // size)


def _shorter(source: str, kept: int, target: int) -> int:
    """Return where to cut: at most at `target`, at the end of a line where one is near, before `kept`."""
    target = max(0, min(target, kept - 1 - kept // 50))
    line = source.rfind("\n", target - target // 5, target)
    return target if line < 0 else line


def _settled(source: str, links: Links) -> str:
    """Write `source` until writing it again changes nothing."""
    for _ in range(_ROUNDS):
        if (written := _written(source, links)) == source:
            return written
        source = written
    return markdown.block(source) + "\n"


def _written(source: str, links: Links) -> str:
    tokens = _parser().parse(source)
    if any(token.level >= _MAX_LEVEL for token in tokens):
        return markdown.block(source) + "\n"
    tree = branches(tokens)
    page = Page(links=links)
    blocks = Blocks(page).write(tree)
    if page.leaks():
        blocks = Blocks(Page(links=links, wary=True)).write(tree)
    return "\n\n".join(blocks) + "\n" if blocks else ""


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # noqa: PLC0415 - half of what this package costs to import

    return MarkdownIt("commonmark", {"html": True, "maxNesting": _MAX_LEVEL + 2}).enable(
        ["table", "strikethrough"]
    )
