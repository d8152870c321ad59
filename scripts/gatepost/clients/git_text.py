"""The small text forms that git reads and writes."""

from __future__ import annotations

import re
from collections.abc import Iterator


def split_batch(out: bytes) -> Iterator[bytes]:
    """Yield each object of `git cat-file --batch`."""
    at = 0
    while at < len(out):
        head = out[at : at + 200].partition(b"\n")[0]
        size = int(head.split()[2])
        start = at + len(head) + 1
        yield out[start : start + size]
        at = start + size + 1


def quoted(path: str) -> str:
    """Spell a path for `git fast-import`."""
    return '"' + path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def clean(text: str) -> str:
    """Make a name or an address fit for a commit's header."""
    return re.sub(r"[<>\n\0]", "", text).strip() or "gatepost"


def printable(text: str) -> str:
    """Keep a server's words to printable lines: they are untrusted."""
    return "\n".join("".join(c for c in line if c.isprintable()) for line in text.splitlines()).strip()
