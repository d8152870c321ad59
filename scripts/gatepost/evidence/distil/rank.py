"""From judged lines to a score for each: blocks around anchors, ends of steps, rarity, novelty."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from gatepost.evidence.distil.page import Page
from gatepost.evidence.distil.shape import Seen
from gatepost.evidence.distil.sign import Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """
    The constants of the ranking, in the units of a sign's weight unless said otherwise.

    Chosen by a random search on labelled logs of real failures, leaving out one repository at a
    time, and rounded. The result is flat near most of them; `bridge_lines` and `gap` matter most.
    """

    after: float = 0.75
    """Share of its anchor's weight that an attached line after it starts with."""
    after_fade: float = 0.995
    """Factor from each attached line to the next; so are the other fades."""
    loose: float = 0.55
    """The same for a line that follows without being attached."""
    loose_fade: float = 0.86
    loose_lines: int = 10
    """After so many lines that are not attached, a block is over."""
    before: float = 0.7
    """Share for the line right above an anchor."""
    before_fade: float = 0.78
    before_lines: int = 6
    """Lines above an anchor it speaks for, less indented ones aside."""
    head: float = 0.8
    """Share for the less indented line that an anchor stands under."""
    section: float = 0.65
    """Share for the first line of a list under a heading."""
    section_fade: float = 0.985
    gap: int = 4
    """Blank lines that a block may run across."""
    bridge: float = 0.9
    """Share of the weaker of two anchors that the lines between them get."""
    bridge_lines: int = 16
    """Anchors further apart are not bridged."""
    bridge_least: float = 6.5
    """Only anchors of at least this weight are bridged."""
    mark: float = 0.7
    """Share of an end of a step for the line right above it."""
    mark_fade: float = 0.96
    mark_lines: int = 50
    """Lines above an end of a step it speaks for."""
    mark_add: float = 0.75
    """How much of the weaker of block and end adds to the stronger."""
    mark_self: float = 0.6
    """Factor for the end of a step itself."""
    mark_order: float = 0.5
    """Factor for the place of an end of a step among the chosen: it seldom says why."""
    end: float = 5.0
    """Weight of the end of the log, taken as an end of a step when the log reports none."""
    end_after: float = 1.5
    """The same when it does."""
    well: float = 0.6
    """Factor for lines of a step that is reported to have ended well."""
    smooth: float = 0.6
    """Factor for a line of success or progress near trouble."""
    rarity: float = 0.1
    """Divides by 1 + this times the logarithm of how many lines look alike."""
    position: float = 0.05
    """How much more the last line counts than the first."""
    repeat: float = 0.8
    """Factor for each earlier line of the same shape."""
    repeat_near: float = 0.99
    """The same when the earlier line is close, as in one block."""
    near_lines: int = 30
    """Lines further apart than this are not in one block."""
    known: float = 0.12
    """Factor for a line that the passing log has too."""
    novel: float = 4.0
    """What being absent from the passing log adds."""
    filler: float = 0.85
    """Share of its block that a filler gets."""
    least: float = 0.05
    """Share of the best score below which lines are not chosen."""


DEFAULT: Final = Weights()


@dataclass(frozen=True, slots=True)
class Ranking:
    """Two values for each line of a page."""

    scores: list[float]
    """Whether to keep it; 0 for lines far from any sign."""
    orders: list[float]
    """Where to put it among the kept: what it states counts for more than where it stands."""


def rank(page: Page, *, passing: Seen | None = None, w: Weights = DEFAULT) -> Ranking:
    """Value each line of `page`."""
    scores = [found.weight for found in page.judged]
    marks = [0.0] * len(page)
    last_anchor = -1
    for index, (weight, sign, _) in enumerate(page.judged):
        if sign is None:
            continue
        if sign.reach is Reach.MARK:
            scores[index] = max(scores[index] * w.mark_self, 0.0)
            _mark(page, marks, index, weight, w)
        elif weight >= 2.0:
            _spread_after(page, scores, index, w)
            _spread_before(page, scores, index, w)
            if weight >= w.bridge_least:
                _bridge(page, scores, last_anchor, index, w)
                last_anchor = index
    ended = any(s is not None and s.reach is Reach.MARK and weight >= 5 for weight, s, _ in page.judged)
    _mark(page, marks, len(page), w.end_after if ended else w.end, w)
    orders = [
        score * w.mark_order if found.sign is not None and found.sign.reach is Reach.MARK else score
        for score, found in zip(scores, page.judged, strict=True)
    ]
    last = max(1, page.numbers[-1]) if page.numbers else 1
    for i, score in enumerate(scores):
        total = max(score, marks[i]) + w.mark_add * min(score, marks[i])
        if total <= 0:
            continue
        factor = w.well if page.steps[i] in page.well else 1.0
        if page.bare[i]:
            factor /= 1 + w.rarity * math.log(page.counts[i])
            if page.is_smooth(i):
                factor *= w.smooth
        scores[i] = total * factor * (1 + w.position * page.numbers[i] / last)
        orders[i] = max(orders[i], w.mark_order * marks[i]) * factor
    if passing is not None:
        _compare(page, scores, passing, w)
        _compare(page, orders, passing, w)
    return Ranking(scores, orders)


