"""A mermaid chart of our own numbers: the one diagram a post may carry."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from gatepost.safety.types import SEAL, SafeMarkdown

MOST_POINTS = 30
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9 ._-]")


def chart(title: str, points: Sequence[tuple[str, float]], *, limit: float | None = None) -> SafeMarkdown:
    """
    Draw `points` as bars, with `limit` as a line; empty when there is nothing finite to draw.

    Sanitised text carries no diagram, since a diagram is a program. This one is made here, of numbers
    and of labels from which everything but letters, digits, space, `.`, `_` and `-` is dropped.
    """
    finite = [(_plain(label), value) for label, value in points if math.isfinite(value)][-MOST_POINTS:]
    if not finite:
        return SafeMarkdown("", seal=SEAL)
    labels = ", ".join(f'"{label}"' for label, _ in finite)
    values = ", ".join(f"{value:.4f}" for _, value in finite)
    lines = [
        "```mermaid",
        "xychart-beta",
        f'    title "{_plain(title)}"',
        f"    x-axis [{labels}]",
        f"    bar [{values}]",
    ]
    if limit is not None and math.isfinite(limit):
        lines.append(f"    line [{', '.join([f'{limit:.4f}'] * len(finite))}]")
    return SafeMarkdown("\n".join([*lines, "```"]), seal=SEAL)


def _plain(text: str) -> str:
    return _NOT_PLAIN.sub("", text)[:40]
