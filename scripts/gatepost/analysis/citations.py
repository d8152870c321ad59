"""Checks what a model says against the evidence it was given: names must exist, quotes must be there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from gatepost.analysis.answer import AnsweredCause, AnsweredQuote
from gatepost.analysis.sign import bare
from gatepost.model import Cause, Evidence, FailureType, Quote
from gatepost.safety import redact

_NUMBER = re.compile(r"^\s*\d{1,9}\s*[|│:]\s?")
_LEAST_QUOTED = 6
"""A shorter fragment stands in every log."""


def merge(cause: Cause, told: AnsweredCause, *, evidence: Sequence[Evidence]) -> Cause:
    """
    Return the rules' `cause` in the model's words, as far as the evidence bears them out.

    The rules' failure type stands when they know one. Where they do not, the model's is taken only
    with a quote that is really in the evidence. Without any citation the words are kept but the
    cause is unsupported, under the rules' own title.
    """
    quotes = tuple(_quotes(told.quotes, evidence))
    names = {e.name for e in evidence}
    cites = tuple(dict.fromkeys([*(c for c in told.cites if c in names), *(q.evidence for q in quotes)]))
    refined = cause.failure is FailureType.UNKNOWN and bool(quotes)
    return replace(
        cause,
        failure=told.failure_type if refined else cause.failure,
        title=_clean(told.title) if cites and told.title.strip() else cause.title,
        why=_clean(told.why) or cause.why,
        fix=_clean(told.fix) or cause.fix,
        quotes=_joined(cause.quotes, quotes),
        cites=cites,
        confidence=told.confidence,
        details=tuple(_clean(d) for d in told.details if d.strip()) or cause.details,
    )


def dropped(told: Iterable[AnsweredCause], *, evidence: Sequence[Evidence]) -> int:
    """Count the citations and quotes that the evidence does not bear out."""
    names = {e.name for e in evidence}
    count = 0
    for cause in told:
        count += sum(c not in names for c in cause.cites)
        count += len(cause.quotes) - sum(1 for _ in _quotes(cause.quotes, evidence))
    return count


def _quotes(answered: Iterable[AnsweredQuote], evidence: Sequence[Evidence]) -> Iterable[Quote]:
    """Yield the evidence's own line for each quote that is found in it."""
    by_name = {e.name: e for e in evidence}
    for quoted in answered:
        item = by_name.get(quoted.evidence)
        if item is not None and (index := _index(item, quoted.line)) is not None:
            yield Quote(
                evidence=item.name,
                text=item.body.pick([index]),
                line_numbers=item.line_numbers[index : index + 1],
                url=item.source if item.source.startswith("https://") else "",
            )


def _index(item: Evidence, line: str) -> int | None:
    """Find the line that `line` is, or is a telling part of."""
    wanted = _words(_NUMBER.sub("", line))
    if len(wanted) < _LEAST_QUOTED:
        return None
    lines = [_words(text) for text in item.body.split("\n")]
    if wanted in lines:
        return lines.index(wanted)
    return next((number for number, text in enumerate(lines) if wanted in text), None)


def _words(line: str) -> str:
    return " ".join(bare(line).split())


def _joined(rules: tuple[Quote, ...], model: tuple[Quote, ...]) -> tuple[Quote, ...]:
    """Keep the rules' quote, and each of the model's lines that it does not hold already."""
    held = {(q.evidence, line) for q in rules for line in q.text.split("\n")}
    return (*rules, *(q for q in dict.fromkeys(model) if (q.evidence, str(q.text)) not in held))


def _clean(text: str) -> str:
    return str(redact(text.strip()))