def _spread_after(page: Page, scores: list[float], index: int, w: Weights) -> None:
    """Let an anchor speak for the block or list that follows it."""
    weight, sign, _ = page.judged[index]
    assert sign is not None  # noqa: S101 - the caller chose an anchor
    indent = page.indent(index)
    attached_value = weight * (w.section if sign.reach is Reach.SECTION else w.after)
    loose_value = weight * w.loose
    gap = loose = 0
    limit = {Reach.LINE: 3, Reach.BLOCK: 60, Reach.SECTION: 80}[sign.reach] * page.rhythm
    max_gap = w.gap if page.rhythm == 1 else w.gap * 3
    pending: list[int] = []
    for j in range(index + 1, min(len(page), index + 1 + limit)):
        if not page.bare[j]:
            gap += 1
            if gap > max_gap:
                return
            if page.texts[j]:
                pending.append(j)
            continue
        if page.steps[j] != page.steps[index] or page.is_smooth(j):
            return
        if sign.reach is Reach.SECTION:
            value = attached_value = attached_value * w.section_fade
        elif page.is_attached(j) or page.indent(j) > indent:
            value = attached_value = attached_value * w.after_fade
        else:
            loose += 1
            if gap >= page.rhythm or loose > w.loose_lines or sign.reach is Reach.LINE:
                return
            value = loose_value = loose_value * w.loose_fade
        for p in pending:
            scores[p] = max(scores[p], value * w.filler)
        pending.clear()
        scores[j] = max(scores[j], value)
        gap = 0


def _spread_before(page: Page, scores: list[float], index: int, w: Weights) -> None:
    """Let an anchor speak for the few lines above it, and for the heads it stands under."""
    weight = page.judged[index].weight
    value = weight * w.before
    indent = page.indent(index)
    count = gap = 0
    for j in range(index - 1, max(-1, index - 40), -1):
        if not page.bare[j]:
            gap += 1
            if gap >= page.rhythm:
                return
            continue
        gap = 0
        if page.steps[j] != page.steps[index] or page.is_smooth(j):
            return
        count += 1
        own = page.indent(j)
        if count > w.before_lines and own >= indent:
            return
        if own < indent:
            scores[j] = max(scores[j], weight * w.head)
            indent = own
        scores[j] = max(scores[j], value)
        value *= w.before_fade


def _bridge(page: Page, scores: list[float], start: int, end: int, w: Weights) -> None:
    """Close the gap between two anchors: what stands between two failures belongs to one of them."""
    if start < 0 or end - start > w.bridge_lines * page.rhythm or page.steps[start] != page.steps[end]:
        return
    between = range(start + 1, end)
    if any(page.bare[j] and page.is_smooth(j) for j in between):
        return
    value = w.bridge * min(page.judged[start].weight, page.judged[end].weight)
    for j in between:
        scores[j] = max(scores[j], value if page.bare[j] else value * w.filler)


def _mark(page: Page, marks: list[float], end: int, weight: float, w: Weights) -> None:
    """Add to the lines printed before a failed step's end, within that step."""
    value = weight * w.mark
    count = 0
    for j in range(end - 1, -1, -1):
        if not page.bare[j]:
            continue
        count += 1
        if count > w.mark_lines or (end < len(page) and page.steps[j] != page.steps[end]):
            return
        marks[j] = max(marks[j], value)
        value *= w.mark_fade


def _compare(page: Page, scores: list[float], passing: Seen, w: Weights) -> None:
    for i, bare in enumerate(page.bare):
        if bare:
            scores[i] = scores[i] * w.known if page.texts[i] in passing else scores[i] + w.novel
