"""The one way in: a log in, a `Distillate` out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import BinaryIO

from gatepost.evidence.distil import facts
from gatepost.evidence.distil.clean import shown
from gatepost.evidence.distil.distillate import Distillate, KeptLine
from gatepost.evidence.distil.hold import hold
from gatepost.evidence.distil.page import read_page
from gatepost.evidence.distil.pick import clip, fit, pick
from gatepost.evidence.distil.rank import rank
from gatepost.evidence.distil.reader import lines
from gatepost.evidence.distil.shape import Seen


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
    seen = Seen(passing) if passing is not None else None
    held = hold(lines(log))
    page = read_page(held)
    picked = pick(page, rank(page, passing=seen), max_lines=max_lines)
    texts = [str(redact(shown(page.texts[index]))) for index, _ in picked]
    caps = fit([len(text.encode("utf-8", "replace")) for text in texts], max_bytes=max_bytes)
    kept = tuple(
        KeptLine(number=page.numbers[index], text=clip(text, max_bytes=cap), score=round(score, 3))
        for (index, score), text, cap in zip(picked, texts, caps, strict=False)
    )
    return Distillate(
        lines=kept,
        total_lines=held.total,
        steps=facts.steps(page),
        exit_codes=facts.exit_codes(page),
        tools=facts.tools(page),
        places=facts.places(line.text for line in kept),
        duration_s=facts.duration_s(held.first, held.raws[-200:]),
        truncated=facts.truncated(page),
        cancelled=facts.cancelled(page),
        timed_out=facts.timed_out(page),
        binary=facts.binary(held.raws),
    )
