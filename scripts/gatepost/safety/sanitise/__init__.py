"""
The second lock: nothing model-written or foreign acts once it is posted.

Markdown is parsed, what is allowed is kept, and the whole is written anew with everything else as
plain text or code. GitHub therefore never reads the author's own characters in a place of meaning.
"""

from __future__ import annotations

from functools import cache

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from gatepost.safety import markdown
from gatepost.safety.redaction import redact
from gatepost.safety.sanitise.blocks import Blocks
from gatepost.safety.sanitise.links import Links
from gatepost.safety.types import SEAL, SafeMarkdown
from gatepost.safety.visible import visible

MAX_BYTES = 65_536 - 4_096
"""GitHub takes 65,536 bytes of UTF-8; the rest is for what the poster adds itself."""

# Quotes within lists within quotes: deeper than anyone writes, shallow enough for every reader.
_MAX_LEVEL = 24

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
    source = visible(text)
    written = _settled(str(redact(source)), links)
    if len(written.encode()) > max_bytes or len(source) > max_bytes:
        written = _cut(source, links, max_bytes=max_bytes)
    return SafeMarkdown(written, seal=SEAL)


def _cut(source: str, links: Links, *, max_bytes: int) -> str:
    """Keep as many of the first lines as fit once written, and say how many do not."""
    lines = source.split("\n")
    if len(lines[0]) > max_bytes // 2:
        lines[0] = lines[0][: max_bytes // 2]
    kept = len(lines)
    while True:
        note = f"\n\n*Cut here: {len(lines) - kept} more lines did not fit.*\n"
        written = _settled(str(redact("\n".join(lines[:kept]))), links).rstrip("\n") + note
        size = len(written.encode())
        if size <= max_bytes or kept == 0:
            return written
        kept = min(kept - 1, kept * max_bytes // size)


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
    blocks = Blocks(links).write(SyntaxTreeNode(tokens).children)
    return "\n\n".join(blocks) + "\n" if blocks else ""


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True, "maxNesting": _MAX_LEVEL * 2}).enable(
        ["table", "strikethrough"]
    )
