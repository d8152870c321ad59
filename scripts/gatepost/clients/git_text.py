"""The small text forms that git reads and writes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

LOG_FORMAT = "--format=%H%x1f%an%x1f%ct%x1f%B"


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """One commit as the log tells it. The message is untrusted text."""

    oid: str
    author: str
    at: int
    """Committer's time, seconds since the epoch."""

    message: str


def commits(out: str) -> Iterator[Commit]:
    """Yield the commits of `git log -z` in `LOG_FORMAT`."""
    for entry in out.split("\0"):
        if entry.strip():
            oid, author, at, message = entry.split("\x1f", 3)
            yield Commit(oid=oid.strip(), author=author, at=int(at), message=message)


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
