"""The one way in: a log in, a `Distillate` out."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable
from typing import BinaryIO

from gatepost.evidence.distil.distillate import Distillate, KeptLine
from gatepost.evidence.distil.reader import lines

_SIGN = re.compile(rb"(?i)error|fail|exception|fatal|panic|assert|not found|denied|exited with")
_ESCAPE = re.compile(r"\x1b\[[0-9;:?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")


def distil(
    log: BinaryIO | Iterable[bytes] | bytes,
    *,
    passing: BinaryIO | Iterable[bytes] | bytes | None = None,
    max_lines: int = 60,
    max_bytes: int = 8192,
    redact: Callable[[str], str] = str,
) -> Distillate:
    """
    Choose the lines of `log` that state why it failed, best first.

    `log` and `passing` (a log of the same job that passed) are open binary files, or bytes in
    pieces cut anywhere; newlines must still be in them. `redact` sees whole lines, before
    they are clipped to fit `max_bytes` of UTF-8, so that no secret is cut in half.
    """
    del passing
    best: deque[KeptLine] = deque(maxlen=max_lines)
    total = 0
    for number, (raw, _) in enumerate(lines(log), 1):
        total = number
        if raw.strip() and _SIGN.search(raw):
            text = redact(_ESCAPE.sub("", raw.decode("utf-8", "replace")))[: max_bytes // max_lines - 4]
            best.appendleft(KeptLine(number=number, text=text, score=1.0))
    return Distillate(lines=tuple(best), total_lines=total)
