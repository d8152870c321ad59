"""Safe markdown made shorter: cut at a line, with everything that was open closed again."""

from __future__ import annotations

import re

from gatepost.safety.types import SEAL, SafeMarkdown

_FENCE = re.compile(r"(`{3,})")


def shorten(markdown: SafeMarkdown, *, max_bytes: int) -> SafeMarkdown:
    """
    Return the first lines of `markdown` that fit into `max_bytes` of UTF-8, and say how many do not.

    Folds and code blocks that the cut goes through are closed, so that they swallow nothing that
    is written below. Raises `ValueError` when not even the sentence about the cut fits.
    """
    if len(markdown.encode()) <= max_bytes:
        return markdown
    lines = markdown.split("\n")
    kept, size, closing = 0, 0, [""]
    fence, folds = "", 0
    for number, line in enumerate(lines):
        if fence:
            fence = "" if line == fence else fence
        elif opened := _FENCE.match(line):
            fence = opened[1]
        else:
            folds = max(0, folds + (line == "<details>") - (line == "</details>"))
        size += len(line.encode()) + 1
        ending = [*([fence] if fence else []), *["\n</details>"] * folds, "", _note(len(lines) - number - 1)]
        if size + len("\n".join(ending).encode()) > max_bytes:
            break
        kept, closing = number + 1, ending
    if not kept:
        closing = [_note(len(lines))]
    if (text := "\n".join([*lines[:kept], *closing])) and len(text.encode()) > max_bytes:
        raise ValueError(f"{max_bytes} bytes leave no room for the sentence on what was cut")
    return SafeMarkdown(text, seal=SEAL)


def _note(left_out: int) -> str:
    return f"*Cut here: {left_out} more lines did not fit.*\n"
