"""The held lines, cleaned and judged one by one: what ranking works on."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from gatepost.evidence.distil.calm import ECHO, SMOOTH
from gatepost.evidence.distil.clean import clean
from gatepost.evidence.distil.hold import Held
from gatepost.evidence.distil.judge import NOTHING, Judgement, judge_all

# A line that belongs to the message above it: stacks, diffs, source excerpts, notes, field lists.
_ATTACHED: Final = re.compile(
    r"\s*(?:at |in |from |by |File \"|\.\.\. ?\d+|Caused by|Suppressed|E  |> |>>> |\|| *\d+ [|:]|[-+*] |[\^~]"
    r"|#\d+ |note:|help:|= |--> |@@ |[}\])]|```|[Ee]xpected|[Aa]ctual|[Rr]eceived|[Gg]ot\b|left:|right:"
    r"|goroutine |stack backtrace|Stack|During handling|The above exception|\d+[.):] )"
)
# What a tool that runs another puts before each of the other's lines.
_PREFIX: Final = re.compile(
    r"\s*\[(?:junit|javac|java|exec|apply|testng)\] |#\d+ \d+\.\d+ |\d\d:\d\d:\d\d(?:[.,]\d+)? "
)
_PREFIX_STARTS: Final = frozenset(" [#0123456789")
# A step begins here, or ends here.
_OPENS: Final = re.compile(
    r"##\[(?:group\]Run |section\]Starting)|\[Pipeline\] (?:stage|\{)|Step \d+/\d+ :|#\d+ \["
)
_RAW_OPENS: Final = (b"travis_time:start", b"travis_fold:start", b"section_start:")
_ENDS: Final = re.compile(
    r'The command ".*" (?:exited|failed)|##\[error\]Process completed|##\[section\]Finishing|Done\. Your'
    r"|.*exited with \d+\.?$"
)
_WELL: Final = re.compile(r"(?:exited|finished|completed) with (?:exit )?(?:code |status )?0\b")

FILLER_LEAST: Final = 20
"""How often a very short line must stand in a log to count as a mere filler."""

KEY_LINES: Final = 200
"""The body of a printed private key is never a cause; each of its lines alone would pass for harmless."""

SMOOTH_MOST: Final = 5.0
"""A line whose sign weighs this much is never taken for progress."""


@dataclass(slots=True)
class Page:
    """Parallel lists, one entry per held line, in reading order."""

    numbers: list[int]
    counts: list[int]
    texts: list[str] = field(default_factory=list)
    bare: list[str] = field(default_factory=list)
    """The texts without what runners and fillers put in front; empty for a line without content."""
    judged: list[Judgement] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)
    """Which step the line belongs to; rises by one at each start and end of a step."""
    well: set[int] = field(default_factory=set)
    """Steps that are reported to have ended well."""
    rhythm: int = 1
    """Lines from one line of content to the next: 2 in a log that leaves every other line blank."""
    _smooth: dict[int, bool] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.numbers)

    def indent(self, index: int) -> int:
        """Count the leading white space of a line."""
        bare = self.bare[index]
        return len(bare) - len(bare.lstrip())

    def is_attached(self, index: int) -> bool:
        """Say whether the line looks like a part of what stands above it."""
        bare = self.bare[index]
        return bare[0] in " \t" or _ATTACHED.match(bare) is not None

    def is_smooth(self, index: int) -> bool:
        """Say whether the line reports success or progress, or echoes a command: messages end there."""
        known = self._smooth.get(index)
        if known is None:
            bare = self.bare[index]
            known = self.judged[index].weight < SMOOTH_MOST and bool(
                ECHO.match(bare) or SMOOTH.search(bare[:300])
            )
            self._smooth[index] = known
        return known


def read_page(held: Held) -> Page:
    """Clean and judge each held line."""
    page = Page(held.numbers, held.counts)
    fillers = _fillers(held)
    in_key = 0
    for raw in held.raws:
        text = clean(raw)
        if in_key or b"PRIVATE KEY-----" in raw:
            in_key = 0 if "-----END" in text else (in_key or KEY_LINES) - 1
            text = ""
        page.texts.append(text)
        page.bare.append(_without(text, fillers))
    page.judged = _judge(page.bare, held.shapes)
    _split_steps(page, held)
    page.rhythm = _rhythm(page)
    return page


def _without(text: str, fillers: frozenset[str]) -> str:
    if fillers:
        text = next((text[len(word) :] for word in fillers if text.startswith(word)), text)
    if text[:1] in _PREFIX_STARTS and (prefix := _PREFIX.match(text)):
        return text[prefix.end() :]
    return text


def _judge(bare: list[str], shapes: list[int]) -> list[Judgement]:
    """Judge one line of each shape first: where that one says nothing, none of them does."""
    first: dict[int, int] = {}
    for i, shape in enumerate(shapes):
        if bare[i] and shape not in first:
            first[shape] = i
    sample = list(first.values())
    telling = {
        shapes[i]: found
        for i, found in zip(sample, judge_all([bare[i] for i in sample]), strict=True)
        if found.sign is not None
    }
    judged = [NOTHING] * len(bare)
    rest: list[int] = []
    for i, shape in enumerate(shapes):
        if shape in telling and bare[i]:
            if first[shape] == i:
                judged[i] = telling[shape]
            else:
                rest.append(i)
    for i, found in zip(rest, judge_all([bare[i] for i in rest]), strict=True):
        judged[i] = found
    return judged


def _split_steps(page: Page, held: Held) -> None:
    step = 0
    for raw, bare in zip(held.raws, page.bare, strict=True):
        if bare and (
            (b"_" in raw and any(mark in raw for mark in _RAW_OPENS))
            or (bare[0] in "#[S" and _OPENS.match(bare))
        ):
            step += 1
        page.steps.append(step)
        if bare and (bare[0] in "#DT" or "exited with" in bare) and _ENDS.match(bare):
            if _WELL.search(bare):
                page.well.add(step)
            step += 1


def _fillers(held: Held) -> frozenset[str]:
    """
    Very short words that a log repeats all over, as some runners write for a newline.

    They part nothing and say nothing, also where one is glued to the line after it.
    """
    return frozenset(
        word
        for raw, count in zip(held.raws, held.counts, strict=True)
        if count >= FILLER_LEAST
        and len(raw) <= 4
        and (word := raw.decode("utf-8", "replace").strip()).isalpha()
    )


def _rhythm(page: Page) -> int:
    """Most logs write line under line; some put a blank between any two, and blocks must not break there."""
    gaps: Counter[int] = Counter()
    last = -1
    for i, bare in enumerate(page.bare):
        if bare:
            if last >= 0:
                gaps[i - last] += 1
            last = i
    return 2 if gaps[2] > 0.3 * gaps.total() else 1
